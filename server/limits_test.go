package server_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"hansu/server"
	"hansu/session"
	"hansu/wire"
)

// metrics reads the operator's address.
func (n *node) metrics() string {
	n.t.Helper()
	res, err := http.Get("http://" + n.srv.Metrics().String() + "/metrics")
	if err != nil {
		n.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		n.t.Fatalf("%s: %v", res.Status, err)
	}
	return string(text)
}

// limitCases are the bounds of what a client may ask for. Each is passed by one client, who is told
// so by number; the next client is served as if nothing had been.
var limitCases = []struct {
	name   string
	limits server.Config
	code   wire.ErrorCode
	pass   func(n *node)
}{
	{"clients", server.Config{MaxClients: 1}, wire.Full, func(n *node) {
		n.greeted("a")
		n.raw().refused(0, wire.Full, true)
	}},
	{"connections of one player", server.Config{Limits: session.Limits{PerPlayer: 1}}, wire.Replaced, func(n *node) {
		a, h := n.raw(), hello("a")
		h.Token = wire.NewToken()
		a.send(h, wire.Header{})
		a.want(wire.TypeWelcome)
		n.raw().send(h, wire.Header{})
		a.refused(0, wire.Replaced, true)
	}},
	{"packets", server.Config{Limits: session.Limits{Packets: 2}}, wire.TooFast, func(n *node) {
		a := n.greeted("a")
		for i := range uint32(20) {
			a.send(&wire.List{What: 1}, wire.Header{Number: 1 + i})
		}
		a.want(wire.TypeError)
	}},
	{"looks", server.Config{Limits: session.Limits{Looks: 1}}, wire.TooFast, func(n *node) {
		a := n.greeted("a")
		for i := range uint32(3) {
			a.send(&wire.List{What: 1}, wire.Header{Number: 1 + i})
		}
		a.refused(3, wire.TooFast, false)
	}},
	{"chat", server.Config{Limits: session.Limits{Chat: 1}}, wire.TooFast, func(n *node) {
		a := n.greeted("a")
		for i := range uint32(3) {
			a.send(&wire.Say{Text: []byte("hello")}, wire.Header{Number: 1 + i, Table: 1})
		}
		a.refused(1, wire.NotSeated, false)
		a.refused(2, wire.NotSeated, false)
		a.refused(3, wire.TooFast, false)
	}},
	{"tables", server.Config{Limits: session.Limits{Tables: 1}}, wire.TooMany, func(n *node) {
		a := n.greeted("a")
		for i := range uint32(2) {
			a.send(&wire.Open{Variant: wire.Variant{Kind: 1}}, wire.Header{Number: 1 + i})
		}
		a.refused(2, wire.TooMany, false)
	}},
	{"tables that wait", server.Config{Limits: session.Limits{Waiting: 1}}, wire.TooFast, func(n *node) {
		a, b := n.greeted("a"), n.greeted("b")
		open := &wire.Open{Variant: wire.Variant{Kind: 1}}
		a.send(open, wire.Header{Number: 1})
		a.want(wire.TypeDone)
		b.send(open, wire.Header{Number: 1})
		b.refused(1, wire.TooFast, false)
		a.send(open, wire.Header{Number: 1}) // the same again is the same again
		a.want(wire.TypeDone)
		b.send(&wire.Join{Variant: wire.Variant{Kind: 1}}, wire.Header{Number: 2})
		b.want(wire.TypeStarted)
		b.send(open, wire.Header{Number: 3}) // there is room again
		b.want(wire.TypeSeat)
	}},
	{"tables opened", server.Config{Limits: session.Limits{Opens: 1}}, wire.TooFast, func(n *node) {
		a := n.greeted("a")
		var many []byte
		for i := range uint32(30) {
			many = (&wire.Open{Variant: wire.Variant{Kind: 1}, Private: 1}).Append(many, wire.Header{Number: 1 + i})
		}
		a.write(many)
		opened, refused := 0, 0
		for opened+refused < 30 {
			h, body, err := a.next()
			var e wire.Error
			switch {
			case err != nil:
				n.t.Fatal(err)
			case h.Type == wire.TypeDone:
				opened++
			case h.Type == wire.TypeError:
				if err := e.Decode(body); err != nil || wire.ErrorCode(e.Code) != wire.TooFast {
					n.t.Fatalf("%+v, %v", e, err)
				}
				refused++
			}
		}
		if opened < 2 || refused == 0 {
			n.t.Errorf("%d tables were opened and %d refused", opened, refused)
		}
		a.send(&wire.Open{Variant: wire.Variant{Kind: 1}, Private: 1}, wire.Header{Number: 1}) // the same again is the same again
		a.want(wire.TypeDone)
	}},
	{"name", server.Config{Limits: session.Limits{Name: 3}}, wire.BadName, func(n *node) {
		n.greeted("한수님")
		a := n.raw()
		a.send(hello("four"), wire.Header{})
		a.refused(0, wire.BadName, true)
	}},
	{"line of chat", server.Config{Limits: session.Limits{Line: 5}}, wire.TooLong, func(n *node) {
		a := n.greeted("a")
		a.send(&wire.Say{Text: []byte("hello!")}, wire.Header{Number: 1, Table: 1})
		a.refused(1, wire.TooLong, false)
	}},
	{"handshake", server.Config{Limits: session.Limits{Handshake: 3000}}, wire.Idle, func(n *node) {
		n.raw().refused(0, wire.Idle, true)
	}},
	{"half a packet", server.Config{Limits: session.Limits{Partial: 3000}}, wire.Idle, func(n *node) {
		a := n.greeted("a")
		a.write([]byte{0})
		a.refused(0, wire.Idle, true)
	}},
	{"silence", server.Config{Limits: session.Limits{Idle: 3000}}, wire.Idle, func(n *node) {
		n.greeted("a").refused(0, wire.Idle, true)
	}},
	{"outbound", server.Config{Outbound: 64 << 10, Limits: session.Limits{Packets: -1, Partial: 3_600_000}}, wire.Slow, func(n *node) {
		n.greeted("a").floodUnread()
	}},
}

// floodUnread asks for answers, and reads none, until the server gives up.
func (r *raw) floodUnread() {
	r.t.Helper()
	var block []byte
	for len(block) < 64<<10 {
		block = (&wire.Ping{Value: 1}).Append(block, wire.Header{Number: 1})
	}
	for range 10_000 {
		if _, err := r.conn.Write(block); err != nil {
			return
		}
	}
	r.t.Error("a client that does not read was never cut off")
}

// TestLimits: what passes a bound is refused by number, counted and logged, and nobody else notices.
func TestLimits(t *testing.T) {
	for _, c := range limitCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log record
			cfg := c.limits
			cfg.Metrics, cfg.Log = "127.0.0.1:0", slog.New(slog.NewTextHandler(&log, nil))
			n := start(t, cfg)
			c.pass(n)
			counted := fmt.Sprintf("hansu_refusals_total{code=\"%d\",reason=", c.code)
			for limit := time.After(patience); !strings.Contains(n.metrics(), counted); {
				select {
				case <-limit:
					t.Fatalf("not counted:\n%s", n.metrics())
				default:
				}
			}
			if c.code != wire.Full { // the one place is taken
				n.greeted("z")
			}
			n.end()
			if said := log.String(); !strings.Contains(said, fmt.Sprintf("code=%d ", c.code)) || !strings.Contains(said, fmt.Sprintf("refused.%d=", c.code)) {
				t.Errorf("code %d is not in the log, or not in its summary:\n%s", c.code, said)
			}
		})
	}
}
