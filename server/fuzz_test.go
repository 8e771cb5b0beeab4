package server_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"testing"
	"time"

	"hansu/rules"
	"hansu/server"
	"hansu/session"
	"hansu/store"
	"hansu/table"
	"hansu/wire"
)

// stepped is a whole node, one step at a time: no socket, no goroutine, no clock.
type stepped struct {
	t      *testing.T
	store  *memory
	node   *server.Node
	now    rules.Millis // since this start
	people [4]*fuzzed
	tokens [4]wire.Token
	script []byte
}

// fuzzed is a client's connection. The first and the last of the four have one token.
type fuzzed struct {
	world  *stepped
	who    int
	s      *session.Session
	sent   uint32            // commands
	seen   map[uint32]uint32 // by table: the last record heard
	fresh  map[uint32]bool   // Seat has come: the next record may be any
	closed bool
}

func (w *stepped) next() int {
	if len(w.script) == 0 {
		return 0
	}
	b := w.script[0]
	w.script = w.script[1:]
	return int(b)
}

func (w *stepped) boot() {
	w.now = 0
	cfg := server.NodeConfig{
		Store: w.store, Shards: 2, Log: slog.New(slog.DiscardHandler),
		Shard: func(int) table.ShardConfig {
			return table.ShardConfig{
				Config: table.Config{Abandon: 60_000}, Mailbox: 256, Wake: func() {},
				Pause: func(context.Context, time.Duration) bool { return true },
			}
		},
		Session: session.Config{
			Grace: 5_000, Text: func(uint8, wire.ErrorCode, rules.Problem) string { return "no" },
			Limits: session.Limits{Tables: 4, PerPlayer: 1},
			Go:     func(lookUp func()) { lookUp() },
		},
		Clock: func(base rules.Millis) table.Time {
			return table.Time{Service: base + w.now, Wall: int64(1_700_000_000_000 + w.now)}
		},
	}
	node, err := server.NewNode(w.t.Context(), cfg)
	if err != nil {
		w.t.Fatalf("the node does not start: %v", err)
	}
	w.node = node
}

// turn lets the shards do what is to be done.
func (w *stepped) turn() {
	for range 3 {
		for _, s := range w.node.Shards {
			s.Turn(w.t.Context())
		}
		for _, p := range w.people {
			if p != nil && p.closed && p.s != nil {
				s := p.s
				p.s = nil
				s.Closed()
			}
		}
	}
}

func (w *stepped) connect(who int) *fuzzed {
	if old := w.people[who]; old != nil && old.s != nil {
		old.closed = true
		old.s.Closed()
		old.s = nil
	}
	p := &fuzzed{world: w, who: who, seen: map[uint32]uint32{}, fresh: map[uint32]bool{}}
	w.people[who] = p
	p.s = w.node.Hub.Open(p)
	h := hello("fuzz")
	h.Instance, h.Token = uint32(who+1), w.tokens[who]
	p.receive(h.Append(nil, wire.Header{}))
	return p
}

func (p *fuzzed) receive(b []byte) {
	if p.s != nil && !p.closed {
		p.s.Received(b)
	}
}

// RemoteAddr implements session.Conn.
func (p *fuzzed) RemoteAddr() netip.AddrPort { return netip.MustParseAddrPort("127.0.0.1:1") }

// Queued implements session.Conn.
func (p *fuzzed) Queued() int { return 0 }

// Close implements session.Conn.
func (p *fuzzed) Close() error { p.closed = true; return nil }

// Send implements session.Conn: what the server says must be whole packets that decode, records in
// their order and durable.
func (p *fuzzed) Send(b []byte) error {
	t := p.world.t
	if p.closed {
		return nil
	}
	for len(b) > 0 {
		h, body, n, err := wire.Cut(b)
		if err != nil || n == 0 {
			t.Fatalf("the server sends no packet: %x", b)
		}
		packet := wire.New(h.Type)
		if err := packet.Decode(body); err != nil {
			t.Fatalf("the server sends a %v that does not decode: %v", h.Type, err)
		}
		p.hear(h, packet)
		b = b[n:]
	}
	return nil
}

func (p *fuzzed) hear(h wire.Header, packet wire.Packet) {
	t := p.world.t
	switch packet := packet.(type) {
	case *wire.Seat:
		p.fresh[h.Table] = true
	case *wire.Error:
		if wire.ErrorCode(packet.Code) == wire.Internal {
			t.Fatal("a fault of the server's own")
		}
	case *wire.Welcome, *wire.Done, *wire.Pong, *wire.Clock, *wire.Entry, *wire.EndOfList, *wire.Forbidden, *wire.Bye:
	default: // a record
		if int(h.Number) > len(p.world.store.records[store.TableID(h.Table)]) {
			t.Fatalf("record %d of table %d is told, and it is not stored", h.Number, h.Table)
		}
		last := p.seen[h.Table]
		if h.Flags&wire.More == 0 {
			p.seen[h.Table] = h.Number
		}
		if !p.fresh[h.Table] && h.Number != last+1 {
			t.Fatalf("table %d: record %d is told after %d", h.Table, h.Number, last)
		}
		p.fresh[h.Table] = p.fresh[h.Table] && h.Flags&wire.More != 0
	}
}

// command is a packet that makes sense, more or less.
func (w *stepped) command(p *fuzzed) {
	p.sent++
	h := wire.Header{Table: uint32(w.next() % 5), Number: p.sent}
	var c wire.Packet
	switch w.next() % 8 {
	case 0:
		c = &wire.Join{Variant: wire.Variant{Kind: 1, Rules: uint8(rules.Freestyle)}}
	case 1:
		c = &wire.Open{Variant: wire.Variant{Kind: uint8(1 + w.next()%2)}, Timing: wire.Timing{Kind: 1, Main: 1_000}, Private: uint8(w.next() % 2)}
	case 2:
		c = &wire.MakeMove{Move: wire.Move{Col: uint8(w.next() % 16), Row: uint8(w.next() % 4)}, Ply: wire.AnyPly}
	case 3:
		c = &wire.Resume{Seen: uint32(w.next() % 8)}
	case 4:
		c = &wire.Propose{What: uint8(w.next() % 4)}
	case 5:
		c = &wire.Reply{What: uint8(w.next() % 4), Accept: uint8(w.next() % 4)}
	case 6:
		c = &wire.Claim{What: uint8(w.next() % 6)}
	default:
		c = &wire.Leave{}
	}
	if w.next()%8 == 0 { // again, with a number that was used
		h.Number = max(1, h.Number-uint32(w.next()%4))
	}
	p.receive(c.Append(nil, h))
}

// anything is a packet of some type, with a body from the script.
func (w *stepped) anything(p *fuzzed) {
	types := wire.Types()
	h := wire.Header{Table: uint32(w.next() % 5), Number: uint32(w.next())}
	b := wire.New(types[w.next()%len(types)]).Append(nil, h)
	n := copy(b[wire.HeaderSize:], w.script)
	w.script = w.script[n:]
	p.receive(b)
}

// run does what the script says, byte by byte.
func (w *stepped) run() {
	w.boot()
	for i := range w.tokens {
		w.tokens[i] = wire.Token{byte(1 + i%3)}
		w.connect(i)
	}
	for len(w.script) > 0 {
		op := w.next()
		p := w.people[op%4]
		switch op >> 2 % 16 {
		case 0:
			w.anything(p)
		case 1:
			n := min(w.next()%32, len(w.script))
			p.receive(bytes.Clone(w.script[:n]))
			w.script = w.script[n:]
		case 2:
			w.connect(op % 4)
		case 3:
			w.now += rules.Millis(w.next() * 100)
			w.node.Tick(w.t.Context())
		case 4:
			w.store.fail, w.store.landed = w.next()%4, w.next()%2 == 0
		case 5: // the node dies, with what it has not stored
			for _, p := range w.people {
				p.s, p.closed = nil, true
			}
			w.boot()
			for i := range w.people {
				w.connect(i)
			}
		default:
			w.command(p)
		}
		if op&0x80 == 0 { // else more comes in the same turn
			w.turn()
		}
	}
	w.end()
}

// end checks what is left behind: a log that replays, and no session.
func (w *stepped) end() {
	w.turn()
	for _, p := range w.people {
		if p.s != nil {
			p.closed = true
			p.s.Closed()
			p.s = nil
		}
	}
	w.turn()
	if n := w.node.Hub.Count(); n != 0 {
		w.t.Errorf("%d sessions are left", n)
	}
	for id, records := range w.store.records {
		if _, err := table.Replay(id, records); err != nil {
			w.t.Errorf("the log does not replay: %v", err)
		}
	}
}

// FuzzSessions: whatever four clients send, in whatever order, with lost connections, failing appends and
// crashes between, the server neither panics nor says what is not durable, skips no record, and leaves a log
// that replays by the rules.
func FuzzSessions(f *testing.F) {
	const other = 6 << 2 // the operation "command"
	game := []byte{other, 0, 0, 1, other | 1, 0, 0, 1}
	for i := range byte(9) {
		game = append(game, other|i%2, 1, 2, 3+i/2, i%2, 1)
	}
	f.Add(game)
	f.Add(slices.Concat(game, []byte{5 << 2, other, 1, 3, 2, 1, other | 1, 1, 3, 0, 1, other, 1, 4, 3, 1, other | 1, 1, 5, 3, 1, 1}))
	f.Add([]byte{other, 0, 1, 0, 1, 1, 4 << 2, 3, 1, other | 2, 0, 0, 1, 3 << 2, 200, 2<<2 | 1, other, 1, 7, 1})
	f.Add([]byte{1 << 2, 4, 0, 8, 200, 1, 1<<2 | 1, 1, 0, 3 << 2, 255, 3 << 2, 255})
	f.Fuzz(func(t *testing.T, script []byte) {
		w := &stepped{t: t, store: newMemory(), script: script[:min(len(script), 4096)]}
		w.run()
	})
}
