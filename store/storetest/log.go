package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"hansu/rules"
	"hansu/store"
)

func testEmpty(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	if got := records(t, s, 1, 1); got != nil {
		t.Errorf("records of no table: %v", got)
	}
	if got := tables(t, s); got != nil {
		t.Errorf("tables: %v", got)
	}
	if got := games(t, s, 0, 0, 0); got != nil {
		t.Errorf("games: %v", got)
	}
	if last, err := s.LastTable(ctx); last != 0 || err != nil {
		t.Errorf("LastTable = %d, %v", last, err)
	}
	if beat, err := s.LastBeat(ctx); beat != 0 || err != nil {
		t.Errorf("LastBeat = %d, %v", beat, err)
	}
	_, err := s.Table(ctx, "nowhere")
	wantErr(t, err, store.ErrNotFound)
	_, err = s.Game(ctx, "nowhere", 1)
	wantErr(t, err, store.ErrNotFound)
	if err := s.Append(ctx, nil); err != nil {
		t.Errorf("Append of nothing: %v", err)
	}
}

func testNumbering(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	wantErr(t, s.Append(ctx, []store.Write{write(1, 2)}), store.ErrConflict)
	fill(t, s, 1, 1, 3)
	wantErr(t, s.Append(ctx, []store.Write{write(1, 5)}), store.ErrConflict)
	fill(t, s, 1, 4, 5)
	fill(t, s, 2, 1, 2) // tables are numbered apart
	mustAppend(t, s, write(1, 6), write(2, 3), write(1, 7), write(2, 4))
	wantRecords(t, s, 1, 1, 7)
	wantRecords(t, s, 2, 1, 4)
	wantRecords(t, s, 1, 6, 7)
	wantRecords(t, s, 1, 7, 7)
	if got := records(t, s, 1, 8); got != nil {
		t.Errorf("records after the last: %v", got)
	}
	if got := records(t, s, 1, 0); len(got) != 7 {
		t.Errorf("%d records from 0 on, want all 7", len(got))
	}
}

func testIdentical(t *testing.T, h Harness) {
	s := h.Open(t)
	fill(t, s, 1, 1, 40)
	for _, seq := range []uint32{40, 39, 1, 20} {
		mustAppend(t, s, write(1, seq))
	}
	mustAppend(t, s, write(1, 38), write(1, 39), write(1, 40))
	wantRecords(t, s, 1, 1, 40)
	s = h.Reopen(t, s)
	mustAppend(t, s, write(1, 40))
	mustAppend(t, s, write(1, 12))
	wantRecords(t, s, 1, 1, 40)
}

func testConflict(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	fill(t, s, 1, 1, 5)
	for name, change := range map[string]func(*store.Record){
		"data":          func(r *store.Record) { r.Data = append([]byte(nil), r.Data...); r.Data[0] ^= 1 },
		"shorter data":  func(r *store.Record) { r.Data = r.Data[1:] },
		"no data":       func(r *store.Record) { r.Data = nil },
		"epoch":         func(r *store.Record) { r.Epoch++ },
		"time":          func(r *store.Record) { r.At++ },
		"time and span": func(r *store.Record) { r.At++; r.Deadline++ },
		"deadline":      func(r *store.Record) { r.Deadline++ },
		"no deadline":   func(r *store.Record) { r.Deadline = 0 },
	} {
		for _, seq := range []uint32{1, 3, 5} {
			w := write(1, seq)
			change(&w.Record)
			if err := s.Append(ctx, []store.Write{w}); !errors.Is(err, store.ErrConflict) {
				t.Errorf("other %s for record %d: error is %v, want ErrConflict", name, seq, err)
			}
		}
	}
	wantRecords(t, s, 1, 1, 5)
	fill(t, s, 1, 6, 6)
}

func testCallIsOneUnit(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	fill(t, s, 1, 1, 2)
	fill(t, s, 2, 1, 1)
	first := write(1, 3)
	first.Summary = summary(1, store.Active, "from the failed call")
	first.Game = game(1, 1)
	// The last write has a gap, so that nothing of the call may stay.
	wantErr(t, s.Append(ctx, []store.Write{first, write(3, 1), write(2, 3)}), store.ErrConflict)
	wantRecords(t, s, 1, 1, 2)
	wantRecords(t, s, 2, 1, 1)
	if got := records(t, s, 3, 1); got != nil {
		t.Errorf("records of a table that only the failed call had: %v", got)
	}
	if got := tables(t, s); got != nil {
		t.Errorf("summary of the failed call: %v", got)
	}
	if got := games(t, s, 0, 0, 0); got != nil {
		t.Errorf("game of the failed call: %v", got)
	}
	if last, err := s.LastTable(ctx); last != 2 || err != nil {
		t.Errorf("LastTable = %d, %v, want 2", last, err)
	}
	mustAppend(t, s, first, write(3, 1), write(2, 2))
	wantRecords(t, s, 1, 1, 3)
	wantRecords(t, s, 2, 1, 2)
	wantRecords(t, s, 3, 1, 1)
	if got := games(t, s, 0, 0, 0); len(got) != 1 || len(tables(t, s)) != 1 {
		t.Errorf("games %v, tables %v", got, tables(t, s))
	}
}

// testOverlappingCall: a retry may be grouped in another way than the first try.
func testOverlappingCall(t *testing.T, h Harness) {
	s := h.Open(t)
	fill(t, s, 1, 1, 3)
	mustAppend(t, s, write(1, 2), write(1, 3), write(1, 4), write(2, 1), write(1, 5))
	wantRecords(t, s, 1, 1, 5)
	wantRecords(t, s, 2, 1, 1)
}

func testRecordFields(t *testing.T, h Harness) {
	s := h.Open(t)
	want := []store.Record{
		{Table: 7, Seq: 1, Epoch: 1<<32 - 1, At: 0, Deadline: 0, Data: []byte{}},
		{Table: 7, Seq: 2, Epoch: 1<<32 - 1, At: 5, Deadline: 5, Data: []byte{0}},
		{Table: 7, Seq: 3, Epoch: 1<<32 - 1, At: 1 << 53, Deadline: 1, Data: []byte{255, 0}},
		{Table: 7, Seq: 4, Epoch: 1<<32 - 1, At: -3, Deadline: -1, Data: []byte("x")},
		{Table: 7, Seq: 5, Epoch: 1<<32 - 1, At: 2, Deadline: 1 << 60, Data: bytes.Repeat([]byte("가"), 300)},
	}
	for _, r := range want {
		mustAppend(t, s, store.Write{Record: r})
		mustAppend(t, s, store.Write{Record: r}) // and is found identical
	}
	huge := store.Record{Table: 1<<32 - 1, Seq: 1, Epoch: 1, At: 1, Data: []byte("last table")}
	mustAppend(t, s, store.Write{Record: huge})
	for range 2 {
		got := append(records(t, s, 7, 1), records(t, s, huge.Table, 1)...)
		for i, r := range append(want[:len(want):len(want)], huge) {
			g := got[i]
			same := bytes.Equal(g.Data, r.Data)
			g.Data, r.Data = nil, nil
			if !same || fmt.Sprint(g) != fmt.Sprint(r) {
				t.Errorf("record %+v, want %+v (data alike: %v)", g, r, same)
			}
		}
		s = h.Reopen(t, s)
	}
}

func testLargeRecords(t *testing.T, h Harness) {
	s := h.Open(t)
	const count = 9
	data := func(seq int) []byte { return bytes.Repeat([]byte{byte(seq), 1, 2, 3}, 50_000+seq) }
	for seq := 1; seq <= count; seq++ {
		mustAppend(t, s, store.Write{Record: store.Record{Table: 1, Seq: uint32(seq), Epoch: 1, At: 1, Data: data(seq)}})
	}
	got := records(t, s, 1, 1)
	if len(got) != count {
		t.Fatalf("%d records, want %d", len(got), count)
	}
	for i, r := range got {
		if !bytes.Equal(r.Data, data(i+1)) {
			t.Errorf("record %d: %d bytes, not what was stored", i+1, len(r.Data))
		}
	}
}

func testLongTable(t *testing.T, h Harness) {
	s := h.Open(t)
	const count = 3000
	writes := make([]store.Write, 0, 2*count)
	for seq := uint32(1); seq <= count; seq++ {
		writes = append(writes, write(1, seq), write(2, seq))
	}
	for len(writes) > 0 {
		n := min(len(writes), 700)
		mustAppend(t, s, writes[:n]...)
		writes = writes[n:]
	}
	wantRecords(t, s, 1, 1, count)
	wantRecords(t, s, 2, count-300, count)
}

func testRecordsStop(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	fill(t, s, 1, 1, 5)
	seen := 0
	stop := func(err error) func(store.Record) error {
		seen = 0
		return func(r store.Record) error {
			if seen++; r.Seq == 3 {
				return err
			}
			return nil
		}
	}
	if err := s.Records(ctx, 1, 2, stop(store.ErrStop)); err != nil || seen != 2 {
		t.Errorf("ErrStop: error %v after %d records, want none after 2", err, seen)
	}
	if err := s.Records(ctx, 1, 2, stop(fmt.Errorf("wrapped: %w", store.ErrStop))); err != nil || seen != 2 {
		t.Errorf("wrapped ErrStop: error %v after %d records, want none after 2", err, seen)
	}
	own := errors.New("own")
	if err := s.Records(ctx, 1, 1, stop(own)); !errors.Is(err, own) || seen != 3 {
		t.Errorf("error %v after %d records, want own after 3", err, seen)
	}
}

// testReadWithinRead: what is called for a row may use the store itself.
func testReadWithinRead(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	for id := store.TableID(1); id <= 3; id++ {
		w := write(id, 1)
		w.Summary = summary(id, store.Open, "")
		mustAppend(t, s, w)
	}
	err := s.Tables(ctx, func(sum store.Summary) error {
		return s.Records(ctx, sum.Table, 1, func(r store.Record) error {
			if err := s.Append(ctx, []store.Write{write(r.Table, 2)}); err != nil {
				return err
			}
			_, err := s.Table(ctx, sum.Code)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := store.TableID(1); id <= 3; id++ {
		wantRecords(t, s, id, 1, 2)
	}
}

func testBeat(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	want := func(want rules.Millis) {
		t.Helper()
		if got, err := s.LastBeat(ctx); got != want || err != nil {
			t.Fatalf("LastBeat = %d, %v, want %d", got, err, want)
		}
	}
	at := func(table store.TableID, seq uint32, at rules.Millis) store.Write {
		return store.Write{Record: store.Record{Table: table, Seq: seq, Epoch: 1, At: at, Data: []byte("x")}}
	}
	beat := func(now rules.Millis) {
		t.Helper()
		if err := s.Beat(ctx, now); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		beat(500)
		want(500)
		s = h.Reopen(t, s)
	}
	mustAppend(t, s, at(1, 1, 900), at(2, 1, 700)) // the latest is not the last
	want(900)
	s = h.Reopen(t, s)
	want(900)
	beat(800) // a clock that went back does not take the time known with it
	want(900)
	mustAppend(t, s, at(1, 2, 850))
	s = h.Reopen(t, s)
	want(900)
	wantErr(t, s.Append(ctx, []store.Write{at(1, 3, 5000), at(1, 9, 5000)}), store.ErrConflict)
	want(900)
	beat(1000)
	s = h.Reopen(t, s)
	want(1000)
}
