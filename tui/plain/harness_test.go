package plain

import (
	"bytes"
	"context"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/server"
	"hansu/wire"
)

// patience is how long a test waits for what must come; far more than it takes.
const patience = 30 * time.Second

// host is a real server on a real database, which can be stopped and started again.
type host struct {
	t       *testing.T
	dir     string
	grace   time.Duration
	address string
	stop    func()
}

func newHost(t *testing.T, grace time.Duration) *host {
	h := &host{t: t, dir: t.TempDir(), grace: grace, address: "127.0.0.1:0"}
	h.start()
	t.Cleanup(func() { h.stop() })
	return h
}

func (h *host) start() {
	h.t.Helper()
	srv, err := server.New(h.t.Context(), server.Config{
		Data: h.dir, TCP: h.address, Grace: h.grace, Flush: patience,
		Text: func(lang uint8, code wire.ErrorCode, problem rules.Problem) string {
			return i18n.Lang(lang).Error(uint16(code), uint8(problem))
		},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.address = srv.TCP().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("the server ended with %v", err)
		}
	})
}

// screen is what a session has written, with a way to wait for more of it.
type screen struct {
	mu    sync.Mutex
	text  bytes.Buffer
	read  int // up to where expect has looked
	fresh chan struct{}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.fresh <- struct{}{}:
	default:
	}
	return s.text.Write(p)
}

// player is a session under test.
type player struct {
	t      *testing.T
	name   string
	screen *screen
	in     io.WriteCloser
	cancel context.CancelFunc
	done   chan error
}

// setting changes the options of a session.
type setting func(*Options)

func inKorean(o *Options) { o.Lang = i18n.Korean }
func ascii(o *Options)    { o.ASCII = true }
func quiet(o *Options)    { o.Quiet = true }
func waiting(o *Options)  { o.Wait = Forever }
func goal(c client.Command) setting {
	return func(o *Options) { o.Goal = c }
}
func keeper(k *client.Keeper) setting {
	return func(o *Options) { o.Keeper = k }
}

// join is the goal of a game as the command line writes it.
func join(t *testing.T, game, clock string) setting {
	v, err := variants.Parse(game)
	if err != nil {
		t.Fatal(err)
	}
	tc, err := rules.ParseTimeControl(clock)
	if err != nil {
		t.Fatal(err)
	}
	return goal(client.Join{Variant: v, Time: tc})
}

// play starts a session.
func (h *host) play(name string, settings ...setting) *player {
	h.t.Helper()
	in, typed := io.Pipe()
	ctx, cancel := context.WithCancel(context.Background())
	p := &player{t: h.t, name: name, in: typed, cancel: cancel, done: make(chan error, 1)}
	p.screen = &screen{fresh: make(chan struct{}, 1)}
	o := Options{
		Client: client.Config{Address: h.address, Name: name, RetryMin: time.Millisecond, RetryMax: 50 * time.Millisecond},
		Lang:   i18n.English, Again: "hansu play", Invite: "hansu play", Start: "hansu serve",
	}
	join(h.t, "omok:freestyle", "none")(&o)
	for _, set := range settings {
		set(&o)
	}
	go func() {
		p.done <- Run(ctx, in, p.screen, o)
		in.Close() // what is typed from now on goes nowhere
	}()
	h.t.Cleanup(func() {
		cancel()
		typed.Close()
	})
	return p
}

// expect waits until the session writes text, past what was expected before, and returns all
// that came up to its line's end.
func (p *player) expect(text string) string {
	p.t.Helper()
	limit := time.After(patience)
	for {
		p.screen.mu.Lock()
		rest := p.screen.text.String()[p.screen.read:]
		if i := strings.Index(rest, text); i >= 0 {
			if n := strings.IndexByte(rest[i+len(text):], '\n'); n >= 0 {
				end := i + len(text) + n + 1
				p.screen.read += end
				p.screen.mu.Unlock()
				return rest[:end]
			}
		}
		p.screen.mu.Unlock()
		select {
		case <-p.screen.fresh:
		case err := <-p.done:
			p.done <- err
			p.screen.mu.Lock()
			over := !strings.Contains(p.screen.text.String()[p.screen.read:], text)
			p.screen.mu.Unlock()
			if over {
				p.t.Fatalf("%s ended (%v) without %q after:\n%s", p.name, err, text, p.all())
			}
		case <-limit:
			p.t.Fatalf("%s: no %q after:\n%s", p.name, text, p.all())
		}
	}
}

func (p *player) all() string {
	p.screen.mu.Lock()
	defer p.screen.mu.Unlock()
	return p.screen.text.String()
}

// types sends lines of input.
func (p *player) types(lines ...string) {
	for _, l := range lines {
		io.WriteString(p.in, l+"\n")
	}
}

// move types a move and waits until it is made.
func (p *player) move(text string) {
	p.t.Helper()
	p.types(text)
	p.expect(": " + text + "\n")
}

// ends waits for the end of the session.
func (p *player) ends() error {
	p.t.Helper()
	select {
	case err := <-p.done:
		p.done <- err
		return err
	case <-time.After(patience):
		p.t.Fatalf("%s goes on and on after:\n%s", p.name, p.all())
		return nil
	}
}

var codePattern = regexp.MustCompile(`\b[2-9A-HJKMNP-Z]{8}\b`)

// code is the code of the table that the session has shown.
func (p *player) code() string {
	p.t.Helper()
	shown := p.expect("Table ")
	code := codePattern.FindString(shown)
	if code == "" {
		p.t.Fatalf("no code in %q", shown)
	}
	return code
}

// transcript is all that was written, with what differs from run to run made equal.
func (p *player) transcript(h *host) string {
	return codePattern.ReplaceAllString(strings.ReplaceAll(p.all(), h.address, "HOST:PORT"), "CODECODE")
}

// pair starts two players of one game, the first in seat 1.
func (h *host) pair(settings ...setting) (one, two *player) {
	h.t.Helper()
	one = h.play("Ada", settings...)
	one.expect("Waiting for an opponent")
	two = h.play("Bo", settings...)
	one.expect("Your move.")
	two.expect("is to move.")
	return one, two
}

// strangers listens and answers every connection with the same bytes.
func strangers(t *testing.T, answer string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, answer)
			c.Close()
		}
	}()
	return l.Addr().String()
}
