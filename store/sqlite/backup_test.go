package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"hansu/store"
)

// TestBackup takes copies while the store is written to: each must be a state
// that was, later than what was acknowledged before, and whole.
func TestBackup(t *testing.T) {
	s, ctx := openTest(t, t.TempDir()), context.Background()
	appendKillRecords(t, s, 1, 1, 20)
	writing, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for id := store.TableID(2); id <= 4; id++ {
		wg.Go(func() {
			for seq := uint32(1); writing.Err() == nil; seq++ {
				if err := s.Append(ctx, []store.Write{{Record: killRecord(id, seq)}}); err != nil {
					t.Errorf("append: %v", err)
					return
				}
			}
		})
	}
	for range 3 {
		before := make(map[store.TableID]uint32)
		for id := store.TableID(1); id <= 4; id++ {
			before[id] = wantKillRecords(t, s, id)
		}
		dir := t.TempDir()
		file := filepath.Join(dir, FileName)
		if err := s.Backup(ctx, file); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("copy: mode %v, %v", info.Mode(), err)
		}
		copied := openTest(t, dir)
		for id, last := range before {
			if got := wantKillRecords(t, copied, id); got < last {
				t.Errorf("table %d: the copy ends at %d, before %d", id, got, last)
			}
		}
		noProblems(t, dir)
		appendKillRecords(t, copied, 1, 21, 22) // and can be gone on from
	}
	stop()
	wg.Wait()
	noProblems(t, s.dir)
}

func TestBackupRefused(t *testing.T) {
	s, ctx := openTest(t, t.TempDir()), context.Background()
	dir := t.TempDir()
	file := filepath.Join(dir, "there")
	if err := os.WriteFile(file, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(ctx, file); !errors.Is(err, fs.ErrExist) {
		t.Errorf("onto a file: %v", err)
	}
	if data, err := os.ReadFile(file); err != nil || string(data) != "dear" {
		t.Errorf("the file that was there is %q, %v", data, err)
	}
	if err := s.Backup(ctx, filepath.Join(dir, "no", "such", "place")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into no directory: %v", err)
	}
	if err := Backup(ctx, t.TempDir(), filepath.Join(dir, "copy")); err == nil {
		t.Error("of a directory without data: no error")
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Backup(done, filepath.Join(dir, "copy")); err == nil {
		t.Error("cancelled: no error")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestCheckFinds damages the data in one way each.
func TestCheckFinds(t *testing.T) {
	for name, test := range map[string]struct{ damage, want string }{
		"nothing":          {"", ""},
		"lost record":      {"DELETE FROM records WHERE tbl = 1 AND seq = 4", "table 1: record 5 (id 5) does not follow record 4"},
		"lost first":       {"DELETE FROM records WHERE tbl = 1 AND seq = 1", "table 1: record 2 (id 2) does not follow record 1"},
		"lost last":        {"DELETE FROM records WHERE tbl = 2 AND seq = 3", "table 2: its last record 3 is not at id 8"},
		"renumbered":       {"UPDATE records SET seq = 8 WHERE tbl = 2 AND seq = 2", "table 2: record 3 (id 8) does not follow record 2"},
		"of another table": {"UPDATE records SET tbl = 2 WHERE tbl = 1 AND seq = 5", "table 1: record 6 (id 9) does not follow record 5"},
		"tail moved back":  {"UPDATE tails SET seq = 2, last = 7 WHERE tbl = 2", "12 records, but the tables' last numbers add up to 11"},
		"no tail":          {"DELETE FROM tails WHERE tbl = 2", "12 records, but the tables' last numbers add up to 9"},
		"deadline":         {"UPDATE tails SET due = 5 WHERE tbl = 2", "table 2: its last record 3 is not at id 8"},
		"summary alone":    {"INSERT INTO tables VALUES (5, 'lone', 1, 1, 0, NULL, NULL, x'')", "table 5 (lone): has a summary and no record"},
		"game alone": {
			"INSERT INTO games VALUES (6, 2, 'lost', 1, 1, 15, 0, 0, 0, 0, 0, 0, 0, 0, 'a', 'b', 2, 1, 0, 0, 0, x'')",
			"table 6 (lost): game 2 is in the archive and no record",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := fresh(t)
			if test.damage != "" {
				edit(t, dir, test.damage+";")
			}
			var problems []string
			err := Check(context.Background(), dir, func(p string) { problems = append(problems, p) })
			if err != nil {
				t.Fatal(err)
			}
			if test.want == "" {
				if len(problems) > 0 {
					t.Errorf("problems %q in sound data", problems)
				}
				return
			}
			if !strings.Contains(strings.Join(problems, "\n"), test.want) {
				t.Errorf("problems %q, none is %q", problems, test.want)
			}
		})
	}
}

// TestCheckFindsBadPage overwrites a page in the middle of the file.
func TestCheckFindsBadPage(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	appendKillRecords(t, s, 1, 1, 300)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, FileName)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range pageSize {
		data[len(data)-3*pageSize+i] = 0xa5
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	problems := 0
	err = Check(context.Background(), dir, func(string) { problems++ })
	if problems == 0 && err == nil {
		t.Error("no problem found")
	}
}
