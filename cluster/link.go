package cluster

import (
	"encoding/binary"
	"errors"

	"hansu/rules"
	"hansu/table"
)

// link is the connection between this node and another, as this one sees it. Both ends have drawn a
// generation; a frame counts only if it names both as they are now, and then the frames of each direction are
// numbered from 1. Whoever misses a number draws a new generation.
type link struct {
	r            *Router
	node         string
	mine, theirs uint64 // generations; theirs is 0 until it has been heard
	up           bool   // the other end knows mine
	heard        rules.Millis
	beaten       rules.Millis // when the last beat was sent
	beat         bool         // one is wanted now
	sent, next   uint32       // number of the last frame sent, and of the next to come

	full [][]byte // bodies of frames to come
	body []byte   // of the last one, growing
	held int      // bytes in all of these
	last delivery // what body ends with, if that is a Deliver

	// This node's viewers at the other's tables.
	proxies map[place]*proxy
	numbers map[uint32]*proxy
	pending map[uint32]asked // commands that were not answered, by tag
	tables  map[table.ID]int // proxies of each
	lastNo  uint32
	lastTag uint32

	cast  uint32       // number of the last frame that it sent to all
	spoke rules.Millis // when that was; 0: never

	// The other's viewers at this node's tables.
	guests map[uint32]*guest
}

type frameKind byte

// Kinds of frames.
const (
	frameData frameKind = iota + 1
	frameBeat           // says what the last number is
	frameBye            // the node leaves in good order
	frameCast           // to all nodes
)

type message byte

// Kinds of messages within a frame. Those above msgElsewhere are broadcast.
const (
	msgCommand message = iota + 1
	msgAttach
	msgDeliver
	msgCaughtUp
	msgAnswer
	msgDrop
	msgElsewhere
	msgInfo
	msgCount
)

// formatV1 begins every frame. A node leaves alone what it does not know: nodes of different versions
// find no links.
const formatV1 = 1

// bodyMost is how long a frame may grow, in bytes, before the next one is begun; heldMost bounds what waits to
// be sent over one link.
const (
	bodyMost = 128 << 10
	heldMost = 16 << 20
)

// Times in ms. A link is taken for broken after four beats that did not come.
const (
	beatEvery  = 500
	silence    = 2000
	helloEvery = 1000
	forgotten  = 60_000
)

func (r *Router) link(node string) *link {
	l := r.links[node]
	if l == nil {
		l = &link{r: r, node: node, heard: r.cfg.Now()}
		l.renew()
		r.links[node] = l
	}
	return l
}

// renew forgets all that went over the link, and draws a generation that is higher than the one before.
func (l *link) renew() {
	l.mine = max(l.mine+1, uint64(l.r.cfg.Now())<<8)
	l.theirs = 0
	l.clear()
}

func (l *link) clear() {
	l.up, l.sent, l.next = false, 0, 1
	l.full, l.body, l.held, l.last = nil, nil, 0, delivery{}
	l.proxies, l.numbers = make(map[place]*proxy), make(map[uint32]*proxy)
	l.pending, l.tables = make(map[uint32]asked), make(map[table.ID]int)
	l.guests = make(map[uint32]*guest)
}

// cut breaks a link, if it is one. The viewers behind it are to be told.
func (r *Router) cut(l *link, why string) []call {
	was := l.up
	calls := r.lose(l)
	l.renew()
	l.beat = true
	if was {
		r.cfg.Log.Warn("link to a node is broken", "node", l.node, "why", why, "viewers", len(calls))
	}
	return calls
}

// lose takes away all that is behind a link.
func (r *Router) lose(l *link) (calls []call) {
	for no := uint32(1); no <= l.lastNo; no++ { // in order, for the simulation
		if p := l.numbers[no]; p != nil {
			calls = append(calls, call{what: msgDrop, viewer: p.viewer, at: table.Attachment{Table: p.table}})
		}
	}
	l.lastNo = 0
	now := r.cfg.Now()
	for _, g := range inOrder(l.guests) {
		g.link, g.lost = nil, now
		r.gone = append(r.gone, g)
	}
	for _, rt := range r.routes {
		if rt.node == l.node && !rt.looking && rt.again == 0 {
			rt.node = ""
		}
	}
	return calls
}

// check sends a beat if it is time, and breaks a link on which none came.
func (r *Router) check(l *link, now rules.Millis, alive bool) (calls []call) {
	switch {
	case !alive && l.up:
		return r.cut(l, "this node's lease has run out")
	case l.up && now-l.heard > silence:
		return r.cut(l, "nothing comes")
	case now-l.heard > forgotten:
		delete(r.links, l.node)
		return nil
	}
	if alive && now-l.beaten >= beatEvery {
		l.beat = true
	}
	if !alive {
		l.beat = false
	}
	return nil
}

// header begins a frame.
func (l *link) header(kind frameKind) []byte {
	b := append([]byte{formatV1, byte(kind), byte(len(l.r.cfg.Node))}, l.r.cfg.Node...)
	b = binary.BigEndian.AppendUint64(b, l.mine)
	b = binary.BigEndian.AppendUint64(b, l.theirs)
	return binary.BigEndian.AppendUint32(b, l.sent)
}

// frames takes what has gathered, as frames to be sent in this order.
func (l *link) frames() [][]byte {
	var list [][]byte
	if len(l.body) > 0 {
		l.full = append(l.full, l.body)
	}
	for _, body := range l.full {
		l.sent++
		list = append(list, append(l.header(frameData), body...))
	}
	l.full, l.body, l.held, l.last = nil, nil, 0, delivery{}
	if l.beat || len(list) > 0 {
		l.beaten = l.r.cfg.Now()
	}
	if l.beat {
		l.beat = false
		list = append(list, l.header(frameBeat))
	}
	return list
}

// put begins a message. The caller appends to l.body.
func (l *link) put(m message) {
	if len(l.body) == 0 && len(l.full) == 0 {
		l.r.cfg.Wake()
	}
	if len(l.body) > bodyMost {
		l.full = append(l.full, l.body)
		l.held += len(l.body)
		l.body = nil
	}
	l.last = delivery{}
	l.body = append(l.body, byte(m))
}

// crowded reports that more waits than a link may hold: it is to be broken.
func (l *link) crowded() bool { return l.held > heldMost }

var errFrame = errors.New("cluster: not what a node sends")

// head is a frame's header.
type head struct {
	kind         frameKind
	from         string
	mine, theirs uint64 // of the one who sent it
	number       uint32
}

func parse(p []byte) (h head, body []byte, err error) {
	if len(p) < 3 || p[0] != formatV1 {
		return h, nil, errFrame
	}
	h.kind = frameKind(p[1])
	n := int(p[2])
	if p = p[3:]; len(p) < n+20 {
		return h, nil, errFrame
	}
	h.from = string(p[:n])
	p = p[n:]
	h.mine, h.theirs = binary.BigEndian.Uint64(p), binary.BigEndian.Uint64(p[8:])
	h.number = binary.BigEndian.Uint32(p[16:])
	return h, p[20:], nil
}

// Received takes in a frame that was sent to this node. p is the caller's.
func (r *Router) Received(p []byte) {
	h, body, err := parse(p)
	if err != nil || h.from == r.cfg.Node || h.kind > frameBye {
		r.cfg.Log.Debug("frame left alone", "error", err)
		return
	}
	r.mu.Lock()
	calls := r.received(h, body)
	r.mu.Unlock()
	r.do(calls)
}

func (r *Router) received(h head, body []byte) (calls []call) {
	l := r.link(h.from)
	now := r.cfg.Now()
	switch {
	case r.ended || !r.cfg.Alive() || h.mine < l.theirs: // of an earlier generation
		return nil
	case h.mine > l.theirs: // the other end has begun anew
		calls = r.lose(l)
		l.clear()
		l.theirs, l.heard = h.mine, now
		l.beat = true
		r.cfg.Wake()
	}
	if h.theirs != l.mine { // it has not heard that this end has begun anew
		if now-l.beaten >= beatEvery/5 {
			l.beat = true
			r.cfg.Wake()
		}
		return calls
	}
	l.heard = now
	if !l.up {
		l.up = true
		r.cfg.Log.Info("linked with a node", "node", l.node)
		r.linked(l.node)
	}
	switch {
	case h.kind == frameBye:
		calls = append(calls, r.cut(l, "it leaves")...)
		delete(r.links, l.node)
	case h.kind == frameBeat && h.number >= l.next, h.kind == frameData && h.number > l.next:
		calls = append(calls, r.cut(l, "a message was lost")...)
	case h.kind == frameData && h.number == l.next:
		l.next++
		more, err := l.messages(body)
		calls = append(calls, more...)
		if err != nil {
			calls = append(calls, r.cut(l, err.Error())...)
		} else if l.crowded() {
			calls = append(calls, r.cut(l, "too much waits to be sent")...)
		}
	}
	return calls
}

// linked looks again for tables whose owner was known and not reached.
func (r *Router) linked(node string) {
	for _, rt := range r.routes {
		if rt.again != 0 && rt.node == node {
			rt.again = r.cfg.Now() // at the next Tick
		}
	}
}
