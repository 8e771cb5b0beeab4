package table

import (
	"encoding/binary"
	"maps"
	"slices"

	"hansu/rules"
	"hansu/store"
)

// Viewer is a connected client as a table sees it. The calls come from the goroutine
// of the table's shard, in the order in which things happened; they must not wait.
type Viewer interface {
	// Attach says that the client is at the table from now on; records follow.
	Attach(Attachment)
	// Deliver hands over the encoded form of one record, which Config.Encode made.
	// p is shared with other viewers and valid until Deliver returns.
	Deliver(p []byte)
	// CaughtUp says that the records up to Attachment.Last have been delivered.
	CaughtUp(Attachment)
	// Answer says what became of a command.
	Answer(Answer)
	// Drop says that the table can no longer be followed on this connection; a
	// new connection can take it up again.
	Drop(store.TableID)
}

// Attachment says what a client is at a table.
type Attachment struct {
	Table   store.TableID
	Seat    Seat // 0: spectator
	Last    uint32
	Setting Setting
	Running Seat              // whose time runs; 0: no clock does
	Left    [2]rules.TimeLeft // now, of seats 1 and 2, if a clock runs
}

// Answer says what became of a command.
type Answer struct {
	Table   store.TableID
	Number  uint32
	Record  uint32 // the record that holds its effect; 0 if it needed none or was refused
	Refusal Refusal
	Problem rules.Problem // of IllegalMove
	Do      Action
	Tag     uint32 // the command's
	// Forbidding answers Points, and is nil for all else.
	Forbidding *Forbidding
}

// Command is one wish of one client, for one table.
type Command struct {
	Table    store.TableID
	From     Viewer // who hears the answer
	Key      Key    // who wishes it
	Instance uint32
	Number   uint32 // sent again, it has no second effect; 0: not numbered
	Do       Action
	Tag      uint32 // From's own: the answer has it too, the table does not look at it
}

// Config is what all tables of a Core share.
type Config struct {
	// Encode appends the form of a record that viewers are given.
	Encode func(dst []byte, r *Record) []byte
	// Changed is told of every change that the lobby shows, in order, once durable; may be nil.
	Changed func(Info)
	// Counted is told how many moves a table's game has, once durable; may be nil.
	Counted func(id store.TableID, plies int)
	// Reconnect is how long after a restart a player counts as present without a connection.
	Reconnect rules.Millis
	// Abandon is how long an untimed game waits when both players are away before it is called off.
	Abandon rules.Millis
}

// Time is now, as handed to a step.
type Time struct {
	Service rules.Millis // counts only while the server is up: clocks and deadlines
	Wall    int64        // Unix milliseconds: what people read
}

// Core holds tables and decides what happens at them. It is not safe for concurrent use.
type Core struct {
	cfg    Config
	tables map[store.TableID]*Table
	due    deadlines
	batch  Batch  // the present one; its room is used again
	buf    []byte // stored forms of the present batch
	enc    []byte // scratch for Encode
}

// first is how a table is owned by who opens it.
var first = store.Ownership{Epoch: 1}

// NewCore returns a Core without tables.
func NewCore(cfg Config) *Core {
	return &Core{cfg: cfg, tables: make(map[store.TableID]*Table)}
}

// viewing is a viewer at a table: it is given the records after from up to until.
type viewing struct {
	viewer      Viewer
	seat        Seat
	from, until uint32
}

const forever = ^uint32(0)

// Has reports whether the table is in memory.
func (c *Core) Has(id store.TableID) bool { return c.tables[id] != nil }

// Expect makes Due name a table at a time although it is not in memory.
func (c *Core) Expect(id store.TableID, at rules.Millis) { c.due.push(at, id) }

// Next returns the next time at which Due will name a table.
func (c *Core) Next() (rules.Millis, bool) { return c.due.next() }

// Due returns the tables whose time has come, as commands for Step.
func (c *Core) Due(now rules.Millis, cmds []Command) []Command {
	for {
		at, id, ok := c.due.pop(now)
		if !ok {
			return cmds
		}
		if t := c.tables[id]; t != nil {
			if t.queued != at { // an older entry of a table that is queued again
				continue
			}
			t.queued = 0
			if t.deadline+t.own.Lag > now {
				c.queue(t)
				continue
			}
		}
		cmds = append(cmds, Command{Table: id, Do: tick{}})
	}
}

// queue makes sure that t is looked at no later than its deadline. Deadlines mostly
// move back, with every move; an entry that comes too early is put in again by Due.
func (c *Core) queue(t *Table) {
	if at := t.deadline + t.own.Lag; t.deadline != 0 && (t.queued == 0 || at < t.queued) {
		t.queued = at
		c.due.push(at, t.id)
	}
}

// Restore brings a table back from its stored records, to be decided here under own.
func (c *Core) Restore(id store.TableID, own store.Ownership, records []store.Record, now rules.Millis) error {
	t := &Table{id: id, own: own}
	for _, r := range records {
		rec, err := Decode(r)
		if err == nil {
			err = t.apply(rec)
		}
		if err != nil {
			t.fault = err.Error()
			c.tables[t.id] = t
			return err
		}
		t.keep(r.At, r.Data)
	}
	t.grace(now - own.Lag + c.cfg.Reconnect)
	c.tell(t)
	c.tables[t.id] = t
	t.deadline = t.nextDeadline(c.cfg)
	c.queue(t)
	return nil
}

// Forget drops a table from memory; its viewers are told.
func (c *Core) Forget(id store.TableID) {
	t := c.tables[id]
	if t == nil {
		return
	}
	delete(c.tables, id)
	for _, v := range t.viewers {
		v.viewer.Drop(id)
	}
}

// Retain forgets the tables that are not in held, or there under another epoch: somebody else decides at them.
func (c *Core) Retain(held map[store.TableID]uint32) {
	for _, id := range slices.Sorted(maps.Keys(c.tables)) { // the same order each time, for the simulation
		if epoch, ok := held[id]; !ok || epoch != c.tables[id].own.Epoch {
			c.Forget(id)
		}
	}
}

// Sweep forgets tables that nobody looks at and that wait for nothing soon, so
// that memory does not grow with every table ever opened. Their deadlines stay queued.
func (c *Core) Sweep(now, soon rules.Millis) {
	for id, t := range c.tables {
		at := t.deadline + t.own.Lag
		if len(t.viewers) > 0 || t.fault != "" || (t.deadline != 0 && at < now+soon) {
			continue
		}
		delete(c.tables, id)
		if t.deadline != 0 && t.queued != at {
			c.due.push(at, id)
		}
	}
}

// Len returns the number of tables in memory.
func (c *Core) Len() int { return len(c.tables) }

func (t *Table) keep(at rules.Millis, data []byte) {
	t.log = binary.AppendUvarint(t.log, uint64(at))
	t.log = append(t.log, data...)
	t.ends = append(t.ends, uint32(len(t.log)))
}

// stored returns record seq as kept.
func (t *Table) stored(seq uint32) store.Record {
	from := uint32(0)
	if seq > 1 {
		from = t.ends[seq-2]
	}
	p := t.log[from:t.ends[seq-1]]
	at, n := binary.Uvarint(p)
	return store.Record{Table: t.id, Seq: seq, At: rules.Millis(at), Data: p[n:]}
}

// Step decides commands in their order. Nothing it decided may be heard of, and no
// other step taken, before the batch's writes are durable: then call Publish.
func (c *Core) Step(now Time, cmds []Command) *Batch {
	b := &c.batch
	b.reset()
	c.buf = c.buf[:0]
	for i := range cmds {
		c.decide(b, now, &cmds[i])
	}
	return b
}

func (c *Core) decide(b *Batch, now Time, cmd *Command) {
	t := c.tables[cmd.Table]
	if _, ok := cmd.Do.(Create); ok && t == nil {
		t = &Table{id: cmd.Table, own: first}
		c.tables[t.id] = t
	}
	if t != nil {
		// The table's own time. The clock of who owned it before may have been a little ahead.
		now.Service = max(now.Service-t.own.Lag, t.at)
	}
	d := decision{core: c, batch: b, now: now, t: t, cmd: cmd}
	switch {
	case t == nil:
		d.refuse(NoTable, 0)
		return
	case t.fault != "":
		d.refuse(Damaged, 0)
		return
	}
	d.expire()
	d.seat = t.seatOf(cmd.Key)
	by := Author{Seat: d.seat, Instance: cmd.Instance, Number: cmd.Number}
	if !effective(cmd.Do) {
		by.Number = 0
	}
	if by.Number != 0 && d.seat != 0 {
		if a, ok := t.recall(d.seat, cmd.Instance, cmd.Number); ok {
			d.repeat(a)
			return
		}
	}
	refusal := cmd.Do.decide(&d)
	by.Seat = d.seat // which the action may have given
	seq := d.commit(by)
	switch {
	case t.fault != "":
		d.refuse(Damaged, 0)
	case refusal != Accepted:
		d.refuse(refusal, d.problem)
	default:
		d.answer(Answer{Record: seq, Forbidding: d.forbidding})
	}
}

// effective says whether a command may have only one effect. Coming to a table has as many as it is
// sent: each connection comes for itself. A question is answered each time, as of then.
func effective(do Action) bool {
	switch do.(type) {
	case Attach, Detach, Points, tick:
		return false
	}
	return true
}

// decision is the deciding of one command.
type decision struct {
	core    *Core
	batch   *Batch
	now     Time
	t       *Table
	cmd     *Command
	seat    Seat // the sender's, 0 for a spectator
	events  []Event
	problem rules.Problem
	leaving bool // the sender stops viewing with this record

	forbidding *Forbidding // answers Points
}

func (d *decision) emit(events ...Event) { d.events = append(d.events, events...) }

// commit makes one record of the events decided so far, and returns its number, 0 if there
// are none.
func (d *decision) commit(by Author) uint32 {
	t, c := d.t, d.core
	if len(d.events) == 0 {
		d.unview(t.seq)
		return 0
	}
	before := t.info()
	rec := Record{Table: t.id, Seq: t.seq + 1, At: d.now.Service, By: by, Events: d.events}
	d.events = nil
	from := len(c.buf)
	c.buf = appendRecord(c.buf, by, rec.Events)
	data := c.buf[from:len(c.buf):len(c.buf)]
	if err := t.apply(rec); err != nil {
		// Decided here and refused by our own apply: a defect. The table stops, others go on.
		t.fault = err.Error()
		return 0
	}
	t.keep(rec.At, data)
	t.deadline = t.nextDeadline(c.cfg)
	c.queue(t)
	w := store.Write{Record: store.Record{Table: t.id, Seq: rec.Seq, Epoch: t.own.Epoch, At: rec.At, Deadline: t.deadline, Data: data}}
	after := t.info()
	if before != after || rec.Seq == 1 {
		w.Summary = t.summary(after)
		changed := after // not after itself, which would be allocated for every record
		changed.Seq = rec.Seq
		d.batch.outputs = append(d.batch.outputs, output{kind: outInfo, info: &changed})
	}
	for _, e := range rec.Events {
		if end, ok := e.(Ended); ok && end.Reason != rules.Aborted {
			w.Game = t.archive(end)
		}
	}
	d.batch.Writes = append(d.batch.Writes, w)
	d.batch.outputs = append(d.batch.outputs, output{kind: outRecord, table: t, record: rec})
	d.unview(t.seq)
	return rec.Seq
}

func (d *decision) answer(a Answer) {
	if d.cmd.From == nil {
		return
	}
	a.Table, a.Number, a.Do, a.Tag = d.cmd.Table, d.cmd.Number, d.cmd.Do, d.cmd.Tag
	d.batch.outputs = append(d.batch.outputs, output{kind: outAnswer, viewer: d.cmd.From, answer: a})
}

func (d *decision) refuse(r Refusal, p rules.Problem) {
	if d.t != nil && d.seat != 0 && d.cmd.Number != 0 && r != Damaged && effective(d.cmd.Do) {
		d.t.remember(d.seat, told{instance: d.cmd.Instance, number: d.cmd.Number, refusal: r, problem: p})
	}
	d.answer(Answer{Refusal: r, Problem: p})
}

// repeat answers a command that was decided before. One that brought its sender to the
// table brings it there again: the first answer may have been lost with its connection.
func (d *decision) repeat(a told) {
	if a.refusal == Accepted {
		switch d.cmd.Do.(type) {
		case Create, Sit:
			d.attach(0)
			d.commit(Author{})
		}
	}
	d.answer(Answer{Record: a.record, Refusal: a.refusal, Problem: a.problem})
}

// view finds the sender among the viewers.
func (d *decision) view() *viewing {
	for i := range d.t.viewers {
		v := &d.t.viewers[i]
		if v.viewer == d.cmd.From && v.until == forever {
			return v
		}
	}
	return nil
}

// attach makes the sender a viewer, from record seen on, and its seat present.
func (d *decision) attach(seen uint32) {
	t := d.t
	if d.cmd.From == nil {
		return
	}
	v := d.view()
	if v == nil {
		t.viewers = append(t.viewers, viewing{viewer: d.cmd.From, until: forever})
		v = &t.viewers[len(t.viewers)-1]
	}
	v.from = t.seq
	if v.seat != d.seat {
		d.absent(v.seat)
		v.seat = d.seat
		if d.seat != 0 {
			t.place(d.seat).present++
		}
	}
	if d.seat != 0 && t.place(d.seat).away {
		d.emit(Back{d.seat})
	}
	at := Attachment{Table: t.id, Seat: d.seat, Last: t.seq, Setting: t.set}
	if t.phase == Playing && t.set.Time.Timing != rules.Untimed {
		at.Running, at.Left = t.turn(), t.left(t.clock, d.now.Service)
	}
	d.batch.outputs = append(d.batch.outputs, output{
		kind: outAttach, table: t, viewer: d.cmd.From, seen: min(seen, t.seq), at: &at,
	})
}

// unview ends the sender's viewing after record last, if it is leaving.
func (d *decision) unview(last uint32) {
	if !d.leaving {
		return
	}
	d.leaving = false
	v := d.view()
	if v == nil {
		return
	}
	v.until = last
	d.absent(v.seat)
	d.batch.outputs = append(d.batch.outputs, output{kind: outRecord, table: d.t}) // so that Publish removes it
}

// absent counts one connection less for a seat.
func (d *decision) absent(s Seat) {
	if s == 0 {
		return
	}
	if p := d.t.place(s); p.present > 0 {
		p.present--
	}
}
