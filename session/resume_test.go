package session_test

import (
	"crypto/sha256"
	"slices"
	"testing"

	"hansu/lobby"
	"hansu/rules"
	"hansu/session"
	"hansu/table"
	"hansu/wire"
)

// slowConn is a client that has not read so many bytes.
type slowConn struct {
	fakeConn
	queued int
}

func (c *slowConn) Queued() int { return c.queued }

// TestResumeSlowly: to who comes back to many tables their records are brought as fast as they are read, for all
// of them may be more than may be queued for a client.
func TestResumeSlowly(t *testing.T) {
	const tables = 9
	token := wire.NewToken()
	var key table.Key
	sum := sha256.Sum256(token[:])
	copy(key[:], sum[:])
	seats := lobby.New(tables)
	for id := table.ID(1); id <= tables; id++ {
		in := table.Info{ID: id, Phase: table.Waiting}
		in.Seats[0] = table.InfoSeat{Key: key, Taken: true}
		in.Setting.Code = string(rune('A' + id))
		seats.Restored(in)
	}
	var asked []table.Command
	var later []func()
	hub := session.NewHub(session.Config{
		Lobby: seats, Now: func() rules.Millis { return 1 },
		Text:   func(uint8, wire.ErrorCode, rules.Problem) string { return "" },
		Submit: func(cmd table.Command) bool { asked = append(asked, cmd); return true },
		Later:  func(_ rules.Millis, do func()) { later = append(later, do) },
	})
	c := &slowConn{fakeConn: fakeConn{addr: "192.0.2.1:1"}, queued: 1 << 20}
	s := hub.Open(c)
	hello := wire.Hello{Magic: wire.Magic, Version: wire.Version, Instance: 1, Token: token}
	copy(hello.Name[:], "x")
	s.Received(hello.Append(nil, wire.Header{}))
	c.sent = nil
	s.Received((&wire.Resume{}).Append(nil, wire.Header{Number: 7}))
	again := func() { // looks whether the client has read
		t.Helper()
		if len(later) != 1 {
			t.Fatalf("it is looked at again %d times, want once", len(later))
		}
		do := later[0]
		later = nil
		do()
	}
	var ids []table.ID
	for len(ids) < tables {
		if again(); len(asked) != 0 {
			t.Fatal("a table was asked although the client has not read")
		}
		c.queued = 0
		if again(); len(asked) != min(2, tables-len(ids)) {
			t.Fatalf("%d tables were asked at once", len(asked))
		}
		c.queued = 1 << 20 // what they bring
		for _, cmd := range asked {
			if len(c.sent) != 0 {
				t.Fatal("Done came before all tables had answered")
			}
			ids = append(ids, cmd.Table)
			cmd.From.Answer(table.Answer{Table: cmd.Table, Number: cmd.Number, Do: cmd.Do})
		}
		asked = nil
	}
	slices.Sort(ids)
	if want := seats.TablesOf(key); !slices.Equal(ids, want) || len(want) != tables {
		t.Errorf("asked %v, want %v", ids, want)
	}
	var dec wire.Decoder
	var done wire.Done
	err := dec.Feed(c.sent, func(h wire.Header, body []byte) error { return done.Decode(body) })
	if err != nil || done.Command != 7 {
		t.Errorf("%v, Done of %d, want of 7", err, done.Command)
	}
}
