package omok

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hansu/rules"
)

// sharedFile returns the path of a file that lies beside the checkout, or skips.
func sharedFile(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the package")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("needs ../shared/data")
	}
	return path
}

// square cuts a board of 225 characters, row 15 first, into its rows.
func square(text string) []string {
	var rows []string
	for row := range slices.Chunk([]byte(text), 15) {
		rows = append(rows, string(row))
	}
	return rows
}

// letters writes points as A1 H8, sorted by letter, then number.
func letters(ps []rules.Point) string {
	slices.SortFunc(ps, func(a, b rules.Point) int {
		return (int(a.Col)-int(b.Col))*MaxSize + int(a.Row) - int(b.Row)
	})
	var out []string
	for _, p := range ps {
		out = append(out, strings.ToUpper(p.String()))
	}
	return strings.Join(out, " ")
}

func mustBoard(t testing.TB, rows []string) Board {
	t.Helper()
	b, err := ParseBoard(rows)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustPoint(t testing.TB, text string, size int) rules.Point {
	t.Helper()
	p, err := rules.ParsePoint(text, size)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestSharedForbidden compares the forbidden points of labelled positions.
func TestSharedForbidden(t *testing.T) {
	f, err := os.Open(sharedFile(t, "renju/forbidden_3000.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for sc := bufio.NewScanner(f); sc.Scan(); {
		fields := strings.Split(sc.Text(), "\t")
		if strings.HasPrefix(sc.Text(), "#") {
			continue
		}
		b := mustBoard(t, square(fields[0]))
		var want []rules.Point
		for _, w := range strings.FieldsFunc(fields[1], func(r rune) bool { return r == ',' || r == ' ' }) {
			point, _, _ := strings.Cut(w, ":")
			want = append(want, mustPoint(t, point, 15))
		}
		if got, want := letters(b.Forbidden(nil, rules.Renju, rules.Black)), letters(want); got != want {
			t.Errorf("forbidden %q, want %q on\n%s", got, want, b.String())
		}
		n++
	}
	if n < 2000 {
		t.Errorf("only %d positions", n)
	}
}

// TestSharedFiveAtExtension: a row whose straight four would make a five elsewhere is no three.
func TestSharedFiveAtExtension(t *testing.T) {
	f, err := os.Open(sharedFile(t, "renju/five_at_extension.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if strings.HasPrefix(sc.Text(), "#") {
			continue
		}
		fields := strings.Split(sc.Text(), "\t")
		b := mustBoard(t, square(fields[0]))
		p := b.Problem(rules.Renju, rules.Black, mustPoint(t, fields[1], 15))
		if (p != rules.NoProblem) != (fields[2] == "yes") {
			t.Errorf("%s: problem %d, forbidden should be %s on\n%s", fields[1], p, fields[2], b.String())
		}
		n++
	}
	if n < 70 {
		t.Errorf("only %d points", n)
	}
}

// TestSharedPublished replays positions published in other projects' tests.
func TestSharedPublished(t *testing.T) {
	text, err := os.ReadFile(sharedFile(t, "renju/renju_forbidden_published.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		ID        string
		Rows      []string
		Complete  bool
		Forbidden []struct{ At, Kind string }
		Allowed   []string
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]rules.Problem{"double-three": rules.DoubleThree, "double-four": rules.DoubleFour, "overline": rules.Overline}
	for _, c := range cases {
		b := mustBoard(t, c.Rows)
		var want []rules.Point
		for _, f := range c.Forbidden {
			p := mustPoint(t, f.At, 15)
			want = append(want, p)
			got := b.Problem(rules.Renju, rules.Black, p)
			if kind, known := kinds[f.Kind]; got == rules.NoProblem || (known && got != kind) {
				t.Errorf("%s: %s is %d, should be forbidden as %s", c.ID, f.At, got, f.Kind)
			}
		}
		for _, a := range c.Allowed {
			if got := b.Problem(rules.Renju, rules.Black, mustPoint(t, a, 15)); got != rules.NoProblem {
				t.Errorf("%s: %s is %d, should be allowed", c.ID, a, got)
			}
		}
		if got, want := letters(b.Forbidden(nil, rules.Renju, rules.Black)), letters(want); c.Complete && got != want {
			t.Errorf("%s: forbidden %q, want %q", c.ID, got, want)
		}
	}
	if len(cases) < 50 {
		t.Errorf("only %d positions", len(cases))
	}
}

// TestSharedWins compares who wins by a stone, for each rule set.
func TestSharedWins(t *testing.T) {
	text, err := os.ReadFile(sharedFile(t, "gomoku/win_rules.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		ID, Rule, Move, Side, Outcome string
		Rows                          []string
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	rulesets := map[string]rules.Ruleset{
		"freestyle (>=5)": rules.Freestyle, "standard (exactly 5)": rules.Standard, "renju": rules.Renju,
		"caro, Gomocup rule 8 (5 not both ends blocked, or >=6)":              rules.Caro,
		"caro, Gomocup rule 9 (exactly 5, not both ends blocked by opponent)": rules.CaroExact,
	}
	for _, c := range cases {
		rs, known := rulesets[c.Rule]
		if !known {
			t.Errorf("%s: rule %q is not known here", c.ID, c.Rule)
			continue
		}
		b := mustBoard(t, c.Rows)
		side := map[string]rules.Side{"black": rules.Black, "white": rules.White}[c.Side]
		got := "game goes on"
		if b.Wins(rs, side, mustPoint(t, c.Move, b.Size())) {
			got = fmt.Sprintf("%v wins", side)
		}
		if got != c.Outcome {
			t.Errorf("%s: %s for %s: %s, want %s", c.ID, c.Move, c.Side, got, c.Outcome)
		}
	}
	if len(cases) < 30 {
		t.Errorf("only %d expectations", len(cases))
	}
}
