package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// event is a line of `go test -json` (go doc test2json).
type event struct {
	Action     string
	Package    string
	Test       string
	Output     string
	Elapsed    float64 // seconds, when it has ended
	ImportPath string  // of build-output and build-fail
}

// outcome is how one test ended.
type outcome string

const (
	running outcome = "run" // no end was reported: the process died or was killed
	passed  outcome = "pass"
	failed  outcome = "fail"
	skipped outcome = "skip"
)

// testKey names a test; with an empty name, the package as a whole.
type testKey struct{ pkg, name string }

func (k testKey) String() string {
	if k.name == "" {
		return k.pkg
	}
	return k.pkg + "." + k.name
}

// outputMax bounds how much of one test's output is kept: its first and last half.
const outputMax = 32 << 10

// result is what is known of one test.
type result struct {
	ended  outcome
	parent bool // has subtests
	took   time.Duration
	output []byte
	cut    bool
}

func (r *result) write(text string) {
	r.output = append(r.output, text...)
	if len(r.output) > outputMax {
		r.output = append(r.output[:outputMax/2], r.output[len(r.output)-outputMax/2:]...)
		r.cut = true
	}
}

// results collects the events of one `go test -json` run.
type results struct {
	tests map[testKey]*result
	build []string // what the compiler said of packages that did not build
}

// read takes events until r ends. Lines that are no events are kept as build output:
// `go` writes its own complaints there.
func (rs *results) read(r io.Reader) error {
	rs.tests = map[testKey]*result{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			rs.take(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading test events: %w", err)
		}
	}
}

func (rs *results) take(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil || e.Action == "" {
		rs.build = append(rs.build, string(line))
		return
	}
	switch e.Action {
	case "build-output":
		rs.build = append(rs.build, e.Output)
		return
	case "build-fail", "start", "pause", "cont", "bench":
		return
	}
	t := rs.test(testKey{e.Package, e.Test})
	switch e.Action {
	case "output":
		t.write(e.Output)
	case "pass", "fail", "skip":
		t.ended, t.took = outcome(e.Action), time.Duration(e.Elapsed*float64(time.Second))
	}
}

func (rs *results) test(k testKey) *result {
	t := rs.tests[k]
	if t == nil {
		t = &result{ended: running}
		rs.tests[k] = t
		// A subtest's own name may hold slashes: only what has begun is a parent.
		for i, c := range k.name {
			if parent := rs.tests[testKey{k.pkg, k.name[:i]}]; c == '/' && parent != nil {
				parent.parent = true
			}
		}
	}
	return t
}

// report writes what failed, with its output, and what skipped without being
// allowed to, and counts. Tests with subtests count only if they failed on their own.
func (rs *results) report(out io.Writer, allowed []skip) tally {
	for _, text := range rs.build {
		io.WriteString(out, text)
	}
	var t tally
	keys := slices.SortedFunc(maps.Keys(rs.tests), func(a, b testKey) int {
		return strings.Compare(a.String(), b.String())
	})
	for _, k := range keys {
		r := rs.tests[k]
		switch r.ended {
		case passed:
			if k.name != "" && !r.parent {
				t.passed++
			}
		case skipped:
			says := skipText(r.output)
			switch {
			case k.name == "": // a package without tests
			case allows(allowed, k.String(), says):
				t.skipped++
			default:
				t.failed++
				fmt.Fprintf(out, "--- SKIPPED %v: %s\n    Not in scripts/allowed-skips, so it counts as failed.\n", k, says)
			}
		case failed, running:
			if rs.failedBelow(k) {
				continue
			}
			t.failed++
			rs.show(out, k, r)
		}
	}
	return t
}

// slowest writes what took longest, so that it is seen what to make faster when the whole takes too long.
func (rs *results) slowest(out io.Writer) {
	const atLeast, most = 20 * time.Second, 12
	list := func(what string, counts func(k testKey) bool) {
		keys := slices.DeleteFunc(slices.Collect(maps.Keys(rs.tests)), func(k testKey) bool {
			return !counts(k) || rs.tests[k].took < atLeast
		})
		slices.SortFunc(keys, func(a, b testKey) int { return cmp.Compare(rs.tests[b].took, rs.tests[a].took) })
		for i, k := range keys[:min(most, len(keys))] {
			if i == 0 {
				fmt.Fprintf(out, "slowest %s:\n", what)
			}
			fmt.Fprintf(out, "    %5.0f s  %v\n", rs.tests[k].took.Seconds(), k)
		}
	}
	list("packages", func(k testKey) bool { return k.name == "" })
	list("tests", func(k testKey) bool { return k.name != "" && !strings.Contains(k.name, "/") })
}

// failedBelow reports whether k's failure is only that of a test inside it.
func (rs *results) failedBelow(k testKey) bool {
	prefix := k.name + "/"
	if k.name == "" {
		prefix = ""
	}
	for other, r := range rs.tests {
		if other != k && other.pkg == k.pkg && strings.HasPrefix(other.name, prefix) && (r.ended == failed || r.ended == running) {
			return true
		}
	}
	return false
}

func (rs *results) show(out io.Writer, k testKey, r *result) {
	verdict := "FAILED"
	if r.ended == running {
		verdict = "DID NOT FINISH"
	}
	fmt.Fprintf(out, "--- %s %v\n", verdict, k)
	writeIndented(out, r)
	if r.ended == running && k.name != "" {
		// A panic, a fatal error or a time limit is reported by the package.
		if p := rs.tests[testKey{k.pkg, ""}]; p != nil {
			writeIndented(out, p)
		}
	}
}

// showPassed writes what the tests that passed have said of what they did.
func (rs *results) showPassed(out io.Writer) {
	keys := slices.SortedFunc(maps.Keys(rs.tests), func(a, b testKey) int { return strings.Compare(a.String(), b.String()) })
	for _, k := range keys {
		r := rs.tests[k]
		if r.ended != passed || r.parent || k.name == "" {
			continue
		}
		for line := range strings.Lines(string(r.output)) {
			if !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(strings.TrimSpace(line), "--- PASS") {
				fmt.Fprintf(out, "    %s\n", strings.TrimRight(line, "\n"))
			}
		}
	}
}

func writeIndented(out io.Writer, r *result) {
	if r.cut {
		fmt.Fprintf(out, "    (the middle of a long output is left out)\n")
	}
	for line := range strings.Lines(string(r.output)) {
		if !strings.HasPrefix(line, "=== ") {
			fmt.Fprintf(out, "    %s\n", strings.TrimRight(line, "\n"))
		}
	}
}

// skipText returns what t.Skip was given: the output without the framework's own
// lines and without the place in the source.
func skipText(output []byte) string {
	var said []string
	for line := range strings.Lines(string(output)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- SKIP") {
			continue
		}
		if place, text, ok := strings.Cut(line, ": "); ok && strings.Contains(place, ".go:") {
			line = text
		}
		said = append(said, line)
	}
	if said == nil {
		return "(no reason given)"
	}
	return strings.Join(said, " ")
}
