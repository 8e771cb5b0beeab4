package cluster

import (
	"bytes"
	"encoding/binary"

	"hansu/rules"
	"hansu/table"
)

// guest is a viewer of another node at a table of this one. It implements table.Viewer: what the table
// says to it goes over the link.
type guest struct {
	r       *Router
	link    *link // nil: broken since
	no      uint32
	table   table.ID
	key     table.Key
	pending int
	at      bool
	lost    rules.Millis // when the link broke
}

// delivery is a record at the end of a link's body, to which more viewers may be added: a record is sent
// once to a node, however many there look on.
type delivery struct {
	record []byte // within the body; nil: there is none
	count  int    // where the number of viewers stands
	table  table.ID
}

// commanded hands a command from the other node to this node's shards. They, too, find out if the table is
// not this node's; it is never sent on from here, so that nothing can go in a circle.
func (l *link) commanded(r *reader) error {
	no, tag := r.uint32(), r.uint32()
	cmd, rest, err := table.DecodeCommand(r.p)
	r.p = rest
	if err != nil {
		return err
	}
	g := l.guests[no]
	if g == nil {
		g = &guest{r: l.r, link: l, no: no, table: cmd.Table, key: cmd.Key}
		l.guests[no] = g
	}
	if g.table != cmd.Table {
		return errFrame
	}
	g.pending++
	cmd.From, cmd.Tag = g, tag
	if !l.r.cfg.Local(cmd) {
		g.answer(&table.Answer{Refusal: table.Busy, Do: cmd.Do, Tag: tag})
	}
	return nil
}

// Attach implements table.Viewer.
func (g *guest) Attach(a table.Attachment) {
	g.r.mu.Lock()
	defer g.r.mu.Unlock()
	if g.link == nil {
		return
	}
	g.at = true
	g.attachment(msgAttach, &a)
}

// CaughtUp implements table.Viewer.
func (g *guest) CaughtUp(a table.Attachment) {
	g.r.mu.Lock()
	defer g.r.mu.Unlock()
	if g.link != nil {
		g.attachment(msgCaughtUp, &a)
	}
}

func (g *guest) attachment(m message, a *table.Attachment) {
	l := g.link
	l.put(m)
	l.body = binary.AppendUvarint(l.body, uint64(g.no))
	l.body = table.AppendAttachment(l.body, a)
}

// Deliver implements table.Viewer.
func (g *guest) Deliver(p []byte) {
	g.r.mu.Lock()
	defer g.r.mu.Unlock()
	l := g.link
	if l == nil {
		return
	}
	if d := &l.last; d.record == nil || d.table != g.table || !bytes.Equal(d.record, p) {
		l.put(msgDeliver)
		l.body = binary.AppendUvarint(l.body, uint64(len(p)))
		from := len(l.body)
		l.body = append(l.body, p...)
		*d = delivery{record: l.body[from:len(l.body):len(l.body)], count: len(l.body), table: g.table}
		l.body = append(l.body, 0x80, 0x80, 0x80, 0x80, 0) // a uvarint of fixed length, counted up below
	}
	n, _ := binary.Uvarint(l.body[l.last.count:])
	setUvarint(l.body[l.last.count:], uint32(n)+1)
	l.body = binary.AppendUvarint(l.body, uint64(g.no))
}

// setUvarint writes v as a uvarint of five bytes.
func setUvarint(p []byte, v uint32) {
	for i := range 4 {
		p[i] = byte(v) | 0x80
		v >>= 7
	}
	p[4] = byte(v)
}

// Answer implements table.Viewer.
func (g *guest) Answer(a table.Answer) {
	g.r.mu.Lock()
	defer g.r.mu.Unlock()
	g.answer(&a)
}

func (g *guest) answer(a *table.Answer) {
	g.pending--
	if ends(a.Do, a.Refusal) {
		g.at = false
	}
	l := g.link
	if l == nil {
		return
	}
	l.put(msgAnswer)
	l.body = binary.AppendUvarint(l.body, uint64(a.Tag))
	l.body = table.AppendAnswer(l.body, a)
	g.settle()
}

// elsewhere sends a command back whose table is another node's.
func (g *guest) elsewhere(cmd table.Command, node string) {
	g.pending--
	l := g.link
	if l == nil {
		return
	}
	l.put(msgElsewhere)
	l.body = binary.AppendUvarint(l.body, uint64(cmd.Tag))
	l.body = binary.AppendUvarint(l.body, uint64(len(node)))
	l.body = append(l.body, node...)
	g.settle()
}

// Drop implements table.Viewer.
func (g *guest) Drop(table.ID) {
	g.r.mu.Lock()
	defer g.r.mu.Unlock()
	g.at = false
	l := g.link
	if l == nil {
		return
	}
	l.put(msgDrop)
	l.body = binary.AppendUvarint(l.body, uint64(g.no))
	g.settle()
}

// settle forgets a guest that stands for nothing any more, as its proxy does at the other end.
func (g *guest) settle() {
	if g.pending == 0 && !g.at {
		delete(g.link.guests, g.no)
	}
}
