//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package netio

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// newBlocking makes the iterative server: accept, read and send on descriptors that
// block their thread in the kernel until there is something to do. It serves one
// client to its end; meanwhile others wait in the backlog.
func newBlocking(addr string, k *core) (Server, error) {
	fd, at, err := listenSocket(addr, k)
	if err == nil {
		if err = unix.SetNonblock(fd, false); err != nil {
			_ = unix.Close(fd)
			err = newError("fcntl", err)
		}
	}
	if err != nil {
		return nil, err
	}
	return newStreamServer(k, &blockingListener{fd: fd, at: at}, true), nil
}

// blockingListener is a listening socket on which accept blocks.
type blockingListener struct {
	fd int
	at netip.AddrPort

	mu        sync.Mutex
	accepting bool // somebody is in accept, or about to be, and closes fd if it is closed meanwhile
	closed    bool
}

func (l *blockingListener) accept() (stream, netip.AddrPort, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil, netip.AddrPort{}, errListenerClosed
	}
	l.accepting = true
	l.mu.Unlock()

	fd, sa, err := acceptBlocking(l.fd)
	for errno := errnoOf(err); err != nil && passing(errno); errno = errnoOf(err) {
		fd, sa, err = acceptBlocking(l.fd)
	}

	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepting = false
	if l.closed {
		if err == nil {
			_ = unix.Close(fd)
		}
		_ = unix.Close(l.fd)
		return nil, netip.AddrPort{}, errListenerClosed
	}
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	keepAlive(fd)
	return &blockingStream{fd: fd}, sockaddrPort(sa), nil
}

// close makes an accept that waits return: on Linux because the socket is shut down,
// elsewhere because a connection comes, our own.
func (l *blockingListener) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.closed = true
	if !l.accepting {
		_ = unix.Close(l.fd)
		return
	}
	_ = unix.Shutdown(l.fd, unix.SHUT_RDWR)
	if runtime.GOOS != "linux" {
		go func() {
			if c, err := net.DialTimeout("tcp", l.at.String(), time.Second); err == nil {
				_ = c.Close()
			}
		}()
	}
}

func (l *blockingListener) addr() netip.AddrPort { return l.at }

// blockingStream is a connected socket on which read and write block.
type blockingStream struct{ fd int }

func (t *blockingStream) read() (*readBuffer, int, error) {
	b := readBuffers.Get().(*readBuffer)
	for {
		n, err := unix.Read(t.fd, b[:])
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return b, 0, err
		case n == 0:
			return b, 0, io.EOF
		default:
			return b, n, nil
		}
	}
}

// tryWrite asks for what can be written at once (MSG_DONTWAIT); the descriptor
// itself stays a blocking one.
func (t *blockingStream) tryWrite(parts [][]byte) (int, error) {
	n, errno := rawWrite(t.fd, parts)
	if errno == 0 || errno == unix.EAGAIN {
		return n, nil
	}
	return n, errno
}

// write waits until all is written.
func (t *blockingStream) write(parts [][]byte) (int, error) {
	done := 0
	for _, p := range parts {
		for len(p) > 0 {
			n, err := unix.SendmsgN(t.fd, p, nil, nil, noSignal)
			if err != nil && !errors.Is(err, unix.EINTR) {
				return done, err
			}
			n = max(n, 0)
			done += n
			p = p[n:]
		}
	}
	return done, nil
}

func (t *blockingStream) closeWrite() error { return unix.Shutdown(t.fd, unix.SHUT_WR) }

func (t *blockingStream) interrupt() { _ = unix.Shutdown(t.fd, unix.SHUT_RDWR) }

func (t *blockingStream) close(reset bool) {
	if reset {
		_ = unix.SetsockoptLinger(t.fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	}
	_ = unix.Close(t.fd)
}

func (t *blockingStream) local() netip.AddrPort { return socketAddr(t.fd) }
