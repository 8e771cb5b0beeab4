package server_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"hansu/client"
	"hansu/netio"
	"hansu/rules"
	"hansu/server"
	"hansu/session"
	"hansu/store"
	"hansu/wire"
)

func TestTwoPlayOmok(t *testing.T) {
	n := start(t, server.Config{})
	a, b := n.pair("omok:freestyle", "5+3")
	if a.table.Seat != client.SeatOne || b.table.Seat != client.SeatTwo || a.table.First != client.SeatOne {
		t.Fatalf("seats %v %v, first %v", a.table.Seat, b.table.Seat, a.table.First)
	}
	if got := a.table.Side(client.SeatOne); got != rules.Black {
		t.Fatalf("the first to come has %v", got)
	}
	if got := b.table.Player(client.SeatOne).Name + b.table.Player(client.SeatTwo).Name; got != "one둘" {
		t.Fatalf("names %q", got)
	}
	for i, m := range strings.Fields("h8 a1 i8 a2 j8 a3 k8 a4 l8") {
		p := []*player{a, b}[i%2]
		p.plies(i)
		p.move(m)
	}
	for _, p := range []*player{a, b} {
		p.plies(9)
		if p.table.Winner != client.SeatOne || p.table.Reason != rules.Five {
			t.Fatalf("winner %v, reason %v", p.table.Winner, p.table.Reason)
		}
	}
}

func TestChessFirstIsWhite(t *testing.T) {
	n := start(t, server.Config{})
	a, b := n.pair("chess", "none")
	if got := a.table.Side(client.SeatOne); got != rules.White {
		t.Fatalf("the first to come has %v", got)
	}
	for i, m := range strings.Fields("f3 e5 g4 Qh4#") {
		p := []*player{a, b}[i%2]
		p.plies(i)
		p.move(m)
	}
	a.plies(4)
	if a.table.Winner != client.SeatTwo || a.table.Reason != rules.Checkmate {
		t.Fatalf("winner %v, reason %v", a.table.Winner, a.table.Reason)
	}
}

// TestRematchAndOffers goes through what players can ask of each other.
func TestRematchAndOffers(t *testing.T) {
	n := start(t, server.Config{})
	a, b := n.pair("omok:freestyle", "none")
	id := a.table.ID
	a.move("h8")
	a.must(client.Propose{Table: id, What: client.TakebackOffer})
	until(b, func(r client.Record) bool { return r.Table.Player(client.SeatOne).Offer == client.TakebackOffer })
	b.must(client.Reply{Table: id, What: client.TakebackOffer, Verdict: client.Accept})
	until(a, func(r client.Record) bool { return len(r.Table.Moves) == 0 })
	b.must(client.Say{Table: id, Text: "안녕하세요 <b>"})
	said := until(a, func(r client.Record) bool { _, ok := r.Events[0].(client.Said); return ok })
	if got := said.Events[0].(client.Said); got.Text != "안녕하세요 <b>" || got.Seat != client.SeatTwo {
		t.Fatalf("said %+v", got)
	}
	b.must(client.Propose{Table: id, What: client.DrawOffer})
	a.must(client.Reply{Table: id, What: client.DrawOffer, Verdict: client.Accept})
	until(b, func(r client.Record) bool { return r.Table.Reason == rules.Agreement })
	a.must(client.Propose{Table: id, What: client.RematchOffer})
	b.must(client.Propose{Table: id, What: client.RematchOffer})
	until(a, func(r client.Record) bool { return r.Table.Number == 2 })
	if a.table.First != client.SeatTwo || a.table.Side(client.SeatTwo) != rules.Black {
		t.Fatalf("the rematch does not swap sides: first %v", a.table.First)
	}
	var refused *client.Refused
	if err := a.do(client.MakeMove{Table: id, Move: rules.Move{To: rules.Point{Col: 7, Row: 7}}}); !errors.As(err, &refused) || refused.Code != uint16(wire.NotYourTurn) {
		t.Fatalf("error %v", err)
	}
	b.must(client.Resign{Table: id})
	until(a, func(r client.Record) bool {
		return r.Table.Reason == rules.Resignation && r.Table.Winner == client.SeatOne
	})
}

func TestPrivateTableAndSpectator(t *testing.T) {
	n := start(t, server.Config{})
	a, b, c, w := n.player("a"), n.player("b"), n.player("c"), n.player("w")
	omok := variant(t, "omok")
	a.must(client.Open{Variant: omok, Private: true})
	code := a.table.Code
	// Whoever joins anything of this kind is not sent to a private table.
	c.must(client.Join{Variant: omok})
	if c.table.Seat != client.SeatOne || c.table.Code == code {
		t.Fatalf("seat %v at %s", c.table.Seat, c.table.Code)
	}
	if err := b.do(client.Enter{Code: "NOSUCHXX"}); err == nil {
		t.Fatal("a code that does not exist was accepted")
	}
	b.must(client.Enter{Code: strings.ToLower(code[:4] + "-" + code[4:])})
	if b.table.Seat != client.SeatTwo || b.table.Code != code {
		t.Fatalf("seat %v at %s", b.table.Seat, b.table.Code)
	}
	if err := c.do(client.Enter{Code: code}); err == nil {
		t.Fatal("a third player sat down")
	}
	until(a, func(r client.Record) bool { return r.Table.Running() })
	a.move("h8")
	w.must(client.Watch{Code: code})
	w.plies(1)
	if w.table.Seat != client.NoSeat {
		t.Fatalf("a spectator has seat %v", w.table.Seat)
	}
	b.plies(1)
	b.move("i9")
	w.plies(2)
	if err := w.do(client.Say{Table: w.table.ID, Text: "hello"}); err == nil {
		t.Fatal("a spectator spoke")
	}
	w.must(client.List{})
	w.must(client.Leave{Table: w.table.ID})
}

func TestLobbyList(t *testing.T) {
	n := start(t, server.Config{})
	a := n.player("기다리는 사람")
	a.must(client.Join{Variant: variant(t, "omok:renju"), Time: timing(t, "10m+3x30s")})
	b := n.player("b")
	num, err := b.c.Do(client.List{})
	if err != nil {
		t.Fatal(err)
	}
	l := until(b, func(l client.Listed) bool { return l.Command == num })
	if len(l.Entries) != 1 || l.Entries[0].Names[0] != "기다리는 사람" || l.Entries[0].Time.String() != "10m+3x30s" || l.Entries[0].Variant.Rules != rules.Renju {
		t.Fatalf("%+v", l.Entries)
	}
}

// TestRestartInTheMiddle: every game goes on from its last move, clients come back by
// themselves, and a move sent while the server was down is made once.
func TestRestartInTheMiddle(t *testing.T) {
	n := start(t, server.Config{})
	a, b := n.pair("omok:freestyle", "none")
	moves := strings.Fields("h8 a1 i8 a2 j8 a3 k8 a4 l8")
	for i, m := range moves {
		p := []*player{a, b}[i%2]
		p.plies(i)
		if i%3 == 1 {
			n.restart()
		}
		p.move(m)
	}
	b.plies(len(moves))
	if b.table.Reason != rules.Five || b.table.Winner != client.SeatOne {
		t.Fatalf("%v %v", b.table.Reason, b.table.Winner)
	}
}

// TestComeBackWithToken: a new program with the token of an earlier one has its seat.
func TestComeBackWithToken(t *testing.T) {
	n := start(t, server.Config{})
	a, b := n.pair("omok:freestyle", "none")
	a.move("h8")
	a.c.Close()
	until(b, func(r client.Record) bool { return r.Table.Player(client.SeatOne).Away })
	n.restart()
	stranger := n.player("x")
	if err := stranger.do(client.Resume{}); err != nil || stranger.table != nil {
		t.Fatalf("a stranger came to a table: %v", err)
	}
	a2 := n.comeBack("one", a.token)
	a2.must(client.Resume{})
	for a2.table == nil || len(a2.table.Moves) < 1 {
		until(a2, func(client.Record) bool { return true })
	}
	b.plies(1)
	b.move("i8")
	a2.plies(2)
	a2.move("h9")
}

func TestClaimAfterGrace(t *testing.T) {
	n := start(t, server.Config{Grace: 50 * time.Millisecond, Limits: session.Limits{Packets: -1}})
	a, b := n.pair("chess", "none")
	b.c.Close()
	away := until(a, func(r client.Record) bool { return r.Table.Player(client.SeatTwo).Away })
	// The grace is short: until it is over the claim is refused, with a number that says so.
	for {
		err := a.do(client.Claim{Table: away.Table.ID, What: client.ClaimWinAbsent})
		var refused *client.Refused
		if errors.As(err, &refused) && refused.Code == uint16(wire.TooEarly) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if a.table.Reason != rules.Abandoned || a.table.Winner != client.SeatOne {
		t.Fatalf("%v %v", a.table.Reason, a.table.Winner)
	}
}

// TestBackTooLate: a client that is cut off until its game was claimed and its seat given up learns by itself
// how the game ended.
func TestBackTooLate(t *testing.T) {
	n := start(t, server.Config{Grace: 20 * time.Millisecond, Limits: session.Limits{Packets: -1}})
	a := n.player("one")
	join := client.Join{Variant: variant(t, "omok")}
	a.must(join)
	let := make(chan struct{}, 1)
	let <- struct{}{}
	var conn net.Conn
	c, err := client.Dial(context.Background(), client.Config{
		Address: n.addr, Name: "둘", RetryMin: time.Millisecond, RetryMax: 10 * time.Millisecond, Wait: patience,
		Dial: func(ctx context.Context, address string) (_ net.Conn, err error) {
			<-let
			conn, err = new(net.Dialer).DialContext(ctx, "tcp", address)
			return conn, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := &player{t: t, c: c, last: map[uint32]uint32{}}
	b.must(join)
	conn.Close()
	until(a, func(r client.Record) bool { return r.Table.Player(client.SeatTwo).Away })
	for a.do(client.Claim{Table: a.table.ID, What: client.ClaimWinAbsent}) != nil {
		// until the grace is over
	}
	until(a, func(r client.Record) bool { return !r.Table.Player(client.SeatTwo).Here })
	let <- struct{}{}
	until(b, func(r client.Record) bool { return r.Table.Reason != rules.NoReason })
	if b.table.Seat != client.NoSeat || b.table.Winner != client.SeatOne || b.table.Reason != rules.Abandoned {
		t.Errorf("%+v", b.table)
	}
}

func TestFlagFalls(t *testing.T) {
	n := start(t, server.Config{})
	a, b := n.pair("omok", "0.01+0")
	until(b, func(r client.Record) bool { return !r.Table.Running() })
	if b.table.Reason != rules.Flag || b.table.Winner != client.SeatTwo {
		t.Fatalf("%v %v", b.table.Reason, b.table.Winner)
	}
	until(a, func(r client.Record) bool { return r.Table.Reason == rules.Flag })
}

func TestOneServerOneDirectory(t *testing.T) {
	n := start(t, server.Config{})
	_, err := server.New(context.Background(), server.Config{Data: n.cfg.Data, TCP: "127.0.0.1:0"})
	if !errors.Is(err, store.ErrLocked) {
		t.Fatalf("error %v", err)
	}
}

func TestBlockingIsRefused(t *testing.T) {
	_, err := server.New(context.Background(), server.Config{Data: dataDir(t), TCP: "127.0.0.1:0", Model: "blocking"})
	if !errors.Is(err, server.ErrBlocking) {
		t.Fatalf("error %v", err)
	}
}

// TestClockOnComingBack: who comes back in the middle of a move is told what the clocks show now,
// not what they showed at the last record.
func TestClockOnComingBack(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Packets: -1, Looks: -1}})
	a, b := n.pair("omok", "5+0")
	a.move("h8")
	began := b.table.Clock(client.SeatTwo, time.Now())
	w := n.player("w")
	for {
		w.must(client.Watch{Code: a.table.Code})
		if w.table.Player(client.SeatTwo).Left.Main < began.Main {
			break
		}
	}
	if w.table.Player(client.SeatOne).Left != a.table.Player(client.SeatOne).Left {
		t.Fatal("the clock of who is not to move has moved")
	}
}

// TestEveryModel plays a whole game on each I/O model that this system has and a game can be
// played on. It runs on Windows, too.
func TestEveryModel(t *testing.T) {
	models := 0
	for _, m := range netio.Models() {
		if m.Client || m.Model == netio.Blocking {
			continue
		}
		t.Run(string(m.Model), func(t *testing.T) {
			if !m.Available {
				t.Skipf("model %s %s", m.Model, m.Why)
			}
			n := start(t, server.Config{Model: m.Model})
			a, b := n.pair("omok:freestyle", "5+3")
			for i, move := range strings.Fields("h8 a1 i8 a2 j8 a3 k8 a4 l8") {
				if i == 5 {
					n.restart()
				}
				p := []*player{a, b}[i%2]
				p.plies(i)
				p.move(move)
			}
			b.plies(9)
			if b.table.Reason != rules.Five || b.table.Winner != client.SeatOne {
				t.Fatalf("%v %v", b.table.Reason, b.table.Winner)
			}
			models++
		})
	}
	if models < 2 {
		t.Errorf("only %d models", models)
	}
}

// TestChess960AfterARestart: who waits for any start position is found by the next who asks for
// any, although one was drawn and the server has been started again since.
func TestChess960AfterARestart(t *testing.T) {
	n := start(t, server.Config{})
	a, b := n.player("a"), n.player("b")
	join := client.Join{Variant: variant(t, "chess:960")}
	a.must(join)
	n.restart()
	until(a, func(client.Online) bool { return true })
	b.must(join)
	for b.table.Code != a.table.Code { // a may not be back at the table yet
		b.must(client.Leave{Table: b.table.ID})
		b.must(join)
	}
	for _, p := range []*player{a, b} {
		for !p.table.Running() {
			until(p, func(client.Record) bool { return true })
		}
	}
}

// TestSameCommandAtTheLimit: a command that led to a seat leads there again when the player has
// as many as one may have; another one does not.
func TestSameCommandAtTheLimit(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Tables: 2}})
	r := n.greeted("x")
	open := &wire.Open{Variant: wire.Variant{Kind: 1}, Private: 1}
	for i := uint32(1); i <= 2; i++ {
		r.send(open, wire.Header{Number: i})
		r.want(wire.TypeDone)
	}
	r.send(open, wire.Header{Number: 2})
	r.want(wire.TypeDone)
	r.send(open, wire.Header{Number: 3})
	r.refused(3, wire.TooMany, false)
}
