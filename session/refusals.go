package session

import (
	"net/netip"
	"sync/atomic"

	"hansu/wire"
)

// codesEnd is more than every number of an error.
const codesEnd = 128

// logMost is how many refusals a second are logged one by one: a flood must not fill the disk with
// what is said of it. All are counted.
const logMost = 50

// refusals counts what clients were refused.
type refusals struct {
	count  [codesEnd]atomic.Int64
	logged atomic.Int64 // since the last sweep
}

// Refusal is how often clients were refused for one reason since the start.
type Refusal struct {
	Code  wire.ErrorCode
	Count int64
}

// Refusals returns how often clients were refused, by number: connections that were turned away or
// closed, and commands. What never happened is left out.
func (h *Hub) Refusals() []Refusal {
	var list []Refusal
	for code := range h.refusals.count {
		if n := h.refusals.count[code].Load(); n > 0 {
			list = append(list, Refusal{wire.ErrorCode(code), n})
		}
	}
	return list
}

// bound says which refusals are of a bound rather than of a game: those are logged.
func bound(c wire.ErrorCode) bool {
	switch c {
	case wire.TooFast, wire.TooMany, wire.TooLong, wire.Full, wire.Slow, wire.Idle, wire.Replaced:
		return true
	}
	return false
}

// refused counts a refusal, and logs it if it ended a connection or if it was for a bound.
func (h *Hub) refused(msg string, remote netip.AddrPort, code wire.ErrorCode, ended bool) {
	if code < codesEnd {
		h.refusals.count[code].Add(1)
	}
	if !ended && !bound(code) || h.refusals.logged.Add(1) > logMost {
		return
	}
	h.cfg.Log.Info(msg, "remote", remote.String(), "code", int(code), "reason", code.String())
}

// summarise says how many refusals were not logged one by one since the last time.
func (h *Hub) summarise() {
	if n := h.refusals.logged.Swap(0) - logMost; n > 0 {
		h.cfg.Log.Info("refusals counted only", "refusals", n)
	}
}

// Slow counts a client whose connection its transport closes because it does not read.
func (h *Hub) Slow(remote netip.AddrPort) { h.refused("client closed", remote, wire.Slow, true) }

// addressOf is what counts as one address: the whole of IPv4's, and the half of IPv6's that
// names a network, for whoever has one such address has 2^64 of them (RFC 6177).
func addressOf(remote netip.AddrPort) netip.Addr {
	a := remote.Addr().Unmap()
	if a.Is6() && !a.IsLoopback() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
