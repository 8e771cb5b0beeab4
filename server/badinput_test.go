package server_test

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"hansu/rules"
	"hansu/server"
	"hansu/session"
	"hansu/wire"
)

// raw is a client that sends whatever bytes a test wants.
type raw struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func (n *node) raw() *raw {
	n.t.Helper()
	conn, err := net.Dial("tcp", n.addr)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(patience))
	return &raw{n.t, conn, bufio.NewReader(conn)}
}

func hello(name string) *wire.Hello {
	h := &wire.Hello{Magic: wire.Magic, Version: wire.Version, Language: 2, Instance: 1}
	copy(h.Name[:], name)
	return h
}

// greeted returns a client that has been welcomed.
func (n *node) greeted(name string) *raw {
	n.t.Helper()
	r := n.raw()
	r.send(hello(name), wire.Header{})
	r.want(wire.TypeWelcome)
	return r
}

func (r *raw) send(p wire.Packet, h wire.Header) { r.write(p.Append(nil, h)) }

func (r *raw) write(p []byte) {
	r.t.Helper()
	if _, err := r.conn.Write(p); err != nil {
		r.t.Fatal(err)
	}
}

// next returns the next packet; io.EOF when the server has closed.
func (r *raw) next() (wire.Header, []byte, error) {
	var head [wire.HeaderSize]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return wire.Header{}, nil, io.EOF
	}
	size := binary.BigEndian.Uint16(head[:])
	all := append(head[:], make([]byte, int(size)-len(head))...)
	if _, err := io.ReadFull(r.in, all[wire.HeaderSize:]); err != nil {
		return wire.Header{}, nil, io.EOF
	}
	h, body, _, err := wire.Cut(all)
	return h, body, err
}

// want reads packets until one of this type.
func (r *raw) want(t wire.Type) (wire.Header, []byte) {
	r.t.Helper()
	for {
		h, body, err := r.next()
		if err != nil {
			r.t.Fatalf("waiting for %v: %v", t, err)
		}
		if h.Type == t {
			return h, body
		}
	}
}

// refused reads until an error and checks its number; closed says that the connection ends with it.
func (r *raw) refused(command uint32, code wire.ErrorCode, closed bool) {
	r.t.Helper()
	_, body := r.want(wire.TypeError)
	var e wire.Error
	if err := e.Decode(body); err != nil {
		r.t.Fatal(err)
	}
	if wire.ErrorCode(e.Code) != code || e.Command != command || len(e.Text) == 0 {
		r.t.Fatalf("error %d for command %d (%s), want %d for %d", e.Code, e.Command, e.Text, code, command)
	}
	if !closed {
		return
	}
	if _, _, err := r.next(); !errors.Is(err, io.EOF) {
		r.t.Fatalf("the connection goes on: %v", err)
	}
}

func frame(size uint16, t wire.Type, body int) []byte {
	p := make([]byte, wire.HeaderSize+body)
	binary.BigEndian.PutUint16(p, size)
	p[2] = byte(t)
	binary.BigEndian.PutUint32(p[8:], 7)
	return p
}

// TestBadHello: what the first packet may not be, and the answer to each.
func TestBadHello(t *testing.T) {
	n := start(t, server.Config{})
	old := hello("x")
	old.Version = 0
	magic := hello("x")
	magic.Magic = 0x47455420
	for _, c := range []struct {
		name  string
		bytes []byte
		code  wire.ErrorCode
	}{
		{"another packet first", (&wire.Ping{}).Append(nil, wire.Header{}), wire.NotHello},
		{"short hello", frame(wire.HeaderSize+4, wire.TypeHello, 4), wire.NotHello},
		{"wrong magic", magic.Append(nil, wire.Header{}), wire.BadMagic},
		{"version 0", old.Append(nil, wire.Header{}), wire.BadVersion},
		{"no name", hello("").Append(nil, wire.Header{}), wire.BadName},
		{"33 characters", hello(strings.Repeat("한", 33)).Append(nil, wire.Header{}), wire.BadName},
		{"control characters", hello("a\x1b[2Jb").Append(nil, wire.Header{}), wire.BadName},
		{"not UTF-8", hello("\xc7\xd1\xbc\xf6").Append(nil, wire.Header{}), wire.BadName},
		{"size 11", frame(11, wire.TypeHello, 0), wire.BadPacket},
		{"size 0", frame(0, wire.TypeHello, 0), wire.BadPacket},
		{"size 4097", frame(4097, wire.TypeHello, 0), wire.TooLong},
		{"an HTTP request", []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), wire.TooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := n.raw()
			r.t = t
			r.write(c.bytes)
			r.refused(0, c.code, true)
		})
	}
	n.greeted(strings.Repeat("한", 32)) // 32 are allowed, and the server still serves
}

// TestBadBodies: for every type a client sends, a body one byte short and one byte long is
// refused with a number and the connection goes on.
func TestBadBodies(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Packets: -1}})
	r := n.greeted("x")
	for _, typ := range wire.Types() {
		if !typ.ToServer() || typ == wire.TypeHello {
			continue
		}
		p := wire.New(typ)
		whole := p.Append(nil, wire.Header{Table: 1, Number: 7})
		long := append(append([]byte(nil), whole...), 0)
		binary.BigEndian.PutUint16(long, uint16(len(long)))
		if typ != wire.TypeSay { // whose tail may have any length
			r.write(long)
			r.refused(7, wire.BadPacket, false)
		}
		if len(whole) > wire.HeaderSize {
			short := append([]byte(nil), whole[:len(whole)-1]...)
			binary.BigEndian.PutUint16(short, uint16(len(short)))
			r.write(short)
			r.refused(7, wire.BadPacket, false)
		}
	}
	r.write(frame(wire.HeaderSize+3, 63, 3)) // of an unknown type: skipped
	r.send(&wire.Ping{Value: 5}, wire.Header{})
	r.want(wire.TypePong)
	r.send(hello("again"), wire.Header{})
	r.refused(0, wire.NotHello, true)
}

// TestBadCommands: commands whose bytes are right and whose meaning is not.
func TestBadCommands(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Packets: -1}})
	a, b := n.greeted("a"), n.greeted("b")
	omok := wire.Variant{Kind: 1, Rules: uint8(rules.Freestyle)}
	a.send(&wire.Join{Variant: omok}, wire.Header{Number: 1})
	h, _ := a.want(wire.TypeSeat)
	id := h.Table
	b.send(&wire.Join{Variant: omok}, wire.Header{Number: 1})
	b.want(wire.TypeStarted)
	for i, c := range []struct {
		p     wire.Packet
		table uint32
		code  wire.ErrorCode
	}{
		{&wire.Join{Variant: wire.Variant{Kind: 9}}, 0, wire.BadVariant},
		{&wire.Join{Variant: wire.Variant{Kind: 1, Rules: 3, Size: 19}}, 0, wire.BadVariant},
		{&wire.Join{Variant: omok, Timing: wire.Timing{Kind: 99}}, 0, wire.BadTiming},
		{&wire.Join{Variant: omok, Timing: wire.Timing{Kind: 1, Main: 1<<32 - 1}}, 0, wire.BadTiming},
		{&wire.Enter{}, 0, wire.NoTable},
		{&wire.Watch{}, 0, wire.NoTable},
		{&wire.Resume{}, 999, wire.NoTable},
		{&wire.MakeMove{Ply: 65535}, 999, wire.NotSeated},
		{&wire.MakeMove{Ply: 65535}, id, wire.NotYourTurn},
		{&wire.MakeMove{Ply: 12}, id, wire.StalePly},
		{&wire.Propose{What: 3}, id, wire.GameOn},
		{&wire.Propose{What: 2}, id, wire.NotPossible},
		{&wire.Reply{What: 1, Accept: 1}, id, wire.NoOffer},
		{&wire.Reply{What: 200, Accept: 100}, id, wire.BadValue},
		{&wire.Claim{What: 2}, id, wire.NothingToClaim},
		{&wire.Claim{What: 200}, id, wire.BadValue},
		{&wire.Say{Text: []byte("\xff\xfe")}, id, wire.BadText},
		{&wire.Say{Text: []byte("   ")}, id, wire.BadText},
		{&wire.Say{Text: []byte("bell\a")}, id, wire.BadText},
		{&wire.Say{Text: []byte("hello")}, 999, wire.NotSeated},
		{&wire.List{What: 9}, 0, wire.BadValue},
	} {
		b.send(c.p, wire.Header{Table: c.table, Number: uint32(100 + i)})
		b.refused(uint32(100+i), c.code, false)
	}
	a.send(&wire.MakeMove{Move: wire.Move{Col: 7, Row: 99}, Ply: 65535}, wire.Header{Table: id, Number: 2})
	a.refused(2, wire.IllegalMove, false)
	a.send(&wire.MakeMove{Move: wire.Move{Col: 7, Row: 7}, Ply: 0}, wire.Header{Table: id, Number: 3})
	b.want(wire.TypeMoved) // the game goes on
	b.send(&wire.Resign{}, wire.Header{Table: id, Number: 200})
	a.want(wire.TypeEnded)
	a.send(&wire.MakeMove{Ply: 65535}, wire.Header{Table: id, Number: 4})
	a.refused(4, wire.GameOver, false)
}

// TestTooFast: a flood is refused packet by packet, then cut off; others do not notice.
func TestTooFast(t *testing.T) {
	n := start(t, server.Config{Limits: session.Limits{Packets: 5, Chat: 2}})
	r := n.greeted("x")
	ping := (&wire.Ping{Value: 1}).Append(nil, wire.Header{Number: 7})
	for range 200 {
		if _, err := r.conn.Write(ping); err != nil {
			break // cut off
		}
	}
	for {
		h, body, err := r.next()
		if err != nil {
			t.Fatal("closed without a reason")
		}
		var e wire.Error
		if h.Type == wire.TypeError && e.Decode(body) == nil && wire.ErrorCode(e.Code) == wire.TooFast {
			break
		}
	}
	n.greeted("y")
}

// TestFlood: of packets that come at once two seconds' worth are answered, one second's worth is refused, and then the
// connection ends with the reason; nothing behind that is answered.
func TestFlood(t *testing.T) {
	const rate = 5
	n := start(t, server.Config{Limits: session.Limits{Packets: rate}})
	r := n.raw()
	flood := hello("x").Append(nil, wire.Header{})
	for number := range uint32(1000) {
		flood = (&wire.Ping{Value: 1}).Append(flood, wire.Header{Number: number + 1})
	}
	r.write(flood)
	answered, refused := 0, 0
	for {
		h, body, err := r.next()
		if err != nil {
			t.Fatal("closed without a reason")
		}
		var e wire.Error
		switch {
		case h.Type == wire.TypePong:
			answered++
			continue
		case h.Type != wire.TypeError:
			continue
		case e.Decode(body) != nil || wire.ErrorCode(e.Code) != wire.TooFast:
			t.Fatalf("error %d: %s", e.Code, e.Text)
		case e.Command != 0:
			refused++
			continue
		}
		break
	}
	// A packet more may be answered for each fifth of a second that this takes, and the row begins anew.
	if answered < 2*rate-1 || refused < rate {
		t.Errorf("%d packets were answered and %d refused, want %d and %d", answered, refused, 2*rate-1, rate)
	}
	if answered+refused == 1000 {
		t.Error("all packets had an answer of their own")
	}
	if h, _, err := r.next(); err == nil {
		t.Errorf("after the end: %v", h.Type)
	}
}

// TestFull: the client too many is told so; a place that becomes free is given away again.
func TestFull(t *testing.T) {
	n := start(t, server.Config{MaxClients: 2})
	a := n.greeted("a")
	n.greeted("b")
	n.raw().refused(0, wire.Full, true)
	a.conn.Close()
	for {
		r := n.raw()
		r.send(hello("c"), wire.Header{})
		if h, _, err := r.next(); err == nil && h.Type == wire.TypeWelcome {
			break
		}
		r.conn.Close()
	}
}

// TestFourConnections: one token may be connected four times; the oldest beyond is told.
func TestFourConnections(t *testing.T) {
	n := start(t, server.Config{})
	first := n.raw()
	first.send(hello("x"), wire.Header{})
	_, body := first.want(wire.TypeWelcome)
	var w wire.Welcome
	if err := w.Decode(body); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		h := hello("x")
		h.Token = w.Token
		r := n.raw()
		r.send(h, wire.Header{})
		r.want(wire.TypeWelcome)
	}
	first.refused(0, wire.Replaced, true)
}
