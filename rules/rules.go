// Package rules holds what omok and chess have in common: players and sides,
// moves in coordinates, outcomes with stable numbers, clocks, and the small
// interface through which a table plays any game.
//
// Everything here is pure: values in, values out; no clock, no I/O, no globals.
// Any goroutine may call anything. The games themselves are in rules/omok and
// rules/chess; rules/variants starts one from a [Variant].
package rules

import "fmt"

// Side is a colour. Black moves first in omok, White in chess.
type Side uint8

// The sides. The numbers are stable: they are stored and sent.
const (
	NoSide Side = iota
	Black
	White
)

// Other returns the opposite side, and NoSide for NoSide.
func (s Side) Other() Side {
	switch s {
	case Black:
		return White
	case White:
		return Black
	}
	return NoSide
}

func (s Side) String() string {
	switch s {
	case Black:
		return "black"
	case White:
		return "white"
	}
	return "none"
}

// Player is one of the two who play a game: First is the one who acts first at
// its start. A player is not a side: an opening such as Swap2 may swap the sides.
type Player uint8

// The players. The numbers are stable: they are stored and sent.
const (
	NoPlayer Player = iota
	First
	Second
)

// Other returns the opponent, and NoPlayer for NoPlayer.
func (p Player) Other() Player {
	switch p {
	case First:
		return Second
	case Second:
		return First
	}
	return NoPlayer
}

func (p Player) String() string {
	switch p {
	case First:
		return "first"
	case Second:
		return "second"
	}
	return "none"
}

// Point is a square or an intersection. Column 0 is a, row 0 is 1: the lower
// left corner, as both chess and omok diagrams are read.
type Point struct{ Col, Row uint8 }

// String returns the point in letters and digits, such as h8.
func (p Point) String() string {
	if p.Col >= 26 {
		return fmt.Sprintf("(%d,%d)", p.Col, p.Row)
	}
	return fmt.Sprintf("%c%d", 'a'+p.Col, int(p.Row)+1)
}

// ParsePoint reads a point such as h8 or H8 on a board of the given size
// (1 to 26). The letter i is a column like any other.
func ParsePoint(s string, size int) (Point, error) {
	if len(s) < 2 || len(s) > 3 {
		return Point{}, fmt.Errorf("%q is no point: a letter and a number, such as h8", s)
	}
	col := int(s[0]|0x20) - 'a'
	row := 0
	for _, c := range []byte(s[1:]) {
		if c < '0' || c > '9' || (row == 0 && c == '0') {
			return Point{}, fmt.Errorf("%q is no point: a letter and a number, such as h8", s)
		}
		row = row*10 + int(c-'0')
	}
	if col < 0 || col >= size || row < 1 || row > size {
		return Point{}, fmt.Errorf("%q is outside the board (a1 to %c%d)", s, 'a'+size-1, size)
	}
	return Point{uint8(col), uint8(row - 1)}, nil
}

// MoveKind says what a [Move] does.
type MoveKind uint8

// The kinds of move. The numbers are stable: they are stored and sent.
const (
	Play   MoveKind = iota // a stone on To (omok), or a piece From → To (chess; Arg is the piece promoted to)
	Pass                   // omok rule sets that allow it
	Choose                 // an opening's choice: Arg is its number
	Offer                  // an opening's candidate move on To, to be chosen from later
)

// Move is one action of one player, in coordinates. What is not needed is zero.
type Move struct {
	Kind     MoveKind
	From, To Point
	Arg      uint8
}

// Reason says why a game is over. How a game ended is more than what its board
// says: resignation and time are no property of a position.
type Reason uint8

// The reasons. The numbers are stable: they are stored and sent. Add at the end.
const (
	NoReason      Reason = iota
	Checkmate            // chess: mated
	Five                 // omok: five (or what the rule set counts) in a row
	Resignation          // the loser resigned
	Flag                 // the loser's time ran out
	Agreement            // draw offered and accepted
	Threefold            // draw claimed: the position three times
	Fivefold             // draw: the position five times
	FiftyMoves           // draw claimed: 50 moves each without capture or pawn move
	SeventyFive          // draw: 75 moves each without capture or pawn move
	Stalemate            // draw: no legal move, not in check
	DeadPosition         // draw: no series of legal moves leads to mate
	FlagDraw             // draw: time ran out, but the opponent cannot win by any legal moves
	BoardFull            // draw: no empty point
	Passes               // draw: both passed in a row
	ForbiddenMove        // the loser played a forbidden point and it was claimed
	Abandoned            // the loser left; the win was claimed
	AbandonedDraw        // a player left; the opponent claimed a draw
	Aborted              // called off before it counted: no result
)

// Outcome is a finished game's result; the zero value is a game that goes on.
type Outcome struct {
	Reason Reason
	Winner Player // NoPlayer for a draw or an aborted game
}

// Over reports whether the game is finished.
func (o Outcome) Over() bool { return o.Reason != NoReason }

// Draw reports whether the game ended without a winner, and counted.
func (o Outcome) Draw() bool {
	return o.Over() && o.Winner == NoPlayer && o.Reason != Aborted
}

// Problem says what is wrong with a move. The numbers are stable: they are sent.
type Problem uint8

// The problems.
const (
	NoProblem      Problem = iota
	OffBoard               // a point outside the board
	Occupied               // omok: there is a stone already
	DoubleThree            // omok: forbidden double three
	DoubleFour             // omok: forbidden double four
	Overline               // omok: forbidden overline
	WrongKind              // such a move or choice is not possible now
	OpeningPoint           // the opening does not allow this point
	NoPiece                // chess: no piece of one's own on From
	CannotMove             // chess: the piece does not move like that
	LeavesCheck            // chess: one's own king would be in check
	PromotionPiece         // chess: the promotion piece is missing or wrong
	GameOver               // the game has ended
)

// Illegal is the error of a move that the rules refuse.
type Illegal struct {
	Problem Problem
	Move    Move
}

func (e *Illegal) Error() string {
	return fmt.Sprintf("illegal move %v: %v", e.Move, e.Problem)
}

// Game is a position with as much of its past as its rules need. It is a value:
// Play returns a new Game and leaves the old one as it was.
type Game interface {
	// Turn returns who acts next, and NoPlayer once the board says the game is over.
	Turn() Player
	// Side returns the colour p has now.
	Side(p Player) Side
	// Play returns the game after m by the player whose turn it is. The error is an *Illegal.
	Play(m Move) (Game, error)
	// Outcome returns what the board says: the zero value while the game goes on.
	Outcome() Outcome
	// Claim returns the draw that the player to move may claim now, or NoReason.
	Claim() Reason
	// CanWin reports whether any series of legal moves lets p win: what a
	// fallen flag of the opponent is worth.
	CanWin(p Player) bool
	// Legal appends every legal move to dst.
	Legal(dst []Move) []Move
	// Forbidden appends the empty points that the rules forbid to the side to
	// move (omok; chess has none), so that a client can mark them.
	Forbidden(dst []Point) []Point
	// Format writes a legal move in the game's notation, as of before it is played:
	// h8, pass; e4, Nf3, O-O, e8=Q.
	Format(m Move) string
	// Parse reads a move as a person types it (h8; e4, Nf3, e2e4, e7e8q). The error
	// says what is wrong; the move it returns is legal.
	Parse(s string) (Move, error)
}
