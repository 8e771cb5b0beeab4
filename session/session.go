package session

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"hansu/lobby"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/table"
	"hansu/wire"
)

// Session is one connected client. Received and Closed are called by its transport,
// one at a time; the methods of table.Viewer by the shards.
type Session struct {
	hub  *Hub
	conn Conn

	// Set by Hello, before the session is ready, and not changed afterwards.
	key      table.Key
	name     string
	instance uint32
	language atomic.Uint32 // a session may be ended, with a text, at any time

	dec     wire.Decoder
	packets bucket
	chat    bucket
	looks   bucket // at tables and lists: each costs the server more than it costs the client

	last    atomic.Int64 // service time of the last byte
	partial atomic.Int64 // service time since when half a packet, or Hello, is missing; 0: nothing is

	newer *Session // with the same token; guarded by hub.mu
	index int32    // in hub.sessions, -1 when it is no longer there; guarded by hub.mu

	excess int32 // packets over the rate since the last one within it

	mu     sync.Mutex
	tables []place  // where this connection is, or is about to be
	join   *joining // the Join under way
	turn   *turn    // of the command of this client that asks other nodes; nil: none does

	ending atomic.Bool // the client has been told why its connection is being closed
	ready  bool        // guarded by hub.mu, but for reading by Received
	closed bool        // guarded by mu
	homed  bool        // the lobby knows of this player's tables at other nodes; touched in a turn alone

	gathers uint8 // Resumes of all tables under way; guarded by mu
}

// place is a table in a session's list.
type place struct {
	id    table.ID
	heard bool // the table has this connection among its viewers: it must be told when that ends
}

// joining is a Join that a table may still refuse, in favour of another table.
type joining struct {
	number  uint32
	variant rules.Variant
	time    rules.TimeControl
	tries   int
}

// tablesMost bounds the tables one connection is at, as a player or a spectator.
const tablesMost = 64

var errEnd = errors.New("session over")

// Received takes in bytes from the client. p is the transport's.
func (s *Session) Received(p []byte) {
	if s.ending.Load() {
		return // it would not hear the answers
	}
	now := s.hub.cfg.Now()
	s.last.Store(int64(now))
	whole := false
	err := s.dec.Feed(p, func(h wire.Header, body []byte) error {
		whole = true
		return s.packet(now, h, body)
	})
	if err != nil {
		if !errors.Is(err, errEnd) {
			s.end(wire.CodeOf(err))
		}
		return
	}
	switch {
	case s.dec.Pending() == 0 && s.ready:
		s.partial.Store(0)
	case s.partial.Load() == 0 || whole && s.ready: // half of another packet
		s.partial.Store(int64(now))
	}
}

// packet handles one packet; an error ends the session.
func (s *Session) packet(now rules.Millis, h wire.Header, body []byte) error {
	if !s.packets.take(now, s.hub.limits.Packets, 1000) {
		s.excess++
		if int(s.excess) > s.hub.limits.Packets {
			s.end(wire.TooFast)
			return errEnd
		}
		return s.reject(h.Number, wire.TooFast)
	}
	s.excess = 0
	if !s.ready && h.Type != wire.TypeHello {
		s.end(wire.NotHello)
		return errEnd
	}
	do := handlers[h.Type]
	if do == nil {
		return nil // of a newer protocol: skipped
	}
	if h.Number == 0 && h.Type != wire.TypeHello && h.Type != wire.TypePing {
		return s.reject(0, wire.BadValue)
	}
	switch queued, full := s.queue(packet{do, h, body}); {
	case full:
		s.end(wire.TooFast)
		return errEnd
	case queued:
		return nil
	}
	return s.handle(now, packet{do, h, body})
}

func (s *Session) handle(now rules.Millis, p packet) error {
	if code := p.do(s, now, p.h, p.body); code != wire.NoError {
		return s.reject(p.h.Number, code)
	}
	return nil
}

// reject refuses a packet. It ends the session if the client is none that could go on, or if the
// packet has no number: an error with command 0 says why the connection is closed.
func (s *Session) reject(number uint32, code wire.ErrorCode) error {
	if number == 0 || fatal(code) {
		s.end(code)
		return errEnd
	}
	s.refuse(number, code, 0)
	return nil
}

// fatal says which refusals end the connection.
func fatal(c wire.ErrorCode) bool {
	return c == wire.BadMagic || c == wire.BadVersion || c == wire.NotHello || c == wire.BadName
}

// Closed is called when the connection is gone.
func (s *Session) Closed() {
	s.hub.forget(s)
	s.mu.Lock()
	s.closed = true
	tables := s.tables
	s.tables = nil
	s.mu.Unlock()
	for _, p := range tables {
		s.hub.crowds.leave(p.id, s)
		s.detach(p.id)
	}
}

// end tells the client why and closes the connection.
func (s *Session) end(why wire.ErrorCode) {
	if s.ending.Swap(true) {
		return // told, and being closed
	}
	s.hub.refused("client closed", s.conn.RemoteAddr(), why, true)
	s.tell(0, why, 0)
	_ = s.conn.Close()
}

// refuse tells the client that a command is refused, and why.
func (s *Session) refuse(number uint32, code wire.ErrorCode, problem rules.Problem) {
	s.hub.refused("command refused", s.conn.RemoteAddr(), code, false)
	s.tell(number, code, problem)
}

func (s *Session) tell(number uint32, code wire.ErrorCode, problem rules.Problem) {
	text := s.hub.cfg.Text(uint8(s.language.Load()), code, problem)
	s.send(&wire.Error{Command: number, Code: uint16(code), Problem: uint8(problem), Text: []byte(text)}, wire.Header{})
}

func (s *Session) done(id table.ID, number, record uint32) {
	s.send(&wire.Done{Command: number, Record: record}, wire.Header{Table: uint32(id)})
}

// buffers are for packets of one client; Send copies them.
var buffers = sync.Pool{New: func() any { return new([512]byte) }}

func (s *Session) send(p wire.Packet, h wire.Header) {
	b := buffers.Get().(*[512]byte)
	_ = s.conn.Send(p.Append(b[:0], h)) // a failed send ends in Closed
	buffers.Put(b)
}

// at reports whether this connection is at a table, and adds it if asked to.
func (s *Session) at(id table.ID, add bool) wire.ErrorCode {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.find(id) >= 0 {
		return wire.NoError
	}
	switch {
	case !add:
		return wire.NotSeated
	case len(s.tables) >= tablesMost:
		return wire.TooMany
	}
	s.tables = append(s.tables, place{id: id})
	return wire.NoError
}

// find returns where a table is in the list, -1 if it is not. The caller holds s.mu.
func (s *Session) find(id table.ID) int {
	return slices.IndexFunc(s.tables, func(p place) bool { return p.id == id })
}

// away forgets a table.
func (s *Session) away(id table.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.find(id); i >= 0 {
		s.tables = slices.Delete(s.tables, i, i+1)
	}
}

// unheard forgets a table that refused a command to come there, unless an earlier one has
// brought this connection there.
func (s *Session) unheard(id table.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.find(id); i >= 0 && !s.tables[i].heard {
		s.tables = slices.Delete(s.tables, i, i+1)
	}
}

// detach tells a table that this connection is gone. Nobody is away by a fault of the server's.
func (s *Session) detach(id table.ID) {
	if s.hub.stopping() {
		return
	}
	s.hub.submit(table.Command{Table: id, From: s, Key: s.key, Do: table.Detach{}})
}

// stay says that a table has this connection among its viewers. If the connection has closed
// meanwhile, the table is told again: it may have heard of that too early.
func (s *Session) stay(id table.ID) {
	s.mu.Lock()
	closed := s.closed
	if i := s.find(id); i >= 0 {
		s.tables[i].heard = true
	} else if !closed {
		s.tables = append(s.tables, place{id, true})
	}
	s.mu.Unlock()
	if closed {
		s.hub.crowds.leave(id, s)
		s.detach(id)
	}
}

// submit sends a command to its table.
func (s *Session) submit(id table.ID, number uint32, do table.Action) wire.ErrorCode {
	cmd := table.Command{Table: id, From: s, Key: s.key, Instance: s.instance, Number: number, Do: do}
	if !s.hub.submit(cmd) {
		return wire.TooFast
	}
	return wire.NoError
}

// come submits a command that brings the client to a table. A connection that closed
// meanwhile is detached again, whichever came first.
func (s *Session) come(id table.ID, number uint32, do table.Action) wire.ErrorCode {
	if code := s.at(id, true); code != wire.NoError {
		return code
	}
	code := s.submit(id, number, do)
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		s.detach(id)
	}
	return code
}

// Attach implements table.Viewer.
func (s *Session) Attach(a table.Attachment) {
	s.hub.crowds.come(a.Table, s, a.Seat != 0)
	s.stay(a.Table)
	if a.Seat != 0 {
		s.hub.cfg.Lobby.Present(a.Table, a.Seat)
	}
	s.send(seatPacket(a), wire.Header{Table: uint32(a.Table)})
}

// CaughtUp implements table.Viewer: records carry the times as of the record, and a clock may
// have run since.
func (s *Session) CaughtUp(a table.Attachment) {
	if a.Running != 0 {
		s.send(&wire.Clock{Running: uint8(a.Running), Left: bothLeft(a.Left)}, wire.Header{Table: uint32(a.Table)})
	}
}

// Deliver implements table.Viewer.
func (s *Session) Deliver(p []byte) { _ = s.conn.Send(p) }

// Drop implements table.Viewer: the client comes back on a new connection.
func (s *Session) Drop(id table.ID) {
	s.away(id)
	s.hub.crowds.leave(id, s)
	s.end(wire.StoreDown)
}

// Answer implements table.Viewer.
func (s *Session) Answer(a table.Answer) {
	if at, ok := a.Do.(table.Attach); ok && at.All != nil {
		if a.Refusal != table.Accepted {
			s.unheard(a.Table)
		}
		s.gathered(at.All.(*gathering), a.Refusal)
		return
	}
	if a.Refusal == table.Accepted {
		if _, left := a.Do.(table.Leave); left {
			s.away(a.Table)
			s.hub.crowds.leave(a.Table, s)
		}
		if a.Forbidding != nil {
			s.send(forbiddenPacket(a.Forbidding, a.Number), wire.Header{Table: uint32(a.Table)})
		} else if a.Number != 0 {
			s.done(a.Table, a.Number, a.Record)
		}
		return
	}
	switch a.Do.(type) {
	case table.Create:
		s.hub.cfg.Lobby.NotCreated(a.Table)
		s.unpair(a)
		s.unheard(a.Table)
	case table.Sit:
		if a.Refusal == table.StoreDown || a.Refusal == table.Busy {
			s.hub.cfg.Lobby.PutOff(s.key, a.Table)
		} else {
			s.hub.cfg.Lobby.NotSeated(s.key, a.Table, a.Refusal == table.NoTable)
		}
		s.unheard(a.Table)
		s.unpair(a)
		if s.joinAgain(a) {
			return
		}
	case table.Attach:
		s.unheard(a.Table)
	case table.Detach:
		return
	}
	s.refuse(a.Number, codes[a.Refusal], a.Problem)
}

// joinTries bounds how often a Join looks for another table when the seat it was sent to
// is no longer free.
const joinTries = 8

func (s *Session) joinAgain(a table.Answer) bool {
	s.mu.Lock()
	j := s.join
	if j == nil || j.number != a.Number || j.tries >= joinTries || s.closed ||
		a.Refusal != table.NoTable && a.Refusal != table.Taken {
		s.mu.Unlock()
		return false
	}
	j.tries++
	s.mu.Unlock()
	if s.hub.cfg.Nodes != nil {
		s.pairAgain(j, a)
		return true
	}
	return s.joinTable(j) == wire.NoError
}

// unpair takes back what was promised among several nodes.
func (s *Session) unpair(a table.Answer) {
	if nodes := s.hub.cfg.Nodes; nodes != nil {
		s.background(0, func() wire.ErrorCode {
			nodes.Unpair(a.Table, s.key)
			return wire.NoError
		})
	}
}

func (s *Session) joinTable(j *joining) wire.ErrorCode {
	if s.hub.cfg.Nodes != nil {
		return s.wish(j, false, true)
	}
	p := lobby.Player{Key: s.key, Instance: s.instance, Number: j.number}
	code := wire.TooMany
	s.hub.cfg.Lobby.Join(p, j.variant, j.time, func(seat lobby.Seat) bool {
		setting := table.Setting{Variant: j.variant, Time: j.time, Public: true}
		code = s.take(seat, j.number, setting)
		return code == wire.NoError
	})
	return s.crowded(code)
}

// take goes to a seat that the lobby offers.
func (s *Session) take(seat lobby.Seat, number uint32, setting table.Setting) wire.ErrorCode {
	switch seat.How {
	case lobby.Create:
		if seat.New {
			if code := s.at(seat.Table, true); code != wire.NoError {
				return code // before it has taken anything from the others
			}
			// Each table is stored, which everybody pays for who waits for the store.
			if !s.hub.opens.take(s.hub.cfg.Now(), addressOf(s.conn.RemoteAddr()), s.hub.limits) {
				s.unheard(seat.Table)
				return wire.TooFast
			}
		}
		setting.Code, setting.Grace = seat.Code, s.hub.cfg.Grace
		if v := &setting.Variant; v.Rules == rules.Chess960 && v.Start == variants.AnyStart {
			v.Start, setting.Drawn = uint16(rand.Uint32N(960)), true
		}
		return s.come(seat.Table, number, table.Create{Setting: setting, Name: s.name})
	case lobby.Sit:
		return s.come(seat.Table, number, table.Sit{Name: s.name})
	}
	return s.come(seat.Table, number, table.Attach{})
}
