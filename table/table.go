// Package table is a game in progress: commands come in, each becomes one record of
// events, the events make the state. It decides; it never waits, reads a clock or does
// I/O: time is handed in, and [Core] returns what is to be stored and said.
//
//	Core    Step(now, commands) → records and answers, then Publish once they are durable
//	Shard   the goroutine around a Core: mailbox, store, timer
//
// A table is touched by its own shard alone, so there is no lock in here.
package table

import (
	"fmt"
	"slices"

	"hansu/rules"
	"hansu/rules/variants"
	"hansu/store"
)

// Phase is what a table is doing.
type Phase uint8

// The phases.
const (
	Waiting Phase = iota + 1 // one player, for a second to come
	Playing                  // a game is on
	Between                  // the game is over, a rematch may come
	Shut                     // both have left; only its past can be looked at
)

// place is a seat and who sits in it.
type place struct {
	name    string
	key     Key
	taken   bool
	away    bool         // an Away record stands
	offer   Proposal     // the offer that stands, 0 for none
	present int32        // connections attached now; not stored
	since   rules.Millis // of the last Away
	tried   [4]uint16    // by Proposal: number of own moves + 1 when it was last offered
	recent  []told       // the last commands decided, oldest first
	came    command      // that seated the player; zero: not known
}

// command names a command for good: instances are random.
type command struct{ instance, number uint32 }

// told is a command that was decided, kept so that it can be answered again.
type told struct {
	instance, number uint32
	record           uint32 // 0: refused
	refusal          Refusal
	problem          rules.Problem
}

// How many decided commands a seat remembers: of each program that plays there, so that one that
// was away finds its own however much another has played meanwhile, and of all of them.
const (
	recentKept = 16
	recentMost = 8 * recentKept
)

// Table is one table's state: what its records say, applied in order.
type Table struct {
	id        store.TableID
	seq       uint32
	published uint32 // last record that viewers have been given
	phase     Phase
	first     Seat // acts first in the present game
	gameNo    uint16
	set       Setting
	wall      int64        // when it was opened
	at        rules.Millis // of the last record
	places    [2]place
	game      rules.Game
	moves     []ply
	told      int // moves that the lobby was told of last
	clock     rules.Clock
	started   int64
	viewers   []viewing
	log       []byte       // stored form of all records, one after the other
	ends      []uint32     // where each record ends in log
	awol      rules.Millis // after a restart: when a player without a connection counts as away; 0: done
	own       store.Ownership
	deadline  rules.Millis // in the table's own time, when the table must be looked at; 0: never
	queued    rules.Millis // in service time, the entry that stands for it among the deadlines; 0: none
	asked     *Forbidding  // what Points was answered since the last record
	fault     string       // why the table cannot go on; set when its records do not replay
}

// ply is a move and who made it: an opening may give a player several in a row.
type ply struct {
	move rules.Move
	seat Seat
}

func (t *Table) place(s Seat) *place { return &t.places[s-1] }

// seatOf returns the seat of a key, or 0.
func (t *Table) seatOf(k Key) Seat {
	for s := Seat(1); s <= 2; s++ {
		if p := t.place(s); p.taken && p.key == k {
			return s
		}
	}
	return 0
}

// player says which player of the present game a seat is.
func (t *Table) player(s Seat) rules.Player {
	switch s {
	case 0:
		return rules.NoPlayer
	case t.first:
		return rules.First
	}
	return rules.Second
}

// seat says which seat a player of the present game has.
func (t *Table) seat(p rules.Player) Seat {
	switch p {
	case rules.First:
		return t.first
	case rules.Second:
		return t.first.Other()
	}
	return 0
}

// turn returns the seat to act, 0 when no game is on or the board says it is over.
func (t *Table) turn() Seat {
	if t.phase != Playing {
		return 0
	}
	return t.seat(t.game.Turn())
}

func (t *Table) black() Seat {
	if t.game.Side(rules.First) == rules.Black {
		return t.first
	}
	return t.first.Other()
}

// left returns both seats' time.
func (t *Table) left(c rules.Clock, now rules.Millis) [2]rules.TimeLeft {
	if t.set.Time.Timing == rules.Untimed {
		return [2]rules.TimeLeft{}
	}
	return [2]rules.TimeLeft{c.Left(t.player(1), now), c.Left(t.player(2), now)}
}

// ownMoves counts the moves a seat has made in the present game.
func (t *Table) ownMoves(s Seat) int {
	n := 0
	for _, m := range t.moves {
		if m.seat == s {
			n++
		}
	}
	return n
}

// apply makes a record's events true. Records that were decided here always apply; an
// error means that stored records do not fit each other.
func (t *Table) apply(r Record) error {
	if r.Seq != t.seq+1 {
		return fmt.Errorf("table %d: record %d after record %d", t.id, r.Seq, t.seq)
	}
	for _, e := range r.Events {
		if err := e.apply(t, r.At); err != nil {
			return fmt.Errorf("table %d record %d: %w", t.id, r.Seq, err)
		}
	}
	t.seq, t.at, t.asked = r.Seq, r.At, nil
	if s := r.By.Seat; s != 0 && r.By.Number != 0 && t.place(s).taken {
		t.remember(s, told{instance: r.By.Instance, number: r.By.Number, record: r.Seq})
		for _, e := range r.Events {
			if e, ok := e.(Seated); ok && e.Seat == s {
				t.place(s).came = command{r.By.Instance, r.By.Number}
			}
		}
	}
	return nil
}

func (t *Table) remember(s Seat, a told) {
	p := t.place(s)
	own, oldest := 0, -1 // of the same program
	for i, b := range p.recent {
		if b.instance == a.instance {
			if own++; oldest < 0 {
				oldest = i
			}
		}
	}
	switch {
	case own >= recentKept:
		p.recent = slices.Delete(p.recent, oldest, oldest+1)
	case len(p.recent) >= recentMost:
		p.recent = slices.Delete(p.recent, 0, 1)
	}
	p.recent = append(p.recent, a)
}

// recall finds a command that was decided before. A number of the same instance below all
// that are remembered is stale.
func (t *Table) recall(s Seat, instance, number uint32) (told, bool) {
	oldest := uint32(0)
	for _, a := range t.place(s).recent {
		if a.instance != instance {
			continue
		}
		if a.number == number {
			return a, true
		}
		if oldest == 0 || a.number < oldest {
			oldest = a.number
		}
	}
	if number < oldest {
		return told{refusal: Stale}, true
	}
	return told{}, false
}

func (e Opened) apply(t *Table, _ rules.Millis) error {
	if t.seq != 0 {
		return fmt.Errorf("opened twice")
	}
	t.set, t.wall, t.phase = e.Setting, e.Wall, Waiting
	return nil
}

func (e Seated) apply(t *Table, _ rules.Millis) error {
	if e.Seat == 0 {
		return fmt.Errorf("nobody seated")
	}
	*t.place(e.Seat) = place{name: e.Name, key: e.Key, taken: true, present: t.place(e.Seat).present}
	return nil
}

func (e Started) apply(t *Table, at rules.Millis) error {
	g, err := variants.Start(t.set.Variant)
	if err != nil {
		return err
	}
	t.phase, t.game, t.gameNo, t.first, t.started = Playing, g, e.Game, e.First, e.Wall
	t.moves = nil
	t.clock = rules.NewClock(t.set.Time).Start(rules.First, at)
	for i := range t.places {
		t.places[i].offer, t.places[i].tried = 0, [4]uint16{}
	}
	return nil
}

func (e Moved) apply(t *Table, at rules.Millis) error {
	if t.phase != Playing {
		return fmt.Errorf("move without a game")
	}
	g, err := t.game.Play(e.Move)
	if err != nil {
		return err
	}
	t.game = g
	t.moves = append(t.moves, ply{e.Move, e.Seat})
	t.clock = t.clock.Press(g.Turn(), at)
	t.place(e.Seat.Other()).offer = 0 // moving on is declining
	for i := range t.places {
		if t.places[i].offer == TakeBack {
			t.places[i].offer = 0
		}
	}
	return nil
}

func (e Proposed) apply(t *Table, _ rules.Millis) error {
	if e.Seat == 0 || e.What < Draw || e.What > Rematch {
		return fmt.Errorf("nobody's proposal, or of nothing")
	}
	p := t.place(e.Seat)
	p.offer = e.What
	p.tried[e.What] = uint16(t.ownMoves(e.Seat) + 1)
	return nil
}

func (e Replied) apply(t *Table, _ rules.Millis) error {
	if e.Seat == 0 {
		return fmt.Errorf("nobody's reply")
	}
	from := e.Seat.Other()
	if e.Reply == Withdraw {
		from = e.Seat
	}
	t.place(from).offer = 0
	return nil
}

func (e TookBack) apply(t *Table, at rules.Millis) error {
	if t.phase != Playing || int(e.Ply) > len(t.moves) {
		return fmt.Errorf("nothing to take back")
	}
	g, err := replay(t.set.Variant, t.moves[:e.Ply])
	if err != nil {
		return err
	}
	t.game, t.moves = g, t.moves[:e.Ply]
	t.clock = t.clock.Turn(g.Turn(), at)
	for i := range t.places {
		t.places[i].offer, t.places[i].tried = 0, [4]uint16{}
	}
	return nil
}

func replay(v rules.Variant, moves []ply) (rules.Game, error) {
	g, err := variants.Start(v)
	for i := 0; err == nil && i < len(moves); i++ {
		g, err = g.Play(moves[i].move)
	}
	return g, err
}

func (Ended) apply(t *Table, at rules.Millis) error {
	if t.phase != Playing {
		return fmt.Errorf("ended without a game")
	}
	t.phase = Between
	t.clock = t.clock.Stop(at)
	for i := range t.places {
		t.places[i].offer, t.places[i].tried = 0, [4]uint16{}
		// Who was away when it ended, perhaps for longer than the grace, has that time anew to come
		// back, see the end and ask for another game.
		t.places[i].since = max(t.places[i].since, at)
	}
	return nil
}

func (Said) apply(*Table, rules.Millis) error { return nil }

func (e Away) apply(t *Table, at rules.Millis) error {
	if e.Seat == 0 {
		return fmt.Errorf("nobody away")
	}
	p := t.place(e.Seat)
	p.away, p.since = true, at
	return nil
}

func (e Back) apply(t *Table, _ rules.Millis) error {
	if e.Seat == 0 {
		return fmt.Errorf("nobody back")
	}
	t.place(e.Seat).away = false
	return nil
}

func (e Left) apply(t *Table, _ rules.Millis) error {
	if e.Seat == 0 {
		return fmt.Errorf("nobody left")
	}
	p := t.place(e.Seat)
	// The name stays for those who look at the past.
	*p = place{name: p.name, present: p.present}
	if !t.place(e.Seat.Other()).taken || t.phase == Waiting {
		t.phase = Shut
	}
	return nil
}
