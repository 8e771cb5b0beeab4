package client

import (
	"time"

	"hansu/rules"
)

// Seat is a place at a table: 1 or 2, and 0 for a spectator or for nobody. A seat
// is not a colour: openings and rematches swap colours.
type Seat uint8

// The seats. The numbers are those of the protocol.
const (
	NoSeat Seat = iota
	SeatOne
	SeatTwo
)

// Other returns the opposite seat, and NoSeat for NoSeat.
func (s Seat) Other() Seat {
	switch s {
	case SeatOne:
		return SeatTwo
	case SeatTwo:
		return SeatOne
	}
	return NoSeat
}

// Offer is something that one player proposes to the other.
type Offer uint8

// The offers. The numbers are those of the protocol.
const (
	DrawOffer     Offer = 1
	TakebackOffer Offer = 2
	RematchOffer  Offer = 3
)

// Verdict is the answer to an offer.
type Verdict uint8

// The verdicts. The numbers are those of the protocol.
const (
	Decline  Verdict = 0
	Accept   Verdict = 1
	Withdraw Verdict = 2 // one's own offer
)

// Ply is one move that was made.
type Ply struct {
	Seat Seat
	Move rules.Move
	Text string // in the game's notation: h8, Nf3; the bare point where this client cannot follow the rules
}

// Player is who sits on a seat.
type Player struct {
	Name string
	Here bool // someone has this seat
	// Away is set while the player has no connection; from ClaimAt on the opponent may
	// claim the game. Both count from when this client heard of it.
	Away    bool
	ClaimAt time.Time
	Offer   Offer          // that waits for an answer; 0 for none
	Left    rules.TimeLeft // on the clock at Table.LeftAt
}

// Table is what a client knows of one table after a record: a value that does not
// change any more. The next record comes with a new one.
type Table struct {
	ID      uint32 // names the table in commands; means nothing to people
	Code    string // what people share
	Seat    Seat   // one's own; NoSeat for a spectator
	Private bool
	Variant rules.Variant
	Time    rules.TimeControl
	Seen    uint32 // number of the last complete record
	Past    uint32 // records up to this one happened before this client came
	Viewers int    // who look on without a seat, this client included if it does; as last told

	Number uint16 // of the present or last game at this table, from 1; 0 before the first
	First  Seat   // acts first in this game
	Black  Seat   // has black now
	Turn   Seat   // acts next; NoSeat when no game is running
	// Position is the game after Moves. It is nil before the first game, and when this
	// client cannot follow the rules of a newer server.
	Position rules.Game
	Moves    []Ply        // must not be changed
	LeftAt   time.Time    // when this client heard of what the clocks show
	Winner   Seat         // of the game that is over; NoSeat for a draw
	Reason   rules.Reason // why it is over; NoReason while it goes on

	players [2]Player
	start   rules.Game // of this game, to go back to
}

// Player returns who sits on seat s, and the zero value for NoSeat.
func (t *Table) Player(s Seat) Player {
	if s != SeatOne && s != SeatTwo {
		return Player{}
	}
	return t.players[s-1]
}

// Running reports whether a game is going on.
func (t *Table) Running() bool { return t.Number > 0 && t.Reason == rules.NoReason }

// MyTurn reports whether the client is to move.
func (t *Table) MyTurn() bool { return t.Running() && t.Seat != NoSeat && t.Turn == t.Seat }

// Side returns the colour that seat s has now, and rules.NoSide before the first game.
func (t *Table) Side(s Seat) rules.Side {
	switch {
	case t.Black == NoSeat || s == NoSeat:
		return rules.NoSide
	case t.Black == s:
		return rules.Black
	}
	return rules.White
}

// SeatOf returns the seat of a player of the present game.
func (t *Table) SeatOf(p rules.Player) Seat {
	switch p {
	case rules.First:
		return t.First
	case rules.Second:
		return t.First.Other()
	}
	return NoSeat
}

// PlayerOf returns which player of the present game sits on seat s.
func (t *Table) PlayerOf(s Seat) rules.Player {
	switch {
	case s == NoSeat || t.First == NoSeat:
		return rules.NoPlayer
	case s == t.First:
		return rules.First
	}
	return rules.Second
}

// Clock returns what seat s has on the clock as of now: the time of the one to move
// runs from when this client heard of the last record on. The server's clock decides.
func (t *Table) Clock(s Seat, now time.Time) rules.TimeLeft {
	left := t.Player(s).Left
	if !t.Running() || s == NoSeat || s != t.Turn {
		return left
	}
	since := rules.Millis(now.Sub(t.LeftAt).Milliseconds())
	return rules.RestoreClock(t.Time, [2]rules.TimeLeft{left, left}).Start(rules.First, 0).Left(rules.First, since)
}

// CanClaim reports whether the opponent of this client has been away for so long,
// as of now, that the game may be claimed.
func (t *Table) CanClaim(now time.Time) bool {
	opponent := t.Player(t.Seat.Other())
	return t.Running() && opponent.Away && !now.Before(opponent.ClaimAt)
}

// Parse reads a move as a person types it. The error says what is wrong.
func (t *Table) Parse(s string) (rules.Move, error) {
	if t.Position == nil {
		return rules.Move{}, ErrNoPosition
	}
	return t.Position.Parse(s)
}

// player is the one that s, 1 or 2, stands for.
func (t *Table) player(s Seat) *Player { return &t.players[s-1] }

// clone returns a copy whose records can be applied while t stays as it is. Moves is
// shared: it is only ever appended to, or cut off with its capacity.
func (t *Table) clone() *Table {
	c := *t
	return &c
}
