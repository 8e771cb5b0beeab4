package client

import (
	"fmt"
	"slices"
	"time"

	"hansu/rules"
	"hansu/wire"
	"hansu/wirerules"
)

// packet acts on one packet. Body is valid until it returns.
func (c *Core) packet(now time.Time, h wire.Header, body []byte) error {
	if c.phase == greeting {
		switch h.Type {
		case wire.TypeWelcome, wire.TypeError, wire.TypeBye:
		default:
			return fmt.Errorf("%w: it answers with %v", ErrNotHansu, h.Type)
		}
	}
	p := wire.New(h.Type)
	if p != nil && !h.Type.ToServer() {
		if err := p.Decode(body); err != nil {
			return fmt.Errorf("%w: %w", c.foreign(), err)
		}
	} else {
		p = nil // of a newer server: skipped
	}
	if h.Number != 0 {
		return c.part(now, h, p)
	}
	switch p := p.(type) {
	case *wire.Welcome:
		return c.welcomed(p)
	case *wire.Seat:
		return c.seat(h.Table, p)
	case *wire.Clock:
		c.clock(now, h.Table, p)
	case *wire.Viewers:
		c.viewers(h.Table, int(p.Count))
	case *wire.Done:
		c.done(p)
	case *wire.Error:
		return c.refused(p)
	case *wire.Entry:
		return c.entry(p)
	case *wire.EndOfList:
		c.listed(p)
	case *wire.Forbidden:
		c.forbidden(h.Table, p)
	case *wire.Bye:
		return &Bye{Code: p.Code, After: time.Duration(p.After) * time.Millisecond}
	}
	return nil
}

// part takes a packet of a record; p is nil if its type is unknown.
func (c *Core) part(now time.Time, h wire.Header, p wire.Packet) error {
	s := c.tables[h.Table]
	if s == nil {
		return nil // of a table just left
	}
	records, err := s.part(now, h, p)
	if err != nil {
		return fmt.Errorf("%w: table %d, record %d: %w", ErrProtocol, h.Table, h.Number, err)
	}
	if records != nil {
		c.emit(*records)
	}
	if s.gap && !s.asked {
		s.asked = true
		c.comeBack(s)
	}
	return nil
}

// seat says what the client is at a table.
func (c *Core) seat(id uint32, p *wire.Seat) error {
	if id == 0 || p.Seat > uint8(SeatTwo) {
		return fmt.Errorf("%w: seat %d at table %d", ErrProtocol, p.Seat, id)
	}
	s := c.tables[id]
	if s != nil && s.table.Seen <= p.Last {
		s.gap, s.asked = false, false
		c.viewers(id, 0) // the server tells a number that is another
		if s.table.Seat != Seat(p.Seat) {
			s.table = s.table.clone()
			s.table.Seat = Seat(p.Seat)
			c.emit(Sat{s.table})
		}
		return nil
	}
	if s == nil && len(c.tables) >= maxTables {
		return fmt.Errorf("%w: more than %d tables", ErrProtocol, maxTables)
	}
	known := s != nil
	s = &seating{table: &Table{
		ID: id, Code: fromCode(p.Code), Seat: Seat(p.Seat), Private: p.Private != 0,
		Variant: wirerules.Variant(p.Variant), Time: wirerules.Timing(p.Timing), Past: p.Last,
	}}
	c.tables[id] = s
	c.emit(Sat{s.table})
	if known {
		// The server knows fewer records than this client has seen: it was put back to an
		// older state. Only its own history counts now, from the start.
		c.comeBack(s)
	}
	return nil
}

// viewers takes how many look on at a table.
func (c *Core) viewers(id uint32, n int) {
	s := c.tables[id]
	if s == nil || s.table.Viewers == n {
		return
	}
	s.table = s.table.clone()
	s.table.Viewers = n
	c.emit(Watched{s.table})
}

func (c *Core) done(p *wire.Done) {
	cmd, ok := c.take(p.Command)
	if !ok || cmd.to == nil {
		return
	}
	c.emit(Answer{Command: cmd.number, To: cmd.to, Record: p.Record})
	if _, ok := cmd.to.(Leave); ok {
		c.leave(cmd.table, nil)
	}
}

// refused hands on the refusal of a command; with command 0 it is of the connection, and
// the error.
func (c *Core) refused(p *wire.Error) error {
	err := &Refused{Code: p.Code, Problem: rules.Problem(p.Problem), Text: clean(string(p.Text))}
	if p.Command == 0 {
		return err
	}
	later := p.Code == uint16(wire.StoreDown) || p.Code == uint16(wire.TooFast)
	if later && c.unsettled(p.Command) {
		return err // "nothing was done" is true of this time only: a new connection asks again
	}
	cmd, ok := c.take(p.Command)
	switch {
	case !ok:
	case cmd.to != nil:
		c.emit(Answer{Command: cmd.number, To: cmd.to, Err: err})
	case later:
		return err // coming back to a table was not possible just now: a new connection tries again
	case cmd.seat && p.Code == uint16(wire.NoTable) && c.tables[cmd.table] != nil:
		c.lookOn(c.tables[cmd.table])
	case cmd.table != 0:
		c.leave(cmd.table, err)
	}
	return nil
}

// unsettled reports whether a command was sent before, on a connection that was lost.
func (c *Core) unsettled(number uint32) bool {
	return slices.ContainsFunc(c.pending, func(p pending) bool { return p.number == number && p.again })
}

func (c *Core) entry(p *wire.Entry) error {
	if len(c.entries) >= maxEntries {
		return fmt.Errorf("%w: a list of more than %d tables", ErrProtocol, maxEntries)
	}
	c.entries = append(c.entries, Entry{
		Code: fromCode(p.Code), Variant: wirerules.Variant(p.Variant), Time: wirerules.Timing(p.Timing),
		Plies: int(p.Plies), Viewers: int(p.Viewers),
		Names: [2]string{fromName(p.Names[0]), fromName(p.Names[1])},
	})
	return nil
}

func (c *Core) listed(p *wire.EndOfList) {
	c.emit(Listed{Command: p.Command, Entries: c.entries})
	c.entries = nil
	if cmd, ok := c.take(p.Command); ok {
		c.emit(Answer{Command: cmd.number, To: cmd.to})
	}
}

// forbidden answers a Points.
func (c *Core) forbidden(id uint32, p *wire.Forbidden) {
	cmd, ok := c.take(p.Command)
	if !ok {
		return
	}
	e := Forbidden{Command: cmd.number, Table: id, Game: p.Game, Ply: p.Ply, Seat: Seat(p.Seat)}
	for row := range uint8(wire.BoardSide) {
		for col := range uint8(wire.BoardSide) {
			if p.Points.Has(col, row) {
				e.Points = append(e.Points, rules.Point{Col: col, Row: row})
			}
		}
	}
	c.emit(e)
	c.emit(Answer{Command: cmd.number, To: cmd.to})
}

// clock corrects what the clocks of a table show.
func (c *Core) clock(now time.Time, id uint32, p *wire.Clock) {
	s := c.tables[id]
	if s == nil || !s.table.Running() {
		return
	}
	s.table = s.table.clone()
	s.table.LeftAt = now
	for i := range p.Left {
		s.table.players[i].Left = wirerules.Left(p.Left[i])
	}
	c.emit(Clocked{Table: s.table})
}
