package bench

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"
)

// childVar makes the test binary a child of a measurement.
const childVar = "HANSU_BENCH_CHILD"

// patience is how long a test waits for what must come; far more than it takes.
const patience = 2 * time.Minute

func TestMain(m *testing.M) {
	if os.Getenv(childVar) != "" {
		if err := Child(context.Background(), os.Stdin, os.Stdout, nil); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	silence = patience
	os.Setenv(childVar, "1")                                      // for the children
	os.Setenv("GORACE", "atexit_sleep_ms=0 "+os.Getenv("GORACE")) // which are many, and end soon
	os.Exit(m.Run())
}
