package chess

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"hansu/rules"
)

// TestNotation writes and reads the same move in each notation.
func TestNotation(t *testing.T) {
	const (
		start  = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1"
		rooks  = "4k3/8/8/R7/8/8/4K3/R6R w - - 0 1"
		queens = "8/8/8/1k6/4Q2Q/8/8/K6Q w - - 0 1"
		pinned = "4k3/8/4r3/8/8/2N5/4N3/4K3 w - - 0 1" // only one knight may go to d5 … and the other is pinned
	)
	for _, c := range []struct{ fen, uci, san, lan string }{
		{start, "e2e4", "e4", "e2-e4"},
		{start, "g1f3", "Nf3", "Ng1-f3"},
		{"4k3/8/8/3pP3/8/8/8/4K3 w - d6 0 1", "e5d6", "exd6", "e5xd6"},
		{"r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1", "e1g1", "O-O", "O-O"},
		{"r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1", "e1c1", "O-O-O", "O-O-O"},
		{"5k2/8/8/8/8/8/8/4K2R w K - 0 1", "e1g1", "O-O+", "O-O+"},
		{rooks, "a1d1", "Rad1", "Ra1-d1"},
		{rooks, "h1d1", "Rhd1", "Rh1-d1"},
		{rooks, "a1a3", "R1a3", "Ra1-a3"},
		{rooks, "a5a3", "R5a3", "Ra5-a3"},
		{queens, "h4e1", "Qh4e1", "Qh4-e1"},
		{queens, "e4e1", "Qee1", "Qe4-e1"},
		{queens, "h1e1", "Q1e1", "Qh1-e1"},
		{pinned, "c3d5", "Nd5", "Nc3-d5"},
		{pinned, "c3b1", "Nb1", "Nc3-b1"},
		{"1n5k/P7/8/8/8/8/8/K7 w - - 0 1", "a7a8q", "a8=Q", "a7-a8=Q"},
		{"1n5k/P7/8/8/8/8/8/K7 w - - 0 1", "a7b8n", "axb8=N", "a7xb8=N"},
		{"7k/5Q2/6K1/8/8/8/8/8 w - - 0 1", "f7g7", "Qg7#", "Qf7-g7#"},
		{"7k/8/6K1/8/8/8/8/5R2 w - - 0 1", "f1f8", "Rf8#", "Rf1-f8#"},
		{"7k/8/8/6K1/8/8/8/5R2 w - - 0 1", "f1h1", "Rh1+", "Rf1-h1+"},
	} {
		g := fromFEN(t, c.fen)
		m, err := g.Parse(c.uci)
		if err != nil {
			t.Errorf("%s: %v", c.uci, err)
			continue
		}
		if got := g.Format(m); got != c.san {
			t.Errorf("%s %s: SAN %s, want %s", c.fen, c.uci, got, c.san)
		}
		if got := g.LAN(m); got != c.lan {
			t.Errorf("%s %s: LAN %s, want %s", c.fen, c.uci, got, c.lan)
		}
		if got := g.UCI(m); got != c.uci {
			t.Errorf("%s %s: UCI %s", c.fen, c.uci, got)
		}
		for _, text := range []string{c.san, c.lan, " " + c.san + "!? ", strings.TrimRight(c.san, "+#")} {
			if again, err := g.Parse(text); err != nil || again != m {
				t.Errorf("%s %q: %v, %v, want %v", c.fen, text, again, err, m)
			}
		}
	}
}

// TestTolerance reads what people type.
func TestTolerance(t *testing.T) {
	for _, c := range []struct{ fen, text, uci string }{
		{"r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1", "0-0", "e1g1"},
		{"r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1", "o-o-o", "e1c1"},
		{"r3k2r/8/8/8/8/8/8/R3K2R w KQkq - 0 1", "OO", "e1g1"},
		{"r3k2r/8/8/8/8/8/8/R3K2R b KQkq - 0 1", "000", "e8c8"},
		{"1n5k/P7/8/8/8/8/8/K7 w - - 0 1", "a8Q", "a7a8q"},
		{"1n5k/P7/8/8/8/8/8/K7 w - - 0 1", "a8=q", "a7a8q"},
		{"1n5k/P7/8/8/8/8/8/K7 w - - 0 1", "a8(R)", "a7a8r"},
		{"1n5k/P7/8/8/8/8/8/K7 w - - 0 1", "a8/B", "a7a8b"},
		{"1n5k/P7/8/8/8/8/8/K7 w - - 0 1", "ab8=N", "a7b8n"},
		{"1n5k/P7/8/8/8/8/8/K7 w - - 0 1", "axb8N", "a7b8n"},
		{"1n5k/P7/8/8/8/8/8/K7 w - - 0 1", "a7xb8=N", "a7b8n"},
		{kiwipete, "nxd7", "e5d7"},
		{kiwipete, "Nd7", "e5d7"},
		{kiwipete, "Ne5d7", "e5d7"},
		{kiwipete, "e5-d7", "e5d7"},
		{kiwipete, "bxa6", "e2a6"}, // no b-pawn takes there: the bishop
		{kiwipete, "Pg3", "g2g3"},
		{kiwipete, "gxh3", "g2h3"},
		{kiwipete, "gh", ""},
		{"4k3/8/8/2BpP3/8/8/8/4K3 w - d6 0 1", "exd6e.p.", "e5d6"},
		{"4k3/8/8/2BpP3/8/8/8/4K3 w - d6 0 1", "exd6 ep", "e5d6"},
		{"4k3/8/3p4/2B1P3/1P6/8/8/4K3 w - - 0 1", "bxd6", "c5d6"},
	} {
		g := fromFEN(t, c.fen)
		m, err := g.Parse(c.text)
		if c.uci == "" {
			if err == nil {
				t.Errorf("%s: %q read as %s", c.fen, c.text, g.UCI(m))
			}
			continue
		}
		if err != nil || g.UCI(m) != c.uci {
			t.Errorf("%s: %q: %s, %v, want %s", c.fen, c.text, g.UCI(m), err, c.uci)
		}
	}
}

func TestParseErrors(t *testing.T) {
	const (
		knights = "4k3/8/8/8/8/8/8/1N2KN2 w - - 0 1"
		promote = "1n5k/P7/8/8/8/8/8/K7 w - - 0 1"
		check   = "4k3/4r3/8/8/8/8/4N3/4K2R w K - 0 1"
	)
	for _, c := range []struct {
		fen, text  string
		kind       ParseKind
		problem    rules.Problem
		candidates []string
		says       string
	}{
		{knights, "", Unreadable, 0, nil, "is no move"},
		{knights, "hello", Unreadable, 0, nil, "is no move"},
		{knights, "e9", Unreadable, 0, nil, "is no move"},
		{knights, "Nf3xd4e5", Unreadable, 0, nil, "is no move"},
		{knights, "말e4", Unreadable, 0, nil, "is no move"},
		{knights, strings.Repeat("N", 5000), Unreadable, 0, nil, "is no move"},
		{knights, "\xff\xfe", Unreadable, 0, nil, "is no move"},
		{knights, "Nd2", Ambiguous, 0, []string{"Nbd2", "Nfd2"}, "Nbd2 or Nfd2"},
		{knights, "Nd5", NoSuchMove, rules.CannotMove, nil, "no knight can move like that"},
		{knights, "Qd5", NoSuchMove, rules.CannotMove, nil, "no queen can move like that"},
		{knights, "a2a4", NoSuchMove, rules.NoPiece, nil, "no piece of one's own"},
		{knights, "Bb1c3", NoSuchMove, rules.NoPiece, nil, "no piece of one's own"},
		{knights, "b1b4", NoSuchMove, rules.CannotMove, nil, "no knight can"},
		{knights, "O-O", NoSuchMove, rules.CannotMove, nil, "no king can"},
		{promote, "a8", NotPromoted, 0, []string{"a8=Q", "a8=R", "a8=B", "a8=N"}, "what the pawn becomes"},
		{promote, "a7a8", NotPromoted, 0, []string{"a8=Q", "a8=R", "a8=B", "a8=N"}, "what the pawn becomes"},
		{promote, "a8=K", Unreadable, 0, nil, "is no move"},
		{check, "Nc3", NoSuchMove, rules.LeavesCheck, nil, "the king would be in check"},
		{check, "e2c3", NoSuchMove, rules.LeavesCheck, nil, "the king would be in check"},
		{"4k3/8/8/8/8/8/5r2/4K2R w K - 0 1", "O-O", NoSuchMove, rules.LeavesCheck, nil, "in check"},
	} {
		g := fromFEN(t, c.fen)
		m, err := g.Parse(c.text)
		var e *ParseError
		if !errors.As(err, &e) {
			t.Errorf("%s %q: read as %v, %v", c.fen, c.text, m, err)
			continue
		}
		slices.Sort(c.candidates)
		got := slices.Sorted(slices.Values(e.Candidates))
		if e.Kind != c.kind || e.Problem != c.problem || !slices.Equal(got, c.candidates) || !strings.Contains(e.Error(), c.says) {
			t.Errorf("%s %q: %+v: %v", c.fen, c.text, e, e)
		}
		if len(e.Text) > 20 {
			t.Errorf("%q is quoted at length", e.Text)
		}
	}
}

// FuzzParse: whatever is typed, Parse returns a legal move that means the same when
// written out, or an error.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"e4", "Nf3", "O-O", "0-0-0", "e7e8q", "exd6e.p.", "a8=Q+", "R1a3", "bxa6", "Qh4e1", "--", "(((", "=Q", "e8=", "x", "\x00"} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(1))
	}
	fens := []string{kiwipete, "r3k2r/P6P/8/2pP4/8/8/p6p/R3K2R w KQkq c6 0 1", "n1n5/PPPk4/8/8/8/8/4Kppp/5N1N b - - 0 1"}
	f.Fuzz(func(t *testing.T, s string, which uint8) {
		g := fromFEN(t, fens[int(which)%len(fens)])
		m, err := g.Parse(s)
		if err != nil {
			var e *ParseError
			if !errors.As(err, &e) || e.Error() == "" {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if _, err := g.Move(m); err != nil {
			t.Fatalf("%q read as %v: %v", s, m, err)
		}
		for _, text := range []string{g.Format(m), g.LAN(m), g.UCI(m)} {
			if again, err := g.Parse(text); err != nil || again != m {
				t.Fatalf("%q is written %q and read as %v, %v", s, text, again, err)
			}
		}
	})
}
