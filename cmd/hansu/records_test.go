package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"hansu/i18n"
)

// TestRecordScripts runs check, rules and export as a person does: testdata/records/*.txtar.
func TestRecordScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "records"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("HANSU_LANG", "en")
			e.Setenv("GORACE", os.Getenv("GORACE"))
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("LocalAppData", filepath.Join(e.WorkDir, "home"))
			return os.Mkdir(filepath.Join(e.WorkDir, "home"), 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"serve": serve, "opponent": opponent},
	})
}

// runner is a command whose flags have been read.
type runner interface{ Run(e *env) error }

// command runs a command in this process; reading flags, which the scripts do, takes long with the race detector.
func command(t *testing.T, in string, c runner) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	e := &env{ctx: context.Background(), in: strings.NewReader(in), out: &stdout, err: &stderr, lang: i18n.English, getenv: func(string) string { return "" }}
	if err := c.Run(e); err != nil {
		t.Errorf("%+v: %v, %s", c, err, stderr.String())
	}
	return stdout.String()
}

// sharedFile is a file of data beside the checkout, or skips.
func sharedFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", filepath.FromSlash(name)))
	if err != nil {
		t.Skip("needs ../shared/data")
	}
	return text
}

// diagram cuts a board of 225 characters into rows.
func diagram(text string) string {
	var b strings.Builder
	for row := range slices.Chunk([]byte(text), 15) {
		fmt.Fprintf(&b, "%s\n", row)
	}
	return b.String()
}

// inOrder writes points as the command does: by letter, then number.
func inOrder(points []string) string {
	if len(points) == 0 {
		return "-"
	}
	slices.SortFunc(points, func(a, b string) int {
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		return 100*(len(a)-len(b)) + strings.Compare(a, b)
	})
	return strings.Join(points, " ")
}

// TestForbiddenShared asks for the forbidden points of every labelled position.
func TestForbiddenShared(t *testing.T) {
	var in strings.Builder
	var want []string
	for line := range strings.Lines(string(sharedFile(t, "renju/forbidden_3000.tsv"))) {
		fields := strings.Split(line, "\t")
		if strings.HasPrefix(line, "#") || len(fields) < 2 {
			continue
		}
		in.WriteString(diagram(fields[0]) + "\n")
		var points []string
		for _, p := range strings.FieldsFunc(fields[1], func(r rune) bool { return r == ',' || r == ' ' }) {
			point, _, _ := strings.Cut(p, ":")
			points = append(points, point)
		}
		want = append(want, inOrder(points))
	}
	out := command(t, in.String(), &forbiddenCmd{Ruleset: "renju", Board: "-", Side: "auto"})
	got := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if len(got) != len(want) || len(want) != 3000 {
		t.Fatalf("%d lines for %d boards", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("board %d: %q, want %q", i+1, got[i], want[i])
		}
	}
}

// TestForbiddenPublished asks for the positions that people published, with single points.
func TestForbiddenPublished(t *testing.T) {
	var positions []struct {
		ID        string
		Rows      []string
		Complete  bool
		Forbidden []struct{ At string }
		Allowed   []string
	}
	if err := json.Unmarshal(sharedFile(t, "renju/renju_forbidden_published.json"), &positions); err != nil {
		t.Fatal(err)
	}
	for _, p := range positions {
		out := command(t, strings.Join(p.Rows, "\n"), &forbiddenCmd{Ruleset: "renju", Board: "-", Side: "auto"})
		got := strings.Fields(out)
		if len(got) == 0 {
			t.Errorf("%s: no answer", p.ID)
		}
		var want []string
		for _, f := range p.Forbidden {
			want = append(want, f.At)
			if !slices.Contains(got, f.At) {
				t.Errorf("%s: %s is not among %q", p.ID, f.At, got)
			}
		}
		if p.Complete && strings.TrimSpace(out) != inOrder(want) {
			t.Errorf("%s: %q, want %q", p.ID, out, inOrder(want))
		}
		for _, a := range p.Allowed {
			if slices.Contains(got, a) {
				t.Errorf("%s: %s is forbidden", p.ID, a)
			}
		}
	}
	if len(positions) != 51 {
		t.Errorf("%d positions", len(positions))
	}
}

// TestWinShared asks who wins by the stones that another judge has judged.
func TestWinShared(t *testing.T) {
	var cases []struct {
		ID, Rule, Move, Side, Outcome string
		Rows                          []string
	}
	if err := json.Unmarshal(sharedFile(t, "gomoku/win_rules.json"), &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		rule, _, _ := strings.Cut(c.Rule, " ")
		switch {
		case strings.Contains(c.Rule, "rule 9"):
			rule = "caro-exact"
		case strings.Contains(c.Rule, "rule 8"):
			rule = "caro"
		}
		rule = strings.TrimRight(rule, ",")
		out := command(t, strings.Join(c.Rows, "\n"), &winCmd{Ruleset: rule, Move: c.Move, Side: c.Side, Board: "-"})
		want := "none\n"
		if winner, ok := strings.CutSuffix(c.Outcome, " wins"); ok {
			want = winner + "\n"
		}
		if out != want {
			t.Errorf("%s: %q, want %q (%s; %s)", c.ID, out, want, c.Rule, c.Outcome)
		}
	}
	if len(cases) != 36 {
		t.Errorf("%d cases", len(cases))
	}
}
