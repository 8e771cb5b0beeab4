package chess

import (
	"errors"
	"strings"
	"testing"

	"hansu/rules"
)

func newGame(t testing.TB) *Game {
	t.Helper()
	g, err := New(rules.Variant{Kind: rules.Chess})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func fromFEN(t testing.TB, fen string) *Game {
	t.Helper()
	g, err := FromFEN(rules.Orthodox, fen)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// playAll plays moves in any notation.
func playAll(t testing.TB, g *Game, moves string) *Game {
	t.Helper()
	for _, s := range strings.Fields(moves) {
		m, err := g.Parse(s)
		if err != nil {
			t.Fatalf("%s: %v", g.FEN(), err)
		}
		if g, err = g.Move(m); err != nil {
			t.Fatalf("%s: %s: %v", g.FEN(), s, err)
		}
	}
	return g
}

func TestNew(t *testing.T) {
	for _, c := range []struct {
		v    rules.Variant
		fen  string
		fail bool
	}{
		{v: rules.Variant{Kind: rules.Chess}, fen: "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1"},
		{v: rules.Variant{Kind: rules.Chess, Rules: rules.Orthodox, Size: 8, Start: 7}, fen: "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1"},
		{v: rules.Variant{Kind: rules.Chess, Rules: rules.Chess960}, fen: "bbqnnrkr/pppppppp/8/8/8/8/PPPPPPPP/BBQNNRKR w KQkq - 0 1"},
		{v: rules.Variant{Kind: rules.Chess, Rules: rules.Chess960, Start: 960}, fen: "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1"},
		{v: rules.Variant{Kind: rules.Omok}, fail: true},
		{v: rules.Variant{Kind: rules.Chess, Rules: rules.Renju}, fail: true},
		{v: rules.Variant{Kind: rules.Chess, Size: 15}, fail: true},
		{v: rules.Variant{Kind: rules.Chess, Opening: rules.Swap2}, fail: true},
	} {
		g, err := New(c.v)
		if (err != nil) != c.fail {
			t.Errorf("%+v: %v", c.v, err)
		}
		if err == nil && g.FEN() != c.fen {
			t.Errorf("%+v: %s", c.v, g.FEN())
		}
	}
	if _, err := FromFEN(rules.Orthodox, "1r2k3/8/8/8/8/8/8/1R2K3 w Qq - 0 1"); err == nil {
		t.Error("orthodox chess with a right to castle from b1")
	}
	if _, err := FromFEN(rules.Chess960, "1r2k3/8/8/8/8/8/8/1R2K3 w Qq - 0 1"); err != nil {
		t.Error(err)
	}
	if _, err := FromPosition(rules.Orthodox, Position{}); err == nil {
		t.Error("the zero Position is accepted")
	}
}

func TestPlayers(t *testing.T) {
	g := newGame(t)
	if g.Turn() != rules.First || g.Side(rules.First) != rules.White || g.Side(rules.Second) != rules.Black || g.Side(rules.NoPlayer) != rules.NoSide {
		t.Error("White is not First")
	}
	after := playAll(t, g, "e4")
	if after.Turn() != rules.Second || g.Turn() != rules.First {
		t.Error("turns wrong, or the old game has changed")
	}
	b := fromFEN(t, "k7/8/8/8/8/8/7r/K7 b - - 0 1")
	if b.Turn() != rules.First || b.Side(rules.First) != rules.Black {
		t.Error("who moves first at the start is First")
	}
	mate := playAll(t, fromFEN(t, "1k6/8/8/8/8/1K6/7r/8 b - - 0 1"), "Rh8 Kc3 Rh7 Kb3")
	if mate.Outcome().Over() || mate.Turn() != rules.First {
		t.Error("not over yet")
	}
}

// TestOutcome plays to each end that the board decides.
func TestOutcome(t *testing.T) {
	shuffle := "Nf3 Nf6 Ng1 Ng8 "
	for _, c := range []struct {
		name, fen, moves string
		want             rules.Outcome
	}{
		{"goes on", "", "e4 e5", rules.Outcome{}},
		{"fool's mate", "", "f3 e5 g4 Qh4", rules.Outcome{Reason: rules.Checkmate, Winner: rules.Second}},
		{"scholar's mate", "", "e4 e5 Bc4 Nc6 Qh5 Nf6 Qxf7", rules.Outcome{Reason: rules.Checkmate, Winner: rules.First}},
		{"stalemate", "k7/8/1K6/8/8/8/7Q/8 w - - 0 1", "Qc7", rules.Outcome{Reason: rules.Stalemate}},
		{"two kings", "k7/8/8/8/8/8/1p6/K7 w - - 0 1", "Kxb2", rules.Outcome{Reason: rules.DeadPosition}},
		{"fourfold", "", strings.Repeat(shuffle, 3), rules.Outcome{}},
		{"fivefold", "", strings.Repeat(shuffle, 4), rules.Outcome{Reason: rules.Fivefold}},
		{"149 quiet half-moves", "8/8/8/4k3/8/8/r7/6K1 w - - 148 100", "Kf1", rules.Outcome{}},
		{"150 quiet half-moves", "8/8/8/4k3/8/8/r7/6K1 w - - 149 100", "Kf1", rules.Outcome{Reason: rules.SeventyFive}},
		{"mate beats 75 moves", "7k/8/6K1/8/8/8/8/R7 w - - 149 100", "Ra8", rules.Outcome{Reason: rules.Checkmate, Winner: rules.First}},
		{"stalemate beats 75 moves", "7k/8/6K1/8/8/8/5Q2/8 w - - 149 100", "Qf7", rules.Outcome{Reason: rules.Stalemate}},
		{"a pawn move resets", "8/8/8/4k3/8/8/P6r/6K1 w - - 149 100", "a3", rules.Outcome{}},
	} {
		g := newGame(t)
		if c.fen != "" {
			g = fromFEN(t, c.fen)
		}
		g = playAll(t, g, c.moves)
		if got := g.Outcome(); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if c.want.Over() {
			checkOver(t, c.name, g)
		}
	}
}

// checkOver checks what holds for every game that has ended.
func checkOver(t *testing.T, name string, g *Game) {
	t.Helper()
	if g.Turn() != rules.NoPlayer || len(g.Legal(nil)) != 0 || g.Claim() != rules.NoReason {
		t.Errorf("%s: somebody may still act", name)
	}
	_, err := g.Play(rules.Move{From: rules.Point{Col: 4, Row: 1}, To: rules.Point{Col: 4, Row: 3}})
	if p := problemOf(err); p != rules.GameOver {
		t.Errorf("%s: a move after the end: %v", name, err)
	}
	if _, err := g.Parse("e4"); err == nil {
		t.Errorf("%s: a move parsed after the end", name)
	}
	for _, p := range []rules.Player{rules.First, rules.Second} {
		if g.CanWin(p) != (g.Outcome().Winner == p) {
			t.Errorf("%s: CanWin(%v) after the end", name, p)
		}
	}
}

func problemOf(err error) rules.Problem {
	var illegal *rules.Illegal
	if errors.As(err, &illegal) {
		return illegal.Problem
	}
	return rules.NoProblem
}

func TestClaim(t *testing.T) {
	for _, c := range []struct {
		name, fen, moves string
		want             rules.Reason
		times            int
	}{
		{"start", "", "", rules.NoReason, 1},
		{"twice", "", "Nf3 Nf6 Ng1 Ng8", rules.NoReason, 2},
		{"three times", "", "Nf3 Nf6 Ng1 Ng8 Nf3 Nf6 Ng1 Ng8", rules.Threefold, 3},
		{"not in a row", "", "Nf3 Nf6 Nc3 Nc6 Nb1 Nb8 Ng1 Ng8 Na3 Na6 Nb1 Nb8", rules.Threefold, 3},
		{"other side to move", "4k3/8/8/8/8/8/8/R3K3 w - - 0 1", "Kd1 Kd8 Kc2 Kd7 Kd1 Kd8 Ke1 Ke8 Ke2 Ke7 Ke1 Ke8", rules.Threefold, 3},
		// The first time White could still castle: the third time counts as the second.
		{"castling rights differ", "4k3/8/8/8/8/8/8/R3K3 w Q - 0 1", "Kd1 Kd8 Ke1 Ke8 Kd1 Kd8 Ke1 Ke8", rules.NoReason, 2},
		{"castling rights agree", "4k3/8/8/8/8/8/8/R3K3 w Q - 0 1", "Kd1 Kd8 Ke1 Ke8 Kd1 Kd8 Ke1 Ke8 Kd1 Kd8 Ke1 Ke8", rules.Threefold, 3},
		// After e4, d4xe3 is possible once only; the later occurrences are others.
		{"en passant possible", "4k3/8/8/8/3p4/8/4P3/4K2R w - - 0 1", "e4 Kd8 Kd1 Ke8 Ke1 Kd8 Kd1 Ke8 Ke1", rules.NoReason, 2},
		// Here the capture would expose Black's king: e4 allows nothing, all three are the same.
		{"en passant illegal", "8/8/8/8/k2p3R/8/4P3/4K3 w - - 0 1", "e4 Ka3 Kd1 Ka4 Ke1 Ka3 Kd1 Ka4 Ke1", rules.Threefold, 3},
		{"99 half-moves", "8/8/8/4k3/8/8/r7/6K1 w - - 98 100", "Kf1", rules.NoReason, 1},
		{"100 half-moves", "8/8/8/4k3/8/8/r7/6K1 w - - 99 100", "Kf1", rules.FiftyMoves, 1},
	} {
		g := newGame(t)
		if c.fen != "" {
			g = fromFEN(t, c.fen)
		}
		g = playAll(t, g, c.moves)
		if got := g.Claim(); got != c.want || g.Repetitions() != c.times {
			t.Errorf("%s: %v after %d times, want %v after %d", c.name, got, g.Repetitions(), c.want, c.times)
		}
	}
}

// TestMemoryBounded: a game that goes on and on refers to few positions.
func TestMemoryBounded(t *testing.T) {
	rng := newRand(4)
	longest := 0
	for range 20 {
		for g := newGame(t); !g.Outcome().Over(); {
			legal := g.Legal(nil)
			next, err := g.Move(legal[rng.IntN(len(legal))])
			if err != nil {
				t.Fatal(err)
			}
			g = next
			held := 0
			for past := g.before; past != nil; past = past.before {
				held++
			}
			longest = max(longest, held)
			if held > int(g.pos.quiet) {
				t.Fatalf("%s refers to %d positions", g.FEN(), held)
			}
		}
	}
	if longest == 0 || longest > endQuiet {
		t.Errorf("at most %d positions were held", longest)
	}
	legal := newGame(t).Legal(nil)
	start := newGame(t)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := start.Play(legal[0]); err != nil {
			t.Fatal(err)
		}
	}); n > 1 {
		t.Errorf("%v allocations a move", n)
	}
}

func TestQueries(t *testing.T) {
	g := playAll(t, newGame(t), "e4 d5 exd5 Qxd5 Nc3 Qe5+")
	if p, s := g.PieceAt(rules.Point{Col: 4, Row: 4}); p != Queen || s != rules.Black {
		t.Errorf("on e5: %v %v", s, p)
	}
	if p, s := g.PieceAt(rules.Point{Col: 4, Row: 3}); p != NoPiece || s != rules.NoSide {
		t.Errorf("on e4: %v %v", s, p)
	}
	if p, _ := g.PieceAt(rules.Point{Col: 8, Row: 0}); p != NoPiece {
		t.Errorf("off the board: %v", p)
	}
	if !g.Check() || g.ToMove() != rules.White || g.King(rules.White) != (rules.Point{Col: 4}) {
		t.Error("White is not seen in check on e1")
	}
	if b, w := g.Captured(rules.Black), g.Captured(rules.White); b[Pawn] != 1 || w[Pawn] != 1 || b[Queen] != 0 {
		t.Errorf("captured: %v, %v", b, w)
	}
	if m, ok := g.Last(); !ok || g.Ply() != 6 || g.Number() != 4 || m.To != (rules.Point{Col: 4, Row: 4}) {
		t.Errorf("last move %v at ply %d, number %d", m, g.Ply(), g.Number())
	}
	if _, ok := newGame(t).Last(); ok {
		t.Error("a last move before the first")
	}
	passant := playAll(t, newGame(t), "e4 a6 e5 d5 exd6")
	if n := passant.Captured(rules.Black); n[Pawn] != 1 {
		t.Errorf("en passant captured %v", n)
	}
	castled := playAll(t, newGame(t), "e4 e5 Nf3 Nf6 Bc4 Bc5 O-O")
	if n := castled.Captured(rules.White); n != [King + 1]int{} {
		t.Errorf("castling captured %v", n)
	}
	p := castled.Position()
	if k, q := p.MayCastle(rules.White); k || q {
		t.Error("White has castled and may castle")
	}
	if k, q := p.MayCastle(rules.Black); !k || !q {
		t.Error("Black may not castle")
	}
}

// TestPlayOn: a record may go on after a draw by the laws, but not after a mate.
func TestPlayOn(t *testing.T) {
	g := playAll(t, newGame(t), strings.Repeat("Nf3 Nf6 Ng1 Ng8 ", 4))
	if g.Outcome().Reason != rules.Fivefold {
		t.Fatal(g.Outcome())
	}
	p := g.Position()
	m, err := p.Parse("e4")
	if err != nil {
		t.Fatal(err)
	}
	if g, err = g.PlayOn(m); err != nil || g.Outcome().Over() || g.Repetitions() != 1 {
		t.Errorf("after the fivefold repetition: %v, %v", g.Outcome(), err)
	}
	g = fromFEN(t, "8/8/8/4k3/8/8/r7/6K1 w - - 150 100")
	for _, uci := range []string{"g1f1", "a2b2", "f1g1"} {
		p := g.Position()
		m, err := p.Parse(uci)
		if err != nil {
			t.Fatal(err)
		}
		if g, err = g.PlayOn(m); err != nil || g.Outcome().Reason != rules.SeventyFive || g.before != nil {
			t.Errorf("%s after 75 moves: %v, %v", uci, g.Outcome(), err)
		}
	}
	mate := playAll(t, newGame(t), "f3 e5 g4 Qh4")
	if _, err := mate.PlayOn(rules.Move{From: rules.Point{Col: 0, Row: 1}, To: rules.Point{Col: 0, Row: 2}}); err == nil {
		t.Error("a move after mate")
	}
}
