package sim

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The environment says which seeds are run:
//
//	HANSU_SIM_SEEDS=1000000   so many, from HANSU_SIM_FIRST on
//	HANSU_SIM_STOP=1          at most until so many have failed
//	HANSU_SIM_SEED=42         this one alone, with everything that happens in it
const (
	seedsVar = "HANSU_SIM_SEEDS"
	firstVar = "HANSU_SIM_FIRST"
	seedVar  = "HANSU_SIM_SEED"
	stopVar  = "HANSU_SIM_STOP"
)

// number reads a variable of the environment.
func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// budget is how many seeds are run if nothing else is said.
func budget() uint64 {
	switch {
	case raceEnabled:
		return 100
	case testing.Short():
		return 500
	case os.Getenv("HANSU_SOAK") != "":
		return 100_000
	}
	return 5000
}

// few is how many seeds are run more than once or looked at for what they leave: that depends on no race.
func few() uint64 {
	if raceEnabled {
		return 4
	}
	return 20
}

// spread is how one number is distributed over the runs.
type spread []int

func (s spread) String() string {
	slices.Sort(s)
	at := func(percent int) int { return s[(len(s)-1)*percent/100] }
	return fmt.Sprintf("least %d, 1%% %d, median %d, 99%% %d, most %d", at(0), at(1), at(50), at(99), at(100))
}

// TestSeeds runs many seeds and prints what happened in them. The first ones that fail are named;
// each fails again in the same way under HANSU_SIM_SEED.
func TestSeeds(t *testing.T) {
	if os.Getenv(seedVar) != "" {
		return // one seed alone is asked for: see TestSeed
	}
	first, count := number(t, firstVar, 0), number(t, seedsVar, budget())
	began := time.Now()
	var next atomic.Uint64
	var mu sync.Mutex
	var total Result
	var games, faults spread
	failures, stop := 0, int(number(t, stopVar, 10))
	var virtual time.Duration
	var runners sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		runners.Go(func() {
			for n := next.Add(1) - 1; n < count; n = next.Add(1) - 1 {
				r := Run(Config{Seed: first + n})
				mu.Lock()
				if r.Err != nil {
					t.Error(r.Err)
					if failures++; failures >= stop { // enough to look at
						next.Store(count)
					}
				}
				games, faults = append(games, r.Games), append(faults, r.Faults.Total())
				total.Games += r.Games
				total.Records += r.Records
				total.Packets += r.Packets
				total.Starts += r.Starts
				total.Events += r.Events
				total.Faults.Add(r.Faults)
				virtual += r.Virtual
				mu.Unlock()
			}
		})
	}
	runners.Wait()
	t.Logf("%d seeds from %d in %v: %d games, %d records, %d packets, %d starts of the server, %d events in %v of virtual time; faults: %v",
		count, first, time.Since(began).Round(time.Millisecond), total.Games, total.Records, total.Packets, total.Starts,
		total.Events, virtual.Round(time.Second), total.Faults)
	t.Logf("games in each seed: %v; faults in each: %v", games, faults)
	for f, n := range total.Faults {
		if n == 0 && count >= 500 && failures == 0 {
			t.Errorf("%v has never happened", Fault(f))
		}
	}
}

// TestReplay: a seed gives the same run again, to the last packet.
func TestReplay(t *testing.T) {
	for seed := range few() {
		a, b := Run(Config{Seed: seed}), Run(Config{Seed: seed, Trace: new(strings.Builder)})
		if a.Hash != b.Hash || a.Events != b.Events || a.Virtual != b.Virtual || a.Faults != b.Faults {
			t.Errorf("seed %d: %d events and hash %x, then %d and %x", seed, a.Events, a.Hash, b.Events, b.Hash)
		}
	}
	if a, b := Run(Config{Seed: 1}), Run(Config{Seed: 2}); a.Hash == b.Hash {
		t.Error("two seeds give one run")
	}
}

// TestSeed shows one run.
func TestSeed(t *testing.T) {
	if os.Getenv(seedVar) == "" {
		return // TestSeeds runs them
	}
	r := Run(Config{Seed: number(t, seedVar, 0), Trace: os.Stdout})
	t.Logf("%d games, %d records, %d starts; faults: %v", r.Games, r.Records, r.Starts, r.Faults)
	if r.Err != nil {
		t.Error(r.Err)
	}
}

// TestNothingIsLeft: what a run starts ends with it.
func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	for seed := range few() {
		Run(Config{Seed: seed})
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines, then %d", before, after)
	}
}

func BenchmarkSeed(b *testing.B) {
	var n Result
	for i := range b.N {
		r := Run(Config{Seed: uint64(i)})
		n.Packets += r.Packets
		n.Records += r.Records
	}
	b.ReportMetric(float64(n.Packets)/float64(b.N), "packets/op")
	b.ReportMetric(float64(n.Records)/float64(b.N), "records/op")
}
