package console

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"hansu/i18n"
	"hansu/netio/observe"
)

// TestLines: each line of the input is sent with its terminator, whatever ended it there; an empty line too. A line
// that is longer than one send goes in pieces, with the terminator after its last one only.
func TestLines(t *testing.T) {
	long := strings.Repeat("가", lineMax) // three bytes each
	for _, c := range []struct {
		name, in   string
		terminator Terminator
		want       string
	}{
		{"nothing", "", "nul", ""},
		{"NUL", "a\nbc\n", "nul", "a\x00bc\x00"},
		{"LF", "a\nbc\n", "lf", "a\nbc\n"},
		{"CR LF", "a\nbc\n", "crlf", "a\r\nbc\r\n"},
		{"none", "a\nbc\n", "none", "abc"},
		{"empty lines", "\n\na\n", "nul", "\x00\x00a\x00"},
		{"an input of Windows", "a\r\nb\r\n", "nul", "a\x00b\x00"},
		{"a lone CR is text", "a\rb\n", "lf", "a\rb\n"},
		{"no newline at the end", "a\nb", "lf", "a\nb\n"},
		{"CP949", "\xb0\xa1\n", "nul", "\xb0\xa1\x00"},
		{"long", long + "\nx\n", "crlf", long + "\r\nx\r\n"},
		{"long without an end", long, "nul", long + "\x00"},
	} {
		for reader, in := range map[string]io.Reader{"": strings.NewReader(c.in), "byte by byte ": iotest.OneByteReader(strings.NewReader(c.in))} {
			var got bytes.Buffer
			err := Connect{In: in, Terminator: c.terminator}.lines(func(p []byte) error { got.Write(p); return nil })
			if err != nil || got.String() != c.want {
				t.Errorf("%s%s: %d bytes %.40q, want %d %.40q; %v", reader, c.name, got.Len(), got.String(), len(c.want), c.want, err)
			}
		}
	}
}

// TestLinesErrors: an input that breaks ends the lines with its error after what was whole; so does a send that fails.
func TestLinesErrors(t *testing.T) {
	broken := errors.New("broken")
	var got bytes.Buffer
	in := io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken))
	err := Connect{In: in, Terminator: "lf"}.lines(func(p []byte) error { got.Write(p); return nil })
	if !errors.Is(err, broken) || !strings.HasPrefix(got.String(), "a\n") {
		t.Errorf("%q, %v", got.String(), err)
	}
	calls := 0
	err = Connect{In: strings.NewReader("a\nb\n"), Terminator: "lf"}.lines(func([]byte) error { calls++; return broken })
	if !errors.Is(err, broken) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// TestReadable: what came is one line that no terminal stumbles over.
func TestReadable(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"hello":                   "hello",
		"안녕":                      "안녕",
		"TEXT\x00":                `TEXT\x00`,
		"a\r\nb\tc\\":             `a\r\nb\tc\\`,
		"\x1b[2J":                 `\x1b[2J`,
		"\xbe\xc8\xb3\xe7\x00":    `안녕\x00 (CP949)`,
		"\xff\xfe":                `\xff\xfe`,
		"a\xb0":                   `a\xb0`, // half a character
		strings.Repeat("x", 600):  strings.Repeat("x", shownMost) + "…",
		strings.Repeat("가", 1000): strings.Repeat("가", shownMost/3) + "…",
	} {
		if got := readable([]byte(in)); got != want {
			t.Errorf("%.40q is shown as %.60q, want %.60q", in, got, want)
		}
	}
}

func TestHex(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "A": "41", "AB\x00": "41 42 00",
		"0123456789abcdefg": "30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  67",
	} {
		if got := hexLine([]byte(in)); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// TestPrinter: each event is a whole line, from however many goroutines they come.
func TestPrinter(t *testing.T) {
	var out bytes.Buffer
	p := NewPrinter(&out, i18n.English)
	at := func(i int) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), 9000)
	}
	var all sync.WaitGroup
	want := map[string]int{}
	for i := range 20 {
		want[fmt.Sprintf("[10.0.0.%d:9000] connected", i)]++
		want[fmt.Sprintf(`[10.0.0.%d:9000] 4 bytes: hi\r\n`, i)]++
		want[fmt.Sprintf("[10.0.0.%d:9000] left — why not", i)]++
		all.Go(func() {
			p.Observe(observe.Event{Kind: observe.Connected, Remote: at(i)})
			p.Observe(observe.Event{Kind: observe.Data, Remote: at(i), Data: []byte("hi\r\n")})
			p.Observe(observe.Event{Kind: observe.Left, Remote: at(i), Err: errors.New("why not")})
		})
	}
	all.Wait()
	for line := range strings.Lines(out.String()) {
		line = strings.TrimSuffix(line, "\n")
		if want[line]--; want[line] < 0 {
			t.Errorf("%q", line)
		}
	}
	for line, missing := range want {
		if missing > 0 {
			t.Errorf("no line %q", line)
		}
	}
}
