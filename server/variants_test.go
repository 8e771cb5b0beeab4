package server_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/omok"
	"hansu/server"
	"hansu/session"
)

// TestEveryRuleSetAndOpening plays each rule set with each of its openings through the server: any
// legal moves, choices and passes, to the end or for 60 actions; both clients see the same game.
func TestEveryRuleSetAndOpening(t *testing.T) {
	t.Parallel()
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

// TestDecidedByTheRules plays to where the rule sets differ: each game is over, or goes on, by its own
// rules, and each opening asks what its protocol says. A move with a question mark is refused.
func TestDecidedByTheRules(t *testing.T) {
	const (
		six   = "a1 a15 b1 b15 c1 c15 e1 d15 f1 o15 d1"  // black fills a gap to six
		white = "h8 a1 o15 b1 o13 c1 o11 e1 o9 f1 k5 d1" // white does
		block = "b1 a1 c1 g1 d1 a15 e1 c15 f1"           // black's five lies between two white stones
	)
	n := start(t, server.Config{Limits: session.Limits{Packets: -1}})
	for _, c := range []struct {
		game, moves string
		reason      rules.Reason
		winner      client.Seat
	}{
		{"omok:freestyle", six, rules.Five, client.SeatOne},
		{"omok:freestyle:19", white, rules.Five, client.SeatTwo},
		{"omok:freestyle:20", "a20 t1 b20 s1 c20 r1 d20 q1 e20", rules.Five, client.SeatOne},
		{"omok:standard", six, rules.NoReason, 0},
		{"omok:standard", block, rules.Five, client.SeatOne},
		{"omok:renju", "a1 a15 b1 b15 c1 c15 e1 d15 f1 o15 d1?", rules.NoReason, 0},
		{"omok:renju", white, rules.Five, client.SeatTwo},
		{"omok:renju", "h8 i9 pass pass", rules.Passes, client.NoSeat},
		{"omok:korean", six, rules.NoReason, 0},
		{"omok:korean", "a1 h8 a3 i8 a5 j9 a7 j10 a9 j8?", rules.NoReason, 0}, // white's double three
		{"omok:korean", block, rules.Five, client.SeatOne},
		{"omok:caro", six, rules.Five, client.SeatOne},
		{"omok:caro", block, rules.NoReason, 0},
		{"omok:caro", "a1 f1 b1 o15 c1 o13 d1 o11 e1", rules.Five, client.SeatOne}, // the edge blocks nothing
		{"omok:caro-exact", six, rules.NoReason, 0},
		{"omok:caro-exact", block, rules.NoReason, 0},
		{"omok:centre", "a1? h8 a1 i8 a2 j8 a3 k8 a4 l8", rules.Five, client.SeatOne},
		{"omok:swap2", "h8 i9 a1 white j10 a2 k11 a3 l12 a4 m13", rules.Five, client.SeatTwo},
		{"omok:swap2", "h8 i9 a1 black j10 a2 k11 a3 l12 a4 m13", rules.Five, client.SeatOne},
		{"omok:freestyle:swap2", "h8 i9 a1 more j10 h9 white k11 a3 l12 a4 m13", rules.Five, client.SeatOne},
		{"omok:renju:rif", "h8 a1? h9 h10 swap a15 a1 a1? a2 a1 h7", rules.NoReason, 0},
		{"omok:renju:rif", "h8 h9 h10 stay a15 a1 a2 a2 o1", rules.NoReason, 0},
		{"omok:renju:soosorv8", "h8 i9 j10 stay a15 9? 3 swap a1 b1 c1 d1? b1 o1", rules.NoReason, 0},
		{"omok:renju:soosorv8", "h8 i9 g7 swap a15 1 stay a1 o1", rules.NoReason, 0},
		{"omok:renju:taraguchi10", "h8 swap i9 stay j10 swap k11 stay l12 swap a1", rules.NoReason, 0},
		{"omok:renju:taraguchi10", "h8 stay h9 stay i9 stay e5 ten a1 a2 a3 a4 a5 a6 a7 a8 a9 a10 a6 o1", rules.NoReason, 0},
		{"chess", "f3 e5 g4 Qh4", rules.Checkmate, client.SeatTwo},
		{"chess:960:518", "e4 e5 Nf3 Nc6 Bc4 Bc5 O-O", rules.NoReason, 0},
		{"chess:960:0", "e4 e5 Nd3", rules.NoReason, 0}, // BBQNNRKR
	} {
		t.Run(c.game, func(t *testing.T) {
			m := *n
			m.t = t
			a, b := m.pair(c.game, "none")
			playText(t, a, b, c.moves)
			if a.table.Reason != c.reason || a.table.Winner != c.winner || a.table.Running() != (c.reason == rules.NoReason) {
				t.Errorf("after %s: %v, winner %v", c.moves, a.table.Reason, a.table.Winner)
			}
		})
	}
}

// playText plays a game in its notation by two clients. What is followed by a question mark is
// tried and must be refused, by the client's own rules and by the server.
func playText(t *testing.T, a, b *player, moves string) {
	t.Helper()
	done := 0
	for _, text := range strings.Fields(moves) {
		mover, other := a, b
		if a.table.Turn != a.table.Seat {
			mover, other = b, a
		}
		if bad, refused := strings.CutSuffix(text, "?"); refused {
			if m, err := mover.table.Parse(bad); err == nil {
				t.Fatalf("%s is legal: %v", text, m)
			}
			m := rules.Move{Kind: rules.Choose, Arg: 9}
			if to, err := rules.ParsePoint(bad, 15); err == nil {
				m = rules.Move{To: to}
				if g, ok := mover.table.Position.(omok.Game); ok && g.Phase() == omok.Offering {
					m.Kind = rules.Offer
				}
			}
			if err := mover.do(client.MakeMove{Table: mover.table.ID, Move: m}); err == nil {
				t.Fatalf("%s was played", text)
			}
			continue
		}
		done++
		mover.move(text)
		other.plies(done)
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
