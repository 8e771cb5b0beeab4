package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"hansu/rules"
	"hansu/session"
	"hansu/store"
	"hansu/table"
)

// disk is what is durable. It outlives every server of a run.
type disk struct {
	actor
	logs    []*tableLog // by table, from 1
	byCode  map[string]*tableLog
	games   map[[2]uint32]store.Game
	beat    rules.Millis
	latest  rules.Millis            // of all records
	authors map[author][2]uint32    // which record a command became: table, number
	said    map[string]store.Record // chat lines, each of which is sent once
	full    bool                    // takes no more
}

// author names a command for good.
type author struct{ instance, number uint32 }

// tableLog is one table on the disk.
type tableLog struct {
	records []store.Record
	decoded []table.Record
	packets [][]byte // as viewers are given them
	uptime  []micros // of servers, when it was decided
	summary store.Summary
	playing bool
}

func newDisk(w *world) *disk {
	return &disk{
		actor: w.actor(), byCode: map[string]*tableLog{}, games: map[[2]uint32]store.Game{},
		authors: map[author][2]uint32{}, said: map[string]store.Record{},
	}
}

func (d *disk) log(id store.TableID) *tableLog {
	if id == 0 || int(id) > len(d.logs) {
		return nil
	}
	return d.logs[id-1]
}

// record returns a durable record as packets, nil if there is none.
func (d *disk) packets(id store.TableID, seq uint32) []byte {
	if l := d.log(id); l != nil && seq >= 1 && int(seq) <= len(l.packets) {
		return l.packets[seq-1]
	}
	return nil
}

var errFault = errors.New("simulated fault")

// land makes writes durable, all or none.
func (d *disk) land(writes []store.Write, uptime micros) error {
	for i := range writes {
		if err := d.fits(&writes[i], writes[:i]); err != nil {
			d.w.fail("%v", err)
			return err
		}
	}
	for i := range writes {
		wr := &writes[i]
		l := d.log(wr.Table)
		if l == nil {
			l = &tableLog{}
			for int(wr.Table) > len(d.logs) {
				d.logs = append(d.logs, nil)
			}
			d.logs[wr.Table-1] = l
		}
		if int(wr.Seq) <= len(l.records) {
			continue // it is there already
		}
		d.put(l, wr, uptime)
	}
	return nil
}

// fits checks what the store must refuse; before are the writes that come first in the same append.
func (d *disk) fits(wr *store.Write, before []store.Write) error {
	have := 0
	if l := d.log(wr.Table); l != nil {
		have = len(l.records)
		if int(wr.Seq) <= have {
			old := l.records[wr.Seq-1]
			if old.At != wr.At || old.Deadline != wr.Deadline || !bytes.Equal(old.Data, wr.Data) {
				return fmt.Errorf("%w: table %d, record %d would be overwritten", store.ErrConflict, wr.Table, wr.Seq)
			}
			return nil
		}
	}
	for i := range before {
		if before[i].Table == wr.Table {
			have = max(have, int(before[i].Seq))
		}
	}
	if int(wr.Seq) != have+1 {
		return fmt.Errorf("%w: table %d, record %d after %d", store.ErrConflict, wr.Table, wr.Seq, have)
	}
	return nil
}

func (d *disk) put(l *tableLog, wr *store.Write, uptime micros) {
	r := wr.Record
	r.Data = bytes.Clone(wr.Data)
	rec, err := table.Decode(r)
	if err != nil {
		d.w.fail("a record that cannot be read: %v", err)
		return
	}
	d.judge(l, &rec, uptime)
	l.records = append(l.records, r)
	l.decoded = append(l.decoded, rec)
	l.packets = append(l.packets, session.Encode(nil, &rec))
	l.uptime = append(l.uptime, uptime)
	if wr.Summary != nil {
		l.summary = *wr.Summary
		d.byCode[l.summary.Code] = l
	}
	if wr.Game != nil {
		key := [2]uint32{uint32(wr.Table), uint32(wr.Game.Number)}
		if _, twice := d.games[key]; twice {
			d.w.fail("game %d of table %d is archived twice", key[1], key[0])
		}
		d.games[key] = *wr.Game
	}
	d.latest = max(d.latest, r.At)
	d.w.result.Records++
	d.w.mark(uint64(r.Table)<<40|uint64(r.Seq), uint64(len(r.Data)))
}

// view is the disk as one server sees it: what that server has not finished when it dies may or
// may not happen. It implements store.Store.
type view struct {
	*disk
	node *node
}

// Append implements store.Store. It gives way to the scheduler until it returns.
func (v *view) Append(_ context.Context, writes []store.Write) error {
	s := v.w.running
	if s == nil || s.node != v.node {
		v.w.fail("an append by nobody")
		return errFault
	}
	first := !s.dirty
	s.dirty = true
	if first && s.spoke != "" {
		v.w.fail("a client has heard %s before what was decided with it is durable", s.spoke)
	}
	if first {
		s.decided = v.w.uptime()
		v.punctual(writes, s)
	}
	fate := v.w.plan.fate(v.disk)
	delay := fate.delay
	v.w.tell("append of %d records, fate %d", len(writes), fate.kind)
	uptime := s.decided
	var err error
	land := func() {
		if !v.node.dead {
			err = v.land(writes, uptime)
		}
	}
	switch fate.kind {
	case appendLost:
		err = store.ErrUnknown
	case appendLate: // it happens after it was given up
		kept := clone(writes)
		v.after(delay+fate.late, func() {
			if !v.node.dead {
				_ = v.land(kept, uptime)
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
	if v.w.plan.unread(v.disk) {
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
		return l.row(), nil
	}
	return store.Summary{}, store.ErrNotFound
}

func (l *tableLog) row() store.Summary {
	s := l.summary
	last := l.records[len(l.records)-1]
	s.LastSeq, s.Deadline = last.Seq, last.Deadline
	return s
}

// Tables implements store.Store.
func (v *view) Tables(_ context.Context, f func(store.Summary) error) error {
	for _, l := range v.logs {
		if l == nil || l.summary.State == store.Shut {
			continue
		}
		if err := f(l.row()); err != nil {
			return err
		}
	}
	return nil
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
