package screen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hansu/i18n"
	"hansu/netio"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/server"
)

const patience = 30 * time.Second

// tap is a transport that only keeps what it is told.
type tap struct {
	dialled []string
	sent    []string
	closed  int
}

func (w *tap) Dial(address string) { w.dialled = append(w.dialled, address) }
func (w *tap) Send(p []byte)       { w.sent = append(w.sent, string(p)) }
func (w *tap) Close()              { w.closed++ }

// socket is a transport with a real socket, whose events wait in a queue for the test to hand them over, as a
// window's messages do.
type socket struct {
	events chan func(*App)
	conn   net.Conn
	turn   int // a connection that was given up has nothing to say
	mu     sync.Mutex
}

func (s *socket) current(turn int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return turn == s.turn
}

func (s *socket) tell(turn int, f func(*App)) {
	s.events <- func(a *App) {
		if s.current(turn) {
			f(a)
		}
	}
}

func (s *socket) Dial(address string) {
	s.mu.Lock()
	s.turn++
	turn := s.turn
	s.mu.Unlock()
	go func() {
		c, err := net.Dial("tcp", address)
		if err != nil {
			s.tell(turn, func(a *App) { a.Lost(netio.NewError("connect", err)) })
			return
		}
		s.tell(turn, func(a *App) {
			s.conn = c
			a.Opened(c.LocalAddr().String(), c.RemoteAddr().String())
		})
		for {
			buf := make([]byte, 4096)
			n, err := c.Read(buf)
			if n > 0 {
				s.tell(turn, func(a *App) { a.Received(buf[:n]) })
			}
			if err != nil {
				if errors.Is(err, io.EOF) {
					err = nil
				}
				s.tell(turn, func(a *App) { a.Lost(err) })
				return
			}
		}
	}()
}

func (s *socket) Send(p []byte) {
	if s.conn != nil {
		_, _ = s.conn.Write(p) // what fails here is told by the reader
	}
}

func (s *socket) Close() {
	s.mu.Lock()
	s.turn++
	s.mu.Unlock()
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

// person is somebody at a window.
type person struct {
	t *testing.T
	*App
	s *socket
}

func newPerson(t *testing.T, o Options) *person {
	t.Helper()
	if o.Lang == 0 {
		o.Lang = i18n.English
	}
	s := &socket{events: make(chan func(*App), 1024)}
	p := &person{t, New(o, s), s}
	t.Cleanup(s.Close)
	return p
}

// until hands over events until ok.
func (p *person) until(what string, ok func() bool) {
	p.t.Helper()
	limit := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case f := <-p.s.events:
			f(p.App)
		case <-tick.C:
			p.Tick()
		case <-limit:
			p.t.Fatalf("never: %s; note %q, log:\n%s", what, p.note, strings.Join(p.game.lines, "\n"))
		}
	}
}

// told waits for a line of the log.
func (p *person) told(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("%q in the log", text), func() bool { return p.wrote(text) })
}

func (p *person) wrote(text string) bool {
	return slices.ContainsFunc(p.game.lines, func(s string) bool { return strings.Contains(s, text) })
}

// at clicks on a point.
func (p *person) at(text string) {
	p.t.Helper()
	g, ok := p.Grid()
	if !ok {
		p.t.Fatal("no board")
	}
	point, err := rules.ParsePoint(text, g.Size)
	if err != nil {
		p.t.Fatal(err)
	}
	p.Click(g.Centre(point))
	p.MouseOut()
}

// moves waits until so many moves are on the board.
func (p *person) moves(n int) {
	p.t.Helper()
	p.until(fmt.Sprintf("%d moves", n), func() bool {
		return p.play.table != nil && p.play.settled && p.play.table.Number > 0 && len(p.play.table.Moves) == n && p.play.waiting == nil
	})
}

// button is a control of the view by its text.
func (p *person) button(text string) (Control, bool) {
	for _, c := range p.View().Controls {
		if c.Text == text {
			return c, true
		}
	}
	return Control{}, false
}

// press presses the button with a text.
func (p *person) press(text string) {
	p.t.Helper()
	c, ok := p.button(text)
	if !ok || c.Off {
		p.t.Fatalf("no button %q: %+v", text, c)
	}
	p.Press(c.ID)
}

// reads reports whether a text is to be read on the window.
func (p *person) reads(text string) bool {
	return slices.ContainsFunc(p.View().Texts, func(t Text) bool { return strings.Contains(t.Text, text) })
}

// folder is a new folder of its own. It is not t.TempDir, which calls a test failed under Wine 8: that cannot
// remove files the way Go does.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hansu-screen")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// host is a server in the test's process.
type host struct {
	t       *testing.T
	cfg     server.Config
	address string
	stop    func()
}

func serve(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, cfg: server.Config{Data: folder(t), TCP: "127.0.0.1:0", Flush: patience}}
	h.start()
	t.Cleanup(func() { h.stop() })
	return h
}

func (h *host) start() {
	h.t.Helper()
	srv, err := server.New(context.Background(), h.cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	h.address = srv.TCP().String()
	h.cfg.TCP = h.address
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("the server ended with %v", err)
		}
	})
}

// options are those of somebody who comes to this server for a game.
func (h *host) options(name, game string) Options {
	v, err := variants.Parse(game)
	if err != nil {
		h.t.Fatal(err)
	}
	return Options{Address: h.address, Name: name, Variant: v, Start: true}
}

// pair seats two people at a table.
func (h *host) pair(game string) (first, second *person) {
	h.t.Helper()
	people := [2]*person{}
	for i, name := range []string{"Ada", "Bo"} {
		p := newPerson(h.t, h.options(name, game))
		p.Begin()
		p.until("a table", func() bool { return p.play.table != nil && p.play.settled })
		people[i] = p
	}
	for _, p := range people {
		p.moves(0)
	}
	return people[0], people[1]
}

// playAll plays moves in turn, the first player's first.
func playAll(people [2]*person, moves ...string) {
	for i, m := range moves {
		who := people[i%2]
		who.moves(i)
		if len(m) == 4 { // chess: from, then to
			who.at(m[:2])
			m = m[2:]
		}
		who.at(m)
		for _, p := range people {
			p.moves(i + 1)
		}
	}
}
