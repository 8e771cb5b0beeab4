// Package pgn reads and writes chess games in Portable Game Notation, the format
// of the PGN standard of 1994 in its import and its export form.
//
// A [Reader] takes one game at a time from a stream and plays it by the rules. What
// it understands: tags; SAN, LAN and UCI moves; comments, of which [%clk] is taken apart; numeric
// and written annotations; variations, nested; escape lines; UTF-8 with and
// without a byte order mark, and Latin-1; all line endings. A broken game is
// reported with its line and reason, and reading goes on with the next.
//
// [Write] writes a game in export form, with lines of at most 79 characters.
package pgn

import (
	"fmt"
	"strings"

	"hansu/rules"
	"hansu/rules/chess"
)

// The results.
const (
	WhiteWins = "1-0"
	BlackWins = "0-1"
	Draw      = "1/2-1/2"
	Unknown   = "*"
)

// Tag is one pair of the header.
type Tag struct{ Name, Value string }

// Game is one game.
type Game struct {
	Line     int    // where it begins in what was read, from 1
	Tags     []Tag  // in the order read
	Comment  string // before the first move
	Moves    []Move
	Result   string // as it stands after the moves; empty if it is missing
	Start    *chess.Game
	End      *chess.Game // after the moves
	Problems []*Error    // what was wrong but did not spoil the main line
}

// Move is a move of a game or of a variation, with what is said about it.
type Move struct {
	Move       rules.Move
	SAN        string
	NAGs       []uint8 // numeric annotations, such as 1 for a good move
	Comment    string  // what follows it, without [%clk]
	Clock      rules.Millis
	HasClock   bool
	Variations []Variation // what could have been played instead
}

// Variation is a line that was not played.
type Variation struct {
	Comment string // before its first move
	Moves   []Move
}

// New returns the record of a game that was played from start. The error is that of
// a move that is not legal.
func New(start *chess.Game, moves []rules.Move) (*Game, error) {
	g := &Game{Start: start, End: start}
	for i, m := range moves {
		next, err := g.End.PlayOn(m)
		if err != nil {
			return nil, fmt.Errorf("pgn: move %d: %w", i+1, err)
		}
		g.Moves = append(g.Moves, Move{Move: m, SAN: g.End.Format(m)})
		g.End = next
	}
	return g, nil
}

// Tag returns the value of a tag, and "" if it is missing.
func (g *Game) Tag(name string) string {
	for _, t := range g.Tags {
		if t.Name == name {
			return t.Value
		}
	}
	return ""
}

// Set sets the value of a tag.
func (g *Game) Set(name, value string) {
	for i := range g.Tags {
		if g.Tags[i].Name == name {
			g.Tags[i].Value = value
			return
		}
	}
	g.Tags = append(g.Tags, Tag{name, value})
}

// ResultOf returns the result that PGN writes for the outcome of g. A game that
// goes on or was called off has none.
func ResultOf(g *chess.Game, o rules.Outcome) string {
	switch {
	case o.Draw():
		return Draw
	case !o.Over() || o.Winner == rules.NoPlayer:
		return Unknown
	case g.Side(o.Winner) == rules.White:
		return WhiteWins
	}
	return BlackWins
}

// Disagreement says what is contradictory about the game's result: header and
// moves end differently, or the board shows another result than either. It
// returns "" if all agree; a result that is missing or * agrees with everything. Of
// the board only mate and stalemate count: games went on, and were lost, after
// positions that are drawn by five repetitions or 75 moves, or dead, before
// programs watched over these.
func (g *Game) Disagreement() string {
	header := g.Tag("Result")
	known := func(r string) bool { return r != "" && r != Unknown && r != "?" }
	if known(header) && known(g.Result) && header != g.Result {
		return fmt.Sprintf("the header says %s, the moves end with %s", header, g.Result)
	}
	if g.End == nil {
		return ""
	}
	o := g.End.Outcome()
	if o.Reason != rules.Checkmate && o.Reason != rules.Stalemate {
		return ""
	}
	board := ResultOf(g.End, o)
	for _, r := range []string{header, g.Result} {
		if known(r) && r != board {
			return fmt.Sprintf("the result is %s, but the board shows %s", r, board)
		}
	}
	return ""
}

// ErrorKind says what is wrong with a game.
type ErrorKind uint8

// The kinds of error.
const (
	BadTag        ErrorKind = iota + 1 // a tag that cannot be read
	BadStart                           // the FEN or Variant tag makes no sense
	BadMove                            // a move that is not legal
	BadVariation                       // the same in a variation, or a bracket too many
	Unterminated                       // a comment that does not end
	Unexpected                         // a character that has no place there
	TooLong                            // a game beyond the limits
	WrongEncoding                      // the file is not text in UTF-8 or Latin-1
)

// Error is something wrong with one game.
type Error struct {
	Line int
	Kind ErrorKind
	Text string // what is wrong, as it stands there; at most 32 bytes
	Err  error  // why, if there is more to say: a *chess.ParseError, for one
}

func (e *Error) Error() string {
	what := map[ErrorKind]string{
		BadTag: "bad tag", BadStart: "bad start", BadMove: "bad move", BadVariation: "bad variation",
		Unterminated: "comment without end", Unexpected: "unexpected", TooLong: "game too long",
		WrongEncoding: "wrong encoding",
	}[e.Kind]
	var b strings.Builder
	fmt.Fprintf(&b, "line %d: %s", e.Line, what)
	if e.Text != "" {
		fmt.Fprintf(&b, " %q", e.Text)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }
