package chess

import (
	"slices"
	"strings"
	"testing"

	oracle "github.com/corentings/chess/v2"
)

// TestOracle compares legal moves, SAN, checks and ends with another library over
// random games of orthodox chess.
func TestOracle(t *testing.T) {
	games := 8
	if soak() {
		games = 400
	}
	rng := newRand(8)
	for range games {
		g := newGame(t)
		for range 160 {
			p := g.Position()
			compareWithOracle(t, &p)
			legal := p.Legal(nil)
			if len(legal) == 0 {
				break
			}
			var err error
			if g, err = g.PlayOn(legal[rng.IntN(len(legal))]); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, line := range lines(t, "testdata/perft.txt") {
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "chess960") {
			p := mustFEN(t, strings.Split(line, "; ")[1])
			compareWithOracle(t, &p)
		}
	}
}

func compareWithOracle(t *testing.T, p *Position) {
	t.Helper()
	fen, err := oracle.FEN(p.FEN())
	if err != nil {
		t.Fatalf("%s: %v", p.FEN(), err)
	}
	op := oracle.NewGame(fen).Position()
	var want, got []string
	for _, m := range op.ValidMoves() {
		want = append(want, m.String()+" "+unsigned(oracle.AlgebraicNotation{}.Encode(op, &m)))
	}
	for _, m := range p.Legal(nil) {
		got = append(got, p.UCI(m)+" "+unsigned(p.SAN(m)))
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %v\nwant %v", p.FEN(), got, want)
	}
	status := oracle.NoMethod
	if len(got) == 0 {
		status = oracle.Stalemate
		if p.Check() {
			status = oracle.Checkmate
		}
	}
	if op.Status() != status {
		t.Errorf("%s: %v, the other says %v", p.FEN(), status, op.Status())
	}
}

// unsigned takes the check sign off a promotion: the other library writes it as if
// every pawn became a queen.
func unsigned(san string) string {
	if strings.Contains(san, "=") {
		return strings.TrimRight(san, "+#")
	}
	return san
}
