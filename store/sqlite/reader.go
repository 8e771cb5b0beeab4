package sqlite

import (
	"context"
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"

	"hansu/rules"
	"hansu/store"
)

// The most that is read at a time and kept in memory while callers see it.
const (
	chunkRows  = 256
	chunkBytes = 1 << 20
)

// Records implements [store.Store]. A table that has no records has none: that is no error.
func (s *Store) Records(ctx context.Context, id store.TableID, from uint32, f func(store.Record) error) error {
	var ids []int64 // of the records asked for, last first
	err := s.pool.with(ctx, func(conn *sqlite.Conn) (err error) {
		ids, err = chain(conn, id, max(from, 1))
		return err
	})
	var chunk recordChunk
	for err == nil && len(ids) > 0 {
		err = s.pool.with(ctx, func(conn *sqlite.Conn) error { return chunk.read(conn, ids) })
		if err != nil {
			break
		}
		ids = ids[:len(ids)-len(chunk.records)]
		for i := range chunk.records {
			if err := f(chunk.records[i]); err != nil {
				return stopped(err)
			}
		}
	}
	if err != nil {
		return fmt.Errorf("records of table %d: %w", id, err)
	}
	return nil
}

// stopped is what an iteration returns when the caller's function returned err.
func stopped(err error) error {
	if errors.Is(err, store.ErrStop) {
		return nil
	}
	return err
}

// chain returns the ids of a table's records from number from on, last first.
func chain(conn *sqlite.Conn, table store.TableID, from uint32) ([]int64, error) {
	stmt, err := conn.Prepare("SELECT seq, last FROM tails WHERE tbl = ?")
	if err != nil {
		return nil, err
	}
	stmt.BindInt64(1, int64(table))
	found, err := stmt.Step()
	if err != nil || !found {
		return nil, err
	}
	last, id := uint32(stmt.ColumnInt64(0)), stmt.ColumnInt64(1)
	if err := stmt.Reset(); err != nil || last < from {
		return nil, err
	}
	ids := make([]int64, 0, min(last-from+1, 4096))
	stmt, err = conn.Prepare("SELECT tbl, seq, back FROM records WHERE id = ?")
	if err != nil {
		return nil, err
	}
	for seq := last; ; seq-- {
		stmt.BindInt64(1, id)
		found, err := stmt.Step()
		if err != nil {
			return nil, err
		}
		if !found || store.TableID(stmt.ColumnInt64(0)) != table || uint32(stmt.ColumnInt64(1)) != seq {
			return nil, fmt.Errorf("record %d is not where its chain says (id %d)", seq, id)
		}
		ids = append(ids, id)
		id -= stmt.ColumnInt64(2)
		if err := stmt.Reset(); err != nil || seq == from {
			return ids, err
		}
	}
}

// recordChunk is some records of a table, in memory that the next ones use again.
type recordChunk struct {
	records []store.Record
	data    []byte
}

// read reads the records at the end of ids, which are in reverse.
func (c *recordChunk) read(conn *sqlite.Conn, ids []int64) error {
	c.records, c.data = c.records[:0], c.data[:0]
	stmt, err := conn.Prepare("SELECT tbl, seq, epoch, at, due, data FROM records WHERE id = ?")
	if err != nil {
		return err
	}
	for i := len(ids) - 1; i >= 0 && len(c.records) < chunkRows && len(c.data) < chunkBytes; i-- {
		stmt.BindInt64(1, ids[i])
		found, err := stmt.Step()
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("record with id %d is gone", ids[i])
		}
		r := store.Record{
			Table: store.TableID(stmt.ColumnInt64(0)),
			Seq:   uint32(stmt.ColumnInt64(1)),
			Epoch: uint32(stmt.ColumnInt64(2)),
			At:    rules.Millis(stmt.ColumnInt64(3)),
		}
		if !stmt.ColumnIsNull(4) {
			r.Deadline = r.At + rules.Millis(stmt.ColumnInt64(4))
		}
		c.data, r.Data = appendColumn(c.data, stmt, 5)
		c.records = append(c.records, r)
		if err := stmt.Reset(); err != nil {
			return err
		}
	}
	return nil
}

// appendColumn appends a column's bytes to buf and returns both. When buf has to
// grow, what was taken from the old one stays valid.
func appendColumn(buf []byte, stmt *sqlite.Stmt, col int) (all, column []byte) {
	n, size := len(buf), stmt.ColumnLen(col)
	if cap(buf)-n < size {
		n, buf = 0, make([]byte, 0, max(2*cap(buf), size, 16<<10))
	}
	buf = buf[:n+size]
	stmt.ColumnBytes(col, buf[n:])
	return buf, buf[n : n+size : n+size]
}

const summaryColumns = `SELECT t.id, t.code, t.state, t.public, t.opened, t.seat1, t.seat2, t.data,
	coalesce(l.seq, 0), coalesce(l.due, 0) FROM tables AS t `

// Table implements [store.Store].
func (s *Store) Table(ctx context.Context, code string) (store.Summary, error) {
	var found []store.Summary
	err := s.pool.with(ctx, func(conn *sqlite.Conn) error {
		stmt, err := conn.Prepare(summaryColumns + "LEFT JOIN tails AS l ON l.tbl = t.id WHERE t.code = ?")
		if err != nil {
			return err
		}
		stmt.BindText(1, code)
		found, err = rows(stmt, found, readSummary)
		return err
	})
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Summary{}, fmt.Errorf("table %q: %w", code, err)
	}
	return found[0], nil
}

// Tables implements [store.Store].
func (s *Store) Tables(ctx context.Context, f func(store.Summary) error) error {
	const query = summaryColumns + `INDEXED BY tables_running LEFT JOIN tails AS l ON l.tbl = t.id
		WHERE t.state <> 3 AND t.id > ? ORDER BY t.id LIMIT ?`
	var chunk []store.Summary
	for after := store.TableID(0); ; {
		err := s.pool.with(ctx, func(conn *sqlite.Conn) error {
			stmt, err := conn.Prepare(query)
			if err != nil {
				return err
			}
			stmt.BindInt64(1, int64(after))
			stmt.BindInt64(2, chunkRows)
			chunk, err = rows(stmt, chunk[:0], readSummary)
			return err
		})
		if err != nil {
			return fmt.Errorf("running tables: %w", err)
		}
		for _, t := range chunk {
			if err := f(t); err != nil {
				return stopped(err)
			}
			after = t.Table
		}
		if len(chunk) < chunkRows {
			return nil
		}
	}
}

// rows appends what every row reads as.
func rows[T any](stmt *sqlite.Stmt, dst []T, read func(*sqlite.Stmt) T) ([]T, error) {
	for {
		found, err := stmt.Step()
		if err != nil {
			return dst, err
		}
		if !found {
			return dst, stmt.Reset()
		}
		dst = append(dst, read(stmt))
	}
}

func readSummary(stmt *sqlite.Stmt) store.Summary {
	return store.Summary{
		Table:    store.TableID(stmt.ColumnInt64(0)),
		Code:     stmt.ColumnText(1),
		State:    store.State(stmt.ColumnInt64(2)),
		Public:   stmt.ColumnBool(3),
		Opened:   stmt.ColumnInt64(4),
		Seats:    [2][]byte{blob(stmt, 5), blob(stmt, 6)},
		Data:     blob(stmt, 7),
		LastSeq:  uint32(stmt.ColumnInt64(8)),
		Deadline: rules.Millis(stmt.ColumnInt64(9)),
	}
}

// blob returns a copy of a column's bytes, nil for NULL.
func blob(stmt *sqlite.Stmt, col int) []byte {
	if stmt.ColumnIsNull(col) {
		return nil
	}
	b := make([]byte, stmt.ColumnLen(col))
	stmt.ColumnBytes(col, b)
	return b
}

// LastTable implements [store.Store].
func (s *Store) LastTable(ctx context.Context) (store.TableID, error) {
	var last int64
	err := s.pool.with(ctx, func(conn *sqlite.Conn) error {
		stmt, err := conn.Prepare("SELECT max(coalesce((SELECT max(id) FROM tables), 0), coalesce((SELECT max(tbl) FROM tails), 0))")
		if err != nil {
			return err
		}
		if _, err := stmt.Step(); err != nil {
			return err
		}
		last = stmt.ColumnInt64(0)
		return stmt.Reset()
	})
	if err != nil {
		return 0, fmt.Errorf("last table: %w", err)
	}
	return store.TableID(last), nil
}
