package web_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/server"
	"hansu/wire"
)

const patience = 30 * time.Second

// site is a whole server in the test's process, with a page.
type site struct {
	t    testing.TB
	cfg  server.Config
	tcp  string
	http string // host:port
	log  *logged
	stop context.CancelFunc
	done chan error
}

// logged is a log that can be searched while it is written.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) has(s string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.buf.String(), s)
}

func (l *logged) count(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.buf.String(), s)
}

func (l *logged) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func serve(t testing.TB, cfg server.Config) *site {
	t.Helper()
	s := &site{t: t, cfg: cfg, log: &logged{}}
	s.cfg.Data, s.cfg.Flush = t.TempDir(), patience
	s.cfg.TCP, s.cfg.HTTP = "127.0.0.1:0", "127.0.0.1:0"
	s.cfg.Log = slog.New(slog.NewTextHandler(s.log, nil))
	s.begin()
	t.Cleanup(s.end)
	return s
}

func (s *site) begin() {
	s.t.Helper()
	srv, err := server.New(context.Background(), s.cfg)
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.done = stop, make(chan error, 1)
	s.tcp, s.http = srv.TCP().String(), srv.HTTP().String()
	s.cfg.TCP, s.cfg.HTTP = s.tcp, s.http // the next start is at the same addresses
	go func() { s.done <- srv.Run(ctx) }()
}

func (s *site) end() {
	if s.stop == nil {
		return
	}
	s.stop()
	s.stop = nil
	select {
	case err := <-s.done:
		if err != nil {
			s.t.Errorf("the server ended with %v", err)
		}
	case <-time.After(2 * patience):
		s.t.Error("the server does not end")
	}
}

// socket is a WebSocket client that speaks packets.
type socket struct {
	t       testing.TB
	ws      *websocket.Conn
	number  uint32
	packets []packet // come, not yet looked at
	dec     wire.Decoder
}

type packet struct {
	head wire.Header
	body []byte
}

func (s *site) dial(header http.Header) (*websocket.Conn, *http.Response, error) {
	d := websocket.Dialer{HandshakeTimeout: patience}
	return d.Dial("ws://"+s.http+"/ws", header)
}

// socket connects and says hello.
func (s *site) socket(name string) *socket {
	s.t.Helper()
	ws, _, err := s.dial(http.Header{"Origin": {"http://" + s.http}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { ws.Close() })
	c := &socket{t: s.t, ws: ws}
	n, err := wire.NameOf(name)
	if err != nil {
		s.t.Fatal(err)
	}
	c.send(&wire.Hello{Magic: wire.Magic, Version: wire.Version, Instance: 7, Name: n}, 0)
	var w wire.Welcome
	c.await(wire.TypeWelcome, &w)
	return c
}

func (c *socket) send(p wire.Packet, table uint32) {
	c.t.Helper()
	c.number++
	b := p.Append(nil, wire.Header{Table: table, Number: c.number})
	if err := c.ws.WriteMessage(websocket.BinaryMessage, b); err != nil {
		c.t.Fatal(err)
	}
}

// await reads until a packet of the type has come, and decodes it. Others are passed over.
func (c *socket) await(kind wire.Type, into wire.Packet) wire.Header {
	c.t.Helper()
	_ = c.ws.SetReadDeadline(time.Now().Add(patience))
	for {
		for len(c.packets) > 0 {
			p := c.packets[0]
			c.packets = c.packets[1:]
			if p.head.Type == kind {
				if err := into.Decode(p.body); err != nil {
					c.t.Fatal(err)
				}
				return p.head
			}
			if p.head.Type == wire.TypeError {
				var e wire.Error
				_ = e.Decode(p.body)
				c.t.Fatalf("waiting for packet %d: error %d %s", kind, e.Code, e.Text)
			}
		}
		message, b, err := c.ws.ReadMessage()
		if err != nil {
			c.t.Fatalf("waiting for packet %d: %v", kind, err)
		}
		if message != websocket.BinaryMessage {
			c.t.Fatalf("a message of kind %d", message)
		}
		err = c.dec.Feed(b, func(h wire.Header, body []byte) error {
			c.packets = append(c.packets, packet{h, bytes.Clone(body)})
			return nil
		})
		if err != nil {
			c.t.Fatal(err)
		}
	}
}

// player is a TCP client whose events a test waits for.
type player struct {
	t     testing.TB
	c     *client.Client
	table *client.Table
}

func (s *site) player(name string) *player {
	s.t.Helper()
	c, err := client.Dial(context.Background(), client.Config{Address: s.tcp, Name: name, Wait: patience})
	if err != nil {
		s.t.Fatal(err)
	}
	p := &player{t: s.t, c: c}
	s.t.Cleanup(func() { c.Close() })
	until(p, func(client.Online) bool { return true })
	return p
}

// until waits for an event of type E that ok accepts.
func until[E client.Event](p *player, ok func(E) bool) E {
	p.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case ev, open := <-p.c.Events():
			if !open {
				p.t.Fatal("the client has ended")
			}
			switch ev := ev.(type) {
			case client.Sat:
				p.table = ev.Table
			case client.Record:
				p.table = ev.Table
			}
			if e, is := ev.(E); is && ok(e) {
				return e
			}
		case <-limit:
			var want E
			p.t.Fatalf("no %T within %v", want, patience)
		}
	}
}

func (p *player) must(cmd client.Command) {
	p.t.Helper()
	n, err := p.c.Do(cmd)
	if err != nil {
		p.t.Fatal(err)
	}
	if a := until(p, func(a client.Answer) bool { return a.Command == n }); a.Err != nil {
		p.t.Fatalf("%#v: %v", cmd, a.Err)
	}
}

// plies waits until n moves are on the board, or the game is over.
func (p *player) plies(n int) {
	p.t.Helper()
	for p.table == nil || p.table.Number == 0 || len(p.table.Moves) < n && p.table.Running() {
		until(p, func(client.Record) bool { return true })
	}
}

// move plays a move given in the game's notation.
func (p *player) move(text string) {
	p.t.Helper()
	m, err := p.table.Parse(text)
	if err != nil {
		p.t.Fatalf("%s: %v", text, err)
	}
	p.must(p.table.Play(m))
}

func variant(t testing.TB, s string) rules.Variant {
	t.Helper()
	v, err := variants.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func textLog(l *logged) *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }
