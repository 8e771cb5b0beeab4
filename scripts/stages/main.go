// Command stages runs the checks that a change must pass, side by side, and says how
// long each took. ./scripts/test and ./scripts/soak start it; it expects to stand in
// the project's root folder.
//
// Tests may skip themselves when a machine lacks something. Here such a skip is a
// failure unless scripts/allowed-skips names it with a reason.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	os.Exit(run())
}

func run() int {
	list := flag.Bool("list", false, "print the stages' names and stop")
	only := flag.String("only", "", "run only these stages, comma-separated")
	soak := flag.Duration("soak", 0, "instead of the stages, run the long tests and then fuzz for this long")
	flag.Parse()

	allowed, err := readSkips("scripts/allowed-skips")
	if err != nil {
		fmt.Fprintln(os.Stderr, "stages:", err)
		return 1
	}
	lanes := testLanes(allowed)
	if *soak > 0 {
		lanes = soakLanes(allowed, *soak)
	}
	if lanes, err = choose(lanes, *only); err != nil {
		fmt.Fprintln(os.Stderr, "stages:", err)
		return 2
	}
	if *list {
		fmt.Println(strings.Join(names(lanes), "\n"))
		return 0
	}

	// Of everything but the race detector's tests, which say so: what one stage has compiled the next
	// one uses, and it is how the program is built.
	if os.Getenv("CGO_ENABLED") == "" {
		os.Setenv("CGO_ENABLED", "0")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	start := time.Now()
	total := runLanes(ctx, lanes, os.Stdout)
	fmt.Printf("%.0f s in all\n%v\n", time.Since(start).Seconds(), total)
	if total.failed > 0 {
		return 1
	}
	return 0
}

// choose keeps the stages named in only, or all if it is empty.
func choose(lanes [][]stage, only string) ([][]stage, error) {
	if only == "" {
		return lanes, nil
	}
	wanted := strings.Split(only, ",")
	for _, w := range wanted {
		if !slices.Contains(names(lanes), w) {
			return nil, fmt.Errorf("there is no stage %q; there are %s", w, strings.Join(names(lanes), ", "))
		}
	}
	var kept [][]stage
	for _, lane := range lanes {
		var k []stage
		for _, s := range lane {
			if slices.Contains(wanted, s.name) {
				k = append(k, s)
			}
		}
		kept = append(kept, k)
	}
	return kept, nil
}

func names(lanes [][]stage) []string {
	var all []string
	for _, lane := range lanes {
		for _, s := range lane {
			all = append(all, s.name)
		}
	}
	return all
}
