package server_test

import (
	"fmt"
	"math"
	"testing"

	"hansu/rules"
	"hansu/server"
	"hansu/session"
	"hansu/wire"
)

const (
	aDay  = 86_400_000 // milliseconds
	month = 30 * aDay
)

// variantBounds and timingBounds are the fields of a Join and an Open: at their bounds and one past.
var variantBounds = []struct {
	v    wire.Variant
	want wire.ErrorCode
}{
	{wire.Variant{Kind: 0}, wire.BadVariant},
	{wire.Variant{Kind: 1}, yes},
	{wire.Variant{Kind: 2}, yes},
	{wire.Variant{Kind: 3}, wire.BadVariant},
	{wire.Variant{Kind: 255}, wire.BadVariant},
	{wire.Variant{Kind: 1, Rules: 1}, yes},
	{wire.Variant{Kind: 1, Rules: 6}, yes},
	{wire.Variant{Kind: 1, Rules: 7}, wire.BadVariant},
	{wire.Variant{Kind: 1, Rules: 32}, wire.BadVariant},
	{wire.Variant{Kind: 2, Rules: 31}, wire.BadVariant},
	{wire.Variant{Kind: 2, Rules: 32}, yes},
	{wire.Variant{Kind: 2, Rules: 33}, yes},
	{wire.Variant{Kind: 2, Rules: 34}, wire.BadVariant},
	{wire.Variant{Kind: 1, Size: 14}, wire.BadVariant},
	{wire.Variant{Kind: 1, Size: 15}, yes},
	{wire.Variant{Kind: 1, Size: 16}, wire.BadVariant},
	{wire.Variant{Kind: 1, Size: 19}, yes},
	{wire.Variant{Kind: 1, Size: 20}, yes},
	{wire.Variant{Kind: 1, Size: 21}, wire.BadVariant},
	{wire.Variant{Kind: 2, Size: 7}, wire.BadVariant},
	{wire.Variant{Kind: 2, Size: 8}, yes},
	{wire.Variant{Kind: 2, Size: 9}, wire.BadVariant},
	{wire.Variant{Kind: 1, Rules: 3, Opening: 5}, yes},
	{wire.Variant{Kind: 1, Rules: 3, Opening: 6}, wire.BadVariant},
	{wire.Variant{Kind: 1, Opening: 2}, yes},
	{wire.Variant{Kind: 1, Opening: 3}, wire.BadVariant},
	{wire.Variant{Kind: 2, Opening: 1}, wire.BadVariant},
	{wire.Variant{Kind: 1, Start: 1}, wire.BadVariant},
	{wire.Variant{Kind: 2, Rules: 33, Start: 0}, yes},
	{wire.Variant{Kind: 2, Rules: 33, Start: 959}, yes},
	{wire.Variant{Kind: 2, Rules: 33, Start: 960}, wire.BadVariant},
	{wire.Variant{Kind: 2, Rules: 33, Start: 65534}, wire.BadVariant},
	{wire.Variant{Kind: 2, Rules: 33, Start: 65535}, yes},
	{wire.Variant{Kind: 1, Rules: 3, Flags: 1}, yes},
	{wire.Variant{Kind: 1, Rules: 3, Flags: 0xfe}, yes}, // flags without a meaning are ignored
	{wire.Variant{Kind: 1, Rules: 2, Flags: 1}, wire.BadVariant},
}

var timingBounds = []struct {
	t    wire.Timing
	want wire.ErrorCode
}{
	{wire.Timing{}, yes},
	{wire.Timing{Main: 1}, wire.BadTiming},
	{wire.Timing{Extra: 1}, wire.BadTiming},
	{wire.Timing{Kind: 1}, wire.BadTiming},
	{wire.Timing{Kind: 1, Main: 1}, yes},
	{wire.Timing{Kind: 1, Main: month, Extra: aDay}, yes},
	{wire.Timing{Kind: 1, Main: month + 1}, wire.BadTiming},
	{wire.Timing{Kind: 1, Main: math.MaxUint32}, wire.BadTiming},
	{wire.Timing{Kind: 1, Main: 1, Extra: aDay + 1}, wire.BadTiming},
	{wire.Timing{Kind: 1, Main: 1, Periods: 1}, wire.BadTiming},
	{wire.Timing{Kind: 1, Main: 1, Stones: 1}, wire.BadTiming},
	{wire.Timing{Kind: 2, Main: month, Extra: aDay}, yes},
	{wire.Timing{Kind: 2, Main: month, Extra: aDay + 1}, wire.BadTiming},
	{wire.Timing{Kind: 3, Main: 0, Extra: 1, Periods: 1}, yes},
	{wire.Timing{Kind: 3, Main: month, Extra: aDay, Periods: 255}, yes},
	{wire.Timing{Kind: 3, Main: 1, Extra: 1}, wire.BadTiming},
	{wire.Timing{Kind: 3, Main: 1, Periods: 1}, wire.BadTiming},
	{wire.Timing{Kind: 3, Extra: 1, Periods: 1, Stones: 1}, wire.BadTiming},
	{wire.Timing{Kind: 4, Extra: 1, Stones: 1}, yes},
	{wire.Timing{Kind: 4, Main: month, Extra: aDay, Stones: 255}, yes},
	{wire.Timing{Kind: 4, Extra: 1}, wire.BadTiming},
	{wire.Timing{Kind: 4, Extra: 1, Stones: 1, Periods: 1}, wire.BadTiming},
	{wire.Timing{Kind: 5, Extra: 1}, yes},
	{wire.Timing{Kind: 5, Extra: aDay}, yes},
	{wire.Timing{Kind: 5, Extra: aDay + 1}, wire.BadTiming},
	{wire.Timing{Kind: 5}, wire.BadTiming},
	{wire.Timing{Kind: 5, Main: 1, Extra: 1}, wire.BadTiming},
	{wire.Timing{Kind: 6, Extra: aDay}, yes},
	{wire.Timing{Kind: 6, Extra: month}, yes},
	{wire.Timing{Kind: 6, Extra: aDay - 1}, wire.BadTiming},
	{wire.Timing{Kind: 6, Extra: month + 1}, wire.BadTiming},
	{wire.Timing{Kind: 6, Extra: 31 * aDay}, wire.BadTiming},
	{wire.Timing{Kind: 7, Extra: 1}, wire.BadTiming},
	{wire.Timing{Kind: 255}, wire.BadTiming},
}

// TestSettingBounds: a game and a time control are taken or refused alike by Join and by Open.
func TestSettingBounds(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Packets: -1, Tables: 1000}})
	check := func(v wire.Variant, tm wire.Timing, want wire.ErrorCode) {
		t.Helper()
		r := n.greeted("x")
		defer r.conn.Close()
		r.send(&wire.Join{Variant: v, Timing: tm}, wire.Header{Number: 1})
		if got, _ := r.answer(1); got != want {
			t.Errorf("Join %+v %+v: %v, want %v", v, tm, got, want)
		}
		r.send(&wire.Open{Variant: v, Timing: tm}, wire.Header{Number: 2})
		if got, _ := r.answer(2); got != want {
			t.Errorf("Open %+v %+v: %v, want %v", v, tm, got, want)
		}
	}
	for _, c := range variantBounds {
		check(c.v, wire.Timing{}, c.want)
	}
	for _, c := range timingBounds {
		check(wire.Variant{Kind: 1}, c.t, c.want)
	}
}

// TestFieldBounds sends, in a running game and with the turn to move, each other field of each command
// at its bounds and one past.
func TestFieldBounds(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Packets: -1, Chat: -1, Tables: 1000}})
	at := func(kind, col, row, arg uint8) *wire.MakeMove {
		return &wire.MakeMove{Move: wire.Move{Kind: kind, Col: col, Row: row, Arg: arg}, Ply: wire.AnyPly}
	}
	chat := func(n int) *wire.Say {
		p := &wire.Say{Text: make([]byte, n)}
		for i := range p.Text {
			p.Text[i] = 'x'
		}
		return p
	}
	omok := wire.Variant{Kind: 1}
	for _, c := range []struct {
		p    wire.Packet
		want wire.ErrorCode
	}{
		{&wire.Open{Variant: omok, Private: 1}, yes},
		{&wire.Open{Variant: omok, Private: 2}, wire.BadValue},
		{&wire.Watch{Code: wire.Code{'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A'}}, wire.NoTable},
		{&wire.Enter{Code: wire.Code{255, 254, 'A'}}, wire.NoTable},
		{&wire.Resume{Seen: math.MaxUint32}, yes},
		{at(0, 0, 0, 0), yes},
		{at(0, 14, 14, 0), yes},
		{at(0, 15, 0, 0), wire.IllegalMove},
		{at(0, 0, 15, 0), wire.IllegalMove},
		{at(0, 255, 255, 255), wire.IllegalMove},
		{at(1, 0, 0, 0), wire.IllegalMove},
		{at(2, 0, 0, 1), wire.IllegalMove},
		{at(3, 0, 0, 0), wire.IllegalMove},
		{at(4, 0, 0, 0), wire.IllegalMove},
		{at(255, 0, 0, 0), wire.IllegalMove},
		{&wire.MakeMove{Game: 0}, yes},
		{&wire.MakeMove{Game: 1}, yes},
		{&wire.MakeMove{Game: 2}, wire.StalePly},
		{&wire.MakeMove{Game: 65535}, wire.StalePly},
		{&wire.MakeMove{Ply: 1}, wire.StalePly},
		{&wire.MakeMove{Ply: 65534}, wire.StalePly},
		{&wire.Propose{What: 0}, wire.BadValue},
		{&wire.Propose{What: 1}, yes},
		{&wire.Propose{What: 3}, wire.GameOn},
		{&wire.Propose{What: 4}, wire.BadValue},
		{&wire.Propose{What: 255}, wire.BadValue},
		{&wire.Reply{What: 0}, wire.BadValue},
		{&wire.Reply{What: 3, Accept: 2}, wire.NoOffer},
		{&wire.Reply{What: 4}, wire.BadValue},
		{&wire.Reply{What: 1, Accept: 3}, wire.BadValue},
		{&wire.Claim{What: 0}, wire.BadValue},
		{&wire.Claim{What: 1}, wire.NothingToClaim},
		{&wire.Claim{What: 4, WithMove: 1}, wire.NothingToClaim},
		{&wire.Claim{What: 5}, wire.BadValue},
		{&wire.Claim{What: 1, WithMove: 2}, wire.BadValue},
		{chat(0), wire.BadText},
		{chat(1), yes},
		{chat(wire.MaxChat), yes},
		{&wire.List{What: 0}, wire.BadValue},
		{&wire.List{What: 1}, yes},
		{&wire.List{What: 2}, yes},
		{&wire.List{What: 3}, wire.BadValue},
		{&wire.List{What: 255}, wire.BadValue},
		{&wire.Ping{Value: math.MaxUint32}, yes},
	} {
		t.Run(fmt.Sprintf("%.60s", fmt.Sprintf("%v %v", c.p.Type(), c.p)), func(t *testing.T) {
			in := *n
			in.t = t
			me, id, _ := in.stage(myTurn)
			me.send(c.p, wire.Header{Table: id, Number: math.MaxUint32, Flags: 0xff})
			if got, _ := me.answer(math.MaxUint32); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	// One byte more of chat than there may be, which no encoder writes.
	me, id, _ := n.stage(myTurn)
	long := chat(wire.MaxChat).Append(nil, wire.Header{Table: id, Number: 9})
	long = append(long, 'x')
	long[0], long[1] = byte(len(long)>>8), byte(len(long))
	me.write(long)
	me.refused(9, wire.TooLong, false)
	me.send(&wire.Say{Text: []byte("x")}, wire.Header{Table: math.MaxUint32, Number: 10})
	me.refused(10, wire.NotSeated, false)
}

// TestChessFieldBounds: the fields of a move that omok has not, at their bounds and one past. Nothing of it moves a
// piece, and the last one does.
func TestChessFieldBounds(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Packets: -1}})
	a, b := n.greeted("a"), n.greeted("b")
	chess := wire.Variant{Kind: 2}
	a.send(&wire.Join{Variant: chess}, wire.Header{Number: 1})
	h, _ := a.want(wire.TypeDone)
	b.send(&wire.Join{Variant: chess}, wire.Header{Number: 1})
	a.want(wire.TypeStarted)
	from := func(col, row, toCol, toRow, arg uint8) wire.Move {
		return wire.Move{FromCol: col, FromRow: row, Col: toCol, Row: toRow, Arg: arg}
	}
	for i, c := range []struct {
		m    wire.Move
		want rules.Problem
	}{
		{from(8, 1, 4, 3, 0), rules.OffBoard},
		{from(4, 8, 4, 3, 0), rules.OffBoard},
		{from(4, 1, 8, 3, 0), rules.OffBoard},
		{from(4, 1, 4, 8, 0), rules.OffBoard},
		{from(255, 255, 255, 255, 255), rules.OffBoard},
		{from(4, 2, 4, 3, 0), rules.NoPiece},
		{from(4, 6, 4, 4, 0), rules.NoPiece}, // the opponent's
		{from(7, 0, 7, 7, 0), rules.CannotMove},
		{from(0, 0, 0, 7, 0), rules.CannotMove},
		{from(4, 1, 4, 3, 1), rules.PromotionPiece},
		{from(4, 1, 4, 3, 5), rules.PromotionPiece},
		{from(4, 1, 4, 3, 6), rules.PromotionPiece},
		{from(4, 1, 4, 3, 255), rules.PromotionPiece},
		{wire.Move{Kind: 1}, rules.WrongKind},
		{wire.Move{Kind: 255, FromCol: 4, FromRow: 1, Col: 4, Row: 3}, rules.WrongKind},
	} {
		for j, p := range []wire.Packet{
			&wire.MakeMove{Move: c.m, Ply: wire.AnyPly},
			&wire.Claim{What: wire.ClaimDraw, WithMove: 1, Move: c.m},
		} {
			number := uint32(10 + 2*i + j)
			a.send(p, wire.Header{Table: h.Table, Number: number})
			_, body := a.want(wire.TypeError)
			var e wire.Error
			if err := e.Decode(body); err != nil {
				t.Fatal(err)
			}
			if e.Command != number || wire.ErrorCode(e.Code) != wire.IllegalMove || rules.Problem(e.Problem) != c.want {
				t.Errorf("%v: error %d, problem %d for %d, want problem %d for %d", p, e.Code, e.Problem, e.Command, c.want, number)
			}
		}
	}
	a.send(&wire.MakeMove{Move: from(4, 1, 4, 3, 0), Ply: 0}, wire.Header{Table: h.Table, Number: 100})
	b.want(wire.TypeMoved)
}

// TestHelloBounds: each field of Hello that is not in TestBadHello at its bounds.
func TestHelloBounds(t *testing.T) {
	n := start(t, server.Config{})
	for name, change := range map[string]func(*wire.Hello){
		"the oldest version":     func(h *wire.Hello) { h.Version = wire.MinVersion },
		"a version to come":      func(h *wire.Hello) { h.Version = wire.Version + 1 },
		"the greatest version":   func(h *wire.Hello) { h.Version = math.MaxUint16 },
		"no language":            func(h *wire.Hello) { h.Language = 0 },
		"an unknown language":    func(h *wire.Hello) { h.Language = 255 },
		"instance 0":             func(h *wire.Hello) { h.Instance = 0 },
		"the greatest instance":  func(h *wire.Hello) { h.Instance = math.MaxUint32 },
		"a token that is unseen": func(h *wire.Hello) { h.Token = wire.Token{15: 1} },
	} {
		h := hello("x")
		change(h)
		r := n.raw()
		r.send(h, wire.Header{Number: 1, Table: 5, Flags: 0xff})
		_, body := r.want(wire.TypeWelcome)
		var w wire.Welcome
		if err := w.Decode(body); err != nil || w.Version != wire.Version || !h.Token.IsZero() && w.Token != h.Token {
			t.Errorf("%s: %+v, %v", name, w, err)
		}
	}
}

// TestFivePackets plays a game as the document's first client does: Hello, Join and MakeMove are sent,
// Seat and Moved are read, and all else is skipped.
func TestFivePackets(t *testing.T) {
	n := start(t, server.Config{})
	type minimal struct {
		*raw
		seat          uint8
		table, number uint32
	}
	join := func() *minimal {
		m := &minimal{raw: n.raw()}
		m.send(hello("x"), wire.Header{})
		m.number++
		m.send(&wire.Join{Variant: wire.Variant{Kind: 1}}, wire.Header{Number: m.number})
		h, body := m.want(wire.TypeSeat)
		var p wire.Seat
		if err := p.Decode(body); err != nil {
			t.Fatal(err)
		}
		m.seat, m.table = p.Seat, h.Table
		return m
	}
	move := func(m *minimal, col, row uint8) {
		m.number++
		m.send(&wire.MakeMove{Move: wire.Move{Col: col, Row: row}, Ply: wire.AnyPly}, wire.Header{Table: m.table, Number: m.number})
	}
	a := join()
	move(a, 7, 7) // nobody is there yet: refused, as the document says
	a.want(wire.TypeError)
	b := join()
	if a.seat != 1 || b.seat != 2 || a.table != b.table {
		t.Fatalf("seats %d and %d", a.seat, b.seat)
	}
	for i := uint8(0); ; i++ {
		m := []*minimal{a, b}[i%2]
		move(m, 3+i/2, 4*(i%2))
		var next uint8
		for _, m := range []*minimal{a, b} {
			_, body := m.want(wire.TypeMoved)
			var p wire.Moved
			if err := p.Decode(body); err != nil || p.Move.Col != 3+i/2 || p.Seat != 1+i%2 {
				t.Fatalf("%+v, %v", p, err)
			}
			next = p.Next
		}
		if next == 0 {
			if i != 8 {
				t.Errorf("the game is over after %d moves", i+1)
			}
			return
		}
	}
}
