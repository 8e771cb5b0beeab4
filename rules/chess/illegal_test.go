package chess

import (
	"testing"

	"hansu/rules"
)

func mustPoint(t testing.TB, s string) rules.Point {
	t.Helper()
	p, err := rules.ParsePoint(s, 8)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestIllegal(t *testing.T) {
	const (
		start    = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1"
		promote  = "1r5k/P7/8/8/8/8/8/K7 w - - 0 1"
		castling = "r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1"
		attacked = "r3k2r/8/8/8/8/8/5r2/R3K2R w KQkq - 0 1" // f1 is attacked
		inCheck  = "r3k2r/8/8/8/4r3/8/8/R3K2R w KQkq - 0 1"
		blocked  = "r3k2r/8/8/8/8/8/8/RN2K1NR w KQkq - 0 1"
	)
	for _, c := range []struct {
		fen, from, to string
		arg           uint8
		want          rules.Problem
	}{
		{start, "e2", "e4", 0, rules.NoProblem},
		{start, "e2", "e5", 0, rules.CannotMove},
		{start, "e2", "d3", 0, rules.CannotMove},
		{start, "e3", "e4", 0, rules.NoPiece},
		{start, "e7", "e5", 0, rules.NoPiece},
		{start, "e2", "e4", 5, rules.PromotionPiece},
		{start, "g1", "e2", 0, rules.CannotMove},
		{start, "a1", "a2", 0, rules.CannotMove},
		{start, "e1", "g1", 0, rules.CannotMove},
		{start, "e1", "e1", 0, rules.CannotMove},
		{promote, "a7", "a8", 0, rules.PromotionPiece},
		{promote, "a7", "a8", 1, rules.PromotionPiece},
		{promote, "a7", "a8", 6, rules.PromotionPiece},
		{promote, "a7", "a8", 200, rules.PromotionPiece},
		{promote, "a7", "a8", 2, rules.NoProblem},
		{promote, "a7", "b8", 5, rules.NoProblem},
		{promote, "a7", "c8", 5, rules.CannotMove},
		{promote, "a1", "b1", 0, rules.LeavesCheck},
		{castling, "e1", "g1", 0, rules.NoProblem},
		{castling, "e1", "c1", 0, rules.NoProblem},
		{castling, "e1", "h1", 0, rules.CannotMove},
		{castling, "e1", "g1", 5, rules.PromotionPiece},
		{castling, "e1", "b1", 0, rules.CannotMove},
		{attacked, "e1", "g1", 0, rules.LeavesCheck},
		{attacked, "e1", "f2", 0, rules.NoProblem},
		{inCheck, "e1", "c1", 0, rules.LeavesCheck},
		{inCheck, "h1", "h2", 0, rules.LeavesCheck},
		{inCheck, "e1", "f2", 0, rules.NoProblem},
		{blocked, "e1", "g1", 0, rules.CannotMove},
		{"4k3/4r3/8/8/8/8/4N3/4K3 w - - 0 1", "e2", "c3", 0, rules.LeavesCheck},
		{"4k3/4r3/8/8/8/8/4N3/4K3 w - - 0 1", "e2", "e4", 0, rules.CannotMove},
		{"8/8/8/K2pP2r/8/8/8/7k w - d6 0 1", "e5", "d6", 0, rules.CannotMove}, // no capture that leaves the king in check is kept
		{"4k3/8/8/3pP3/8/8/8/4K3 w - d6 0 1", "e5", "d6", 0, rules.NoProblem},
		{"4k3/8/8/3pP3/8/8/8/4K3 w - - 0 1", "e5", "d6", 0, rules.CannotMove},
	} {
		g := fromFEN(t, c.fen)
		m := rules.Move{From: mustPoint(t, c.from), To: mustPoint(t, c.to), Arg: c.arg}
		_, err := g.Play(m)
		got := problemOf(err)
		if got != c.want {
			t.Errorf("%s %s%s/%d: problem %d, want %d", c.fen, c.from, c.to, c.arg, got, c.want)
		}
	}
	g := newGame(t)
	for _, c := range []struct {
		m    rules.Move
		want rules.Problem
	}{
		{rules.Move{Kind: rules.Pass}, rules.WrongKind},
		{rules.Move{Kind: rules.Choose, Arg: 1}, rules.WrongKind},
		{rules.Move{Kind: 77}, rules.WrongKind},
		{rules.Move{From: rules.Point{Col: 4, Row: 1}, To: rules.Point{Col: 4, Row: 8}}, rules.OffBoard},
		{rules.Move{From: rules.Point{Col: 255, Row: 255}}, rules.OffBoard},
	} {
		if _, err := g.Play(c.m); problemOf(err) != c.want {
			t.Errorf("%+v: %v, want problem %d", c.m, err, c.want)
		}
	}
}

// TestCastling960 castles where king and rook start close to or on their targets.
func TestCastling960(t *testing.T) {
	for _, c := range []struct{ fen, uci, want string }{
		{"4k3/8/8/8/8/8/8/R3K2R w KQ - 0 1", "e1h1", "4k3/8/8/8/8/8/8/R4RK1 b - - 1 1"},
		{"4k3/8/8/8/8/8/8/R3K2R w KQ - 0 1", "e1g1", "4k3/8/8/8/8/8/8/R4RK1 b - - 1 1"},
		{"4k3/8/8/8/8/8/8/R3K2R w KQ - 0 1", "e1a1", "4k3/8/8/8/8/8/8/2KR3R b - - 1 1"},
		{"4k3/8/8/8/8/8/8/5KR1 w K - 0 1", "f1g1", "4k3/8/8/8/8/8/8/5RK1 b - - 1 1"}, // they change places
		{"4k3/8/8/8/8/8/8/6KR w K - 0 1", "g1h1", "4k3/8/8/8/8/8/8/5RK1 b - - 1 1"},
		{"4k3/8/8/8/8/8/8/5K1R w K - 0 1", "f1h1", "4k3/8/8/8/8/8/8/5RK1 b - - 1 1"},
		{"4k3/8/8/8/8/8/8/5K1R w K - 0 1", "f1g1", "4k3/8/8/8/8/8/8/6KR b - - 1 1"}, // a king's step
		{"4k3/8/8/8/8/8/8/RK6 w Q - 0 1", "b1a1", "4k3/8/8/8/8/8/8/2KR4 b - - 1 1"},
		{"4k3/8/8/8/8/8/8/1R1K4 w Q - 0 1", "d1b1", "4k3/8/8/8/8/8/8/2KR4 b - - 1 1"},
	} {
		g, err := FromFEN(rules.Chess960, c.fen)
		if err != nil {
			t.Fatal(err)
		}
		m, err := g.Parse(c.uci)
		if err != nil {
			t.Errorf("%s %s: %v", c.fen, c.uci, err)
			continue
		}
		next, err := g.Move(m)
		if err != nil || next.FEN() != c.want {
			t.Errorf("%s %s: %v, %v, want %s", c.fen, c.uci, next.FEN(), err, c.want)
		}
	}
	// The rook on b1 shields c1 from the rook on a1 until it castles away.
	g, err := FromFEN(rules.Chess960, "4k3/8/8/8/8/8/8/rR1K4 w B - 0 1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Parse("O-O-O"); err == nil {
		t.Error("castling into a discovered check")
	}
}
