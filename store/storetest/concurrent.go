package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"hansu/rules"
	"hansu/store"
)

func testReopen(t *testing.T, h Harness) {
	s := h.Open(t)
	next := uint32(1)
	for range 5 {
		fill(t, s, 1, next, next+2)
		fill(t, s, 2, next, next+2)
		next += 3
		s = h.Reopen(t, s)
		wantRecords(t, s, 1, 1, next-1)
		wantRecords(t, s, 2, 1, next-1)
	}
}

// testConcurrent: many callers, each with its own table, while others read.
func testConcurrent(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	const callers, each = 64, 30
	writing, stop := context.WithCancel(ctx)
	var writers, readers sync.WaitGroup
	for id := store.TableID(1); id <= callers; id++ {
		writers.Go(func() {
			for seq := uint32(1); seq <= each; seq++ {
				w := write(id, seq)
				if seq == 1 {
					w.Summary = summary(id, store.Active, "")
				}
				if err := s.Append(ctx, []store.Write{w}); err != nil {
					t.Errorf("table %d, record %d: %v", id, seq, err)
					return
				}
				if seq%10 == 0 {
					if err := s.Beat(ctx, rules.Millis(seq)); err != nil {
						t.Errorf("beat: %v", err)
					}
				}
			}
		})
	}
	for range 4 {
		readers.Go(func() {
			for writing.Err() == nil {
				readWhileWriting(t, s)
			}
		})
	}
	writers.Wait()
	stop()
	readers.Wait()
	for id := store.TableID(1); id <= callers; id++ {
		wantRecords(t, s, id, 1, each)
	}
	if n := len(tables(t, s)); n != callers {
		t.Errorf("%d tables, want %d", n, callers)
	}
}

// readWhileWriting checks that what is seen of a table in motion has no gap.
func readWhileWriting(t *testing.T, s store.Store) {
	ctx := context.Background()
	err := s.Tables(ctx, func(sum store.Summary) error {
		seen := uint32(0)
		err := s.Records(ctx, sum.Table, 1, func(r store.Record) error {
			if seen++; r.Seq != seen {
				t.Errorf("table %d: record %d after %d", sum.Table, r.Seq, seen-1)
			}
			return nil
		})
		if seen < sum.LastSeq {
			t.Errorf("table %d: %d records, its summary knows %d", sum.Table, seen, sum.LastSeq)
		}
		return err
	})
	if err != nil {
		t.Errorf("reading: %v", err)
	}
}

// testConcurrentConflict: of many callers that want the same number, one gets it,
// and nobody else's call suffers.
func testConcurrentConflict(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	const callers, rounds = 16, 20
	for seq := uint32(1); seq <= rounds; seq++ {
		var wg sync.WaitGroup
		var won, lost atomic.Int32
		for i := range callers {
			wg.Go(func() {
				w := write(1, seq)
				w.Data = []byte{byte(i)}
				writes := []store.Write{w}
				if i%2 == 1 {
					writes = []store.Write{write(store.TableID(1000+i), seq), w}
				}
				switch err := s.Append(ctx, writes); {
				case err == nil:
					won.Add(1)
				case errors.Is(err, store.ErrConflict):
					lost.Add(1)
				default:
					t.Errorf("record %d: %v", seq, err)
				}
			})
			wg.Go(func() {
				if err := s.Append(ctx, []store.Write{write(store.TableID(100+i), seq)}); err != nil {
					t.Errorf("an innocent call: %v", err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != callers-1 {
			t.Fatalf("record %d: %d won and %d lost, want 1 and %d", seq, won.Load(), lost.Load(), callers-1)
		}
		for i := 1; i < callers; i += 2 { // level the losers' other tables for the next round
			mustAppend(t, s, write(store.TableID(1000+i), seq))
		}
	}
	if n := len(records(t, s, 1, 1)); n != rounds {
		t.Errorf("%d records, want %d", n, rounds)
	}
	for i := range callers {
		wantRecords(t, s, store.TableID(100+i), 1, rounds)
		if i%2 == 1 {
			wantRecords(t, s, store.TableID(1000+i), 1, rounds)
		}
	}
}

// testCancelled: a context ends the wait, and the outcome says whether it was in time.
func testCancelled(t *testing.T, h Harness) {
	s := h.Open(t)
	done, cancel := context.WithCancel(context.Background())
	cancel()
	wantErr(t, s.Append(done, []store.Write{write(1, 1)}), context.Canceled)
	wantErr(t, s.Beat(done, 1), context.Canceled)
	wantErr(t, s.Tables(done, func(store.Summary) error { return nil }), context.Canceled)
	if got := records(t, s, 1, 1); got != nil {
		t.Fatalf("records %v of a call that was cancelled before it began", got)
	}
	var wg sync.WaitGroup
	for id := store.TableID(1); id <= 32; id++ {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			wg.Go(cancel)
			err := s.Append(ctx, []store.Write{write(id, 1)})
			switch got := records(t, s, id, 1); {
			case err == nil && len(got) != 1:
				t.Errorf("table %d: appended, but %d records", id, len(got))
			case err != nil && !errors.Is(err, context.Canceled):
				t.Errorf("table %d: %v", id, err)
			case err != nil && len(got) != 0:
				t.Errorf("table %d: cancelled, but %d records", id, len(got))
			}
		})
	}
	wg.Wait()
}

// testRefused: what cannot be stored is refused, none of the call is stored, and
// the error is none that asks for another try.
func testRefused(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	with := func(change func(*store.Write)) store.Write {
		w := write(1, 2)
		change(&w)
		return w
	}
	for name, w := range map[string]store.Write{
		"table 0":                  with(func(w *store.Write) { w.Table = 0 }),
		"record 0":                 with(func(w *store.Write) { w.Seq = 0 }),
		"another table's summary":  with(func(w *store.Write) { w.Summary = summary(2, store.Open, "") }),
		"a summary without a code": with(func(w *store.Write) { w.Summary = summary(1, store.Open, ""); w.Summary.Code = "" }),
		"a summary without state":  with(func(w *store.Write) { w.Summary = summary(1, 0, "") }),
		"another table's game":     with(func(w *store.Write) { w.Game = game(2, 1) }),
		"game 0":                   with(func(w *store.Write) { w.Game = game(1, 0) }),
		"a record of 64 MB":        with(func(w *store.Write) { w.Data = make([]byte, 64<<20) }),
	} {
		err := s.Append(ctx, []store.Write{write(1, 1), w})
		if err == nil || errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrConflict) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	if got := records(t, s, 1, 1); got != nil {
		t.Errorf("records %v of calls that were refused", got)
	}
}

// testUnknownOutcome: after a commit that failed, the identical call settles it,
// whether or not the first was stored.
func testUnknownOutcome(t *testing.T, h Harness) {
	if h.FailCommit == nil {
		t.Skip("the harness cannot make a commit fail")
	}
	for name, stored := range map[string]bool{"not stored": false, "stored": true} {
		t.Run(name, func(t *testing.T) {
			s, ctx := h.Open(t), context.Background()
			fill(t, s, 1, 1, 3)
			w := write(1, 4)
			w.Summary = summary(1, store.Active, "")
			w.Game = game(1, 1)
			for seq := uint32(1); seq <= 3; seq++ {
				call := []store.Write{w, write(2, seq)}
				h.FailCommit(s, stored)
				wantErr(t, s.Append(ctx, call), store.ErrUnknown)
				mustAppend(t, s, call...)
				mustAppend(t, s, call...)
				wantRecords(t, s, 2, 1, seq)
				if n := len(games(t, s, 0, 0, 0)); n != 1 {
					t.Errorf("%d games, want 1", n)
				}
			}
			wantRecords(t, s, 1, 1, 4)
			other := write(1, 4)
			other.Data = []byte("another")
			wantErr(t, s.Append(ctx, []store.Write{other}), store.ErrConflict)

			h.FailCommit(s, stored)
			wantErr(t, s.Beat(ctx, 1_000_000), store.ErrUnknown)
			if err := s.Beat(ctx, 1_000_000); err != nil {
				t.Fatal(err)
			}
			s = h.Reopen(t, s)
			wantRecords(t, s, 1, 1, 4)
			wantRecords(t, s, 2, 1, 3)
			if beat, err := s.LastBeat(ctx); beat != 1_000_000 || err != nil {
				t.Errorf("LastBeat = %d, %v", beat, err)
			}
		})
	}
}

func testClosed(t *testing.T, h Harness) {
	s, ctx := h.Open(t), context.Background()
	var wg sync.WaitGroup
	for id := store.TableID(1); id <= 8; id++ { // callers that Close finds waiting are served or told
		wg.Go(func() {
			for seq := uint32(1); ; seq++ {
				if err := s.Append(ctx, []store.Write{write(id, seq)}); err != nil {
					if !errors.Is(err, store.ErrClosed) {
						t.Errorf("table %d: %v", id, err)
					}
					return
				}
			}
		})
	}
	fill(t, s, 9, 1, 20)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
	wantErr(t, s.Append(ctx, []store.Write{write(1, 1)}), store.ErrClosed)
	wantErr(t, s.Beat(ctx, 1), store.ErrClosed)
	wantErr(t, s.Tables(ctx, func(store.Summary) error { return nil }), store.ErrClosed)
	_, err := s.LastTable(ctx)
	wantErr(t, err, store.ErrClosed)
}
