//go:build unix

package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

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

func claim(t *testing.T, s *Store, now rules.Millis) store.Ownership {
	t.Helper()
	own, err := s.Claim(t.Context(), 1, now)
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// TestClaim: a table goes to another node only when its owner's lease has ended; then the old owner's
// records are refused, and the time without an owner is counted.
func TestClaim(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	a, b := openTest(t, url, "a"), openTest(t, url, "b")
	ctx := t.Context()
	if _, err := a.Claim(ctx, 1, 0); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("claim of no table: %v", err)
	}
	mustAppend(t, a, record(1, 1))
	if err := a.Renew(ctx, 10_000); err != nil {
		t.Fatal(err)
	}
	if own := claim(t, a, 10_500); own != (store.Ownership{Epoch: 1}) {
		t.Errorf("one's own table: %+v", own)
	}
	var elsewhere *store.OwnerError
	if _, err := b.Claim(ctx, 1, 10_500); !errors.As(err, &elsewhere) || elsewhere.Node != "a" {
		t.Errorf("claim of a living node's table: %v", err)
	}
	if node, err := b.Owner(ctx, 1); node != "a" || err != nil {
		t.Errorf("owner %q, %v", node, err)
	}
	lapse(t, a)
	if node, err := b.Owner(ctx, 1); node != "" || err != nil {
		t.Errorf("owner %q, %v after its lease", node, err)
	}
	if own := claim(t, b, 14_000); own != (store.Ownership{Epoch: 2, Lag: 4000}) {
		t.Errorf("claimed %+v", own)
	}
	// The old owner was only paused: what it says now is refused, whether or not its lease runs again.
	for range 2 {
		if err := a.Append(ctx, record(2, 1)); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a record of epoch 1 under epoch 2: %v", err)
		}
		if err := a.Renew(ctx, 15_000); err != nil {
			t.Fatal(err)
		}
	}
	mustAppend(t, b, record(2, 2))
	if err := b.Release(ctx, 20_000); err != nil {
		t.Fatal(err)
	}
	if own := claim(t, a, 20_300); own != (store.Ownership{Epoch: 3, Lag: 4300}) {
		t.Errorf("claimed after its release: %+v", own)
	}
	mustAppend(t, a, record(3, 3))
}

// TestFence: a record of the old owner whose transaction began before the claim does not get in after the
// new owner has read the table. With the fence as a condition that is only read (EXISTS), it does.
func TestFence(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	a, b := openTest(t, url, "a"), openTest(t, url, "b")
	ctx := t.Context()
	mustAppend(t, a, record(1, 1))
	lapse(t, a)

	// The claim, held open by hand between its statement and its commit.
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, "UPDATE hansu.game_table SET owner = 'b', epoch = epoch + 1 WHERE table_id = 1"); err != nil {
		t.Fatal(err)
	}
	late := make(chan error, 1)
	go func() { late <- a.Append(ctx, record(2, 1)) }()
	waiting(t, b, "hansu.game_table")
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-late; !errors.Is(err, store.ErrConflict) {
		t.Errorf("the old owner's record: %v", err)
	}
	mustAppend(t, b, record(2, 2))
}

// waiting waits until a statement on a table waits for a lock.
func waiting(t *testing.T, s *Store, about string) {
	t.Helper()
	for {
		var n int
		err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%' AND pid <> pg_backend_pid()`, about).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			return
		}
	}
}

// TestClaimsMeet: of many nodes that claim a table at once, one gets it.
func TestClaimsMeet(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	first := openTest(t, url, "first")
	mustAppend(t, first, record(1, 1))
	nodes := make([]*Store, 6)
	for i := range nodes {
		nodes[i] = openTest(t, url, fmt.Sprint("node-", i))
	}
	for epoch := uint32(2); epoch < 12; epoch++ {
		if _, err := first.pool.Exec(t.Context(), "UPDATE hansu.game_table SET owner = NULL, idle = 0"); err != nil {
			t.Fatal(err)
		}
		type outcome struct {
			node string
			own  store.Ownership
			err  error
		}
		got := make(chan outcome, len(nodes))
		for _, n := range nodes {
			go func() {
				own, err := n.Claim(t.Context(), 1, 0)
				got <- outcome{n.node, own, err}
			}()
		}
		winner := ""
		for range nodes {
			o := <-got
			var elsewhere *store.OwnerError
			switch {
			case o.err == nil && winner == "" && o.own.Epoch == epoch:
				winner = o.node
			case !errors.As(o.err, &elsewhere):
				t.Errorf("epoch %d: %+v after %q", epoch, o, winner)
			}
		}
		if winner == "" {
			t.Fatalf("epoch %d: nobody got the table", epoch)
		}
	}
}

// TestOrphans: the tables of nodes that are gone, and no others, the most urgent first.
func TestOrphans(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	a, b := openTest(t, url, "a"), openTest(t, url, "b")
	for id, due := range map[store.TableID]rules.Millis{1: 0, 2: 9000, 3: 4000, 4: 1000, 5: 500} {
		w := store.Write{
			Record:  store.Record{Table: id, Seq: 1, Epoch: 1, At: 1, Deadline: due, Data: []byte("x")},
			Summary: &store.Summary{Table: id, Code: fmt.Sprint(id), State: store.Active, Data: []byte("x")},
		}
		if id == 5 {
			w.Summary.State = store.Shut
		}
		node := a
		if id == 4 {
			node = b
		}
		mustAppend(t, node, []store.Write{w})
	}
	orphans := func() (ids []store.TableID) {
		t.Helper()
		if err := b.Orphans(t.Context(), func(o store.Orphan) error { ids = append(ids, o.Table); return nil }); err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if got := orphans(); got != nil {
		t.Errorf("%v while both live", got)
	}
	lapse(t, a)
	if got := fmt.Sprint(orphans()); got != "[3 2 1]" {
		t.Errorf("%v, want 3 2 1", got)
	}
	if _, err := b.Claim(t.Context(), 2, 0); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(orphans()); got != "[3 1]" {
		t.Errorf("%v, want 3 1", got)
	}
}

// TestReserve: nobody gets a number twice, nor one that a table has already.
func TestReserve(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	a, b := openTest(t, url, "a"), openTest(t, url, "b")
	mustAppend(t, a, record(1, 1))
	seen := map[store.TableID]bool{1: true}
	for i := range 20 {
		s := []*Store{a, b}[i%2]
		first, err := s.Reserve(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		for id := first; id < first+3; id++ {
			if seen[id] {
				t.Fatalf("number %d twice", id)
			}
			seen[id] = true
		}
	}
}

// TestLead: a role stays with a living node, and goes when it is given up or the node is gone.
func TestLead(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	a, b := openTest(t, url, "a"), openTest(t, url, "b")
	want := func(s *Store, want string) {
		t.Helper()
		if got, err := s.Lead(t.Context(), "lobby"); got != want || err != nil {
			t.Errorf("holder %q, %v; want %q", got, err, want)
		}
	}
	want(a, "a")
	want(b, "a")
	lapse(t, a)
	want(b, "b")
	if err := a.Renew(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	want(a, "b")
	if err := b.Release(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	want(a, "a")
}

// TestChangedSince: every change is seen by who asks from moment to moment.
func TestChangedSince(t *testing.T) {
	url := postgrestest.Shared(t).Database(t)
	a, b := openTest(t, url, "a"), openTest(t, url, "b")
	moment := int64(0)
	look := func() map[string]bool {
		t.Helper()
		seen := map[string]bool{}
		var err error
		moment, err = b.ChangedSince(t.Context(), moment, func(s store.Summary) error { seen[s.Code] = true; return nil })
		if err != nil {
			t.Fatal(err)
		}
		return seen
	}
	mustAppend(t, a, record(1, 1))
	if seen := look(); !seen["code-1"] {
		t.Errorf("first look: %v", seen)
	}
	w := record(2, 1)
	w[0].Summary = &store.Summary{Table: 1, Code: "code-1", State: store.Shut, Data: []byte("y")}
	mustAppend(t, a, w)
	if seen := look(); !seen["code-1"] {
		t.Errorf("after it was shut: %v", seen)
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
	n := 0
	if err := s.Records(t.Context(), 1, 1, func(store.Record) error { n++; return nil }); err != nil || n != 3 {
		t.Errorf("%d records, %v", n, err)
	}
}

// TestWarning: a commit that comes with a warning, as one whose wait for a standby was broken off does, is
// not taken for durable.
func TestWarning(t *testing.T) {
	server := postgrestest.Start(t)
	server.Exec(t, "postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
	url := server.Database(t) // made before the setting is read
	s := openTest(t, url, "a")
	server.Exec(t, "postgres", "SELECT pg_reload_conf()")
	got := make(chan error, 1)
	seq := uint32(0)
	next := func() {
		seq++
		go func() { got <- s.Append(context.Background(), record(seq, 1)) }()
	}
	next()
	cancelled := false
	for {
		select {
		case err := <-got:
			if err == nil && !cancelled { // the server has not read the setting yet
				next()
				continue
			}
			if !errors.Is(err, store.ErrUnknown) {
				t.Errorf("cancelled %v: %v", cancelled, err)
			}
			server.Exec(t, "postgres", "ALTER SYSTEM RESET synchronous_standby_names")
			server.Exec(t, "postgres", "SELECT pg_reload_conf()")
			mustAppend(t, s, record(seq, 1))
			return
		case <-time.After(20 * time.Millisecond):
		}
		// Reading waits for no standby.
		var now bool
		err := s.pool.QueryRow(t.Context(), `SELECT coalesce(bool_or(pg_cancel_backend(pid)), false) FROM pg_stat_activity
			WHERE wait_event = 'SyncRep' AND pid <> pg_backend_pid()`).Scan(&now)
		if err != nil {
			t.Fatal(err)
		}
		cancelled = cancelled || now
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
