package table

import (
	"reflect"
	"strings"
	"testing"

	"hansu/rules"
)

// TestPoints asks which points are forbidden, in positions where all know them: it is answered to
// anyone, each time as of then, and leaves nothing behind.
func TestPoints(t *testing.T) {
	h := newHarness(t)
	renju := omokFree
	renju.Variant.Rules = rules.Renju
	a, b := h.client(1, 1), h.client(2, 1)
	a.must(Create{Setting: renju, Name: "one"})
	a.refused(Points{}, NotStarted)
	b.must(Sit{Name: "two"})
	watcher := h.client(3, 1)
	watcher.must(Attach{})
	// Black has two open threes to make at once on k9 and on i9.
	for i, m := range strings.Fields("h8 a1 j9 a15 l9 o1 k10 o15") {
		[]*client{a, b}[i%2].must(stone(m))
	}
	a.must(stone("k11"))
	records := len(h.log[1])
	for _, c := range []*client{a, b, watcher} {
		got := c.does(Points{})
		want := &Forbidding{Game: 1, Ply: 9, Seat: 2}
		if got.Refusal != Accepted || got.Record != 0 || !reflect.DeepEqual(got.Forbidding, want) {
			t.Errorf("with white to move: %+v, %+v", got, got.Forbidding)
		}
	}
	b.must(stone("h1"))
	number := a.number + 1
	h.do(a.again(Points{}, number), a.again(Points{}, number))
	want := []rules.Point{{Col: 8, Row: 8}, {Col: 10, Row: 8}} // i9, k9
	for _, got := range a.answers[len(a.answers)-2:] {
		if f := got.Forbidding; f == nil || f.Ply != 10 || f.Seat != 1 || !reflect.DeepEqual(f.Points, want) {
			t.Errorf("with black to move: %+v", f)
		}
	}
	if n := len(h.log[1]); n != records+1 {
		t.Errorf("%d records after questions, want %d", n, records+1)
	}
	a.must(Resign{})
	a.refused(Points{}, NoGame)
}
