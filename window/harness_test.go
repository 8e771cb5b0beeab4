//go:build linux

package window_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/server"
	"hansu/window/screen"
	"hansu/window/windowtest"
)

const patience = windowtest.Patience

// desk is a window with an opponent.
type desk struct{ *windowtest.Desk }

func newDesk(t *testing.T, o screen.Options, args ...string) desk {
	t.Helper()
	return desk{windowtest.NewDesk(t, o, args...)}
}

// sits waits until the window's player has sat down. On a machine that is short of a processor the five seconds of
// connecting can be over too soon: then the button is pressed again, as a person would do.
func (d desk) sits(o *opponent) {
	d.T.Helper()
	again := time.NewTicker(time.Second)
	defer again.Stop()
	limit := time.After(2 * patience)
	for o.table == nil || !o.table.Running() {
		select {
		case event := <-o.c.Events():
			if r, is := event.(client.Record); is {
				o.table = r.Table
			}
		case <-again.C:
			if p := d.Picture(); d.Locate(p) && d.Inks(p, windowtest.Red, d.Note()) > 0 {
				d.T.Log("connecting took too long; once more")
				d.Click(windowtest.Middle(d.First(screen.StartID)))
			}
		case <-limit:
			d.T.Fatalf("nobody sits down: see %s", d.Save("failed"))
		}
	}
}

// seen is the table as the window's player sees it.
func (o *opponent) seen() *client.Table {
	t := *o.table
	t.Seat = t.Seat.Other()
	return &t
}

// host is a server in the test's process.
type host struct {
	t       *testing.T
	cfg     server.Config
	address string
	stop    func() // in good order; may be called twice
}

func serve(t *testing.T) *host {
	t.Helper()
	h := &host{t: t, cfg: server.Config{Data: t.TempDir(), TCP: "127.0.0.1:0", Flush: patience}}
	h.start()
	t.Cleanup(func() { h.stop() })
	return h
}

// start serves, at the same address as before if it has served already.
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

// opponent is the other player: a client of another kind.
type opponent struct {
	t     *testing.T
	c     *client.Client
	table *client.Table
}

// opponent takes a seat at a table for this game with this clock.
func (h *host) opponent(t *testing.T, game, clock string) *opponent {
	t.Helper()
	c, err := client.Dial(context.Background(), client.Config{Address: h.address, Name: "상대", Wait: patience, RetryMax: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	v, err := variants.Parse(game)
	if err != nil {
		t.Fatal(err)
	}
	tc, err := rules.ParseTimeControl(clock)
	if err != nil {
		t.Fatal(err)
	}
	o := &opponent{t: t, c: c}
	o.do(client.Join{Variant: v, Time: tc})
	return o
}

func (o *opponent) do(cmd client.Command) {
	o.t.Helper()
	n, err := o.c.Do(cmd)
	if err != nil {
		o.t.Fatal(err)
	}
	await(o, func(a client.Answer) bool {
		if a.Command == n && a.Err != nil {
			o.t.Fatalf("%#v: %v", cmd, a.Err)
		}
		return a.Command == n
	})
}

// await waits for an event that ok accepts.
func await[E client.Event](o *opponent, ok func(E) bool) E {
	o.t.Helper()
	limit := time.After(patience)
	for {
		select {
		case event, open := <-o.c.Events():
			if !open {
				o.t.Fatal("the client has ended")
			}
			if r, is := event.(client.Record); is {
				o.table = r.Table
			}
			if e, is := event.(E); is && ok(e) {
				return e
			}
		case <-limit:
			var want E
			o.t.Fatalf("no %T within %v", want, patience)
		}
	}
}

// happens waits for a record in which something of kind H happens.
func happens[H client.Happening](o *opponent) H {
	o.t.Helper()
	var found H
	await(o, func(r client.Record) bool {
		for _, e := range r.Events {
			if h, is := e.(H); is {
				found = h
				return true
			}
		}
		return false
	})
	return found
}

// plies waits until n moves are on the board.
func (o *opponent) plies(n int) {
	o.t.Helper()
	for o.table == nil || !o.table.Running() && n == 0 || len(o.table.Moves) < n {
		await(o, func(client.Record) bool { return true })
	}
}

func (o *opponent) move(text string) {
	o.t.Helper()
	m, err := o.table.Parse(text)
	if err != nil {
		o.t.Fatal(err)
	}
	o.do(o.table.Play(m))
}
