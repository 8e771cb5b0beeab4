package session

import (
	"hansu/lobby"
	"hansu/rules"
	"hansu/table"
	"hansu/wire"
)

// Nodes is what a session asks for when several nodes are one server: then the lobby of a node is a copy, which
// may be late, and what must be right is asked of the store. The methods may wait.
type Nodes interface {
	// Pair finds the table for a player's wish, first come first seated among all nodes. own: a table of the
	// player's own, at which others may be seated.
	Pair(p lobby.Player, v rules.Variant, tc rules.TimeControl, own bool) (lobby.Seat, error)
	// Unpair says that a player did not get the seat that Pair promised, or did not open the table.
	Unpair(id table.ID, k table.Key)
	// Private finds the table for a player's command to open one that Pair leads nobody to.
	Private(p lobby.Player) (lobby.Seat, error)
	// Home brings the lobby up to date about a player's tables.
	Home(k table.Key) error
	// Learn brings the lobby up to date about the table with this code, if there is one.
	Learn(code string) error
}

// packet is what a client sent, and how it is handled.
type packet struct {
	do   handler
	h    wire.Header
	body []byte
}

// heldMost bounds the packets of one client that wait.
const heldMost = 256

// turn is that of a command that may wait. What the client has sent behind it is held.
type turn struct{ held []packet }

// queue keeps a packet for later if one before it is not done yet; full says that there is no room for it.
func (s *Session) queue(p packet) (queued, full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turn == nil || len(s.turn.held) >= heldMost {
		return false, s.turn != nil
	}
	p.body = append([]byte(nil), p.body...)
	s.turn.held = append(s.turn.held, p)
	return true, false
}

// inTurn runs, beside everything else, a command that may wait. What the client sends behind it, which may be
// for the table that it leads to, waits for it.
func (s *Session) inTurn(number uint32, do func() wire.ErrorCode) wire.ErrorCode {
	s.mu.Lock()
	next := &turn{}
	if s.turn != nil { // it is one of those that were held, and the rest waits for it
		next.held = s.turn.held
	}
	s.turn = next
	s.mu.Unlock()
	s.background(number, func() wire.ErrorCode {
		if code := do(); code != wire.NoError {
			s.refuse(number, code, 0)
		}
		s.catchUp()
		return wire.NoError
	})
	return wire.NoError
}

// catchUp handles what has waited, up to the next command that others must wait for.
func (s *Session) catchUp() {
	for {
		s.mu.Lock()
		mine := s.turn
		if len(mine.held) == 0 || s.closed {
			s.turn = nil
			s.mu.Unlock()
			return
		}
		p := mine.held[0]
		mine.held = mine.held[1:]
		s.mu.Unlock()
		_ = s.handle(s.hub.cfg.Now(), p) // an error has ended the session
		s.mu.Lock()
		again := s.turn != mine
		s.mu.Unlock()
		if again {
			return // the rest waits for that one
		}
	}
}

// background runs what may wait, and refuses the command with this number if that ends in an error. How many
// may be under way at once is bounded; the others wait for their turn.
func (s *Session) background(number uint32, do func() wire.ErrorCode) {
	s.hub.lookups.queue(s.hub.cfg.Go, func() {
		if code := do(); code != wire.NoError {
			s.refuse(number, code, 0)
		}
	})
}

// wish is a Join or an Open among several nodes.
func (s *Session) wish(j *joining, own, public bool) wire.ErrorCode {
	return s.inTurn(j.number, func() wire.ErrorCode { return s.crowded(s.pair(j, own, public)) })
}

func (s *Session) pair(j *joining, own, public bool) wire.ErrorCode {
	lob, nodes := s.hub.cfg.Lobby, s.hub.cfg.Nodes
	p := lobby.Player{Key: s.key, Instance: s.instance, Number: j.number}
	code, fresh := wire.NoError, false
	submit := func(seat lobby.Seat) bool {
		fresh = seat.New
		code = s.take(seat, j.number, table.Setting{Variant: j.variant, Time: j.time, Public: public})
		return code == wire.NoError
	}
	if lob.Again(p, submit) {
		return code
	}
	if lob.Full(p) {
		return wire.TooMany
	}
	var seat lobby.Seat
	var err error
	if public {
		seat, err = nodes.Pair(p, j.variant, j.time, own)
	} else {
		seat, err = nodes.Private(p)
	}
	if err != nil {
		s.hub.cfg.Log.Error("no table found for a player", "error", err)
		return wire.StoreDown
	}
	// The same command may have come to another node before, on a connection that was lost, and have its
	// seat by now.
	if err := nodes.Home(s.key); err != nil {
		s.hub.cfg.Log.Error("a player's tables not looked up", "error", err)
		return wire.StoreDown
	}
	if lob.Again(p, submit) {
		nodes.Unpair(seat.Table, s.key)
		return code
	}
	lob.Place(p, j.variant, j.time, public, seat, submit)
	if fresh && code != wire.NoError { // nobody opens it now
		nodes.Unpair(seat.Table, s.key)
	}
	return code
}

// pairAgain looks for another seat than one that could not be had. A table that does not exist is about to: who
// opens it is at another node, and this one was faster.
func (s *Session) pairAgain(j *joining, a table.Answer) {
	wait := rules.Millis(0)
	if a.Refusal == table.NoTable {
		wait = 10 << j.tries
	}
	s.hub.cfg.Later(wait, func() {
		s.background(j.number, func() wire.ErrorCode { return s.crowded(s.pair(j, false, true)) })
	})
}

// enterLearnt comes to a table by its code that this node's lobby does not know yet.
func (s *Session) enterLearnt(h wire.Header, code string) wire.ErrorCode {
	return s.inTurn(h.Number, func() wire.ErrorCode {
		if err := s.hub.cfg.Nodes.Learn(code); err != nil {
			s.hub.cfg.Log.Error("table not looked up", "error", err)
			return wire.StoreDown
		}
		return s.enterCode(h, code)
	})
}

// resumeLearnt comes back to tables: what other nodes know of this player's is brought in first.
func (s *Session) resumeLearnt(h wire.Header, seen uint32) wire.ErrorCode {
	return s.inTurn(h.Number, func() wire.ErrorCode {
		if !s.homed {
			if err := s.hub.cfg.Nodes.Home(s.key); err != nil {
				s.hub.cfg.Log.Error("a player's tables not looked up", "error", err)
				return wire.StoreDown
			}
			s.homed = true
		}
		return s.resumeFrom(h, seen)
	})
}
