package client

import (
	"time"

	"hansu/rules"
)

// Event is what a [Client] or a [Core] reports: one of Online, Offline, Sat, Record,
// Clocked, Watched, Gone, Answer, Listed and Forbidden.
type Event interface{ event() }

// Online says that the server has greeted the client; after a lost connection what was
// missed follows by itself.
type Online struct {
	Server uint32 // changes when the server was started anew
	Token  Token  // to come back with, also from a later run of the program
	Tables int    // where this token has a seat; send Resume to come to them
	Again  bool   // this is not the first connection
}

// Offline says that there is no connection now. It comes from a Client only.
type Offline struct {
	Err error
	// Retry is when the client tries again. Zero: never, the event is the last.
	Retry time.Duration
}

// Sat says that the client is at a table, with a seat or as a spectator. Its records
// follow, from the first one on.
type Sat struct{ Table *Table }

// Record is what one command of some player did to a table: all of it together. The
// same records come in the same order to everyone at the table.
type Record struct {
	Table  *Table // after the record
	Number uint32
	Events []Happening // at least one
	Past   bool        // it happened before this client came to the table
}

// CaughtUp reports whether the record is the last of those that had happened before
// the client came: what follows is live.
func (r Record) CaughtUp() bool { return r.Number == r.Table.Past }

// Clocked says what the clocks show when the client has come to a table in the middle of a
// game: records have the times as of the record only.
type Clocked struct{ Table *Table }

// Watched says that another number of people look on at the table: Table.Viewers.
type Watched struct{ Table *Table }

// Gone says that the client is at the table no longer: it left, or Err says why.
type Gone struct {
	Table *Table // as last known
	Err   error  // nil after a Leave
}

// Answer is the server's answer to a command. What the command did comes, as for everyone
// at the table, in a Record.
type Answer struct {
	Command uint32  // the number that Do returned
	To      Command // the command
	Record  uint32  // where its effect is; 0 for none
	Err     error   // nil, or a *Refused
}

// Listed is the lobby's list, the effect of a List.
type Listed struct {
	Command uint32
	Entries []Entry
}

// Entry is one table of the lobby's list.
type Entry struct {
	Code    string
	Variant rules.Variant
	Time    rules.TimeControl
	Plies   int
	Viewers int
	Names   [2]string // of seats 1 and 2
}

// Forbidden says which empty points the rules forbid to the seat that acts next, the effect of
// a Points.
type Forbidden struct {
	Command uint32
	Table   uint32
	Game    uint16
	Ply     uint16 // moves made in the position that is meant
	Seat    Seat   // acts next
	Points  []rules.Point
}

func (Online) event()    {}
func (Offline) event()   {}
func (Sat) event()       {}
func (Record) event()    {}
func (Clocked) event()   {}
func (Watched) event()   {}
func (Gone) event()      {}
func (Answer) event()    {}
func (Listed) event()    {}
func (Forbidden) event() {}

// Happening is one thing in a [Record]: Seated, Started, Moved, Proposed, Replied,
// TookBack, Ended, Said, Away, Back or Left.
type Happening interface{ happening() }

// Seated says that someone took a seat.
type Seated struct {
	Seat Seat
	Name string
}

// Started says that a game begins.
type Started struct {
	Game  uint16
	First Seat
}

// Moved says that a move was made.
type Moved struct {
	Ply
	Number uint16 // of the move in the game, from 1
}

// Proposed says that a player offers something.
type Proposed struct {
	Seat Seat
	What Offer
}

// Replied says that an offer was answered by the opponent, or withdrawn.
type Replied struct {
	Seat  Seat // who answers
	What  Offer
	Reply Verdict
}

// TookBack says that moves were taken back.
type TookBack struct{ Remain uint16 } // moves that remain

// Ended says that the game is over.
type Ended struct {
	Game   uint16
	Winner Seat // NoSeat for a draw
	Reason rules.Reason
}

// Said is a line of chat.
type Said struct {
	Seat Seat
	Text string
}

// Away says that a player has no connection; after Grace the opponent may claim.
type Away struct {
	Seat  Seat
	Grace time.Duration
}

// Back says that a player is there again.
type Back struct{ Seat Seat }

// Left says that a player gave up the seat.
type Left struct{ Seat Seat }

func (Seated) happening()   {}
func (Started) happening()  {}
func (Moved) happening()    {}
func (Proposed) happening() {}
func (Replied) happening()  {}
func (TookBack) happening() {}
func (Ended) happening()    {}
func (Said) happening()     {}
func (Away) happening()     {}
func (Back) happening()     {}
func (Left) happening()     {}
