package sim

import (
	"bytes"
	"fmt"
	"slices"

	"hansu/rules"
	"hansu/store"
	"hansu/table"
)

// database is what is durable: the state of a store and what its statements do to it, each in one instant. It is
// that of a single server's file as well as the one that several nodes share. It knows nothing of networks and faults.
type database struct {
	clock  func() micros // its own, which never stands still
	logs   []*tableLog   // by table, from 1
	byCode map[string]*tableLog
	games  map[[2]uint32]store.Game
	put    func(l *tableLog, w *store.Write) // looks at each record before it is there; nil: nobody does

	// What several nodes share; see Shared.
	lease, promise micros
	members        map[string]*member
	places         []*waiting    // in the order in which they came
	next           store.TableID // the next number to be reserved, less one
}

// tableLog is one table in the database.
type tableLog struct {
	id      store.TableID
	records []store.Record
	summary store.Summary
	changed micros // when the summary was written

	// Who owns it, where that matters.
	owner string // "": nobody
	epoch uint32
	lag   rules.Millis
	idle  rules.Millis // service time since when nobody owns it; -1: not noted

	// What the simulation knows about it.
	decoded []table.Record
	packets [][]byte // as viewers are given them
	uptime  []micros // of servers, when it was decided
	lags    map[uint32]rules.Millis
	playing bool
	taken   [2]bool // seats
}

func newDatabase(clock func() micros) *database {
	return &database{
		clock: clock, byCode: map[string]*tableLog{}, games: map[[2]uint32]store.Game{},
		members: map[string]*member{},
	}
}

func (d *database) log(id store.TableID) *tableLog {
	if id == 0 || int(id) > len(d.logs) {
		return nil
	}
	return d.logs[id-1]
}

// append makes the writes of a node durable, all or none.
func (d *database) append(node string, writes []store.Write) error {
	for i := range writes {
		if err := d.fits(&writes[i], writes[:i]); err != nil {
			return err
		}
	}
	at := rules.Millis(0)
	for i := range writes {
		w := &writes[i]
		l := d.log(w.Table)
		if l == nil {
			l = &tableLog{id: w.Table, owner: node, epoch: w.Epoch, idle: -1}
			for int(w.Table) > len(d.logs) {
				d.logs = append(d.logs, nil)
			}
			d.logs[w.Table-1] = l
		}
		if int(w.Seq) <= len(l.records) {
			continue // it is there already
		}
		d.write(l, w)
		at = max(at, w.At)
	}
	if m := d.members[node]; m != nil {
		m.beat = max(m.beat, at)
	}
	return nil
}

// fits checks what the store must refuse; before are the writes that come first in the same append.
func (d *database) fits(w *store.Write, before []store.Write) error {
	have, epoch := 0, w.Epoch
	if l := d.log(w.Table); l != nil {
		have, epoch = len(l.records), l.epoch
		if int(w.Seq) <= have {
			return same(&l.records[w.Seq-1], w)
		}
	}
	for i := range before {
		if b := &before[i]; b.Table == w.Table {
			if b.Seq == w.Seq {
				return same(&b.Record, w)
			}
			if have = max(have, int(b.Seq)); b.Epoch != w.Epoch {
				return fmt.Errorf("%w: table %d under epochs %d and %d", store.ErrConflict, w.Table, b.Epoch, w.Epoch)
			}
		}
	}
	if int(w.Seq) != have+1 {
		return fmt.Errorf("%w: table %d, record %d after %d", store.ErrConflict, w.Table, w.Seq, have)
	}
	if w.Epoch != epoch {
		return fmt.Errorf("%w: table %d, record %d under epoch %d, which is %d", store.ErrConflict, w.Table, w.Seq, w.Epoch, epoch)
	}
	return d.unique(w)
}

func same(old *store.Record, w *store.Write) error {
	if old.Epoch != w.Epoch || old.At != w.At || old.Deadline != w.Deadline || !bytes.Equal(old.Data, w.Data) {
		return fmt.Errorf("%w: table %d, record %d would be overwritten", store.ErrConflict, w.Table, w.Seq)
	}
	return nil
}

// unique checks what no two tables may have.
func (d *database) unique(w *store.Write) error {
	if s := w.Summary; s != nil {
		if other := d.byCode[s.Code]; other != nil && other.id != w.Table {
			return fmt.Errorf("%w: code %s is table %d's", store.ErrConflict, s.Code, other.id)
		}
	}
	if g := w.Game; g != nil {
		if _, twice := d.games[[2]uint32{uint32(w.Table), uint32(g.Number)}]; twice {
			return fmt.Errorf("%w: game %d of table %d is archived", store.ErrConflict, g.Number, w.Table)
		}
	}
	return nil
}

func (d *database) write(l *tableLog, w *store.Write) {
	if d.put != nil {
		d.put(l, w)
	}
	r := w.Record
	r.Data = bytes.Clone(w.Data)
	l.records = append(l.records, r)
	if w.Summary != nil {
		delete(d.byCode, l.summary.Code)
		l.summary, l.changed = *w.Summary, d.clock()
		d.byCode[l.summary.Code] = l
		if l.summary.State != store.Open {
			d.places = slices.DeleteFunc(d.places, func(p *waiting) bool { return p.table == l.id })
		}
	}
	if w.Game != nil {
		d.games[[2]uint32{uint32(w.Table), uint32(w.Game.Number)}] = *w.Game
	}
}

// row is the table's summary as it is read; ok is false if it has none.
func (l *tableLog) row() (s store.Summary, ok bool) {
	s = l.summary
	last := l.records[len(l.records)-1]
	s.LastSeq, s.Deadline = last.Seq, last.Deadline
	return s, s.State != 0
}

func (l *tableLog) shut() bool { return l.summary.State == store.Shut }

// running returns the tables that are not Shut, in order of id, if they are what is asked for.
func (d *database) running(want func(*tableLog) bool) (list []*tableLog) {
	for _, l := range d.logs {
		if l != nil && l.summary.State != 0 && !l.shut() && (want == nil || want(l)) {
			list = append(list, l)
		}
	}
	return list
}

func summaries(list []*tableLog) (sums []store.Summary) {
	for _, l := range list {
		s, _ := l.row()
		sums = append(sums, s)
	}
	return sums
}

// each calls f with every value of a list, until it ends that.
func each[T any](list []T, f func(T) error) error {
	for _, v := range list {
		if err := f(v); err == store.ErrStop {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}
