package server_test

import (
	"fmt"
	"reflect"
	"testing"

	"hansu/client"
	"hansu/rules"
	"hansu/server"
	"hansu/session"
	"hansu/wire"
)

// place is where a client is when a packet of its comes.
type place int

const (
	nowhere   place = iota // at no table, and the packet is for a table where others play
	alone                  // with a seat and no opponent yet
	myTurn                 // in a running game, to move
	notMyTurn              // in a running game, the opponent to move
	watching               // a spectator of a running game
	over                   // with a seat, the opponent there, after the game
	deserted               // with a seat after the game, the opponent gone
	places
)

func (p place) String() string {
	return [...]string{"nowhere", "alone", "my turn", "not my turn", "watching", "over", "deserted"}[p]
}

// stage brings a new client to a place. It returns the client, the table and its code.
func (n *node) stage(at place) (me *raw, id uint32, code wire.Code) {
	omok := wire.Variant{Kind: 1, Rules: uint8(rules.Freestyle)}
	me, first, second := n.greeted("me"), n.greeted("first"), n.greeted("second")
	switch at {
	case alone, myTurn, over, deserted:
		me = first
	case notMyTurn:
		me = second
	}
	first.send(&wire.Open{Variant: omok, Private: 1}, wire.Header{Number: 1})
	h, body := first.want(wire.TypeSeat)
	var seat wire.Seat
	if err := seat.Decode(body); err != nil {
		n.t.Fatal(err)
	}
	first.want(wire.TypeDone)
	id, code = h.Table, seat.Code
	if at == alone {
		return me, id, code
	}
	second.send(&wire.Enter{Code: code}, wire.Header{Number: 1})
	second.want(wire.TypeDone)
	first.want(wire.TypeStarted)
	switch at {
	case watching:
		me.send(&wire.Watch{Code: code}, wire.Header{Number: 1})
		me.want(wire.TypeDone)
	case over, deserted:
		second.send(&wire.Resign{}, wire.Header{Table: id, Number: 2})
		first.want(wire.TypeEnded)
	}
	if at == deserted {
		second.send(&wire.Leave{}, wire.Header{Table: id, Number: 3})
		first.want(wire.TypeLeft)
	}
	return me, id, code
}

// answer reads until command's answer: the number of its error, NoError for Done and what else
// answers, and the answer's bytes.
func (r *raw) answer(command uint32) (wire.ErrorCode, string) {
	r.t.Helper()
	for {
		h, body, err := r.next()
		if err != nil {
			r.t.Fatalf("no answer to %d: %v", command, err)
		}
		var number uint32
		code := wire.NoError
		switch p := wire.New(h.Type).(type) {
		case *wire.Done:
			err = p.Decode(body)
			number = p.Command
		case *wire.EndOfList:
			err = p.Decode(body)
			number = p.Command
		case *wire.Forbidden:
			err = p.Decode(body)
			number = p.Command
		case *wire.Pong:
			err = p.Decode(body)
			number = h.Number
		case *wire.Error:
			err = p.Decode(body)
			number, code = p.Command, wire.ErrorCode(p.Code)
		default:
			continue
		}
		if err != nil || number != command {
			r.t.Fatalf("%v answers %d, want %d: %v", h.Type, number, command, err)
		}
		return code, fmt.Sprintf("%v %x", h.Type, body)
	}
}

const yes = wire.NoError

// inPlaces says what each packet is answered with at each place.
var inPlaces = []struct {
	packet func(code wire.Code) wire.Packet
	want   [places]wire.ErrorCode
}{
	{func(wire.Code) wire.Packet { return &wire.Join{Variant: wire.Variant{Kind: 2}} },
		[places]wire.ErrorCode{yes, yes, yes, yes, yes, yes, yes}},
	{func(wire.Code) wire.Packet { return &wire.Open{Variant: wire.Variant{Kind: 2}, Private: 1} },
		[places]wire.ErrorCode{yes, yes, yes, yes, yes, yes, yes}},
	{func(c wire.Code) wire.Packet { return &wire.Enter{Code: c} },
		[places]wire.ErrorCode{wire.SeatTaken, yes, yes, yes, wire.SeatTaken, yes, yes}},
	{func(c wire.Code) wire.Packet { return &wire.Watch{Code: c} },
		[places]wire.ErrorCode{yes, yes, yes, yes, yes, yes, yes}},
	{func(wire.Code) wire.Packet { return &wire.Resume{} },
		[places]wire.ErrorCode{wire.NoTable, yes, yes, yes, wire.NoTable, yes, yes}},
	{func(wire.Code) wire.Packet { return &wire.Leave{} },
		[places]wire.ErrorCode{wire.NotSeated, yes, yes, yes, yes, yes, yes}},
	{func(wire.Code) wire.Packet { return &wire.MakeMove{Move: wire.Move{Col: 7, Row: 7}, Ply: wire.AnyPly} },
		[places]wire.ErrorCode{wire.NotSeated, wire.NotStarted, yes, wire.NotYourTurn, wire.NotSeated, wire.GameOver, wire.GameOver}},
	{func(wire.Code) wire.Packet { return &wire.Resign{} },
		[places]wire.ErrorCode{wire.NotSeated, wire.NotStarted, yes, yes, wire.NotSeated, wire.GameOver, wire.GameOver}},
	{func(wire.Code) wire.Packet { return &wire.Propose{What: wire.OfferDraw} },
		[places]wire.ErrorCode{wire.NotSeated, wire.NotStarted, yes, yes, wire.NotSeated, wire.GameOver, wire.GameOver}},
	{func(wire.Code) wire.Packet { return &wire.Propose{What: wire.OfferRematch} },
		[places]wire.ErrorCode{wire.NotSeated, wire.GameOn, wire.GameOn, wire.GameOn, wire.NotSeated, yes, wire.NotPossible}},
	{func(wire.Code) wire.Packet { return &wire.Reply{What: wire.OfferDraw, Accept: wire.ReplyAccept} },
		[places]wire.ErrorCode{wire.NotSeated, wire.NoOffer, wire.NoOffer, wire.NoOffer, wire.NotSeated, wire.NoOffer, wire.NoOffer}},
	{func(wire.Code) wire.Packet { return &wire.Claim{What: wire.ClaimDraw} },
		[places]wire.ErrorCode{wire.NotSeated, wire.NotStarted, wire.NothingToClaim, wire.NotYourTurn, wire.NotSeated, wire.GameOver, wire.GameOver}},
	{func(wire.Code) wire.Packet { return &wire.Say{Text: []byte("안녕하세요")} },
		[places]wire.ErrorCode{wire.NotSeated, yes, yes, yes, wire.NotSeated, yes, yes}},
	{func(wire.Code) wire.Packet { return &wire.List{What: wire.ListOpen} },
		[places]wire.ErrorCode{yes, yes, yes, yes, yes, yes, yes}},
	{func(wire.Code) wire.Packet { return &wire.Ping{Value: 3} },
		[places]wire.ErrorCode{yes, yes, yes, yes, yes, yes, yes}},
	{func(wire.Code) wire.Packet { return &wire.Points{} },
		[places]wire.ErrorCode{wire.NotSeated, wire.NotStarted, yes, yes, yes, wire.GameOver, wire.GameOver}},
}

// TestEveryPacketInEveryPlace sends each packet at each place, and then once more under the same
// number: that gets the same answer. Leave is the exception: who has left is not there any more.
func TestEveryPacketInEveryPlace(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Packets: -1, Chat: -1}})
	seen := map[wire.Type]bool{wire.TypeHello: true} // see TestBadHello and TestBadBodies
	for _, row := range inPlaces {
		typ := row.packet(wire.Code{}).Type()
		seen[typ] = true
		for at := range places {
			t.Run(fmt.Sprintf("%v %v", typ, at), func(t *testing.T) {
				in := *n
				in.t = t
				me, id, code := in.stage(at)
				h := wire.Header{Table: id, Number: 50}
				me.send(row.packet(code), h)
				got, first := me.answer(50)
				if got != row.want[at] {
					t.Fatalf("answered with %v, want %v", got, row.want[at])
				}
				me.send(row.packet(code), h)
				again, second := me.answer(50)
				if typ == wire.TypeLeave {
					if again != wire.NotSeated {
						t.Errorf("left once more: %v", again)
					}
				} else if again != got || second != first {
					t.Errorf("sent again: %s, the first time %s", second, first)
				}
			})
		}
	}
	for _, typ := range wire.Types() {
		if typ.ToServer() && !seen[typ] {
			t.Errorf("nothing says how %v is answered", typ)
		}
	}
}

// TestNoNumber: a command without a number is not carried out, and ends the connection: its refusal
// could not be told from an error of the connection. Ping needs none, unless it is refused.
func TestNoNumber(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Packets: -1}})
	for _, typ := range wire.Types() {
		if !typ.ToServer() || typ == wire.TypeHello {
			continue
		}
		t.Run(typ.String(), func(t *testing.T) {
			in := *n
			in.t = t
			me, id, _ := in.stage(myTurn)
			me.send(wire.New(typ), wire.Header{Table: id})
			if typ == wire.TypePing {
				me.want(wire.TypePong)
				me.write([]byte{0, 12, byte(typ), 0, 0, 0, 0, 0, 0, 0, 0, 0})
				me.refused(0, wire.BadPacket, true)
				return
			}
			me.refused(0, wire.BadValue, true)
		})
	}
}

// TestForbiddenPoints asks the real server, and the client library answers as the rules do.
func TestForbiddenPoints(t *testing.T) {
	n := start(t, server.Config{})
	a, b := n.pair("omok:renju", "none")
	for i, m := range []string{"h8", "a1", "j9", "a15", "l9", "o1", "k10", "o15", "k11", "h1"} {
		a.plies(i)
		b.plies(i)
		[]*player{a, b}[i%2].move(m)
	}
	b.plies(10)
	number, err := b.c.Do(client.Points{Table: b.table.ID})
	if err != nil {
		t.Fatal(err)
	}
	got := until(b, func(client.Forbidden) bool { return true })
	want := client.Forbidden{
		Command: number, Table: b.table.ID, Game: 1, Ply: 10, Seat: b.table.Turn,
		Points: b.table.Position.Forbidden(nil),
	}
	if len(want.Points) != 2 || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
