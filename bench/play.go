package bench

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"hansu/rules"
	"hansu/wire"
)

// playLoad is the players of one thread. Each game is two clients at a table of their own; each move is checked by
// the server's rules and durable before the opponent hears of it. Its latency is from sending
// it, or paced from when it was due, to the opponent's receipt. A finished game is followed by a rematch.
//
// As fast as they can, each game sends its next move when the mover has the answer and the opponent
// the move. Paced, moves are due at even distances, for the games in turn.
type playLoad struct {
	links []*link
	games []playGame
	out   []byte

	pacing
	inFlight int // games that are not at rest
	ended    bool
	seating  bool
	seated   int // games that were seated before
	Tally
}

// What a game waits for.
const (
	stageHello   = iota // both Welcome
	stageOpen           // player 1's seat, and the code
	stageEnter          // the start, for both
	stageRest           // nothing: the next move can be sent
	stageMoved          // the opponent's receipt and the mover's answer
	stageOffer          // the answer to player 1's wish for a rematch
	stageRematch        // the answer to player 2's, and the start, for both
)

type playGame struct {
	stage   int
	waiting int // packets, until the stage is over
	table   uint32
	first   int // the player who begins
	ply     int
	sentAt  int64
	late    []int64 // paced: moves that were due before the one before was done
	players [2]player
}

type player struct {
	stream wire.Decoder
	number uint32 // of the last command
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

// seatedAtOnce is how many players are connected before they are seated: a server does not wait for ever for a client's first
// packet.
const seatedAtOnce = 512

// newPlayLoad connects players, two for each game, and seats them.
func newPlayLoad(d driver, load Load, players int) (*playLoad, error) {
	p := &playLoad{seating: true}
	for len(p.links) < players {
		links, err := dialAll(d, load, min(seatedAtOnce, players-len(p.links)))
		if err != nil {
			return p, err
		}
		p.seated = len(p.games)
		p.links = append(p.links, links...)
		p.games = append(p.games, make([]playGame, len(links)/2)...)
		if err := d.run(p); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (p *playLoad) phase(d time.Duration, rate float64) {
	p.Tally, p.ended, p.seating = Tally{}, false, false
	p.pacing.set(d, rate)
}

func (p *playLoad) tally() (Tally, *Histogram) { return p.Tally, nil }

func (p *playLoad) start(now int64) int64 {
	if p.seating {
		p.inFlight = len(p.games) - p.seated
		for i := p.seated; i < len(p.games); i++ {
			p.games[i].waiting = 2
		}
		for i, l := range p.links[2*p.seated:] {
			h := wire.Hello{Magic: wire.Magic, Version: wire.Version, Language: 2, Instance: 1}
			copy(h.Name[:], fmt.Sprintf("bench %d", i%2+1))
			p.out = h.Append(p.out[:0], wire.Header{})
			l.send(p.out)
		}
		return never
	}
	next := p.pacing.start(now)
	if p.step == 0 {
		for i := range p.games {
			p.move(i, now)
		}
	}
	return next
}

func (p *playLoad) done() bool { return p.inFlight == 0 && (p.ended || p.seating) }

func (p *playLoad) tick(now int64) (int64, error) {
	if p.over() {
		p.ended = true
		return never, nil
	}
	for p.isDue(now) {
		at, turn := p.take(len(p.games))
		g := &p.games[turn]
		switch {
		case g.stage == stageRest:
			p.move(turn, at)
		case len(g.late) == pacedBacklog:
			return never, errTooSlow
		default:
			g.late = append(g.late, at)
		}
	}
	return p.next(), nil
}

func (p *playLoad) command(game, who int, c wire.Packet) {
	g := &p.games[game]
	g.players[who].number++
	p.out = c.Append(p.out[:0], wire.Header{Table: g.table, Number: g.players[who].number})
	p.links[2*game+who].send(p.out)
}

// to has a game wait for so many packets.
func (p *playLoad) to(game, stage, packets int) {
	p.games[game].stage, p.games[game].waiting = stage, packets
}

// move sends the next move, which counts from at.
func (p *playLoad) move(game int, at int64) {
	g := &p.games[game]
	g.sentAt = at
	p.inFlight++
	p.Sent++
	p.to(game, stageMoved, 2)
	p.command(game, g.mover(), &wire.MakeMove{Move: fill()[g.ply], Ply: uint16(g.ply)})
}

// mover is whose turn it is.
func (g *playGame) mover() int { return (g.first + g.ply) % 2 }

func (p *playLoad) received(l *link, b []byte, now int64) error {
	game, who := l.index/2, l.index%2
	feed := func(b []byte) error {
		return p.games[game].players[who].stream.Feed(b, func(h wire.Header, body []byte) error {
			return p.packet(game, who, h, body, now)
		})
	}
	if l.ws != nil {
		return l.ws.unwrap(l, b, feed)
	}
	return feed(b)
}

var errOtherMove = errors.New("another move was told than was made")

func (p *playLoad) packet(game, who int, h wire.Header, body []byte, now int64) error {
	g := &p.games[game]
	awaited := false
	switch h.Type {
	case wire.TypeError:
		var e wire.Error
		if err := e.Decode(body); err != nil {
			return err
		}
		return fmt.Errorf("refused (%d): %s", e.Code, e.Text)
	case wire.TypeBye:
		return errHungUp
	case wire.TypeWelcome:
		awaited = g.stage == stageHello
	case wire.TypeSeat:
		if awaited = g.stage == stageOpen && who == 0; awaited {
			g.table = h.Table
			var s wire.Seat
			if err := s.Decode(body); err != nil {
				return err
			}
			p.to(game, stageEnter, 2)
			g.table = 0 // Enter is for no table yet
			p.command(game, 1, &wire.Enter{Code: s.Code})
			g.table = h.Table
			return nil
		}
	case wire.TypeStarted:
		awaited = g.stage == stageEnter || g.stage == stageRematch
	case wire.TypeDone:
		awaited = g.stage == stageMoved && who == g.mover() || g.stage == stageOffer && who == 0 || g.stage == stageRematch && who == 1
	case wire.TypeMoved:
		if awaited = g.stage == stageMoved && who != g.mover(); awaited {
			var m wire.Moved
			if err := m.Decode(body); err != nil {
				return err
			}
			if m.Move != fill()[g.ply] || int(m.Ply) != g.ply+1 {
				return errOtherMove
			}
			p.Latency.Record(time.Duration(now - g.sentAt))
			p.Received++
		}
	}
	if awaited {
		if g.waiting--; g.waiting == 0 {
			p.advance(game, now)
		}
	}
	return nil
}

// advance goes on with a game that has all it waited for.
func (p *playLoad) advance(game int, now int64) {
	g := &p.games[game]
	switch g.stage {
	case stageHello:
		p.to(game, stageOpen, 1)
		v := wire.Variant{Kind: uint8(rules.Omok), Rules: uint8(rules.Freestyle), Size: 15}
		p.command(game, 0, &wire.Open{Variant: v, Private: 1})
		return
	case stageMoved:
		if g.ply++; g.ply == len(fill()) {
			p.to(game, stageOffer, 1)
			p.command(game, 0, &wire.Propose{What: rematch})
			return
		}
	case stageOffer:
		// The second to wish it hears of the new game before the answer.
		p.to(game, stageRematch, 3)
		p.command(game, 1, &wire.Propose{What: rematch})
		return
	case stageRematch:
		g.ply, g.first = 0, 1-g.first
	}
	p.to(game, stageRest, 0)
	p.inFlight--
	switch {
	case len(g.late) > 0:
		at := g.late[0]
		g.late = append(g.late[:0], g.late[1:]...)
		p.move(game, at)
	case !p.seating && p.step == 0 && now < p.until:
		p.move(game, now)
	}
}

// rematch is that offer's number in a Propose.
const rematch = 3
