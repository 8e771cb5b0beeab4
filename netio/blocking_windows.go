package netio

import (
	"io"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/windows"
)

// newBlocking makes the iterative server: plain accept, recv and send on sockets that
// block their thread in the kernel until there is something to do.
func newBlocking(addr string, k *core) (Server, error) {
	lis, at, err := listenTCP(addr)
	if err != nil {
		return nil, err
	}
	k.boundInbound(uintptr(lis))
	return newStreamServer(k, &winListener{sock: lis, at: at}, true), nil
}

// cancelEvery is how often a call that is being cancelled is looked at again: it
// may have been about to start when it was cancelled.
const cancelEvery = 5 * time.Millisecond

// winListener is a blocking listening socket.
type winListener struct {
	sock windows.Handle
	at   netip.AddrPort

	mu        sync.Mutex
	accepting bool
	closed    bool
}

func (l *winListener) accept() (stream, netip.AddrPort, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil, netip.AddrPort{}, errListenerClosed
	}
	l.accepting = true
	l.mu.Unlock()
	sock, remote, no := acceptSocket(l.sock)
	for clientGone(no) {
		sock, remote, no = acceptSocket(l.sock)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.accepting = false
	if l.closed {
		if no == 0 {
			closeSocket(sock)
		}
		closeSocket(l.sock)
		return nil, netip.AddrPort{}, errListenerClosed
	}
	if no != 0 {
		return nil, netip.AddrPort{}, no
	}
	setOptions(sock)
	return &winStream{sock: sock, at: localAddrOf(sock)}, remote, nil
}

// close makes an accept that waits return. The socket is closed by whoever uses
// it last: its number must not become another socket's while accept has it.
func (l *winListener) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.closed = true
	if !l.accepting {
		closeSocket(l.sock)
		return
	}
	l.cancelLocked()
}

func (l *winListener) cancelLocked() {
	if l.accepting {
		cancelOps(l.sock, nil)
		time.AfterFunc(cancelEvery, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.cancelLocked()
		})
	}
}

func (l *winListener) addr() netip.AddrPort { return l.at }

// winStream is a connected blocking socket.
type winStream struct {
	sock  windows.Handle
	at    netip.AddrPort
	ended atomic.Bool // our end is sent
}

func (t *winStream) read() (*readBuffer, int, error) {
	b := readBuffers.Get().(*readBuffer)
	n, no := recvSocket(t.sock, b[:])
	switch {
	case no != 0:
		return b, 0, no
	case n == 0:
		if !t.ended.Load() {
			if no := endOf(t.sock); no != 0 {
				return b, 0, no
			}
		}
		return b, 0, io.EOF
	}
	return b, n, nil
}

// tryWrite leaves everything to write: a blocking socket of Windows cannot be
// asked to take only what it can take at once.
func (t *winStream) tryWrite([][]byte) (int, error) { return 0, nil }

// write waits until all is written.
func (t *winStream) write(parts [][]byte) (int, error) {
	done := 0
	for _, p := range parts {
		for len(p) > 0 {
			n, no := sendSocket(t.sock, p)
			if no != 0 {
				return done, no
			}
			done += n
			p = p[n:]
		}
	}
	return done, nil
}

func (t *winStream) closeWrite() error {
	t.ended.Store(true)
	return shutdownSocket(t.sock, sdSend)
}

// interrupt makes calls that wait return, by cancelling them, and later ones, by
// shutting the socket down; neither alone does both.
func (t *winStream) interrupt() {
	t.ended.Store(true)
	_ = shutdownSocket(t.sock, sdBoth)
	cancelOps(t.sock, nil)
}

func (t *winStream) close(reset bool) {
	if reset {
		setLingerZero(t.sock)
	}
	closeSocket(t.sock)
}

func (t *winStream) local() netip.AddrPort { return t.at }
