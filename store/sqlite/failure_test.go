package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"hansu/store"
)

// TestFailuresUnderLoad makes commits fail, before and after they are stored,
// while many callers append. Each tries its identical call again until it is settled;
// then all is there once, and LastBeat never ran ahead of what is stored.
func TestFailuresUnderLoad(t *testing.T) {
	const callers, each = 24, 60
	s, ctx := openTest(t, t.TempDir()), context.Background()
	var commits, unknown atomic.Int64
	s.queue.Between(func() {
		s.writer.fault = func(point string) error {
			n := commits.Add(1)
			if point == "commit" && n%7 == 0 || point == "committed" && n%11 == 0 {
				return errInjected
			}
			return nil
		}
	})
	var wg sync.WaitGroup
	for id := store.TableID(1); id <= callers; id++ {
		wg.Go(func() {
			for seq := uint32(1); seq <= each; seq += 2 {
				writes := []store.Write{{Record: killRecord(id, seq)}, {Record: killRecord(id, seq+1)}}
				if id%2 == 0 {
					writes[0].Summary = &store.Summary{Table: id, Code: string(rune('a' + id)), State: store.Active}
				}
				err := s.Append(ctx, writes)
				for try := 0; errors.Is(err, store.ErrUnknown) && try < 1000; try++ {
					unknown.Add(1)
					err = s.Append(ctx, writes)
				}
				if err != nil {
					t.Errorf("table %d, record %d: %v", id, seq, err)
					return
				}
			}
		})
	}
	wg.Wait()
	for id := store.TableID(1); id <= callers; id++ {
		if last := wantKillRecords(t, s, id); last != each {
			t.Errorf("table %d ends at %d, want %d", id, last, each)
		}
	}
	if unknown.Load() == 0 {
		t.Error("no call ever saw a failure")
	}
	t.Logf("%d unknown outcomes in %d commits", unknown.Load(), commits.Load())
	noProblems(t, s.dir)
}

// TestFailureIsLogged: the operator sees the engine's own text, and the recovery.
func TestFailureIsLogged(t *testing.T) {
	var log strings.Builder
	s, err := Open(context.Background(), t.TempDir(), Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	failOnce(s, "commit")
	err = s.Append(context.Background(), []store.Write{{Record: killRecord(1, 1)}})
	if !errors.Is(err, store.ErrUnknown) || !errors.Is(err, errInjected) {
		t.Errorf("error %v does not wrap both the contract's and the engine's", err)
	}
	appendKillRecords(t, s, 1, 1, 1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"commit failed", "error=injected", "disk works again"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log %q does not say %q", log.String(), want)
		}
	}
}

// TestForeignWriter: should another program ever write records, no number is
// given twice: the commit fails, and the caller finds out what is there.
func TestForeignWriter(t *testing.T) {
	for name, foreign := range map[string]string{
		"next id": `INSERT INTO records VALUES (4, 1, 4, 1, 4, 7, 1, x'00');
			UPDATE tails SET seq = 4, last = 4, due = 11 WHERE tbl = 1;`,
		"another id": `INSERT INTO records VALUES (900, 1, 4, 1, 4, 7, 897, x'00');
			UPDATE tails SET seq = 4, last = 900, due = 11 WHERE tbl = 1;`,
	} {
		t.Run(name, func(t *testing.T) {
			s, ctx := openTest(t, t.TempDir()), context.Background()
			appendKillRecords(t, s, 1, 1, 3)
			edit(t, s.dir, foreign)
			call := []store.Write{{Record: killRecord(1, 4)}}
			if err := s.Append(ctx, call); !errors.Is(err, store.ErrUnknown) {
				t.Errorf("error is %v, want ErrUnknown", err)
			}
			if err := s.Append(ctx, call); !errors.Is(err, store.ErrConflict) {
				t.Errorf("error is %v, want ErrConflict", err)
			}
			appendKillRecords(t, s, 1, 5, 5)
			noProblems(t, s.dir)
		})
	}
}

// TestManyTails: more tables than are remembered.
func TestManyTails(t *testing.T) {
	s := openTest(t, t.TempDir())
	const tables, keep = 60, 16
	s.queue.Between(func() {
		s.writer.keep = keep
	})
	for seq := uint32(1); seq <= 20; seq++ {
		for id := store.TableID(1); id <= tables; id++ {
			appendKillRecords(t, s, id, seq, seq)
		}
	}
	for id := store.TableID(1); id <= tables; id++ {
		if last := wantKillRecords(t, s, id); last != 20 {
			t.Errorf("table %d ends at %d, want 20", id, last)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(s.writer.tails); n > keep {
		t.Errorf("%d tails are remembered, at most %d should be", n, keep)
	}
	noProblems(t, s.dir)
}
