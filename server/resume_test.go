package server_test

import (
	"testing"

	"hansu/client"
	"hansu/server"
	"hansu/wire"
)

// TestResumeAll: Done of a Resume of all tables comes behind the Seat and the records of each of them.
func TestResumeAll(t *testing.T) {
	n := start(t, server.Config{})
	first := n.raw()
	first.send(hello("x"), wire.Header{})
	_, body := first.want(wire.TypeWelcome)
	var w wire.Welcome
	if err := w.Decode(body); err != nil {
		t.Fatal(err)
	}
	const tables = 20 // on all shards
	for i := range uint32(tables) {
		first.send(&wire.Open{Variant: wire.Variant{Kind: 1}, Private: 1}, wire.Header{Number: i + 1})
		first.want(wire.TypeDone)
	}
	h := hello("x")
	h.Token, h.Instance = w.Token, 2
	again := n.raw()
	again.send(h, wire.Header{})
	for number := uint32(1); number <= 2; number++ {
		again.send(&wire.Resume{}, wire.Header{Number: number})
		seats, records := map[uint32]bool{}, map[uint32]bool{}
		for {
			h, body, err := again.next()
			if err != nil {
				t.Fatal(err)
			}
			switch h.Type {
			case wire.TypeSeat:
				seats[h.Table] = true
			case wire.TypeSeated:
				records[h.Table] = seats[h.Table]
			}
			if h.Type != wire.TypeDone {
				continue
			}
			var done wire.Done
			if err := done.Decode(body); err != nil || done != (wire.Done{Command: number}) || h.Table != 0 {
				t.Fatalf("%+v %+v, %v", h, done, err)
			}
			break
		}
		if len(seats) != tables || len(records) != tables {
			t.Errorf("before Done: %d seats and the records of %d tables, want %d", len(seats), len(records), tables)
		}
	}
}

// TestListed: a table's entry in the lobby has the moves of its game and the number of its spectators, also after the
// server was started anew.
func TestListed(t *testing.T) {
	n := start(t, server.Config{})
	entry := func() wire.Entry {
		t.Helper()
		r := n.greeted("looks")
		defer r.conn.Close()
		r.send(&wire.List{What: wire.ListRunning}, wire.Header{Number: 1})
		_, body := r.want(wire.TypeEntry)
		var e wire.Entry
		if err := e.Decode(body); err != nil {
			t.Fatal(err)
		}
		return e
	}
	a, b := n.pair("omok", "none")
	a.move("h8")
	b.plies(1)
	b.move("h9")
	watch := n.greeted("watches")
	watch.send(&wire.Watch{Code: entry().Code}, wire.Header{Number: 1})
	watch.want(wire.TypeDone)
	if e := entry(); e.Plies != 2 || e.Viewers != 1 || e.Names[0].String() != "one" || e.Names[1].String() != "둘" {
		t.Errorf("%+v", e)
	}
	n.restart()
	until(a, func(e client.Online) bool { return e.Again })
	until(b, func(e client.Online) bool { return e.Again })
	a.plies(2)
	a.move("i8")
	if e := entry(); e.Plies != 3 || e.Viewers != 0 {
		t.Errorf("after a restart %+v", e)
	}
}
