package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"hansu/rules"
	"hansu/store"
	"hansu/store/group"
)

// writer owns a connection that writes. Only its goroutine touches it.
type writer struct {
	node   string
	cfg    *pgx.ConnConfig
	sql    statements
	log    *slog.Logger
	health *health

	conn   *pgx.Conn // nil after an error, until open succeeds
	since  int64     // the failures before conn was opened
	warned string    // a warning that came with the present commit
	stmt   prepared
	moves  moves // what is sent next

	// fault, in tests, is called at each point and may fail it.
	fault func(point string) error
}

// health is what the writers of a store know of each other: what was the end of one connection may be that of all.
type health struct {
	failures atomic.Int64
	failed   atomic.Bool // the last commit was
}

// newWriter returns a writer without a connection.
func newWriter(node string, cfg *pgx.ConnConfig, log *slog.Logger, h *health) *writer {
	w := &writer{node: node, cfg: cfg.Copy(), sql: statements{moveTables, insertEvents}, log: log, health: h}
	w.cfg.OnNotice = w.notice
	return w
}

// write is a writer's goroutine.
func (s *Store) write(w *writer) {
	var batch []*group.Call
	for {
		var more bool
		batch, more = s.queue.Take(batch[:0])
		if !more {
			return
		}
		w.commit(batch)
		s.queue.Done(batch)
		// Those who have just been answered may have more to say: let them say it, so
		// that one commit serves all and not each half of them in turn.
		runtime.Gosched()
	}
}

// open connects.
func (w *writer) open(ctx context.Context) error {
	w.since = w.health.failures.Load()
	conn, err := pgx.ConnectConfig(ctx, w.cfg)
	if err != nil {
		return err
	}
	// A server may have been told not to wait for its disk. What is acknowledged here must be on it; a
	// setting that waits for more (remote_apply) stays.
	_, err = conn.Exec(ctx, `SELECT set_config('synchronous_commit', 'on', false)
		WHERE current_setting('synchronous_commit') IN ('off', 'local')`)
	if err != nil {
		_ = conn.Close(ctx)
		return err
	}
	w.conn = conn
	return nil
}

// drop closes a connection that is not needed or not to be trusted any more.
func (w *writer) drop() {
	if w.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = w.conn.Close(ctx)
	w.conn = nil
}

// notice takes in what the server says beside its answers. A wait for a standby that was broken off is
// told in this way only, in the server's language.
func (w *writer) notice(_ *pgconn.PgConn, n *pgconn.Notice) {
	if n.SeverityUnlocalized == "WARNING" {
		w.warned = n.Message
	}
}

// commit gives every call of the batch its outcome.
func (w *writer) commit(batch []*group.Call) {
	for _, c := range batch {
		c.Err = nil
	}
	err := w.together(batch)
	if errors.Is(err, errSingly) {
		err = w.singly(batch)
	}
	if err == nil && w.fault != nil {
		if err = w.fault("committed"); err != nil {
			for _, c := range batch {
				c.Err = nil
			}
		}
	}
	if err == nil {
		if w.health.failed.CompareAndSwap(true, false) {
			w.log.Info("database works again")
		}
		return
	}
	for _, c := range batch {
		if c.Err == nil {
			c.Err = fmt.Errorf("%w: %w", store.ErrUnknown, err)
		}
	}
	w.health.failures.Add(1)
	w.health.failed.Store(true)
	w.log.Error("commit failed", "error", err, "calls", len(batch))
	w.drop()
}

// errSingly: nothing of the batch stands, and its calls must be tried one by one.
var errSingly = errors.New("not all of the batch fits")

// connected makes sure that there is a connection, and one that was made since the last failure of any.
func (w *writer) connected() error {
	if w.conn != nil && (w.conn.IsClosed() || w.since != w.health.failures.Load()) {
		w.drop()
	}
	if w.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), connectTime)
	defer cancel()
	return w.open(ctx)
}

// transact runs f, which must do all of its work in one transaction, and says what its outcome is.
func (w *writer) transact(f func(ctx context.Context) error) error {
	if err := w.connected(); err != nil {
		return err
	}
	if err := w.stmt.prepare(w.conn, w.sql); err != nil {
		return err
	}
	if w.fault != nil {
		if err := w.fault("commit"); err != nil {
			return err
		}
	}
	w.warned = ""
	err := f(context.Background()) // never cancelled
	switch {
	case err != nil:
		return err
	case w.warned != "":
		return fmt.Errorf("commit: %s", w.warned)
	}
	return nil
}

// together commits the whole batch in one message, or nothing of it: then the error is errSingly.
func (w *writer) together(batch []*group.Call) error {
	w.moves.reset()
	beat := rules.Millis(0)
	for _, c := range batch {
		if c.Beat {
			beat = max(beat, c.Now)
			continue
		}
		for i := range c.Writes {
			if !w.moves.add(&c.Writes[i]) {
				return errSingly
			}
			beat = max(beat, c.Writes[i].At)
		}
	}
	err := w.transact(func(ctx context.Context) error { return w.send(ctx, beat) })
	if refused(err) || again(err) {
		return errSingly
	}
	return err
}

// refused reports that the data did not fit what is stored.
func refused(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == conflict || pg.Code == "23505")
}

// again reports that the transaction stood in another's way and may be tried once more.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// retries is how often a call that stands in another's way is tried.
const retries = 5

// singly gives each call a transaction of its own. An error concerns the calls that have none yet.
func (w *writer) singly(batch []*group.Call) error {
	for _, c := range batch {
		var err error
		for range retries {
			if err = w.transact(func(ctx context.Context) error { return w.one(ctx, c) }); !again(err) {
				break
			}
		}
		switch {
		case errors.Is(err, store.ErrConflict):
			c.Err = err
		case refused(err):
			c.Err = fmt.Errorf("%w: %w", store.ErrConflict, err)
		case err != nil:
			return err
		}
	}
	return nil
}
