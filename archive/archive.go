// Package archive brings games that were played here into the form in which
// rules/records writes them: finished ones out of a store's archive, with the clocks that the
// log of their table has, and those at a table of a running server by watching it.
//
//	view, err := sqlite.OpenView(ctx, dir)
//	err = archive.New(view).Table(ctx, "K7QX2M", func(g records.Game) error {
//		return records.Write(os.Stdout, records.SGF, g)
//	})
package archive

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"hansu/rules"
	"hansu/rules/records"
	"hansu/store"
	"hansu/table"
)

// Source is what an Archive needs of a store: any [store.Store] is one.
type Source interface {
	Games(ctx context.Context, beforeTable store.TableID, beforeNumber uint16, f func(store.Game) error) error
	Game(ctx context.Context, code string, number uint16) (store.Game, error)
	Records(ctx context.Context, id store.TableID, from uint32, f func(store.Record) error) error
}

// Archive reads finished games. It is for one goroutine.
type Archive struct {
	src    Source
	table  store.TableID               // whose clocks are in clocks
	clocks map[uint16][]rules.TimeLeft // by game: what each mover had after the move
}

// New returns an Archive of what src has.
func New(src Source) *Archive { return &Archive{src: src} }

// All calls f with every finished game, newest table first, the games of a table newest first. An
// error of f ends it and is returned.
func (a *Archive) All(ctx context.Context, f func(records.Game) error) error {
	return a.src.Games(ctx, 0, 0, func(g store.Game) error { return a.give(ctx, g, f) })
}

// Table calls f with every finished game of the table with this code, in order. The error wraps
// store.ErrNotFound if there is none.
func (a *Archive) Table(ctx context.Context, code string, f func(records.Game) error) error {
	for number := uint16(1); ; number++ {
		g, err := a.src.Game(ctx, code, number)
		if number > 1 && errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := a.give(ctx, g, f); err != nil || number == math.MaxUint16 {
			return err
		}
	}
}

// Game calls f with one finished game. The error wraps store.ErrNotFound if there is none.
func (a *Archive) Game(ctx context.Context, code string, number uint16, f func(records.Game) error) error {
	g, err := a.src.Game(ctx, code, number)
	if err != nil {
		return err
	}
	return a.give(ctx, g, f)
}

func (a *Archive) give(ctx context.Context, g store.Game, f func(records.Game) error) error {
	game, err := FromStore(g)
	if err != nil {
		return err
	}
	if g.Time.Timing != rules.Untimed {
		if err := a.read(ctx, g.Table); err != nil {
			return err
		}
		left := a.clocks[g.Number]
		for i := range min(len(left), len(game.Moves)) {
			game.Moves[i].Left, game.Moves[i].Timed = left[i], true
		}
	}
	return f(game)
}

// moveBytes is the size of a move in store.Game's Moves: kind, column and row from, column and row to,
// argument.
const moveBytes = 6

// FromStore returns an archived game without its clocks, which are not in the archive's row.
func FromStore(g store.Game) (records.Game, error) {
	if len(g.Moves)%moveBytes != 0 {
		return records.Game{}, fmt.Errorf("game %d of table %q: %d bytes of moves", g.Number, g.Code, len(g.Moves))
	}
	game := records.Game{
		Code: g.Code, Number: int(g.Number), Variant: g.Variant, Time: g.Time,
		First: g.Names[0], Second: g.Names[1], Outcome: g.Outcome,
		Started: stamp(g.Started), Ended: stamp(g.Ended),
		Moves: make([]records.Move, 0, len(g.Moves)/moveBytes),
	}
	for b := g.Moves; len(b) > 0; b = b[moveBytes:] {
		game.Moves = append(game.Moves, records.Move{Move: rules.Move{
			Kind: rules.MoveKind(b[0]), From: rules.Point{Col: b[1], Row: b[2]}, To: rules.Point{Col: b[3], Row: b[4]}, Arg: b[5],
		}})
	}
	return game, nil
}

// stamp writes Unix milliseconds as records has them.
func stamp(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format(time.RFC3339)
}

// read reads the clocks of a table's games from its log, unless they were read last.
func (a *Archive) read(ctx context.Context, id store.TableID) error {
	if a.table == id {
		return nil
	}
	a.table, a.clocks = 0, map[uint16][]rules.TimeLeft{}
	game := uint16(0)
	err := a.src.Records(ctx, id, 1, func(stored store.Record) error {
		rec, err := table.Decode(stored)
		if err != nil {
			return err
		}
		mover := table.Seat(0) // in this record
		for _, e := range rec.Events {
			switch e := e.(type) {
			case table.Started:
				game = e.Game
			case table.Moved:
				mover = e.Seat
				a.clocks[game] = append(a.clocks[game], timeOf(e.Left, mover))
			case table.TookBack:
				if left := a.clocks[game]; int(e.Ply) < len(left) {
					a.clocks[game] = left[:e.Ply]
				}
			case table.Ended: // at once after a move: both clocks have stopped, nothing is added any more
				if left := a.clocks[game]; mover != 0 && len(left) > 0 {
					left[len(left)-1] = timeOf(e.Left, mover)
				}
			}
		}
		return nil
	})
	if err == nil {
		a.table = id
	}
	return err
}

// timeOf returns what a seat has.
func timeOf(left [2]rules.TimeLeft, s table.Seat) rules.TimeLeft {
	if s != 1 && s != 2 {
		return rules.TimeLeft{}
	}
	return left[s-1]
}
