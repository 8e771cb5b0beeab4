package bench

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Submit has so many submitters call submit again and again for d, each waiting for its own call to return before the
// next, and times the calls. number counts a submitter's calls from 1. The first error ends all.
//
// It runs in this process: what is measured has no server, so all CPU time is its own.
func Submit(ctx context.Context, submitters int, d time.Duration, submit func(submitter int, number uint32) error) (Sample, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	tallies := make([]Tally, min(submitters, tallyShards))
	locks := make([]sync.Mutex, len(tallies))
	errs := make([]error, submitters)
	var all sync.WaitGroup
	before, start := selfUsage(), time.Now()
	for i := range submitters {
		all.Go(func() {
			lock, t := &locks[i%len(locks)], &tallies[i%len(tallies)]
			for n := uint32(1); n == 1 || ctx.Err() == nil; n++ { // each at least once
				from := time.Now()
				if errs[i] = submit(i, n); errs[i] != nil {
					cancel()
					return
				}
				took := time.Since(from)
				lock.Lock()
				t.Latency.Record(took)
				t.Received++
				lock.Unlock()
			}
		})
	}
	all.Wait()
	s := Sample{Result: Result{Seconds: time.Since(start).Seconds()}}
	s.Server = Usage{CPU: selfUsage().CPU - before.CPU, Memory: -1}
	for i := range tallies {
		s.Received += tallies[i].Received
		s.Latency.Merge(&tallies[i].Latency)
	}
	s.Sent = s.Received
	return s, errors.Join(errs...)
}

// tallyShards bounds the histograms of many submitters, and keeps them from waiting for one.
const tallyShards = 16
