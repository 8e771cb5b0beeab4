// Package observe tells what happens on a server of package netio, for its log: who
// came, what was sent, who left.
package observe

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is what happened.
type Kind uint8

// The kinds.
const (
	Connected Kind = iota + 1
	Data
	Left
)

// Event is one thing that happened with one client.
type Event struct {
	Kind   Kind
	Remote netip.AddrPort
	Data   []byte // of Data: valid until the observer returns
	Err    error  // of Left: why, nil after an orderly end
}

// Func is told of events as they happen. For one client they come one at a time;
// for several, from several goroutines at the same time. It runs on the
// server's loop: while it waits, so do clients. A nil Func is not called.
type Func func(Event)

// Tell calls f unless it is nil.
func (f Func) Tell(e Event) {
	if f != nil {
		f(e)
	}
}

// Printable gives p as one line that no terminal stumbles over, in which every byte can
// still be told: printable UTF-8 as it is, all else escaped as Go does (\n, \x00), and
// so bytes of another code such as CP949 (\xb0\xa1). Of a longer p it shows most bytes and "…".
func Printable(p []byte, most int) string {
	var b strings.Builder
	for n := 0; n < len(p); {
		r, size := utf8.DecodeRune(p[n:])
		if n+size > most {
			b.WriteRune('…')
			break
		}
		switch {
		case r == utf8.RuneError && size == 1, r < ' ', r == 0x7f:
			escape(&b, p[n])
		case r == '\\':
			b.WriteString(`\\`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			for _, c := range p[n : n+size] {
				escape(&b, c)
			}
		}
		n += size
	}
	return b.String()
}

func escape(b *strings.Builder, c byte) {
	const hex = "0123456789abcdef"
	switch c {
	case '\n':
		b.WriteString(`\n`)
	case '\r':
		b.WriteString(`\r`)
	case '\t':
		b.WriteString(`\t`)
	default:
		b.WriteString(`\x`)
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
}
