// Package proxytest is a small TCP proxy for tests, between a node and what it depends on (NATS, PostgreSQL): it can be
// cut, as a cable is, or stalled, as a network is that loses everything.
package proxytest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Proxy passes bytes between those who connect to it and its target. Its methods may be called from any goroutine.
type Proxy struct {
	target string
	l      net.Listener
	ctx    context.Context // ends with Close
	end    context.CancelFunc
	done   sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond // the state, or a link's
	state   state
	links   map[*link]bool
}

type state int

const (
	open state = iota
	stalled
	cut
)

// link is one connection of a client, with that to the target once there is one.
type link struct {
	client, server *net.TCPConn
	dead           bool
}

// Start starts a proxy to target (HOST:PORT) at a free port of the loopback. It is closed when the test ends.
func Start(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{target: target, l: l, links: map[*link]bool{}}
	p.changed = sync.NewCond(&p.mu)
	p.ctx, p.end = context.WithCancel(context.Background())
	p.done.Go(p.accept)
	t.Cleanup(p.Close)
	return p
}

// Addr returns the proxy's HOST:PORT, for those who shall go through it.
func (p *Proxy) Addr() string { return p.l.Addr().String() }

// Through returns an address as nats://user@host:port with the proxy's host and port in place of its own.
func (p *Proxy) Through(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	if u.Host == "" {
		return "", errors.New("proxytest: no host in the address")
	}
	u.Host = p.Addr()
	return u.String(), nil
}

// Cut resets every connection, on both sides, and from now on each new one at once.
func (p *Proxy) Cut() { p.become(cut) }

// Stall keeps connections and takes new ones, but passes nothing on, not even that one side has closed. What is
// already in the system's buffers towards a side may still arrive there.
func (p *Proxy) Stall() { p.become(stalled) }

// Heal ends Cut and Stall. What came in during a stall is passed on, as by a network that was only slow.
func (p *Proxy) Heal() { p.become(open) }

func (p *Proxy) become(s state) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		return
	}
	if p.state = s; s == cut {
		p.reset()
	}
	p.changed.Broadcast()
}

// reset is called under mu.
func (p *Proxy) reset() {
	for k := range p.links {
		k.reset()
	}
}

// Close resets every connection, gives the port back and returns when nothing runs any more.
func (p *Proxy) Close() {
	p.end()
	p.l.Close()
	p.mu.Lock()
	p.state = cut
	p.reset()
	p.changed.Broadcast()
	p.mu.Unlock()
	p.done.Wait()
}

func (p *Proxy) accept() {
	for {
		conn, err := p.l.Accept()
		if p.ctx.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return
		}
		if err == nil { // or one that was gone before it was accepted
			p.done.Go(func() { p.serve(conn.(*net.TCPConn)) })
		}
	}
}

func (p *Proxy) serve(client *net.TCPConn) {
	k := &link{client: client}
	defer p.drop(k)
	p.mu.Lock()
	p.links[k] = true
	if p.state == cut {
		k.reset()
	}
	p.mu.Unlock()
	if !p.pass(k) {
		return
	}
	var d net.Dialer
	server, err := d.DialContext(p.ctx, "tcp", p.target)
	if err != nil || !p.join(k, server.(*net.TCPConn)) {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { p.copy(k, k.server, k.client) })
	both.Go(func() { p.copy(k, k.client, k.server) })
	both.Wait()
	p.finish(k)
}

// join adds the connection to the target, unless the link was cut meanwhile.
func (p *Proxy) join(k *link, server *net.TCPConn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k.dead {
		server.Close()
		return false
	}
	k.server = server
	return true
}

// pass waits until something may be passed on; false: the link is dead.
func (p *Proxy) pass(k *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.state == stalled && !k.dead {
		p.changed.Wait()
	}
	return !k.dead
}

// copy passes one direction on until its end, which it passes on, too. After anything else the link is dropped.
func (p *Proxy) copy(k *link, to, from *net.TCPConn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if !p.pass(k) {
			return
		}
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				p.drop(k)
				return
			}
		}
		if errors.Is(err, io.EOF) {
			to.CloseWrite()
			return
		}
		if err != nil {
			p.drop(k)
			return
		}
	}
}

// finish closes a link whose two directions have ended; what was written still arrives.
func (p *Proxy) finish(k *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !k.dead {
		k.dead = true
		k.client.Close()
		k.server.Close()
	}
}

// drop ends a link: with a reset, if it has not ended before.
func (p *Proxy) drop(k *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k.reset()
	delete(p.links, k)
	p.changed.Broadcast()
}

// reset closes both connections at once, with what they hold. It is called under the proxy's lock.
func (k *link) reset() {
	if k.dead {
		return
	}
	k.dead = true
	for _, conn := range []*net.TCPConn{k.client, k.server} {
		if conn != nil {
			conn.SetLinger(0)
			conn.Close()
		}
	}
}
