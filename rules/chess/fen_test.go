package chess

import (
	"strings"
	"testing"

	"hansu/rules"
)

func TestFENRoundTrip(t *testing.T) {
	for _, fen := range []string{
		"rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1",
		kiwipete,
		"rnbqkbnr/ppp1pppp/8/8/3pP3/8/PPPP1PPP/RNBQKBNR b KQkq e3 0 3",
		"8/8/8/8/8/8/k6K/8 b - - 99 150",
		"1r1k1r1r/8/8/8/8/8/8/1R1K1R1R w FBfb - 0 1", // inner rooks are named by file
		"bqnb1rkr/pp3ppp/3ppn2/2p5/5P2/P2P4/NPP1P1PP/BQ1BNRKR w KQkq - 2 9",
	} {
		want := strings.Replace(fen, "FBfb", "FQfq", 1)
		p := mustFEN(t, fen)
		if got := p.FEN(); got != want {
			t.Errorf("%s became %s", fen, got)
		}
		again := mustFEN(t, want)
		if again != p {
			t.Errorf("%s: read back differently", fen)
		}
	}
}

// TestFENPassant: the passed square counts only where it can be used.
func TestFENPassant(t *testing.T) {
	for _, c := range []struct{ fen, want string }{
		{"rnbqkbnr/pppppppp/8/8/4P3/8/PPPP1PPP/RNBQKBNR b KQkq e3 0 1", "-"},
		{"rnbqkbnr/ppp1pppp/8/8/3pP3/8/PPPP1PPP/RNBQKBNR b KQkq e3 0 3", "e3"},
		{"8/8/8/K2pP2r/8/8/8/7k w - d6 0 1", "-"}, // both pawns leave the rank at once
		{"8/8/8/8/k2Pp2Q/8/8/3K4 b - d3 0 1", "-"},
	} {
		p := mustFEN(t, c.fen)
		if got := strings.Fields(p.FEN())[3]; got != c.want {
			t.Errorf("%s: passed square %s, want %s", c.fen, got, c.want)
		}
	}
}

func TestFENErrors(t *testing.T) {
	for _, c := range []struct{ fen, want string }{
		{"", "needs one to six fields"},
		{strings.Repeat("x", 300), "too long"},
		{"8/8/8/8 w - - 0 1", "4 ranks"},
		{"9/8/8/8/8/8/8/8 w - - 0 1", "unknown piece"},
		{"8p/8/8/8/8/8/8/8 w - - 0 1", "rank 8 has 9 squares"},
		{"7/8/8/8/8/8/8/8 w - - 0 1", "rank 8 has 7 squares"},
		{"8/8/8/8/8/8/8/4K3 w - - 0 1", "black has 0 kings"},
		{"kk6/8/8/8/8/8/8/4K3 w - - 0 1", "black has 2 kings"},
		{"k7/8/8/8/8/8/8/4KP2 w - - 0 1", "pawn on f1"},
		{"k7/8/8/8/8/8/8/R3K3 w - - 0 1", "black is in check"},
		{"k7/8/8/8/8/8/8/1R2K3 x - - 0 1", "neither w nor b"},
		{"k7/8/8/8/8/8/8/1R2K3 w K - 0 1", `for 'K'`},
		{"k7/8/8/8/8/8/8/1R2K3 w H - 0 1", `for 'H'`},
		{"k7/8/8/8/8/8/8/R3K2R w KQkqK - 0 1", "more than four rights"},
		{"4k3/8/8/8/8/8/8/RR2K3 w AB - 0 1", "two rooks on one side"},
		{"k7/8/8/8/8/8/8/4K3 w - e5 0 1", "third or sixth"},
		{"k7/8/8/8/8/8/8/4K3 w - e6 0 1", "passed over e6"},
		{"k7/8/8/8/8/8/8/4K3 w - e3 0 1", "passed over e3"},
		{"k7/8/8/8/8/8/8/4K3 w - - -1 1", "half-moves"},
		{"k7/8/8/8/8/8/8/4K3 w - - 0 99999", "move number"},
		{"k7/8/8/8/8/8/8/4K3 w - - 0 1 x", "six fields"},
	} {
		_, err := ParseFEN(c.fen)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want …%s…", c.fen, err, c.want)
		}
	}
}

// TestSetupErrors tries what no FEN can say.
func TestSetupErrors(t *testing.T) {
	base, err := ParseSetup("k7/8/8/8/8/8/8/4K2R w K - 0 1")
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Setup){
		"no side":         func(s *Setup) { s.Turn = rules.NoSide },
		"bad piece":       func(s *Setup) { s.Board[20] = Man{Piece: 9, Side: rules.White} },
		"no owner":        func(s *Setup) { s.Board[20] = Man{Piece: Rook} },
		"rook off board":  func(s *Setup) { s.Rooks = []rules.Point{{Col: 9, Row: 9}} },
		"rook elsewhere":  func(s *Setup) { s.Rooks = []rules.Point{{Col: 3, Row: 3}} },
		"king not home":   func(s *Setup) { s.Board[4], s.Board[12] = s.Board[12], s.Board[4] },
		"five rooks":      func(s *Setup) { s.Rooks = make([]rules.Point, 5) },
		"passed too far":  func(s *Setup) { s.Passant = rules.Point{Col: 200, Row: 5} },
		"quiet too large": func(s *Setup) { s.Quiet = 151 },
		"number zero":     func(s *Setup) { s.Number = 0 },
	} {
		s := base
		spoil(&s)
		if _, err := s.Position(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := base.Position(); err != nil {
		t.Errorf("the unspoilt set-up: %v", err)
	}
}

func TestStart960(t *testing.T) {
	seen := map[string]bool{}
	for n := range 960 {
		p, err := Start960(n)
		if err != nil {
			t.Fatal(err)
		}
		rank := strings.Split(p.FEN(), "/")[7][:8]
		seen[rank] = true
		k := strings.IndexByte(rank, 'K')
		if !strings.Contains(rank[:k], "R") || !strings.Contains(rank[k:], "R") {
			t.Errorf("%d: %s: king not between the rooks", n, rank)
		}
		if (strings.IndexByte(rank, 'B')+strings.LastIndexByte(rank, 'B'))%2 == 0 {
			t.Errorf("%d: %s: bishops on squares of one colour", n, rank)
		}
		if again := mustFEN(t, p.FEN()); again.FEN() != p.FEN() {
			t.Errorf("%d: %s: read back differently", n, rank)
		}
	}
	if len(seen) != 960 {
		t.Errorf("%d different starts", len(seen))
	}
	for n, want := range map[int]string{0: "BBQNNRKR", 1: "BQNBNRKR", 518: "RNBQKBNR", 959: "RKRNNQBB"} {
		p, err := Start960(n)
		if err != nil || !strings.Contains(p.FEN(), "/"+want+" ") {
			t.Errorf("start %d: %s, want %s", n, p.FEN(), want)
		}
	}
	for _, n := range []int{-1, 960} {
		if _, err := Start960(n); err == nil {
			t.Errorf("start %d accepted", n)
		}
	}
}

// TestManyMen: no number of men is too many for the rules, only for a game.
func TestManyMen(t *testing.T) {
	p := mustFEN(t, "kBQQQQQQ/BR5Q/Q6Q/Q6Q/Q6Q/Q6Q/Q6Q/KQQQQQQQ w - - 0 1")
	if n := len(p.Legal(nil)); n != p.countMoves() || n < 200 {
		t.Errorf("%d moves listed, %d counted", n, p.countMoves())
	}
}

func FuzzParseFEN(f *testing.F) {
	for _, fen := range []string{kiwipete, "8/8/8/8/8/8/k6K/8 b - - 99 150", "k7/8/8/8/8/8/8/4K3 w - e6 0 1", "8 w", "///////", "rnbqkbnr/ppp1pppp/8/8/3pP3/8/PPPP1PPP/RNBQKBNR b HAha e3 0 3"} {
		f.Add(fen)
	}
	f.Fuzz(func(t *testing.T, fen string) {
		p, err := ParseFEN(fen)
		if err != nil {
			return
		}
		written := p.FEN()
		q, err := ParseFEN(written)
		if err != nil {
			t.Fatalf("%q is written %q: %v", fen, written, err)
		}
		q.shuffled = p.shuffled
		if p != q {
			t.Fatalf("%q is written %q and read as %q", fen, written, q.FEN())
		}
		if n := len(p.Legal(nil)); n != p.countMoves() {
			t.Fatalf("%q: %d moves listed, %d counted", fen, n, p.countMoves())
		}
	})
}
