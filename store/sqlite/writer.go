package sqlite

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"hansu/rules"
	"hansu/store"
	"hansu/store/group"
)

const (
	// busyTimeout is how long another program (a person with the sqlite3 shell)
	// may hold the database before a commit fails.
	busyTimeout = 5 * time.Second
	// checkpointBytes is about how much is logged before the log is copied into
	// the database file and written from its start again.
	checkpointBytes = 4 << 20
	// maxTails bounds the tables whose last record is remembered, some 50 bytes each.
	maxTails = 1 << 17

	pageSize = 4096 // bytes
)

// writer owns the connection that writes. Only the writer goroutine touches it.
type writer struct {
	path  string
	steps []string // migrations
	log   *slog.Logger
	alive *atomic.Int64 // latest durable service time, ms

	conn    *sqlite.Conn // nil after an error, until open succeeds
	stmt    statements
	logged  int // bytes written since the last checkpoint, roughly
	commits int // for the benchmarks

	// What the transaction under way has come to; see commit.go.
	tails map[store.TableID]tail
	keep  int             // how many of tails to keep between commits
	dirty []store.TableID // tables whose tail must be written before the commit
	undo  []undo          // what the call under way has changed
	last  int64           // id of the last record
	at    rules.Millis    // latest service time

	// fault, in tests, is called at each point and may fail it.
	fault func(point string) error
}

// write is the writer goroutine.
func (s *Store) write() {
	defer close(s.done)
	w := &s.writer
	var batch []*group.Call
	for {
		var more bool
		batch, more = s.queue.Take(batch[:0])
		if !more {
			return
		}
		w.commit(batch)
		s.queue.Done(batch)
		w.checkpointIfDue()
		// Those who have just been answered may have more to say: let them say it, so
		// that one commit serves all and not each half of them in turn.
		runtime.Gosched()
	}
}

// open opens the connection, brings the schema up to date, and makes all that
// the log holds durable before anything is built on it: after a crash or a
// failed sync the log may have commits that are only in the system's memory.
func (w *writer) open() (err error) {
	conn, err := connect(w.path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			w.conn = nil
			err = errors.Join(err, conn.Close())
		}
	}()
	if err := migrate(conn, w.steps); err != nil {
		return err
	}
	// The log is kept short by checkpointIfDue, after callers have their answer;
	// this bound is for when that fails.
	for _, setting := range []string{"wal_autocheckpoint = 8192", "journal_size_limit = 67108864", "cache_size = -16384"} {
		if err := pragma(conn, setting); err != nil {
			return err
		}
	}
	switch whole, err := checkpoint(conn, "FULL"); {
	case err != nil:
		return err
	case !whole:
		return errors.New("checkpoint: another program is reading an old state of the database")
	}
	if err := w.stmt.prepare(conn); err != nil {
		return err
	}
	w.conn = conn
	w.logged = 0
	w.forget()
	return w.restore()
}

// forget drops all that was remembered of the database.
func (w *writer) forget() {
	w.tails = make(map[store.TableID]tail)
	w.dirty, w.undo = nil, nil
}

// restore reads the last record's id and the latest service time. Records after
// the last beat are read for theirs.
func (w *writer) restore() error {
	var beat, late int64
	if err := queryInt(w.conn, "SELECT coalesce(max(id), 0) FROM records", &w.last); err != nil {
		return err
	}
	if err := queryInt(w.conn, "SELECT beat FROM service", &beat); err != nil {
		return err
	}
	err := queryInt(w.conn, `SELECT coalesce(max(at), 0) FROM records WHERE id > (SELECT upto FROM service)`, &late)
	if err != nil {
		return err
	}
	w.at = rules.Millis(max(beat, late))
	w.alive.Store(int64(w.at))
	return nil
}

// checkpoint copies the log into the database file and syncs that. It reports
// whether all of it was copied: a reader of an older state can prevent that.
func checkpoint(conn *sqlite.Conn, mode string) (whole bool, err error) {
	var busy, frames, copied int64
	err = sqlitex.ExecuteTransient(conn, "PRAGMA wal_checkpoint("+mode+")", &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			busy, frames, copied = stmt.ColumnInt64(0), stmt.ColumnInt64(1), stmt.ColumnInt64(2)
			return nil
		},
	})
	if err != nil {
		return false, fmt.Errorf("checkpoint: %w", err)
	}
	return busy == 0 && frames == copied, nil
}

// checkpointIfDue runs between commits, when no caller of the last one waits any
// more. Its failure is no caller's: what was acknowledged is safe in the log.
func (w *writer) checkpointIfDue() {
	if w.conn == nil || w.logged < checkpointBytes {
		return
	}
	switch whole, err := checkpoint(w.conn, "PASSIVE"); {
	case err != nil:
		w.log.Error("checkpoint failed", "error", err)
		w.drop()
	case whole:
		w.logged = 0
	default:
		w.logged = checkpointBytes / 2 // again later, when the reader may be done
	}
}

// commit gives every call of the batch its outcome.
func (w *writer) commit(batch []*group.Call) {
	err := w.transact(batch)
	if err == nil {
		return
	}
	for _, c := range batch {
		c.Err = fmt.Errorf("%w: %w", store.ErrUnknown, err)
	}
	w.log.Error("commit failed", "error", err, "calls", len(batch))
	w.drop()
}

// drop closes a connection that is not to be trusted any more.
func (w *writer) drop() {
	if w.conn == nil {
		return
	}
	if err := w.conn.Close(); err != nil {
		w.log.Warn("close after failure", "error", err)
	}
	w.conn = nil
}

func (w *writer) close() error {
	if w.conn == nil {
		return nil
	}
	conn := w.conn
	w.conn = nil
	return conn.Close()
}

// transact applies the batch in one transaction. An error means that the
// outcome of all of it is unknown.
func (w *writer) transact(batch []*group.Call) error {
	if w.conn == nil {
		if err := w.open(); err != nil {
			return err
		}
		w.log.Info("disk works again")
	}
	if err := run(w.stmt.begin); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	beat, bytes, touched := false, 0, 0
	for _, c := range batch {
		c.Err = nil
		if c.Beat {
			beat = true
			w.at = max(w.at, c.Now)
			continue
		}
		if err := w.apply(c); err != nil {
			return err
		}
		bytes += c.Bytes
	}
	touched, err := w.flush(beat)
	if err != nil {
		return err
	}
	if w.fault != nil {
		if err := w.fault("commit"); err != nil {
			return err
		}
	}
	if err := run(w.stmt.commit); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if w.fault != nil {
		if err := w.fault("committed"); err != nil {
			return err
		}
	}
	w.alive.Store(int64(w.at))
	w.commits++
	// A commit logs whole pages: the last one of records, those its bytes fill,
	// those of the tails, and now and then a page above.
	w.logged += 3*pageSize + bytes + bytes/2 + touched*pageSize/16
	return nil
}

// run steps a statement that returns nothing.
func run(stmt *sqlite.Stmt) error {
	if _, err := stmt.Step(); err != nil {
		return err
	}
	return stmt.Reset()
}
