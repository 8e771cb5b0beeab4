package session_test

import (
	"log/slog"
	"testing"

	"hansu/lobby"
	"hansu/rules"
	"hansu/session"
	"hansu/table"
	"hansu/wire"
)

// TestLeavingIsForTheTableToSay: a connection that wants to leave is at the table until that has let it
// go. A command that comes behind, perhaps for the second time, is for the table to answer: the
// Leave may be refused, and then that command is answered as it was.
func TestLeavingIsForTheTableToSay(t *testing.T) {
	now := func() rules.Millis { return 1 }
	shard := table.NewShard(table.ShardConfig{ // it never takes its turn
		Mailbox: 8, Log: slog.New(slog.DiscardHandler), Now: func() table.Time { return table.Time{Service: now()} },
	})
	hub := session.NewHub(session.Config{
		Now: now, Lobby: lobby.New(0), Shards: []*table.Shard{shard},
		Text: func(uint8, wire.ErrorCode, rules.Problem) string { return "" },
	})
	conn := &fakeConn{addr: "127.0.0.1:1"}
	s := hub.Open(conn)
	s.Received((&wire.Hello{Magic: wire.Magic, Version: wire.Version, Instance: 1, Name: wire.Name{'x'}}).Append(nil, wire.Header{}))
	s.Attach(table.Attachment{Table: 1, Seat: 1})
	conn.sent = nil
	s.Received((&wire.Leave{}).Append(nil, wire.Header{Table: 1, Number: 2}))
	s.Received((&wire.Propose{What: wire.OfferRematch}).Append(nil, wire.Header{Table: 1, Number: 1}))
	if len(conn.sent) > 0 {
		t.Errorf("answered before the table has: %x", conn.sent)
	}
	s.Answer(table.Answer{Table: 1, Number: 2, Do: table.Leave{}})
	conn.sent = nil
	s.Received((&wire.Propose{What: wire.OfferRematch}).Append(nil, wire.Header{Table: 1, Number: 3}))
	var e wire.Error
	if _, body, _, err := wire.Cut(conn.sent); err != nil || e.Decode(body) != nil || e.Code != uint16(wire.NotSeated) {
		t.Errorf("after the table has let it go: %v, %x", err, conn.sent)
	}
}

// TestNobodyIsAwayByAShutdown: a table is told of a connection that ends, but not when the server ends it.
func TestNobodyIsAwayByAShutdown(t *testing.T) {
	for _, shutdown := range []bool{false, true} {
		told := 0
		shard := table.NewShard(table.ShardConfig{Mailbox: 8, Log: slog.New(slog.DiscardHandler), Wake: func() { told++ }})
		hub := session.NewHub(session.Config{
			Now: func() rules.Millis { return 1 }, Lobby: lobby.New(0), Shards: []*table.Shard{shard},
			Text: func(uint8, wire.ErrorCode, rules.Problem) string { return "" },
		})
		s := hub.Open(&fakeConn{addr: "127.0.0.1:1"})
		s.Attach(table.Attachment{Table: 1, Seat: 1})
		if shutdown {
			hub.Shutdown()
		}
		s.Closed()
		if want := map[bool]int{false: 1, true: 0}[shutdown]; told != want {
			t.Errorf("shutdown %v: the table is told %d times", shutdown, told)
		}
	}
}
