package table

import "hansu/rules"

// Points asks which points the rules forbid in the present position. It changes nothing and
// leaves no record; players and spectators may ask, and ask again.
type Points struct{}

// Forbidding is the answer to Points.
type Forbidding struct {
	Game   uint16
	Ply    uint16        // moves made
	Seat   Seat          // acts next
	Points []rules.Point // must not be changed
}

func (Points) decide(d *decision) Refusal {
	t := d.t
	if t.phase != Playing {
		return t.noGame()
	}
	if t.asked == nil {
		t.asked = &Forbidding{Game: t.gameNo, Ply: uint16(len(t.moves)), Seat: t.turn(), Points: t.game.Forbidden(nil)}
	}
	d.forbidding = t.asked
	return Accepted
}
