package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"hansu/rules"
	"hansu/store"
)

// Time implements [store.Shared]: the database's clock is everybody's.
func (s *Store) Time(ctx context.Context) (rules.Millis, error) {
	var at rules.Millis
	err := s.query(ctx, "SELECT (extract(epoch FROM clock_timestamp() - zero) * 1000)::bigint FROM hansu.meta", &at)
	if err != nil {
		return 0, fmt.Errorf("service time: %w", err)
	}
	return at, nil
}

// Name implements [store.Shared]: a copy of the database is another one.
func (s *Store) Name(ctx context.Context) (string, error) {
	var name string
	err := s.query(ctx, `SELECT left(md5(zero::text || d.oid::text || d.datname), 16)
		FROM hansu.meta, pg_database AS d WHERE d.datname = current_database()`, &name)
	if err != nil {
		return "", fmt.Errorf("name of the database: %w", err)
	}
	return name, nil
}

// Nodes implements [store.Shared].
func (s *Store) Nodes(ctx context.Context) ([]string, error) {
	var list []string
	err := s.query(ctx, `SELECT coalesce(array_agg(node_id ORDER BY node_id), '{}')
		FROM hansu.node WHERE lease_until > clock_timestamp()`, &list)
	if err != nil {
		return nil, fmt.Errorf("nodes: %w", err)
	}
	return list, nil
}

// SetTime makes service time go on from now, in a database that no server uses yet.
func (s *Store) SetTime(ctx context.Context, now rules.Millis) error {
	var ok bool
	err := s.query(ctx, "UPDATE hansu.meta SET zero = clock_timestamp() - $1 * interval '1 ms' RETURNING true", &ok, int64(now))
	if err != nil {
		return fmt.Errorf("set the service time: %w", err)
	}
	return nil
}

// Renew implements [store.Shared]. Whether the lease had ended is asked when the new one has been committed: until
// then others saw the old one. That is the one which the last Renew is known to have stored, even if a later one, whose
// answer was lost, stored another: it may have done so after that had ended.
func (s *Store) Renew(ctx context.Context, now rules.Millis) (lapsed bool, err error) {
	var before *time.Time
	var until time.Time
	err = s.on(ctx, func(c *pgxpool.Conn) error {
		return c.QueryRow(ctx, `
			WITH before AS MATERIALIZED (SELECT lease_until FROM hansu.node WHERE node_id = $1 FOR UPDATE)
			INSERT INTO hansu.node (node_id, lease_until, beat)
			SELECT $1, clock_timestamp() + $2::bigint * interval '1 ms', $3::bigint FROM (SELECT max(lease_until) FROM before) AS first
			ON CONFLICT (node_id) DO UPDATE SET lease_until = excluded.lease_until, beat = greatest(node.beat, excluded.beat)
			RETURNING (SELECT lease_until FROM before), lease_until`, s.node, s.lease.Milliseconds(), int64(now)).Scan(&before, &until)
	})
	if err == nil && before != nil {
		err = s.query(ctx, "SELECT least($1, $2::timestamptz) <= clock_timestamp()", &lapsed, *before, s.renewed.Load())
	}
	if err != nil {
		return false, fmt.Errorf("renew the lease: %w", err)
	}
	s.renewed.Store(&until)
	return lapsed, nil
}

// claims is how often Claim looks again when another claim came in between.
const claims = 10

// Claim implements [store.Shared]. Looking and claiming are two statements, and the second takes the epoch that
// the first saw: a lease that was read before another's claim cannot win against it.
func (s *Store) Claim(ctx context.Context, id store.TableID, now rules.Millis) (store.Ownership, error) {
	for range claims {
		own, err := s.claim(ctx, id, now)
		var other *store.OwnerError
		switch {
		case err == nil || errors.As(err, &other):
			return own, err
		case !errors.Is(err, errClaimed):
			return own, fmt.Errorf("claim table %d: %w", id, err)
		}
	}
	return store.Ownership{}, fmt.Errorf("claim table %d: %w all the time", id, errClaimed)
}

// errClaimed: another claim came in between.
var errClaimed = errors.New("others claim it")

// claim is one attempt. Made twice, it finds the table its own.
func (s *Store) claim(ctx context.Context, id store.TableID, now rules.Millis) (own store.Ownership, err error) {
	err = s.on(ctx, func(c *pgxpool.Conn) error {
		var owner *string
		var alive bool
		err := c.QueryRow(ctx, `
			SELECT t.epoch, t.lag, t.owner, coalesce(n.lease_until > clock_timestamp(), false)
			FROM hansu.game_table AS t LEFT JOIN hansu.node AS n ON n.node_id = t.owner
			WHERE t.table_id = $1`, int64(id)).Scan(&own.Epoch, &own.Lag, &owner, &alive)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return store.ErrNotFound
		case err != nil:
			return err
		case owner != nil && *owner == s.node:
			return nil
		case alive:
			return &store.OwnerError{Table: id, Node: *owner}
		}
		err = c.QueryRow(ctx, `
			UPDATE hansu.game_table AS t SET owner = $2, epoch = t.epoch + 1, idle = NULL,
			  lag = t.lag + greatest(0, $4 - coalesce((SELECT n.beat FROM hansu.node AS n WHERE n.node_id = t.owner), t.idle, $4))
			WHERE t.table_id = $1 AND t.epoch = $3 AND NOT EXISTS (
			  SELECT 1 FROM hansu.node AS n WHERE n.node_id = t.owner AND n.lease_until > clock_timestamp())
			RETURNING t.epoch, t.lag`, int64(id), s.node, int64(own.Epoch), int64(now)).Scan(&own.Epoch, &own.Lag)
		if errors.Is(err, pgx.ErrNoRows) {
			return errClaimed
		}
		return err
	})
	return own, err
}

// Owner implements [store.Shared].
func (s *Store) Owner(ctx context.Context, id store.TableID) (string, error) {
	var node string
	err := s.query(ctx, `SELECT coalesce((SELECT n.node_id FROM hansu.node AS n
		WHERE n.node_id = t.owner AND n.lease_until > clock_timestamp()), '') FROM hansu.game_table AS t WHERE t.table_id = $1`, &node, int64(id))
	if err != nil {
		return "", fmt.Errorf("owner of table %d: %w", id, err)
	}
	return node, nil
}

// Release implements [store.Shared]. A table that is Shut keeps its owner, of whom nothing is left: there may be
// very many of those. Places whose tables have no record go, too: nobody will open those tables.
func (s *Store) Release(ctx context.Context, now rules.Millis) error {
	// It may be made twice, and must not fail for a connection that was dead: nobody comes again with this call.
	err := s.on(ctx, func(c *pgxpool.Conn) error { return s.release(ctx, c, now) })
	if err != nil {
		return fmt.Errorf("release the tables: %w", err)
	}
	return nil
}

func (s *Store) release(ctx context.Context, c *pgxpool.Conn, now rules.Millis) error {
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`UPDATE hansu.game_table AS t SET owner = NULL, idle = $2 FROM hansu.summary AS s
			WHERE t.table_id = s.table_id AND s.state <> 3 AND t.owner = $1`,
			"UPDATE hansu.node SET lease_until = clock_timestamp(), beat = greatest(beat, $2) WHERE node_id = $1",
		} {
			if _, err := tx.Exec(ctx, sql, s.node, int64(now)); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `DELETE FROM hansu.seat AS p
			WHERE p.node = $1 AND NOT EXISTS (SELECT 1 FROM hansu.game_table AS t WHERE t.table_id = p.table_id)`, s.node)
		return err
	})
}

// Held implements [store.Shared].
func (s *Store) Held(ctx context.Context, f func(id store.TableID, epoch uint32) error) error {
	type held struct {
		id    store.TableID
		epoch uint32
	}
	after := int64(0)
	err := pages(s, ctx, tableRows, func(c *pgxpool.Conn) (pgx.Rows, error) {
		return c.Query(ctx, `
			SELECT t.table_id, t.epoch FROM hansu.summary AS s JOIN hansu.game_table AS t ON t.table_id = s.table_id
			WHERE s.state <> 3 AND t.owner = $1 AND s.table_id > $2 ORDER BY s.table_id LIMIT $3`, s.node, after, tableRows)
	}, func(row pgx.CollectableRow) (h held, err error) {
		err = row.Scan(&h.id, &h.epoch)
		return h, err
	}, func(h held) error {
		after = int64(h.id)
		return f(h.id, h.epoch)
	})
	return ended(err, "tables of this node")
}

// Orphans implements [store.Shared]. What else dead nodes left goes on this occasion.
func (s *Store) Orphans(ctx context.Context, f func(store.Orphan) error) error {
	if err := s.sweep(ctx); err != nil {
		return err
	}
	const rows = 1000
	err := pages(s, ctx, rows+1, func(c *pgxpool.Conn) (pgx.Rows, error) {
		return c.Query(ctx, `
			SELECT t.table_id, CASE WHEN t.due = 0 THEN 0 ELSE t.due + t.lag END
			FROM hansu.game_table AS t JOIN hansu.summary AS s USING (table_id) LEFT JOIN hansu.node AS n ON n.node_id = t.owner
			WHERE s.state <> 3 AND coalesce(n.lease_until <= clock_timestamp(), true)
			ORDER BY t.due = 0, t.due + t.lag LIMIT $1`, rows)
	}, func(row pgx.CollectableRow) (o store.Orphan, err error) {
		err = row.Scan(&o.Table, &o.Deadline)
		return o, err
	}, f)
	return ended(err, "tables without an owner")
}

// Reserve implements [store.Shared].
func (s *Store) Reserve(ctx context.Context, n int) (store.TableID, error) {
	var next int64
	err := s.query(ctx, `UPDATE hansu.meta
		SET next_table = greatest(next_table, (SELECT coalesce(max(table_id), 0) + 1 FROM hansu.game_table)) + $1
		RETURNING next_table`, &next, n)
	if err != nil {
		return 0, fmt.Errorf("reserve table numbers: %w", err)
	}
	return store.TableID(next - int64(n)), nil
}

// overlap is how far ChangedSince goes back beyond the moment it is given: a transaction shows up when it commits,
// and its rows carry the time at which they were written.
const overlap = "5 seconds"

// ChangedSince implements [store.Shared]. Moments are microseconds of the database's clock.
func (s *Store) ChangedSince(ctx context.Context, moment int64, f func(store.Summary) error) (int64, error) {
	var next int64
	if err := s.query(ctx, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint", &next); err != nil {
		return moment, fmt.Errorf("changed tables: %w", err)
	}
	if moment == 0 {
		return next, s.Tables(ctx, f)
	}
	after := int64(0)
	err := pages(s, ctx, tableRows, func(c *pgxpool.Conn) (pgx.Rows, error) {
		return c.Query(ctx, summaryColumns+`WHERE s.changed >= to_timestamp($1::double precision / 1000000) - interval '`+overlap+`'
			AND s.table_id > $2 ORDER BY s.table_id LIMIT $3`, moment, after, tableRows)
	}, readSummary, func(sum store.Summary) error {
		after = int64(sum.Table)
		return f(sum)
	})
	return next, ended(err, "changed tables")
}
