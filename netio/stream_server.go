package netio

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// streamListener accepts streams; accept waits.
type streamListener interface {
	accept() (stream, netip.AddrPort, error)
	// close ends listening and makes accept return errListenerClosed.
	close()
	addr() netip.AddrPort
}

var errListenerClosed = errors.New("netio: listener is closed")

// streamServer is the server of the models in which a connection has a goroutine:
// blocking, which serves one connection to its end before it accepts the next,
// and threads, which serves all at the same time.
type streamServer struct {
	k          *core
	ln         streamListener
	sequential bool
	stop       chan struct{} // closed by Shutdown

	mu     sync.Mutex
	conns  map[*streamConn]struct{} // refused ones, too
	closed bool
	idle   chan struct{} // closed when closed and no connection is left
}

func newStreamServer(k *core, ln streamListener, sequential bool) *streamServer {
	return &streamServer{k: k, ln: ln, sequential: sequential, stop: make(chan struct{}),
		conns: make(map[*streamConn]struct{}), idle: make(chan struct{})}
}

// Addr is the address listened on.
func (s *streamServer) Addr() netip.AddrPort { return s.ln.addr() }

// Stats gives the counts.
func (s *streamServer) Stats() Stats { return s.k.Stats() }

// Serve accepts until Shutdown, and returns when all connections are closed.
func (s *streamServer) Serve() error {
	for {
		t, remote, err := s.ln.accept()
		switch {
		case err == nil:
			s.k.acceptWorked()
			s.take(t, remote)
		case errors.Is(err, errListenerClosed):
			<-s.idle
			return nil
		default:
			if delay := s.k.acceptFailed(newError("accept", err)); !sleepUnless(s.stop, delay) {
				<-s.idle
				return nil
			}
		}
	}
}

// take starts an accepted connection, or refuses it.
func (s *streamServer) take(t stream, remote netip.AddrPort) {
	c := &streamConn{k: s.k, t: t, srv: s, remote: remote}
	if !s.k.admit() {
		if !s.k.mayRefuse() {
			t.close(false)
			return
		}
		c.refused = true
	}
	s.mu.Lock()
	s.conns[c] = struct{}{}
	closed := s.closed
	s.mu.Unlock()
	if closed {
		c.closeFor(ErrShutdown)
	}
	if s.sequential {
		c.serve()
	} else {
		go c.serve()
	}
}

func (s *streamServer) forget(c *streamConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	s.checkIdle()
}

func (s *streamServer) checkIdle() {
	if s.closed && len(s.conns) == 0 {
		select {
		case <-s.idle:
		default:
			close(s.idle)
		}
	}
}

// Broadcast sends p to every open connection.
func (s *streamServer) Broadcast(p []byte) {
	s.k.casts.append(p)
	for _, c := range s.all() {
		c.cast()
	}
}

func (s *streamServer) all() []*streamConn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.conns))
}

// Shutdown closes all connections and waits for their ends, or aborts them when
// ctx ends first and gives its error. A handler must not call it.
func (s *streamServer) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.stop)
		s.ln.close()
		s.checkIdle()
	}
	s.mu.Unlock()
	for _, c := range s.all() {
		c.closeFor(ErrShutdown)
	}
	select {
	case <-s.idle:
		return nil
	case <-ctx.Done():
	}
	for _, c := range s.all() {
		c.abortFor(ErrShutdown)
	}
	<-s.idle
	return ctx.Err()
}

// sleepUnless waits, or is false as soon as stop is closed.
func sleepUnless(stop <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-stop:
		return false
	case <-t.C:
		return true
	}
}
