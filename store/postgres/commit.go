package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"hansu/rules"
	"hansu/store"
	"hansu/store/group"
)

// moves is a batch in the form in which it is sent: a row for each table that moves on, and
// columns of records and of summaries.
type moves struct {
	at map[store.TableID]int // where a table's row is

	// The tables: each moves from first-1 to last.
	table, epoch, first, last, due []int64

	// The records.
	rTable, rSeq, rEpoch, rAt, rDue []int64
	rData                           [][]byte

	summaries map[store.TableID]*store.Summary
	games     []*store.Game
}

// add takes in a write; false if it does not follow on what the batch already has of its table.
func (m *moves) add(w *store.Write) bool {
	if m.at == nil {
		m.at = make(map[store.TableID]int)
	}
	i, ok := m.at[w.Table]
	switch {
	case !ok:
		i = len(m.table)
		m.at[w.Table] = i
		m.table = append(m.table, int64(w.Table))
		m.epoch = append(m.epoch, int64(w.Epoch))
		m.first = append(m.first, int64(w.Seq))
		m.last = append(m.last, int64(w.Seq))
		m.due = append(m.due, int64(w.Deadline))
	case m.epoch[i] != int64(w.Epoch) || m.last[i] != int64(w.Seq)-1:
		return false
	default:
		m.last[i], m.due[i] = int64(w.Seq), int64(w.Deadline)
	}
	m.rTable = append(m.rTable, int64(w.Table))
	m.rSeq = append(m.rSeq, int64(w.Seq))
	m.rEpoch = append(m.rEpoch, int64(w.Epoch))
	m.rAt = append(m.rAt, int64(w.At))
	m.rDue = append(m.rDue, int64(w.Deadline))
	data := w.Data
	if data == nil {
		data = []byte{}
	}
	m.rData = append(m.rData, data)
	if w.Summary != nil {
		if m.summaries == nil {
			m.summaries = make(map[store.TableID]*store.Summary)
		}
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

// statements are those that keep two writers apart. Tests put in others, to show what each is there for.
type statements struct {
	move, insert string
}

// queue adds the statements to b. Sent in one message, they are one transaction.
func (m *moves) queue(b *pgx.Batch, node string, sql statements) {
	if len(m.table) > 0 {
		b.Queue(sql.move, m.table, m.epoch, m.first, m.last, m.due, node, int64(len(m.table)))
		b.Queue(sql.insert, m.rTable, m.rSeq, m.rEpoch, m.rAt, m.rDue, m.rData)
	}
	var taken []int64
	for id, s := range m.summaries {
		b.Queue(upsertSummary, summaryArgs(s)...)
		if s.State != store.Open {
			taken = append(taken, int64(id))
		}
	}
	if taken != nil { // no place for anybody any more
		b.Queue("DELETE FROM hansu.seat WHERE table_id = ANY ($1)", taken)
	}
	for _, g := range m.games {
		b.Queue(insertGame, gameArgs(g)...)
	}
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
		if c.Beat {
			_, err := tx.Exec(ctx, "UPDATE hansu.node SET beat = greatest(beat, $2) WHERE node_id = $1", w.node, c.Now)
			return err
		}
		rest, err := missing(ctx, tx, c.Writes)
		if err != nil || len(rest) == 0 {
			return err
		}
		var m moves
		beat := rules.Millis(0)
		for _, wr := range rest {
			if !m.add(wr) {
				return fmt.Errorf("%w: table %d, record %d is out of order", store.ErrConflict, wr.Table, wr.Seq)
			}
			beat = max(beat, wr.At)
		}
		var b pgx.Batch
		m.queue(&b, w.node, w.sql)
		b.Queue("UPDATE hansu.node SET beat = greatest(beat, $2) WHERE node_id = $1", w.node, beat)
		return tx.SendBatch(ctx, &b).Close()
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
