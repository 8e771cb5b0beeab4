package session

import (
	"hansu/rules"
	"hansu/table"
	"hansu/wire"
)

// gathering is a Resume of all tables under way: its Done comes behind what each of them brings.
type gathering struct {
	number uint32 // of the Resume
	left   int    // tables that have not answered, 0 if one could not be asked; guarded by the session's mu
}

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
	if len(ids) == 0 {
		s.done(0, number, 0)
		return wire.NoError
	}
	g := &gathering{number, len(ids)}
	for _, id := range ids {
		if code := s.come(id, 0, table.Attach{All: g}); code != wire.NoError {
			s.mu.Lock()
			g.left = 0
			s.mu.Unlock()
			return code
		}
	}
	return wire.NoError
}

// gathered counts a table's answer to a Resume of all tables. A table that is no more
// counts too; if the store failed at one, the session ends: the client comes back and asks again.
func (s *Session) gathered(g *gathering, r table.Refusal) {
	if r == table.StoreDown {
		s.end(wire.StoreDown)
		return
	}
	s.mu.Lock()
	g.left--
	last := g.left == 0
	s.mu.Unlock()
	if last {
		s.done(0, g.number, 0)
	}
}
