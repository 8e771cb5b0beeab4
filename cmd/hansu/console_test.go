package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"hansu/i18n"
	"hansu/netio"
)

const patience = 30 * time.Second

// output keeps what a command writes and lets a test wait for it.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed and renewed at each write
}

func newOutput() *output { return &output{more: make(chan struct{})} }

func (s *output) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.more)
	s.more = make(chan struct{})
	return s.text.Write(p)
}

func (s *output) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// until waits for a match and gives its groups.
func (s *output) until(t *testing.T, pattern string) []string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		m, more := re.FindStringSubmatch(s.text.String()), s.more
		s.mu.Unlock()
		if m != nil {
			return m
		}
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("no %q in:\n%s", pattern, s)
		}
	}
}

// running is a command line that runs.
type running struct {
	out, err *output
	stop     context.CancelFunc
	code     chan int
}

func start(t *testing.T, in io.Reader, lang i18n.Lang, args ...string) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	c := &running{newOutput(), newOutput(), stop, make(chan int, 1)}
	e := &env{ctx: ctx, in: in, out: c.out, err: c.err, lang: lang, getenv: func(string) string { return "" }}
	go func() { c.code <- run(e, args) }()
	t.Cleanup(stop)
	return c
}

// exit waits for the end.
func (c *running) exit(t *testing.T, want int) {
	t.Helper()
	select {
	case code := <-c.code:
		if code != want {
			t.Errorf("exit code %d, want %d; %s", code, want, c.err)
		}
	case <-time.After(patience):
		t.Fatalf("does not end; it wrote:\n%s%s", c.out, c.err)
	}
}

// socketServer starts `hansu echo` or `hansu chat` and gives its address.
func socketServer(t *testing.T, args ...string) (*running, string) {
	t.Helper()
	c := start(t, strings.NewReader(""), i18n.English, append(args, "--listen", "127.0.0.1:0")...)
	return c, c.out.until(t, `Listening on (\S+) \(model: (\w+)\)\.\n`)[1]
}

// received joins what `hansu connect --hex` shows, however the bytes were cut on their way.
func received(t *testing.T, out string) string {
	t.Helper()
	var all []byte
	total := 0
	for _, m := range regexp.MustCompile(`(?m)^\[received\] (\d+) bytes: (.*)$`).FindAllStringSubmatch(out, -1) {
		var n int
		if _, err := fmt.Sscan(m[1], &n); err != nil {
			t.Fatal(err)
		}
		total += n
		b, err := hex.DecodeString(strings.ReplaceAll(m[2], " ", ""))
		if err != nil {
			t.Fatalf("%q: %v", m[2], err)
		}
		all = append(all, b...)
	}
	if total != len(all) {
		t.Errorf("%d bytes counted, %d shown", total, len(all))
	}
	return string(all)
}

// models gives those that can be a server here.
func models(t *testing.T, test func(t *testing.T, model string)) {
	for _, m := range netio.Models() {
		if m.Client {
			continue
		}
		t.Run(string(m.Model), func(t *testing.T) {
			if !m.Available {
				t.Skipf("model %s %s", m.Model, m.Why)
			}
			test(t, string(m.Model))
		})
	}
}

// TestEchoCommand: what is typed comes back, byte for byte, on every model; the end of the input ends the client
// only when all has come back; the server tells who came, what was said and who left.
func TestEchoCommand(t *testing.T) {
	t.Parallel()
	typed := "TEXT\n\n안녕하세요\r\n\xb0\xa1\xb3\xaa\n" + strings.Repeat("x", 300_000) + "\nno newline"
	models(t, func(t *testing.T, model string) {
		srv, addr := socketServer(t, "echo", "--model", model)
		c := start(t, strings.NewReader(typed), i18n.English, "connect", addr, "--hex")
		c.exit(t, 0)
		// The long line is over what one send takes: its terminator follows its end.
		want := "TEXT\x00\x00안녕하세요\x00\xb0\xa1\xb3\xaa\x00" + strings.Repeat("x", 300_000) + "\x00no newline\x00"
		if got := received(t, c.out.String()); got != want {
			t.Errorf("%d bytes came back of %d", len(got), len(want))
		}
		if !strings.HasSuffix(c.out.String(), "The connection has ended.\n") {
			t.Errorf("the end is not told: %q", tail(c.out.String()))
		}
		from := c.out.until(t, `Connected to `+addr+` from (\S+)\. Ctrl\+D`)[1]
		srv.out.until(t, `\[`+regexp.QuoteMeta(from)+`\] left\n`)
		log := srv.out.String()
		if !strings.Contains(log, "["+from+"] connected\n") || !strings.Contains(log, "TEXT") {
			t.Errorf("the server tells %q", tail(log))
		}
		srv.stop()
		srv.exit(t, 0)
	})
}

func tail(s string) string { return s[max(0, len(s)-300):] }

// TestChatCommand: one speaks and all hear, the speaker too, on every model; there is nothing on the wire
// but what was said. A model that serves one client at a time has an audience of one.
func TestChatCommand(t *testing.T) {
	t.Parallel()
	models(t, func(t *testing.T, model string) {
		srv, addr := socketServer(t, "chat", "--model", model)
		aIn, a := io.Pipe()
		alice := start(t, aIn, i18n.English, "connect", addr, "--terminator", "none", "--hex")
		alice.out.until(t, "Connected to")
		srv.out.until(t, `connected\n`)
		if model != string(netio.Blocking) {
			bob := start(t, strings.NewReader("hi\n"), i18n.English, "connect", addr, "--terminator", "lf", "--hex")
			alice.out.until(t, `3 bytes: 68 69 0a\n`)
			bob.out.until(t, `3 bytes: 68 69 0a\n`)
			bob.exit(t, 0)
		}
		if _, err := io.WriteString(a, "한\n"); err != nil {
			t.Fatal(err)
		}
		alice.out.until(t, `3 bytes: ed 95 9c\n`)
		_ = a.Close()
		alice.exit(t, 0)
		srv.stop()
		srv.exit(t, 0)
	})
}

// TestDatagrams: each line is one datagram and comes back as one; sent and lost are counted.
func TestDatagrams(t *testing.T) {
	srv, addr := socketServer(t, "echo", "--udp")
	c := start(t, strings.NewReader("one\ntwo\n"), i18n.English, "connect", addr, "--udp", "--terminator", "none")
	c.exit(t, 0)
	for _, want := range []string{"[received] 3 bytes: one\n", "[received] 3 bytes: two\n", "2 datagrams sent, 2 received, 0 did not come back.\n"} {
		if !strings.Contains(c.out.String(), want) {
			t.Errorf("no %q in\n%s", want, c.out)
		}
	}
	srv.stop()
	srv.exit(t, 0)
}

// TestKoreanConsole: text in CP949, as Korean Windows programs send it, is shown as text on both sides.
func TestKoreanConsole(t *testing.T) {
	t.Parallel()
	srv := start(t, strings.NewReader(""), i18n.Korean, "echo", "--listen", "127.0.0.1:0", "--model", "threads")
	addr := srv.out.until(t, `(127\S+)에서 기다립니다 \(모델: threads\)\.\n`)[1]
	c := start(t, strings.NewReader("\xb0\xa1\xb3\xaa\n"), i18n.Korean, "connect", addr, "--terminator", "crlf")
	c.exit(t, 0)
	c.out.until(t, `\[받음\] 6바이트: 가나\\r\\n \(CP949\)\n`)
	c.out.until(t, "연결이 끝났습니다.\n")
	srv.out.until(t, `\] 6바이트: 가나\\r\\n \(CP949\)\n`)
	srv.out.until(t, `\] 나감\n`)
	srv.stop()
	srv.exit(t, 0)
}

// TestMaxClients: the one too many is closed without a word, and the place that is left is free again.
func TestMaxClients(t *testing.T) {
	t.Parallel()
	srv, addr := socketServer(t, "echo", "--model", "threads", "--max-clients", "1")
	in, keep := io.Pipe()
	first := start(t, in, i18n.English, "connect", addr)
	srv.out.until(t, `connected\n`)
	second := start(t, strings.NewReader(""), i18n.English, "connect", addr)
	second.exit(t, 0)
	if strings.Contains(second.out.String(), "[received]") {
		t.Errorf("the one too many got %s", second.out)
	}
	_ = keep.Close()
	first.exit(t, 0)
	srv.out.until(t, `left\n`)
	third := start(t, strings.NewReader("again\n"), i18n.English, "connect", addr)
	third.exit(t, 0)
	third.out.until(t, `6 bytes: again\\x00`)
}

func TestModelsCommand(t *testing.T) {
	c := start(t, strings.NewReader(""), i18n.English, "models")
	c.exit(t, 0)
	lines := strings.Split(strings.TrimSpace(c.out.String()), "\n")
	infos := netio.Models()
	if len(lines) != len(infos)+1 || !strings.HasPrefix(lines[0], "MODEL ") {
		t.Fatalf("%q", lines)
	}
	for i, m := range infos {
		f := strings.Fields(lines[i+1])
		status := "available"
		if !m.Available {
			status = "missing: " + m.Why.String()
		}
		if f[0] != string(m.Model) || !strings.Contains(lines[i+1], m.Mechanism) || !strings.Contains(lines[i+1], status) {
			t.Errorf("%q for %+v", lines[i+1], m)
		}
	}
}

// TestSocketErrors: what ends the program names the failing call, in a line; what was asked wrongly is told apart.
func TestSocketErrors(t *testing.T) {
	t.Parallel()
	_, taken := socketServer(t, "echo")
	for _, c := range []struct {
		args []string
		code int
		line string
	}{
		{[]string{"connect", "127.0.0.1:1"}, exitFailed, `^error: connect: \d+ \(\w*ECONNREFUSED\): .`},
		{[]string{"echo", "--listen", taken}, exitFailed, `^error: bind: \d+ \(\w*EADDRINUSE\): .`},
		{[]string{"echo", "--model", "messages"}, exitUsage, `--model`},
		{[]string{"chat", "--model", "magic"}, exitUsage, `--model`},
		{[]string{"connect", "--terminator", "tab"}, exitUsage, `--terminator`},
		{[]string{"echo", "--log-level", "loud"}, exitUsage, `--log-level`},
	} {
		cmd := start(t, strings.NewReader(""), i18n.English, c.args...)
		cmd.exit(t, c.code)
		if !regexp.MustCompile(c.line).MatchString(cmd.err.String()) {
			t.Errorf("%v: %q", c.args, cmd.err)
		}
	}
}
