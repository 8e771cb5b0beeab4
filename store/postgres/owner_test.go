//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"hansu/rules"
	"hansu/store"
	"hansu/store/postgres/postgrestest"
)

// record is a record of table 1.
func record(seq, epoch uint32) []store.Write {
	w := store.Write{Record: store.Record{Table: 1, Seq: seq, Epoch: epoch, At: rules.Millis(seq), Data: fmt.Appendf(nil, "%d by epoch %d", seq, epoch)}}
	if seq == 1 {
		w.Summary = &store.Summary{Table: 1, Code: "code-1", State: store.Active, Data: []byte("x")}
	}
	return []store.Write{w}
}

func mustAppend(t *testing.T, s *Store, writes []store.Write) {
	t.Helper()
	if err := s.Append(t.Context(), writes); err != nil {
		t.Fatal(err)
	}
}

// lapse lets a node's lease end.
func lapse(t *testing.T, s *Store) {
	t.Helper()
	if _, err := s.pool.Exec(t.Context(), "UPDATE hansu.node SET lease_until = clock_timestamp() - interval '1 ms' WHERE node_id = $1", s.node); err != nil {
		t.Fatal(err)
	}
}

// waiting waits until a statement on a table waits for a lock.
func waiting(t *testing.T, s *Store, about string) {
	t.Helper()
	waitingFor(t, s, about, 1)
}

// waitingFor waits until so many do.
func waitingFor(t *testing.T, s *Store, about string, want int) {
	t.Helper()
	for n := 0; n < want; {
		err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
			AND wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%' AND pid <> pg_backend_pid()`, about).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestAway: a database that goes away leaves outcomes unknown, and the identical call settles them when it is back.
func TestAway(t *testing.T) {
	server := postgrestest.Start(t)
	s := openTest(t, server.Database(t), "a")
	mustAppend(t, s, record(1, 1))
	server.Stop()
	if err := s.Append(t.Context(), record(2, 1)); !errors.Is(err, store.ErrUnknown) {
		t.Fatalf("without a database: %v", err)
	}
	if err := server.Run(); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, s, record(2, 1))
	mustAppend(t, s, record(3, 1))
	if all := numbers(t, s); all != "[1 by epoch 1][2 by epoch 1][3 by epoch 1]" {
		t.Errorf("stored %s", all)
	}
}

// TestNewer: data of a newer version is left alone.
func TestNewer(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	openTest(t, url, "a")
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), "UPDATE hansu.meta SET version = 99"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), url, Options{}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("opened: %v", err)
	}
}
