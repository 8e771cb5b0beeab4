package cluster

import (
	"encoding/binary"
	"maps"
	"slices"

	"hansu/table"
)

// place is a viewer of this node at a table of another.
type place struct {
	viewer table.Viewer
	table  table.ID
}

// proxy stands for it on the link, under a number. It is there while a command waits for an answer or the
// viewer is at the table; the guest at the other end likewise.
type proxy struct {
	place
	no      uint32
	pending int
	at      bool
}

// asked is a command that was sent and not answered yet.
type asked struct {
	p   *proxy
	cmd table.Command
}

// command sends a command over the link.
func (l *link) command(cmd table.Command) {
	at := place{cmd.From, cmd.Table}
	p := l.proxies[at]
	if p == nil {
		if _, detach := cmd.Do.(table.Detach); detach {
			return // the link was broken since: the viewer is not there any more
		}
		l.lastNo++
		p = &proxy{place: at, no: l.lastNo}
		l.proxies[at], l.numbers[p.no] = p, p
		l.tables[at.table]++
	}
	p.pending++
	l.lastTag++
	l.pending[l.lastTag] = asked{p, cmd}
	l.put(msgCommand)
	l.body = binary.AppendUvarint(l.body, uint64(p.no))
	l.body = binary.AppendUvarint(l.body, uint64(l.lastTag))
	l.body = table.AppendCommand(l.body, &cmd)
}

// settle forgets a proxy that stands for nothing any more.
func (l *link) settle(p *proxy) {
	if p.pending > 0 || p.at {
		return
	}
	delete(l.proxies, p.place)
	delete(l.numbers, p.no)
	if l.tables[p.table]--; l.tables[p.table] <= 0 {
		delete(l.tables, p.table)
	}
}

// ends reports whether a command's answer ends its sender's viewing.
func ends(do table.Action, r table.Refusal) bool {
	switch do.(type) {
	case table.Detach:
		return true
	case table.Leave:
		return r == table.Accepted
	}
	return false
}

// messages reads the body of a frame.
func (l *link) messages(p []byte) (calls []call, err error) {
	for len(p) > 0 && err == nil {
		m := message(p[0])
		r := reader{p: p[1:]}
		switch m {
		case msgCommand:
			err = l.commanded(&r)
		case msgAttach, msgCaughtUp:
			err = l.attached(m, &r, &calls)
		case msgDeliver:
			err = l.delivered(&r, &calls)
		case msgAnswer:
			err = l.answered(&r, &calls)
		case msgDrop:
			if x := l.numbers[r.uint32()]; x != nil {
				x.at = false
				l.settle(x)
				calls = append(calls, call{what: msgDrop, viewer: x.viewer, at: table.Attachment{Table: x.table}})
			}
		case msgElsewhere:
			err = l.movedOn(&r, &calls)
		default:
			err = errFrame
		}
		if r.bad {
			err = errFrame
		}
		p = r.p
	}
	return calls, err
}

func (l *link) attached(m message, r *reader, calls *[]call) error {
	x := l.numbers[r.uint32()]
	at, rest, err := table.DecodeAttachment(r.p)
	r.p = rest
	if err != nil || x == nil {
		return err
	}
	if m == msgAttach {
		x.at = true
	}
	*calls = append(*calls, call{what: m, viewer: x.viewer, at: at})
	return nil
}

func (l *link) delivered(r *reader, calls *[]call) error {
	record := r.bytes(int(r.uint32()))
	for range r.uint32() {
		if r.bad {
			return errFrame
		}
		if x := l.numbers[r.uint32()]; x != nil {
			*calls = append(*calls, call{what: msgDeliver, viewer: x.viewer, p: record})
		}
	}
	return nil
}

// take returns what was asked under a tag, which is answered now.
func (l *link) take(tag uint32) (asked, bool) {
	q, ok := l.pending[tag]
	if ok {
		delete(l.pending, tag)
		q.p.pending--
	}
	return q, ok
}

func (l *link) answered(r *reader, calls *[]call) error {
	q, ok := l.take(r.uint32())
	a, rest, err := table.DecodeAnswer(r.p)
	r.p = rest
	if err != nil || !ok {
		return errFrame
	}
	if ends(q.cmd.Do, a.Refusal) {
		q.p.at = false
	}
	l.settle(q.p)
	a.Table, a.Number, a.Do, a.Tag = q.cmd.Table, q.cmd.Number, q.cmd.Do, q.cmd.Tag
	*calls = append(*calls, call{what: msgAnswer, viewer: q.cmd.From, answer: a})
	return nil
}

// movedOn: the other node does not own the table; another does, it says.
func (l *link) movedOn(r *reader, calls *[]call) error {
	q, ok := l.take(r.uint32())
	node := string(r.bytes(int(r.uint32())))
	if !ok || r.bad {
		return errFrame
	}
	l.settle(q.p)
	*calls = append(*calls, l.r.reroute(q.cmd, node)...)
	return nil
}

// inOrder returns a map's values in the order of its keys.
func inOrder[V any](m map[uint32]V) []V {
	list := make([]V, 0, len(m))
	for _, no := range slices.Sorted(maps.Keys(m)) {
		list = append(list, m[no])
	}
	return list
}

// reader reads fields off p; after the first error everything is zero.
type reader struct {
	p   []byte
	bad bool
}

func (r *reader) uint32() uint32 {
	v, n := binary.Uvarint(r.p)
	if n <= 0 || v > 1<<32-1 {
		r.bad, r.p = true, nil
		return 0
	}
	r.p = r.p[n:]
	return uint32(v)
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.p) {
		r.bad, r.p = true, nil
		return nil
	}
	b := r.p[:n]
	r.p = r.p[n:]
	return b
}
