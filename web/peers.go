package web

import (
	"net/netip"
	"sync"
	"time"
)

// peers holds what each address has open and has asked for. It is safe for use from any
// goroutine. Addresses of the loopback may have any number: those are a proxy's that nobody has
// named, or the host's own.
type peers struct {
	most, streams int     // sockets and streams of one address
	rate          float64 // requests of the API a second

	mu  sync.Mutex
	all map[netip.Addr]*peer
}

// peer is one address. It is forgotten when it has nothing open and has been quiet for a while.
type peer struct {
	sockets, streams int
	tokens           float64
	at               time.Time // when tokens was right
}

// peersMost bounds the addresses that are remembered: 64 bytes each.
const peersMost = 1 << 17

func newPeers(cfg Config) *peers {
	return &peers{most: cfg.PerAddress, streams: max(1, cfg.Streams/4), rate: float64(cfg.Rate), all: make(map[netip.Addr]*peer)}
}

// place is the key of an address: of IPv6, the network of one customer.
func place(a netip.Addr) netip.Addr {
	if a = a.Unmap(); a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}

// get returns the entry of an address, nil if there is no room for it. p.mu is held.
func (p *peers) get(a netip.Addr) *peer {
	a = place(a)
	e := p.all[a]
	if e == nil {
		if len(p.all) >= peersMost {
			return nil
		}
		e = &peer{tokens: p.burst(), at: time.Now()}
		p.all[a] = e
	}
	return e
}

// burst is how many requests may come at once.
func (p *peers) burst() float64 { return 2 * p.rate }

// socket takes a place for a WebSocket of this address, false if it has enough of them.
func (p *peers) socket(a netip.Addr) bool {
	return p.open(a, func(e *peer) *int { return &e.sockets }, p.most)
}

// stream does the same for a stream of events.
func (p *peers) stream(a netip.Addr) bool {
	return p.open(a, func(e *peer) *int { return &e.streams }, p.streams)
}

func (p *peers) open(a netip.Addr, count func(*peer) *int, most int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.get(a)
	if e == nil || most > 0 && *count(e) >= most && !a.Unmap().IsLoopback() {
		return false
	}
	*count(e)++
	return true
}

// socketGone and streamGone give a place back.
func (p *peers) socketGone(a netip.Addr) { p.gone(a, func(e *peer) *int { return &e.sockets }) }
func (p *peers) streamGone(a netip.Addr) { p.gone(a, func(e *peer) *int { return &e.streams }) }

func (p *peers) gone(a netip.Addr, count func(*peer) *int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.all[place(a)]; e != nil {
		*count(e)--
	}
}

// ask takes a request of the API, false if this address asks too often.
func (p *peers) ask(a netip.Addr, now time.Time) bool {
	if p.rate <= 0 {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.get(a)
	if e == nil {
		return false
	}
	if passed := now.Sub(e.at); passed > 0 {
		e.tokens, e.at = min(p.burst(), e.tokens+passed.Seconds()*p.rate), now
	}
	if e.tokens < 1 {
		return false
	}
	e.tokens--
	return true
}

// sweep forgets addresses that have nothing open and ask for nothing.
func (p *peers) sweep(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for a, e := range p.all {
		if e.sockets == 0 && e.streams == 0 && now.Sub(e.at) > 10*time.Second {
			delete(p.all, a)
		}
	}
}
