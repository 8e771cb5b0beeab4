package session

import (
	"maps"
	"math"
	"slices"
	"sync"

	"hansu/table"
	"hansu/wire"
)

// audiences knows which sessions are at which table, and how many of them only look on. That is of
// this moment alone: no record holds it, and nobody waits for it. It is told at the next Sweep, so that
// a crowd that comes at once costs one packet for each, not one for each pair.
type audiences struct {
	mu      sync.Mutex
	tables  map[table.ID]*audience
	changed map[table.ID]struct{}
}

type audience struct {
	members []member
	viewers int // members without a seat
}

type member struct {
	s      *Session
	seated bool
}

func newAudiences() *audiences {
	return &audiences{tables: make(map[table.ID]*audience), changed: make(map[table.ID]struct{})}
}

// come notes that a session is at a table, with a seat or without.
func (a *audiences) come(id table.ID, s *Session, seated bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.tables[id]
	if t == nil {
		t = &audience{}
		a.tables[id] = t
	}
	before := t.viewers
	t.remove(s)
	t.members = append(t.members, member{s, seated})
	if !seated {
		t.viewers++
	}
	if t.viewers != before || t.viewers > 0 { // the one who comes does not know the number yet
		a.changed[id] = struct{}{}
	}
}

// leave notes that a session is at a table no longer.
func (a *audiences) leave(id table.ID, s *Session) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.tables[id]
	if t == nil {
		return
	}
	before := t.viewers
	t.remove(s)
	if t.viewers != before {
		a.changed[id] = struct{}{}
	}
	if len(t.members) == 0 {
		delete(a.tables, id)
		delete(a.changed, id)
	}
}

func (t *audience) remove(s *Session) {
	i := slices.IndexFunc(t.members, func(m member) bool { return m.s == s })
	if i < 0 {
		return
	}
	if !t.members[i].seated {
		t.viewers--
	}
	last := len(t.members) - 1 // the order means nothing
	t.members[i] = t.members[last]
	t.members[last] = member{}
	t.members = t.members[:last]
}

// viewers returns how many look on at a table.
func (a *audiences) viewers(id table.ID) uint16 {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.tables[id]; t != nil {
		return t.count()
	}
	return 0
}

func (t *audience) count() uint16 { return uint16(min(t.viewers, math.MaxUint16)) }

// tell sends the numbers that have changed to everybody at their tables.
func (a *audiences) tell() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(a.changed)) { // the same order each time, for the simulation
		t := a.tables[id]
		p := wire.Viewers{Count: t.count()}
		for _, m := range t.members {
			m.s.send(&p, wire.Header{Table: uint32(id)}) // does not wait
		}
	}
	clear(a.changed)
}
