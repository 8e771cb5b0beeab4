//go:build unix

package server_test

import (
	"net"
	"sync"
	"testing"
)

// proxy stands between a node and a server that it needs, and can take it away.
type proxy struct {
	lis net.Listener

	mu      sync.Mutex
	to      string
	changed *sync.Cond
	way     way
	conns   map[net.Conn]struct{}
	over    bool
	running sync.WaitGroup
}

// way is what becomes of what is sent through a proxy.
type way uint8

const (
	open    way = iota
	stalled     // nothing comes through, and nobody is told: it is kept, and comes late
	cut         // connections are reset, new ones too
)

// newProxy returns a proxy to an address, which may change hands meanwhile.
func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{lis: lis, to: to, conns: make(map[net.Conn]struct{})}
	p.changed = sync.NewCond(&p.mu)
	p.running.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

func (p *proxy) addr() string { return p.lis.Addr().String() }

func (p *proxy) set(w way) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.way = w
	if w == cut {
		p.reset()
	}
	p.changed.Broadcast()
}

// aim lets new connections lead to another address.
func (p *proxy) aim(to string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.to = to
}

// target is where they lead to now.
func (p *proxy) target() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.to
}

// reset ends all connections as a system does that knows nothing of them. The caller holds mu.
func (p *proxy) reset() {
	for c := range p.conns {
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	}
	clear(p.conns)
}

func (p *proxy) close() {
	_ = p.lis.Close()
	p.mu.Lock()
	p.over = true
	p.reset()
	p.changed.Broadcast()
	p.mu.Unlock()
	p.running.Wait()
}

// keep takes a connection in; false if there are to be none.
func (p *proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.way == cut || p.over {
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
		return false
	}
	p.conns[c] = struct{}{}
	return true
}

// drop forgets a connection.
func (p *proxy) drop(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
	_ = c.Close()
}

// pass waits while nothing is let through.
func (p *proxy) pass() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.way == stalled && !p.over {
		p.changed.Wait()
	}
}

func (p *proxy) accept() {
	for {
		near, err := p.lis.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.join(near) })
	}
}

// join connects one end with the other.
func (p *proxy) join(near net.Conn) {
	if !p.keep(near) {
		return
	}
	defer p.drop(near)
	far, err := net.Dial("tcp", p.target())
	if err != nil || !p.keep(far) {
		return
	}
	defer p.drop(far)
	var back sync.WaitGroup
	back.Go(func() { p.copy(near, far) })
	p.copy(far, near)
	back.Wait()
}

func (p *proxy) copy(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		p.pass()
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	_ = to.Close()
	_ = from.Close() // both ways: neither PostgreSQL nor NATS closes one of them
}
