package cluster

import (
	"encoding/binary"

	"hansu/rules"
	"hansu/table"
)

// Count says how many moves a table's game has and how many look on at one node: numbers for lists,
// which may be late.
type Count struct {
	Table   table.ID
	Plies   int // -1: not said
	Viewers int // likewise
}

// cast gathers what all nodes are to be told. Its frames are numbered, too; who misses one looks into the
// store.
type cast struct {
	sent  uint32
	full  [][]byte // bodies of frames to come
	body  []byte   // of the last one, growing
	hello bool
	told  rules.Millis // when the last hello was sent
}

// Changed tells all other nodes what a table of this one has become. It is the tables' Config.Changed.
func (r *Router) Changed(in table.Info) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out.put(r, msgInfo)
	r.out.body = table.AppendInfo(r.out.body, &in)
}

// Count tells all other nodes numbers of this one.
func (r *Router) Count(counts []Count) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range counts {
		r.out.put(r, msgCount)
		r.out.body = binary.AppendUvarint(r.out.body, uint64(c.Table))
		r.out.body = binary.AppendUvarint(r.out.body, uint64(c.Plies+1))
		r.out.body = binary.AppendUvarint(r.out.body, uint64(c.Viewers+1))
	}
}

func (c *cast) put(r *Router, m message) {
	switch {
	case len(c.body) == 0:
		r.cfg.Wake()
	case len(c.body) > castMost:
		c.full = append(c.full, c.body)
		c.body = nil
	}
	c.body = append(c.body, byte(m))
}

// castMost keeps frames well below what the bus takes, in bytes. A body may be longer by one message.
const castMost = 256 << 10

// frames takes what has gathered.
func (c *cast) frames(node string) (list [][]byte) {
	bodies := c.full
	if len(c.body) > 0 || c.hello && len(c.full) == 0 {
		bodies = append(bodies, c.body)
	}
	for _, body := range bodies {
		if len(body) > 0 {
			c.sent++
		}
		b := append([]byte{formatV1, byte(frameCast), byte(len(node))}, node...)
		b = append(b, make([]byte, 16)...) // generations are the links'
		b = binary.BigEndian.AppendUint32(b, c.sent)
		list = append(list, append(b, body...))
	}
	c.full, c.body, c.hello = nil, nil, false
	return list
}

// Heard takes in a frame that was sent to all nodes. p is the caller's.
func (r *Router) Heard(p []byte) {
	h, body, err := parse(p)
	if err != nil || h.from == r.cfg.Node || h.kind != frameCast {
		return
	}
	r.mu.Lock()
	if r.ended {
		r.mu.Unlock()
		return
	}
	l := r.link(h.from) // which makes this node say hello
	l.spoke = r.cfg.Now()
	missed := h.number != l.cast
	if len(body) > 0 {
		missed = h.number != l.cast+1
	}
	l.cast = h.number
	r.mu.Unlock()
	if missed {
		r.cfg.Missed()
	}
	for len(body) > 0 {
		m := message(body[0])
		rd := reader{p: body[1:]}
		switch m {
		case msgInfo:
			in, rest, err := table.DecodeInfo(rd.p)
			if err != nil {
				return
			}
			rd.p = rest
			r.cfg.Changed(in)
		case msgCount:
			c := Count{Table: table.ID(rd.uint32()), Plies: int(rd.uint32()) - 1, Viewers: int(rd.uint32()) - 1}
			if !rd.bad {
				r.cfg.Counted(h.from, c)
			}
		default:
			return // of a newer version
		}
		body = rd.p
	}
}
