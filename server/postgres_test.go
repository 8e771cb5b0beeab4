//go:build unix

package server_test

import (
	"errors"
	"strings"
	"testing"

	"hansu/client"
	"hansu/rules"
	"hansu/server"
	"hansu/store"
	"hansu/store/postgres/postgrestest"
)

// TestPostgres: a game on a server whose games are in PostgreSQL goes on after a restart of the server, and
// after the database was away.
func TestPostgres(t *testing.T) {
	t.Parallel()
	db := postgrestest.Start(t)
	url := db.Database(t)
	n := start(t, server.Config{DB: url})
	a, b := n.pair("omok:freestyle", "10+0")
	moves := strings.Fields("h8 a1 i8 a2 j8 a3 k8 a4 l8")
	for i, m := range moves {
		p := []*player{a, b}[i%2]
		p.plies(i)
		switch i {
		case 2:
			// One database has one server at a time.
			if _, err := server.New(t.Context(), server.Config{DB: url, TCP: "127.0.0.1:0"}); !errors.Is(err, store.ErrLocked) {
				t.Errorf("a second server: %v", err)
			}
		case 3:
			n.restart()
		case 5:
			db.Stop()
			// What waits for the database is neither refused nor lost.
			mv, err := p.table.Parse(m)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.c.Do(p.table.Play(mv)); err != nil {
				t.Fatal(err)
			}
			if err := db.Run(); err != nil {
				t.Fatal(err)
			}
			continue
		}
		p.move(m)
	}
	b.plies(len(moves))
	if b.table.Reason != rules.Five || b.table.Winner != client.SeatOne {
		t.Fatalf("%v %v", b.table.Reason, b.table.Winner)
	}
}

// TestPostgresAway: a database that is not there is an error that says so, without the password.
func TestPostgresAway(t *testing.T) {
	for _, url := range []string{"postgres://somebody:secret@127.0.0.1:1/none", "postgres://somebody:secret@127.0.0.1:port/none"} {
		_, err := server.New(t.Context(), server.Config{DB: url, TCP: "127.0.0.1:0"})
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("error %v", err)
		}
	}
}
