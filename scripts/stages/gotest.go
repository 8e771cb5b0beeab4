package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
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
// of the module. They are not vetted, for the stage vet does that.
func (g goTest) test(ctx context.Context, out io.Writer, allowed []skip) (tally, error) {
	args := []string{"test", "-json", "-count=1", "-vet=off", "-timeout=" + g.timeout.String()}
	env := g.env
	if g.race {
		args = append(args, "-race")
		// Each program would wait for a second at its end, for races of what still runs then.
		env = append(env, "CGO_ENABLED=1", "GORACE=atexit_sleep_ms=100 "+os.Getenv("GORACE"))
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
	rs.slowest(out)
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
