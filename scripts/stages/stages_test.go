package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// module writes a module of its own, in which go test runs offline.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["go.mod"] = "module example\n\ngo 1.26\n"
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// endings is a package whose tests end in every way a test can.
const endings = `package a
import "testing"
func TestGood(t *testing.T) {}
func TestTree(t *testing.T) {
	t.Run("one", func(t *testing.T) {})
	t.Run("two", func(t *testing.T) { t.Error("two is wrong") })
	t.Run("three/four", func(t *testing.T) { t.Skip("needs a moon") })
}
func TestBad(t *testing.T) { t.Log("some context"); t.Fatal("no good") }
func TestSkipped(t *testing.T) { t.Skip("needs a unicorn") }
func TestBare(t *testing.T) { t.SkipNow() }
func FuzzSeed(f *testing.F) { f.Add(1); f.Fuzz(func(t *testing.T, n int) {}) }
`

func TestGoTest(t *testing.T) {
	for _, c := range []struct {
		name   string
		files  map[string]string
		skips  string
		want   tally
		says   []string // in the output
		silent []string // not in the output
	}{
		{
			name:  "every ending",
			files: map[string]string{"a/a.go": "package a\n", "a/a_test.go": endings, "b/b.go": "package b\n"},
			skips: "*unicorn | needs a unicorn | wrong name\nexample/a.Test*/four | a moon | there is one only",
			// Good, Tree/one, FuzzSeed's one seed passed; Tree/two, Bad, Skipped, Bare failed.
			want:   tally{3, 4, 1},
			says:   []string{"FAILED example/a.TestTree/two", "two is wrong", "some context", "SKIPPED example/a.TestSkipped: needs a unicorn", "TestBare: (no reason given)"},
			silent: []string{"FAILED example/a.TestTree\n", "FAILED example/a\n", "moon", "TestGood"},
		},
		{
			name:  "allowed by its reason alone",
			files: map[string]string{"a/a_test.go": "package a\nimport \"testing\"\nfunc TestS(t *testing.T) { t.Skipf(\"needs a %s\", \"unicorn\") }\n"},
			skips: "* | needs a unicorn | there are none",
			want:  tally{0, 0, 1},
		},
		{
			name:  "does not build",
			files: map[string]string{"a/a_test.go": "package a\nimport \"testing\"\nfunc TestS(t *testing.T) { undefined() }\n"},
			want:  tally{0, 1, 0},
			says:  []string{"undefined: undefined", "FAILED example/a"},
		},
		{
			name:  "panics",
			files: map[string]string{"a/a_test.go": "package a\nimport \"testing\"\nfunc TestP(t *testing.T) { panic(\"at the disco\") }\n"},
			want:  tally{0, 1, 0},
			says:  []string{"example/a.TestP", "at the disco"},
		},
		{
			name:  "exits in the middle",
			files: map[string]string{"a/a_test.go": "package a\nimport (\"os\"; \"testing\")\nfunc TestE(t *testing.T) { os.Exit(3) }\n"},
			want:  tally{0, 1, 0},
			says:  []string{"example/a.TestE"},
		},
		{
			name:  "fails outside of any test",
			files: map[string]string{"a/a_test.go": "package a\nimport (\"os\"; \"testing\")\nfunc TestG(t *testing.T) {}\nfunc TestMain(m *testing.M) { m.Run(); println(\"too late\"); os.Exit(1) }\n"},
			want:  tally{1, 1, 0},
			says:  []string{"FAILED example/a\n", "too late"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(module(t, c.files))
			allowed, err := parseSkips(strings.NewReader(c.skips))
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			g := goTest{packages: []string{"./..."}, timeout: time.Minute}
			counted, err := g.test(t.Context(), &out, allowed)
			if counted != c.want || (err != nil) != (c.want.failed > 0) {
				t.Errorf("%v, %v; want %v", counted, err, c.want)
			}
			for _, s := range c.says {
				if !strings.Contains(out.String(), s) {
					t.Errorf("the output does not say %q", s)
				}
			}
			for _, s := range c.silent {
				if strings.Contains(out.String(), s) {
					t.Errorf("the output says %q", s)
				}
			}
			if t.Failed() {
				t.Log(out.String())
			}
		})
	}
}

// TestShown: of a run that is to show what it did, what the tests that passed have said is there, and only
// the tests that were asked for have run.
func TestShown(t *testing.T) {
	t.Chdir(module(t, map[string]string{"a/a_test.go": `package a
import "testing"
func TestFigures(t *testing.T) { t.Log("42 seeds") }
func TestOther(t *testing.T) { t.Fatal("not asked for") }
`}))
	var out strings.Builder
	g := goTest{packages: []string{"./..."}, timeout: time.Minute, run: "^TestFigures$", show: true}
	counted, err := g.test(t.Context(), &out, nil)
	if counted != (tally{passed: 1}) || err != nil || !strings.Contains(out.String(), "42 seeds") || strings.Contains(out.String(), "PASS") {
		t.Errorf("%v, %v:\n%s", counted, err, out.String())
	}
}

func TestFuzzTargets(t *testing.T) {
	t.Chdir(module(t, map[string]string{
		"a/a_test.go": endings,
		"b/b_test.go": "package b\nimport \"testing\"\nvar text = `\nfunc FuzzNone(f *testing.F) {}\n`\nfunc TestB(t *testing.T) {}\n",
		"c/c_test.go": "package c\nimport \"testing\"\nfunc FuzzX(f *testing.F) {}\n",
		"c/d_test.go": "package c_test\nimport \"testing\"\nfunc FuzzY(f *testing.F) { f.Add(0); f.Fuzz(func(t *testing.T, n int) {}) }\n",
	}))
	got, err := fuzzTargets(t.Context(), t.Output())
	var names []string
	for _, f := range got {
		names = append(names, f.pkg+"."+f.name)
	}
	if err != nil || strings.Join(names, " ") != "example/a.FuzzSeed example/c.FuzzX example/c.FuzzY" {
		t.Errorf("%v, %v", names, err)
	}
}

// TestFuzzEach: every target runs, and what is found is a failure and is kept; the fuzzer sees the ways that the code takes.
func TestFuzzEach(t *testing.T) {
	dir := module(t, map[string]string{
		"a/a_test.go": "package a\nimport \"testing\"\nfunc FuzzGood(f *testing.F) { f.Add(0); f.Fuzz(func(t *testing.T, n int) {}) }\n",
		"b/b_test.go": "package b\nimport \"testing\"\nfunc FuzzBad(f *testing.F) { f.Add(0); f.Fuzz(func(t *testing.T, n int) { if n != 0 { t.Error(\"bad number\") } }) }\n",
	})
	t.Chdir(dir)
	told := 0
	var out strings.Builder
	counted, err := fuzzEach(func(targets int) string {
		told = targets
		return "1000x"
	})(t.Context(), &out)
	if counted != (tally{1, 1, 0}) || err == nil || told != 2 {
		t.Errorf("%v, %v, told of %d targets", counted, err, told)
	}
	text := out.String()
	if !strings.Contains(text, "FAILED example/b.FuzzBad") || !strings.Contains(text, "bad number") || strings.Contains(text, "FuzzGood") {
		t.Errorf("the output is %s", text)
	}
	if strings.Contains(text, "without coverage guidance") {
		t.Errorf("the fuzzer is blind: %s", text)
	}
	if kept, _ := filepath.Glob(filepath.Join(dir, "b", "testdata", "fuzz", "FuzzBad", "*")); len(kept) != 1 {
		t.Errorf("kept: %q", kept)
	}
}

// TestTimeOnly: that the time for fuzzing is over is no failure, as `go test` may call it; what was found in that
// time is one, whatever it says.
func TestTimeOnly(t *testing.T) {
	const (
		progress = "fuzz: elapsed: 0s, gathering baseline coverage: 0/9 completed\nfuzz: elapsed: 3s, execs: 9 (3/sec), new interesting: 0 (total: 9)\n"
		over     = "--- FAIL: FuzzX (3.14s)\n    context deadline exceeded\n"
		end      = "FAIL\n"
	)
	for _, said := range []string{progress + over + end, over + end} {
		if !timeOnly(said) {
			t.Errorf("a failure:\n%s", said)
		}
	}
	for _, said := range []string{
		"",
		end,
		progress + end,
		progress + "--- FAIL: FuzzX (1.2s)\n    --- FAIL: FuzzX (0.00s)\n        a_test.go:5: context deadline exceeded\n    \n    Failing input written to testdata/fuzz/FuzzX/9a\n    To re-run:\n    go test -run=FuzzX/9a\n" + end,
		progress + "--- FAIL: FuzzX (3.1s)\n    fuzzing process hung or terminated unexpectedly: exit status 2\n    Failing input written to testdata/fuzz/FuzzX/9a\n" + end,
		progress + "failure while testing seed corpus entry: FuzzX/seed#0\n--- FAIL: FuzzX (0.0s)\n    --- FAIL: FuzzX (0.00s)\n        a_test.go:5: context deadline exceeded\n" + end,
		progress + over + "    Failing input written to testdata/fuzz/FuzzX/9a\n" + end,
		progress + "--- FAIL: FuzzX (3.1s)\n    context deadline exceeded: reading the corpus\n" + end,
		over + "panic: at the disco\n" + end,
	} {
		if timeOnly(said) {
			t.Errorf("no failure:\n%s", said)
		}
	}
}

func TestRunLanes(t *testing.T) {
	ok := func(n tally, err error) func(context.Context, io.Writer) (tally, error) {
		return func(_ context.Context, out io.Writer) (tally, error) {
			fmt.Fprintln(out, "what it found")
			return n, err
		}
	}
	lanes := [][]stage{
		{{"counts", ok(tally{5, 0, 1}, nil)}, {"plain", ok(tally{}, nil)}},
		{{"broken", ok(tally{}, errors.New("it is broken"))}, {"after", ok(tally{1, 2, 0}, errors.New("two tests"))}},
	}
	var out strings.Builder
	if got, want := runLanes(t.Context(), lanes, &out), (tally{7, 3, 1}); got != want {
		t.Errorf("%v, want %v\n%s", got, want, &out)
	}
	for _, s := range []string{"ok   counts", "ok   plain", "FAIL broken", "it is broken", "FAIL after", "what it found"} {
		if !strings.Contains(out.String(), s) {
			t.Errorf("the output does not say %q:\n%s", s, &out)
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := runLanes(ctx, lanes, io.Discard); got != (tally{failed: 4}) {
		t.Errorf("interrupted: %v, want every stage failed", got)
	}
}

func TestChoose(t *testing.T) {
	lanes := testLanes(nil)
	got, err := choose(lanes, "vet,test")
	if err != nil || strings.Join(names(got), " ") != "test vet" {
		t.Errorf("%v, %v", names(got), err)
	}
	if _, err := choose(lanes, "vte"); err == nil {
		t.Error("a stage that does not exist was chosen")
	}
	if all, _ := choose(lanes, ""); len(names(all)) != len(names(lanes)) {
		t.Error("choosing nothing is not choosing all")
	}
}

func TestParseSkips(t *testing.T) {
	for _, bad := range []string{"a", "a | b", "a | b |", " | b | c", "a | | c", "a | b | c | d", "[ | b | c"} {
		if got, err := parseSkips(strings.NewReader("# a remark\n\n" + bad)); err == nil || !strings.Contains(err.Error(), "line 3") {
			t.Errorf("%q reads as %v, %v; want an error in line 3", bad, got, err)
		}
	}
	if _, err := readSkips(filepath.Join("..", "allowed-skips")); err != nil {
		t.Error(err)
	}
}

// The scripts' own promise: a skip that nobody allowed makes the whole run fail, and
// the last line counts it.
func TestProgram(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "stages")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range []struct {
		name, test, last string
		ok               bool
	}{
		{"a passing test", "{}", "1 passed, 0 failed, 0 skipped", true},
		{"a skip", `{ t.Skip("no time") }`, "0 passed, 1 failed, 0 skipped", false},
	} {
		dir := module(t, map[string]string{
			"scripts/allowed-skips": "# none\n",
			"a_test.go":             "package a\nimport \"testing\"\nfunc TestA(t *testing.T) " + c.test + "\n",
		})
		cmd := exec.Command(bin, "-only", "test")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if (err == nil) != c.ok || lines[len(lines)-1] != c.last {
			t.Errorf("%s: %v, last line %q; want %q\n%s", c.name, err, lines[len(lines)-1], c.last, out)
		}
	}
}
