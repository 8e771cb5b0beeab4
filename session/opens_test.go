package session_test

import (
	"testing"

	"hansu/lobby"
	"hansu/rules"
	"hansu/session"
	"hansu/table"
	"hansu/wire"
)

// TestOpenings: so many tables are opened a second, of which clients at one address cannot take all; what was refused costs nothing
// later.
func TestOpenings(t *testing.T) {
	now := rules.Millis(1_000_000)
	opened := 0
	hub := session.NewHub(session.Config{
		Lobby: lobby.New(0), Now: func() rules.Millis { return now },
		Limits: session.Limits{Opens: 6, OpensFrom: 2, Tables: 1000, Packets: -1},
		Text:   func(uint8, wire.ErrorCode, rules.Problem) string { return "" },
		Submit: func(table.Command) bool { opened++; return true },
	})
	open := func(addr string, tables int) (got int) {
		s := hub.Open(&fakeConn{addr: addr})
		hello := wire.Hello{Magic: wire.Magic, Version: wire.Version}
		copy(hello.Name[:], "x")
		s.Received(hello.Append(nil, wire.Header{}))
		before := opened
		for i := range tables {
			s.Received((&wire.Open{Variant: wire.Variant{Kind: 1}, Private: 1}).Append(nil, wire.Header{Number: uint32(i + 1)}))
		}
		got = opened - before
		s.Closed() // an address is not forgotten with its connection
		return got
	}
	for _, step := range []struct {
		wait   rules.Millis
		addr   string
		tables int
		want   int
	}{
		{0, "192.0.2.1:1", 10, 4},
		{0, "192.0.2.1:2", 10, 0},
		{0, "[2001:db8:1:2::1]:1", 10, 4},
		{0, "[2001:db8:1:2::2]:1", 10, 0}, // the same network
		{0, "127.0.0.1:1", 10, 4},         // of the twelve of all
		{0, "192.0.2.9:1", 10, 0},
		{500, "127.0.0.1:1", 10, 3},
		{500, "192.0.2.1:1", 10, 2},
		{0, "192.0.2.9:1", 10, 1}, // it was refused for what others had taken
		{60_000, "192.0.2.1:1", 10, 4},
	} {
		now += step.wait
		hub.Sweep()
		if got := open(step.addr, step.tables); got != step.want {
			t.Errorf("%d ms later %s opened %d tables, want %d", step.wait, step.addr, got, step.want)
		}
	}
}
