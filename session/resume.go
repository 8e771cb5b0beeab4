package session

import (
	"hansu/rules"
	"hansu/table"
	"hansu/wire"
)

// gathering is a Resume of all tables under way: its Done comes behind what each of them brings. Their records together may
// be far more than may be queued for a client, so the next table is asked when what came before is on its way.
type gathering struct {
	number uint32 // of the Resume

	// Guarded by the session's mu.
	rest    []table.ID   // not asked yet
	asked   int          // that have not answered
	waiting bool         // for the client to read
	wait    rules.Millis // until that is looked at again
}

const (
	gatherAtOnce = 2        // tables; the record of one is bounded by the table
	gatherQueued = 64 << 10 // bytes: with more of them queued no further table is asked
	gatherWait   = 20       // milliseconds until that is looked at again, at first; each time twice as many
	gatherSlow   = 640      // and at most so many: who never reads costs little

	gatherings = 4 // under way for one client, who could otherwise send Resume for an hour and read nothing
)

func (s *Session) resume(now rules.Millis, h wire.Header, body []byte) wire.ErrorCode {
	var p wire.Resume
	if err := p.Decode(body); err != nil {
		return wire.CodeOf(err)
	}
	if !s.looks.take(now, s.hub.limits.Looks, 1000) {
		return wire.TooFast
	}
	if s.hub.cfg.Nodes != nil {
		return s.resumeLearnt(h, p.Seen)
	}
	return s.resumeFrom(h, p.Seen)
}

func (s *Session) resumeFrom(h wire.Header, seen uint32) wire.ErrorCode {
	ids := s.hub.cfg.Lobby.TablesOf(s.key)
	if h.Table == 0 {
		return s.resumeAll(h.Number, ids)
	}
	for _, id := range ids {
		if uint32(id) == h.Table {
			return s.come(id, h.Number, table.Attach{Seen: seen})
		}
	}
	return wire.NoTable
}

func (s *Session) resumeAll(number uint32, ids []table.ID) wire.ErrorCode {
	s.mu.Lock()
	if s.gathers >= gatherings {
		s.mu.Unlock()
		return wire.TooFast
	}
	s.gathers++
	s.mu.Unlock()
	s.gather(&gathering{number: number, rest: ids, wait: gatherWait})
	return wire.NoError
}

// gatherEnd says that a Resume is answered by its caller, who holds s.mu; false if it has been: two tables
// may answer at once, and what is asked next be refused for both.
func (s *Session) gatherEnd(g *gathering) bool {
	if g.number == 0 {
		return false
	}
	g.rest, g.number = nil, 0
	s.gathers--
	return true
}

// gather asks the next tables, and answers the Resume when all have answered.
func (s *Session) gather(g *gathering) {
	for {
		queued := s.conn.Queued()
		s.mu.Lock()
		switch {
		case len(g.rest) == 0 && g.asked == 0 && g.number != 0:
			number := g.number
			s.gatherEnd(g)
			s.mu.Unlock()
			s.done(0, number, 0)
			return
		case s.closed, len(g.rest) == 0, g.asked >= gatherAtOnce, g.waiting:
			s.mu.Unlock()
			return
		case queued > gatherQueued:
			g.waiting = true
			wait := g.wait
			g.wait = min(2*wait, gatherSlow)
			s.mu.Unlock()
			s.hub.cfg.Later(wait, func() {
				s.mu.Lock()
				g.waiting = false
				s.mu.Unlock()
				s.gather(g)
			})
			return
		}
		id, number := g.rest[0], g.number
		g.rest = g.rest[1:]
		g.asked++
		g.wait = gatherWait
		s.mu.Unlock()
		if code := s.come(id, 0, table.Attach{All: g}); code != wire.NoError {
			s.mu.Lock()
			first := s.gatherEnd(g)
			s.mu.Unlock()
			if first {
				s.refuse(number, code, 0)
			}
			return
		}
	}
}

// gathered counts a table's answer to a Resume of all tables. A table that is no more
// counts too; if the store failed at one, the session ends: the client comes back and asks again.
func (s *Session) gathered(g *gathering, r table.Refusal) {
	if r == table.StoreDown {
		s.end(wire.StoreDown)
		return
	}
	s.mu.Lock()
	g.asked--
	s.mu.Unlock()
	s.gather(g)
}
