// Package group is group commit: callers wait in a queue for a store's one writer, and all
// that waits when the writer is free goes into one transaction.
//
//	q := group.New()
//	go func() {
//		for batch, more := q.Take(nil); more; batch, more = q.Take(batch[:0]) {
//			… // commit all of it, set each Call's Err
//			for _, c := range batch {
//				c.Done()
//			}
//		}
//	}()
//	err := q.Append(ctx, writes) // from any goroutine
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

// Done gives the caller its outcome.
func (c *Call) Done() { c.done <- struct{}{} }

var calls = sync.Pool{New: func() any { return &Call{done: make(chan struct{}, 1)} }}

func (c *Call) recycle() {
	*c = Call{done: c.done}
	calls.Put(c)
}

// Queue is where callers wait for the writer, first come first served.
type Queue struct {
	mu      sync.Mutex
	waiting []*Call
	closed  bool
	wake    chan struct{} // has a token when there may be something to do
}

// New returns an empty queue.
func New() *Queue { return &Queue{wake: make(chan struct{}, 1)} }

// Between runs f while the writer takes nothing: a test may change what the writer will see.
func (q *Queue) Between(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	f()
}

func (q *Queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// Close lets nobody in any more; those who wait are still served. It reports whether it was the
// first to do so.
func (q *Queue) Close() bool {
	q.mu.Lock()
	first := !q.closed
	q.closed = true
	q.mu.Unlock()
	q.signal()
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
	first := len(q.waiting) == 1
	q.mu.Unlock()
	if first {
		q.signal()
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
	c.Writes = nil
	return true
}

// Take moves what fits one commit from the queue's front to batch. It waits
// until there is something, and returns false when there will be nothing more. One goroutine calls it.
func (q *Queue) Take(batch []*Call) ([]*Call, bool) {
	for {
		q.mu.Lock()
		n, records, bytes := 0, 0, 0
		for _, c := range q.waiting {
			if !c.gone {
				if len(batch) > 0 && (records+len(c.Writes) > maxRecords || bytes+c.Bytes > maxBytes) {
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
		closed := q.closed
		q.mu.Unlock()
		if len(batch) > 0 {
			return batch, true
		}
		if closed {
			return nil, false
		}
		<-q.wake
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
