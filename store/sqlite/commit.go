package sqlite

import (
	"bytes"
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"

	"hansu/rules"
	"hansu/store"
	"hansu/store/group"
)

// statements are prepared once a connection.
type statements struct {
	begin, commit, savepoint, release, rollback *sqlite.Stmt

	insert, tail, newTail, moveTail, record *sqlite.Stmt
	summary, game, beat                     *sqlite.Stmt
}

func (s *statements) prepare(conn *sqlite.Conn) error {
	for _, p := range []struct {
		into  **sqlite.Stmt
		query string
	}{
		{&s.begin, "BEGIN IMMEDIATE"},
		{&s.commit, "COMMIT"},
		{&s.savepoint, "SAVEPOINT call"},
		{&s.release, "RELEASE call"},
		{&s.rollback, "ROLLBACK TO call"},
		{&s.insert, "INSERT INTO records (id, tbl, seq, epoch, at, due, back, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"},
		{&s.tail, "SELECT seq, last FROM tails WHERE tbl = ?"},
		{&s.newTail, "INSERT INTO tails (seq, last, due, tbl) VALUES (?, ?, ?, ?)"},
		{&s.moveTail, "UPDATE tails SET seq = ?, last = ?, due = ? WHERE tbl = ? AND seq = ?"},
		{&s.record, "SELECT tbl, seq, epoch, at, due, back, data FROM records WHERE id = ?"},
		{&s.summary, `INSERT INTO tables (id, code, state, public, opened, seat1, seat2, data)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
			ON CONFLICT (id) DO UPDATE SET code = ?2, state = ?3, public = ?4, opened = ?5, seat1 = ?6, seat2 = ?7, data = ?8`},
		{&s.game, `INSERT INTO games (tbl, number, code, kind, rules, size, opening, start, forbidden_loses,
			timing, main, extra, periods, stones, first, second, reason, winner, started, ended, plies, moves)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.beat, "UPDATE service SET beat = ?, upto = ?"},
	} {
		stmt, err := conn.Prepare(p.query)
		if err != nil {
			return err
		}
		*p.into = stmt
	}
	return nil
}

// tail is a table's end as the transaction under way has it.
type tail struct {
	seq    uint32 // number of the last record; 0: none yet
	stored uint32 // what the row in tails says until flush
	last   int64  // id of the last record
	due    rules.Millis
}

// undo is what a table's tail was before the call under way.
type undo struct {
	table store.TableID
	tail  tail
}

// apply puts a call's writes into the transaction, all or none. A conflict is the
// call's own error; the error returned is the engine's and concerns all.
func (w *writer) apply(c *group.Call) error {
	// One record alone changes nothing before it is known to fit.
	alone := len(c.Writes) == 1 && c.Writes[0].Summary == nil && c.Writes[0].Game == nil
	if !alone {
		if err := run(w.stmt.savepoint); err != nil {
			return fmt.Errorf("savepoint: %w", err)
		}
	}
	last, at := w.last, w.at
	w.undo = w.undo[:0]
	var err error
	for i := range c.Writes {
		if err = w.put(&c.Writes[i]); err != nil {
			break
		}
	}
	if err != nil && !errors.Is(err, store.ErrConflict) {
		return err
	}
	c.Err = err
	if alone {
		return nil
	}
	if err != nil {
		w.last, w.at = last, at
		for i := len(w.undo) - 1; i >= 0; i-- {
			w.tails[w.undo[i].table] = w.undo[i].tail
		}
		if err := run(w.stmt.rollback); err != nil {
			return fmt.Errorf("roll back to savepoint: %w", err)
		}
	}
	if err := run(w.stmt.release); err != nil {
		return fmt.Errorf("release savepoint: %w", err)
	}
	return nil
}

// put puts one write into the transaction, unless its record is there already:
// then what came with it is too, and may have been overtaken since.
func (w *writer) put(wr *store.Write) error {
	t, err := w.find(wr.Table)
	if err != nil {
		return err
	}
	switch {
	case wr.Seq > t.seq+1:
		return fmt.Errorf("%w: table %d, record %d after %d", store.ErrConflict, wr.Table, wr.Seq, t.seq)
	case wr.Seq <= t.seq:
		return w.compare(t, &wr.Record)
	}
	w.undo = append(w.undo, undo{wr.Table, t})
	if t.seq == t.stored {
		w.dirty = append(w.dirty, wr.Table)
	}
	if err := w.insert(t, &wr.Record); err != nil {
		return fmt.Errorf("insert record: %w", err)
	}
	if wr.Summary != nil {
		if err := w.summarise(wr.Summary); err != nil {
			return err
		}
	}
	if wr.Game != nil {
		return w.archive(wr.Game)
	}
	return nil
}

// find returns a table's tail, from memory or from its row.
func (w *writer) find(id store.TableID) (tail, error) {
	if t, ok := w.tails[id]; ok {
		return t, nil
	}
	var t tail
	stmt := w.stmt.tail
	stmt.BindInt64(1, int64(id))
	found, err := stmt.Step()
	if err == nil && found {
		t.seq = uint32(stmt.ColumnInt64(0))
		t.stored = t.seq
		t.last = stmt.ColumnInt64(1)
	}
	if err == nil {
		err = stmt.Reset()
	}
	if err != nil {
		return t, fmt.Errorf("read tail: %w", err)
	}
	w.tails[id] = t
	return t, nil
}

func (w *writer) insert(t tail, r *store.Record) error {
	id := w.last + 1
	back := id - t.last
	if t.seq == 0 {
		back = 0
	}
	stmt := w.stmt.insert
	stmt.BindInt64(1, id)
	stmt.BindInt64(2, int64(r.Table))
	stmt.BindInt64(3, int64(r.Seq))
	stmt.BindInt64(4, int64(r.Epoch))
	stmt.BindInt64(5, int64(r.At))
	if r.Deadline == 0 {
		stmt.BindNull(6)
	} else {
		stmt.BindInt64(6, int64(r.Deadline-r.At))
	}
	stmt.BindInt64(7, back)
	stmt.BindBytes(8, r.Data)
	if err := run(stmt); err != nil {
		return err
	}
	w.last = id
	w.at = max(w.at, r.At)
	w.tails[r.Table] = tail{seq: r.Seq, stored: t.stored, last: id, due: r.Deadline}
	return nil
}

// compare looks whether record r, whose number is taken, is the one that is
// there. A retry asks for one of the last, so following the chain is short.
func (w *writer) compare(t tail, r *store.Record) error {
	stmt := w.stmt.record
	for id := t.last; ; {
		stmt.BindInt64(1, id)
		found, err := stmt.Step()
		if err != nil {
			return fmt.Errorf("read record: %w", err)
		}
		if !found || store.TableID(stmt.ColumnInt64(0)) != r.Table {
			return fmt.Errorf("table %d: record %d is not where its chain says (id %d)", r.Table, r.Seq, id)
		}
		seq, back := uint32(stmt.ColumnInt64(1)), stmt.ColumnInt64(5)
		same := false
		if seq == r.Seq {
			same = equal(stmt, r)
		}
		if err := stmt.Reset(); err != nil {
			return fmt.Errorf("read record: %w", err)
		}
		switch {
		case same:
			return nil
		case seq == r.Seq:
			return fmt.Errorf("%w: table %d, record %d", store.ErrConflict, r.Table, r.Seq)
		case seq < r.Seq || back <= 0:
			return fmt.Errorf("table %d: chain ends at record %d before %d", r.Table, seq, r.Seq)
		}
		id -= back
	}
}

// equal compares r with the row that w.stmt.record is on.
func equal(stmt *sqlite.Stmt, r *store.Record) bool {
	at := rules.Millis(stmt.ColumnInt64(3))
	var deadline rules.Millis
	if !stmt.ColumnIsNull(4) {
		deadline = at + rules.Millis(stmt.ColumnInt64(4))
	}
	if uint32(stmt.ColumnInt64(2)) != r.Epoch || at != r.At || deadline != r.Deadline || stmt.ColumnLen(6) != len(r.Data) {
		return false
	}
	data := make([]byte, len(r.Data))
	stmt.ColumnBytes(6, data)
	return bytes.Equal(data, r.Data)
}

// flush writes the tails that the transaction moved, and the beat. It returns
// how many tails those were. The condition on seq is what keeps a second writer,
// should there ever be one, from putting another record at the same number.
func (w *writer) flush(beat bool) (int, error) {
	n := 0
	for _, id := range w.dirty {
		t := w.tails[id]
		if t.seq == t.stored {
			continue // its call was rolled back, or it is here twice
		}
		stmt := w.stmt.moveTail
		if t.stored == 0 {
			stmt = w.stmt.newTail
		} else {
			stmt.BindInt64(5, int64(t.stored))
		}
		stmt.BindInt64(1, int64(t.seq))
		stmt.BindInt64(2, t.last)
		if t.due == 0 {
			stmt.BindNull(3)
		} else {
			stmt.BindInt64(3, int64(t.due))
		}
		stmt.BindInt64(4, int64(id))
		if err := run(stmt); err != nil {
			return n, fmt.Errorf("write tail: %w", err)
		}
		if w.conn.Changes() != 1 {
			return n, fmt.Errorf("table %d: another program has written its records", id)
		}
		t.stored = t.seq
		w.tails[id] = t
		n++
	}
	w.dirty = w.dirty[:0]
	for id := range w.tails {
		if len(w.tails) <= w.keep {
			break
		}
		delete(w.tails, id)
	}
	if !beat {
		return n, nil
	}
	w.stmt.beat.BindInt64(1, int64(w.at))
	w.stmt.beat.BindInt64(2, w.last)
	if err := run(w.stmt.beat); err != nil {
		return n, fmt.Errorf("write beat: %w", err)
	}
	return n, nil
}

func (w *writer) summarise(s *store.Summary) error {
	stmt := w.stmt.summary
	stmt.BindInt64(1, int64(s.Table))
	stmt.BindText(2, s.Code)
	stmt.BindInt64(3, int64(s.State))
	stmt.BindBool(4, s.Public)
	stmt.BindInt64(5, s.Opened)
	for i, seat := range s.Seats {
		if seat == nil {
			stmt.BindNull(6 + i)
		} else {
			stmt.BindBytes(6+i, seat)
		}
	}
	stmt.BindBytes(8, s.Data)
	if err := run(stmt); err != nil {
		return taken(err, fmt.Sprintf("table %d: code %q is another table's", s.Table, s.Code))
	}
	return nil
}

// taken turns a violated uniqueness into a conflict.
func taken(err error, what string) error {
	if sqlite.ErrCode(err).ToPrimary() == sqlite.ResultConstraint {
		return fmt.Errorf("%w: %s", store.ErrConflict, what)
	}
	return fmt.Errorf("%s: %w", what, err)
}
