package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hansu/rules"
	"hansu/rules/chess"
)

// example is a fenced block of docs/rules.md: its first line without the fence, and the lines inside.
type example struct{ head, body string }

// examples reads the blocks of a page that are played by tests.
func examples(t *testing.T, page string) []example {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	blocks := strings.Split(string(text), "\n```")
	for i := 1; i < len(blocks); i += 2 {
		if head, body, _ := strings.Cut(blocks[i], "\n"); head != "" {
			all = append(all, example{head, body})
		}
	}
	return all
}

// TestRulesPages plays every diagram, position and clock of the page on rules, with `hansu rules` where
// it has a command. The Korean page has the same ones.
func TestRulesPages(t *testing.T) {
	all := examples(t, "rules.md")
	if ko := examples(t, "rules.ko.md"); !slices.Equal(all, ko) {
		t.Errorf("docs/rules.ko.md has other examples: %d and %d", len(ko), len(all))
	}
	count := map[string]int{}
	for _, x := range all {
		t.Run(x.head, func(t *testing.T) {
			kind, rest, _ := strings.Cut(x.head, " ")
			count[kind]++
			switch kind {
			case "board":
				testBoardExample(t, strings.Fields(rest), x.body)
			case "chess":
				for line := range strings.Lines(x.body) {
					testChessExample(t, strings.TrimSpace(line))
				}
			case "clock":
				testClockExample(t, rest, x.body)
			default:
				t.Error("no such example")
			}
		})
	}
	if count["board"] < 12 || count["chess"] != 1 || count["clock"] < 5 {
		t.Errorf("examples %v", count)
	}
}

// testBoardExample holds a diagram to what is above it: forbidden RULES=POINTS …, or win POINT SIDE RULES=WINNER ….
func testBoardExample(t *testing.T, words []string, board string) {
	expected := words[1:]
	ask := func(ruleset string) runner { return &forbiddenCmd{Ruleset: ruleset, Board: "-", Side: "auto"} }
	if words[0] == "win" {
		move, side := words[1], words[2]
		expected = words[3:]
		ask = func(ruleset string) runner { return &winCmd{Ruleset: ruleset, Move: move, Side: side, Board: "-"} }
	}
	for _, w := range expected {
		ruleset, want, _ := strings.Cut(w, "=")
		if got := command(t, board, ask(ruleset)); got != strings.ReplaceAll(want, ",", " ")+"\n" {
			t.Errorf("%s: %q, want %q", ruleset, got, want)
		}
	}
	if len(expected) == 0 {
		t.Error("the diagram says nothing")
	}
}

// testChessExample holds a line "FEN: what it is" to the rules.
func testChessExample(t *testing.T, line string) {
	fen, want, _ := strings.Cut(line, ": ")
	g, err := chess.FromFEN(rules.Orthodox, fen)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	if o := g.Outcome(); o.Over() {
		got = fmt.Sprintf("over: %v", o.Reason)
	} else {
		can := map[rules.Side]string{}
		for p := rules.First; p <= rules.Second; p++ {
			can[g.Side(p)] = map[bool]string{true: "can win", false: "cannot win"}[g.CanWin(p)]
		}
		got = fmt.Sprintf("white %s, black %s", can[rules.White], can[rules.Black])
	}
	if got != want {
		t.Errorf("%s: %s, want %s", fen, got, want)
	}
}

// testClockExample holds lines "time used: what is left" to a clock whose second player moves at once.
func testClockExample(t *testing.T, setting, body string) {
	tc, err := rules.ParseTimeControl(setting)
	if err != nil {
		t.Fatal(err)
	}
	c, now := rules.NewClock(tc).Start(rules.First, 0), rules.Millis(0)
	for line := range strings.Lines(body) {
		used, want, _ := strings.Cut(strings.TrimSpace(line), ": ")
		var seconds int64
		if _, err := fmt.Sscanf(used, "%ds", &seconds); err != nil {
			t.Fatal(err)
		}
		now += rules.Millis(seconds * 1000)
		c = c.Press(rules.Second, now)
		if got := leftText(tc, c, now); got != want {
			t.Errorf("%s used: %s, want %s", used, got, want)
		}
		c = c.Press(rules.First, now)
	}
}

// leftText writes what the first player has left.
func leftText(tc rules.TimeControl, c rules.Clock, now rules.Millis) string {
	left, then := c.Left(rules.First, now), ""
	if c.Flagged(now) == rules.First {
		return "flag"
	}
	main, extra := left.Main/1000, left.Extra/1000
	if main > 0 {
		then = fmt.Sprintf("%ds, then ", main)
	}
	switch tc.Timing {
	case rules.Delay:
		return fmt.Sprintf("%ds, %ds free", main, extra)
	case rules.Byoyomi:
		return then + fmt.Sprintf("%s of %ds", count(int(left.Periods), "period"), extra)
	case rules.Canadian:
		return then + fmt.Sprintf("%s in %ds", count(int(left.Stones), "move"), extra)
	case rules.PerMove:
		return fmt.Sprintf("%ds for the move", extra)
	default:
		return fmt.Sprintf("%ds", main)
	}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
