//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules/variants"
	"hansu/server"
	"hansu/store"
	"hansu/store/postgres"
	"hansu/store/postgres/postgrestest"
	"hansu/store/sqlite"
)

// TestMigrate moves a file's data to a database, and finds it there: tables in play, tables that are shut,
// the archive and service time.
func TestMigrate(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), t.Context()
	st, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range played(t) {
		if err := st.Append(ctx, []store.Write{w}); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Beat(ctx, 77_000); err != nil {
		t.Fatal(err)
	}
	url := postgrestest.Start(t).Database(t)
	if _, err := migrate(ctx, dir, url); !errors.Is(err, store.ErrLocked) {
		t.Errorf("beside a server: %v", err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	m, err := migrate(ctx, dir, url)
	if err != nil {
		t.Fatal(err)
	}
	if m.tables != 1 || m.games != 1 || m.records != len(played(t)) {
		t.Errorf("moved %d tables, %d records, %d games", m.tables, m.records, m.games)
	}
	if _, err := migrate(ctx, dir, url); !errors.Is(err, errNotEmpty) {
		t.Errorf("a second time: %v", err)
	}
	to, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if now, err := to.Time(ctx); err != nil || now < 77_000 {
		t.Errorf("service time %d, %v; it was 77000", now, err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	// A server takes it over, and new tables are numbered after those.
	srv, err := server.New(ctx, server.Config{DB: url, TCP: "127.0.0.1:0", Text: errorText, Flush: patience})
	if err != nil {
		t.Fatal(err)
	}
	run, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- srv.Run(run) }()
	c, err := client.Dial(ctx, client.Config{Address: srv.TCP().String(), Name: "one"})
	if err != nil {
		t.Fatal(err)
	}
	v, err := variants.Parse("omok")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(client.Join{Variant: v}); err != nil {
		t.Fatal(err)
	}
	for ev := range c.Events() {
		if sat, ok := ev.(client.Sat); ok {
			if sat.Table.ID <= 1 {
				t.Errorf("the new table has number %d", sat.Table.ID)
			}
			break
		}
	}
	c.Close()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestMigrateUsage: what cannot be moved is said before anything is touched.
func TestMigrateUsage(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{"--from", dir, "--to", "postgres://x/y"}, "sqlite:FILE", exitUsage},
		{[]string{"--from", "sqlite:" + dir, "--to", "mysql://x"}, "postgres://", exitUsage},
		{[]string{"--from", "sqlite:" + dir, "--to", "postgres://x/y"}, sqlite.FileName, exitFailed},
	} {
		var errs bytes.Buffer
		e := &env{ctx: t.Context(), out: io.Discard, err: &errs, lang: i18n.English, getenv: func(string) string { return "" }}
		code, out := run(e, append([]string{"migrate"}, c.args...)), errs.String()
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%q: exit %d, %q", c.args, code, out)
		}
	}
}
