package bench

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"time"
)

// Histogram counts durations in nanoseconds, each to within 1/128 of its value, over the whole
// range of int64: the log-linear form of HDR histograms. Recording is a few instructions and no
// allocation, so that measuring does not become the load. The zero value is ready.
type Histogram struct {
	counts  [slots]int64
	n       int64
	max, mn int64 // exact
}

const (
	linearBits = 8                // values under 2^8 have a slot each
	half       = 1 << 7           // slots of each later power of two
	slots      = 56*half + 2*half // up to the largest int64
)

// slotOf gives the slot of v, which is not negative.
func slotOf(v int64) int {
	shift := max(0, bits.Len64(uint64(v))-linearBits)
	return shift*half + int(v>>shift)
}

// highest gives the largest value that slot counts.
func highest(slot int) int64 {
	shift := max(0, slot/half-1)
	return int64(slot-shift*half+1)<<shift - 1
}

// Record counts one duration. A negative one, which a clock can give across processors, counts as 0.
func (h *Histogram) Record(d time.Duration) { h.add(int64(d), 1) }

func (h *Histogram) add(v, count int64) {
	v = max(0, v)
	h.counts[slotOf(v)] += count
	if h.n == 0 || v < h.mn {
		h.mn = v
	}
	h.max = max(h.max, v)
	h.n += count
}

// Count is the number of durations recorded.
func (h *Histogram) Count() int64 { return h.n }

// Max is the longest, exactly; 0 when there is none.
func (h *Histogram) Max() time.Duration { return time.Duration(h.max) }

// Min is the shortest, exactly; 0 when there is none.
func (h *Histogram) Min() time.Duration { return time.Duration(h.mn) }

// Quantile gives a duration that the share q (0 to 1) of all recorded is not longer than; 0 when there is
// none. It is at most 1/128 too long, and never longer than Max.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	want := min(max(1, int64(q*float64(h.n)+0.5)), h.n)
	var seen int64
	for slot, count := range h.counts {
		if seen += count; seen >= want {
			return time.Duration(max(h.mn, min(highest(slot), h.max)))
		}
	}
	return time.Duration(h.max)
}

// Merge adds all that o has recorded.
func (h *Histogram) Merge(o *Histogram) {
	if o.n == 0 {
		return
	}
	for slot, count := range o.counts {
		h.counts[slot] += count
	}
	if h.n == 0 || o.mn < h.mn {
		h.mn = o.mn
	}
	h.max = max(h.max, o.max)
	h.n += o.n
}

// sparse is a Histogram in JSON: pairs of slot and count.
type sparse struct {
	Min, Max int64
	Slots    [][2]int64
}

// MarshalJSON writes the slots that are not empty.
func (h *Histogram) MarshalJSON() ([]byte, error) {
	s := sparse{Min: h.mn, Max: h.max, Slots: [][2]int64{}}
	for slot, count := range h.counts {
		if count > 0 {
			s.Slots = append(s.Slots, [2]int64{int64(slot), count})
		}
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (h *Histogram) UnmarshalJSON(p []byte) error {
	var s sparse
	if err := json.Unmarshal(p, &s); err != nil {
		return err
	}
	*h = Histogram{mn: s.Min, max: s.Max}
	for _, c := range s.Slots {
		if c[0] < 0 || c[0] >= slots || c[1] < 0 {
			return fmt.Errorf("histogram: slot %d with count %d", c[0], c[1])
		}
		h.counts[c[0]] += c[1]
		h.n += c[1]
	}
	return nil
}
