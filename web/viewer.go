package web

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"

	"hansu/rules"
	"hansu/rules/variants"
	"hansu/session"
	"hansu/wire"
	"hansu/wirerules"
)

// viewer is a client inside this process, by which the API sees what any spectator sees: it
// speaks packets with the hub and is bound by the same limits. One goroutine reads it.
type viewer struct {
	remote netip.AddrPort
	s      *session.Session
	dec    wire.Decoder
	number uint32

	mu     sync.Mutex
	queue  []byte
	closed bool
	more   chan struct{} // has one element when queue or closed has changed
}

// viewerBytes bounds what waits for one viewer. A table's whole log may come at once.
const viewerBytes = 4 << 20

// errViewer is the end of a viewer's connection.
var errViewer = errors.New("web: the server closed the connection")

// refusal is a command's refusal.
type refusal struct {
	code wire.ErrorCode
	text string
}

func (e *refusal) Error() string { return fmt.Sprintf("refused: %d %s", e.code, e.text) }

// newViewer connects to the hub for a client at an address.
func newViewer(hub *session.Hub, remote netip.AddrPort) (*viewer, error) {
	v := &viewer{remote: remote, more: make(chan struct{}, 1)}
	if v.s = hub.Open(v); v.s == nil {
		return nil, errViewer
	}
	name, err := wire.NameOf("API")
	if err != nil {
		return nil, err
	}
	v.do(&wire.Hello{Magic: wire.Magic, Version: wire.Version, Language: wire.LanguageEnglish, Instance: 1, Name: name}, 0)
	return v, nil
}

// Send implements session.Conn.
func (v *viewer) Send(p []byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return errViewer
	}
	v.queue = append(v.queue, p...)
	v.closed = len(v.queue) > viewerBytes // too slow
	v.wake()
	return nil
}

// Queued implements session.Conn.
func (v *viewer) Queued() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.queue)
}

// Close implements session.Conn.
func (v *viewer) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.closed = true
	v.wake()
	return nil
}

// RemoteAddr implements session.Conn.
func (v *viewer) RemoteAddr() netip.AddrPort { return v.remote }

func (v *viewer) wake() {
	select {
	case v.more <- struct{}{}:
	default:
	}
}

// end gives the connection up.
func (v *viewer) end() {
	_ = v.Close()
	v.s.Closed()
}

// do sends a command.
func (v *viewer) do(p wire.Packet, table uint32) {
	v.number++
	v.s.Received(p.Append(nil, wire.Header{Table: table, Number: v.number}))
}

// read calls f with each packet, and idle, unless it is nil, whenever it was woken, until one
// returns an error, which read returns, or ctx ends.
func (v *viewer) read(ctx context.Context, f func(wire.Header, wire.Packet) error, idle func() error) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-v.more:
		}
		v.mu.Lock()
		got, closed := v.queue, v.closed
		v.queue = nil
		v.mu.Unlock()
		err := v.dec.Feed(got, func(h wire.Header, body []byte) error {
			p := wire.New(h.Type)
			if p == nil {
				return nil
			}
			if err := p.Decode(body); err != nil {
				return err
			}
			if e, ok := p.(*wire.Error); ok {
				return &refusal{wire.ErrorCode(e.Code), string(e.Text)}
			}
			return f(h, p)
		})
		if err != nil {
			return err
		}
		if closed {
			return errViewer
		}
		if idle != nil {
			if err := idle(); err != nil {
				return err
			}
		}
	}
}

// watched is a table as its records have made it.
type watched struct {
	code    string
	variant rules.Variant
	time    rules.TimeControl
	private bool
	last    uint32 // the last record when the viewer came
	seen    uint32
	names   [2]string
	here    [2]bool
	number  uint16
	first   uint8
	black   uint8
	turn    uint8
	winner  uint8
	reason  rules.Reason
	game    rules.Game // nil before the first game
	moves   []string
	played  []rules.Move
}

func newWatched(p *wire.Seat) *watched {
	return &watched{
		code: p.Code.String(), variant: wirerules.Variant(p.Variant), time: wirerules.Timing(p.Timing),
		private: p.Private != 0, last: p.Last,
	}
}

// caughtUp says whether everything that had happened when the viewer came is known.
func (t *watched) caughtUp() bool { return t.seen >= t.last }

// take takes a packet of a record in. text is the move in writing, if the packet is one.
func (t *watched) take(h wire.Header, p wire.Packet) (text string, err error) {
	if h.Number > 0 && h.Flags&wire.More == 0 {
		t.seen = h.Number
	}
	seat := func(n uint8) int { return int(min(max(n, 1), 2)) - 1 }
	switch p := p.(type) {
	case *wire.Seated:
		t.names[seat(p.Seat)], t.here[seat(p.Seat)] = p.Name.String(), true
	case *wire.Left:
		t.here[seat(p.Seat)] = false
	case *wire.Started:
		t.number, t.first, t.turn = p.Game, p.First, p.First
		t.winner, t.reason, t.moves, t.played = 0, 0, nil, nil
		if t.game, err = variants.Start(t.variant); err != nil {
			return "", err
		}
		t.black = p.First
		if t.game.Side(rules.First) != rules.Black {
			t.black = 3 - p.First
		}
	case *wire.Moved:
		m := wirerules.Move(p.Move)
		if t.game == nil {
			return "", errors.New("web: a move before the game")
		}
		text = t.game.Format(m)
		if t.game, err = t.game.Play(m); err != nil {
			return "", err
		}
		t.moves, t.played = append(t.moves, text), append(t.played, m)
		t.turn, t.black = p.Next, p.Black
	case *wire.TookBack:
		return "", t.tookBack(p)
	case *wire.Ended:
		t.turn, t.winner, t.reason = 0, p.Winner, rules.Reason(p.Reason)
	}
	return text, nil
}

// tookBack plays the moves that remain again.
func (t *watched) tookBack(p *wire.TookBack) error {
	if int(p.Ply) > len(t.played) {
		return errors.New("web: more moves remain than there were")
	}
	t.moves, t.played = t.moves[:p.Ply], t.played[:p.Ply]
	t.turn, t.black = p.Next, p.Black
	g, err := variants.Start(t.variant)
	for _, m := range t.played {
		if err != nil {
			return err
		}
		g, err = g.Play(m)
	}
	t.game = g
	return err
}
