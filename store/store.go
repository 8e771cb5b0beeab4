// Package store is the contract for what must outlive the server: the log of
// records, one summary row a table, the archive of finished games, and the
// service clock. store/sqlite implements it in one file; store/storetest holds every
// implementation to it.
package store

import (
	"context"
	"errors"

	"hansu/rules"
)

// TableID numbers tables from 1, in order of opening. It is inside knowledge; people
// share a table's Code.
type TableID uint32

// Record is what one command did to one table: all of its events, whole or not at all.
type Record struct {
	Table TableID
	Seq   uint32       // 1, 2, 3 … within the table, no gap
	Epoch uint32       // the ownership under which it was written; 1 on a single node
	At    rules.Millis // service time when it was decided
	// Deadline is the service time at which the table must be looked at although
	// no command came (a flag falls, a seat's grace ends); 0 is never.
	Deadline rules.Millis
	Data     []byte // the events; the store does not read them
}

// State is what a table is doing, for the lobby and for start-up.
type State uint8

// The states. The numbers are stored.
const (
	Open   State = 1 // waits for a second player
	Active State = 2 // two players; a game is on, or a rematch may come
	Shut   State = 3 // nobody will act here again; the log is kept for the archive
)

// Summary is the one row that start-up and the lobby read of a table.
type Summary struct {
	Table    TableID
	Code     string // what people share; unique
	State    State
	Public   bool         // listed, and open to whoever comes first
	Opened   int64        // wall clock, Unix milliseconds
	Seats    [2][]byte    // hash of each seat's token; nil when free
	Data     []byte       // what the lobby shows; the store does not read it
	LastSeq  uint32       // filled in by Load and Tables, from the log
	Deadline rules.Millis // likewise: that of the last record
}

// Game is a finished game's archive row. Text columns are queryable.
type Game struct {
	Table   TableID
	Number  uint16 // first game at the table is 1
	Code    string // the table's
	Variant rules.Variant
	Time    rules.TimeControl
	Names   [2]string // of players First and Second of this game
	Outcome rules.Outcome
	Started int64  // wall clock, Unix milliseconds
	Ended   int64  // wall clock, Unix milliseconds
	Moves   []byte // in rules' compact form; see table
	Plies   uint16
}

// Write is one record with what else must be true in the same commit.
type Write struct {
	Record
	Summary *Summary // if not nil, the table's row from now on
	Game    *Game    // if not nil, goes into the archive
}

// The errors an implementation returns, wrapped with what it was doing.
var (
	// ErrConflict: another record has that number already. The table must be reloaded.
	ErrConflict = errors.New("store: record number taken")
	// ErrUnknown: the commit failed in a way that leaves open whether it happened.
	// The identical Append must be tried again, or the table reloaded.
	ErrUnknown = errors.New("store: outcome of commit unknown")
	// ErrNotFound: there is no such table or game.
	ErrNotFound = errors.New("store: not found")
	// ErrLocked: another process serves this data.
	ErrLocked = errors.New("store: data directory in use by another server")
	// ErrClosed: the store has been closed.
	ErrClosed = errors.New("store: closed")
	// ErrNewer: the data was written by a newer version.
	ErrNewer = errors.New("store: data written by a newer version of hansu")
)

// Store is safe for use from any goroutine.
type Store interface {
	// Append makes every write durable, in one transaction with whatever other calls
	// wait at that moment, and returns when it is. Writes of one table come in order
	// of Seq. Appending records that are already there, identical, succeeds and
	// changes nothing. The writes and what they point to must stay unchanged until
	// Append returns; nothing is kept afterwards. ctx ends the wait for a turn, never
	// a commit under way.
	Append(ctx context.Context, writes []Write) error
	// Records calls f with the table's records from number from on, in order. The
	// record's Data is valid until f returns.
	Records(ctx context.Context, id TableID, from uint32, f func(Record) error) error
	// Table returns a table's summary by its code.
	Table(ctx context.Context, code string) (Summary, error)
	// Tables calls f with the summary of every table that is not Shut, in order of id.
	Tables(ctx context.Context, f func(Summary) error) error
	// LastTable returns the highest id ever used, or 0.
	LastTable(ctx context.Context) (TableID, error)
	// Games calls f with archived games, newest first, from before a given (table, number) cursor
	// (zero: the newest), until f returns ErrStop or there are no more.
	Games(ctx context.Context, beforeTable TableID, beforeNumber uint16, f func(Game) error) error
	// Game returns one archived game.
	Game(ctx context.Context, code string, number uint16) (Game, error)
	// Beat stores that the server is alive at service time now.
	Beat(ctx context.Context, now rules.Millis) error
	// LastBeat returns the latest service time known: of a Beat or of a record.
	LastBeat(ctx context.Context) (rules.Millis, error)
	Close() error
}

// ErrStop ends an iteration early without being an error.
var ErrStop = errors.New("store: stop")
