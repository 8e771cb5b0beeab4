// Package group is group commit: callers wait in a queue for a store's writer, and what
// waits when the writer is free goes into one transaction.
//
//	q := group.New(1)
//	go func() {
//		for batch, open := q.Take(nil); open; batch, open = q.Take(batch[:0]) {
//			… // commit all of it, set each Call's Err
//			q.Done(batch)
//		}
//	}()
//	err := q.Append(ctx, writes) // from any goroutine
//
// There may be several writers, each with a transaction of its own under way. They never have the same table at a time,
// so that a table's records are written in the order in which their calls came.
package group

import (
	"context"
	"fmt"
	"sync"

	"hansu/rules"
	"hansu/store"
)

// The bounds of one commit. A single call that is larger goes alone.
const (
	maxRecords = 4096
	maxBytes   = 8 << 20
)

// MaxData is the most that a record's, a summary's or a game's bytes may be.
const MaxData = 1 << 20

// shared is how many records one writer takes though another could have half of them. Two halves wait for the disk one
// after the other, which pays if there is more to do for the records than that.
const shared = 64

// Call is one waiting caller, as the writer sees it. It is the writer's from Take to Done.
type Call struct {
	Writes []store.Write // of an Append
	Bytes  int           // what they hold, roughly
	Beat   bool          // a Beat instead, at Now
	Now    rules.Millis
	Err    error // the outcome

	done chan struct{} // has one token once Err is set

	// Under Queue.mu.
	taken bool // the writer has it: its outcome must be awaited
	gone  bool // its caller has left before that
}

var calls = sync.Pool{New: func() any { return &Call{done: make(chan struct{}, 1)} }}

func (c *Call) recycle() {
	*c = Call{done: c.done}
	calls.Put(c)
}

// Queue is where callers wait for a writer, first come first served.
type Queue struct {
	writers int

	mu      sync.Mutex
	waiting []*Call
	records int // of those who wait
	closed  bool
	wake    *sync.Cond // there may be something to do

	// Of several writers only.
	flying int                        // records taken and not done
	busy   map[store.TableID]struct{} // their tables
}

// New returns an empty queue for so many writers.
func New(writers int) *Queue {
	q := &Queue{writers: writers, busy: make(map[store.TableID]struct{})}
	q.wake = sync.NewCond(&q.mu)
	return q
}

// Between runs f while no writer takes anything: a test may change what the writers will see.
func (q *Queue) Between(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	f()
}

// Close lets nobody in any more; those who wait are still served. It reports whether it was the
// first to do so.
func (q *Queue) Close() bool {
	q.mu.Lock()
	first := !q.closed
	q.closed = true
	q.mu.Unlock()
	q.wake.Broadcast()
	return first
}

// submit hands c over and waits for its outcome; c is not the caller's any more.
func (q *Queue) submit(ctx context.Context, c *Call) error {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		c.recycle()
		return store.ErrClosed
	}
	q.waiting = append(q.waiting, c)
	q.records += len(c.Writes)
	first := len(q.waiting) == 1
	q.mu.Unlock()
	if first {
		q.wake.Signal()
	}
	select {
	case <-c.done:
	case <-ctx.Done():
		if q.leave(c) {
			return ctx.Err()
		}
		<-c.done
	}
	err := c.Err
	c.recycle()
	return err
}

// leave gives c up, unless the writer has it already.
func (q *Queue) leave(c *Call) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if c.taken {
		return false
	}
	c.gone = true
	q.records -= len(c.Writes)
	c.Writes = nil
	return true
}

// Take moves what fits one commit from the queue's front to batch. It waits
// until there is something, and returns false when there will be nothing more. One goroutine for each writer calls it,
// which gives what it took to Done before it takes more.
func (q *Queue) Take(batch []*Call) ([]*Call, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		n, records, bytes, most := 0, 0, 0, q.most()
		for _, c := range q.waiting {
			if !c.gone {
				if q.stands(c) || len(batch) > 0 && (records+len(c.Writes) > most || bytes+c.Bytes > maxBytes) {
					break
				}
				records += len(c.Writes)
				bytes += c.Bytes
				c.taken = true
				batch = append(batch, c)
			}
			n++
		}
		rest := copy(q.waiting, q.waiting[n:])
		clear(q.waiting[rest:])
		q.waiting = q.waiting[:rest]
		if len(batch) > 0 {
			if q.writers > 1 {
				q.took(batch)
			}
			q.records -= records
			return batch, true
		}
		if q.closed && len(q.waiting) == 0 {
			return nil, false
		}
		q.wake.Wait()
	}
}

// most is how many records a writer may take: its share, so that there is something for the others to do meanwhile. It
// counts what they have already, or the shares would stay as unequal as they happen to be.
func (q *Queue) most() int {
	if q.writers == 1 {
		return maxRecords
	}
	return min(maxRecords, max(shared, (q.records+q.flying+q.writers-1)/q.writers))
}

// stands reports that the call must wait for another writer, which has a table of it.
func (q *Queue) stands(c *Call) bool {
	if len(q.busy) == 0 {
		return false
	}
	for i := range c.Writes {
		if _, ok := q.busy[c.Writes[i].Table]; ok {
			return true
		}
	}
	return false
}

// took notes what one of several writers has, and wakes another for what it left.
func (q *Queue) took(batch []*Call) {
	for _, c := range batch {
		q.flying += len(c.Writes)
		for i := range c.Writes {
			q.busy[c.Writes[i].Table] = struct{}{}
		}
	}
	if len(q.waiting) > 0 {
		q.wake.Signal()
	}
}

// Done gives the callers of a batch their outcomes, and forgets the calls.
func (q *Queue) Done(batch []*Call) {
	if q.writers > 1 {
		q.free(batch)
	}
	for i, c := range batch {
		batch[i] = nil
		c.done <- struct{}{}
	}
}

// free lets others have the tables of a batch, before its callers can come back with more.
func (q *Queue) free(batch []*Call) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range batch {
		q.flying -= len(c.Writes)
		for i := range c.Writes {
			delete(q.busy, c.Writes[i].Table)
		}
	}
	switch {
	case q.closed: // nobody signals any more: all look whether it is over
		q.wake.Broadcast()
	case len(q.waiting) > 0:
		q.wake.Signal()
	}
}

// Append waits for the commit of writes, as [store.Store] says. What cannot be stored at all (a table or a
// number 0, a summary of another table, more than [MaxData] bytes) is refused
// with an error that is none of the contract's. A code that another table has
// is a [store.ErrConflict].
func (q *Queue) Append(ctx context.Context, writes []store.Write) error {
	if len(writes) == 0 {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	c := calls.Get().(*Call)
	c.Writes = writes
	for i := range writes {
		n, err := check(&writes[i])
		if err != nil {
			c.recycle()
			return fmt.Errorf("append: write %d of %d: %w", i+1, len(writes), err)
		}
		c.Bytes += n
	}
	return q.submit(ctx, c)
}

// Beat waits for the commit of a beat.
func (q *Queue) Beat(ctx context.Context, now rules.Millis) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c := calls.Get().(*Call)
	c.Beat, c.Now = true, now
	return q.submit(ctx, c)
}

// check refuses what no table's log can hold, and returns the write's size in bytes.
func check(w *store.Write) (int, error) {
	n := len(w.Data)
	switch {
	case w.Table == 0 || w.Seq == 0:
		return 0, fmt.Errorf("table %d, record %d: both count from 1", w.Table, w.Seq)
	case len(w.Data) > MaxData:
		return 0, fmt.Errorf("table %d, record %d: %d bytes, at most %d", w.Table, w.Seq, len(w.Data), MaxData)
	}
	if sum := w.Summary; sum != nil {
		size := len(sum.Code) + len(sum.Seats[0]) + len(sum.Seats[1]) + len(sum.Data)
		n += size
		switch {
		case sum.Table != w.Table || sum.Code == "" || sum.State < store.Open || sum.State > store.Shut:
			return 0, fmt.Errorf("table %d: summary of table %d, code %q, state %d", w.Table, sum.Table, sum.Code, sum.State)
		case size > MaxData:
			return 0, fmt.Errorf("table %d: summary of %d bytes, at most %d", w.Table, size, MaxData)
		}
	}
	if g := w.Game; g != nil {
		size := len(g.Code) + len(g.Names[0]) + len(g.Names[1]) + len(g.Moves)
		n += size
		switch {
		case g.Table != w.Table || g.Code == "" || g.Number == 0:
			return 0, fmt.Errorf("table %d: game %d of table %d, code %q", w.Table, g.Number, g.Table, g.Code)
		case size > MaxData:
			return 0, fmt.Errorf("table %d: game of %d bytes, at most %d", w.Table, size, MaxData)
		}
	}
	return n, nil
}
