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
//
// Among several nodes each says how many look on there.
type audiences struct {
	watched func(id table.ID, viewers int) // is told how many look on here; nil: this is the only node

	mu      sync.Mutex
	tables  map[table.ID]*audience
	changed map[table.ID]struct{}
	mine    map[table.ID]struct{} // whose number here has changed
	others  map[table.ID]map[string]crowd
	told    int // calls of tell
}

// crowd is how many look on at another node, and after which tell that is no longer so.
type crowd struct{ viewers, until int }

type audience struct {
	members []member
	viewers int // members without a seat
}

type member struct {
	s      *Session
	seated bool
}

func newAudiences(watched func(id table.ID, viewers int)) *audiences {
	return &audiences{
		watched: watched, tables: make(map[table.ID]*audience), changed: make(map[table.ID]struct{}),
		mine: make(map[table.ID]struct{}), others: make(map[table.ID]map[string]crowd),
	}
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
	if t.viewers != before {
		a.mine[id] = struct{}{}
	}
	if a.count(id) > 0 || t.viewers != before { // the one who comes does not know the number yet
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
		a.changed[id], a.mine[id] = struct{}{}, struct{}{}
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
	return a.count(id)
}

func (a *audiences) count(id table.ID) uint16 {
	n := 0
	if t := a.tables[id]; t != nil {
		n = t.viewers
	}
	for _, c := range a.others[id] {
		n += c.viewers
	}
	return uint16(min(n, math.MaxUint16))
}

// Numbers go to the other nodes again after so many calls of tell, and count for a few more: a node that
// was not heard is, and one that is gone is not.
const (
	countAgain = 10
	countKept  = 25
)

// elsewhere takes in how many look on at another node.
func (a *audiences) elsewhere(node string, id table.ID, viewers int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before := a.count(id)
	nodes := a.others[id]
	switch {
	case viewers > 0 && nodes == nil:
		a.others[id] = map[string]crowd{node: {viewers, a.told + countKept}}
	case viewers > 0:
		nodes[node] = crowd{viewers, a.told + countKept}
	default:
		a.drop(id, node)
	}
	if a.count(id) != before && a.tables[id] != nil {
		a.changed[id] = struct{}{}
	}
}

func (a *audiences) drop(id table.ID, node string) {
	delete(a.others[id], node)
	if len(a.others[id]) == 0 {
		delete(a.others, id)
	}
}

// exchange tells the other nodes this one's numbers, and forgets theirs that are old.
func (a *audiences) exchange() {
	a.told++
	for id, nodes := range a.others {
		for node, c := range nodes {
			if c.until < a.told {
				a.drop(id, node)
				if a.tables[id] != nil {
					a.changed[id] = struct{}{}
				}
			}
		}
	}
	if a.told%countAgain == 0 {
		for id, t := range a.tables {
			if t.viewers > 0 {
				a.mine[id] = struct{}{}
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(a.mine)) {
		n := 0
		if t := a.tables[id]; t != nil {
			n = t.viewers
		}
		if a.watched != nil {
			a.watched(id, n)
		}
	}
	clear(a.mine)
}

// tell sends the numbers that have changed to everybody at their tables.
func (a *audiences) tell() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.exchange()
	for _, id := range slices.Sorted(maps.Keys(a.changed)) { // the same order each time, for the simulation
		t := a.tables[id]
		p := wire.Viewers{Count: a.count(id)}
		for _, m := range t.members {
			m.s.send(&p, wire.Header{Table: uint32(id)}) // does not wait
		}
	}
	clear(a.changed)
}
