package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// goTest is one run of `go test`.
type goTest struct {
	race     bool
	packages []string
	timeout  time.Duration // of each package
	exec     string        // program that runs the test binaries, or ""
	env      []string
	run      string // only the tests that this expression matches; "": all
	show     bool   // what tests say is shown also when they pass
}

func (g goTest) stage(allowed []skip) func(context.Context, io.Writer) (tally, error) {
	return func(ctx context.Context, out io.Writer) (tally, error) {
		return g.test(ctx, out, allowed)
	}
}

// test runs the tests, none from the cache: their results depend on more than files
// of the module.
func (g goTest) test(ctx context.Context, out io.Writer, allowed []skip) (tally, error) {
	args := []string{"test", "-json", "-count=1", "-timeout=" + g.timeout.String()}
	env := g.env
	if g.race {
		args = append(args, "-race")
		env = append(env, "CGO_ENABLED=1")
	}
	if g.run != "" {
		args = append(args, "-run="+g.run)
	}
	if g.exec != "" {
		args = append(args, "-exec="+g.exec)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, g.packages...)...)
	cmd.Env = append(os.Environ(), env...)
	politely(cmd)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	events, err := cmd.StdoutPipe()
	if err != nil {
		return tally{}, err
	}
	if err := cmd.Start(); err != nil {
		return tally{}, err
	}
	var rs results
	readErr := rs.read(events)
	waitErr := cmd.Wait()
	counted := rs.report(out, allowed)
	if g.show {
		rs.showPassed(out)
	}
	out.Write(complaints.Bytes())
	switch {
	case readErr != nil:
		return counted, readErr
	case waitErr != nil:
		return counted, fmt.Errorf("go test: %w", waitErr)
	case counted.failed > 0:
		return counted, fmt.Errorf("%d tests failed or were skipped without permission", counted.failed)
	}
	return counted, nil
}

// fuzzTarget is one native fuzz target.
type fuzzTarget struct{ pkg, name string }

var fuzzName = regexp.MustCompile(`^Fuzz\w*$`)

// fuzzTargets lists every fuzz target of the module. `go test -list` prints a
// package's targets and then a line "ok package time".
func fuzzTargets(ctx context.Context, out io.Writer) ([]fuzzTarget, error) {
	var text bytes.Buffer
	if err := command(ctx, &text, nil, "go", "test", "-list=^Fuzz", "./..."); err != nil {
		out.Write(text.Bytes())
		return nil, err
	}
	var found []fuzzTarget
	named := 0 // targets before this one have their package
	for line := range strings.Lines(text.String()) {
		line = strings.TrimSpace(line)
		if fuzzName.MatchString(line) {
			found = append(found, fuzzTarget{name: line})
		}
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "ok" {
			for ; named < len(found); named++ {
				found[named].pkg = fields[1]
			}
		}
	}
	return found, nil
}

// timeUp is what `go test` says of a fuzz target whose -fuzztime ended while a worker was busy: it may call
// that a failure although nothing was found (https://go.dev/issue/48591).
var timeUp = regexp.MustCompile(`^(fuzz: elapsed: .*\n)*--- FAIL: Fuzz\w* \([0-9.]+s\)\n +context deadline exceeded\nFAIL\nexit status 1\nFAIL\t.*\n$`)

// timeOnly reports whether that, and nothing else, is what a fuzz target has said. A finding names the input
// it was made with, or the seed.
func timeOnly(said string) bool { return timeUp.MatchString(said) }

// fuzzEach runs every fuzz target for what share gives when told how many there are:
// a -fuzztime, such as 3s or, in runs, 100x.
// What it finds is kept by `go test` under the package's testdata/fuzz.
func fuzzEach(share func(targets int) string) func(context.Context, io.Writer) (tally, error) {
	return func(ctx context.Context, out io.Writer) (tally, error) {
		targets, err := fuzzTargets(ctx, out)
		if err != nil || len(targets) == 0 {
			return tally{}, err
		}
		var counted tally
		for _, f := range targets {
			var text bytes.Buffer
			err := command(ctx, &text, nil, "go", "test", "-run=^$", "-fuzz=^"+f.name+"$", "-fuzztime="+share(len(targets)), f.pkg)
			if err == nil || timeOnly(text.String()) {
				counted.passed++
				continue
			}
			counted.failed++
			fmt.Fprintf(out, "--- FAILED %s.%s\n%s", f.pkg, f.name, text.String())
		}
		if counted.failed > 0 {
			return counted, fmt.Errorf("%d of %d fuzz targets failed", counted.failed, len(targets))
		}
		return counted, nil
	}
}
