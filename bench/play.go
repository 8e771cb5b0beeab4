package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"hansu/rules"
	"hansu/wire"
)

// Play is a load of whole games: every move is checked by the rules and durable before
// the opponent hears of it.
type Play struct {
	Address  string
	Games    int           // at once
	Interval time.Duration // between a game's moves; 0: as fast as they can
	Duration time.Duration // of measuring
}

// Played is what a Play measured.
type Played struct {
	Moves    int64
	Seconds  float64
	Latency  []time.Duration // from sending a move to the opponent's receipt, sorted
	Finished int64           // games that ended on the board
}

// fill is an omok game that ends with a full board: a pattern without five in a row, whose
// black and white points are played in turn.
var fill = sync.OnceValue(func() []wire.Move {
	const size = 15
	var black, white []wire.Move
	for row := range size {
		for col := range size {
			m := wire.Move{Col: uint8(col), Row: uint8(row)}
			if (col+2*row)>>1&1 == 0 {
				black = append(black, m)
			} else {
				white = append(white, m)
			}
		}
	}
	var all []wire.Move
	for i := range black {
		all = append(all, black[i])
		if i < len(white) {
			all = append(all, white[i])
		}
	}
	return all
})

// Run plays until ctx ends or Duration is over. The error is that of the first game that failed.
func (p Play) Run(ctx context.Context) (Played, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var total Played
	var all sync.WaitGroup
	begin := make(chan struct{})
	ready := make(chan struct{}, p.Games)
	for i := range p.Games {
		all.Go(func() {
			g := game{play: p, offset: time.Duration(i) * p.Interval / time.Duration(max(1, p.Games))}
			err := g.seat()
			ready <- struct{}{}
			if err == nil {
				<-begin
				stop := context.AfterFunc(ctx, g.close) // ends a read that waits
				err = g.run(ctx)
				stop()
			}
			g.close()
			if err != nil && ctx.Err() == nil {
				cancel(fmt.Errorf("game %d: %w", i, err))
			}
			mu.Lock()
			defer mu.Unlock()
			total.Moves += int64(len(g.latency))
			total.Finished += g.finished
			total.Latency = append(total.Latency, g.latency...)
		})
	}
	for range p.Games {
		<-ready
	}
	start := time.Now()
	close(begin)
	timer := time.AfterFunc(p.Duration, func() { cancel(errTimeUp) })
	defer timer.Stop()
	all.Wait()
	total.Seconds = min(time.Since(start), p.Duration).Seconds()
	slices.Sort(total.Latency)
	if err := context.Cause(ctx); err != nil && !errors.Is(err, errTimeUp) {
		return total, err
	}
	return total, nil
}

var errTimeUp = errors.New("time is up")

// game is one table with its two players, driven by one goroutine.
type game struct {
	play     Play
	offset   time.Duration
	seats    [2]*seat
	table    uint32
	latency  []time.Duration
	finished int64
}

// seat is one player's connection.
type seat struct {
	conn   net.Conn
	in     *bufio.Reader
	number uint32
	out    []byte
}

func dial(addr, name string) (*seat, error) {
	conn, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	s := &seat{conn: conn, in: bufio.NewReaderSize(conn, 2048)}
	h := wire.Hello{Magic: wire.Magic, Version: wire.Version, Language: 2, Instance: 1}
	copy(h.Name[:], name)
	if err := s.send(&h, wire.Header{}); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	_, _, err = s.want(wire.TypeWelcome)
	return s, err
}

func (s *seat) send(p wire.Packet, h wire.Header) error {
	s.out = p.Append(s.out[:0], h)
	_, err := s.conn.Write(s.out)
	return err
}

func (s *seat) command(p wire.Packet, table uint32) error {
	s.number++
	return s.send(p, wire.Header{Table: table, Number: s.number})
}

// want reads packets until one of type t. The body is valid until the next read.
func (s *seat) want(t wire.Type) (wire.Header, []byte, error) {
	for {
		head, err := s.in.Peek(2)
		if err != nil {
			return wire.Header{}, nil, err
		}
		size := int(head[0])<<8 | int(head[1])
		if size < wire.HeaderSize || size > s.in.Size() {
			return wire.Header{}, nil, fmt.Errorf("packet of %d bytes", size)
		}
		all, err := s.in.Peek(size)
		if err != nil {
			return wire.Header{}, nil, err
		}
		h, body, n, err := wire.Cut(all)
		if err != nil {
			return h, nil, err
		}
		if _, err := s.in.Discard(n); err != nil {
			return h, nil, err
		}
		switch h.Type {
		case t:
			return h, body, nil
		case wire.TypeError:
			var e wire.Error
			if err := e.Decode(body); err != nil {
				return h, nil, err
			}
			return h, nil, fmt.Errorf("refused (%d): %s", e.Code, e.Text)
		case wire.TypeBye:
			return h, nil, io.EOF
		}
	}
}

func (g *game) close() {
	for _, s := range g.seats {
		if s != nil {
			_ = s.conn.Close()
		}
	}
}

// seat brings the two players to a table of their own.
func (g *game) seat() error {
	for i := range g.seats {
		s, err := dial(g.play.Address, fmt.Sprintf("bench %d", i+1))
		if err != nil {
			return err
		}
		g.seats[i] = s
	}
	a, b := g.seats[0], g.seats[1]
	v := wire.Variant{Kind: uint8(rules.Omok), Rules: uint8(rules.Freestyle), Size: 15}
	if err := a.command(&wire.Open{Variant: v, Private: 1}, 0); err != nil {
		return err
	}
	h, body, err := a.want(wire.TypeSeat)
	if err != nil {
		return err
	}
	g.table = h.Table
	var seat wire.Seat
	if err := seat.Decode(body); err != nil {
		return err
	}
	if err := b.command(&wire.Enter{Code: seat.Code}, 0); err != nil {
		return err
	}
	for _, s := range g.seats {
		if _, _, err := s.want(wire.TypeStarted); err != nil {
			return err
		}
	}
	return nil
}

// run plays games until ctx ends.
func (g *game) run(ctx context.Context) error {
	next := time.Now().Add(g.offset)
	for first := 0; ; first = 1 - first {
		for i, m := range fill() {
			if g.play.Interval > 0 {
				if wait := time.Until(next); wait > 0 {
					time.Sleep(wait)
				}
			}
			if ctx.Err() != nil {
				return nil
			}
			// Paced, a move counts from when it was due, not from when it could be sent.
			from := time.Now()
			if g.play.Interval > 0 {
				from, next = next, next.Add(g.play.Interval)
			}
			if err := g.move(first^i&1, m); err != nil {
				return err
			}
			g.latency = append(g.latency, time.Since(from))
		}
		g.finished++
		if err := g.rematch(); err != nil {
			return err
		}
	}
}

func (g *game) move(who int, m wire.Move) error {
	mover, other := g.seats[who], g.seats[1-who]
	if err := mover.command(&wire.MakeMove{Move: m, Ply: 65535}, g.table); err != nil {
		return err
	}
	if _, _, err := other.want(wire.TypeMoved); err != nil {
		return err
	}
	_, _, err := mover.want(wire.TypeDone)
	return err
}

// rematch: the second to propose hears of the new game before the answer to the proposal.
func (g *game) rematch() error {
	for _, s := range g.seats {
		if err := s.command(&wire.Propose{What: 3}, g.table); err != nil {
			return err
		}
		if _, _, err := s.want(wire.TypeDone); err != nil {
			return err
		}
	}
	_, _, err := g.seats[0].want(wire.TypeStarted)
	return err
}
