package pgn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"hansu/rules"
	"hansu/rules/chess"
)

// The limits of one game. They bound what a Reader holds in memory; no game that
// was played comes near them.
const (
	maxBytes = 4 << 20
	maxMoves = 20_000 // those of variations and the variations themselves included
	maxTags  = 1000
	maxDepth = 50 // of variations within variations
)

// Reader reads games from a stream. It holds one game at a time.
type Reader struct {
	s     *scanner
	begun bool
}

// NewReader returns a Reader of r.
func NewReader(r io.Reader) *Reader { return &Reader{s: newScanner(r)} }

// Next returns the next game, and io.EOF after the last. With an error of type
// *Error the game is what could be read of it (Start and End are nil if not even the
// start could be set up), and Next may be called for the one after it; any other
// error is one of reading and ends the stream.
func (r *Reader) Next() (*Game, error) {
	if !r.begun {
		r.begun = true
		if b, err := r.s.r.Peek(2); err == nil && (string(b) == "\xff\xfe" || string(b) == "\xfe\xff") {
			r.s.skipAll()
			return &Game{Line: 1}, &Error{Line: 1, Kind: WrongEncoding, Err: errors.New("UTF-16; convert it to UTF-8 first")}
		}
	}
	r.s.used = 0
	p := parser{s: r.s, game: &Game{}}
	p.game.Line = r.s.line
	err := p.lead()
	if _, more := r.s.peek(); !more && err == nil || r.s.err != nil {
		return nil, r.ended()
	}
	if err == nil {
		p.game.Line = r.s.line
		err = p.tags()
	}
	if err == nil {
		err = p.begin()
	}
	if err == nil {
		err = p.moves()
	}
	if r.s.err != nil {
		return nil, r.ended()
	}
	if err != nil {
		r.s.skipGame()
		return p.game, err
	}
	return p.game, nil
}

func (r *Reader) ended() error {
	if r.s.err != nil {
		return fmt.Errorf("pgn: %w", r.s.err)
	}
	return io.EOF
}

// skipAll takes the rest of the stream.
func (s *scanner) skipAll() {
	for {
		if _, ok := s.next(); !ok {
			return
		}
	}
}

// parser reads one game.
type parser struct {
	s     *scanner
	game  *Game
	count int // moves read, variations included
	lines []line
}

// line is the main line or a variation that is being read.
type line struct {
	moves   *[]Move
	comment *string     // before the first move
	before  *chess.Game // before the last move
	now     *chess.Game
	broken  bool // the rest of a variation is passed over
}

func (p *parser) error(kind ErrorKind, text string, err error) *Error {
	return &Error{Line: p.s.line, Kind: kind, Text: clip(text), Err: err}
}

func (p *parser) note(e *Error) {
	if len(p.game.Problems) < 100 {
		p.game.Problems = append(p.game.Problems, e)
	}
}

// lead takes what stands before a game: blanks and comments, which are kept.
func (p *parser) lead() error {
	for {
		p.s.skipBlanks()
		c, _ := p.s.peek()
		if c != '{' && c != ';' {
			return nil
		}
		said, err := p.comment()
		if err != nil {
			return err
		}
		p.add(&p.game.Comment, said)
	}
}

// tags reads the header. A tag that cannot be read is noted and passed over.
func (p *parser) tags() error {
	for {
		p.s.skipBlanks()
		c, ok := p.s.peek()
		if !ok || c != '[' {
			return nil
		}
		at := p.s.line
		tag, ok := p.tag()
		switch {
		case p.s.used > maxBytes || len(p.game.Tags) == maxTags:
			return p.error(TooLong, "", nil)
		case !ok:
			e := p.error(BadTag, tag.Name, nil)
			e.Line = at
			p.note(e)
		default:
			p.game.Tags = append(p.game.Tags, tag)
		}
	}
}

// tag reads [Name "value"], which stands on one line. If it cannot, the rest of
// the line is gone.
func (p *parser) tag() (Tag, bool) {
	var raw []byte
	quoted, escaped := false, false
	for {
		c, ok := p.s.peek()
		if !ok || c == '\n' || p.s.used > maxBytes {
			return Tag{Name: string(raw)}, false
		}
		p.s.next()
		raw = append(raw, c)
		switch {
		case escaped:
			escaped = false
		case c == '\\' && quoted:
			escaped = true
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted:
			tag, ok := splitTag(raw[1 : len(raw)-1])
			if !ok {
				p.s.skipLine()
				return Tag{Name: string(raw)}, false
			}
			return tag, true
		}
	}
}

// splitTag takes apart what stands between the brackets.
func splitTag(raw []byte) (Tag, bool) {
	raw = bytes.TrimSpace(raw)
	open := bytes.IndexByte(raw, '"')
	if open < 0 || raw[len(raw)-1] != '"' || open == len(raw)-1 {
		return Tag{}, false
	}
	name := string(bytes.TrimSpace(raw[:open]))
	for i := range len(name) {
		if !isLetter(name[i]) && !isDigit(name[i]) && name[i] != '_' {
			return Tag{}, false
		}
	}
	if name == "" {
		return Tag{}, false
	}
	var value []byte
	inner := raw[open+1 : len(raw)-1]
	for i := 0; i < len(inner); i++ {
		if inner[i] == '\\' && i+1 < len(inner) && (inner[i+1] == '\\' || inner[i+1] == '"') {
			i++
		}
		value = append(value, inner[i])
	}
	return Tag{name, text(value)}, true
}

// begin sets up the start position that the tags name.
func (p *parser) begin() error {
	g := p.game
	ruleset := rules.Orthodox
	switch variant := strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(g.Tag("Variant"))); variant {
	case "", "chess", "standard", "normal", "orthodox", "fromposition":
	case "chess960", "960", "fischerandom", "fischerrandom", "freestyle", "freestylechess":
		ruleset = rules.Chess960
	default:
		return p.error(BadStart, g.Tag("Variant"), errors.New("chess of another kind"))
	}
	var err error
	fen := g.Tag("FEN")
	if fen == "" || g.Tag("SetUp") == "0" {
		g.Start, err = chess.New(rules.Variant{Kind: rules.Chess, Rules: ruleset, Start: 518})
	} else if g.Start, err = chess.FromFEN(ruleset, fen); err != nil {
		// Files of Chess960 games often do not say that they are.
		g.Start, err = chess.FromFEN(rules.Chess960, fen)
	}
	if err != nil {
		return p.error(BadStart, fen, err)
	}
	g.End = g.Start
	p.lines = []line{{moves: &g.Moves, comment: &g.Comment, now: g.Start}}
	return nil
}

// moves reads the moves up to the result or to where the next game begins.
func (p *parser) moves() error {
	for {
		p.s.skipBlanks()
		c, ok := p.s.peek()
		switch {
		case !ok || p.s.atTag():
			return p.finish()
		case p.s.used > maxBytes:
			return p.error(TooLong, "", nil)
		}
		done, err := p.element(c)
		if err != nil || done {
			return err
		}
	}
}

// finish ends a game that has no result.
func (p *parser) finish() error {
	if len(p.lines) > 1 {
		p.note(p.error(BadVariation, "", errors.New("not closed")))
	}
	return nil
}

// element reads one element that begins with c, and reports whether the game is
// over with it.
func (p *parser) element(c byte) (bool, error) {
	switch {
	case c == '{' || c == ';':
		said, err := p.comment()
		if err != nil {
			return false, err
		}
		p.say(said)
	case c == '(':
		p.s.next()
		return false, p.open()
	case c == ')':
		p.s.next()
		if len(p.lines) == 1 {
			p.note(p.error(BadVariation, ")", errors.New("nothing to close")))
			return false, nil
		}
		p.lines = p.lines[:len(p.lines)-1]
	case c == '$':
		p.s.next()
		if n, err := strconv.ParseUint(p.s.symbol(), 10, 8); err == nil {
			p.annotate(uint8(n))
		}
	case c == '!' || c == '?':
		p.annotate(p.marks())
	case c == '*':
		p.s.next()
		return p.result(Unknown), nil
	case c == '.':
		p.s.next()
	case isSymbol(c):
		return p.symbol()
	default:
		p.s.next()
		p.note(p.error(Unexpected, string([]byte{c}), nil))
	}
	return false, nil
}

// result takes a result, which ends the game unless it stands in a variation.
func (p *parser) result(r string) bool {
	if len(p.lines) > 1 {
		return false
	}
	p.game.Result = r
	return true
}

// evaluations are the signs that some programs write for numeric annotations.
var evaluations = map[string]uint8{
	"=": 10, "+=": 14, "=+": 15, "+/=": 14, "=/+": 15, "+/-": 16, "-/+": 17, "+-": 18, "-+": 19,
	"+-/": 16, "++-": 20, "--+": 21, "±": 16, "∓": 17, "⩲": 14, "⩱": 15, "∞": 13,
}

// symbol reads a move number, a result, an evaluation or a move.
func (p *parser) symbol() (bool, error) {
	s := p.s.symbol()
	if !strings.HasSuffix(s, "e.p.") {
		s = strings.TrimRight(s, ".")
	}
	switch s {
	case WhiteWins, BlackWins, Draw:
		return p.result(s), nil
	case "1/2", "½-½", "½":
		return p.result(Draw), nil
	case "e.p.", "ep":
		return false, nil
	}
	if strings.Trim(s, "0123456789") == "" {
		return false, nil
	}
	if n, ok := evaluations[s]; ok {
		p.annotate(n)
		return false, nil
	}
	return false, p.move(s)
}

// errNullMove is the reason against a move that programs write where a side is to
// pass.
var errNullMove = errors.New("a null move: chess allows no passing")

// move plays a move in the line being read. An illegal one ends the game, or in a
// variation the variation.
func (p *parser) move(s string) error {
	l := &p.lines[len(p.lines)-1]
	if l.broken {
		return nil
	}
	if p.count++; p.count > maxMoves {
		return p.error(TooLong, "", nil)
	}
	position := l.now.Position()
	m, err := position.Parse(s)
	var next *chess.Game
	switch {
	case s == "--" || s == "Z0" || s == "@@@@":
		err = errNullMove
	case err == nil:
		next, err = l.now.PlayOn(m)
	}
	if err != nil {
		if len(p.lines) > 1 {
			l.broken = true
			p.note(p.error(BadVariation, s, err))
			return nil
		}
		return p.error(BadMove, s, err)
	}
	*l.moves = append(*l.moves, Move{Move: m, SAN: position.SAN(m)})
	l.before, l.now = l.now, next
	if len(p.lines) == 1 {
		p.game.End = next
	}
	return nil
}

// open begins a variation on the last move.
func (p *parser) open() error {
	l := &p.lines[len(p.lines)-1]
	switch {
	case len(p.lines) > maxDepth:
		return p.error(TooLong, "", errors.New("variations too deep"))
	case l.broken || len(*l.moves) == 0:
		if !l.broken {
			p.note(p.error(BadVariation, "(", errors.New("no move to vary")))
		}
		p.lines = append(p.lines, line{moves: new([]Move), comment: new(string), broken: true})
		return nil
	}
	if p.count++; p.count > maxMoves {
		return p.error(TooLong, "", nil)
	}
	last := &(*l.moves)[len(*l.moves)-1]
	last.Variations = append(last.Variations, Variation{})
	v := &last.Variations[len(last.Variations)-1]
	p.lines = append(p.lines, line{moves: &v.Moves, comment: &v.Comment, now: l.before})
	return nil
}

// last returns the move that what is said next is about, or nil.
func (p *parser) last() *Move {
	l := &p.lines[len(p.lines)-1]
	if l.broken || len(*l.moves) == 0 {
		return nil
	}
	return &(*l.moves)[len(*l.moves)-1]
}

func (p *parser) annotate(n uint8) {
	if m := p.last(); m != nil && n != 0 && len(m.NAGs) < 32 {
		m.NAGs = append(m.NAGs, n)
	}
}

// marks reads ! and ? behind a move and returns their number.
func (p *parser) marks() uint8 {
	var b []byte
	for {
		c, ok := p.s.peek()
		if !ok || c != '!' && c != '?' || len(b) == 2 {
			break
		}
		p.s.next()
		b = append(b, c)
	}
	return map[string]uint8{"!": 1, "?": 2, "!!": 3, "??": 4, "!?": 5, "?!": 6}[string(b)]
}
