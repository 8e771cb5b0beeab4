package pgn

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hansu/rules"
)

// comment reads a comment: from { to }, or from ; to the end of the line. Blanks
// and line ends in it become single blanks.
func (p *parser) comment() (string, error) {
	at := p.s.line
	open, _ := p.s.next()
	end := byte('}')
	if open == ';' {
		end = '\n'
	}
	var b []byte
	for {
		if open == '{' && p.s.atEvent() {
			return "", &Error{Line: at, Kind: Unterminated}
		}
		c, ok := p.s.next()
		switch {
		case !ok && open == '{':
			return "", &Error{Line: at, Kind: Unterminated}
		case !ok || c == end:
			return strings.Join(strings.Fields(text(b)), " "), nil
		case p.s.used > maxBytes:
			return "", p.error(TooLong, "", nil)
		}
		b = append(b, c)
	}
}

// say puts a comment where it belongs: behind the last move, or before the first.
func (p *parser) say(said string) {
	if m := p.last(); m != nil {
		p.add(&m.Comment, m.takeClock(said))
		return
	}
	if l := &p.lines[len(p.lines)-1]; !l.broken {
		p.add(l.comment, said)
	}
}

// maxJoined bounds, in bytes, what several comments at one place are joined to. A
// single comment may be longer.
const maxJoined = 16 << 10

// add joins what is said to what has been said there before.
func (p *parser) add(to *string, said string) {
	if *to != "" && said != "" && len(*to)+len(said) > maxJoined {
		p.note(p.error(TooLong, said, errors.New("too many comments at one place")))
		return
	}
	*to = join(*to, said)
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// takeClock takes [%clk h:mm:ss] out of a comment and keeps it as the clock's time.
func (m *Move) takeClock(said string) string {
	const open = "[%clk "
	i := strings.Index(said, open)
	if i < 0 {
		return said
	}
	n := strings.IndexByte(said[i:], ']')
	if n < 0 {
		return said
	}
	clock, ok := parseClock(strings.TrimSpace(said[i+len(open) : i+n]))
	if !ok {
		return said
	}
	m.Clock, m.HasClock = clock, true
	return join(strings.TrimSpace(said[:i]), strings.TrimSpace(said[i+n+1:]))
}

// parseClock reads h:mm:ss or m:ss, the seconds with or without a fraction.
func parseClock(s string) (rules.Millis, bool) {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	var total rules.Millis
	for _, part := range parts[:len(parts)-1] {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return 0, false
		}
		total = (total + rules.Millis(n)) * 60
	}
	whole, fraction, _ := strings.Cut(parts[len(parts)-1], ".")
	n, err := strconv.ParseUint(whole, 10, 16)
	if err != nil {
		return 0, false
	}
	total = (total + rules.Millis(n)) * 1000
	if fraction != "" {
		f, err := strconv.ParseUint((fraction + "00")[:3], 10, 16)
		if err != nil {
			return 0, false
		}
		total += rules.Millis(f)
	}
	return total, true
}

// formatClock writes what parseClock reads, with a fraction only where there is one.
func formatClock(t rules.Millis) string {
	s := fmt.Sprintf("%d:%02d:%02d", t/3_600_000, t/60_000%60, t/1000%60)
	if ms := t % 1000; ms != 0 {
		s += strings.TrimRight(fmt.Sprintf(".%03d", ms), "0")
	}
	return s
}
