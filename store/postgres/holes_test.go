//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hansu/bus/proxytest"
	"hansu/store"
	"hansu/store/group"
	"hansu/store/postgres/postgrestest"
)

// The tests here show ways in which two writers could harm each other, and each shows with a switch that what keeps
// them apart is needed: with the statement that one would write first, the harm is done.

// Statements that look as if they would do.
const (
	// readFence only reads the epoch: it does not wait for a claim under way.
	readFence = `
WITH inp AS (
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS i (table_id, epoch, first, last, due)
), new AS (
  INSERT INTO hansu.game_table (table_id, owner, epoch, last_seq, due)
  SELECT table_id, $6, epoch, last, due FROM inp WHERE first = 1
  RETURNING table_id
)
SELECT hansu.require((SELECT count(*) FROM inp WHERE first = 1 OR EXISTS (
  SELECT 1 FROM hansu.game_table AS t WHERE t.table_id = inp.table_id AND t.epoch = inp.epoch)) + 0 * (SELECT count(*) FROM new), $7)`
	// noFence trusts the key of the events alone.
	noFence = `
WITH inp AS (
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS i (table_id, epoch, first, last, due)
), new AS (
  INSERT INTO hansu.game_table (table_id, owner, epoch, last_seq, due)
  SELECT table_id, $6, epoch, last, due FROM inp ON CONFLICT (table_id) DO UPDATE SET last_seq = excluded.last_seq
  RETURNING table_id
)
SELECT hansu.require((SELECT count(*) FROM new), $7)`
	skipTaken = insertEvents + " ON CONFLICT DO NOTHING"
)

// switched runs a test with the statements as they are and with others.
func switched(t *testing.T, name string, others statements, test func(t *testing.T, sql statements, safe bool)) {
	t.Run("safe", func(t *testing.T) { test(t, statements{moveTables, insertEvents}, true) })
	t.Run(name, func(t *testing.T) { test(t, others, false) })
}

// openWith opens a store whose writer uses other statements.
func openWith(t *testing.T, url, node string, sql statements) *Store {
	t.Helper()
	s := openTest(t, url, node)
	s.each(func(w *writer) { w.sql = sql })
	return s
}

// another returns one more writer of a node, for the test to call.
func another(s *Store) *writer {
	return newWriter(s.node, s.pool.Config().ConnConfig, slog.New(slog.DiscardHandler), new(health))
}

// held is a transaction that is begun by hand and not committed yet.
func held(t *testing.T, url string, statements ...string) pgx.Tx {
	t.Helper()
	ctx := t.Context()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range statements {
		if _, err := tx.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	return tx
}

func numbers(t *testing.T, s *Store) (all string) {
	t.Helper()
	err := s.Records(t.Context(), 1, 1, func(r store.Record) error { all += fmt.Sprintf("[%s]", r.Data); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestFence: a record of the old owner whose transaction began before the claim does not get in after the
// new owner has read the table.
func TestFence(t *testing.T) {
	switched(t, "read only", statements{readFence, insertEvents}, func(t *testing.T, sql statements, safe bool) {
		url := postgrestest.Shared(t).Database(t)
		a, b := openWith(t, url, "a", sql), openTest(t, url, "b")
		mustAppend(t, a, record(1, 1))
		lapse(t, a)
		// The claim, held open between its statement and its commit.
		claim := held(t, url, "UPDATE hansu.game_table SET owner = 'b', epoch = epoch + 1 WHERE table_id = 1")
		late := make(chan error, 1)
		go func() { late <- a.Append(context.Background(), record(2, 1)) }()
		if safe {
			waiting(t, b, "hansu.game_table")
		} else if err := <-late; err != nil {
			t.Errorf("the unsafe fence held: %v", err)
		}
		if err := claim.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !safe {
			return
		}
		if err := <-late; !errors.Is(err, store.ErrConflict) {
			t.Errorf("the old owner's record: %v", err)
		}
		mustAppend(t, b, record(2, 2))
	})
}

// TestClaimThenRead: who claims a table while its old owner commits reads that record, too, because reading is a
// statement of its own. Both in one statement see the table as it was before.
func TestClaimThenRead(t *testing.T) {
	for _, safe := range []bool{true, false} {
		t.Run(fmt.Sprint("safe ", safe), func(t *testing.T) {
			url := postgrestest.Shared(t).Database(t)
			a, b := openTest(t, url, "a"), openTest(t, url, "b")
			mustAppend(t, a, record(1, 1))
			lapse(t, a)
			commit := held(t, url, "UPDATE hansu.game_table SET last_seq = 2 WHERE table_id = 1",
				"INSERT INTO hansu.event (table_id, seq, epoch, at, due, data) VALUES (1, 2, 1, 2, 0, '2 by epoch 1')")
			got := make(chan error, 1)
			seen := ""
			go func() {
				if safe {
					_, err := b.Claim(context.Background(), 1, 0)
					got <- err
					return
				}
				got <- b.pool.QueryRow(context.Background(), `
					WITH claimed AS (UPDATE hansu.game_table SET owner = 'b', epoch = epoch + 1 WHERE table_id = 1 RETURNING table_id)
					SELECT string_agg('[' || convert_from(data, 'UTF8') || ']', '' ORDER BY seq)
					FROM hansu.event JOIN claimed USING (table_id)`).Scan(&seen)
			}()
			waiting(t, a, "UPDATE hansu.game_table")
			if err := commit.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := <-got; err != nil {
				t.Fatal(err)
			}
			if safe {
				seen = numbers(t, b)
			}
			if whole := seen == "[1 by epoch 1][2 by epoch 1]"; whole != safe {
				t.Errorf("seen %s", seen)
			}
		})
	}
}

// TestCutOff: the connection is lost while the server is at a transaction. The identical call, over another connection, settles
// it, with the first still under way when it comes: it waits for that. Who only reads finds nothing, and it is stored all the same.
func TestCutOff(t *testing.T) {
	for _, safe := range []bool{true, false} {
		t.Run(fmt.Sprint("safe ", safe), func(t *testing.T) { testCutOff(t, safe) })
	}
}

func testCutOff(t *testing.T, safe bool) {
	direct := postgrestest.Shared(t).Database(t)
	at, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	proxy := proxytest.Start(t, at.Host)
	through, err := proxy.Through(direct)
	if err != nil {
		t.Fatal(err)
	}
	s, other := openTest(t, through, "a"), openTest(t, direct, "a")
	mustAppend(t, s, record(1, 1))
	gate := held(t, direct, lockNode)
	got := appending(s, record(2, 1))
	waiting(t, other, "UPDATE hansu.node")
	proxy.Cut() // and it stays: pgx would ask the server to cancel what is under way
	if err := <-got; !errors.Is(err, store.ErrUnknown) {
		t.Fatalf("cut off: %v", err)
	}
	if safe {
		got = appending(other, record(2, 1))
		waiting(t, other, "UPDATE hansu.game_table")
	} else if all := numbers(t, other); all != "[1 by epoch 1]" {
		t.Errorf("read %s: the transaction was to be under way", all)
	}
	if err := gate.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if safe {
		if err := <-got; err != nil {
			t.Error(err)
		}
	}
	const both = "[1 by epoch 1][2 by epoch 1]"
	all := numbers(t, other)
	for limit := time.Now().Add(time.Minute); !safe && all != both && time.Now().Before(limit); {
		all = numbers(t, other)
	}
	if all != both {
		t.Errorf("stored %s", all)
	}
}

// TestUnknownIsCompared: a record of unknown outcome that is sent again is not taken for stored because its number is there:
// what is there may be another's.
func TestUnknownIsCompared(t *testing.T) {
	switched(t, "not compared", statements{noFence, skipTaken}, func(t *testing.T, sql statements, safe bool) {
		url := postgrestest.Shared(t).Database(t)
		a, b := openWith(t, url, "a", sql), openTest(t, url, "b")
		mustAppend(t, a, record(1, 1))
		failOnce(a, "committed")
		if err := a.Append(t.Context(), record(2, 1)); !errors.Is(err, store.ErrUnknown) {
			t.Fatalf("stored, and the answer lost: %v", err)
		}
		mustAppend(t, a, record(2, 1))
		failOnce(a, "commit")
		if err := a.Append(t.Context(), record(3, 1)); !errors.Is(err, store.ErrUnknown) {
			t.Fatalf("not stored: %v", err)
		}
		lapse(t, a)
		if _, err := b.Claim(t.Context(), 1, 0); err != nil {
			t.Fatal(err)
		}
		mustAppend(t, b, record(3, 2))
		if err := a.Append(t.Context(), record(3, 1)); errors.Is(err, store.ErrConflict) != safe || !safe && err != nil {
			t.Errorf("sent again: %v", err)
		}
		if all := numbers(t, b); all != "[1 by epoch 1][2 by epoch 1][3 by epoch 2]" {
			t.Errorf("stored %s", all)
		}
	})
}

// TestHistoriesStayApart: of a call whose first record is taken by another history, the second does not get in.
func TestHistoriesStayApart(t *testing.T) {
	switched(t, "skip what is taken", statements{noFence, skipTaken}, func(t *testing.T, sql statements, safe bool) {
		url := postgrestest.Shared(t).Database(t)
		a, b := openTest(t, url, "a"), openTest(t, url, "b")
		mustAppend(t, a, record(1, 1))
		lapse(t, a)
		if _, err := b.Claim(t.Context(), 1, 0); err != nil {
			t.Fatal(err)
		}
		mustAppend(t, b, record(2, 2))
		// As one message, as the writer sends it: what comes after it would be tried by itself.
		w := another(a)
		w.sql = sql
		defer w.drop()
		_ = w.together([]*group.Call{{Writes: append(record(2, 1), record(3, 1)...)}})
		if mixed := numbers(t, b) != "[1 by epoch 1][2 by epoch 2]"; mixed == safe {
			t.Errorf("stored %s", numbers(t, b))
		}
	})
}

// TestOneBadCall: a call that cannot be stored takes no other with it, because each is then tried by itself. The batch as
// a whole, which is what there would be without that, stores nothing.
func TestOneBadCall(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	s := openTest(t, url, "a")
	mustAppend(t, s, record(1, 1))
	other := func(id store.TableID) []store.Write {
		return []store.Write{{Record: store.Record{Table: id, Seq: 1, Epoch: 1, Data: []byte("x")}}}
	}
	w := another(s)
	defer w.drop()
	batch := []*group.Call{{Writes: other(2)}, {Writes: record(2, 7)}, {Writes: other(3)}}
	if err := w.together(batch); !errors.Is(err, errSingly) {
		t.Errorf("all in one: %v", err)
	}
	if last, err := s.LastTable(t.Context()); last != 1 || err != nil {
		t.Errorf("table %d, %v", last, err)
	}
	w.commit(batch)
	if batch[0].Err != nil || batch[2].Err != nil || !errors.Is(batch[1].Err, store.ErrConflict) {
		t.Errorf("%v, %v, %v", batch[0].Err, batch[1].Err, batch[2].Err)
	}
	if last, err := s.LastTable(t.Context()); last != 3 || err != nil {
		t.Errorf("table %d, %v", last, err)
	}
}
