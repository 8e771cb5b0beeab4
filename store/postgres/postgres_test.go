//go:build unix

package postgres

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hansu/store"
	"hansu/store/postgres/postgrestest"
	"hansu/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }

// opened remembers how a store of the tests was opened.
type opened struct {
	url, node string
}

var stores sync.Map // *Store → opened

func openTest(t testing.TB, url, node string) *Store {
	t.Helper()
	s, err := Open(context.Background(), url, Options{Node: node, Lease: storetest.Lease, Promise: storetest.Promise})
	if err != nil {
		t.Fatal(err)
	}
	stores.Store(s, opened{url, node})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func harness(server *postgrestest.Server) storetest.Harness {
	return storetest.Harness{
		Slow: true,
		Open: func(t testing.TB) store.Store { return openTest(t, server.Database(t), "node") },
		Reopen: func(t testing.TB, s store.Store) store.Store {
			o, _ := stores.Load(s)
			if err := s.Close(); err != nil {
				t.Fatalf("Close: %v", err)
			}
			return openTest(t, o.(opened).url, o.(opened).node)
		},
		FailCommit: func(s store.Store, stored bool) {
			point := "commit"
			if stored {
				point = "committed"
			}
			failOnce(s.(*Store), point)
		},
	}
}

var errInjected = errors.New("injected")

// failOnce makes the next commit fail at the point.
func failOnce(s *Store, point string) { fail(s, point, 1, errInjected) }

// fail makes the next commits fail at the point, so many of them. Nothing may be under way.
func fail(s *Store, point string, times int64, err error) {
	var left atomic.Int64
	left.Store(times)
	s.each(func(w *writer) {
		w.fault = func(at string) error {
			if at == point && left.Add(-1) >= 0 {
				return err
			}
			return nil
		}
	})
}

// each runs f for all writers, while they take nothing.
func (s *Store) each(f func(w *writer)) {
	s.queue.Between(func() {
		for _, w := range s.writers {
			f(w)
		}
	})
}

func TestContract(t *testing.T) { storetest.Run(t, harness(postgrestest.Shared(t))) }

func TestShared(t *testing.T) {
	server := postgrestest.Shared(t)
	storetest.RunShared(t, storetest.SharedHarness{
		Nodes: func(t testing.TB, names ...string) []store.Shared {
			url := server.Database(t)
			var nodes []store.Shared
			for _, name := range names {
				nodes = append(nodes, openTest(t, url, name))
			}
			return nodes
		},
		Later: func(t testing.TB, s store.Shared, d time.Duration) {
			for _, sql := range []string{
				"UPDATE hansu.node SET lease_until = lease_until - $1::interval",
				"UPDATE hansu.seat SET since = since - $1::interval, until = until - $1::interval",
			} {
				if _, err := s.(*Store).pool.Exec(context.Background(), sql, d); err != nil {
					t.Fatal(err)
				}
			}
		},
	})
}
