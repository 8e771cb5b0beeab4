package session

import (
	"net/netip"
	"testing"

	"hansu/table"
	"hansu/wire"
)

// heard is a connection that keeps the numbers of viewers that it was told.
type heard struct{ counts []uint16 }

func (h *heard) Send(p []byte) error {
	var dec wire.Decoder
	return dec.Feed(p, func(_ wire.Header, body []byte) error {
		var v wire.Viewers
		if err := v.Decode(body); err != nil {
			return err
		}
		h.counts = append(h.counts, v.Count)
		return nil
	})
}

func (*heard) Queued() int                { return 0 }
func (*heard) Close() error               { return nil }
func (*heard) RemoteAddr() netip.AddrPort { return netip.AddrPort{} }

// TestAudience: players and spectators are told how many look on when that has changed, and only then.
func TestAudience(t *testing.T) {
	const id = table.ID(7)
	a := newAudiences(nil)
	conns := [4]*heard{}
	s := [4]*Session{}
	for i := range s {
		conns[i] = &heard{}
		s[i] = &Session{conn: conns[i]}
	}
	last := func(i int) int {
		if n := len(conns[i].counts); n > 0 {
			return int(conns[i].counts[n-1])
		}
		return -1
	}
	want := func(step string, told int, all ...int) {
		t.Helper()
		a.tell()
		a.tell() // what has been told is not told again
		total := 0
		for i, n := range all {
			total += len(conns[i].counts)
			if got := last(i); got != n {
				t.Errorf("%s: session %d knows %d, want %d", step, i, got, n)
			}
		}
		if total != told {
			t.Errorf("%s: %d packets in all, want %d", step, total, told)
		}
	}
	a.come(id, s[0], true)
	a.come(id, s[1], true)
	want("two players", 0, -1, -1, -1, -1)
	a.come(id, s[2], false)
	a.come(id, s[3], false)
	want("two spectators at once", 4, 2, 2, 2, 2)
	a.come(id, s[3], true) // takes a seat
	want("one sits down", 8, 1, 1, 1, 1)
	a.come(id, s[2], false) // comes back after a gap: one person still
	want("one resumes", 12, 1, 1, 1, 1)
	if n := a.viewers(id); n != 1 {
		t.Error(n, "viewers")
	}
	a.leave(id, s[2])
	a.leave(id, s[2])
	want("the last spectator leaves", 15, 0, 0, 1, 0)
	for i := range s {
		a.leave(id, s[i])
	}
	want("everybody leaves", 15, 0, 0, 1, 0)
	if len(a.tables)+len(a.changed) > 0 || a.viewers(id) != 0 {
		t.Error("an empty table is kept")
	}
}
