package sim

import (
	"context"
	"errors"

	"hansu/rules"
	"hansu/store"
)

// nodeStore is the database as one of several nodes sees it: each call is a request over a network, which takes its time, and
// may be cut. It implements store.Shared.
type nodeStore struct{ view }

// request is a call under way.
type request struct {
	v       *nodeStore
	by      *routine
	over    bool
	err     error
	bounded bool
}

var errSlowStore = errors.New("sim: the database has not answered in time")

// call lets op happen in the database, at a moment of its own, and waits for the answer.
func (v *nodeStore) call(ctx context.Context, op func() error) error {
	if v.node.dead {
		return errFault
	}
	r := &request{v: v, by: v.w.current}
	if r.by == nil || r.by.node != v.node {
		v.w.fail("a call of the store by nobody")
		return errFault
	}
	if end, ok := ctx.Value(deadlineKey{}).(micros); ok {
		r.bounded = true
		v.node.later(max(0, end-v.w.now), func() { r.finish(errSlowStore) })
	}
	if v.cut() {
		r.fail()
	} else {
		v.after(v.latency(), func() { r.arrive(op) })
	}
	if !r.by.wait() {
		return errFault
	}
	return r.err
}

// latency is how long a message to or from the database takes.
func (v *nodeStore) latency() micros {
	if v.chance(0.01) {
		return v.between(0, 100*ms)
	}
	return v.between(50, 2*ms)
}

// cut reports whether the node is cut off from the database.
func (v *nodeStore) cut() bool { return v.node.cut.store > v.w.now }

// arrive is the request at the database. That of a node that has died may have been sent before.
func (r *request) arrive(op func() error) {
	v := r.v
	if v.cut() || v.node.dead && v.chance(0.5) {
		r.fail()
		return
	}
	err := op()
	v.after(v.latency(), func() {
		if v.cut() {
			r.fail()
			return
		}
		v.node.run(func() { r.finish(err) })
	})
}

// fail tells the node that the connection is broken: at once, or when it is there again.
func (r *request) fail() {
	v := r.v
	wait := v.between(100, 20*ms)
	if v.node.cut.hangs {
		wait += max(0, v.node.cut.store-v.w.now)
	}
	v.after(wait, func() { v.node.run(func() { r.finish(errFault) }) })
}

func (r *request) finish(err error) {
	if !r.over && !r.v.node.dead {
		r.over, r.err = true, err
		r.by.goOn()
	}
}

// change is a call that writes.
func (v *nodeStore) change(ctx context.Context, op func()) error {
	return v.call(ctx, func() error {
		if v.full {
			return errFault
		}
		op()
		return nil
	})
}

// read is a call that does not.
func (v *nodeStore) read(ctx context.Context, op func() error) error {
	return v.call(ctx, func() error {
		if v.w.plan.unread(v.disk, 0.02) {
			return errFault
		}
		return op()
	})
}

// Append implements store.Store.
func (v *nodeStore) Append(ctx context.Context, writes []store.Write) error {
	s := v.w.running()
	if s == nil || s.node != v.node {
		if !v.node.dead {
			v.w.fail("an append by nobody")
		}
		return errFault
	}
	s.decides(writes)
	fate := v.w.plan.fate(v.disk)
	decided := s.decided
	v.w.tell("%s: append of %d records, fate %d", v.node.name, len(writes), fate.kind)
	var err error
	switch fate.kind {
	case appendLost:
		err = v.call(ctx, func() error { return errFault })
	case appendLate: // it happens after it was given up
		kept := clone(writes)
		v.after(fate.delay+fate.late, func() { _ = v.land(v.node.name, kept, decided) })
		err = v.call(ctx, func() error { return errFault })
	default:
		err = v.call(ctx, func() error {
			if v.full {
				return errFault
			}
			return v.land(v.node.name, writes, decided)
		})
		if err == nil && fate.kind == appendLanded {
			err = errFault
		}
	}
	switch {
	case err == nil, errors.Is(err, store.ErrConflict):
		s.dirty = false
		return err
	}
	return errors.Join(store.ErrUnknown, err)
}

// Records implements store.Store. A table without records has none.
func (v *nodeStore) Records(ctx context.Context, id store.TableID, from uint32, f func(store.Record) error) error {
	var list []store.Record
	err := v.read(ctx, func() error {
		if v.w.plan.unread(v.disk, 0.1) {
			return errFault
		}
		if l := v.log(id); l != nil {
			list = l.records[from-1:]
		}
		v.w.eras++
		return nil
	})
	if err != nil {
		return err
	}
	return each(list, f)
}

// Table implements store.Store.
func (v *nodeStore) Table(ctx context.Context, code string) (sum store.Summary, err error) {
	err = v.read(ctx, func() error {
		l := v.byCode[code]
		if l == nil {
			return store.ErrNotFound
		}
		sum, _ = l.row()
		return nil
	})
	return sum, err
}

// rows reads summaries and hands them on.
func (v *nodeStore) rows(ctx context.Context, f func(store.Summary) error, what func() []store.Summary) error {
	var list []store.Summary
	if err := v.read(ctx, func() error { list = what(); return nil }); err != nil {
		return err
	}
	return each(list, f)
}

// Tables implements store.Store.
func (v *nodeStore) Tables(ctx context.Context, f func(store.Summary) error) error {
	return v.rows(ctx, f, func() []store.Summary { return summaries(v.running(nil)) })
}

// LastTable implements store.Store.
func (v *nodeStore) LastTable(ctx context.Context) (id store.TableID, err error) {
	err = v.read(ctx, func() error { id = store.TableID(len(v.logs)); return nil })
	return id, err
}

// Beat implements store.Store; nodes call Renew.
func (v *nodeStore) Beat(context.Context, rules.Millis) error { return errFault }

// LastBeat implements store.Store.
func (v *nodeStore) LastBeat(ctx context.Context) (at rules.Millis, err error) {
	err = v.read(ctx, func() error { at = v.lastBeat(); return nil })
	return at, err
}

// Node implements store.Shared.
func (v *nodeStore) Node() string { return v.node.name }

// Name implements store.Shared.
func (v *nodeStore) Name(context.Context) (string, error) { return "sim", nil }

// Nodes implements store.Shared.
func (v *nodeStore) Nodes(ctx context.Context) (list []string, err error) {
	err = v.read(ctx, func() error { list = v.nodes(); return nil })
	return list, err
}

// Time implements store.Shared.
func (v *nodeStore) Time(ctx context.Context) (at rules.Millis, err error) {
	err = v.read(ctx, func() error { at = v.time(); return nil })
	return at, err
}

// Renew implements store.Shared.
func (v *nodeStore) Renew(ctx context.Context, now rules.Millis) (lapsed bool, err error) {
	err = v.change(ctx, func() { lapsed = v.renew(v.node.name, now) })
	return lapsed, err
}

// Claim implements store.Shared.
func (v *nodeStore) Claim(ctx context.Context, id store.TableID, now rules.Millis) (own store.Ownership, err error) {
	err = v.call(ctx, func() error {
		if v.full {
			return errFault
		}
		var refused error
		own, refused = v.claimed(v.node, id, now)
		return refused
	})
	return own, err
}

// Owner implements store.Shared.
func (v *nodeStore) Owner(ctx context.Context, id store.TableID) (node string, err error) {
	err = v.read(ctx, func() error {
		var none error
		node, none = v.owner(id)
		return none
	})
	return node, err
}

// Release implements store.Shared.
func (v *nodeStore) Release(ctx context.Context, now rules.Millis) error {
	return v.change(ctx, func() { v.release(v.node.name, now) })
}

// Held implements store.Shared.
func (v *nodeStore) Held(ctx context.Context, f func(store.TableID, uint32) error) error {
	type held struct {
		id    store.TableID
		epoch uint32
	}
	var list []held
	err := v.read(ctx, func() error {
		for _, l := range v.database.held(v.node.name) {
			list = append(list, held{l.id, l.epoch})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each(list, func(h held) error { return f(h.id, h.epoch) })
}

// Orphans implements store.Shared.
func (v *nodeStore) Orphans(ctx context.Context, f func(store.Orphan) error) error {
	var list []store.Orphan
	if err := v.read(ctx, func() error { list = v.orphans(); return nil }); err != nil {
		return err
	}
	return each(list, f)
}

// Reserve implements store.Shared.
func (v *nodeStore) Reserve(ctx context.Context, n int) (id store.TableID, err error) {
	err = v.change(ctx, func() { id = v.reserve(n) })
	return id, err
}

// ChangedSince implements store.Shared.
func (v *nodeStore) ChangedSince(ctx context.Context, moment int64, f func(store.Summary) error) (next int64, err error) {
	err = v.rows(ctx, f, func() (list []store.Summary) {
		list, next = v.changedSince(moment)
		return list
	})
	if err != nil {
		return moment, err
	}
	return next, nil
}

// TablesOf implements store.Shared.
func (v *nodeStore) TablesOf(ctx context.Context, key []byte, f func(store.Summary) error) error {
	return v.rows(ctx, f, func() []store.Summary { return v.tablesOf(key) })
}

// Pair implements store.Shared.
func (v *nodeStore) Pair(ctx context.Context, w store.Wish) (p store.Place, err error) {
	err = v.change(ctx, func() { p = v.pair(v.node.name, w) })
	return p, err
}

// Unpair implements store.Shared.
func (v *nodeStore) Unpair(ctx context.Context, id store.TableID, key []byte) error {
	return v.change(ctx, func() { v.unpair(id, key) })
}
