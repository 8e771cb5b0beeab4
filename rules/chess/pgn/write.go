package pgn

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"hansu/rules"
	"hansu/rules/chess"
)

// width is the longest line of the movetext, in characters (PGN standard, 4.3).
const width = 79

// roster has the seven tags of every game, in their order, and what stands for an
// unknown value.
var roster = [...]Tag{
	{"Event", "?"}, {"Site", "?"}, {"Date", "????.??.??"}, {"Round", "?"},
	{"White", "?"}, {"Black", "?"}, {"Result", Unknown},
}

// Write writes g in PGN's export form: the seven tags of the roster first, the
// others after them, a start position where it is not the usual one, then the moves
// with all that is said about them, and an empty line. The Result tag always is what
// stands after the moves: g.Result, else the tag's value, else what the board says.
func Write(w io.Writer, g *Game) error {
	b := bufio.NewWriter(w)
	result := g.result()
	writeTags(b, g, result)
	b.WriteByte('\n')
	m := movetext{w: b}
	if g.Comment != "" {
		m.comment(g.Comment)
	}
	m.line(g.Start, g.Moves)
	m.word(result)
	m.flush()
	b.WriteString("\n\n")
	if err := b.Flush(); err != nil {
		return fmt.Errorf("pgn: write: %w", err)
	}
	return nil
}

// result returns the result to write.
func (g *Game) result() string {
	for _, r := range []string{g.Result, g.Tag("Result")} {
		switch r {
		case WhiteWins, BlackWins, Draw, Unknown:
			return r
		}
	}
	return ResultOf(g.End, g.End.Outcome())
}

func writeTags(b *bufio.Writer, g *Game, result string) {
	skip := map[string]bool{"SetUp": true, "FEN": true, "Variant": true}
	for _, t := range roster {
		value := g.Tag(t.Name)
		if value == "" {
			value = t.Value
		}
		if t.Name == "Result" {
			value = result
		}
		writeTag(b, t.Name, value)
		skip[t.Name] = true
	}
	if g.Start.Ruleset() == rules.Chess960 {
		writeTag(b, "Variant", "Chess960")
	}
	start := chess.Start()
	if fen := g.Start.FEN(); fen != start.FEN() || g.Start.Ruleset() == rules.Chess960 {
		writeTag(b, "SetUp", "1")
		writeTag(b, "FEN", fen)
	}
	for _, t := range g.Tags {
		if !skip[t.Name] {
			writeTag(b, t.Name, t.Value)
		}
	}
}

func writeTag(b *bufio.Writer, name, value string) {
	value = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text([]byte(value)))
	fmt.Fprintf(b, "[%s \"%s\"]\n", name, value)
}

// movetext writes words, breaking lines before they grow too long.
type movetext struct {
	w      *bufio.Writer
	column int
	open   string // brackets that stick to the next word
	last   string // the last word, not yet written: closing brackets stick to it
}

// word takes a word that may begin a line.
func (m *movetext) word(s string) {
	m.flush()
	m.last, m.open = m.open+s, ""
}

// glue takes a word that must not begin a line.
func (m *movetext) glue(s string) {
	if m.last == "" || m.open != "" {
		m.word(s)
		return
	}
	m.last += " " + s
}

// close puts a bracket right behind the last word.
func (m *movetext) close(s string) {
	if m.open != "" {
		m.word("")
	}
	m.last += s
}

// flush writes the last word, after a blank or a line end.
func (m *movetext) flush() {
	n := utf8.RuneCountInString(m.last)
	switch {
	case n == 0:
		return
	case m.column == 0:
	case m.column+1+n > width:
		m.w.WriteByte('\n')
		m.column = 0
	default:
		m.w.WriteByte(' ')
		m.column++
	}
	m.w.WriteString(m.last)
	m.column += n
	m.last = ""
}

// comment writes a comment; what would end it is replaced. A word that readers
// would misunderstand at a line's start, as an escape or as the next game, stays
// behind the word before it. A word longer than a line makes a longer line.
func (m *movetext) comment(s string) {
	const most = 1000 // bytes of words that stick together; beyond, the signs go
	m.open += "{"
	for _, w := range strings.Fields(strings.ReplaceAll(text([]byte(s)), "}", ")")) {
		switch risky := w[0] == '%' || strings.HasPrefix(w, "[Event"); {
		case !risky:
			m.word(w)
		case len(m.last) < most:
			m.glue(w)
		default:
			m.word(strings.TrimLeft(w, "%["))
		}
	}
	m.close("}")
}

// line writes the moves of a line that starts at g.
func (m *movetext) line(g *chess.Game, moves []Move) {
	numbered := false
	for i := range moves {
		mv := &moves[i]
		switch {
		case g.ToMove() == rules.White:
			m.word(fmt.Sprintf("%d.", g.Number()))
		case !numbered:
			m.word(fmt.Sprintf("%d...", g.Number()))
		}
		m.word(g.Format(mv.Move))
		for _, n := range mv.NAGs {
			m.word(fmt.Sprintf("$%d", n))
		}
		said := mv.Comment
		if mv.HasClock {
			said = join("[%clk "+formatClock(mv.Clock)+"]", said)
		}
		if said != "" {
			m.comment(said)
		}
		for _, v := range mv.Variations {
			m.open += "("
			if v.Comment != "" {
				m.comment(v.Comment)
			}
			m.line(g, v.Moves)
			m.close(")")
		}
		numbered = said == "" && len(mv.Variations) == 0
		next, err := g.PlayOn(mv.Move)
		if err != nil {
			return // only a record put together by hand can hold an illegal move
		}
		g = next
	}
}
