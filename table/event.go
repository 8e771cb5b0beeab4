package table

import (
	"hansu/rules"
	"hansu/store"
)

// Seat is one of the two places at a table, 1 or 2; 0 is nobody, or the server. The
// first to come has seat 1. A seat is not a colour: openings and rematches swap colours.
type Seat uint8

// Other returns the opposite seat, and 0 for 0.
func (s Seat) Other() Seat {
	if s == 1 || s == 2 {
		return 3 - s
	}
	return 0
}

// ID numbers a table, inside the server.
type ID = store.TableID

// Key is what the server keeps of a player's secret token: a hash.
type Key [16]byte

// Author says whose command a record is: a seat (0: the server itself), and the
// number that the sender's instance gave the command.
type Author struct {
	Seat     Seat
	Instance uint32
	Number   uint32
}

// Record is one command's effect on one table: all of its events.
type Record struct {
	Table  store.TableID
	Seq    uint32
	At     rules.Millis // service time
	By     Author
	Events []Event
}

// Event is one thing that everyone at a table sees happen.
type Event interface {
	kind() eventKind
	apply(t *Table, at rules.Millis) error
	append(dst []byte) []byte
}

// Setting is what a table is opened with and keeps.
type Setting struct {
	Code    string // what people share
	Variant rules.Variant
	Public  bool
	Drawn   bool // Chess960: the start position was drawn, none was asked for
	Time    rules.TimeControl
	Grace   rules.Millis // how long an absent player's seat is safe from claims
}

// The events. What each says is in the protocol's packets of the same names.
type (
	// Opened is the first event of every table.
	Opened struct {
		Setting
		Wall int64 // Unix milliseconds
	}
	// Seated says that a player took a seat.
	Seated struct {
		Seat Seat
		Name string
		Key  Key // never shown
	}
	// Started says that a game begins. Left is each seat's time.
	Started struct {
		Game  uint16 // 1, 2, 3 … at this table
		First Seat   // acts first
		Wall  int64  // Unix milliseconds, for the archive
		Left  [2]rules.TimeLeft
	}
	// Moved says that the seat to act made a move.
	Moved struct {
		Seat  Seat
		Next  Seat // 0: the board says the game is over
		Black Seat // who has black now
		Ply   uint16
		Move  rules.Move
		Left  [2]rules.TimeLeft // of seats 1 and 2, after the move
	}
	// Proposed says that a seat made an offer.
	Proposed struct {
		Seat Seat
		What Proposal
	}
	// Replied says that a seat answered an offer, or withdrew its own.
	Replied struct {
		Seat  Seat
		What  Proposal
		Reply Reply
	}
	// TookBack says that moves were taken back, by agreement.
	TookBack struct {
		Ply   uint16 // moves that remain
		Next  Seat
		Black Seat
		Left  [2]rules.TimeLeft
	}
	// Ended says that the game is over.
	Ended struct {
		Winner Seat
		Reason rules.Reason
		Game   uint16
		Wall   int64
		Left   [2]rules.TimeLeft
	}
	// Said is a line of chat.
	Said struct {
		Seat Seat
		Text string
	}
	// Away says that a player has no connection left; after the grace the opponent may claim.
	Away struct {
		Seat  Seat
		Grace rules.Millis
	}
	// Back says that an absent player is there again.
	Back struct{ Seat Seat }
	// Left says that a player gave up the seat.
	Left struct{ Seat Seat }
)

// Proposal is what can be offered to the opponent. The numbers are stored and sent.
type Proposal uint8

// The proposals.
const (
	Draw     Proposal = 1
	TakeBack Proposal = 2
	Rematch  Proposal = 3
)

// Reply is an answer to a proposal. The numbers are stored and sent.
type Reply uint8

// The replies.
const (
	Decline  Reply = 0
	Accept   Reply = 1
	Withdraw Reply = 2
)
