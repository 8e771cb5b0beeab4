//go:build unix

package postgrestest

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// standbyName is what a standby is called in synchronous_standby_names. A server that follows nobody is called so, too.
const standbyName = "standby"

// Standby starts a server that has the data of s and follows it, for one test. s does not wait for it: see [Server.Await].
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	standby, err := begin(folder(t), "pg_basebackup", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-U", "postgres",
		"--checkpoint=fast", "--no-sync", "--write-recovery-conf")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(standby.Stop)
	s.until(t, "the standby follows", "SELECT count(*) > 0 FROM pg_stat_replication WHERE state = 'streaming'")
	return standby
}

// Await makes every commit wait for the standby, from now on: also while it is away.
func (s *Server) Await(t testing.TB) {
	t.Helper()
	s.Exec(t, "postgres", "ALTER SYSTEM SET synchronous_standby_names = '"+standbyName+"'")
	s.Exec(t, "postgres", "SELECT pg_reload_conf()")
	s.until(t, "the setting holds", "SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state = 'sync'")
}

// Sent waits until a standby has replayed all that s has written.
func (s *Server) Sent(t testing.TB) {
	t.Helper()
	s.until(t, "the standby has all", "SELECT count(*) > 0 FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_lsn()")
}

// Promote makes a standby a server of its own, that takes writes.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	s.Exec(t, "postgres", "SELECT pg_promote()")
	s.until(t, "promoted", "SELECT NOT pg_is_in_recovery()")
}

// until waits until the answer to a question is yes.
func (s *Server) until(t testing.TB, what, question string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for yes := false; !yes; {
		if err := conn.QueryRow(ctx, question).Scan(&yes); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
}
