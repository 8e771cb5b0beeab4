//go:build unix

package postgres

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"hansu/store"
	"hansu/store/postgres/postgrestest"
)

// fill gives a store's pool all the connections that it may have, idle and used just now, and returns the server's numbers of them.
func fill(t *testing.T, s *Store) (pids []uint32) {
	t.Helper()
	var conns []*pgxpool.Conn
	for range readers {
		c, err := s.pool.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, c)
		pids = append(pids, c.Conn().PgConn().PID())
	}
	for _, c := range conns {
		c.Release()
	}
	return pids
}

// terminate ends backends, and waits until they are gone. by is a store that they are not of.
func terminate(t *testing.T, by *Store, pids []uint32) {
	t.Helper()
	if _, err := by.pool.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", pids); err != nil {
		t.Fatal(err)
	}
	for n := 1; n > 0; {
		err := by.pool.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY ($1::int[])", pids).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// calls are all that a store does over its pool. Each may be made again and again.
var calls = map[string]func(ctx context.Context, s *Store) error{
	"Records": func(ctx context.Context, s *Store) error {
		return s.Records(ctx, 1, 1, func(store.Record) error { return nil })
	},
	"Table":     func(ctx context.Context, s *Store) error { _, err := s.Table(ctx, "code-1"); return err },
	"Tables":    func(ctx context.Context, s *Store) error { return s.Tables(ctx, ignore[store.Summary]) },
	"LastTable": func(ctx context.Context, s *Store) error { _, err := s.LastTable(ctx); return err },
	"LastBeat":  func(ctx context.Context, s *Store) error { _, err := s.LastBeat(ctx); return err },
	"Games":     func(ctx context.Context, s *Store) error { return s.Games(ctx, 0, 0, ignore[store.Game]) },
	"Game":      func(ctx context.Context, s *Store) error { _, err := s.Game(ctx, "code-1", 1); return err },
	"Time":      func(ctx context.Context, s *Store) error { _, err := s.Time(ctx); return err },
	"Name":      func(ctx context.Context, s *Store) error { _, err := s.Name(ctx); return err },
	"Nodes":     func(ctx context.Context, s *Store) error { _, err := s.Nodes(ctx); return err },
	"SetTime":   func(ctx context.Context, s *Store) error { return s.SetTime(ctx, 1) },
	"Renew":     func(ctx context.Context, s *Store) error { _, err := s.Renew(ctx, 1); return err },
	"Claim":     func(ctx context.Context, s *Store) error { _, err := s.Claim(ctx, 1, 1); return err },
	"Owner":     func(ctx context.Context, s *Store) error { _, err := s.Owner(ctx, 1); return err },
	"Release":   func(ctx context.Context, s *Store) error { return s.Release(ctx, 1) },
	"Held": func(ctx context.Context, s *Store) error {
		return s.Held(ctx, func(store.TableID, uint32) error { return nil })
	},
	"Orphans": func(ctx context.Context, s *Store) error { return s.Orphans(ctx, ignore[store.Orphan]) },
	"Reserve": func(ctx context.Context, s *Store) error { _, err := s.Reserve(ctx, 1); return err },
	"ChangedSince": func(ctx context.Context, s *Store) error {
		_, err := s.ChangedSince(ctx, 1, ignore[store.Summary])
		return err
	},
	"TablesOf": func(ctx context.Context, s *Store) error {
		return s.TablesOf(ctx, []byte("key"), ignore[store.Summary])
	},
	"Pair": func(ctx context.Context, s *Store) error {
		_, err := s.Pair(ctx, store.Wish{Kind: []byte("kind"), Key: []byte("key"), Instance: 1, Number: 1, Table: 9, Code: "code-9"})
		return err
	},
	"Unpair": func(ctx context.Context, s *Store) error { return s.Unpair(ctx, 9, []byte("key")) },
}

func ignore[T any](T) error { return nil }

// withGame is a store with a table that has a game.
func withGame(t *testing.T, url string) *Store {
	t.Helper()
	s := openTest(t, url, "a")
	w := record(1, 1)
	w[0].Game = &store.Game{Table: 1, Number: 1, Code: "code-1"}
	mustAppend(t, s, w)
	return s
}

// TestDeadConnections: that all connections of the pool have ended, and nobody knows of it yet, does not fail a call: those that
// it finds dead are passed over. A call that takes the first that comes does fail.
func TestDeadConnections(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	s, other := withGame(t, url), openTest(t, url, "other")
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			for _, tries := range []int{readers + 1, 1} {
				s.tries = tries
				terminate(t, other, fill(t, s))
				if err := call(t.Context(), s); (err == nil) != (tries > 1) {
					t.Errorf("%d tries: %v", tries, err)
				}
				s.tries = readers + 1
			}
		})
	}
}

// TestRestartedDatabase: a database that was restarted answers the first call.
func TestRestartedDatabase(t *testing.T) {
	server := postgrestest.Start(t)
	s := withGame(t, server.Database(t))
	for _, name := range []string{"Records", "Claim", "Renew", "Release"} {
		fill(t, s)
		server.Stop()
		if err := server.Run(); err != nil {
			t.Fatal(err)
		}
		if err := calls[name](t.Context(), s); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEndedUnderWay: a call whose connection ends while the server is at it is made again, and done once.
func TestEndedUnderWay(t *testing.T) {
	for _, c := range []struct{ name, lock, at string }{
		{"Records", "LOCK TABLE hansu.event IN ACCESS EXCLUSIVE MODE", "FROM hansu.event"},
		{"Claim", "SELECT FROM hansu.game_table WHERE table_id = 1 FOR UPDATE", "UPDATE hansu.game_table"},
		{"Renew", "SELECT FROM hansu.node WHERE node_id = 'b' FOR UPDATE", "INSERT INTO hansu.node"},
		{"Release", "SELECT FROM hansu.node WHERE node_id = 'b' FOR UPDATE", "UPDATE hansu.node"},
	} {
		t.Run(c.name, func(t *testing.T) {
			url := postgrestest.Shared(t).Database(t)
			a, s := withGame(t, url), openTest(t, url, "b")
			if c.name == "Release" { // it has a table to give back
				lapse(t, a)
				if _, err := s.Claim(t.Context(), 1, 1); err != nil {
					t.Fatal(err)
				}
			}
			lapse(t, a)
			gate := held(t, url, c.lock)
			got := make(chan error, 1)
			go func() { got <- calls[c.name](context.Background(), s) }()
			waiting(t, a, c.at)
			terminate(t, a, underWay(t, a, c.at))
			waiting(t, a, c.at) // once more
			if err := gate.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := <-got; err != nil {
				t.Fatal(err)
			}
			if state, want := ownership(t, a), map[string]string{
				"Records": "a 1 dead", "Claim": "b 2 alive", "Renew": "a 1 dead", "Release": "nobody 2 dead",
			}[c.name]; state != want {
				t.Errorf("table 1 is of %s, want %s", state, want)
			}
		})
	}
}

// underWay returns the backends that are at a statement.
func underWay(t *testing.T, s *Store, at string) (pids []uint32) {
	t.Helper()
	err := s.pool.QueryRow(t.Context(), `SELECT array_agg(pid) FROM pg_stat_activity WHERE datname = current_database()
		AND wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%' AND pid <> pg_backend_pid()`, at).Scan(&pids)
	if err != nil {
		t.Fatal(err)
	}
	return pids
}

// ownership says whose table 1 is, under which epoch, and whether that node is alive.
func ownership(t *testing.T, s *Store) string {
	t.Helper()
	var owner string
	var epoch int
	var alive bool
	err := s.pool.QueryRow(t.Context(), `SELECT coalesce(owner, 'nobody'), epoch, coalesce(lease_until > clock_timestamp(), false)
		FROM hansu.game_table LEFT JOIN hansu.node ON node_id = owner WHERE table_id = 1`).Scan(&owner, &epoch, &alive)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(owner, " ", epoch, " ", map[bool]string{true: "alive", false: "dead"}[alive])
}

// TestLapsedUnheard: a node whose Renew was lost, and with it the word that the lease had ended before, hears of that from the
// next one.
func TestLapsedUnheard(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	s, other := openTest(t, url, "a"), openTest(t, url, "other")
	until := *s.renewed.Load()
	renew := func(want bool) {
		t.Helper()
		if lapsed, err := s.Renew(t.Context(), 1); lapsed != want || err != nil {
			t.Errorf("lapsed %v, %v", lapsed, err)
		}
	}
	renew(false)
	// The Renew that was lost: it came when the lease had ended, and what it stored runs.
	until = until.Add(-2 * s.lease)
	s.renewed.Store(&until)
	if _, err := other.pool.Exec(t.Context(), "UPDATE hansu.node SET lease_until = clock_timestamp() + interval '1 h' WHERE node_id = 'a'"); err != nil {
		t.Fatal(err)
	}
	renew(true)
	renew(false)
}
