package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"hansu/store"
)

func testSummary(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	w := write(4, 1)
	w.Summary = summary(4, store.Open, "one waits")
	mustAppend(t, s, w)
	want := *w.Summary
	want.LastSeq, want.Deadline = 1, w.Deadline
	check := func() {
		t.Helper()
		got, err := s.Table(ctx, want.Code)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("summary %+v, want %+v", got, want)
		}
		if want.State == store.Shut {
			return
		}
		if all := tables(t, s); len(all) != 1 || !reflect.DeepEqual(all[0], want) {
			t.Fatalf("tables %+v, want %+v", all, want)
		}
	}
	check()
	w = write(4, 2) // no summary: the row stays, but for what comes from the log
	mustAppend(t, s, w)
	want.LastSeq, want.Deadline = 2, w.Deadline
	check()
	w = write(4, 3)
	w.Deadline = 0
	w.Summary = &store.Summary{
		Table: 4, Code: "another-code", State: store.Active, Public: !want.Public, Opened: 1,
		Seats: [2][]byte{nil, {1, 2, 0, 3}}, Data: []byte{},
		LastSeq: 99, Deadline: 99, // not for the caller to say
	}
	mustAppend(t, s, w)
	want = *w.Summary
	want.LastSeq, want.Deadline = 3, 0
	check()
	s = h.Reopen(t, s)
	check()
	_, err := s.Table(ctx, summary(4, store.Open, "").Code)
	wantErr(t, err, store.ErrNotFound)
	w = write(4, 4)
	w.Summary = &want
	w.Summary.State = store.Shut
	mustAppend(t, s, w)
	want.LastSeq, want.Deadline = 4, w.Deadline
	check() // a table that is shut is still found by its code
	if all := tables(t, s); all != nil {
		t.Fatalf("tables %+v, want none", all)
	}
}

// testSummaryNotOlder: an identical record that comes late must not bring an
// old summary back.
func testSummaryNotOlder(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	early, late := write(1, 1), write(1, 2)
	early.Summary = summary(1, store.Open, "early")
	late.Summary = summary(1, store.Active, "late")
	mustAppend(t, s, early)
	mustAppend(t, s, late)
	mustAppend(t, s, early)
	got, err := s.Table(ctx, early.Summary.Code)
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Data) != "late" || got.State != store.Active {
		t.Fatalf("summary %q, state %d: the late one is gone", got.Data, got.State)
	}
}

func testCodeTaken(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	w := write(1, 1)
	w.Summary = summary(1, store.Open, "")
	mustAppend(t, s, w)
	w = write(2, 1)
	w.Summary = summary(2, store.Open, "")
	w.Summary.Code = summary(1, store.Open, "").Code
	wantErr(t, s.Append(ctx, []store.Write{w}), store.ErrConflict)
	if got := records(t, s, 2, 1); got != nil {
		t.Fatalf("records %v without their summary", got)
	}
	w.Summary.Code = "free"
	mustAppend(t, s, w)
	wantRecords(t, s, 2, 1, 1)
}

func testTables(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	states := []store.State{store.Open, store.Shut, store.Active, store.Open, store.Shut, store.Active}
	for _, i := range []int{3, 0, 5, 2, 1, 4} { // opened in another order than their ids
		w := write(store.TableID(i+1), 1)
		w.Summary = summary(w.Table, states[i], "")
		mustAppend(t, s, w)
	}
	mustAppend(t, s, write(9, 1)) // has no summary, so nobody lists it
	var ids []store.TableID
	for _, sum := range tables(t, s) {
		ids = append(ids, sum.Table)
	}
	if want := []store.TableID{1, 3, 4, 6}; !reflect.DeepEqual(ids, want) {
		t.Fatalf("tables %v, want %v", ids, want)
	}
	seen := 0
	err := s.Tables(ctx, func(store.Summary) error { seen++; return store.ErrStop })
	if err != nil || seen != 1 {
		t.Errorf("ErrStop: error %v after %d tables, want none after 1", err, seen)
	}
	own := errors.New("own")
	wantErr(t, s.Tables(ctx, func(store.Summary) error { return own }), own)
}

func testTablesMany(t *testing.T, h Harness) {
	s := h.Open(t)
	const count = 1500
	var writes []store.Write
	for id := store.TableID(1); id <= count; id++ {
		w := write(id, 1)
		w.Summary = summary(id, store.Active, fmt.Sprint(id))
		writes = append(writes, w)
	}
	mustAppend(t, s, writes...)
	got := tables(t, s)
	if len(got) != count {
		t.Fatalf("%d tables, want %d", len(got), count)
	}
	for i, sum := range got {
		id := store.TableID(i + 1)
		if sum.Table != id || string(sum.Data) != fmt.Sprint(id) || sum.LastSeq != 1 || sum.Deadline != record(id, 1).Deadline {
			t.Fatalf("table %d is %+v", id, sum)
		}
	}
}

func testLastTable(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	want := func(want store.TableID) {
		t.Helper()
		if got, err := s.LastTable(ctx); got != want || err != nil {
			t.Fatalf("LastTable = %d, %v, want %d", got, err, want)
		}
	}
	w := write(5, 1)
	w.Summary = summary(5, store.Open, "")
	mustAppend(t, s, w)
	want(5)
	w = write(5, 2)
	w.Summary = summary(5, store.Shut, "")
	mustAppend(t, s, w)
	want(5) // a number is never used again
	mustAppend(t, s, write(8, 1))
	want(8)
	s = h.Reopen(t, s)
	want(8)
}

func testGame(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	w := write(3, 1)
	w.Game = game(3, 1)
	mustAppend(t, s, w)
	mustAppend(t, s, w) // a second time, the record is there, and so is the game
	zero := store.Write{Record: record(3, 2), Game: &store.Game{Table: 3, Number: 2, Code: "code-3", Moves: []byte{}}}
	mustAppend(t, s, zero)
	for range 2 {
		for number, want := range map[uint16]*store.Game{1: w.Game, 2: zero.Game} {
			got, err := s.Game(ctx, "code-3", number)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, *want) {
				t.Errorf("game %+v, want %+v", got, *want)
			}
		}
		_, err := s.Game(ctx, "code-3", 3)
		wantErr(t, err, store.ErrNotFound)
		_, err = s.Game(ctx, "code-4", 1)
		wantErr(t, err, store.ErrNotFound)
		s = h.Reopen(t, s)
	}
}

func testGamesPaging(t *testing.T, h Harness) {
	s := h.Open(t)
	var want [][2]int // table, number; newest first
	for id := 1; id <= 60; id++ {
		for number := 1; number <= 1+id%3; number++ {
			w := write(store.TableID(id), uint32(number))
			w.Game = game(store.TableID(id), uint16(number))
			mustAppend(t, s, w)
			want = append([][2]int{{id, number}}, want...)
		}
	}
	key := func(g store.Game) [2]int { return [2]int{int(g.Table), int(g.Number)} }
	for _, page := range []int{1, 7, len(want), len(want) + 1} {
		var got [][2]int
		var last store.Game
		for {
			games := games(t, s, last.Table, last.Number, page)
			for _, g := range games {
				got = append(got, key(g))
			}
			if len(games) < page {
				break
			}
			last = games[len(games)-1]
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("pages of %d: %v, want %v", page, got, want)
		}
	}
	// A cursor need not be a game that is there.
	if got := games(t, s, 30, 1, 1); len(got) != 1 || key(got[0]) != [2]int{29, 3} {
		t.Errorf("before (30, 1): %v", got)
	}
	if got := games(t, s, 30, 900, 1); len(got) != 1 || key(got[0]) != [2]int{30, 1} {
		t.Errorf("before (30, 900): %v", got)
	}
	own := errors.New("own")
	wantErr(t, s.Games(context.Background(), 0, 0, func(store.Game) error { return own }), own)
}

func testGameTaken(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	w := write(1, 1)
	w.Game = game(1, 1)
	mustAppend(t, s, w)
	w = write(1, 2)
	w.Game = game(1, 1)
	wantErr(t, s.Append(ctx, []store.Write{w}), store.ErrConflict)
	wantRecords(t, s, 1, 1, 1)
	w.Game = game(1, 2)
	mustAppend(t, s, w)
	wantRecords(t, s, 1, 1, 2)
}
