package chess

import (
	"slices"
	"testing"

	"hansu/rules"
)

// randomGames plays games at random and shows every position to visit.
func randomGames(t *testing.T, games, plies int, seed uint64, visit func(*Game)) {
	t.Helper()
	rng := newRand(seed)
	for n := range games {
		v := rules.Variant{Kind: rules.Chess}
		if n%3 == 0 {
			v.Rules, v.Start = rules.Chess960, uint16(rng.IntN(960))
		}
		g, err := New(v)
		if err != nil {
			t.Fatal(err)
		}
		for range plies {
			visit(g)
			legal := g.Legal(nil)
			if len(legal) == 0 {
				break
			}
			// Captures and castling are rare at random; prefer the last moves listed,
			// which are the king's, now and then.
			m := legal[rng.IntN(len(legal))]
			if rng.IntN(8) == 0 {
				m = legal[len(legal)-1]
			}
			if g, err = g.Move(m); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestLegalIffListed tries every move there is, 64 by 64 squares by 8 arguments,
// and accepts exactly those that are listed. In Chess960 a castling move may also
// be given by the king's target.
func TestLegalIffListed(t *testing.T) {
	games, plies := 6, 30
	if soak() {
		games, plies = 120, 150
	}
	randomGames(t, games, plies, 5, func(g *Game) {
		listed := map[rules.Move]bool{}
		for _, m := range g.Legal(nil) {
			if listed[m] {
				t.Fatalf("%s: %v listed twice", g.FEN(), m)
			}
			listed[m] = true
		}
		p := g.Position()
		for from := range square(64) {
			if !p.sides[p.turn].has(from) && from%9 != 0 {
				continue // a sample of the squares without own pieces is enough
			}
			for to := range square(64) {
				for arg := range uint8(8) {
					m := rules.Move{From: from.point(), To: to.point(), Arg: arg}
					found, problem := p.find(m)
					switch {
					case listed[m] != (problem == rules.NoProblem) && !(p.shuffled && found.castles()):
						t.Fatalf("%s: %v%v/%d: listed %v, problem %v", g.FEN(), m.From, m.To, arg, listed[m], problem)
					case problem == rules.NoProblem && !listed[p.public(found)]:
						t.Fatalf("%s: %v%v means a move that is not listed", g.FEN(), m.From, m.To)
					}
				}
			}
		}
	})
}

// TestRoundTrips writes every legal move and position of random games in every
// notation and reads it back.
func TestRoundTrips(t *testing.T) {
	games := 12
	if soak() {
		games = 600
	}
	randomGames(t, games, 120, 6, func(g *Game) {
		texts := map[string]bool{}
		for _, m := range g.Legal(nil) {
			san := g.Format(m)
			if texts[san] {
				t.Fatalf("%s: two moves are written %s", g.FEN(), san)
			}
			texts[san] = true
			for _, text := range []string{san, g.LAN(m), g.UCI(m)} {
				if again, err := g.Parse(text); err != nil || again != m {
					t.Fatalf("%s: %v is written %s and read as %v, %v", g.FEN(), m, text, again, err)
				}
			}
		}
		again, err := FromFEN(g.Ruleset(), g.FEN())
		if err != nil || again.Position() != g.Position() {
			t.Fatalf("%s: read back as %+v, %v", g.FEN(), again, err)
		}
	})
}

// TestReplay plays a game twice and gets the same game, position for position.
func TestReplay(t *testing.T) {
	start, moves := longGame(t)
	var first []Game
	for range 2 {
		g := start
		for i, m := range moves {
			next, err := g.Move(m)
			if err != nil {
				t.Fatal(err)
			}
			g = next
			flat := *g
			flat.before = nil
			if len(first) <= i {
				first = append(first, flat)
			} else if first[i] != flat {
				t.Fatalf("after %d moves: %s, first %s", i+1, g.FEN(), first[i].FEN())
			}
		}
	}
}

// mirrored turns the board upside down and swaps the sides.
func mirrored(p Position) Position {
	flip := func(b bitboard) bitboard {
		var f bitboard
		for ; b != 0; b &= b - 1 {
			f |= (b.first() ^ 56).bit()
		}
		return f
	}
	q := p
	for i := range p.pieces {
		q.pieces[i] = flip(p.pieces[i])
	}
	q.sides[white], q.sides[black] = flip(p.sides[black]), flip(p.sides[white])
	q.rooks = flip(p.rooks)
	q.turn ^= 1
	if p.passant < noSquare {
		q.passant ^= 56
	}
	return q
}

// TestMirror: chess is the same for both sides.
func TestMirror(t *testing.T) {
	randomGames(t, 12, 100, 7, func(g *Game) {
		p := g.Position()
		q := mirrored(p)
		if a, b := PerftBulk(p, 2), PerftBulk(q, 2); a != b {
			t.Fatalf("%s: %d positions, mirrored %d", p.FEN(), a, b)
		}
		for c := white; c <= black; c++ {
			if p.enough(c) != q.enough(c^1) || p.walledOff(c) != q.walledOff(c^1) {
				t.Fatalf("%s: who can win depends on the colour", p.FEN())
			}
		}
	})
}

// TestDivide: the branches add up, and are named as UCI names them.
func TestDivide(t *testing.T) {
	p := mustFEN(t, kiwipete)
	for _, bulk := range []bool{false, true} {
		var sum uint64
		var names []string
		for _, b := range Divide(p, 3, bulk) {
			sum += b.Nodes
			names = append(names, b.UCI)
			if p.UCI(b.Move) != b.UCI {
				t.Errorf("%v is called %s", b.Move, b.UCI)
			}
		}
		if sum != 97862 || len(names) != 48 || !slices.Contains(names, "e1c1") {
			t.Errorf("%d positions in %d branches", sum, len(names))
		}
	}
	if Perft(p, 0) != 1 || PerftBulk(p, 0) != 1 || len(Divide(p, 1, true)) != 48 {
		t.Error("depth 0 or 1 wrong")
	}
}
