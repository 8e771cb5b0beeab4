package server_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hansu/client"
	"hansu/rules"
	"hansu/store"
	"hansu/store/sqlite"
	"hansu/table"
	"hansu/wire"
)

// load is many games at once through real sockets, each of which writes down what the server has
// acknowledged.
type load struct {
	n     *node
	games []*witness
	stop  chan struct{}
	all   sync.WaitGroup
	acked atomic.Int64 // moves

	refused atomic.Int64 // moves that the store could not take for the moment
}

// witness is one game and what was acknowledged of it.
type witness struct {
	a, b     *player
	watching *player // nil: nobody does
	table    uint32
	moves    []rules.Move // acknowledged, in order
}

// quiet are the points of a board on which nobody makes five, in an order of play.
var quiet = func() []rules.Move {
	var points [2][]rules.Move
	for row := range uint8(15) {
		for col := range uint8(15) {
			side := (col + 2*row) >> 1 & 1
			points[side] = append(points[side], rules.Move{To: rules.Point{Col: col, Row: row}})
		}
	}
	var all []rules.Move
	for i := range min(len(points[0]), len(points[1])) {
		all = append(all, points[0][i], points[1][i])
	}
	return all
}()

// playMany seats the players of many games and lets them play. Every second game has a player who comes
// by WebSocket, every tenth somebody who watches.
func (n *node) playMany(games int) *load {
	n.t.Helper()
	l := &load{n: n, stop: make(chan struct{}), games: make([]*witness, games)}
	var seating sync.WaitGroup
	at := make(chan struct{}, 16) // so many at a time
	for i := range l.games {
		at <- struct{}{}
		seating.Go(func() {
			defer func() { <-at }()
			l.games[i] = n.seat(i)
		})
	}
	seating.Wait()
	if n.t.Failed() {
		n.t.FailNow()
	}
	for _, w := range l.games {
		l.all.Go(func() { l.play(w) })
	}
	return l
}

// seat brings the players of one game together.
func (n *node) seat(i int) *witness {
	by := [2]*node{n, n.web()}
	w := &witness{a: by[i%2].player(fmt.Sprintf("first of %d", i)), b: n.player(fmt.Sprintf("second of %d", i))}
	w.a.must(client.Open{Variant: variant(n.t, "omok:freestyle"), Private: true})
	if i%10 == 0 {
		w.watching = by[i/10%2].player("watching")
		w.watching.must(client.Watch{Code: w.a.table.Code})
	}
	w.b.must(client.Enter{Code: w.a.table.Code})
	w.table = w.a.table.ID
	return w
}

func (l *load) play(w *witness) {
	for _, p := range []*player{w.a, w.b} {
		for !p.table.Running() {
			until(p, func(client.Record) bool { return true })
		}
	}
	for i, m := range quiet[:200] {
		select {
		case <-l.stop:
			return
		default:
		}
		p := []*player{w.a, w.b}[i%2]
		p.plies(i)
		for {
			err := p.do(p.table.Play(m))
			var refused *client.Refused
			if errors.As(err, &refused) && refused.Code == uint16(wire.StoreDown) {
				l.refused.Add(1)
				pause := time.NewTimer(50 * time.Millisecond)
				<-pause.C
				continue // nothing was done
			}
			if err != nil {
				p.t.Errorf("table %d, move %d: %v", w.table, i+1, err)
				return
			}
			break
		}
		w.moves = append(w.moves, m)
		l.acked.Add(1)
	}
}

// end stops the play and waits for it.
func (l *load) end() {
	close(l.stop)
	l.all.Wait()
	for _, w := range l.games {
		if w.watching != nil { // who looks only now, and has been sent all of it meanwhile
			w.watching.sees(len(w.moves))
			w.watching.c.Close()
		}
		w.a.c.Close()
		w.b.c.Close()
	}
}

// sees waits until a spectator has been shown n moves.
func (p *player) sees(n int) {
	p.t.Helper()
	for len(p.table.Moves) < n {
		until(p, func(client.Record) bool { return true })
	}
}

// check reads the data of a server that has ended: every acknowledged move is there, in its place, and
// every table replays by the rules.
func (l *load) check(t *testing.T, data string) {
	t.Helper()
	if err := sqlite.Check(t.Context(), data, func(p string) { t.Error(p) }); err != nil {
		t.Fatal(err)
	}
	view, err := sqlite.OpenView(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	defer view.Close()
	for _, w := range l.games {
		var records []store.Record
		var moves []rules.Move
		err := view.Records(t.Context(), store.TableID(w.table), 1, func(r store.Record) error {
			r.Data = slices.Clone(r.Data)
			records = append(records, r)
			rec, err := table.Decode(r)
			for _, e := range rec.Events {
				if m, ok := e.(table.Moved); ok {
					moves = append(moves, m.Move)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := table.Replay(store.TableID(w.table), records); err != nil {
			t.Error(err)
		}
		// The last move may be stored although its answer was lost.
		if len(moves) < len(w.moves) || !slices.Equal(moves[:len(w.moves)], w.moves) || len(moves) > len(w.moves)+1 {
			t.Errorf("table %d has %d moves, %d were acknowledged", w.table, len(moves), len(w.moves))
		}
	}
	t.Logf("%d acknowledged moves are there", l.acked.Load())
}

// progress waits until so many more moves have been acknowledged.
func (l *load) progress(t *testing.T, more int64) {
	t.Helper()
	want := l.acked.Load() + more
	limit := time.After(2 * patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for l.acked.Load() < want {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("only %d of %d moves: the games do not go on", l.acked.Load(), want)
		}
	}
}

// TestTwoHundredGamesAcrossKills plays two hundred games at once and kills the real server with
// SIGKILL at random moments: 5 times, 50 times under HANSU_SOAK. After each start the games go on; in
// the end every move that was acknowledged is on the disk.
func TestTwoHundredGamesAcrossKills(t *testing.T) {
	t.Parallel()
	kills := 5
	if os.Getenv("HANSU_SOAK") != "" {
		kills = 50
	}
	p := startProcess(t)
	l := p.node().playMany(200)
	for range kills {
		l.progress(t, 200)
		pause := time.NewTimer(time.Duration(rand.IntN(200)) * time.Millisecond) // at any moment
		<-pause.C
		p.kill()
		p.start()
	}
	l.progress(t, 200)
	l.end()
	p.kill()
	l.check(t, p.data)
	t.Logf("%d games across %d kills", len(l.games), kills)
}
