package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"hansu/rules"
	"hansu/store"
	"hansu/store/group"
)

// column is a parameter of the type bigint[] or bytea[] in the form in which it is sent. Made value by value in a buffer that
// stays, it costs a fraction of what it takes to encode a slice.
type column []byte

// Of that form.
const (
	oidBytea  = 17 // the types as the server numbers them
	oidBigint = 20

	columnCount = 12 // where the number of values is
	columnHead  = 20 // where the values begin
)

// reset makes it an array of nothing: one dimension, no NULL, the type, the number of values, and that they count from 1.
func (c *column) reset(oid uint32) {
	if cap(*c) > 1<<20 { // of one very large batch
		*c = nil
	}
	b := binary.BigEndian.AppendUint32((*c)[:0], 1)
	b = binary.BigEndian.AppendUint32(b, 0)
	b = binary.BigEndian.AppendUint32(b, oid)
	b = binary.BigEndian.AppendUint32(b, 0)
	*c = binary.BigEndian.AppendUint32(b, 1)
}

func (c *column) add(v int64) {
	*c = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(*c, 8), uint64(v))
}

func (c *column) addBytes(v []byte) {
	*c = append(binary.BigEndian.AppendUint32(*c, uint32(len(v))), v...)
}

// at is where the i-th number is; each has its length before it.
func (c column) at(i int) []byte { return c[columnHead+12*i+4:] }

func (c column) get(i int) int64    { return int64(binary.BigEndian.Uint64(c.at(i))) }
func (c column) set(i int, v int64) { binary.BigEndian.PutUint64(c.at(i), uint64(v)) }

// of says of how many values it is, all of them.
func (c column) of(n int) []byte {
	binary.BigEndian.PutUint32(c[columnCount:], uint32(n))
	return c
}

// moves is a batch in the form in which it is sent: a row for each table that moves on, and
// columns of records and of summaries. It is used again for the next.
type moves struct {
	at map[store.TableID]int // where a table's row is

	// The tables: each moves from first-1 to last.
	table, epoch, first, last, due column

	records                                int
	rTable, rSeq, rEpoch, rAt, rDue, rData column

	summaries map[store.TableID]*store.Summary
	games     []*store.Game
}

// reset makes it empty.
func (m *moves) reset() {
	if m.at == nil {
		m.at = make(map[store.TableID]int)
		m.summaries = make(map[store.TableID]*store.Summary)
	}
	clear(m.at)
	clear(m.summaries)
	clear(m.games)
	m.games = m.games[:0]
	m.records = 0
	for _, c := range []*column{&m.table, &m.epoch, &m.first, &m.last, &m.due, &m.rTable, &m.rSeq, &m.rEpoch, &m.rAt, &m.rDue} {
		c.reset(oidBigint)
	}
	m.rData.reset(oidBytea)
}

// add takes in a write; false if it does not follow on what is there already of its table.
func (m *moves) add(w *store.Write) bool {
	i, ok := m.at[w.Table]
	switch {
	case !ok:
		m.at[w.Table] = len(m.at)
		m.table.add(int64(w.Table))
		m.epoch.add(int64(w.Epoch))
		m.first.add(int64(w.Seq))
		m.last.add(int64(w.Seq))
		m.due.add(int64(w.Deadline))
	case m.epoch.get(i) != int64(w.Epoch) || m.last.get(i) != int64(w.Seq)-1:
		return false
	default:
		m.last.set(i, int64(w.Seq))
		m.due.set(i, int64(w.Deadline))
	}
	m.records++
	m.rTable.add(int64(w.Table))
	m.rSeq.add(int64(w.Seq))
	m.rEpoch.add(int64(w.Epoch))
	m.rAt.add(int64(w.At))
	m.rDue.add(int64(w.Deadline))
	m.rData.addBytes(w.Data)
	if w.Summary != nil {
		m.summaries[w.Table] = w.Summary
	}
	if w.Game != nil {
		m.games = append(m.games, w.Game)
	}
	return true
}

// moveTables is the fence: the update waits for a claim of the same row and then sees its epoch.
const moveTables = `
WITH inp AS (
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS i (table_id, epoch, first, last, due)
), old AS (
  UPDATE hansu.game_table AS t SET last_seq = i.last, due = i.due FROM inp AS i
  WHERE t.table_id = i.table_id AND t.epoch = i.epoch AND t.last_seq = i.first - 1 AND i.first > 1
  RETURNING t.table_id
), new AS (
  INSERT INTO hansu.game_table (table_id, owner, epoch, last_seq, due)
  SELECT table_id, $6, epoch, last, due FROM inp WHERE first = 1
  RETURNING table_id
)
SELECT hansu.require((SELECT count(*) FROM old) + (SELECT count(*) FROM new), $7)`

const insertEvents = `
INSERT INTO hansu.event (table_id, seq, epoch, at, due, data)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[])`

const upsertSummary = `
INSERT INTO hansu.summary (table_id, code, state, public, opened, seat1, seat2, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (table_id) DO UPDATE SET code = excluded.code, state = excluded.state, public = excluded.public,
  opened = excluded.opened, seat1 = excluded.seat1, seat2 = excluded.seat2, data = excluded.data, changed = clock_timestamp()`

const insertGame = `
INSERT INTO hansu.game (` + gameColumns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`

const (
	deleteSeat = "DELETE FROM hansu.seat WHERE table_id = $1"
	updateBeat = "UPDATE hansu.node SET beat = greatest(beat, $2) WHERE node_id = $1"
)

// statements are those that keep two writers apart. Tests put in others, to show what each is there for.
type statements struct {
	move, insert string
}

// prepared are the statements as a connection knows them.
type prepared struct {
	move, insert, summary, seat, game, beat *pgconn.StatementDescription
}

// prepare prepares what the connection does not know yet.
func (p *prepared) prepare(conn *pgx.Conn, sql statements) error {
	for _, s := range []struct {
		to  **pgconn.StatementDescription
		sql string
	}{
		{&p.move, sql.move}, {&p.insert, sql.insert}, {&p.summary, upsertSummary},
		{&p.seat, deleteSeat}, {&p.game, insertGame}, {&p.beat, updateBeat},
	} {
		var err error
		if *s.to, err = conn.Prepare(context.Background(), s.sql, s.sql); err != nil {
			return err
		}
	}
	return nil
}

// send sends the moves and the beat in one message, which is one transaction if none is under way, and waits for the
// outcome. The beat comes last: all transactions of a node change that row, and what comes after would not overlap.
func (w *writer) send(ctx context.Context, beat rules.Millis) error {
	p := w.conn.PgConn().StartPipeline(ctx)
	if err := w.queue(p, beat); err != nil {
		return errors.Join(err, p.Close()) // which closes the connection, too
	}
	if err := p.Sync(); err != nil {
		return err
	}
	return p.Close()
}

// binaryForm is that of all parameters of a statement.
var binaryForm = []int16{pgx.BinaryFormatCode}

func (w *writer) queue(p *pgconn.Pipeline, beat rules.Millis) error {
	m := &w.moves
	if tables := len(m.at); tables > 0 {
		p.SendQueryStatement(w.stmt.move, [][]byte{
			m.table.of(tables), m.epoch.of(tables), m.first.of(tables), m.last.of(tables), m.due.of(tables),
			[]byte(w.node), binary.BigEndian.AppendUint64(nil, uint64(tables)),
		}, binaryForm, nil)
		p.SendQueryStatement(w.stmt.insert, [][]byte{
			m.rTable.of(m.records), m.rSeq.of(m.records), m.rEpoch.of(m.records),
			m.rAt.of(m.records), m.rDue.of(m.records), m.rData.of(m.records),
		}, binaryForm, nil)
	}
	for id, s := range m.summaries {
		if err := w.add(p, w.stmt.summary, summaryArgs(s)...); err != nil {
			return err
		}
		if s.State != store.Open { // no place for anybody any more
			if err := w.add(p, w.stmt.seat, int64(id)); err != nil {
				return err
			}
		}
	}
	for _, g := range m.games {
		if err := w.add(p, w.stmt.game, gameArgs(g)...); err != nil {
			return err
		}
	}
	return w.add(p, w.stmt.beat, w.node, int64(beat))
}

// add queues a statement whose parameters are Go's.
func (w *writer) add(p *pgconn.Pipeline, s *pgconn.StatementDescription, args ...any) error {
	var b pgx.ExtendedQueryBuilder
	if err := b.Build(w.conn.TypeMap(), s, args); err != nil {
		return err
	}
	p.SendQueryStatement(s, b.ParamValues, b.ParamFormats, b.ResultFormats)
	return nil
}

func summaryArgs(s *store.Summary) []any {
	data := s.Data
	if data == nil {
		data = []byte{}
	}
	return []any{int64(s.Table), s.Code, int16(s.State), s.Public, s.Opened, s.Seats[0], s.Seats[1], data}
}

// one commits one call in a transaction of its own. What is there already, identical, is passed over.
func (w *writer) one(ctx context.Context, c *group.Call) error {
	return pgx.BeginFunc(ctx, w.conn, func(tx pgx.Tx) error {
		w.moves.reset()
		if c.Beat {
			return w.send(ctx, c.Now)
		}
		rest, err := missing(ctx, tx, c.Writes)
		if err != nil || len(rest) == 0 {
			return err
		}
		beat := rules.Millis(0)
		for _, wr := range rest {
			if !w.moves.add(wr) {
				return fmt.Errorf("%w: table %d, record %d is out of order", store.ErrConflict, wr.Table, wr.Seq)
			}
			beat = max(beat, wr.At)
		}
		return w.send(ctx, beat)
	})
}

// missing returns the writes whose records are not stored yet. Those that are must be identical. The rows
// of the tables are locked, so that the answer holds until the end of the transaction.
func missing(ctx context.Context, tx pgx.Tx, writes []store.Write) ([]*store.Write, error) {
	last := map[store.TableID]uint32{}
	var rest []*store.Write
	for i := range writes {
		w := &writes[i]
		seq, ok := last[w.Table]
		if !ok {
			err := tx.QueryRow(ctx, "SELECT last_seq FROM hansu.game_table WHERE table_id = $1 FOR UPDATE", int64(w.Table)).Scan(&seq)
			if err != nil && !errors.Is(err, pgx.ErrNoRows) {
				return nil, err
			}
			last[w.Table] = seq
		}
		if w.Seq > seq {
			same, err := repeated(rest, w)
			if err != nil {
				return nil, err
			}
			if !same {
				rest = append(rest, w)
			}
			continue
		}
		var r store.Record
		err := tx.QueryRow(ctx, "SELECT epoch, at, due, data FROM hansu.event WHERE table_id = $1 AND seq = $2", int64(w.Table), int64(w.Seq)).
			Scan(&r.Epoch, &r.At, &r.Deadline, &r.Data)
		if err != nil {
			return nil, err
		}
		if err := identical(&r, w); err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// repeated reports that w is among those before it in its call already.
func repeated(before []*store.Write, w *store.Write) (bool, error) {
	for _, b := range before {
		if b.Table == w.Table && b.Seq == w.Seq {
			return true, identical(&b.Record, w)
		}
	}
	return false, nil
}

func identical(r *store.Record, w *store.Write) error {
	if r.Epoch != w.Epoch || r.At != w.At || r.Deadline != w.Deadline || !bytes.Equal(r.Data, w.Data) {
		return fmt.Errorf("%w: table %d, record %d", store.ErrConflict, w.Table, w.Seq)
	}
	return nil
}
