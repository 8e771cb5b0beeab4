package sqlite

import (
	"context"
	"fmt"
	"math"

	"zombiezen.com/go/sqlite"

	"hansu/rules"
	"hansu/store"
)

// archive puts a finished game into the transaction.
func (w *writer) archive(g *store.Game) error {
	stmt := w.stmt.game
	for i, n := range [...]int64{
		1: int64(g.Table), 2: int64(g.Number),
		4: int64(g.Variant.Kind), 5: int64(g.Variant.Rules), 6: int64(g.Variant.Size),
		7: int64(g.Variant.Opening), 8: int64(g.Variant.Start), 9: truth(g.Variant.ForbiddenLoses),
		10: int64(g.Time.Timing), 11: int64(g.Time.Main), 12: int64(g.Time.Extra),
		13: int64(g.Time.Periods), 14: int64(g.Time.Stones),
		17: int64(g.Outcome.Reason), 18: int64(g.Outcome.Winner),
		19: g.Started, 20: g.Ended, 21: int64(g.Plies),
	} {
		if i > 0 {
			stmt.BindInt64(i, n) // 3, 15 and 16 are text and follow
		}
	}
	stmt.BindText(3, g.Code)
	stmt.BindText(15, g.Names[0])
	stmt.BindText(16, g.Names[1])
	stmt.BindBytes(22, g.Moves)
	if err := run(stmt); err != nil {
		return taken(err, fmt.Sprintf("table %d: game %d is in the archive", g.Table, g.Number))
	}
	return nil
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

const gameColumns = `SELECT tbl, number, code, kind, rules, size, opening, start, forbidden_loses,
	timing, main, extra, periods, stones, first, second, reason, winner, started, ended, plies, moves FROM games `

func readGame(stmt *sqlite.Stmt) store.Game {
	return store.Game{
		Table:  store.TableID(stmt.ColumnInt64(0)),
		Number: uint16(stmt.ColumnInt64(1)),
		Code:   stmt.ColumnText(2),
		Variant: rules.Variant{
			Kind:           rules.Kind(stmt.ColumnInt64(3)),
			Rules:          rules.Ruleset(stmt.ColumnInt64(4)),
			Size:           uint8(stmt.ColumnInt64(5)),
			Opening:        rules.Opening(stmt.ColumnInt64(6)),
			Start:          uint16(stmt.ColumnInt64(7)),
			ForbiddenLoses: stmt.ColumnBool(8),
		},
		Time: rules.TimeControl{
			Timing:  rules.Timing(stmt.ColumnInt64(9)),
			Main:    rules.Millis(stmt.ColumnInt64(10)),
			Extra:   rules.Millis(stmt.ColumnInt64(11)),
			Periods: uint8(stmt.ColumnInt64(12)),
			Stones:  uint8(stmt.ColumnInt64(13)),
		},
		Names:   [2]string{stmt.ColumnText(14), stmt.ColumnText(15)},
		Outcome: rules.Outcome{Reason: rules.Reason(stmt.ColumnInt64(16)), Winner: rules.Player(stmt.ColumnInt64(17))},
		Started: stmt.ColumnInt64(18),
		Ended:   stmt.ColumnInt64(19),
		Plies:   uint16(stmt.ColumnInt64(20)),
		Moves:   blob(stmt, 21),
	}
}

// Games implements [store.Store].
func (s *Store) Games(ctx context.Context, beforeTable store.TableID, beforeNumber uint16, f func(store.Game) error) error {
	table, number := int64(beforeTable), int64(beforeNumber)
	if table == 0 && number == 0 {
		table = math.MaxInt64
	}
	var chunk []store.Game
	for {
		err := s.pool.with(ctx, func(conn *sqlite.Conn) error {
			stmt, err := conn.Prepare(gameColumns + "WHERE (tbl, number) < (?, ?) ORDER BY tbl DESC, number DESC LIMIT ?")
			if err != nil {
				return err
			}
			stmt.BindInt64(1, table)
			stmt.BindInt64(2, number)
			stmt.BindInt64(3, gameRows)
			chunk, err = rows(stmt, chunk[:0], readGame)
			return err
		})
		if err != nil {
			return fmt.Errorf("games: %w", err)
		}
		for _, g := range chunk {
			if err := f(g); err != nil {
				return stopped(err)
			}
			table, number = int64(g.Table), int64(g.Number)
		}
		if len(chunk) < gameRows {
			return nil
		}
	}
}

// gameRows is how many games are read at a time: about a page of a list.
const gameRows = 32

// Game implements [store.Store].
func (s *Store) Game(ctx context.Context, code string, number uint16) (store.Game, error) {
	var found []store.Game
	err := s.pool.with(ctx, func(conn *sqlite.Conn) error {
		stmt, err := conn.Prepare(gameColumns + "WHERE code = ? AND number = ?")
		if err != nil {
			return err
		}
		stmt.BindText(1, code)
		stmt.BindInt64(2, int64(number))
		found, err = rows(stmt, found, readGame)
		return err
	})
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Game{}, fmt.Errorf("game %d of table %q: %w", number, code, err)
	}
	return found[0], nil
}
