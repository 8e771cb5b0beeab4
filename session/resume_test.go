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

// back is a hub with tables at which one player has a seat, and the player's new connection, which reads nothing yet.
type back struct {
	seats  *lobby.Lobby
	key    table.Key
	conn   slowConn
	s      *session.Session
	asked  []table.Command
	later  []func()
	refuse bool // the tables take no commands
}

func comeBack(tables table.ID) *back {
	token := wire.NewToken()
	b := &back{seats: lobby.New(tables), conn: slowConn{fakeConn: fakeConn{addr: "192.0.2.1:1"}, queued: 1 << 20}}
	sum := sha256.Sum256(token[:])
	copy(b.key[:], sum[:])
	for id := table.ID(1); id <= tables; id++ {
		in := table.Info{ID: id, Phase: table.Waiting}
		in.Seats[0] = table.InfoSeat{Key: b.key, Taken: true}
		in.Setting.Code = string(rune('A' + id))
		b.seats.Restored(in)
	}
	hub := session.NewHub(session.Config{
		Lobby: b.seats, Now: func() rules.Millis { return 1 },
		Text:   func(uint8, wire.ErrorCode, rules.Problem) string { return "" },
		Submit: func(cmd table.Command) bool { b.asked = append(b.asked, cmd); return !b.refuse },
		Later:  func(_ rules.Millis, do func()) { b.later = append(b.later, do) },
	})
	b.s = hub.Open(&b.conn)
	hello := wire.Hello{Magic: wire.Magic, Version: wire.Version, Instance: 1, Token: token}
	copy(hello.Name[:], "x")
	b.s.Received(hello.Append(nil, wire.Header{}))
	b.conn.sent = nil
	return b
}

// resume sends a Resume of all tables.
func (b *back) resume(number uint32) {
	b.s.Received((&wire.Resume{}).Append(nil, wire.Header{Number: number}))
}

// answer has all tables that were asked answer.
func (b *back) answer() {
	asked := b.asked
	b.asked = nil
	for _, cmd := range asked {
		cmd.From.Answer(table.Answer{Table: cmd.Table, Number: cmd.Number, Do: cmd.Do})
	}
}

// answers are the commands that were done, and those that were refused.
func (b *back) answers(t *testing.T) (done, refused []uint32) {
	t.Helper()
	var dec wire.Decoder
	err := dec.Feed(b.conn.sent, func(h wire.Header, body []byte) error {
		switch h.Type {
		case wire.TypeDone:
			var p wire.Done
			err := p.Decode(body)
			done = append(done, p.Command)
			return err
		case wire.TypeError:
			var p wire.Error
			err := p.Decode(body)
			if wire.ErrorCode(p.Code) != wire.TooFast {
				t.Errorf("command %d refused with %v", p.Command, p.Code)
			}
			refused = append(refused, p.Command)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return done, refused
}

// TestResumeSlowly: to who comes back to many tables their records are brought as fast as they are read, for all
// of them may be more than may be queued for a client.
func TestResumeSlowly(t *testing.T) {
	const tables = 9
	b := comeBack(tables)
	b.resume(7)
	again := func() { // looks whether the client has read
		t.Helper()
		if len(b.later) != 1 {
			t.Fatalf("it is looked at again %d times, want once", len(b.later))
		}
		do := b.later[0]
		b.later = nil
		do()
	}
	var ids []table.ID
	for len(ids) < tables {
		if again(); len(b.asked) != 0 {
			t.Fatal("a table was asked although the client has not read")
		}
		b.conn.queued = 0
		if again(); len(b.asked) != min(2, tables-len(ids)) {
			t.Fatalf("%d tables were asked at once", len(b.asked))
		}
		b.conn.queued = 1 << 20 // what they bring
		for _, cmd := range b.asked {
			if len(b.conn.sent) != 0 {
				t.Fatal("Done came before all tables had answered")
			}
			ids = append(ids, cmd.Table)
			cmd.From.Answer(table.Answer{Table: cmd.Table, Number: cmd.Number, Do: cmd.Do})
		}
		b.asked = nil
	}
	slices.Sort(ids)
	if want := b.seats.TablesOf(b.key); !slices.Equal(ids, want) || len(want) != tables {
		t.Errorf("asked %v, want %v", ids, want)
	}
	if done, refused := b.answers(t); !slices.Equal(done, []uint32{7}) || refused != nil {
		t.Errorf("done %v, refused %v, want 7 done", done, refused)
	}
}

// TestResumeAgainAndAgain: who sends Resume and reads nothing has a few of them under way; the others are refused, and those
// few are answered.
func TestResumeAgainAndAgain(t *testing.T) {
	const most = 4
	b := comeBack(3)
	for n := range uint32(20) {
		b.resume(n + 1)
	}
	if len(b.later) != most {
		t.Errorf("%d wait for the client to read, want %d", len(b.later), most)
	}
	b.conn.queued = 0
	for len(b.later)+len(b.asked) > 0 {
		later := b.later
		b.later = nil
		for _, do := range later {
			do()
		}
		b.answer()
	}
	done, refused := b.answers(t)
	slices.Sort(done)
	if !slices.Equal(done, []uint32{1, 2, 3, 4}) || len(refused) != 20-most {
		t.Errorf("done %v, refused %v", done, refused)
	}
	b.conn.sent = nil
	b.resume(30)
	b.answer()
	b.answer()
	if done, refused := b.answers(t); !slices.Equal(done, []uint32{30}) || refused != nil {
		t.Errorf("done %v, refused %v when nothing is under way, want 30 done", done, refused)
	}
}

// TestResumeRefused: tables that take no more commands refuse a Resume once, and another is taken on.
func TestResumeRefused(t *testing.T) {
	b := comeBack(9)
	b.conn.queued, b.refuse = 0, true
	for n := range uint32(9) {
		b.resume(n + 1)
	}
	if done, refused := b.answers(t); done != nil || !slices.Equal(refused, []uint32{1, 2, 3, 4, 5, 6, 7, 8, 9}) {
		t.Errorf("done %v, refused %v", done, refused)
	}
	b.conn.sent, b.asked, b.refuse = nil, nil, false
	b.resume(10)
	for len(b.asked) > 0 {
		b.answer()
	}
	if done, refused := b.answers(t); !slices.Equal(done, []uint32{10}) || refused != nil {
		t.Errorf("done %v, refused %v, want 10 done", done, refused)
	}
}
