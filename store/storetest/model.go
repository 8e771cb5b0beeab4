package storetest

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"

	"hansu/rules"
	"hansu/store"
)

// model is a store in the plainest form, for comparison.
type model struct {
	records   map[store.TableID][]store.Record
	summaries map[store.TableID]store.Summary
	games     map[[2]int]store.Game
	beat      rules.Millis
}

// modelTables is few, so that calls meet.
const modelTables = 4

// Model does to a store what ops says, byte by byte, and the same to a plain
// model of it, and compares every outcome and finally everything. It is for
// fuzzing; Run runs it on random bytes.
func Model(t testing.TB, h Harness, ops []byte) {
	s, ctx := h.Open(t), context.Background()
	m := &model{
		records:   make(map[store.TableID][]store.Record),
		summaries: make(map[store.TableID]store.Summary),
		games:     make(map[[2]int]store.Game),
	}
	next := func() int {
		if len(ops) == 0 {
			return 0
		}
		b := ops[0]
		ops = ops[1:]
		return int(b)
	}
	for len(ops) > 0 {
		switch op := next(); op % 16 {
		case 0:
			s = h.Reopen(t, s)
		case 1:
			now := rules.Millis(next() * 100)
			if err := s.Beat(ctx, now); err != nil {
				t.Fatalf("Beat: %v", err)
			}
			m.beat = max(m.beat, now)
		default:
			call := m.call(1+op%3, next)
			if op&0x40 != 0 && h.FailCommit != nil {
				h.FailCommit(s, op&0x80 != 0)
				if err := s.Append(ctx, call); !errors.Is(err, store.ErrUnknown) {
					t.Fatalf("Append with a failing commit: %v", err)
				}
			}
			err, want := s.Append(ctx, call), m.append(call)
			if (want == nil) != (err == nil) || !errors.Is(err, want) {
				t.Fatalf("Append of %+v: %v, want %v", call, err, want)
			}
		}
	}
	m.compare(t, s)
	m.compare(t, h.Reopen(t, s))
}

// call makes n writes: mostly the next record of a table, else one that is there
// already, changed or not, or one too far.
func (m *model) call(n int, next func() int) []store.Write {
	call := make([]store.Write, n)
	for i := range call {
		how := next()
		id := store.TableID(1 + how%modelTables)
		seq := uint32(len(m.records[id])) + 1
		for _, earlier := range call[:i] {
			if earlier.Table == id {
				seq = max(seq, earlier.Seq+1)
			}
		}
		switch how / 4 % 8 {
		case 0:
			seq = max(seq, 2) - 1
		case 1:
			seq++
		}
		w := write(id, seq)
		if how/32%8 == 0 {
			w.Data = append(w.Data, 'x')
		}
		if with := next(); with%4 == 0 {
			w.Summary = summary(id, store.State(1+with/4%3), string(rune('a'+with/16)))
		} else if with%4 == 1 {
			w.Game = game(id, uint16(1+with/4%4))
		}
		call[i] = w
	}
	return call
}

// append is what Append should do: nil or ErrConflict.
func (m *model) append(call []store.Write) error {
	c := model{records: make(map[store.TableID][]store.Record), games: make(map[[2]int]store.Game)}
	summaries := make(map[store.TableID]store.Summary)
	at := m.beat
	for _, w := range call {
		log, ok := c.records[w.Table]
		if !ok {
			log = m.records[w.Table]
		}
		switch last := uint32(len(log)); {
		case w.Seq <= last && reflect.DeepEqual(log[w.Seq-1], w.Record):
			continue
		case w.Seq != last+1:
			return store.ErrConflict
		}
		c.records[w.Table] = append(log[:len(log):len(log)], w.Record)
		at = max(at, w.At)
		if w.Summary != nil {
			summaries[w.Table] = *w.Summary
		}
		if w.Game != nil {
			key := [2]int{int(w.Game.Table), int(w.Game.Number)}
			_, before := m.games[key]
			if _, now := c.games[key]; before || now {
				return store.ErrConflict
			}
			c.games[key] = *w.Game
		}
	}
	for id, log := range c.records {
		m.records[id] = log
	}
	for id, sum := range summaries {
		m.summaries[id] = sum
	}
	for key, g := range c.games {
		m.games[key] = g
	}
	m.beat = at
	return nil
}

// compare reads everything from s.
func (m *model) compare(t testing.TB, s store.Store) {
	t.Helper()
	ctx := context.Background()
	for id := store.TableID(1); id <= modelTables; id++ {
		log := m.records[id]
		if got := records(t, s, id, 1); len(got)+len(log) > 0 && !reflect.DeepEqual(got, log) {
			t.Fatalf("table %d holds %+v, want %+v", id, got, log)
		}
		sum, ok := m.summaries[id]
		got, err := s.Table(ctx, summary(id, store.Open, "").Code)
		if !ok {
			wantErr(t, err, store.ErrNotFound)
			continue
		}
		last := log[len(log)-1]
		sum.LastSeq, sum.Deadline = last.Seq, last.Deadline
		if err != nil || !reflect.DeepEqual(got, sum) {
			t.Fatalf("summary %+v, %v, want %+v", got, err, sum)
		}
	}
	running := 0
	for _, sum := range m.summaries {
		if sum.State != store.Shut {
			running++
		}
	}
	if got := tables(t, s); len(got) != running {
		t.Fatalf("%d running tables, want %d", len(got), running)
	}
	all := games(t, s, 0, 0, 0)
	if len(all) != len(m.games) {
		t.Fatalf("%d games, want %d", len(all), len(m.games))
	}
	for _, g := range all {
		if want := m.games[[2]int{int(g.Table), int(g.Number)}]; !reflect.DeepEqual(g, want) {
			t.Fatalf("game %+v, want %+v", g, want)
		}
	}
	if beat, err := s.LastBeat(ctx); err != nil || beat != m.beat {
		t.Fatalf("LastBeat = %d, %v, want %d", beat, err, m.beat)
	}
}

// testModel runs Model on bytes from a few seeds.
func testModel(t *testing.T, h Harness) {
	seeds, length := uint64(8), 400
	if h.Slow {
		seeds, length = 2, 200
	}
	for seed := range seeds {
		random := rand.New(rand.NewPCG(seed, 1))
		ops := make([]byte, length)
		for i := range ops {
			ops[i] = byte(random.Uint32())
		}
		t.Logf("seed %d", seed)
		Model(t, h, ops)
	}
}
