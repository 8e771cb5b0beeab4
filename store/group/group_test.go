package group

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"hansu/store"
)

func write(id store.TableID, seq uint32) []store.Write {
	return []store.Write{{Record: store.Record{Table: id, Seq: seq, Epoch: 1}}}
}

// waits waits until so many records do.
func waits(q *Queue, records int) {
	for {
		n := 0
		q.Between(func() { n = q.records })
		if n == records {
			return
		}
		runtime.Gosched()
	}
}

// tables appends a record to each of the tables from first to last, one call after the other, and waits until they wait.
func tables(t *testing.T, q *Queue, first, last store.TableID, seq uint32) *sync.WaitGroup {
	t.Helper()
	var all sync.WaitGroup
	before := 0
	q.Between(func() { before = q.records })
	for id := first; id <= last; id++ {
		all.Go(func() {
			if err := q.Append(context.Background(), write(id, seq)); err != nil {
				t.Errorf("table %d: %v", id, err)
			}
		})
		before++
		waits(q, before)
	}
	return &all
}

func take(t *testing.T, q *Queue) []*Call {
	t.Helper()
	batch, open := q.Take(nil)
	if !open {
		t.Fatal("the queue has ended")
	}
	return batch
}

// TestOneWriter: it takes all that waits.
func TestOneWriter(t *testing.T) {
	q := New(1)
	all := tables(t, q, 1, 3*shared, 1)
	batch := take(t, q)
	if len(batch) != 3*shared {
		t.Errorf("%d calls", len(batch))
	}
	q.Done(batch)
	all.Wait()
}

// TestShares: each of two writers has half of what there is, counting what the other has; of little, the first has all.
func TestShares(t *testing.T) {
	q := New(2)
	some := tables(t, q, 1, shared, 1)
	one := take(t, q)
	if len(one) != shared {
		t.Errorf("of %d calls, %d", shared, len(one))
	}
	more := tables(t, q, shared+1, 4*shared, 1)
	two := take(t, q)
	if len(two) != 2*shared {
		t.Errorf("of %d calls more, %d", 3*shared, len(two))
	}
	q.Done(one)
	one = take(t, q)
	if len(one) != shared {
		t.Errorf("of the %d that were left, %d", shared, len(one))
	}
	q.Done(two)
	q.Done(one)
	some.Wait()
	more.Wait()
}

// TestOneTableOneWriter: while a writer has a table, no other gets it, nor what came after the call that waits for that.
func TestOneTableOneWriter(t *testing.T) {
	q := New(2)
	first := tables(t, q, 1, 2, 1)
	one := take(t, q)
	apart := tables(t, q, 3, 3, 1)
	again := tables(t, q, 2, 2, 2)
	late := tables(t, q, 4, 4, 1)
	two := take(t, q)
	if len(two) != 1 || two[0].Writes[0].Table != 3 {
		t.Errorf("the other writer has %d calls, the first of table %d", len(two), two[0].Writes[0].Table)
	}
	q.Done(two)
	apart.Wait()
	blocked := make(chan []*Call)
	go func() {
		batch, _ := q.Take(nil)
		blocked <- batch
	}()
	q.Done(one)
	first.Wait()
	two = <-blocked
	if len(two) != 2 || two[0].Writes[0].Seq != 2 {
		t.Errorf("then %d calls, the first with record %d", len(two), two[0].Writes[0].Seq)
	}
	q.Done(two)
	again.Wait()
	late.Wait()
}

// TestManyWriters: a table is never with two of them, and every call is served once; who gave up waiting is not.
func TestManyWriters(t *testing.T) {
	const callers, each, ofTables = 40, 200, 10
	q := New(3)
	var writers, all sync.WaitGroup
	var mu sync.Mutex
	var served [ofTables + 1][]uint32
	var busy [ofTables + 1]bool
	var next [ofTables + 1]atomic.Uint32
	for range 3 {
		writers.Go(func() {
			for batch, open := q.Take(nil); open; batch, open = q.Take(batch[:0]) {
				mine := map[store.TableID]bool{}
				mu.Lock()
				for _, c := range batch {
					for _, w := range c.Writes {
						if busy[w.Table] && !mine[w.Table] {
							t.Errorf("two writers have table %d", w.Table)
						}
						busy[w.Table], mine[w.Table] = true, true
						served[w.Table] = append(served[w.Table], w.Seq)
					}
				}
				mu.Unlock()
				runtime.Gosched()
				mu.Lock()
				for id := range mine {
					busy[id] = false
				}
				mu.Unlock()
				q.Done(batch)
			}
		})
	}
	var gone atomic.Int64
	for i := range callers {
		all.Go(func() {
			id := store.TableID(i%ofTables + 1)
			for n := range each {
				ctx, cancel := context.WithCancel(context.Background())
				if n%7 == 0 {
					go cancel()
				}
				err := q.Append(ctx, write(id, next[id].Add(1)))
				cancel()
				if errors.Is(err, context.Canceled) {
					gone.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	q.Close()
	writers.Wait()
	total := 0
	for id, list := range served {
		total += len(list)
		slices.Sort(list)
		if len(slices.Compact(list)) != len(list) {
			t.Errorf("a call of table %d was served twice", id)
		}
	}
	if want := callers*each - int(gone.Load()); total != want {
		t.Errorf("%d calls served, want %d", total, want)
	}
	if q.records != 0 || q.flying != 0 || len(q.busy) != 0 {
		t.Errorf("left: %d records waiting, %d under way, %d tables", q.records, q.flying, len(q.busy))
	}
}

// TestClose: those who wait are served, others are not let in, and all writers end.
func TestClose(t *testing.T) {
	q := New(2)
	first := tables(t, q, 1, 1, 1)
	one := take(t, q)
	again := tables(t, q, 1, 1, 2)
	var writers sync.WaitGroup
	writers.Go(func() { // finds nothing that it may have, and must not end
		for batch, open := q.Take(nil); open; batch, open = q.Take(batch[:0]) {
			q.Done(batch)
		}
	})
	if !q.Close() || q.Close() {
		t.Error("closed not once")
	}
	if err := q.Append(context.Background(), write(9, 1)); !errors.Is(err, store.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	q.Done(one)
	first.Wait()
	again.Wait()
	writers.Wait()
	if _, open := q.Take(nil); open {
		t.Error("there is more")
	}
}
