package sim

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hansu/rules"
	"hansu/store"
	"hansu/store/storetest"
)

// direct is the simulated database as a node sees it that stands beside it: there is no network, and the only time
// is that which a test lets pass. It implements store.Shared.
type direct struct {
	db     *locked
	node   string
	closed atomic.Bool
}

type locked struct {
	mu sync.Mutex
	*database
	now micros
}

// do lets op happen in the database.
func (s *direct) do(op func()) error {
	if s.closed.Load() {
		return store.ErrClosed
	}
	s.db.mu.Lock()
	defer s.db.mu.Unlock()
	op()
	return nil
}

// list reads rows and hands them on.
func list[T any](s *direct, f func(T) error, op func() []T) error {
	var rows []T
	if err := s.do(func() { rows = op() }); err != nil {
		return err
	}
	return each(rows, f)
}

func (s *direct) Append(_ context.Context, writes []store.Write) (err error) {
	if closed := s.do(func() { err = s.db.append(s.node, writes) }); closed != nil {
		return closed
	}
	return err
}

func (s *direct) Records(_ context.Context, id store.TableID, from uint32, f func(store.Record) error) error {
	return list(s, f, func() (rows []store.Record) {
		if l := s.db.log(id); l != nil && int(from) <= len(l.records) {
			rows = l.records[max(from, 1)-1:]
		}
		return rows
	})
}

func (s *direct) Table(_ context.Context, code string) (sum store.Summary, err error) {
	err = store.ErrNotFound
	closed := s.do(func() {
		if l := s.db.byCode[code]; l != nil {
			sum, _ = l.row()
			err = nil
		}
	})
	if closed != nil {
		return sum, closed
	}
	return sum, err
}

func (s *direct) Tables(_ context.Context, f func(store.Summary) error) error {
	return list(s, f, func() []store.Summary { return summaries(s.db.running(nil)) })
}

func (s *direct) LastTable(context.Context) (id store.TableID, err error) {
	err = s.do(func() { id = store.TableID(len(s.db.logs)) })
	return id, err
}

func (s *direct) Games(context.Context, store.TableID, uint16, func(store.Game) error) error {
	return s.do(func() {})
}

func (s *direct) Game(context.Context, string, uint16) (store.Game, error) {
	return store.Game{}, store.ErrNotFound
}

func (s *direct) Beat(context.Context, rules.Millis) error { return s.do(func() {}) }

func (s *direct) LastBeat(context.Context) (at rules.Millis, err error) {
	err = s.do(func() { at = s.db.lastBeat() })
	return at, err
}

func (s *direct) Close() error {
	s.closed.Store(true)
	return nil
}

func (s *direct) Node() string { return s.node }

func (s *direct) Name(context.Context) (string, error) { return "sim", s.do(func() {}) }

func (s *direct) Nodes(context.Context) (names []string, err error) {
	err = s.do(func() { names = s.db.nodes() })
	return names, err
}

func (s *direct) Time(context.Context) (at rules.Millis, err error) {
	err = s.do(func() { at = s.db.time() })
	return at, err
}

func (s *direct) Renew(_ context.Context, now rules.Millis) (lapsed bool, err error) {
	err = s.do(func() { lapsed = s.db.renew(s.node, now) })
	return lapsed, err
}

func (s *direct) Claim(_ context.Context, id store.TableID, now rules.Millis) (own store.Ownership, err error) {
	if closed := s.do(func() { own, err = s.db.claim(s.node, id, now) }); closed != nil {
		return own, closed
	}
	return own, err
}

func (s *direct) Owner(_ context.Context, id store.TableID) (node string, err error) {
	if closed := s.do(func() { node, err = s.db.owner(id) }); closed != nil {
		return "", closed
	}
	return node, err
}

func (s *direct) Release(_ context.Context, now rules.Millis) error {
	return s.do(func() { s.db.release(s.node, now) })
}

func (s *direct) Held(_ context.Context, f func(store.TableID, uint32) error) error {
	return list(s, func(l *tableLog) error { return f(l.id, l.epoch) }, func() (rows []*tableLog) {
		for _, l := range s.db.held(s.node) {
			rows = append(rows, &tableLog{id: l.id, epoch: l.epoch})
		}
		return rows
	})
}

func (s *direct) Orphans(_ context.Context, f func(store.Orphan) error) error {
	return list(s, f, s.db.orphans)
}

func (s *direct) Reserve(_ context.Context, n int) (id store.TableID, err error) {
	err = s.do(func() { id = s.db.reserve(n) })
	return id, err
}

func (s *direct) ChangedSince(_ context.Context, moment int64, f func(store.Summary) error) (next int64, err error) {
	err = list(s, f, func() (rows []store.Summary) {
		rows, next = s.db.changedSince(moment)
		return rows
	})
	return next, err
}

func (s *direct) TablesOf(_ context.Context, key []byte, f func(store.Summary) error) error {
	return list(s, f, func() []store.Summary { return s.db.tablesOf(key) })
}

func (s *direct) Pair(_ context.Context, w store.Wish) (p store.Place, err error) {
	err = s.do(func() { p = s.db.pair(s.node, w) })
	return p, err
}

func (s *direct) Unpair(_ context.Context, id store.TableID, key []byte) error {
	return s.do(func() { s.db.unpair(id, key) })
}

// TestDatabase holds the simulated database to the contract of the real one: what the simulation finds with it holds for
// that, too.
func TestDatabase(t *testing.T) {
	storetest.RunShared(t, storetest.SharedHarness{
		Nodes: func(t testing.TB, names ...string) (nodes []store.Shared) {
			db := &locked{now: 1}
			db.database = newDatabase(func() micros { return db.now })
			db.lease, db.promise = micros(storetest.Lease/time.Microsecond), micros(storetest.Promise/time.Microsecond)
			for _, name := range names {
				s := &direct{db: db, node: name}
				if _, err := s.Renew(t.Context(), 0); err != nil {
					t.Fatal(err)
				}
				nodes = append(nodes, s)
			}
			return nodes
		},
		Later: func(t testing.TB, s store.Shared, d time.Duration) {
			db := s.(*direct).db
			db.mu.Lock()
			defer db.mu.Unlock()
			db.now += micros(d / time.Microsecond)
		},
	})
}
