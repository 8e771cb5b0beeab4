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

func (h *deadlines) push(at rules.Millis, id store.TableID) {
	*h = append(*h, entry{at, id})
	s := *h
	for i := len(s) - 1; i > 0; {
		up := (i - 1) / 2
		if s[up].at <= s[i].at {
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
		if low+1 < last && s[low+1].at < s[low].at {
			low++
		}
		if s[i].at <= s[low].at {
			break
		}
		s[i], s[low] = s[low], s[i]
		i = low
	}
	*h = s
	return e.at, e.id, true
}
