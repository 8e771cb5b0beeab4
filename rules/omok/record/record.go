// Package record reads and writes games of omok as files keep them: SGF, Gomocup's psq, plain
// lists of moves, and lists of opening positions as offsets from the centre.
//
// A [Reader] hands out one [Record] after the other. A record is what the file says: it is not
// judged until [Record.Replay] plays it by the rules. A game that cannot be read is
// an *[Error] with line and reason, and the reader goes on with the next. Memory is bounded by
// the longest game allowed (MaxGame), not by the file.
//
//	r := record.NewReader(file, record.Auto)
//	for {
//		rec, err := r.Next()
//		if err == io.EOF { break }
//		...
//	}
//
// # SGF
//
// Smart Game Format FF[3] and FF[4] (www.red-bean.com/sgf), game GM[4], or GM[5] as some
// servers of five in a row write it; a file may hold many games. Points are two letters, column
// from the left, row from the top, as in Go, or a letter and a number, h8, row from the bottom, as
// renju players write. B[] is a pass, and so is tt on a board that has no such point. Read are SZ, RU, PB, PW, RE, DT, EV, PC, GC, ON, AP, CA, AB, AW, AE, PL, B, W and C;
// other properties are skipped. The main line is kept; variations are counted in
// [Record.Variations] and left out. SZ without a value is 15.
//
// # psq
//
// The files of Piskvork, the manager of the Gomocup tournaments: a line "Piskvorky 20x20, 7:7, 0", lines of
// column, row (both from 1, row 1 on top) and milliseconds, then the two players'
// names and a code of how it ended, which are optional. The rule set is not in the file.
//
// # Lists of moves
//
// One game a line, in the notation of package omok with blanks or commas between: h8 i9 pass; an opening's choices are in
// it as words. Move numbers (1. or 12.) are skipped. # begins a comment. A line
// that starts with #! describes the game on the next line:
//
//	#! rules=renju size=15 opening=free result=black reason=five black="…" white="…" date=2026-11-23
//
// Each key may be missing. result is black, white or draw.
//
// # Lists of openings
//
// One position a line, as column and row offsets from the centre, row downwards: 0,0, 1,0, 1,3 (Gomocup's and Piskvork's
// opening files). On boards with an even number of lines the centre is the point right of and
// below the middle, as in Piskvork.
//
// # Text
//
// UTF-8 with or without a byte order mark; what is not valid UTF-8 is taken for Latin-1. Lines end in LF or CR LF.
package record

import (
	"fmt"

	"hansu/rules"
)

// The bounds of what is read.
const (
	MaxGame  = 256 << 10 // bytes in one game of an SGF file
	MaxLine  = 64 << 10  // bytes in one line of the other formats
	MaxMoves = 2048      // moves in one game
)

// Format is a kind of file.
type Format uint8

// The formats.
const (
	Auto    Format = iota // found out from the first bytes
	SGF                   // Smart Game Format
	PSQ                   // Piskvork's files
	Moves                 // lists of moves
	Offsets               // lists of opening positions
)

// String returns the format's name.
func (f Format) String() string {
	return [...]string{"auto", "sgf", "psq", "moves", "offsets"}[min(f, Offsets)]
}

// Record is one game as a file tells it.
type Record struct {
	Format     Format
	Line       int           // of the file, where the game starts, from 1
	Variant    rules.Variant // zero fields: the file does not say
	Black      string        // names
	White      string
	Date       string
	Event      string
	Place      string
	Program    string // that wrote the file
	Comment    string // on the whole game
	Result     Result
	Setup      []Stone    // stones that lie there before the first move
	Next       rules.Side // who moves first after Setup; NoSide: who the moves say, or black
	Moves      []Entry
	Variations int // side lines that the file has and this record has not
}

// Stone is a stone that lies on the board before the first move.
type Stone struct {
	Side  rules.Side
	Point rules.Point
}

// Entry is one move of a record.
type Entry struct {
	Line    int        // of the file
	Side    rules.Side // who moves, if the format says so
	Move    rules.Move // a stone or a pass, unless Text is set
	Text    string     // what the list says, to be read when it is played
	Comment string
	Spent   rules.Millis // time the move took; 0: the file does not say
}

// Result is what a file says of a game's end, by colour.
type Result struct {
	Known  bool
	Winner rules.Side   // NoSide: a draw, if Known
	Reason rules.Reason // NoReason: the file does not say
	Text   string       // as the file has it
}

// Error says why a game could not be read or replayed.
type Error struct {
	Line   int // of the file, from 1
	Reason string
	Err    error // of the rules, if a move was illegal
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Reason) }

// Unwrap returns the error of the rules.
func (e *Error) Unwrap() error { return e.Err }

func broken(line int, format string, args ...any) *Error {
	return &Error{Line: line, Reason: fmt.Sprintf(format, args...)}
}
