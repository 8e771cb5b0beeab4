package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// stage is one check of the whole project.
type stage struct {
	name string
	// run does the check. What it writes is shown when it has ended; an error says
	// that the check failed and why, in one line.
	run func(ctx context.Context, out io.Writer) (tally, error)
}

// tally counts tests. A stage that runs none counts as one test itself.
type tally struct{ passed, failed, skipped int }

func (t *tally) add(u tally) {
	t.passed += u.passed
	t.failed += u.failed
	t.skipped += u.skipped
}

func (t tally) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", t.passed, t.failed, t.skipped)
}

// runLanes runs each lane's stages one after the other, the lanes side by side, and
// returns what all of them count together. A failed stage stops no other; stages
// that have not begun when ctx ends count as failed.
func runLanes(ctx context.Context, lanes [][]stage, out io.Writer) tally {
	var (
		mu    sync.Mutex // guards out and total
		total tally
		wg    sync.WaitGroup
	)
	for _, lane := range lanes {
		wg.Go(func() {
			for _, s := range lane {
				var text bytes.Buffer
				start := time.Now()
				mu.Lock()
				fmt.Fprintf(out, "...  %s\n", s.name)
				mu.Unlock()
				counted, err := runStage(ctx, s, &text)
				mu.Lock()
				report(out, s.name, time.Since(start), text.String(), counted, err)
				total.add(counted)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return total
}

// runStage runs s. Whatever s counted, a stage with an error has a failure, and one
// that ran no tests counts as one.
func runStage(ctx context.Context, s stage, out io.Writer) (tally, error) {
	if err := ctx.Err(); err != nil {
		return tally{failed: 1}, fmt.Errorf("not run: %w", context.Cause(ctx))
	}
	counted, err := s.run(ctx, out)
	switch {
	case err != nil && counted.failed == 0:
		counted.failed = 1
	case err == nil && counted == tally{}:
		counted.passed = 1
	}
	return counted, err
}

func report(out io.Writer, name string, took time.Duration, text string, counted tally, err error) {
	verdict := "ok  "
	if err != nil || counted.failed > 0 {
		verdict = "FAIL"
	}
	fmt.Fprintf(out, "%s %-12s %6.1fs  %v\n", verdict, name, took.Seconds(), counted)
	if err != nil {
		fmt.Fprintf(out, "     %s\n", strings.ReplaceAll(err.Error(), "\n", "\n     "))
	}
	io.WriteString(out, text)
}
