package sim

import (
	"errors"
	"net/netip"

	"hansu/session"
)

// link is one connection: two streams of bytes that may be cut, delayed, stalled and forgotten.
type link struct {
	actor
	node    *node
	end     endpoint // the client's
	program uint32   // the instance that an honest client named; 0: not honest
	session *session.Session
	up      stream // client to server
	down    stream // server to client
	at      map[uint32]*following
	sent    uint32 // packets to the client

	serverClosing bool // Close was called
	serverClosed  bool // the session's Closed was called, or the server is dead
	clientClosed  bool
	unsure        bool // a command was put off for the server's own reasons
	broken        bool // nothing gets through any more
}

// endpoint is the client's end of a link.
type endpoint interface {
	received(l *link, p []byte)
	lost(l *link) // the connection has ended; at most once
}

// stream is one direction.
type stream struct {
	queue   []byte
	moving  bool
	stalled micros // nobody reads before this time
	last    bool   // the writer has closed
}

var (
	errClosed = errors.New("sim: connection closed")
	errSlow   = errors.New("sim: the client does not read")
)

// connect opens a connection, nil if nobody listens.
func (w *world) connect(end endpoint) *link {
	serving := w.serving()
	if len(serving) == 0 {
		return nil
	}
	l := &link{actor: w.actor(), node: serving[0], end: end, at: map[uint32]*following{}}
	if w.cluster() {
		l.node = serving[l.rand.IntN(len(serving))]
	}
	if d, ok := end.(*device); ok {
		l.program = d.instance
	}
	w.links = append(w.links, l)
	l.node.run(func() {
		if l.session = l.node.parts.Hub.Open(l); l.session == nil {
			l.serverClosing = true
		}
	})
	return l
}

// serving returns the servers that take connections. A paused one does: its system does it.
func (w *world) serving() (list []*node) {
	for _, n := range w.nodes {
		if n != nil && n.up && !n.ending {
			list = append(list, n)
		}
	}
	return list
}

// RemoteAddr implements session.Conn.
func (l *link) RemoteAddr() netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(l.id)}), uint16(l.id))
}

// Send implements session.Conn.
func (l *link) Send(p []byte) error {
	if l.serverClosed || l.serverClosing || l.node.dead {
		return errClosed
	}
	l.w.result.Packets++
	l.w.judgePacket(l, p)
	if l.broken { // the network says so after a while
		l.after(l.between(50*ms, 5*sec), l.closeServer)
		return nil
	}
	if len(l.down.queue)+len(p) > outboundMost {
		l.w.tell("link %d does not read", l.id)
		l.w.result.Faults[Slow]++
		l.serverClosing = true
		l.down.queue, l.down.last = nil, true
		l.move(&l.down)
		l.after(0, l.closeServer)
		return errSlow
	}
	l.down.queue = append(l.down.queue, p...)
	l.move(&l.down)
	return nil
}

// Queued implements session.Conn.
func (l *link) Queued() int { return len(l.down.queue) }

// Close implements session.Conn.
func (l *link) Close() error {
	if !l.serverClosing && !l.serverClosed {
		l.serverClosing = true
		l.down.last = true
		l.move(&l.down)
		l.after(l.between(0, 5*ms), l.closeServer)
	}
	return nil
}

// closeServer is the server's transport noticing the end.
func (l *link) closeServer() { l.node.run(l.closedServer) }

func (l *link) closedServer() {
	if l.serverClosed {
		return
	}
	l.serverClosed = true
	l.w.tell("link %d: closed for the server", l.id)
	if l.session != nil {
		l.session.Closed()
	}
	l.forget()
}

// closeClient is the client's end noticing, or wishing, it.
func (l *link) closeClient(told bool) {
	if l.clientClosed {
		return
	}
	l.clientClosed = true
	l.forget()
	if !told {
		l.end.lost(l)
	}
}

// forget takes a link that neither side has any more out of the world.
func (l *link) forget() {
	if !l.clientClosed || !l.serverClosed {
		return
	}
	for i, x := range l.w.links {
		if x == l {
			l.w.links = append(l.w.links[:i], l.w.links[i+1:]...)
			return
		}
	}
}

// send sends bytes from the client.
func (l *link) send(p []byte) {
	if !l.clientClosed {
		l.up.queue = append(l.up.queue, p...)
		l.move(&l.up)
	}
}

// hangUp closes the client's end: what is queued still arrives.
func (l *link) hangUp() {
	l.up.last = true
	l.move(&l.up)
	l.closeClient(true)
}

// move lets a stream's bytes arrive after some time, in pieces of any size.
func (l *link) move(s *stream) {
	if s.moving {
		return
	}
	s.moving = true
	d := l.w.plan.latency(&l.actor)
	if s.stalled > l.w.now {
		d += s.stalled - l.w.now
	}
	l.after(d, func() { l.arrive(s) })
}

func (l *link) arrive(s *stream) {
	s.moving = false
	if l.broken {
		return
	}
	if s.stalled > l.w.now {
		l.move(s)
		return
	}
	n := len(s.queue)
	if n > 1 && l.chance(0.1) {
		n = 1 + l.rand.IntN(n)
	}
	p := s.queue[:n:n]
	s.queue = s.queue[n:]
	if len(s.queue) > 0 || s.last && n > 0 {
		l.move(s)
	}
	if s == &l.up {
		last := s.last && n == 0
		l.node.run(func() { l.arriveUp(p, last) })
		return
	}
	if n > 0 && !l.clientClosed {
		l.end.received(l, p)
	}
	if s.last && n == 0 {
		l.closeClient(false)
	}
}

func (l *link) arriveUp(p []byte, last bool) {
	if l.serverClosing || l.serverClosed || l.node.dead {
		return
	}
	if len(p) > 0 {
		if l.w.trace != nil {
			l.w.tell("from link %d: %d bytes, %x", l.id, len(p), p[:min(len(p), 12)])
		}
		l.session.Received(p)
	}
	if last {
		_ = l.Close()
	}
}

// cut breaks the connection between any two bytes. Each side notices after a time of its own; a
// half-open one is noticed only by silence.
func (l *link) cut(halfOpen bool) {
	if l.broken || l.clientClosed && l.serverClosed {
		return
	}
	l.w.tell("link %d cut, half open %v", l.id, halfOpen)
	for _, s := range []*stream{&l.up, &l.down} {
		if n := len(s.queue); n > 0 && l.chance(0.5) { // some of what was under way arrives
			s.queue = s.queue[:l.rand.IntN(n+1)]
			s.moving = false
			l.arrive(s)
		}
	}
	l.broken = true
	if halfOpen {
		return
	}
	l.after(l.between(0, 500*ms), l.closeServer)
	l.after(l.between(0, 500*ms), func() { l.closeClient(false) })
}

// serverDied: the system of a dead server resets its connections.
func (l *link) serverDied() {
	l.broken, l.serverClosed = true, true
	l.forget()
	if !l.clientClosed {
		l.after(l.between(0, 200*ms), func() { l.closeClient(false) })
	}
}
