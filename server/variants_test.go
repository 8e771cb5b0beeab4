package server_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"hansu/client"
	"hansu/rules"
	"hansu/server"
	"hansu/session"
)

// TestEveryRuleSetAndOpening plays each rule set with each of its openings through the server: any
// legal moves, choices and passes, to the end or for 60 actions; both clients see the same game.
func TestEveryRuleSetAndOpening(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Packets: -1}})
	for i, game := range []string{
		"omok:freestyle", "omok:freestyle:19", "omok:freestyle:20", "omok:standard", "omok:renju", "omok:korean",
		"omok:caro", "omok:caro-exact", "omok:standard:centre", "omok:freestyle:swap2", "omok:standard:swap2",
		"omok:renju:rif", "omok:renju:soosorv8", "omok:renju:taraguchi10", "omok:renju:forbidden-loses",
		"chess", "chess:960", "chess:960:0", "chess:960:959",
	} {
		t.Run(game, func(t *testing.T) {
			m := *n
			m.t = t
			a, b := m.pair(game, "none")
			playAnything(t, rand.New(rand.NewPCG(uint64(i), 7)), a, b, 60)
		})
	}
}

// TestEveryClock plays a few moves with each kind of clock: the times that the clients are
// told are the same, within the time control, and run down only for whoever is to move.
func TestEveryClock(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Packets: -1}})
	for i, time := range []string{"none", "5+3", "5+0", "5d3", "10m+3x30s", "10m+25/5m", "30s/move", "3d/move"} {
		t.Run(time, func(t *testing.T) {
			m := *n
			m.t = t
			a, b := m.pair("omok", time)
			if got := a.table.Time.String(); got != time {
				t.Errorf("the table's time is %s", got)
			}
			playAnything(t, rand.New(rand.NewPCG(uint64(i), 8)), a, b, 12)
			for s := client.SeatOne; s <= client.SeatTwo; s++ {
				x, y := a.table.Player(s).Left, b.table.Player(s).Left
				if x != y {
					t.Errorf("seat %d: %+v and %+v", s, x, y)
				}
				if total := a.table.Time.Total(x); time != "none" && total <= 0 {
					t.Errorf("seat %d has %+v", s, x)
				}
			}
		})
	}
}

func playAnything(t *testing.T, r *rand.Rand, a, b *player, actions int) {
	t.Helper()
	for i := 0; i < actions && a.table.Running(); i++ {
		mover, other := a, b
		if a.table.Turn != a.table.Seat {
			mover, other = b, a
		}
		legal := mover.table.Position.Legal(nil)
		if len(legal) == 0 {
			t.Fatalf("action %d: nothing is legal and the game goes on", i)
		}
		m := legal[r.IntN(len(legal))]
		mover.must(mover.table.Play(m))
		other.plies(i + 1)
		if mover.table.Turn != other.table.Turn || mover.table.Black != other.table.Black {
			t.Fatalf("action %d: turn %v, %v; black %v, %v", i, mover.table.Turn, other.table.Turn, mover.table.Black, other.table.Black)
		}
	}
	same := slices.EqualFunc(a.table.Moves, b.table.Moves, func(x, y client.Ply) bool { return x == y })
	if !same || a.table.Reason != b.table.Reason {
		t.Fatalf("two different games:\n%v %v\n%v %v", a.table.Moves, a.table.Reason, b.table.Moves, b.table.Reason)
	}
	if a.table.Running() {
		a.must(client.Leave{Table: a.table.ID})
		for b.table.Running() {
			until(b, func(client.Record) bool { return true })
		}
	}
}

// TestForbiddenMoveLosesWhenClaimed is the tournament way of renju.
func TestForbiddenMoveLosesWhenClaimed(t *testing.T) {
	n := start(t, server.Config{})
	for _, v := range []struct {
		game   string
		claims bool
	}{{"omok:renju", false}, {"omok:renju:forbidden-loses", true}} {
		a, b := n.pair(v.game, "none")
		// A double three at h8: two open twos that cross there.
		moves := []string{"g8", "a1", "i8", "a15", "h7", "o1", "h9", "o15"}
		for i, m := range moves {
			p := []*player{a, b}[i%2]
			p.plies(i)
			p.move(m)
		}
		a.plies(len(moves))
		err := a.do(client.MakeMove{Table: a.table.ID, Move: rules.Move{To: rules.Point{Col: 7, Row: 7}}})
		if !v.claims {
			if err == nil {
				t.Fatal("a forbidden move was played")
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		b.plies(9)
		b.must(client.Claim{Table: b.table.ID, What: client.ClaimWinForbidden})
		if b.table.Reason != rules.ForbiddenMove || b.table.Winner != client.SeatTwo {
			t.Fatalf("%v %v", b.table.Reason, b.table.Winner)
		}
	}
}

// TestChess960DrawsAStart: who asks for no start position in particular gets any of the 960, and
// both players the same.
func TestChess960DrawsAStart(t *testing.T) {
	n := start(t, server.Config{})
	starts := map[uint16]bool{}
	for range 6 {
		a, b := n.pair("chess:960", "none")
		if a.table.Variant != b.table.Variant || a.table.Variant.Start >= 960 {
			t.Fatalf("%+v and %+v", a.table.Variant, b.table.Variant)
		}
		starts[a.table.Variant.Start] = true
	}
	if len(starts) < 2 {
		t.Fatalf("always %v", starts)
	}
}
