package server_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"hansu/rules"
	"hansu/store"
)

// memory is a store that keeps everything in maps, and fails when it is told to.
type memory struct {
	records map[store.TableID][]store.Record
	sums    map[store.TableID]store.Summary
	beat    rules.Millis
	fail    int  // so many appends have an unknown outcome
	landed  bool // and have happened all the same
}

func newMemory() *memory {
	return &memory{records: map[store.TableID][]store.Record{}, sums: map[store.TableID]store.Summary{}}
}

// Append implements store.Store.
func (m *memory) Append(_ context.Context, writes []store.Write) error {
	unknown := m.fail > 0
	if unknown {
		m.fail--
		if !m.landed {
			return store.ErrUnknown
		}
	}
	have := map[store.TableID]int{}
	for i := range writes {
		w := &writes[i]
		have[w.Table] = max(have[w.Table], len(m.records[w.Table]))
		switch old := m.records[w.Table]; {
		case int(w.Seq) <= len(old):
			if o := old[w.Seq-1]; o.At != w.At || o.Deadline != w.Deadline || !bytes.Equal(o.Data, w.Data) {
				return fmt.Errorf("%w: table %d, record %d", store.ErrConflict, w.Table, w.Seq)
			}
		case int(w.Seq) != have[w.Table]+1:
			return fmt.Errorf("%w: table %d, record %d after %d", store.ErrConflict, w.Table, w.Seq, have[w.Table])
		default:
			have[w.Table]++
		}
	}
	for _, w := range writes {
		if int(w.Seq) <= len(m.records[w.Table]) {
			continue
		}
		w.Data = slices.Clone(w.Data)
		m.records[w.Table] = append(m.records[w.Table], w.Record)
		m.beat = max(m.beat, w.At)
		if w.Summary != nil {
			m.sums[w.Table] = *w.Summary
		}
	}
	if unknown {
		return store.ErrUnknown
	}
	return nil
}

// Records implements store.Store.
func (m *memory) Records(_ context.Context, id store.TableID, from uint32, f func(store.Record) error) error {
	if m.records[id] == nil {
		return store.ErrNotFound
	}
	for _, r := range m.records[id][from-1:] {
		if err := f(r); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) row(id store.TableID) store.Summary {
	s, last := m.sums[id], m.records[id][len(m.records[id])-1]
	s.LastSeq, s.Deadline = last.Seq, last.Deadline
	return s
}

// Table implements store.Store.
func (m *memory) Table(_ context.Context, code string) (store.Summary, error) {
	for id, s := range m.sums {
		if s.Code == code {
			return m.row(id), nil
		}
	}
	return store.Summary{}, store.ErrNotFound
}

// Tables implements store.Store.
func (m *memory) Tables(_ context.Context, f func(store.Summary) error) error {
	last, _ := m.LastTable(context.Background())
	for id := store.TableID(1); id <= last; id++ {
		if s, ok := m.sums[id]; ok && s.State != store.Shut {
			if err := f(m.row(id)); err != nil {
				return err
			}
		}
	}
	return nil
}

// LastTable implements store.Store.
func (m *memory) LastTable(context.Context) (last store.TableID, _ error) {
	for id := range m.records {
		last = max(last, id)
	}
	return last, nil
}

// Games implements store.Store.
func (m *memory) Games(context.Context, store.TableID, uint16, func(store.Game) error) error {
	return nil
}

// Game implements store.Store.
func (m *memory) Game(context.Context, string, uint16) (store.Game, error) {
	return store.Game{}, store.ErrNotFound
}

// Beat implements store.Store.
func (m *memory) Beat(_ context.Context, now rules.Millis) error {
	m.beat = max(m.beat, now)
	return nil
}

// LastBeat implements store.Store.
func (m *memory) LastBeat(context.Context) (rules.Millis, error) { return m.beat, nil }

// Close implements store.Store.
func (m *memory) Close() error { return nil }
