package sim

import (
	"bytes"
	"context"
	"errors"
	"time"

	"hansu/rules"
	"hansu/session"
	"hansu/store"
	"hansu/table"
)

// disk is what is durable, and what the simulation knows about it. It outlives every server of a run.
type disk struct {
	actor
	*database
	beat    rules.Millis
	latest  rules.Millis            // of all records
	authors map[author][2]uint32    // which record a command became: table, number
	said    map[string]store.Record // chat lines, each of which is sent once
	full    bool                    // takes no more
	decided micros                  // when what is being written was decided
}

// author names a command for good.
type author struct{ instance, number uint32 }

func newDisk(w *world) *disk {
	d := &disk{
		actor: w.actor(), database: newDatabase(func() micros { return w.now }),
		authors: map[author][2]uint32{}, said: map[string]store.Record{},
	}
	d.put, d.lease, d.promise = d.take, micros(leaseTime/time.Microsecond), micros(store.PromiseTime/time.Microsecond)
	return d
}

// packets returns a durable record as packets, nil if there is none.
func (d *disk) packets(id store.TableID, seq uint32) []byte {
	if l := d.log(id); l != nil && seq >= 1 && int(seq) <= len(l.packets) {
		return l.packets[seq-1]
	}
	return nil
}

var errFault = errors.New("simulated fault")

// land makes writes durable, all or none. What one server alone writes always fits.
func (d *disk) land(node string, writes []store.Write, decided micros) error {
	d.decided = decided
	err := d.append(node, writes)
	if err != nil && (!d.w.cluster() || !d.overtaken(writes)) {
		d.w.fail("%v", err)
	}
	return err
}

// take looks at a record that is about to be there.
func (d *disk) take(l *tableLog, w *store.Write) {
	rec, err := table.Decode(w.Record)
	if err != nil {
		d.w.fail("a record that cannot be read: %v", err)
		return
	}
	d.judge(l, &rec, w.Epoch, d.decided)
	l.decoded = append(l.decoded, rec)
	l.packets = append(l.packets, session.Encode(nil, &rec))
	l.uptime = append(l.uptime, d.decided)
	d.latest = max(d.latest, w.At)
	d.w.result.Records++
	d.w.mark(uint64(w.Table)<<40|uint64(w.Seq), uint64(len(w.Data)))
}

// view is the disk as one server sees it: what that server has not finished when it dies may or
// may not happen. It implements store.Store.
type view struct {
	*disk
	node *node
}

// Append implements store.Store. It gives way to the scheduler until it returns.
func (v *view) Append(_ context.Context, writes []store.Write) error {
	s := v.w.running()
	if s == nil || s.node != v.node {
		v.w.fail("an append by nobody")
		return errFault
	}
	s.decides(writes)
	fate := v.w.plan.fate(v.disk)
	delay := fate.delay
	v.w.tell("append of %d records, fate %d", len(writes), fate.kind)
	uptime := s.decided
	var err error
	land := func() {
		if !v.node.dead {
			err = v.land("", writes, uptime)
		}
	}
	switch fate.kind {
	case appendLost:
		err = store.ErrUnknown
	case appendLate: // it happens after it was given up
		kept := clone(writes)
		v.after(delay+fate.late, func() {
			if !v.node.dead {
				_ = v.land("", kept, uptime)
			}
		})
		err = store.ErrUnknown
	default:
		s.pending, s.uptime = writes, uptime
		v.after(delay/2, func() { land(); s.pending = nil })
	}
	if !s.park(delay) {
		return store.ErrUnknown
	}
	if err == nil && fate.kind == appendLanded {
		err = store.ErrUnknown
	}
	if err == nil {
		s.dirty = false
	}
	return err
}

func clone(writes []store.Write) []store.Write {
	kept := append([]store.Write(nil), writes...)
	for i := range kept {
		kept[i].Data = bytes.Clone(kept[i].Data)
	}
	return kept
}

// Records implements store.Store.
func (v *view) Records(_ context.Context, id store.TableID, from uint32, f func(store.Record) error) error {
	if v.w.plan.unread(v.disk, 0.2) {
		return errFault
	}
	l := v.log(id)
	if l == nil {
		return store.ErrNotFound
	}
	for i := int(from) - 1; i < len(l.records); i++ {
		if err := f(l.records[i]); err != nil {
			return err
		}
	}
	return nil
}

// Table implements store.Store.
func (v *view) Table(_ context.Context, code string) (store.Summary, error) {
	if l := v.byCode[code]; l != nil {
		s, _ := l.row()
		return s, nil
	}
	return store.Summary{}, store.ErrNotFound
}

// Tables implements store.Store.
func (v *view) Tables(_ context.Context, f func(store.Summary) error) error {
	return each(summaries(v.running(nil)), f)
}

// LastTable implements store.Store.
func (v *view) LastTable(context.Context) (store.TableID, error) {
	return store.TableID(len(v.logs)), nil
}

// Games implements store.Store; nothing that is simulated asks for them.
func (v *view) Games(context.Context, store.TableID, uint16, func(store.Game) error) error {
	return nil
}

// Game implements store.Store; nothing that is simulated asks for one.
func (v *view) Game(context.Context, string, uint16) (store.Game, error) {
	return store.Game{}, store.ErrNotFound
}

// Beat implements store.Store.
func (v *view) Beat(_ context.Context, now rules.Millis) error {
	if v.full {
		return errFault
	}
	v.beat = max(v.beat, now)
	return nil
}

// LastBeat implements store.Store.
func (v *view) LastBeat(context.Context) (rules.Millis, error) { return max(v.beat, v.latest), nil }

// Close implements store.Store.
func (v *view) Close() error { return nil }
