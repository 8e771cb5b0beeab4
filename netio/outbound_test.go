package netio

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// drainSome sends up to n bytes of o to dst through parts and sent, as a model does.
func drainSome(o *outbound, l *broadcastLog, dst *bytes.Buffer, n int) {
	for _, p := range o.parts(make([][]byte, 0, 3), l) {
		m := min(n, len(p))
		dst.Write(p[:m])
		n -= m
		defer o.sent(m, l)
	}
}

// TestOutboundOrder has sends and broadcasts come out in the order of the calls, whatever
// is written at a time, for several connections on one log.
func TestOutboundOrder(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		var log broadcastLog
		log.init()
		queues := make([]outbound, 3)
		want := make([]bytes.Buffer, len(queues))
		got := make([]bytes.Buffer, len(queues))
		joined := make([]bool, len(queues))
		left := make([]bool, len(queues))
		for range 600 {
			i := r.IntN(len(queues))
			p := make([]byte, r.IntN([]int{10, 600, 9_000}[r.IntN(3)]))
			for j := range p {
				p[j] = byte(r.Uint32())
			}
			switch r.IntN(5) {
			case 0, 1:
				if !left[i] {
					queues[i].put(p, &log)
					want[i].Write(p)
				}
			case 2:
				log.append(p)
				for j := range queues {
					if joined[j] && !left[j] {
						want[j].Write(p)
					}
				}
			case 3:
				drainSome(&queues[i], &log, &got[i], r.IntN(100_000))
			case 4:
				switch {
				case !joined[i]:
					queues[i].join(&log)
					joined[i] = true
				case r.IntN(20) == 0:
					queues[i].leave(&log)
					left[i] = true
				}
			}
			if n := queues[i].pending(&log); n != want[i].Len()-got[i].Len() {
				t.Fatalf("seed %d: pending = %d, want %d", seed, n, want[i].Len()-got[i].Len())
			}
		}
		for i := range queues {
			for queues[i].pending(&log) > 0 {
				drainSome(&queues[i], &log, &got[i], 1<<20)
			}
			if !bytes.Equal(got[i].Bytes(), want[i].Bytes()) {
				t.Errorf("seed %d: queue %d gave other bytes than it got", seed, i)
			}
		}
	}
}

// TestOutboundAllocates nothing for a message that is queued and written.
func TestOutboundAllocates(t *testing.T) {
	if raceEnabled {
		t.Skip("sync.Pool drops at random under the race detector")
	}
	var log broadcastLog
	log.init()
	var o outbound
	msg := make([]byte, 64)
	parts := make([][]byte, 0, streamParts)
	if n := testing.AllocsPerRun(1000, func() {
		o.put(msg, &log)
		o.sent(size(o.parts(parts, &log)), &log)
	}); n > 0 {
		t.Errorf("%v allocations a message, want 0", n)
	}
}

func TestOutboundBound(t *testing.T) {
	var log broadcastLog
	log.init()
	var o outbound
	o.join(&log)
	const bound = 64 << 10
	o.put(make([]byte, bound/2), &log)
	log.append(make([]byte, bound/2))
	for _, test := range []struct {
		n       int
		stalled bool
		want    bool
	}{{0, true, true}, {1, true, false}, {1, false, true}, {tickSlack, false, true}, {tickSlack + 1, false, false}} {
		if got := o.fits(test.n, bound, test.stalled, &log); got != test.want {
			t.Errorf("fits(%d, stalled %v) = %v, want %v", test.n, test.stalled, got, test.want)
		}
	}
}
