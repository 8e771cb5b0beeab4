package record

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"hansu/rules"
)

// nextSGF returns the next game of an SGF file. Text between the games is skipped.
func (r *Reader) nextSGF() (*Record, error) {
	line, err := r.findGame()
	if err != nil {
		return nil, err
	}
	text, err := r.frame(line)
	if err != nil {
		return nil, err
	}
	p := sgfParser{text: text, line: line, rec: &Record{Format: SGF, Line: line}}
	if err := p.parse(); err != nil {
		return nil, err
	}
	return p.rec, nil
}

// findGame reads up to the next opening parenthesis that a semicolon follows, and returns its line.
func (r *Reader) findGame() (int, error) {
	for {
		b, err := r.src.readByte()
		if err != nil {
			return 0, err
		}
		if b != '(' {
			continue
		}
		line := r.src.line
		for b = ' '; isSpace(b); {
			if b, err = r.src.readByte(); err != nil {
				return 0, err
			}
		}
		r.src.unread([]byte{b})
		if b == ';' {
			return line, nil
		}
	}
}

// frame reads one game, from behind its first parenthesis to its last, which is left out. What is in
// a value does not count, whatever it is. A game without an end costs only itself: the
// reading goes on at the next line that looks like a beginning.
func (r *Reader) frame(start int) ([]byte, error) {
	var text []byte
	depth := 1
	var in brackets
	for {
		b, err := r.src.readByte()
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if err != nil || len(text) >= MaxGame {
			if err == nil {
				text = append(text, b)
			}
			return nil, r.resume(text, start, in.value, err == nil)
		}
		text = append(text, b)
		if in.skip(b) {
			continue
		}
		switch b {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text[:len(text)-1], nil
			}
		}
	}
}

// brackets follows values through a game's text.
type brackets struct{ value, escaped bool }

// skip takes the next byte and reports whether it belongs to a value, brackets included.
func (in *brackets) skip(b byte) bool {
	switch {
	case in.escaped:
		in.escaped = false
	case in.value:
		in.escaped = b == '\\'
		in.value = b != ']'
	default:
		in.value = b == '['
		return in.value
	}
	return true
}

// resume goes back to where another game may begin in what was read of a game without an
// end, and returns the error of that game.
func (r *Reader) resume(text []byte, start int, value, long bool) error {
	reason := "a parenthesis is not closed"
	switch {
	case long:
		reason = "the game is longer than " + strconv.Itoa(MaxGame) + " bytes, or does not end"
	case value:
		reason = "a bracket is not closed"
	}
	if r.giveUp--; r.giveUp < 0 {
		r.src.drop()
		return broken(start, "%s; too many games without an end, the rest is not read", reason)
	}
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return broken(start, "%s", reason)
		}
		at += i + 1
		if rest := bytes.TrimLeft(text[at:], " \t\r"); bytes.HasPrefix(rest, []byte("(;")) {
			r.src.unread(rest)
			return broken(start, "%s", reason)
		}
	}
}

func isSpace(b byte) bool {
	return b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\v' || b == '\f'
}

// sgfParser reads one game's text.
type sgfParser struct {
	text []byte
	at   int
	line int // of text[at]
	rec  *Record
	root bool // only the root's size is looked for, which the points need before the rest
	// moved: a move was read, so the board cannot be set up any more.
	moved bool
	setup [26][26]rules.Side // column, row
	game  []byte             // comment on the game (GC)
	// comment is what was said (C) since the last move, or since the beginning; from mark on in
	// the present node. Bytes are gathered, not strings joined: a file may have very many.
	comment []byte
	mark    int
}

// next returns the next byte that is no blank, 0 at the end, without taking it.
func (p *sgfParser) next() byte {
	for ; p.at < len(p.text); p.at++ {
		b := p.text[p.at]
		if !isSpace(b) {
			return b
		}
		if b == '\n' {
			p.line++
		}
	}
	return 0
}

// parse reads the main line: everything up to the first closing parenthesis. What
// comes after it are variations.
func (p *sgfParser) parse() error {
	from := *p
	p.root = true
	if err := p.nodes(); err != nil {
		return err
	}
	*p = from
	if p.rec.Variant.Size == 0 {
		p.rec.Variant.Size = 15
	}
	if err := p.nodes(); err != nil {
		return err
	}
	p.mark = len(p.comment)
	p.flush()
	if len(p.game) > 0 {
		p.rec.Comment = strings.Trim(p.rec.Comment+"\n"+string(p.game), "\n")
	}
	p.countVariations()
	p.listSetup()
	return nil
}

// nodes reads nodes up to the first closing parenthesis, or the first node alone.
func (p *sgfParser) nodes() error {
	for first := true; ; {
		switch b := p.next(); {
		case b == ';' && p.root && !first, b == 0, b == ')':
			return nil
		case b == ';':
			p.at++
			p.mark = len(p.comment)
			first = false
		case b == '(':
			p.at++
		case isLetter(b):
			if err := p.property(); err != nil {
				return err
			}
		default:
			return broken(p.line, "unexpected character %q", b)
		}
	}
}

// flush gives the comment up to mark to the last move, or to the game if there was none yet. What
// stands before a move in its own node is the move's.
func (p *sgfParser) flush() {
	said := strings.Trim(string(p.comment[:p.mark]), "\n")
	p.comment, p.mark = p.comment[p.mark:], 0
	if p.moved {
		p.rec.Moves[len(p.rec.Moves)-1].Comment = said
	} else {
		p.rec.Comment = said
	}
}

// say appends a comment to another.
func say(comment, more []byte) []byte {
	return append(append(comment, '\n'), text(more)...)
}

// listSetup lists the stones set up, by row, then column.
func (p *sgfParser) listSetup() {
	for row := range uint8(26) {
		for col := range uint8(26) {
			if s := p.setup[col][row]; s != rules.NoSide {
				p.rec.Setup = append(p.rec.Setup, Stone{s, rules.Point{Col: col, Row: row}})
			}
		}
	}
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// countVariations counts the trees in what is left.
func (p *sgfParser) countVariations() {
	var in brackets
	for _, b := range p.text[p.at:] {
		if !in.skip(b) && b == '(' {
			p.rec.Variations++
		}
	}
}

// property reads a name and its values.
func (p *sgfParser) property() error {
	line := p.line
	var name []byte
	for p.at < len(p.text) && isLetter(p.text[p.at]) {
		if b := p.text[p.at]; b <= 'Z' { // FF[3] names may have small letters that do not count
			name = append(name, b)
		}
		p.at++
	}
	if p.next() != '[' {
		return broken(p.line, "property %.20s has no value", name)
	}
	for p.next() == '[' {
		at := p.line
		p.at++
		raw := p.value()
		if err := p.set(string(name), raw, at); err != nil {
			return err
		}
	}
	if len(name) == 0 {
		return broken(line, "a property without a name")
	}
	return nil
}

// value reads up to the closing bracket, which the frame has made sure of.
func (p *sgfParser) value() []byte {
	from := p.at
	for ; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			p.at++
			if p.at < len(p.text) && p.text[p.at] == '\n' {
				p.line++
			}
		case '\n':
			p.line++
		case ']':
			p.at++
			return p.text[from : p.at-1]
		}
	}
	return p.text[from:min(p.at, len(p.text))]
}

// set takes one value of a property.
func (p *sgfParser) set(name string, raw []byte, line int) error {
	rec := p.rec
	if p.root {
		if name == "SZ" {
			return p.size(raw, line)
		}
		return nil
	}
	switch name {
	case "B", "W":
		return p.move(sideOf(name), raw, line)
	case "AB", "AW", "AE":
		return p.setUp(name, raw, line)
	case "C":
		p.comment = say(p.comment, raw)
	case "GC":
		p.game = say(p.game, raw)
	case "GM":
		if v := simple(raw); v != "4" && v != "5" {
			return broken(line, "GM[%.20s] is another game; omok is GM[4], and GM[5] with some servers", v)
		}
	case "RU":
		rec.Variant.Rules = rulesOf(simple(raw))
	case "PL":
		if v := strings.ToUpper(simple(raw)); v != "" && (v[0] == 'B' || v[0] == 'W') {
			rec.Next = sideOf(v[:1])
		}
	case "RE":
		rec.Result = resultOf(simple(raw))
	case "PB":
		rec.Black = simple(raw)
	case "PW":
		rec.White = simple(raw)
	case "DT":
		rec.Date = simple(raw)
	case "EV":
		rec.Event = simple(raw)
	case "PC":
		rec.Place = simple(raw)
	case "AP":
		rec.Program = simple(raw)
	}
	return nil
}

func sideOf(name string) rules.Side {
	if name[0] == 'B' {
		return rules.Black
	}
	return rules.White
}

// size reads SZ: 15 or 15:15.
func (p *sgfParser) size(raw []byte, line int) error {
	cols, rows, both := strings.Cut(simple(raw), ":")
	n, err := strconv.Atoi(strings.TrimSpace(cols))
	if err != nil || n < 1 || n > 26 || (both && strings.TrimSpace(rows) != strings.TrimSpace(cols)) {
		return broken(line, "SZ[%.20s]: a square board of at most 26 points a side is possible", raw)
	}
	p.rec.Variant.Size = uint8(n)
	return nil
}

// move reads B or W.
func (p *sgfParser) move(s rules.Side, raw []byte, line int) error {
	if len(p.rec.Moves) >= MaxMoves {
		return broken(line, "more than %d moves", MaxMoves)
	}
	e := Entry{Line: line, Side: s}
	v := simple(raw)
	if v == "" || (v == "tt" && p.rec.Variant.Size <= 19) {
		e.Move.Kind = rules.Pass
	} else {
		var err error
		if e.Move.To, err = p.point(v, line); err != nil {
			return err
		}
	}
	p.flush()
	p.rec.Moves = append(p.rec.Moves, e)
	p.moved = true
	return nil
}

// point reads a point: two letters with the row from the top, or a letter and a number
// with the row from the bottom.
func (p *sgfParser) point(v string, line int) (rules.Point, error) {
	size := int(p.rec.Variant.Size)
	if len(v) == 2 && isLetter(v[0]) && isLetter(v[1]) {
		col, row := int(v[0]|0x20)-'a', int(v[1]|0x20)-'a'
		if col >= size || row >= size {
			return rules.Point{}, broken(line, "%s is outside the board of %d×%d", v, size, size)
		}
		return rules.Point{Col: uint8(col), Row: uint8(size - 1 - row)}, nil
	}
	pt, err := rules.ParsePoint(v, size)
	if err != nil {
		return rules.Point{}, broken(line, "%.20q is no point on a board of %d×%d", v, size, size)
	}
	return pt, nil
}

// setUp reads AB, AW or AE: a point, or a rectangle from corner to corner.
func (p *sgfParser) setUp(name string, raw []byte, line int) error {
	if p.moved {
		return broken(line, "%s sets up stones after a move", name)
	}
	first, last, rectangle := strings.Cut(simple(raw), ":")
	a, err := p.point(first, line)
	if err != nil {
		return err
	}
	b := a
	if rectangle {
		if b, err = p.point(last, line); err != nil {
			return err
		}
	}
	s := rules.NoSide
	if name != "AE" {
		s = sideOf(name[1:])
	}
	for col := min(a.Col, b.Col); col <= max(a.Col, b.Col); col++ {
		for row := min(a.Row, b.Row); row <= max(a.Row, b.Row); row++ {
			p.setup[col][row] = s
		}
	}
	return nil
}
