// Package postgres is the store in a PostgreSQL database, for one node or for several: it
// implements [store.Shared].
//
// Two goroutines write, each with a connection: the server runs one's transaction while the other's waits for the disk.
// What waits when one is free, its share of it, goes into one transaction, sent in one
// message: a statement that moves every table's last number on, fenced by epoch and number, those
// that insert the records, and last the node's beat. If a single one does not fit, nothing of it stands, and each call is
// tried by itself. The two never have the same table at a time, so that they meet only at the beat, the last of both, and
// commit one after the other.
//
// A commit is never given a deadline or cancelled: a cancelled wait for a synchronous standby answers
// success with a warning, and that is no durable commit. Any warning, and any error that is not about the
// data, means [store.ErrUnknown]; the identical Append then settles it.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"hansu/rules"
	"hansu/store"
	"hansu/store/group"
)

// Options are what Open may be told. The zero value is fine.
type Options struct {
	Node    string        // this start's id; default: drawn at random
	Lease   time.Duration // how long a node counts as alive after Renew; default 3 s
	Promise time.Duration // how long a seat is kept for whom Pair sent there; default [store.PromiseTime]
	Log     *slog.Logger  // gets a record when the database fails and when it works again; nil is silence
}

// Store implements [store.Shared].
type Store struct {
	node           string
	lease, promise time.Duration
	queue          *group.Queue
	pool           *pgxpool.Pool
	tries          int                       // how many of its connections a call may find dead, and one
	renewed        atomic.Pointer[time.Time] // when the lease ends that the last Renew is known to have stored
	writers        [writers]*writer          // each touched by its goroutine alone once that runs
	writing        sync.WaitGroup            // those goroutines
	health         health                    // of their connections
	closed         atomic.Bool
}

var _ store.Shared = (*Store)(nil)

// readers bounds the connections that read.
const readers = 8

// writers is how many transactions may be under way: one is run while the other waits for the disk.
const writers = 2

// connectTime is how long the database may take to answer when it is opened.
const connectTime = 10 * time.Second

// Open opens the database at url (postgres://user:password@host/name, or what libpq takes), makes
// the schema hansu in it if there is none, and brings an older one up to date. The error wraps
// [store.ErrNewer] if a newer version wrote it.
func Open(ctx context.Context, url string, opts Options) (*Store, error) {
	s, err := open(ctx, url, opts, migrations)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", hide(err))
	}
	return s, nil
}

// hide keeps a password out of an error's text: pgx quotes the address that it cannot parse.
func hide(err error) error {
	var parse *pgconn.ParseConfigError
	if errors.As(err, &parse) {
		return errors.New("the address is none of a PostgreSQL database: postgres://USER:PASSWORD@HOST:PORT/NAME")
	}
	return err
}

func open(ctx context.Context, url string, opts Options, steps []string) (_ *Store, err error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Lease == 0 {
		opts.Lease = 3 * time.Second
	}
	if opts.Promise == 0 {
		opts.Promise = store.PromiseTime
	}
	if opts.Node == "" {
		opts.Node = store.NewNode()
	}
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = readers
	settings(cfg.ConnConfig)
	s := &Store{node: opts.Node, lease: opts.Lease, promise: opts.Promise, queue: group.New(writers), tries: readers + 1}
	for i := range s.writers {
		s.writers[i] = newWriter(opts.Node, cfg.ConnConfig, opts.Log, &s.health)
	}
	within, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	defer func() {
		if err != nil {
			s.drop()
		}
	}()
	for _, w := range s.writers {
		if err := w.open(within); err != nil {
			return nil, err
		}
	}
	if err := migrate(within, s.writers[0].conn, steps); err != nil {
		return nil, err
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, err
	}
	if _, err := s.Renew(within, 0); err != nil {
		s.pool.Close()
		return nil, err
	}
	for _, w := range s.writers {
		s.writing.Go(func() { s.write(w) })
	}
	return s, nil
}

// drop closes the connections that write.
func (s *Store) drop() {
	for _, w := range s.writers {
		w.drop()
	}
}

// settings are those of every connection of ours.
func settings(cfg *pgx.ConnConfig) {
	for name, value := range map[string]string{
		"application_name": "hansu",
		// Plans do not depend on the values here, and planning costs as much as running.
		"plan_cache_mode": "force_generic_plan",
		"client_encoding": "UTF8",
		// The fence, and what waits for a lock, must see what was committed meanwhile.
		"default_transaction_isolation": "read committed",
	} {
		cfg.RuntimeParams[name] = value
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	cfg.DialFunc = dialer(cfg).DialContext
}

// Node implements [store.Shared].
func (s *Store) Node() string { return s.node }

// Append implements [store.Store].
func (s *Store) Append(ctx context.Context, writes []store.Write) error {
	return s.queue.Append(ctx, writes)
}

// Beat implements [store.Store].
func (s *Store) Beat(ctx context.Context, now rules.Millis) error { return s.queue.Beat(ctx, now) }

// LastBeat implements [store.Store]: of all nodes.
func (s *Store) LastBeat(ctx context.Context) (rules.Millis, error) {
	var at rules.Millis
	err := s.query(ctx, "SELECT coalesce(max(beat), 0) FROM hansu.node", &at)
	if err != nil {
		return 0, fmt.Errorf("last beat: %w", err)
	}
	return at, nil
}

// on runs f, which may be done twice, with a connection of the pool. A connection may be dead, as all are when the database was
// just restarted: then f is run with another, as often as there may be of those and once more.
func (s *Store) on(ctx context.Context, f func(c *pgxpool.Conn) error) error {
	for try := 1; ; try++ {
		if s.closed.Load() {
			return store.ErrClosed
		}
		c, err := s.pool.Acquire(ctx)
		if err != nil {
			return err // there is no other connection to be had
		}
		err = f(c)
		dead := err != nil && c.Conn().IsClosed()
		c.Release()
		if !dead || ctx.Err() != nil || try >= s.tries {
			return err
		}
	}
}

// query reads one row of one value. It may run twice.
func (s *Store) query(ctx context.Context, sql string, into any, args ...any) error {
	err := s.on(ctx, func(c *pgxpool.Conn) error { return c.QueryRow(ctx, sql, args...).Scan(into) })
	if errors.Is(err, pgx.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

// Close commits what waits and closes the connections. Later calls of anything fail with
// [store.ErrClosed], or do nothing for Close.
func (s *Store) Close() error {
	first := s.queue.Close()
	s.writing.Wait()
	if first {
		s.closed.Store(true)
		s.pool.Close()
		s.drop()
	}
	return nil
}
