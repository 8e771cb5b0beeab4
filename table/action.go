package table

import (
	"errors"

	"hansu/rules"
)

// Action is what a command wants. decide checks it and emits the events of its effect; it
// changes nothing itself.
type Action interface {
	decide(d *decision) Refusal
}

// The actions.
type (
	// Create opens a table; its sender has seat 1.
	Create struct {
		Setting Setting
		Name    string
	}
	// Sit takes the free seat; the first game starts.
	Sit struct{ Name string }
	// Attach makes the sender hear the table: its player again if it has a seat, else a
	// spectator. Records after Seen come at once.
	Attach struct {
		Seen uint32
		All  any // the sender's own, if it comes to all of its tables at once; the table does not look at it
	}
	// Detach says that the sender's connection is gone.
	Detach struct{}
	// Leave gives up the seat, or stops watching.
	Leave struct{}
	// Move is a move of the present game.
	Move struct {
		Move rules.Move
		Game uint16 // the game meant; 0: the present one
		Ply  uint16 // the number of moves before this one; AnyPly: not checked
	}
	// Resign gives up the present game.
	Resign struct{}
	// Propose offers something to the opponent.
	Propose struct{ What Proposal }
	// Answering replies to the opponent's offer, or withdraws the sender's own.
	Answering struct {
		What  Proposal
		Reply Reply
	}
	// Claiming claims what the rules give.
	Claiming struct {
		What     ClaimKind
		WithMove bool // a draw that Move will bring about
		Move     rules.Move
	}
	// Say is a line of chat.
	Say struct{ Text string }
	// tick is the server's own: a deadline has come.
	tick struct{}
)

// AnyPly in a Move means that its number is not checked.
const AnyPly = 1<<16 - 1

// MaxPlies ends an endless game as a draw, so that a table's record is bounded.
const MaxPlies = 4096

// A table's whole log is sent to whoever comes to it anew, and what may wait for one client is bounded. So a table that
// has been talked and played at for very long has no further chat, and then no further rematch or take-back. The
// bounds are in bytes as stored; a move has about 25 of them, and packets are up to three times as long.
const (
	chatMost    = 128 << 10
	rematchMost = 160 << 10
)

// ClaimKind is what can be claimed. The numbers are sent.
type ClaimKind uint8

// The claims.
const (
	ClaimDraw      ClaimKind = 1 // repetition, fifty moves
	ClaimWin       ClaimKind = 2 // the opponent has been away longer than the grace
	ClaimAway      ClaimKind = 3 // likewise, as a draw
	ClaimForbidden ClaimKind = 4 // the opponent played a forbidden point
)

func (a Create) decide(d *decision) Refusal {
	if d.t.seq != 0 {
		return Taken
	}
	d.seat = 1
	d.t.set = a.Setting
	d.attach(0)
	d.emit(Opened{a.Setting, d.now.Wall}, Seated{Seat: 1, Name: a.Name, Key: d.cmd.Key})
	return Accepted
}

func (a Sit) decide(d *decision) Refusal {
	t := d.t
	switch {
	case t.phase == Shut:
		return NoTable
	case d.seat != 0:
		return OwnTable
	case t.phase != Waiting:
		return Taken
	}
	d.seat = 2
	d.attach(0)
	d.emit(Seated{Seat: 2, Name: a.Name, Key: d.cmd.Key})
	d.start(1)
	return Accepted
}

// start emits the beginning of the next game.
func (d *decision) start(first Seat) {
	clock := rules.NewClock(d.t.set.Time).Start(rules.First, d.now.Service)
	var left [2]rules.TimeLeft
	if d.t.set.Time.Timing != rules.Untimed {
		left[first-1] = clock.Left(rules.First, d.now.Service)
		left[first.Other()-1] = clock.Left(rules.Second, d.now.Service)
	}
	d.emit(Started{Game: d.t.gameNo + 1, First: first, Wall: d.now.Wall, Left: left})
}

func (a Attach) decide(d *decision) Refusal {
	d.attach(a.Seen)
	return Accepted
}

func (Detach) decide(d *decision) Refusal {
	v := d.view()
	if v == nil {
		return Accepted
	}
	d.leaving = true
	if v.seat == 0 || d.t.phase == Shut {
		return Accepted
	}
	if p := d.t.place(v.seat); p.taken && p.present == 1 && !p.away {
		d.emit(Away{Seat: v.seat, Grace: d.t.set.Grace})
	}
	return Accepted
}

func (Leave) decide(d *decision) Refusal {
	d.leaving = true
	if d.seat == 0 || d.t.phase == Shut {
		return Accepted
	}
	if d.t.phase == Playing {
		d.end(d.seat.Other(), rules.Resignation)
	}
	d.emit(Left{d.seat})
	return Accepted
}

func (a Move) decide(d *decision) Refusal {
	t := d.t
	switch {
	case d.seat == 0:
		return NotSeated
	case t.phase != Playing:
		return t.noGame()
	case a.Game != 0 && a.Game != t.gameNo:
		return OtherPly
	case a.Ply != AnyPly && int(a.Ply) != len(t.moves):
		return OtherPly
	case t.turn() != d.seat:
		return NotYourTurn
	}
	next, err := t.game.Play(a.Move)
	if err != nil {
		return d.illegal(err)
	}
	d.moved(a.Move, next)
	switch o := next.Outcome(); {
	case o.Over():
		d.end(t.seat(o.Winner), o.Reason)
	case len(t.moves)+1 >= MaxPlies:
		d.end(0, rules.Agreement)
	}
	return Accepted
}

func (d *decision) illegal(err error) Refusal {
	var bad *rules.Illegal
	if errors.As(err, &bad) {
		d.problem = bad.Problem
	}
	return IllegalMove
}

// moved emits a legal move, next being the game after it.
func (d *decision) moved(m rules.Move, next rules.Game) {
	t := d.t
	clock := t.clock.Press(next.Turn(), d.now.Service)
	black := t.first
	if next.Side(rules.First) != rules.Black {
		black = t.first.Other()
	}
	d.emit(Moved{
		Seat: d.seat, Next: t.seat(next.Turn()), Black: black,
		Ply: uint16(len(t.moves) + 1), Move: m, Left: t.left(clock, d.now.Service),
	})
}

// end emits the end of the present game.
func (d *decision) end(winner Seat, why rules.Reason) {
	t := d.t
	d.emit(Ended{
		Winner: winner, Reason: why, Game: t.gameNo, Wall: d.now.Wall,
		Left: t.left(t.clock.Stop(d.now.Service), d.now.Service),
	})
}

func (Resign) decide(d *decision) Refusal {
	if r := d.playing(); r != Accepted {
		return r
	}
	d.end(d.seat.Other(), rules.Resignation)
	return Accepted
}

// playing refuses what only a player of a running game may do.
func (d *decision) playing() Refusal {
	switch {
	case d.seat == 0:
		return NotSeated
	case d.t.phase != Playing:
		return d.t.noGame()
	}
	return Accepted
}

// noGame says why there is no game on.
func (t *Table) noGame() Refusal {
	if t.phase == Waiting {
		return NotStarted
	}
	return NoGame
}

func (a Say) decide(d *decision) Refusal {
	if d.seat == 0 {
		return NotSeated
	}
	if d.t.phase == Shut {
		return NoTable
	}
	if len(d.t.log) > chatMost {
		return Full
	}
	d.emit(Said{Seat: d.seat, Text: a.Text})
	return Accepted
}

func (tick) decide(*decision) Refusal { return Accepted }
