package table

import (
	"reflect"
	"testing"
)

// TestReplay: the records of a table tell what the summary and the archive say, and a record that
// does not fit is named.
func TestReplay(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(omokFree)
	for i, m := range []string{"h8", "a1", "h9", "a2", "h10", "a3", "h11", "a4", "h12"} {
		[]*client{a, b}[i%2].must(stone(m))
	}
	a.must(Propose{Rematch})
	b.must(Propose{Rematch})
	b.must(stone("h8"))
	story, err := Replay(1, h.log[1])
	if err != nil {
		t.Fatal(err)
	}
	info, err := InfoOf(h.sums[1])
	story.Info.Game = 0 // the row does not say
	if err != nil || story.Info != info {
		t.Fatalf("%+v, and the summary says %+v (%v)", story.Info, info, err)
	}
	if !reflect.DeepEqual(story.Games, h.arch) || len(h.arch) != 1 {
		t.Fatalf("%+v, and the archive has %+v", story.Games, h.arch)
	}
	broken := append(h.log[1][:4:4], h.log[1][5:]...)
	if _, err := Replay(1, broken); err == nil {
		t.Fatal("a record is missing, and nobody notices")
	}
	early := append(h.log[1][:0:0], h.log[1]...)
	early[5].At = 0
	if _, err := Replay(1, early); err == nil {
		t.Fatal("time goes back, and nobody notices")
	}
}
