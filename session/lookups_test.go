package session

import "testing"

// TestLookups: so many run at once, the others in turn; and who does not want to wait is turned away.
func TestLookups(t *testing.T) {
	var l lookups
	var started []func()
	start := func(do func()) { started = append(started, do) }
	done := 0
	for range lookupsMost {
		if !l.try(start, func() { done++ }) {
			t.Fatal("turned away")
		}
	}
	if l.try(start, func() {}) {
		t.Error("one too many")
	}
	for range 3 {
		l.queue(start, func() { done++ })
	}
	if len(started) != lookupsMost || done != 0 {
		t.Fatalf("%d started, %d done", len(started), done)
	}
	started[0]() // and those that wait
	if done != 4 {
		t.Errorf("%d done", done)
	}
	for _, do := range started[1:] {
		do()
	}
	if done != lookupsMost+3 || l.busy != 0 || !l.try(start, func() {}) {
		t.Errorf("%d done, %d busy", done, l.busy)
	}
}
