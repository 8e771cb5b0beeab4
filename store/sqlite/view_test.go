package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"hansu/rules"
	"hansu/store"
)

// TestView reads beside the store that serves the directory, and after it is closed.
func TestView(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	defer func() {
		if !closed {
			s.Close()
		}
	}()
	v, err := OpenView(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	for n := uint16(1); n <= 40; n++ {
		w := store.Write{Record: killRecord(1, uint32(n))}
		w.Game = &store.Game{Table: 1, Number: n, Code: "ABC", Moves: []byte{1, 2}, Outcome: rules.Outcome{Reason: rules.Five}}
		if err := s.Append(ctx, []store.Write{w}); err != nil {
			t.Fatal(err)
		}
		g, err := v.Game(ctx, "ABC", n) // what is committed is seen at once
		if err != nil || g.Number != n || len(g.Moves) != 2 {
			t.Fatalf("game %d: %+v, %v", n, g, err)
		}
	}
	look := func() {
		t.Helper()
		games, records := 0, 0
		if err := v.Games(ctx, 0, 0, func(store.Game) error { games++; return nil }); err != nil || games != 40 {
			t.Errorf("%d games, %v", games, err)
		}
		if err := v.Records(ctx, 1, 1, func(store.Record) error { records++; return nil }); err != nil || records != 40 {
			t.Errorf("%d records, %v", records, err)
		}
	}
	look()
	closed = true
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	look()
	if _, err := v.Game(ctx, "ABC", 41); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a game that is not there: %v", err)
	}
	if err := v.Close(); err != nil {
		t.Error(err)
	}
	if _, err := v.Game(ctx, "ABC", 1); !errors.Is(err, store.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	openTest(t, dir) // nothing of the view is left in the way
}

func TestViewRefused(t *testing.T) {
	ctx := context.Background()
	empty := t.TempDir()
	if _, err := OpenView(ctx, empty); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no data: %v", err)
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	newer := fresh(t)
	edit(t, newer, "PRAGMA user_version = 99;")
	if _, err := OpenView(ctx, newer); !errors.Is(err, store.ErrNewer) {
		t.Errorf("newer data: %v", err)
	}
	blank := t.TempDir()
	if err := os.WriteFile(filepath.Join(blank, FileName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenView(ctx, blank); err == nil {
		t.Error("a file without a schema: no error")
	}
}
