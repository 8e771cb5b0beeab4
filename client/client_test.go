package client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/wire"
	"hansu/wirerules"
)

func newGame(v rules.Variant) rules.Game {
	g, err := variants.Start(v)
	if err != nil {
		panic(err)
	}
	return g
}

func dial(t *testing.T, address string) *client.Client {
	t.Helper()
	c, err := client.Dial(t.Context(), quick(address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// quick is a client that does not keep a test waiting.
func quick(address string) client.Config {
	return client.Config{Address: address, Name: "Test", RetryMin: time.Millisecond, RetryMax: 20 * time.Millisecond}
}

// next waits for an event of type E and skips others.
func next[E client.Event](t *testing.T, c *client.Client) E {
	t.Helper()
	limit := time.After(patience)
	for {
		select {
		case e, ok := <-c.Events():
			if e, is := e.(E); is {
				return e
			}
			if !ok {
				t.Fatalf("the events ended without a %T", *new(E))
			}
		case <-limit:
			t.Fatalf("no %T", *new(E))
		}
	}
}

// TestDialFails: what is no server, or no good one, is told apart, and never waited for long.
func TestDialFails(t *testing.T) {
	silent := func(p *peer) { drain(p) }
	for _, c := range []struct {
		name   string
		script func(p *peer)
		want   error
	}{
		{"silence", silent, client.ErrSilent},
		{"half a header", func(p *peer) { p.conn.Write([]byte{0}); silent(p) }, client.ErrSilent},
		{"half a Welcome", func(p *peer) {
			b := (&wire.Welcome{Version: 1}).Append(nil, wire.Header{})
			p.conn.Write(b[:20])
			silent(p)
		}, client.ErrSilent},
		{"hung up", func(p *peer) { p.read() }, client.ErrHungUp},
		{"HTTP", func(p *peer) { p.conn.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")); silent(p) }, client.ErrNotHansu},
		{"an echo", func(p *peer) {
			buf := make([]byte, 4096)
			n, _ := p.conn.Read(buf)
			p.conn.Write(buf[:n])
			silent(p)
		}, client.ErrNotHansu},
		{"a newer version", func(p *peer) {
			p.send(wire.Header{}, &wire.Welcome{Version: 99})
			silent(p)
		}, client.ErrVersion},
		{"a refused version", func(p *peer) {
			p.read()
			p.send(wire.Header{}, &wire.Error{Code: uint16(wire.BadVersion), Text: []byte("old")})
		}, client.ErrVersion},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address := serve(t, func(_ int, p *peer) { c.script(p) })
			cfg := quick(address)
			cfg.Wait = patience
			if c.want == client.ErrSilent { // nothing else ends the wait
				cfg.Wait = 200 * time.Millisecond
			}
			got, err := client.Dial(t.Context(), cfg)
			if !errors.Is(err, c.want) || got != nil || !strings.Contains(err.Error(), address) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	t.Run("full", func(t *testing.T) {
		address := serve(t, func(_ int, p *peer) {
			p.read()
			p.send(wire.Header{}, &wire.Error{Code: uint16(wire.Full), Text: []byte("가득 찼습니다")})
		})
		_, err := client.Dial(t.Context(), quick(address))
		var refused *client.Refused
		if !errors.As(err, &refused) || refused.Text != "가득 찼습니다" || refused.Final() {
			t.Error(err)
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		address, stop := listen(func(int, *peer) {})
		stop()
		if _, err := client.Dial(t.Context(), quick(address)); err == nil {
			t.Error("connected to nobody")
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		address := serve(t, func(_ int, p *peer) { p.read(); cancel(); drain(p) })
		if _, err := client.Dial(ctx, quick(address)); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	t.Run("name", func(t *testing.T) {
		if _, err := client.Dial(t.Context(), client.Config{Name: "\x07"}); !errors.Is(err, client.ErrText) {
			t.Error(err)
		}
	})
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"":                 "localhost:9000",
		" ":                "localhost:9000",
		":7000":            "localhost:7000",
		"example.org":      "example.org:9000",
		"example.org:":     "example.org:9000",
		"example.org:1":    "example.org:1",
		"192.0.2.7":        "192.0.2.7:9000",
		"::1":              "[::1]:9000",
		"[::1]":            "[::1]:9000",
		"[2001:db8::1]:80": "[2001:db8::1]:80",
	} {
		if got := client.Address(in); got != want {
			t.Errorf("Address(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestReconnect: the connection is cut in the middle of a record, again and again.
func TestReconnect(t *testing.T) {
	const cuts = 5
	seat := &wire.Seat{Seat: 1, Last: 1, Code: wire.Code{'A'}, Variant: wire.Variant{Kind: 1, Rules: 1, Size: 15}}
	failed := make(chan string, 100)
	address := serve(t, func(n int, p *peer) {
		hello, err := p.greet()
		if err != nil {
			return
		}
		if wantToken := n > 0; wantToken == hello.Token.IsZero() {
			failed <- fmt.Sprintf("connection %d: token %s", n, hello.Token.Hex())
		}
		q, err := p.read()
		if err != nil {
			return
		}
		if n == 0 {
			p.send(wire.Header{Table: 3}, seat)
			p.send(wire.Header{Table: 3, Number: 1}, &wire.Seated{Seat: 1, Name: wire.Name{'T'}})
		} else if r, ok := q.Packet.(*wire.Resume); !ok || int(r.Seen) != n || q.Table != 3 {
			failed <- fmt.Sprintf("connection %d: %+v", n, q)
		}
		p.send(wire.Header{}, &wire.Done{Command: q.Number})
		if n == cuts {
			p.send(wire.Header{Table: 3, Number: uint32(n + 1)}, &wire.Said{Seat: 1, Text: []byte("end")})
			drain(p)
			return
		}
		if n > 0 {
			p.send(wire.Header{Table: 3, Number: uint32(n + 1)}, &wire.Said{Seat: 1, Text: fmt.Append(nil, n)})
		}
		p.send(wire.Header{Table: 3, Number: uint32(n + 2), Flags: wire.More}, &wire.Said{Seat: 1, Text: []byte("half")})
	})
	c := dial(t, address)
	if _, err := c.Do(client.Join{}); err != nil {
		t.Fatal(err)
	}
	for want := uint32(1); want <= cuts+1; want++ {
		r := next[client.Record](t, c)
		if r.Number != want || len(r.Events) != 1 {
			t.Fatalf("record %d, want %d: %+v", r.Number, want, r.Events)
		}
	}
	select {
	case f := <-failed:
		t.Error(f)
	default:
	}
}

// TestFinal: a client that cannot be served stops trying and says so last.
func TestFinal(t *testing.T) {
	address := serve(t, func(n int, p *peer) {
		if n == 0 {
			p.greet()
			return
		}
		p.read()
		p.send(wire.Header{}, &wire.Error{Code: uint16(wire.BadVersion), Text: []byte("old")})
	})
	c := dial(t, address)
	for {
		off := next[client.Offline](t, c)
		if off.Retry == 0 {
			if !errors.Is(off.Err, client.ErrVersion) {
				t.Error(off.Err)
			}
			break
		}
	}
	if e, ok := <-c.Events(); ok {
		t.Errorf("%+v after the last event", e)
	}
	if _, err := c.Do(client.List{}); !errors.Is(err, client.ErrClosed) {
		t.Error(err)
	}
}

// TestBye: a server that goes down in good order says when to come back.
func TestBye(t *testing.T) {
	address := serve(t, func(n int, p *peer) {
		p.greet()
		if n == 0 {
			p.send(wire.Header{}, &wire.Bye{Code: uint16(wire.ShuttingDown), After: 15})
			return
		}
		drain(p)
	})
	c := dial(t, address)
	off := next[client.Offline](t, c)
	var bye *client.Bye
	if !errors.As(off.Err, &bye) || off.Retry < 15*time.Millisecond {
		t.Errorf("%+v", off)
	}
	if on := next[client.Online](t, c); !on.Again {
		t.Errorf("%+v", on)
	}
}

// TestSilence: a connection on which nothing comes any more is given up.
func TestSilence(t *testing.T) {
	var answers atomic.Bool
	address := serve(t, func(_ int, p *peer) {
		p.greet()
		for answers.Load() {
			q, err := p.read()
			if err != nil {
				return
			}
			if ping, ok := q.Packet.(*wire.Ping); ok {
				p.send(wire.Header{}, &wire.Pong{Value: ping.Value})
			}
		}
		drain(p)
	})
	cfg := quick(address)
	cfg.Wait, cfg.Idle = 150*time.Millisecond, 20*time.Millisecond
	c, err := client.Dial(t.Context(), cfg)
	for errors.Is(err, client.ErrSilent) { // a busy machine may be that slow
		c, err = client.Dial(t.Context(), cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if off := next[client.Offline](t, c); !errors.Is(off.Err, client.ErrSilent) {
		t.Error(off.Err)
	}
	answers.Store(true)
	next[client.Online](t, c)
}

func TestCall(t *testing.T) {
	address := serve(t, func(_ int, p *peer) {
		p.greet()
		for {
			q, err := p.read()
			if err != nil {
				return
			}
			if _, ok := q.Packet.(*wire.Enter); ok {
				p.send(wire.Header{}, &wire.Error{Command: q.Number, Code: uint16(wire.NoTable), Text: []byte("없음")})
				continue
			}
			p.send(wire.Header{}, &wire.Done{Command: q.Number, Record: 77})
		}
	})
	c := dial(t, address)
	go func() {
		for range c.Events() {
		}
	}()
	if record, err := c.Call(t.Context(), client.Join{Variant: wirerules.Variant(wire.Variant{Kind: 1})}); record != 77 || err != nil {
		t.Error(record, err)
	}
	var refused *client.Refused
	if _, err := c.Call(t.Context(), client.Enter{Code: "abc"}); !errors.As(err, &refused) || refused.Text != "없음" {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Call(ctx, client.Join{}); err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	c.Close()
	if _, err := c.Call(t.Context(), client.Join{}); !errors.Is(err, client.ErrClosed) {
		t.Error(err)
	}
}

// TestUnread: a program that does not look at its events can still send, and nothing is lost.
func TestUnread(t *testing.T) {
	const lines = 3000 // far more than a client keeps
	address := serve(t, func(_ int, p *peer) {
		p.greet()
		q, _ := p.read()
		p.send(wire.Header{Table: 3}, &wire.Seat{Seat: 1, Variant: wire.Variant{Kind: 1}})
		for i := range uint32(lines) {
			p.send(wire.Header{Table: 3, Number: i + 1}, &wire.Said{Seat: 1, Text: []byte("…")})
		}
		p.send(wire.Header{}, &wire.Done{Command: q.Number})
		drain(p)
	})
	c := dial(t, address)
	for range 3 {
		if _, err := c.Do(client.Join{}); err != nil {
			t.Fatal(err)
		}
	}
	for want := uint32(1); want <= lines; want++ {
		if r := next[client.Record](t, c); r.Number != want {
			t.Fatalf("record %d, want %d", r.Number, want)
		}
	}
}

// TestClose: nothing of a client is left, whatever it was doing.
func TestClose(t *testing.T) {
	address, stop := listen(func(n int, p *peer) {
		p.greet()
		if n%2 == 0 {
			drain(p)
		}
	})
	for i := range 20 {
		c, err := client.Dial(context.Background(), quick(address))
		if err != nil {
			if errors.Is(err, client.ErrHungUp) {
				continue
			}
			t.Fatal(err)
		}
		if i%3 == 0 {
			next[client.Online](t, c)
		}
		c.Close()
		c.Close()
		for range c.Events() {
		}
	}
	stop() // returns when every connection has ended
}

// TestDialer: a connection of another kind serves as well.
func TestDialer(t *testing.T) {
	ours, theirs := net.Pipe()
	go func() {
		p := &peer{conn: theirs}
		p.greet()
		drain(p)
	}()
	cfg := quick("nowhere")
	cfg.Dial = func(_ context.Context, address string) (net.Conn, error) {
		if address != "nowhere:9000" {
			t.Errorf("dials %q", address)
		}
		return ours, nil
	}
	c, err := client.Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}
