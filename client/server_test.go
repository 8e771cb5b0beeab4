package client_test

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"hansu/rules"
	"hansu/wire"
	"hansu/wirerules"
)

// peer is the server's end of one connection, in the hands of a test's script.
type peer struct {
	conn net.Conn
	dec  wire.Decoder
	got  []packet
}

type packet struct {
	wire.Header
	wire.Packet
}

// read returns the next packet from the client.
func (p *peer) read() (packet, error) {
	buf := make([]byte, 4096)
	for len(p.got) == 0 {
		n, err := p.conn.Read(buf)
		if err != nil {
			return packet{}, err
		}
		err = p.dec.Feed(buf[:n], func(h wire.Header, body []byte) error {
			q := wire.New(h.Type)
			p.got = append(p.got, packet{h, q})
			return q.Decode(append([]byte(nil), body...))
		})
		if err != nil {
			return packet{}, err
		}
	}
	next := p.got[0]
	p.got = p.got[1:]
	return next, nil
}

func (p *peer) send(h wire.Header, packets ...wire.Packet) {
	var b []byte
	for _, q := range packets {
		b = q.Append(b, h)
	}
	p.conn.Write(b)
}

// greet reads Hello and sends Welcome.
func (p *peer) greet() (*wire.Hello, error) {
	q, err := p.read()
	if err != nil {
		return nil, err
	}
	p.send(wire.Header{}, &wire.Welcome{Version: wire.Version, Token: wire.Token{9}, Server: 1})
	return q.Packet.(*wire.Hello), nil
}

// listen runs script for each connection, with its number from 0, and closes the connection when
// it returns.
func listen(script func(n int, p *peer)) (address string, stop func()) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer conn.Close()
				script(n, &peer{conn: conn})
			})
		}
	})
	return l.Addr().String(), func() { l.Close(); wg.Wait() }
}

// serve is listen for a test, which ends when all connections have.
func serve(t *testing.T, script func(n int, p *peer)) string {
	address, stop := listen(script)
	t.Cleanup(stop)
	return address
}

// startServer plays omok as seat 2 against whoever joins, on the top row.
func startServer() string {
	address, _ := listen(func(_ int, p *peer) { (&opponent{peer: p}).play() })
	return address
}

// opponent is a small server that plays too.
type opponent struct {
	*peer
	record uint32
	game   rules.Game
	ply    uint16
}

const table = 3

func (o *opponent) happened(packets ...wire.Packet) {
	o.record++
	for i, p := range packets {
		h := wire.Header{Table: table, Number: o.record, Flags: wire.More}
		if i == len(packets)-1 {
			h.Flags = 0
		}
		o.send(h, p)
	}
}

func (o *opponent) play() {
	if _, err := o.greet(); err != nil {
		return
	}
	for {
		p, err := o.read()
		if err != nil {
			return
		}
		switch q := p.Packet.(type) {
		case *wire.Join:
			v := wirerules.Variant(q.Variant)
			o.game = newGame(v)
			seat := wire.Seat{Seat: 1, Last: 1, Code: wire.Code{'X'}, Variant: wirerules.ToVariant(v)}
			o.send(wire.Header{Table: table}, &seat)
			name := wire.Name{'O'}
			o.happened(&wire.Seated{Seat: 1, Name: name}, &wire.Seated{Seat: 2, Name: name}, &wire.Started{Game: 1, First: 1})
		case *wire.MakeMove:
			o.move(wirerules.Move(q.Move))
			if !o.game.Outcome().Over() {
				o.move(rules.Move{To: rules.Point{Col: uint8(o.ply), Row: 14}})
			}
		}
		o.send(wire.Header{}, &wire.Done{Command: p.Number, Record: o.record})
	}
}

func (o *opponent) move(m rules.Move) {
	o.game, _ = o.game.Play(m)
	o.ply++
	moved := &wire.Moved{Seat: uint8(2 - o.ply%2), Next: uint8(1 + o.ply%2), Black: 1, Ply: o.ply, Move: wirerules.ToMove(m)}
	if !o.game.Outcome().Over() {
		o.happened(moved)
		return
	}
	moved.Next = 0
	o.happened(moved, &wire.Ended{Winner: moved.Seat, Reason: uint8(rules.Five), Game: 1})
}

// drain lets a connection stand until the client ends it.
func drain(p *peer) { io.Copy(io.Discard, p.conn) }

// patience is how long a test waits for what must come; far more than it takes.
const patience = 20 * time.Second
