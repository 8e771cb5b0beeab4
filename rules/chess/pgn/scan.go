package pgn

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"
)

// scanner hands over a file's bytes with line endings made \n, counts lines, and
// bounds what one game may take.
type scanner struct {
	r     *bufio.Reader
	line  int  // of the next byte, from 1
	start bool // the next byte begins a line
	used  int  // bytes since the game began
	err   error
}

func newScanner(r io.Reader) *scanner {
	return &scanner{r: bufio.NewReaderSize(r, 1<<16), line: 1, start: true}
}

// peek returns the next byte without taking it, or false at the end.
func (s *scanner) peek() (byte, bool) {
	b, err := s.r.Peek(1)
	if err != nil {
		s.fail(err)
		return 0, false
	}
	if b[0] == '\r' {
		return '\n', true
	}
	return b[0], true
}

// fail keeps the first error that is not the end of the file.
func (s *scanner) fail(err error) {
	if s.err == nil && err != io.EOF && err != bufio.ErrBufferFull {
		s.err = err
	}
}

// next takes a byte.
func (s *scanner) next() (byte, bool) {
	c, err := s.r.ReadByte()
	if err != nil {
		s.fail(err)
		return 0, false
	}
	if c == '\r' {
		if b, err := s.r.Peek(1); err == nil && b[0] == '\n' {
			s.r.ReadByte() // it is there: it was just seen
		}
		c = '\n'
	}
	s.used++
	s.start = c == '\n'
	if s.start {
		s.line++
	}
	return c, true
}

// atTag reports whether a tag begins here: at the start of a line, a bracket and
// a letter.
func (s *scanner) atTag() bool {
	if !s.start {
		return false
	}
	b, err := s.r.Peek(2)
	return err == nil && b[0] == '[' && isLetter(b[1])
}

// atEvent reports whether the tag begins here with which nearly all games begin. It
// ends even a comment that was never closed.
func (s *scanner) atEvent() bool {
	const event = `[Event "`
	if !s.start {
		return false
	}
	b, err := s.r.Peek(len(event))
	return err == nil && string(b) == event
}

// skipGame takes everything up to the next game's first tag.
func (s *scanner) skipGame() {
	for !s.atTag() {
		if _, ok := s.next(); !ok {
			return
		}
	}
}

// skipLine takes the rest of the line.
func (s *scanner) skipLine() {
	for {
		if c, ok := s.next(); !ok || c == '\n' {
			return
		}
	}
}

// skipBlanks takes white space and escape lines.
func (s *scanner) skipBlanks() {
	for {
		c, ok := s.peek()
		switch {
		case !ok:
			return
		case c == '%' && s.start:
			s.skipLine()
		case c == ' ' || c == '\n' || c == '\t' || c == '\v' || c == '\f':
			s.next()
		case c == 0xef && s.takeMark():
		default:
			return
		}
	}
}

// takeMark takes a byte order mark: at the start of a file, or where files were
// joined.
func (s *scanner) takeMark() bool {
	b, err := s.r.Peek(3)
	if err != nil || string(b) != "\ufeff" {
		return false
	}
	start := s.start
	for range 3 {
		s.next()
	}
	s.start = start
	return true
}

// symbol takes a move, a number or a result: what runs on without a blank or a
// character that stands for itself. At most max bytes are kept.
func (s *scanner) symbol() string {
	const max = 64
	var b []byte
	for {
		c, ok := s.peek()
		letters := len(b) > 0 && isLetter(b[0])
		if !ok || !isSymbol(c) && !(c == '.' && letters) {
			return string(b)
		}
		s.next()
		if len(b) < max {
			b = append(b, c)
		}
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// isSymbol reports whether c may be part of a move, a number or a result; bytes of
// other alphabets are, so that what they spell is reported as one.
func isSymbol(c byte) bool {
	return isLetter(c) || isDigit(c) || c >= utf8.RuneSelf || strings.IndexByte("_+#=:-/", c) >= 0
}

// text makes UTF-8 of what a file says: it is taken as UTF-8 if it is that, else as
// Latin-1. Control characters become blanks.
func text(b []byte) string {
	s := string(b)
	if !utf8.ValidString(s) {
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		s = string(runes)
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// clip shortens a text for an error.
func clip(s string) string {
	const max = 32
	s = text([]byte(s))
	if len(s) <= max {
		return s
	}
	return strings.ToValidUTF8(s[:max-3], "") + "…"
}
