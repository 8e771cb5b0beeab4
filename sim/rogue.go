package sim

import (
	"encoding/binary"

	"hansu/wire"
)

// rogue is a client that sends what it likes, and reads when it likes.
type rogue struct {
	actor
	link   *link
	number uint32
	over   bool
}

func newRogue(w *world) {
	r := &rogue{actor: w.actor()}
	w.rogues = append(w.rogues, r)
	r.live()
}

func (r *rogue) received(*link, []byte) {}

func (r *rogue) lost(l *link) {
	if r.link == l {
		r.link = nil
	}
}

func (r *rogue) live() {
	r.after(r.between(1*ms, 300*ms), func() {
		switch {
		case !r.w.faulty:
			if r.link != nil {
				l := r.link
				r.link = nil
				l.hangUp()
			}
			r.over = true
			return
		case r.link == nil:
			r.connect()
		case r.chance(0.02):
			l := r.link
			r.link = nil
			l.hangUp()
		default:
			r.w.result.Faults[Hostile]++
			r.link.send(r.nonsense())
		}
		r.live()
	})
}

func (r *rogue) connect() {
	if r.link = r.w.connect(r); r.link == nil {
		return
	}
	if r.chance(0.3) {
		r.link.down.stalled = r.w.now + 30*sec
	}
	if r.chance(0.9) {
		h := wire.Hello{Magic: wire.Magic, Version: wire.Version, Instance: r.rand.Uint32()}
		copy(h.Name[:], "rogue")
		r.link.send(h.Append(nil, wire.Header{}))
	}
}

// nonsense is a packet of some type with any body, or no packet at all.
func (r *rogue) nonsense() []byte {
	if r.chance(0.02) {
		return r.bytes(1 + r.rand.IntN(100))
	}
	if r.link.down.stalled > r.w.now && r.chance(0.5) { // asks for much and reads nothing
		r.number++
		return (&wire.List{What: 1 + uint8(r.rand.IntN(2))}).Append(nil, wire.Header{Number: r.number})
	}
	types := wire.Types()
	p := wire.New(types[r.rand.IntN(len(types))])
	r.number++
	h := wire.Header{Table: r.rand.Uint32N(12), Number: r.number}
	b := p.Append(nil, h)
	if r.chance(0.7) {
		copy(b[wire.HeaderSize:], r.bytes(len(b)-wire.HeaderSize))
	}
	switch q := p.(type) {
	case *wire.Join:
		q.Variant, q.Timing = wire.Variant{Kind: 1, Rules: 1, Size: 15}, wire.Timing{}
		b = q.Append(nil, h)
	case *wire.Enter:
		if len(r.w.tables) > 0 {
			copy(q.Code[:], r.w.tables[r.rand.IntN(len(r.w.tables))])
			b = q.Append(nil, h)
		}
	}
	if r.chance(0.05) {
		binary.BigEndian.PutUint16(b, uint16(r.rand.IntN(200)))
	}
	return b
}

func (r *rogue) bytes(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(r.rand.Uint32())
		if r.chance(0.5) {
			p[i] &= 3
		}
	}
	return p
}
