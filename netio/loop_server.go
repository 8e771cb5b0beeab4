//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package netio

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// loopServer is the server of the models that stand on event loops. The first loop
// accepts and deals the connections out in turn.
type loopServer struct {
	k     *core
	addr  netip.AddrPort
	fd    int // listening; closed by the loop that accepts
	loops []*loop
	turn  int // the loop of the next connection; the accepting loop's own

	stopping   atomic.Bool // Shutdown was called
	aborting   atomic.Bool // its context has ended
	unlistened atomic.Bool // nothing is accepted any more

	mu      sync.Mutex
	serving bool
	done    chan struct{} // closed when all loops have ended
}

// newLoopServer listens on addr and makes the loops, each on a driver of its own.
func newLoopServer(addr string, k *core, newDriver func(*loop) (driver, error)) (Server, error) {
	fd, at, err := listenSocket(addr, k)
	if err != nil {
		return nil, err
	}
	s := &loopServer{k: k, addr: at, fd: fd, done: make(chan struct{})}
	for range k.cfg.Loops {
		l := &loop{s: s, parts: make([][]byte, 0, streamParts), ending: make(map[*loopConn]ending)}
		if l.d, err = newDriver(l); err != nil {
			s.free()
			return nil, err
		}
		s.loops = append(s.loops, l)
	}
	return s, nil
}

// free undoes newLoopServer for a server that never served.
func (s *loopServer) free() {
	for _, l := range s.loops {
		l.close()
	}
	_ = unix.Close(s.fd)
}

// Addr is the address listened on.
func (s *loopServer) Addr() netip.AddrPort { return s.addr }

// Stats gives the counts.
func (s *loopServer) Stats() Stats { return s.k.Stats() }

// Serve runs the loops until Shutdown. An error of one of them, which only the
// system's refusal to wait can be, ends the process's use of the server.
func (s *loopServer) Serve() error {
	s.mu.Lock()
	if s.serving || s.stopping.Load() {
		s.mu.Unlock()
		<-s.done
		return nil
	}
	s.serving = true
	s.mu.Unlock()
	errs := make([]error, len(s.loops))
	var wg sync.WaitGroup
	for i, l := range s.loops {
		wg.Go(func() {
			if errs[i] = l.run(i == 0); errs[i] != nil {
				s.stopping.Store(true)
				s.aborting.Store(true)
				s.unlistened.Store(true)
				s.wakeAll()
			}
		})
	}
	wg.Wait()
	for _, l := range s.loops {
		l.close()
	}
	close(s.done)
	return errors.Join(errs...)
}

func (s *loopServer) wakeAll() {
	for _, l := range s.loops {
		l.wakeNow()
	}
}

// Broadcast sends p to every open connection.
func (s *loopServer) Broadcast(p []byte) {
	s.k.casts.append(p)
	for _, l := range s.loops {
		l.wakeup()
	}
}

// Shutdown closes all connections and waits for their ends, or aborts them when
// ctx ends first and gives its error. A handler must not call it.
func (s *loopServer) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	first := !s.stopping.Swap(true)
	if !s.serving && first {
		s.free()
		close(s.done)
	}
	s.mu.Unlock()
	s.wakeAll()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
	}
	s.aborting.Store(true)
	s.wakeAll()
	<-s.done
	return ctx.Err()
}

// boundInbound has the system keep no more than Config.Inbound of what a client sends; Linux takes twice as
// much, for its own records too. Accepted sockets inherit it (socket(7), SO_RCVBUF).
func (k *core) boundInbound(fd uintptr) {
	if k.cfg.Inbound > 0 {
		_ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, k.cfg.Inbound)
	}
}

// listenSocket makes a non-blocking listening socket with Go's own choice of family,
// options and backlog. Accepted sockets inherit TCP_NODELAY from it where the system does so.
func listenSocket(addr string, k *core) (fd int, at netip.AddrPort, err error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return -1, at, newError("listen", err)
	}
	defer func() { _ = ln.Close() }()
	raw, err := ln.(*net.TCPListener).SyscallConn()
	if err != nil {
		return -1, at, newError("listen", err)
	}
	if ctlErr := raw.Control(func(s uintptr) {
		if fd, err = unix.FcntlInt(s, unix.F_DUPFD_CLOEXEC, 0); err == nil {
			err = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
			keepAlive(fd)
			k.boundInbound(s)
		}
	}); ctlErr != nil {
		err = ctlErr
	}
	if err != nil {
		return -1, at, newError("fcntl", err)
	}
	return fd, addrPort(ln.Addr()), nil
}
