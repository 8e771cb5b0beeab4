//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"hansu/rules"
	"hansu/store"
	"hansu/store/postgres/postgrestest"
)

// of is the first record of a table.
func of(id store.TableID, at rules.Millis) []store.Write {
	return []store.Write{{Record: store.Record{Table: id, Seq: 1, Epoch: 1, At: at, Data: fmt.Append(nil, id)}}}
}

// appending starts an Append.
func appending(s *Store, writes []store.Write) <-chan error {
	got := make(chan error, 1)
	go func() { got <- s.Append(context.Background(), writes) }()
	return got
}

const lockNode = "UPDATE hansu.node SET beat = beat WHERE node_id = 'a'"

// TestTwoUnderWay: a transaction runs while another has not ended, whichever of them is later; Close serves both.
func TestTwoUnderWay(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	s := openTest(t, url, "a")
	gate := held(t, url, lockNode)
	late := appending(s, of(1, 900))
	waiting(t, s, "hansu.node")
	early := appending(s, of(2, 100))
	waitingFor(t, s, "hansu.node", 2)
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	if err := gate.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{<-late, <-early, <-closed} {
		if err != nil {
			t.Error(err)
		}
	}
	s = openTest(t, url, "b")
	if at, err := s.LastBeat(t.Context()); at != 900 || err != nil {
		t.Errorf("last beat %d, %v", at, err)
	}
	if last, err := s.LastTable(t.Context()); last != 2 || err != nil {
		t.Errorf("last table %d, %v", last, err)
	}
}

// TestDeadlock: a transaction that the server ends for a deadlock is tried again. The other transaction waits first and
// looks for deadlocks late, so that it is not the one that is ended.
func TestDeadlock(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	first := openTest(t, url, "first")
	if _, err := first.pool.Exec(t.Context(), `DO $$ BEGIN
		EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''10ms''', current_database()); END $$`); err != nil {
		t.Fatal(err)
	}
	s := openTest(t, url, "a")
	mustAppend(t, s, record(1, 1))
	var tries atomic.Int64
	s.each(func(w *writer) {
		w.fault = func(point string) error {
			if point == "commit" {
				tries.Add(1)
			}
			return nil
		}
	})
	// The record waits here with its table, until the other waits for that.
	gate := held(t, url, "INSERT INTO hansu.event (table_id, seq, epoch, at, due, data) VALUES (1, 2, 1, 2, 0, '')")
	other := held(t, url, "SET LOCAL deadlock_timeout = '10s'", lockNode)
	got := appending(s, record(2, 1))
	waiting(t, s, "INSERT INTO hansu.event")
	locked := make(chan error)
	go func() {
		_, err := other.Exec(context.Background(), "UPDATE hansu.game_table SET due = due WHERE table_id = 1")
		locked <- err
	}()
	waiting(t, s, "UPDATE hansu.game_table SET due = due")
	if err := gate.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The next try may come to the table before the other wakes. Then they stand as before, and either is ended.
	if err := <-locked; err != nil && !again(err) {
		t.Fatal(err)
	}
	if err := other.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
	if n := tries.Load(); n < 2 {
		t.Errorf("%d tries", n)
	}
	if all := numbers(t, s); all != "[1 by epoch 1][2 by epoch 1]" {
		t.Errorf("stored %s", all)
	}
}

// TestRetries: what stands in another's way is tried again a few times, one call at a time, and then is unknown.
func TestRetries(t *testing.T) {
	for _, code := range []string{"40P01", "40001"} {
		for _, c := range []struct {
			times int64
			want  error
		}{{1, nil}, {retries, nil}, {retries + 1, store.ErrUnknown}} {
			t.Run(fmt.Sprint(code, " ", c.times), func(t *testing.T) {
				s := openTest(t, postgrestest.Shared(t).Database(t), "a")
				mustAppend(t, s, record(1, 1))
				fail(s, "commit", c.times, &pgconn.PgError{Code: code})
				if err := s.Append(t.Context(), record(2, 1)); !errors.Is(err, c.want) {
					t.Errorf("outcome %v", err)
				}
				mustAppend(t, s, record(2, 1))
				if all := numbers(t, s); all != "[1 by epoch 1][2 by epoch 1]" {
					t.Errorf("stored %s", all)
				}
			})
		}
	}
}
