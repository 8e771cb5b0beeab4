package sim

import (
	"bytes"
	"cmp"
	"slices"

	"hansu/rules"
	"hansu/store"
)

// What nodes do to a database that they share, after the statements of store/postgres.

// member is a node as the database knows it.
type member struct {
	until micros // its lease's end
	beat  rules.Millis
}

// waiting is a place.
type waiting struct {
	store.Wish
	table store.TableID
	node  string
	since micros

	guest                      []byte // to whom the seat is promised; nil: nobody
	guestInstance, guestNumber uint32
	until                      micros
}

// How long a place is offered whose table has no record, and how long it is there.
const (
	placeFresh = 60 * sec
	placeStale = 10 * 60 * sec
)

func (d *database) time() rules.Millis { return rules.Millis(d.clock() / ms) }

func (d *database) living(node string) bool {
	m := d.members[node]
	return m != nil && m.until > d.clock()
}

func (d *database) nodes() (list []string) {
	for name := range d.members {
		if d.living(name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

func (d *database) lastBeat() (at rules.Millis) {
	for _, m := range d.members {
		at = max(at, m.beat)
	}
	return at
}

func (d *database) renew(node string, now rules.Millis) (lapsed bool) {
	m := d.members[node]
	if m == nil {
		m = &member{}
		d.members[node] = m
	} else {
		lapsed = m.until <= d.clock()
	}
	m.until, m.beat = d.clock()+d.lease, max(m.beat, now)
	return lapsed
}

func (d *database) claim(node string, id store.TableID, now rules.Millis) (store.Ownership, error) {
	l := d.log(id)
	switch {
	case l == nil:
		return store.Ownership{}, store.ErrNotFound
	case l.owner == node:
	case d.living(l.owner):
		return store.Ownership{}, &store.OwnerError{Table: id, Node: l.owner}
	default:
		since := now
		if m := d.members[l.owner]; m != nil {
			since = m.beat
		} else if l.idle >= 0 {
			since = l.idle
		}
		l.lag += max(0, now-since)
		l.owner, l.idle = node, -1
		l.epoch++
	}
	return store.Ownership{Epoch: l.epoch, Lag: l.lag}, nil
}

func (d *database) owner(id store.TableID) (string, error) {
	switch l := d.log(id); {
	case l == nil:
		return "", store.ErrNotFound
	case d.living(l.owner):
		return l.owner, nil
	}
	return "", nil
}

func (d *database) release(node string, now rules.Millis) {
	for _, l := range d.running(func(l *tableLog) bool { return l.owner == node }) {
		l.owner, l.idle = "", now
	}
	if m := d.members[node]; m != nil {
		m.until, m.beat = d.clock(), max(m.beat, now)
	}
	d.places = slices.DeleteFunc(d.places, func(p *waiting) bool { return p.node == node && d.log(p.table) == nil })
}

func (d *database) held(node string) []*tableLog {
	return d.running(func(l *tableLog) bool { return l.owner == node })
}

func (d *database) orphans() (list []store.Orphan) {
	d.places = slices.DeleteFunc(d.places, func(p *waiting) bool { return p.since < d.clock()-placeStale && d.log(p.table) == nil })
	for _, l := range d.running(func(l *tableLog) bool { return !d.living(l.owner) }) {
		o := store.Orphan{Table: l.id, Deadline: l.records[len(l.records)-1].Deadline}
		if o.Deadline != 0 {
			o.Deadline += l.lag
		}
		list = append(list, o)
	}
	slices.SortStableFunc(list, func(a, b store.Orphan) int {
		if (a.Deadline == 0) != (b.Deadline == 0) {
			return cmp.Compare(b.Deadline, a.Deadline) // never comes last
		}
		return cmp.Compare(a.Deadline, b.Deadline)
	})
	return list
}

func (d *database) reserve(n int) store.TableID {
	d.next = max(d.next, store.TableID(len(d.logs)))
	first := d.next + 1
	d.next += store.TableID(n)
	return first
}

// changedSince goes back by some seconds, as the real one must.
func (d *database) changedSince(moment int64) ([]store.Summary, int64) {
	if moment == 0 {
		return summaries(d.running(nil)), int64(d.clock())
	}
	var list []*tableLog
	for _, l := range d.logs {
		if l != nil && l.summary.State != 0 && l.changed >= micros(moment)-5*sec {
			list = append(list, l)
		}
	}
	return summaries(list), int64(d.clock())
}

func (d *database) tablesOf(key []byte) []store.Summary {
	has := func(seat []byte) bool { return seat != nil && bytes.Equal(seat, key) }
	return summaries(d.running(func(l *tableLog) bool { return has(l.summary.Seats[0]) || has(l.summary.Seats[1]) }))
}

// seek returns the oldest place of a wish's kind that it does not skip and that fits.
func (d *database) seek(w *store.Wish, fits func(p *waiting, l *tableLog) bool) *waiting {
	for _, p := range d.places {
		if bytes.Equal(p.Kind, w.Kind) && !slices.Contains(w.Skip, p.table) && fits(p, d.log(p.table)) {
			return p
		}
	}
	return nil
}

func (p *waiting) place(how store.PlaceKind) store.Place {
	return store.Place{Table: p.table, Code: p.Code, Node: p.node, How: how}
}

func (d *database) pair(node string, w store.Wish) store.Place {
	numbered := func(p *waiting, l *tableLog) bool {
		return bytes.Equal(p.Key, w.Key) && (p.table == w.Table || w.Number != 0 && p.Instance == w.Instance && p.Number == w.Number)
	}
	if p := d.seek(&w, numbered); p != nil {
		if d.log(p.table) != nil {
			return p.place(store.Own)
		}
		if p.node != node && !d.living(p.node) {
			p.node, p.since = node, d.clock()
		}
		return p.place(store.Opened)
	}
	promised := func(p *waiting, l *tableLog) bool {
		return w.Number != 0 && bytes.Equal(p.guest, w.Key) && p.guestInstance == w.Instance && p.guestNumber == w.Number &&
			(l != nil || d.living(p.node))
	}
	if p := d.seek(&w, promised); p != nil {
		p.until = d.clock() + d.promise
		return p.place(store.Free)
	}
	if !w.Own {
		if p := d.seek(&w, func(p *waiting, l *tableLog) bool { return bytes.Equal(p.Key, w.Key) && (l != nil || d.living(p.node)) }); p != nil {
			return p.place(store.Own)
		}
		if p := d.seek(&w, func(p *waiting, l *tableLog) bool { return d.free(&w, p, l) }); p != nil {
			p.guest, p.guestInstance, p.guestNumber, p.until = bytes.Clone(w.Key), w.Instance, w.Number, d.clock()+d.promise
			return p.place(store.Free)
		}
	}
	p := &waiting{Wish: w, table: w.Table, node: node, since: d.clock()}
	d.places = append(d.places, p)
	return p.place(store.Opened)
}

// free reports whether a wisher may be sent to a place.
func (d *database) free(w *store.Wish, p *waiting, l *tableLog) bool {
	switch {
	case bytes.Equal(p.Key, w.Key):
		return false
	case p.guest != nil && !bytes.Equal(p.guest, w.Key) && p.until > d.clock():
		return false
	case l == nil:
		return p.since > d.clock()-placeFresh && d.living(p.node)
	}
	return d.living(l.owner)
}

func (d *database) unpair(id store.TableID, key []byte) {
	for i, p := range d.places {
		if p.table != id {
			continue
		}
		if bytes.Equal(p.guest, key) {
			p.guest, p.until = nil, 0
		}
		if bytes.Equal(p.Key, key) && d.log(id) == nil {
			d.places = slices.Delete(d.places, i, i+1)
		}
		return
	}
}
