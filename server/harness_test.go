package server_test

import (
	"context"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/server"
	"hansu/wire"
)

// node is a server that runs in the test's process.
type node struct {
	t    *testing.T
	cfg  server.Config
	addr string
	srv  *server.Server
	page string                                                      // the address of HTTP, if it is served
	dial func(ctx context.Context, address string) (net.Conn, error) // nil: TCP
	stop context.CancelFunc
	done chan error
}

func start(t *testing.T, cfg server.Config) *node {
	t.Helper()
	if cfg.Data == "" {
		cfg.Data = dataDir(t)
	}
	if cfg.TCP == "" {
		cfg.TCP = "127.0.0.1:0"
	}
	cfg.Flush = patience
	n := &node{t: t, cfg: cfg}
	n.begin()
	t.Cleanup(n.end)
	return n
}

// dataDir returns an empty directory. It goes with the tests' scratch directory rather than by
// t.TempDir, which calls a test failed under Wine 8: it cannot remove files the way Go does.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(scratch, "data")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func (n *node) begin() {
	n.t.Helper()
	srv, err := server.New(context.Background(), n.cfg)
	if err != nil {
		n.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	n.stop, n.done = stop, make(chan error, 1)
	n.addr, n.srv = srv.TCP().String(), srv
	if n.cfg.HTTP != "" {
		n.page = srv.HTTP().String()
		n.cfg.HTTP = n.page
	}
	n.cfg.TCP = n.addr // the next start is at the same address
	go func() { n.done <- srv.Run(ctx) }()
}

func (n *node) end() {
	if n.stop == nil {
		return
	}
	n.stop()
	n.stop = nil
	select {
	case err := <-n.done:
		if err != nil {
			n.t.Errorf("the server ended with %v", err)
		}
	case <-time.After(2 * patience):
		n.t.Error("the server does not end")
	}
}

// restart stops the server in good order and starts it again.
func (n *node) restart() {
	n.t.Helper()
	n.end()
	n.begin()
}

// web is the same server, whose players come by WebSocket.
func (n *node) web() *node {
	o := *n
	o.dial = overWebSocket(n.page)
	return &o
}

// player is a client whose events a test waits for.
type player struct {
	t     *testing.T
	c     *client.Client
	token client.Token
	table *client.Table
	last  map[uint32]uint32  // by table: the last record it was shown
	heard func(client.Event) // nil: nobody else listens
}

// note takes in an event. A client is shown every record of its tables once, in order, whatever
// becomes of its connections.
func (p *player) note(ev client.Event) {
	switch ev := ev.(type) {
	case client.Sat:
		p.table = ev.Table
	case client.Record:
		p.table = ev.Table
		if id := ev.Table.ID; ev.Number != p.last[id]+1 {
			p.t.Errorf("table %d: record %d is shown after %d", id, ev.Number, p.last[id])
		}
		p.last[ev.Table.ID] = ev.Number
	case client.Clocked:
		p.table = ev.Table
	case client.Gone:
		delete(p.last, ev.Table.ID)
	}
	if p.heard != nil {
		p.heard(ev)
	}
}

// patience is how long a test waits for what must come. A kill with two hundred games, under the race detector and
// beside other work, keeps some of them waiting for half a minute.
const patience = 2 * time.Minute

// silence is how long a client waits for a word of the server's before it comes anew.
const silence = 30 * time.Second

func (n *node) player(name string) *player { n.t.Helper(); return n.comeBack(name, client.Token{}) }

func (n *node) comeBack(name string, token client.Token) *player {
	n.t.Helper()
	p, err := n.dialled(name, token)
	if err != nil {
		n.t.Fatal(err)
	}
	return p
}

func (n *node) dialled(name string, token client.Token) (*player, error) {
	n.t.Helper()
	c, err := client.Dial(context.Background(), client.Config{
		Address: n.addr, Dial: n.dial, Name: name, Token: token, RetryMin: 10 * time.Millisecond, RetryMax: 200 * time.Millisecond, Wait: silence,
	})
	if err != nil {
		return nil, err
	}
	p := &player{t: n.t, c: c, last: map[uint32]uint32{}}
	n.t.Cleanup(func() { c.Close() })
	p.token = until(p, func(client.Online) bool { return true }).Token
	return p, nil
}

// until waits for an event of type E that ok accepts.
func until[E client.Event](p *player, ok func(E) bool) E {
	p.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case ev, open := <-p.c.Events():
			if !open {
				p.t.Fatalf("the client has ended")
			}
			p.note(ev)
			if e, is := ev.(E); is && ok(e) {
				return e
			}
		case <-limit:
			var want E
			p.t.Fatalf("no %T within %v", want, patience)
		}
	}
}

// do sends a command and waits for its answer.
func (p *player) do(cmd client.Command) error {
	p.t.Helper()
	return p.ask(cmd).Err
}

// ask is do for who wants to know the whole answer.
func (p *player) ask(cmd client.Command) client.Answer {
	p.t.Helper()
	n, err := p.c.Do(cmd)
	if err != nil {
		return client.Answer{Err: err}
	}
	return until(p, func(a client.Answer) bool { return a.Command == n })
}

// must is do for what the server takes, if not at once: on a busy machine a node's lease may run out.
func (p *player) must(cmd client.Command) {
	p.t.Helper()
	for limit := time.Now().Add(patience); ; <-time.After(20 * time.Millisecond) {
		err := p.do(cmd)
		if err == nil {
			return
		}
		if !storeDown(err) || time.Now().After(limit) {
			p.t.Fatalf("%#v: %v", cmd, err)
		}
	}
}

// storeDown reports that nothing was done, for the server can store nothing now.
func storeDown(err error) bool {
	var refused *client.Refused
	return errors.As(err, &refused) && refused.Code == uint16(wire.StoreDown)
}

// plies waits until n moves are on the board, or the game is over.
func (p *player) plies(n int) {
	p.t.Helper()
	for len(p.table.Moves) < n && p.table.Running() {
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

func timing(t testing.TB, s string) rules.TimeControl {
	t.Helper()
	tc, err := rules.ParseTimeControl(s)
	if err != nil {
		t.Fatal(err)
	}
	return tc
}

// pair seats two new players at one table.
func (n *node) pair(game, time string) (a, b *player) {
	n.t.Helper()
	join := client.Join{Variant: variant(n.t, game), Time: timing(n.t, time)}
	a, b = n.player("one"), n.player("둘")
	a.must(join)
	b.must(join)
	for _, p := range []*player{a, b} {
		for p.table == nil || p.table.Position == nil {
			until(p, func(client.Record) bool { return true })
		}
	}
	return a, b
}
