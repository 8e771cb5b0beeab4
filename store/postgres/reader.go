package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"hansu/store"
)

// How many rows are read at a time. No connection is held while a caller looks at them.
const (
	recordRows = 256
	tableRows  = 256
	gameRows   = 32 // about a page of a list
)

// pages calls f with each row of a query, which page asks for piece by piece: a page shorter than
// size is the last.
func pages[T any](s *Store, ctx context.Context, size int, page func(c *pgxpool.Conn) (pgx.Rows, error), read pgx.RowToFunc[T], f func(T) error) error {
	for {
		var chunk []T
		err := s.on(ctx, func(c *pgxpool.Conn) error {
			rows, err := page(c)
			if err == nil {
				chunk, err = pgx.CollectRows(rows, read)
			}
			return err
		})
		if err != nil {
			return err
		}
		for _, v := range chunk {
			if err := f(v); err != nil {
				return stop{err}
			}
		}
		if len(chunk) < size {
			return nil
		}
	}
}

// single reads one row, with [store.ErrNotFound] if there is none.
func single[T any](s *Store, ctx context.Context, read pgx.RowToFunc[T], sql string, args ...any) (v T, err error) {
	err = s.on(ctx, func(c *pgxpool.Conn) error {
		rows, err := c.Query(ctx, sql, args...)
		if err == nil {
			v, err = pgx.CollectOneRow(rows, read)
		}
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = store.ErrNotFound
	}
	return v, err
}

// stop carries the error with which a caller's function ended an iteration.
type stop struct{ error }

// ended is what an iteration returns, given its error.
func ended(err error, doing string, args ...any) error {
	var s stop
	switch {
	case err == nil:
		return nil
	case errors.As(err, &s):
		if errors.Is(s.error, store.ErrStop) {
			return nil
		}
		return s.error
	}
	return fmt.Errorf(doing+": %w", append(args, err)...)
}

// Records implements [store.Store]. A table that has no records has none: that is no error.
func (s *Store) Records(ctx context.Context, id store.TableID, from uint32, f func(store.Record) error) error {
	next := int64(max(from, 1))
	err := pages(s, ctx, recordRows, func(c *pgxpool.Conn) (pgx.Rows, error) {
		return c.Query(ctx, `SELECT seq, epoch, at, due, data FROM hansu.event
			WHERE table_id = $1 AND seq >= $2 ORDER BY seq LIMIT $3`, int64(id), next, recordRows)
	}, func(row pgx.CollectableRow) (store.Record, error) {
		r := store.Record{Table: id}
		err := row.Scan(&r.Seq, &r.Epoch, &r.At, &r.Deadline, &r.Data)
		return r, err
	}, func(r store.Record) error {
		next = int64(r.Seq) + 1
		return f(r)
	})
	return ended(err, "records of table %d", id)
}

const summaryColumns = `SELECT s.table_id, s.code, s.state, s.public, s.opened, s.seat1, s.seat2, s.data, t.last_seq, t.due
	FROM hansu.summary AS s JOIN hansu.game_table AS t ON t.table_id = s.table_id `

func readSummary(row pgx.CollectableRow) (store.Summary, error) {
	var s store.Summary
	err := row.Scan(&s.Table, &s.Code, &s.State, &s.Public, &s.Opened, &s.Seats[0], &s.Seats[1], &s.Data, &s.LastSeq, &s.Deadline)
	return s, err
}

// Table implements [store.Store].
func (s *Store) Table(ctx context.Context, code string) (store.Summary, error) {
	sum, err := single(s, ctx, readSummary, summaryColumns+"WHERE s.code = $1", code)
	if err != nil {
		return store.Summary{}, fmt.Errorf("table %q: %w", code, err)
	}
	return sum, nil
}

// Tables implements [store.Store].
func (s *Store) Tables(ctx context.Context, f func(store.Summary) error) error {
	after := int64(0)
	err := pages(s, ctx, tableRows, func(c *pgxpool.Conn) (pgx.Rows, error) {
		return c.Query(ctx, summaryColumns+"WHERE s.state <> 3 AND s.table_id > $1 ORDER BY s.table_id LIMIT $2", after, tableRows)
	}, readSummary, func(sum store.Summary) error {
		after = int64(sum.Table)
		return f(sum)
	})
	return ended(err, "running tables")
}

// LastTable implements [store.Store].
func (s *Store) LastTable(ctx context.Context) (store.TableID, error) {
	var last store.TableID
	if err := s.query(ctx, "SELECT coalesce(max(table_id), 0) FROM hansu.game_table", &last); err != nil {
		return 0, fmt.Errorf("last table: %w", err)
	}
	return last, nil
}

const gameColumns = `table_id, number, code, kind, rules, size, opening, start, forbidden_loses,
	timing, main, extra, periods, stones, first, second, reason, winner, started, ended, plies, moves`

func gameArgs(g *store.Game) []any {
	moves := g.Moves
	if moves == nil {
		moves = []byte{}
	}
	v, t := &g.Variant, &g.Time
	return []any{
		int64(g.Table), int32(g.Number), g.Code,
		int16(v.Kind), int16(v.Rules), int16(v.Size), int16(v.Opening), int32(v.Start), v.ForbiddenLoses,
		int16(t.Timing), int64(t.Main), int64(t.Extra), int16(t.Periods), int16(t.Stones),
		g.Names[0], g.Names[1], int16(g.Outcome.Reason), int16(g.Outcome.Winner),
		g.Started, g.Ended, int32(g.Plies), moves,
	}
}

func readGame(row pgx.CollectableRow) (store.Game, error) {
	var g store.Game
	v, t := &g.Variant, &g.Time
	err := row.Scan(&g.Table, &g.Number, &g.Code,
		(*uint8)(&v.Kind), (*uint8)(&v.Rules), &v.Size, (*uint8)(&v.Opening), &v.Start, &v.ForbiddenLoses,
		(*uint8)(&t.Timing), (*int64)(&t.Main), (*int64)(&t.Extra), &t.Periods, &t.Stones,
		&g.Names[0], &g.Names[1], (*uint8)(&g.Outcome.Reason), (*uint8)(&g.Outcome.Winner),
		&g.Started, &g.Ended, &g.Plies, &g.Moves)
	return g, err
}

// Games implements [store.Store].
func (s *Store) Games(ctx context.Context, beforeTable store.TableID, beforeNumber uint16, f func(store.Game) error) error {
	table, number := int64(beforeTable), int32(beforeNumber)
	if table == 0 && number == 0 {
		table = math.MaxInt64
	}
	err := pages(s, ctx, gameRows, func(c *pgxpool.Conn) (pgx.Rows, error) {
		return c.Query(ctx, "SELECT "+gameColumns+` FROM hansu.game
			WHERE (table_id, number) < ($1, $2) ORDER BY table_id DESC, number DESC LIMIT $3`, table, number, gameRows)
	}, readGame, func(g store.Game) error {
		table, number = int64(g.Table), int32(g.Number)
		return f(g)
	})
	return ended(err, "games")
}

// Game implements [store.Store].
func (s *Store) Game(ctx context.Context, code string, number uint16) (store.Game, error) {
	g, err := single(s, ctx, readGame, "SELECT "+gameColumns+" FROM hansu.game WHERE code = $1 AND number = $2", code, int32(number))
	if err != nil {
		return store.Game{}, fmt.Errorf("game %d of table %q: %w", number, code, err)
	}
	return g, nil
}
