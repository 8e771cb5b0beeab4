package omok

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"hansu/rules"
)

var update = flag.Bool("update", false, "write testdata/games.txt anew")

// player is a simple opponent: it completes a row, stops one, and else lays the
// stone that does most for its own rows and against the other's.
type player struct {
	rnd *rand.Rand
	// defence weighs the other's rows against one's own; 100 is the same weight.
	defence int
	noise   int
}

// worth is what a stone adds to five points in a line that hold n stones of one
// side and none of the other.
var worth = [5]int{1, 12, 90, 700, 6000}

// score rates a stone on p for side s: the rows it builds and those it stops.
func (pl player) score(b *Board, p rules.Point, s rules.Side) int {
	total := 0
	for _, st := range steps {
		for from := -4; from <= 0; from++ {
			own, other, inside := 0, 0, true
			for i := from; i < from+5; i++ {
				c, r := int(p.Col)+i*st.col, int(p.Row)+i*st.row
				if c < 0 || r < 0 || c >= b.Size() || r >= b.Size() {
					inside = false
					break
				}
				switch b.At(rules.Point{Col: uint8(c), Row: uint8(r)}) {
				case s:
					own++
				case s.Other():
					other++
				}
			}
			switch {
			case !inside:
			case other == 0:
				total += worth[own]
			case own == 0:
				total += worth[other] * pl.defence / 100
			}
		}
	}
	return total
}

// move chooses a legal move.
func (pl player) move(g Game) rules.Move {
	s, rs := g.Next(), g.Variant().Rules
	b := g.Board()
	best, bestScore := rules.Move{}, -1
	for _, m := range g.Legal(nil) {
		if m.Kind != rules.Play {
			if bestScore < 0 {
				best = m
			}
			continue
		}
		score := pl.score(&b, m.To, s) + pl.rnd.IntN(pl.noise+1)
		if b.Stones() == 0 {
			off := func(x uint8) int { return max(int(x)-g.Size()/2, g.Size()/2-int(x)) }
			score = 1000 - 10*(off(m.To.Col)+off(m.To.Row)) + pl.rnd.IntN(15)
		}
		if b.Wins(rs, s, m.To) {
			score += 10_000_000
		}
		if b.Wins(rs, s.Other(), m.To) {
			score += 1_000_000
		}
		if score > bestScore {
			best, bestScore = m, score
		}
	}
	return best
}

// selfPlay plays a whole game and returns its moves.
func selfPlay(v rules.Variant, seed uint64, defence [2]int, noise int) (Game, []string) {
	g, err := New(v)
	if err != nil {
		panic(err)
	}
	rnd := rand.New(rand.NewPCG(seed, 0x6f6d6f6b))
	var moves []string
	for g.Turn() != rules.NoPlayer {
		pl := player{rnd, defence[g.Next()-1], noise}
		m := pl.move(g)
		moves = append(moves, g.Format(m))
		if g, err = g.After(m); err != nil {
			panic(err)
		}
	}
	return g, moves
}

// header writes what a game's line in games.txt is preceded by.
func header(g Game) string {
	result := "draw"
	if w := g.Outcome().Winner; w != rules.NoPlayer {
		result = g.Side(w).String()
	}
	reason := map[rules.Reason]string{rules.Five: "five", rules.BoardFull: "full", rules.Passes: "passes"}[g.Outcome().Reason]
	v := g.Variant()
	return fmt.Sprintf("#! rules=%s size=%d opening=%s result=%s reason=%s", v.Rules, v.Size, v.Opening, result, reason)
}

// composeGames plays the games of testdata/games.txt.
func composeGames() string {
	var out strings.Builder
	out.WriteString("# Whole games, played by the simple program in selfplay_test.go. A line that starts\n" +
		"# with #! says what the next line's game is: rule set, size, opening, and the result by\n" +
		"# colour (a draw has none). Written by: go test ./rules/omok -run TestGames -update\n")
	add := func(v rules.Variant, want int, result rules.Side, defence [2]int, noise, atLeast int) {
		for seed := uint64(1); want > 0; seed++ {
			g, moves := selfPlay(v, seed, defence, noise)
			if g.Side(g.Outcome().Winner) != result || len(moves) < atLeast {
				continue
			}
			fmt.Fprintf(&out, "\n%s\n%s\n", header(g), strings.Join(moves, " "))
			want--
		}
	}
	for _, v := range []rules.Variant{
		{Rules: rules.Standard, Opening: rules.Centre}, {Rules: rules.Freestyle}, {Rules: rules.Renju, Opening: rules.Centre}, {Rules: rules.Korean},
	} {
		add(v, 4, rules.Black, [2]int{60, 60}, 25, 21)
		add(v, 3, rules.White, [2]int{60, 60}, 25, 22)
	}
	add(rules.Variant{Rules: rules.Freestyle, Size: 20}, 1, rules.Black, [2]int{60, 60}, 25, 25)
	add(rules.Variant{Rules: rules.Standard, Size: 19}, 1, rules.White, [2]int{60, 60}, 25, 26)
	add(rules.Variant{Rules: rules.Caro}, 1, rules.Black, [2]int{60, 60}, 25, 21)
	add(rules.Variant{Rules: rules.CaroExact}, 1, rules.White, [2]int{60, 60}, 25, 22)
	add(rules.Variant{Rules: rules.Standard}, 1, rules.NoSide, [2]int{130, 130}, 10, 225)
	return out.String()
}

func TestGames(t *testing.T) {
	if *update {
		if err := os.WriteFile("testdata/games.txt", []byte(composeGames()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile("testdata/games.txt")
	if err != nil {
		t.Fatal(err)
	}
	var head string
	games := 0
	seen := map[string]int{}
	for i, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "#! ") {
			head = line
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		g := replay(t, variantOf(t, head), strings.Fields(line))
		if got := header(g); got != head {
			t.Errorf("line %d: replayed to %q, its header says %q", i+1, got, head)
		}
		games++
		seen[head[strings.Index(head, "result="):]]++
	}
	if games < 24 || seen["result=black reason=five"] < 8 || seen["result=white reason=five"] < 8 || seen["result=draw reason=full"] < 1 {
		t.Errorf("%d games with results %v: too few of a kind", games, seen)
	}
}

// variantOf reads a header line.
func variantOf(t *testing.T, head string) rules.Variant {
	t.Helper()
	var v rules.Variant
	for _, f := range strings.Fields(strings.TrimPrefix(head, "#!")) {
		key, value, _ := strings.Cut(f, "=")
		switch key {
		case "rules":
			for rs := rules.Freestyle; rs <= rules.CaroExact; rs++ {
				if rs.String() == value {
					v.Rules = rs
				}
			}
		case "size":
			fmt.Sscan(value, &v.Size)
		case "opening":
			for o := rules.FreeOpening; o <= rules.Taraguchi10; o++ {
				if o.String() == value {
					v.Opening = o
				}
			}
		}
	}
	return v
}

// replay plays moves in notation from the start.
func replay(t *testing.T, v rules.Variant, moves []string) Game {
	t.Helper()
	g, err := New(v)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range moves {
		m, err := g.Parse(text)
		if err != nil {
			t.Fatalf("move %d, %q: %v", i+1, text, err)
		}
		if g, err = g.After(m); err != nil {
			t.Fatalf("move %d, %q: %v", i+1, text, err)
		}
	}
	return g
}
