// Package console shows sockets to a person at a terminal: [Printer] writes what happens at a
// server's connections, [Connect] is a client that sends lines and shows what arrives.
// It knows nothing of games: the bytes are what is looked at.
package console

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/korean"

	"hansu/i18n"
	"hansu/netio/observe"
)

// Printer writes one line for each event of a server. It is safe for use from any goroutine, and
// its lines are whole: a server's connections tell at the same time.
type Printer struct {
	mu   sync.Mutex
	out  io.Writer
	lang i18n.Lang
}

// NewPrinter returns a printer that writes to out.
func NewPrinter(out io.Writer, lang i18n.Lang) *Printer { return &Printer{out: out, lang: lang} }

// Observe is an observe.Func.
func (p *Printer) Observe(e observe.Event) {
	var line string
	switch e.Kind {
	case observe.Connected:
		line = p.lang.Text(i18n.ConsoleConnected, e.Remote)
	case observe.Data:
		line = p.lang.Text(i18n.ConsoleData, e.Remote, len(e.Data), readable(e.Data))
	case observe.Left:
		line = p.lang.Text(i18n.ConsoleLeft, e.Remote)
		if e.Err != nil {
			line += " — " + e.Err.Error()
		}
	}
	p.Line(line)
}

// Line writes one line.
func (p *Printer) Line(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintln(p.out, s)
}

// shownMost bounds what is shown of one read, in bytes.
const shownMost = 512

// readable gives bytes as one line. What is no UTF-8 but text in CP949, the code of Korean
// Windows, is shown as that text and marked.
func readable(p []byte) string {
	if !utf8.Valid(p) {
		if text, err := korean.EUCKR.NewDecoder().Bytes(p); err == nil && !bytes.ContainsRune(text, utf8.RuneError) {
			return observe.Printable(text, shownMost) + " (CP949)"
		}
	}
	return observe.Printable(p, shownMost)
}

// hexLine shows bytes as pairs of digits, 16 a group of two eights.
func hexLine(b []byte) string {
	var s strings.Builder
	for i, x := range b {
		switch {
		case i == 0:
		case i%8 == 0:
			s.WriteString("  ")
		default:
			s.WriteByte(' ')
		}
		fmt.Fprintf(&s, "%02x", x)
	}
	return s.String()
}
