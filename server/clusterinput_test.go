//go:build unix

package server_test

import (
	"errors"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"hansu/bus/natstest"
	"hansu/client"
	"hansu/server"
	"hansu/store/postgres/postgrestest"
)

// with returns the address of a database with another user, whose password must not be shown.
func with(t *testing.T, address, user string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(user, "secret")
	return u.String()
}

// TestClusterBadInput: what is wrong with the database or with NATS at the start ends the program, which says what it is,
// and no password.
func TestClusterBadInput(t *testing.T) {
	pg, nats := postgrestest.Shared(t), natstest.Start(t)
	good, newer, foreign := pg.Database(t), pg.Database(t), pg.Database(t)
	first := start(t, server.Config{DB: newer, NATS: nats.URL()})
	first.end()
	name := func(address string) string {
		return address[strings.LastIndex(address, "/")+1 : strings.Index(address, "?")]
	}
	pg.Exec(t, name(newer), "UPDATE hansu.meta SET version = version + 1")
	stranger := "stranger_of_" + name(foreign)
	pg.Exec(t, name(foreign), "CREATE ROLE "+stranger+" LOGIN PASSWORD 'secret'")
	bin, err := buildHansu()
	if err != nil {
		t.Fatal(err)
	}
	type input struct{ db, nats, says string }
	atOnce(t, map[string]input{
		"a newer schema":     {with(t, newer, "postgres"), nats.URL(), "a newer Hansu wrote this database"},
		"no right":           {with(t, foreign, stranger), nats.URL(), "permission denied"},
		"no such database":   {with(t, strings.Replace(good, "/"+name(good), "/nowhere", 1), "postgres"), nats.URL(), `"nowhere" does not exist`},
		"no PostgreSQL":      {"postgres://somebody:secret@127.0.0.1:1/none", nats.URL(), "127.0.0.1:1"},
		"no NATS":            {with(t, good, "postgres"), "nats://somebody:secret@127.0.0.1:1", "127.0.0.1:1"},
		"NATS is PostgreSQL": {with(t, good, "postgres"), "nats://somebody:secret@" + pg.Addr(), pg.Addr()},
	}, func(t *testing.T, c input) bool {
		cmd := exec.Command(bin, "serve", "--tcp", "127.0.0.1:0", "--http", "", "--db", c.db, "--nats", c.nats)
		cmd.Env = append(os.Environ(), "LC_ALL=C")
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 {
			t.Errorf("it ended with %v", err)
		}
		if text := string(out); !strings.Contains(text, c.says) || strings.Contains(text, "secret") || strings.Contains(text, "panic") {
			t.Errorf("it says: %s", text)
		}
		return true
	})
}

// TestNothingAnnounced: while no node reaches the database, players are told that it takes nothing, and nobody hears
// of what is not stored. What waited is stored once, when it can be.
func TestNothingAnnounced(t *testing.T) {
	t.Parallel()
	w := newTown(t, "none", func(*town) {})
	for _, o := range w.offices {
		o.sure.Store(true) // or the clients would be sent away after some time
		was := o.renewed.Load()
		becomes(t, "the lease is not asked for any more", func() bool { return o.renewed.Load() >= was+2 })
	}
	heard := ear(w.b)
	for _, p := range w.dbs {
		p.set(cut)
	}
	n, err := w.a.c.Do(client.Say{Table: w.id, Text: "waits"})
	if err != nil {
		t.Fatal(err)
	}
	becomes(t, "it could not be stored", func() bool { return w.offices[0].failed.Load() > 0 })
	for _, p := range []*player{w.a, w.b} {
		if err := p.do(client.Say{Table: w.id, Text: "cannot wait"}); !storeDown(err) {
			t.Errorf("a command behind the one that waits: %v", err)
		}
	}
	w.b.must(client.List{})
	if len(*heard) > 0 {
		t.Errorf("told %v", *heard)
	}
	for _, p := range w.dbs {
		p.set(open)
	}
	if a := until(w.a, func(a client.Answer) bool { return a.Command == n }); a.Err != nil {
		t.Errorf("what waited: %v", a.Err)
	}
	hears(w.b, "waits")
	if log := w.log(); strings.Count(log, "waits") != 1 || strings.Contains(log, "cannot") {
		t.Errorf("stored:\n%s", log)
	}
}
