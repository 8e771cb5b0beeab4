package table

import "hansu/store"

// Batch is what a step decided: to be stored whole, then published. It is valid until the next step.
type Batch struct {
	Writes  []store.Write
	outputs []output
}

type outputKind uint8

const (
	outAttach outputKind = iota
	outRecord
	outAnswer
	outInfo
)

// output is one thing to be said once the batch is durable. Moves make most of them, so what
// they do not need is apart.
type output struct {
	kind   outputKind
	seen   uint32
	table  *Table
	viewer Viewer
	record Record
	answer Answer
	at     *Attachment // outAttach
	info   *Info       // outInfo
}

// batchKept is how many outputs a batch's room may have to be used again.
const batchKept = 1 << 14

// reset empties the batch and keeps its room.
func (b *Batch) reset() {
	if cap(b.outputs) > batchKept {
		*b = Batch{}
	}
	clear(b.Writes)
	clear(b.outputs)
	b.Writes, b.outputs = b.Writes[:0], b.outputs[:0]
}

// Publish tells everyone what a durable batch holds.
func (c *Core) Publish(b *Batch) {
	for i := range b.outputs {
		o := &b.outputs[i]
		switch o.kind {
		case outAttach:
			c.tell(o.table)
			o.viewer.Attach(*o.at)
			if c.replay(o) {
				o.viewer.CaughtUp(*o.at)
			}
		case outRecord:
			c.publish(o.table, &o.record)
		case outAnswer:
			o.viewer.Answer(o.answer)
		case outInfo:
			if c.cfg.Changed != nil {
				c.cfg.Changed(*o.info)
			}
		}
	}
}

// replay gives one viewer the records it has not seen; false if they cannot be read.
func (c *Core) replay(o *output) bool {
	for seq := o.seen + 1; seq <= o.at.Last; seq++ {
		rec, err := Decode(o.table.stored(seq))
		if err != nil {
			o.viewer.Drop(o.table.id)
			return false
		}
		c.enc = c.cfg.Encode(c.enc[:0], &rec)
		o.viewer.Deliver(c.enc)
	}
	return true
}

// publish delivers a record to those who view the table, and lets go of those who leave.
// A record without events is none: it only lets go.
func (c *Core) publish(t *Table, r *Record) {
	if r.Seq != 0 {
		t.published = r.Seq
		c.enc = c.cfg.Encode(c.enc[:0], r)
	}
	kept := t.viewers[:0]
	for _, v := range t.viewers {
		if r.Seq != 0 && v.from < r.Seq && r.Seq <= v.until {
			v.viewer.Deliver(c.enc)
		}
		if v.until > t.published {
			kept = append(kept, v)
		}
	}
	clear(t.viewers[len(kept):])
	t.viewers = kept
	c.tell(t)
}
