package chess

import (
	"os"
	"strings"
	"testing"

	"hansu/rules"
)

// TestHistoricGames plays famous games by the rules: every move must be legal and
// be written as it was read, and a game that was mated must end by itself with its result.
func TestHistoricGames(t *testing.T) {
	text, err := os.ReadFile("testdata/games/historic.pgn")
	if err != nil {
		t.Fatal(err)
	}
	games := strings.Split(string(text), "[Event ")[1:]
	if len(games) < 24 {
		t.Fatalf("only %d games", len(games))
	}
	for _, game := range games {
		tags, moves, _ := strings.Cut(game, "\n\n")
		g, err := New(rules.Variant{Kind: rules.Chess})
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Fields(moves)
		result := words[len(words)-1]
		for _, w := range words[:len(words)-1] {
			if strings.HasSuffix(w, ".") {
				continue
			}
			m, err := g.Parse(w)
			if err != nil {
				t.Fatalf("%s: move %d: %v", tags, g.Number(), err)
			}
			if got := g.Format(m); got != w {
				t.Errorf("%s: move %d: %s is written %s", tags, g.Number(), w, got)
			}
			if g, err = g.Move(m); err != nil {
				t.Fatalf("%s: move %s: %v", tags, w, err)
			}
		}
		if o := g.Outcome(); o.Over() && resultOf(o) != result {
			t.Errorf("%s: ended %v, but the result is %s", tags, o, result)
		}
		if strings.HasSuffix(words[len(words)-2], "#") && g.Outcome().Reason != rules.Checkmate {
			t.Errorf("%s: mate not seen", tags)
		}
	}
}

func resultOf(o rules.Outcome) string {
	switch {
	case o.Draw():
		return "1/2-1/2"
	case o.Winner == rules.First:
		return "1-0"
	}
	return "0-1"
}
