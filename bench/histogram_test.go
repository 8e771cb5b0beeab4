package bench

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// values are durations over the whole range, the borders of the slots among them.
func values(r *rand.Rand, n int) []int64 {
	all := []int64{0, 1, 255, 256, 257, 511, 512, math.MaxInt64 - 1, math.MaxInt64}
	for range n {
		all = append(all, r.Int64()>>r.IntN(63))
	}
	return all
}

func TestHistogramSlots(t *testing.T) {
	for _, v := range values(rand.New(rand.NewPCG(1, 2)), 20000) {
		slot := slotOf(v)
		if slot < 0 || slot >= slots {
			t.Fatalf("%d is in slot %d", v, slot)
		}
		if top := highest(slot); top < v || float64(top-v) > float64(v)/128 || slotOf(top) != slot {
			t.Fatalf("%d is in slot %d, whose highest value is %d", v, slot, top)
		}
		if v < math.MaxInt64 && slotOf(v+1) < slot {
			t.Fatalf("%d is in a later slot than %d", v, v+1)
		}
	}
}

// TestHistogramQuantiles holds the quantiles to those of the sorted values.
func TestHistogramQuantiles(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 2, 1000} {
		var h Histogram
		all := values(r, n)
		for _, v := range all {
			h.Record(time.Duration(v))
		}
		slices.Sort(all)
		if h.Count() != int64(len(all)) || int64(h.Max()) != all[len(all)-1] || int64(h.Min()) != all[0] {
			t.Fatalf("count %d, min %d, max %d", h.Count(), h.Min(), h.Max())
		}
		for _, q := range []float64{0, 0.001, 0.5, 0.9, 0.99, 0.999, 1} {
			want := all[min(max(0, int(q*float64(len(all))+0.5)-1), len(all)-1)]
			if got := int64(h.Quantile(q)); got < want || float64(got-want) > float64(want)/128 {
				t.Errorf("%d values: quantile %v is %d, want %d", len(all), q, got, want)
			}
		}
	}
	var none Histogram
	if none.Quantile(0.5) != 0 || none.Max() != 0 {
		t.Error("an empty histogram has values")
	}
	none.Record(-5)
	if none.Quantile(1) != 0 || none.Count() != 1 {
		t.Error("a negative duration does not count as 0")
	}
}

// TestHistogramMerge: two merged are one that has recorded all, also by way of JSON.
func TestHistogramMerge(t *testing.T) {
	var a, b, all Histogram
	for i, v := range values(rand.New(rand.NewPCG(5, 6)), 500) {
		half := &a
		if i%3 == 0 {
			half = &b
		}
		half.Record(time.Duration(v))
		all.Record(time.Duration(v))
	}
	text, err := json.Marshal(&b)
	if err != nil {
		t.Fatal(err)
	}
	var read Histogram
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if read != b {
		t.Error("JSON changes a histogram")
	}
	a.Merge(&read)
	a.Merge(&Histogram{})
	if a != all {
		t.Error("the merged histogram is another")
	}
	for _, bad := range []string{`{"Slots":[[-1,1]]}`, `{"Slots":[[99999,1]]}`, `{"Slots":[[1,-1]]}`, `[]`} {
		if json.Unmarshal([]byte(bad), &read) == nil {
			t.Errorf("%s is a histogram", bad)
		}
	}
}

func BenchmarkHistogram(b *testing.B) {
	var h Histogram
	for i := range b.N {
		h.Record(time.Duration(i))
	}
}
