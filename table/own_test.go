package table

import (
	"testing"

	"hansu/store"
)

// TestLag: a table that was without an owner while service time went on is where it was, in its own time:
// clocks, deadlines and the times of its records.
func TestLag(t *testing.T) {
	h := newHarness(t)
	a, b := h.table(with(omokFree, "1+0"))
	h.pass(10_000)
	a.must(stone("h8"))
	h.pass(20_000)
	before := h.live().left(h.live().clock, h.now.Service)
	decided := h.log[1][len(h.log[1])-1].At

	const lag = 500_000
	h.now.Service += lag
	h.core = NewCore(testConfig(h))
	if err := h.core.Restore(1, store.Ownership{Epoch: 7, Lag: lag}, h.log[1], h.now.Service); err != nil {
		t.Fatal(err)
	}
	if got := h.live().left(h.live().clock, h.now.Service-lag); got != before {
		t.Fatalf("clocks %v, before %v", got, before)
	}
	b2, a2 := h.client(2, 1), h.client(1, 1)
	b2.number, a2.number = b.number, a.number
	h.do(b2.cmd(Attach{Seen: uint32(len(h.log[1]))}), a2.cmd(Attach{}))
	b2.must(stone("i8"))
	moved := h.log[1][len(h.log[1])-1]
	if moved.Epoch != 7 || moved.At != decided+20_000 {
		t.Errorf("record of epoch %d at %d, want 7 at %d", moved.Epoch, moved.At, decided+20_000)
	}
	if at := b2.seats[0].Left; at != before {
		t.Errorf("told at coming back %v, before %v", at, before)
	}
	h.pass(49_000)
	h.core.Sweep(h.now.Service, 0) // it is looked at, and stays
	if h.live().phase != Playing {
		t.Fatal("the flag fell too early")
	}
	h.pass(2000)
	if h.live().phase == Playing {
		t.Fatalf("no flag fell; due at %v", h.live().deadline)
	}
}

// TestSweepWithLag: the deadline of a table that leaves memory is kept in service time.
func TestSweepWithLag(t *testing.T) {
	h := newHarness(t)
	h.table(with(omokFree, "5+0"))
	const lag = 500_000
	h.now.Service += lag
	h.core = NewCore(testConfig(h))
	if err := h.core.Restore(1, store.Ownership{Epoch: 2, Lag: lag}, h.log[1], h.now.Service); err != nil {
		t.Fatal(err)
	}
	h.core.Sweep(h.now.Service, 1000)
	if h.core.Len() != 0 {
		t.Fatal("not swept")
	}
	at, ok := h.core.Next()
	if due := h.log[1][len(h.log[1])-1].Deadline; !ok || at > due+lag {
		t.Errorf("next look at %d, due at %d", at, due+lag)
	}
}
