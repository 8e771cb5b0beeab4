package screen

import (
	"bytes"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/korean"

	"hansu/client"
	"hansu/i18n"
)

// raw is a plain connection to an echo or chat server: lines go out, whatever comes is shown.
type raw struct {
	typed   string
	address string
	began   time.Time // of the attempt; zero while there is none
	up      bool
	rest    []byte // received, the end of its line or of a character has not come
	ending  ID     // what ends a line that is sent
}

// rawWait bounds connecting.
const rawWait = 5 * time.Second

// terminators are what may end a line that is sent.
var terminators = map[ID]string{NulID: "\x00", LfID: "\n", CrlfID: "\r\n", NoneID: ""}

// terminatorNames are the same as they are written on the command line.
var terminatorNames = map[string]ID{"nul": NulID, "lf": LfID, "crlf": CrlfID, "none": NoneID}

func (a *App) pressRaw(id ID) {
	switch id {
	case RawConnectID:
		a.dialRaw()
	case RawStopID:
		a.stopRaw()
	case RawSayID:
		if !a.raw.up {
			return
		}
		a.out.Send([]byte(a.raw.typed + terminators[a.ending()]))
		a.say(i18n.WindowRawSent, len(a.raw.typed)+len(terminators[a.ending()]), a.raw.typed)
		a.raw.typed = ""
	case NulID, LfID, CrlfID, NoneID:
		a.raw.ending = id
	}
}

// ending is what ends a line: NUL unless another was chosen, as most chat servers of courses have it.
func (a *App) ending() ID {
	switch {
	case a.raw.ending != 0:
		return a.raw.ending
	case terminatorNames[a.o.Terminator] != 0:
		return terminatorNames[a.o.Terminator]
	}
	return NulID
}

func (a *App) dialRaw() {
	a.stopRaw()
	a.page, a.changed = rawPage, true
	a.raw.address, a.raw.began = client.Address(a.form.address), a.now()
	a.say(i18n.WindowConnecting, a.raw.address)
	a.out.Dial(a.raw.address)
}

// stopRaw ends the connection on this side.
func (a *App) stopRaw() {
	if a.raw.up || !a.raw.began.IsZero() {
		a.out.Close()
		a.say(i18n.WindowClosedHere)
	}
	a.raw.up, a.raw.began, a.raw.rest = false, time.Time{}, nil
}

func (a *App) openedRaw(remote string) {
	a.raw.up, a.raw.began = true, time.Time{}
	a.say(i18n.WindowRawOpened, remote)
}

// rawMax bounds a line that is put together from what comes.
const rawMax = 4096

// receivedRaw shows what comes, line by line. What has no end yet is shown at once, too: many servers
// end nothing. Only half a character waits for its other half.
func (a *App) receivedRaw(p []byte) {
	a.raw.rest = append(a.raw.rest, p...)
	whole := len(a.raw.rest)
	for cut := 1; cut < utf8.UTFMax && cut <= len(a.raw.rest); cut++ {
		if n := len(a.raw.rest) - cut; utf8.RuneStart(a.raw.rest[n]) && !utf8.FullRune(a.raw.rest[n:]) && utf8.Valid(a.raw.rest[:n]) {
			whole -= cut
			break
		}
	}
	text, rest := a.raw.rest[:whole], bytes.Clone(a.raw.rest[whole:])
	for _, piece := range bytes.FieldsFunc(text, func(r rune) bool { return r == 0 || r == '\n' || r == '\r' }) {
		for len(piece) > 0 {
			n := min(len(piece), rawMax)
			a.say(i18n.WindowRawRead, n, readable(piece[:n]))
			piece = piece[n:]
		}
	}
	a.raw.rest = rest
}

func (a *App) lostRaw(err error) {
	a.out.Close()
	a.raw.up, a.raw.began, a.raw.rest = false, time.Time{}, nil
	if err == nil {
		a.say(i18n.WindowClosed)
		return
	}
	a.say(i18n.WindowFailed, a.reason(err))
}

// readable makes bytes fit for a line: text in UTF-8, or in CP949, the code of Korean Windows.
func readable(p []byte) string {
	if !utf8.Valid(p) {
		if text, err := korean.EUCKR.NewDecoder().Bytes(p); err == nil && !bytes.ContainsRune(text, utf8.RuneError) {
			p = text
		}
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '·'
		}
		return r
	}, strings.ToValidUTF8(string(p), "·"))
}
