// Package sqlite is the store in one file of one directory: SQLite in
// write-ahead-log mode with full synchronisation.
//
// One goroutine writes. Everything that waits when it is free goes into one
// transaction (group commit), so that many waiting callers cost one sync of the disk.
// Readers have connections of their own and never hold the writer up.
//
// After any error of the engine the writer trusts nothing: it closes its
// connection, and answers [store.ErrUnknown] until it has opened a new one and
// copied the whole log into the database file. What it then finds is on the
// disk, so an identical Append may succeed by finding its records there.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"

	"github.com/gofrs/flock"
	"zombiezen.com/go/sqlite"

	"hansu/rules"
	"hansu/store"
	"hansu/store/group"
)

// The names of the files in the data directory. SQLite adds hansu.db-wal and
// hansu.db-shm while the server runs; they are part of the database.
const (
	FileName = "hansu.db"
	LockName = "hansu.lock"
)

// Options are what Open may be told. The zero value is fine.
type Options struct {
	// Log gets a record when the disk fails and when it works again; nil is silence.
	Log *slog.Logger
}

// Store implements [store.Store].
type Store struct {
	dir    string
	lock   *flock.Flock
	queue  *group.Queue
	pool   pool
	alive  atomic.Int64 // latest durable service time, ms
	writer writer       // touched by the writer goroutine alone once it runs
	done   chan struct{}
	closed error // of the writer's last steps; read after done
}

var _ store.Store = (*Store)(nil)

// Open opens the data in directory dir, which it makes if there is none, and
// locks it until Close. The error wraps [store.ErrLocked] if another process
// serves it, and [store.ErrNewer] if a newer version wrote it.
func Open(ctx context.Context, dir string, opts Options) (*Store, error) {
	s, err := open(ctx, dir, opts, migrations)
	if err != nil {
		return nil, fmt.Errorf("open data in %s: %w", dir, err)
	}
	return s, nil
}

func open(ctx context.Context, dir string, opts Options, steps []string) (_ *Store, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, lock.Close())
		}
	}()
	path := filepath.Join(dir, FileName)
	if err := create(path); err != nil {
		return nil, err
	}
	s := &Store{dir: dir, lock: lock, queue: group.New(1), done: make(chan struct{})}
	s.pool.init(path)
	s.writer = writer{path: path, steps: steps, log: opts.Log, alive: &s.alive, keep: maxTails}
	if err := s.writer.open(); err != nil {
		return nil, err
	}
	if err := syncDir(dir); err != nil {
		return nil, errors.Join(err, s.writer.close())
	}
	go s.write()
	return s, nil
}

// lockDir takes the directory's lock file. The lock goes with the process.
func lockDir(dir string) (*flock.Flock, error) {
	lock := flock.New(filepath.Join(dir, LockName), flock.SetPermissions(0o600))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if !ok {
		return nil, store.ErrLocked
	}
	return lock, nil
}

// create makes an empty database file that only its owner can read; SQLite
// gives its other files the same mode. It must not be called while this process
// has the database open: closing any descriptor of the file drops SQLite's POSIX locks.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// syncDir makes new names in dir durable, and dir's own name in its parent.
// Windows neither needs nor allows it.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	for _, d := range []string{dir, filepath.Dir(filepath.Clean(dir))} {
		f, err := os.Open(d)
		if err != nil {
			if errors.Is(err, os.ErrPermission) {
				continue // a parent that may be searched but not read
			}
			return err
		}
		err = f.Sync()
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("sync directory: %w", err)
		}
	}
	return nil
}

// Close commits what waits, closes the database and unlocks the directory.
// Later calls of anything fail with [store.ErrClosed], or do nothing for Close.
func (s *Store) Close() error {
	if !s.queue.Close() {
		<-s.done
		return nil
	}
	<-s.done
	err := errors.Join(s.pool.close(), s.writer.close(), s.closed)
	if err := errors.Join(err, s.lock.Close()); err != nil {
		return fmt.Errorf("close data in %s: %w", s.dir, err)
	}
	return nil
}

// connect opens a connection with the settings that every one of ours has.
func connect(path string) (*sqlite.Conn, error) {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return nil, err
	}
	conn.SetBusyTimeout(busyTimeout)
	for _, setting := range []string{
		"journal_mode = WAL",
		"synchronous = FULL",
		"foreign_keys = ON",
		"trusted_schema = OFF",
		"temp_store = MEMORY",
	} {
		if err := pragma(conn, setting); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

// LastBeat implements [store.Store].
func (s *Store) LastBeat(ctx context.Context) (rules.Millis, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return rules.Millis(s.alive.Load()), nil
}

// Append implements [store.Store].
func (s *Store) Append(ctx context.Context, writes []store.Write) error {
	return s.queue.Append(ctx, writes)
}

// Beat implements [store.Store].
func (s *Store) Beat(ctx context.Context, now rules.Millis) error { return s.queue.Beat(ctx, now) }
