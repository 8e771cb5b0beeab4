package client

import (
	"fmt"
	"slices"
	"time"

	"hansu/rules"
	"hansu/rules/variants"
	"hansu/wire"
	"hansu/wirerules"
)

// seating is a table the client is at, with the record that is coming in.
type seating struct {
	table  *Table
	number uint32        // of the record coming in
	parts  []wire.Packet // of it; nil for an unknown type
	gap    bool          // a record is missing: what follows is not used
	asked  bool          // and it has been asked for
}

// drop forgets a record that came in half.
func (s *seating) drop() { s.number, s.parts, s.gap, s.asked = 0, nil, false, false }

// part takes the next packet of a record and returns the record when it is complete. One that
// is known already is passed over, so that a resume may overlap with what came before.
func (s *seating) part(now time.Time, h wire.Header, p wire.Packet) (*Record, error) {
	switch {
	case h.Number <= s.table.Seen:
		return nil, nil
	case h.Number > s.table.Seen+1:
		s.gap = true
		return nil, nil
	case len(s.parts) >= maxParts:
		return nil, fmt.Errorf("more than %d packets", maxParts)
	}
	s.gap, s.asked = false, false
	if said, ok := p.(*wire.Said); ok {
		said.Text = slices.Clone(said.Text) // it is a part of the receive buffer
	}
	s.number = h.Number
	s.parts = append(s.parts, p)
	if h.Flags&wire.More != 0 {
		return nil, nil
	}
	parts := s.parts
	s.drop()
	next := s.table.clone()
	next.Seen = h.Number
	r := &Record{Table: next, Number: h.Number, Past: h.Number <= next.Past}
	for _, p := range parts {
		happened, err := next.apply(now, p)
		if err != nil {
			return nil, err
		}
		if happened != nil {
			r.Events = append(r.Events, happened)
		}
	}
	s.table = next
	return r, nil
}

// apply makes true what one packet of a record says. It changes t, which nobody else has yet.
func (t *Table) apply(now time.Time, p wire.Packet) (Happening, error) {
	switch p := p.(type) {
	case *wire.Seated:
		return t.seated(p)
	case *wire.Started:
		return t.started(now, p)
	case *wire.Moved:
		return t.moved(now, p)
	case *wire.Proposed:
		return t.proposed(p)
	case *wire.Replied:
		return t.replied(p)
	case *wire.TookBack:
		return t.tookBack(now, p)
	case *wire.Ended:
		return t.ended(now, p)
	case *wire.Said:
		return t.said(p)
	case *wire.Away:
		return t.away(now, p)
	case *wire.Back:
		return t.back(p)
	case *wire.Left:
		return t.left(p)
	}
	return nil, nil
}

// someone checks that n is a seat that has a player.
func someone(n uint8) (Seat, error) {
	if n != uint8(SeatOne) && n != uint8(SeatTwo) {
		return NoSeat, fmt.Errorf("seat %d", n)
	}
	return Seat(n), nil
}

// anyone checks that n is a seat or nobody.
func anyone(n uint8) (Seat, error) {
	if n == 0 {
		return NoSeat, nil
	}
	return someone(n)
}

func (t *Table) seated(p *wire.Seated) (Happening, error) {
	seat, err := someone(p.Seat)
	if err != nil {
		return nil, err
	}
	name := fromName(p.Name)
	*t.player(seat) = Player{Name: name, Here: true, Left: t.player(seat).Left}
	return Seated{seat, name}, nil
}

func (t *Table) started(now time.Time, p *wire.Started) (Happening, error) {
	first, err := someone(p.First)
	if err != nil || p.Game == 0 {
		return nil, fmt.Errorf("game %d, first seat %d", p.Game, p.First)
	}
	t.Number, t.First, t.Turn = p.Game, first, first
	t.Moves, t.Winner, t.Reason = nil, NoSeat, rules.NoReason
	t.start, t.Position, t.Black = nil, nil, first
	if g, err := variants.Start(t.Variant); err == nil {
		t.start, t.Position = g, g
		t.Turn = t.SeatOf(g.Turn())
		if g.Side(rules.First) != rules.Black {
			t.Black = first.Other()
		}
	}
	t.clocks(now, p.Left)
	t.noOffers()
	return Started{p.Game, first}, nil
}

func (t *Table) moved(now time.Time, p *wire.Moved) (Happening, error) {
	seat, err := someone(p.Seat)
	if err != nil {
		return nil, err
	}
	next, err1 := anyone(p.Next)
	black, err2 := someone(p.Black)
	if err1 != nil || err2 != nil || int(p.Ply) != len(t.Moves)+1 || !t.Running() {
		return nil, fmt.Errorf("move %d after %d moves, next %d, black %d", p.Ply, len(t.Moves), p.Next, p.Black)
	}
	ply := Ply{Seat: seat, Move: wirerules.Move(p.Move)}
	ply.Text = ply.Move.To.String()
	if t.Position != nil {
		before := t.Position
		if t.Position, err = before.Play(ply.Move); err == nil {
			ply.Text = before.Format(ply.Move)
		} else {
			t.Position = nil // the server's rules are newer than ours: moves are shown, not judged
		}
	}
	t.Moves = append(t.Moves, ply)
	t.Turn, t.Black = next, black
	t.clocks(now, p.Left)
	t.player(seat.Other()).Offer = 0 // moving on is declining
	if t.player(seat).Offer == TakebackOffer {
		t.player(seat).Offer = 0
	}
	return Moved{Ply: ply, Number: p.Ply}, nil
}

func (t *Table) proposed(p *wire.Proposed) (Happening, error) {
	seat, err := someone(p.Seat)
	if err != nil {
		return nil, err
	}
	t.player(seat).Offer = Offer(p.What)
	return Proposed{seat, Offer(p.What)}, nil
}

func (t *Table) replied(p *wire.Replied) (Happening, error) {
	seat, err := someone(p.Seat)
	if err != nil {
		return nil, err
	}
	from := seat.Other()
	if Verdict(p.Accept) == Withdraw {
		from = seat
	}
	t.player(from).Offer = 0
	return Replied{seat, Offer(p.What), Verdict(p.Accept)}, nil
}

func (t *Table) tookBack(now time.Time, p *wire.TookBack) (Happening, error) {
	next, err1 := someone(p.Next)
	black, err2 := someone(p.Black)
	if err1 != nil || err2 != nil || int(p.Ply) > len(t.Moves) {
		return nil, fmt.Errorf("back to %d of %d moves, next %d, black %d", p.Ply, len(t.Moves), p.Next, p.Black)
	}
	t.Moves = t.Moves[:p.Ply:p.Ply] // appending copies: older tables keep their moves
	t.Turn, t.Black = next, black
	g := t.start
	for _, ply := range t.Moves {
		if g == nil {
			break
		}
		after, err := g.Play(ply.Move)
		if err != nil {
			after = nil
		}
		g = after
	}
	t.Position = g
	t.clocks(now, p.Left)
	t.noOffers()
	return TookBack{p.Ply}, nil
}

func (t *Table) ended(now time.Time, p *wire.Ended) (Happening, error) {
	winner, err := anyone(p.Winner)
	if err != nil || p.Reason == 0 {
		return nil, fmt.Errorf("winner %d, reason %d", p.Winner, p.Reason)
	}
	t.Turn, t.Winner, t.Reason = NoSeat, winner, rules.Reason(p.Reason)
	t.clocks(now, p.Left)
	t.noOffers()
	return Ended{p.Game, winner, rules.Reason(p.Reason)}, nil
}

func (t *Table) said(p *wire.Said) (Happening, error) {
	seat, err := anyone(p.Seat)
	return Said{seat, clean(string(p.Text))}, err
}

func (t *Table) away(now time.Time, p *wire.Away) (Happening, error) {
	seat, err := someone(p.Seat)
	if err != nil {
		return nil, err
	}
	grace := time.Duration(p.Grace) * time.Millisecond
	player := t.player(seat)
	player.Away, player.ClaimAt = true, now.Add(grace)
	return Away{seat, grace}, nil
}

func (t *Table) back(p *wire.Back) (Happening, error) {
	seat, err := someone(p.Seat)
	if err != nil {
		return nil, err
	}
	player := t.player(seat)
	player.Away, player.ClaimAt = false, time.Time{}
	return Back{seat}, nil
}

func (t *Table) left(p *wire.Left) (Happening, error) {
	seat, err := someone(p.Seat)
	if err != nil {
		return nil, err
	}
	*t.player(seat) = Player{Name: t.player(seat).Name, Left: t.player(seat).Left}
	return Left{seat}, nil
}

func (t *Table) clocks(now time.Time, left [2]wire.TimeLeft) {
	for i := range t.players {
		t.players[i].Left = wirerules.Left(left[i])
	}
	t.LeftAt = now
}

func (t *Table) noOffers() {
	for i := range t.players {
		t.players[i].Offer = 0
	}
}
