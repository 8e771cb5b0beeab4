// Package records is about files of games, whatever the game: it plays them by the
// rules to find out what is wrong with them, and writes games that were played here.
//
//	report, err := records.Check(file, records.Options{Name: "club.pgn"}, func(f records.Fault) {
//		fmt.Printf("club.pgn:%d: %s\n", f.Line, f.Reason)
//	})
//
//	err := records.Write(w, records.PGN, game)
//
// # Formats
//
//	pgn       chess: Portable Game Notation, see rules/chess/pgn
//	sgf       omok: Smart Game Format, GM[4] and GM[5], see rules/omok/record
//	psq       omok: the files of Piskvork and the Gomocup tournaments, likewise
//	moves     omok: a line of moves a game, likewise
//	offsets   omok: a line of offsets from the centre an opening, likewise
//	openings  chess: tab-separated lines of ECO code, name and moves
//	json      both: a line a game, see below
//
// The first five are read and all but offsets and openings written. What is read is
// never trusted: games are bounded in length, and one game at a time is in memory.
//
// # JSON
//
// One object a line, in UTF-8:
//
//	{"code":"K7QX2M","number":1,"variant":"omok:renju","time":"10m+3x30s",
//	 "first":"…","second":"…","black":"…","white":"…",
//	 "started":"2026-11-23T09:31:56Z","ended":"2026-11-23T09:52:10Z",
//	 "result":"black","reason":"five","moves":["h8","i9"],"left_ms":[600000,598200]}
//
// variant is what rules/variants writes, time what rules.TimeControl does; first is
// who acted first, black who had black at the end. result is black, white, draw or
// none, for a game that was called off or is not over; reason is rules.Reason's name.
// moves are in the game's own notation, an opening's choices among them. left_ms is
// what the mover's clock showed after each move, and is missing where there was none.
// Only variant and moves are needed to read a game, and keys that are not known are skipped.
package records

import (
	"errors"
	"fmt"

	"hansu/rules"
)

// Format is a kind of file.
type Format uint8

// The formats.
const (
	Auto Format = iota // found out from the file's name and its first bytes
	PGN
	SGF
	PSQ
	Moves
	Offsets
	Openings
	JSON
)

var formatNames = [...]string{"auto", "pgn", "sgf", "psq", "moves", "offsets", "openings", "json"}

// String returns the format's name, as ParseFormat reads it.
func (f Format) String() string {
	if int(f) < len(formatNames) {
		return formatNames[f]
	}
	return fmt.Sprintf("format(%d)", uint8(f))
}

// ParseFormat reads a format's name.
func ParseFormat(name string) (Format, error) {
	for f, known := range formatNames {
		if name == known {
			return Format(f), nil
		}
	}
	return Auto, fmt.Errorf("%.20q is no format of records", name)
}

// Game is a game as it is written to a file. It may still be going on.
type Game struct {
	Code    string // of the table where it was played; may be empty
	Number  int    // of the game at that table, from 1
	Variant rules.Variant
	Time    rules.TimeControl
	First   string // names of the players, not by colour
	Second  string
	Started string // RFC 3339 in UTC, such as 2026-11-23T09:31:56Z; empty: not known
	Ended   string // likewise
	Outcome rules.Outcome
	Moves   []Move
}

// Move is one move of a Game.
type Move struct {
	rules.Move
	Left  rules.TimeLeft // of the player who moved, after the move
	Timed bool           // Left is known
}

// showing returns what the mover's clock showed: the main time, or once that is used
// up what is left of the period.
func (g *Game) showing(m Move) rules.Millis {
	if m.Left.Main > 0 || g.Time.Timing == rules.Fischer || g.Time.Timing == rules.Delay {
		return m.Left.Main
	}
	return m.Left.Extra
}

// ErrFormat is wrapped by the error of a game that a format cannot hold, whatever its moves.
var ErrFormat = errors.New("the format cannot hold the game")
