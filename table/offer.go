package table

import "hansu/rules"

// Offers between the players: a draw, a take-back, a rematch. A draw offer stands until
// the opponent answers or moves; a take-back request until anyone moves. Each may be made once
// between two moves of one's own, so that nobody is pestered.

func (a Propose) decide(d *decision) Refusal {
	if d.seat == 0 {
		return NotSeated
	}
	t := d.t
	if r := t.proposable(d.seat, a.What); r != Accepted {
		return r
	}
	if t.place(d.seat.Other()).offer == a.What { // both want the same
		return d.agree(a.What)
	}
	p := t.place(d.seat)
	if p.offer == a.What || p.tried[a.What] == uint16(t.ownMoves(d.seat)+1) {
		return AlreadyOffered
	}
	if p.offer != 0 { // one offer at a time: the newer one takes its place, and all see that
		d.emit(Replied{Seat: d.seat, What: p.offer, Reply: Withdraw})
	}
	d.emit(Proposed{Seat: d.seat, What: a.What})
	return Accepted
}

// proposable says why a seat cannot offer something now.
func (t *Table) proposable(s Seat, what Proposal) Refusal {
	switch what {
	case Draw, TakeBack:
		if t.phase != Playing {
			return t.noGame()
		}
		if what == TakeBack && t.ownMoves(s) == 0 {
			return NotPossible
		}
		if what == TakeBack && len(t.log) > rematchMost {
			return Full
		}
	case Rematch:
		switch t.phase {
		case Playing, Waiting:
			return GameOn
		case Shut:
			return NoTable
		}
		if !t.place(s.Other()).taken {
			return NotPossible
		}
		if len(t.log) > rematchMost {
			return Full
		}
	default:
		return NotPossible
	}
	return Accepted
}

func (a Answering) decide(d *decision) Refusal {
	if d.seat == 0 {
		return NotSeated
	}
	from := d.seat.Other()
	if a.Reply == Withdraw {
		from = d.seat
	}
	if a.What < Draw || a.What > Rematch || a.Reply > Withdraw || d.t.place(from).offer != a.What {
		return NoProposal
	}
	if a.Reply == Accept {
		return d.agree(a.What)
	}
	d.emit(Replied{Seat: d.seat, What: a.What, Reply: a.Reply})
	return Accepted
}

// agree emits what follows when the sender accepts the opponent's offer.
func (d *decision) agree(what Proposal) Refusal {
	t := d.t
	d.emit(Replied{Seat: d.seat, What: what, Reply: Accept})
	switch what {
	case Draw:
		d.end(0, rules.Agreement)
	case TakeBack:
		return d.takeBack(d.seat.Other())
	case Rematch:
		d.start(t.first.Other())
	}
	return Accepted
}

// takeBack undoes moves up to and including the last one of the seat that asked.
func (d *decision) takeBack(asked Seat) Refusal {
	t := d.t
	n := len(t.moves)
	for n > 0 && t.moves[n-1].seat != asked {
		n--
	}
	if n == 0 {
		d.events = nil
		return NotPossible
	}
	n--
	game, err := replay(t.set.Variant, t.moves[:n])
	if err != nil {
		d.events = nil
		return NotPossible
	}
	clock := t.clock.Turn(game.Turn(), d.now.Service)
	black := t.first
	if game.Side(rules.First) != rules.Black {
		black = t.first.Other()
	}
	d.emit(TookBack{
		Ply: uint16(n), Next: t.seat(game.Turn()), Black: black,
		Left: t.left(clock, d.now.Service),
	})
	return Accepted
}

// offender is a game in which a forbidden move can be played and claimed.
type offender interface {
	// ForbiddenPlayed reports whether the last move was a forbidden one.
	ForbiddenPlayed() bool
}

func (a Claiming) decide(d *decision) Refusal {
	if r := d.playing(); r != Accepted {
		return r
	}
	switch a.What {
	case ClaimDraw:
		return d.claimDraw(a)
	case ClaimWin:
		return d.claimAway(d.seat, rules.Abandoned)
	case ClaimAway:
		return d.claimAway(0, rules.AbandonedDraw)
	case ClaimForbidden:
		g, ok := d.t.game.(offender)
		if !ok || !g.ForbiddenPlayed() || d.t.turn() != d.seat {
			return NoClaim
		}
		d.end(d.seat, rules.ForbiddenMove)
		return Accepted
	}
	return NoClaim
}

// claimDraw is FIDE 9.2 and 9.3: on one's turn, for the position there is or for the one
// that an announced move brings. A wrong claim changes nothing; the move is not made.
func (d *decision) claimDraw(a Claiming) Refusal {
	t := d.t
	if t.turn() != d.seat {
		return NotYourTurn
	}
	if !a.WithMove {
		why := t.game.Claim()
		if why == rules.NoReason {
			return NoClaim
		}
		d.end(0, why)
		return Accepted
	}
	next, err := t.game.Play(a.Move)
	if err != nil {
		return d.illegal(err)
	}
	why := next.Claim()
	if why == rules.NoReason {
		return NoClaim
	}
	d.moved(a.Move, next)
	d.end(0, why)
	return Accepted
}

func (d *decision) claimAway(winner Seat, why rules.Reason) Refusal {
	p := d.t.place(d.seat.Other())
	switch {
	case !p.away || d.t.set.Time.Timing == rules.Correspondence:
		return NoClaim
	case d.now.Service < p.since+d.t.set.Grace:
		return TooEarly
	}
	d.end(winner, why)
	return Accepted
}
