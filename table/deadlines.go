package table

import (
	"hansu/rules"
	"hansu/store"
)

// deadlines is a min-heap of times at which tables must be looked at.
type deadlines []entry

type entry struct {
	at rules.Millis
	id store.TableID
}

// before orders entries completely, so that what is due together comes in the same order
// whatever was queued first.
func (e entry) before(o entry) bool { return e.at < o.at || e.at == o.at && e.id < o.id }

func (h *deadlines) push(at rules.Millis, id store.TableID) {
	*h = append(*h, entry{at, id})
	s := *h
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if !s[i].before(s[up]) {
			break
		}
		s[up], s[i] = s[i], s[up]
		i = up
	}
}

func (h deadlines) next() (rules.Millis, bool) {
	if len(h) == 0 {
		return 0, false
	}
	return h[0].at, true
}

// pop takes out the earliest entry that is not after now.
func (h *deadlines) pop(now rules.Millis) (rules.Millis, store.TableID, bool) {
	s := *h
	if len(s) == 0 || s[0].at > now {
		return 0, 0, false
	}
	e := s[0]
	last := len(s) - 1
	s[0] = s[last]
	s = s[:last]
	for i := 0; ; {
		low := 2*i + 1
		if low >= last {
			break
		}
		if low+1 < last && s[low+1].before(s[low]) {
			low++
		}
		if !s[low].before(s[i]) {
			break
		}
		s[i], s[low] = s[low], s[i]
		i = low
	}
	*h = s
	return e.at, e.id, true
}
