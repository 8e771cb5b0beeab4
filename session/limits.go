package session

import (
	"maps"
	"net/netip"
	"sync"

	"hansu/rules"
	"hansu/wire"
)

// Limits bound what one client may ask for. A zero field takes its default.
type Limits struct {
	Handshake   rules.Millis // from connecting to a whole Hello; default 10 s
	Partial     rules.Millis // from the first byte of a packet to its last; default 10 s
	Idle        rules.Millis // without a byte; default 1 h
	Packets     int          // a second; default 200; negative: no limit
	Chat        int          // lines a minute; default 30; negative: no limit
	Tables      int          // seats a player may have at once; default 32
	Waiting     int          // tables of all players that wait for a second one; default 20000
	PerPlayer   int          // connections with one token; the oldest beyond is closed; default 4
	PerAddress  int          // connections from one address, loopback excepted; default 1024; negative: no limit
	Looks       int          // Watch, Resume and List a second; default 20; negative: no limit
	Opens       int          // tables that all clients together open, a second; default 1000; negative: no limit
	OpensFrom   int          // the same for clients at one address, loopback excepted; default 20; negative: no limit
	ListEntries int          // entries in the answer to one List; default 100
	Name        int          // characters of a player's name; default and most: wire.NameRunes
	Line        int          // bytes of a line of chat; default and most: wire.MaxChat
}

// WithDefaults returns the limits with each default filled in.
func (l Limits) WithDefaults() Limits {
	set := func(v *rules.Millis, d rules.Millis) {
		if *v == 0 {
			*v = d
		}
	}
	num := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	set(&l.Handshake, 10_000)
	set(&l.Partial, 10_000)
	set(&l.Idle, 3_600_000)
	num(&l.Packets, 200)
	num(&l.Chat, 30)
	num(&l.Tables, 32)
	num(&l.Waiting, 20_000)
	num(&l.PerPlayer, 4)
	num(&l.PerAddress, 1024)
	num(&l.Looks, 20)
	num(&l.Opens, 1000)
	num(&l.OpensFrom, 20)
	num(&l.ListEntries, 100)
	num(&l.Name, wire.NameRunes)
	num(&l.Line, wire.MaxChat)
	return l
}

// openings bound how many tables are opened a second: by all clients, and by those at one address, so that one of
// them does not take what is there for all.
type openings struct {
	mu   sync.Mutex
	all  bucket
	from map[netip.Addr]bucket // without those that are full
}

func (o *openings) take(now rules.Millis, at netip.Addr, l Limits) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at.IsLoopback() {
		return o.all.take(now, l.Opens, 1000)
	}
	b := o.from[at]
	if !b.take(now, l.OpensFrom, 1000) || !o.all.take(now, l.Opens, 1000) {
		return false // and b is as it was
	}
	o.from[at] = b
	return true
}

// sweep forgets addresses that have been quiet.
func (o *openings) sweep(now rules.Millis) {
	o.mu.Lock()
	defer o.mu.Unlock()
	maps.DeleteFunc(o.from, func(_ netip.Addr, b bucket) bool { return float64(b) <= float64(now) })
}

// bucket is a token bucket: rate tokens a span of time, at most twice as many saved up. It is the
// service time, in milliseconds, at which it will be full.
type bucket float64

// take uses a token up, false if there is none.
func (b *bucket) take(now rules.Millis, rate int, span rules.Millis) bool {
	if rate < 0 {
		return true
	}
	const rounding = 1e-3
	full := max(float64(*b), float64(now)) + float64(span)/float64(rate)
	if full-float64(now) > float64(2*span)+rounding {
		return false
	}
	*b = bucket(full)
	return true
}
