package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"hansu/store"
)

// How long a place lives whose table gets no record: for so long it is offered, while its node is
// alive; then it is there for the same command and for a node that was slow; then it goes.
const (
	fresh = time.Minute
	stale = 10 * time.Minute
)

// Pair implements [store.Shared].
func (s *Store) Pair(ctx context.Context, w store.Wish) (store.Place, error) {
	var p store.Place
	skip := make([]int64, len(w.Skip))
	for i, id := range w.Skip {
		skip[i] = int64(id)
	}
	err := s.on(ctx, func(c *pgxpool.Conn) error {
		return c.QueryRow(ctx, `SELECT how, at_table, at_code, at_node
			FROM hansu.pair($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			s.node, w.Kind, w.Key, int64(w.Instance), int64(w.Number), int64(w.Table), w.Code, w.Own, skip, s.promise, fresh,
		).Scan(&p.How, &p.Table, &p.Code, &p.Node)
	})
	if err != nil {
		return store.Place{}, fmt.Errorf("find a place: %w", err)
	}
	return p, nil
}

// Unpair implements [store.Shared].
func (s *Store) Unpair(ctx context.Context, id store.TableID, key []byte) error {
	err := s.on(ctx, func(c *pgxpool.Conn) error {
		_, err := c.Exec(ctx, "SELECT hansu.unpair($1, $2)", int64(id), key)
		return err
	})
	if err != nil {
		return fmt.Errorf("take back the place at table %d: %w", id, err)
	}
	return nil
}

// sweep removes the places of tables that nobody has opened for long.
func (s *Store) sweep(ctx context.Context) error {
	err := s.on(ctx, func(c *pgxpool.Conn) error {
		_, err := c.Exec(ctx, `
			DELETE FROM hansu.seat AS p WHERE p.since < clock_timestamp() - $1::interval
			AND NOT EXISTS (SELECT 1 FROM hansu.game_table AS t WHERE t.table_id = p.table_id)`, stale)
		return err
	})
	if err != nil {
		return fmt.Errorf("remove places: %w", err)
	}
	return nil
}

// TablesOf implements [store.Shared].
func (s *Store) TablesOf(ctx context.Context, key []byte, f func(store.Summary) error) error {
	after := int64(0)
	err := pages(s, ctx, tableRows, func(c *pgxpool.Conn) (pgx.Rows, error) {
		return c.Query(ctx, summaryColumns+`JOIN (
			(SELECT table_id FROM hansu.summary WHERE seat1 = $1 AND state <> 3 AND table_id > $2 ORDER BY table_id LIMIT $3)
			UNION
			(SELECT table_id FROM hansu.summary WHERE seat2 = $1 AND state <> 3 AND table_id > $2 ORDER BY table_id LIMIT $3)
			) AS k ON k.table_id = s.table_id ORDER BY s.table_id LIMIT $3`, key, after, tableRows)
	}, readSummary, func(sum store.Summary) error {
		after = int64(sum.Table)
		return f(sum)
	})
	return ended(err, "tables of a player")
}
