package nats

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"

	"hansu/bus"
)

// outboxBytes bounds what waits to be sent, payload and subjects; a socket that takes nothing fills it.
const outboxBytes = 8 << 20

type message struct {
	subject string
	data    []byte
}

// outbox is what was published and is not yet with nats.go, which writes to its socket under the lock that Publish
// needs.
type outbox struct {
	mu      sync.Mutex
	waiting []message
	bytes   int // of what waits
	closed  bool
	era     atomic.Uint64 // how often clear was called
	wake    chan struct{} // has a token when there is something to take, or it is closed
	idle    chan struct{} // closed once it is closed and all is sent
}

func (o *outbox) init() {
	o.wake = make(chan struct{}, 1)
	o.idle = make(chan struct{})
}

// put adds a copy of data.
func (o *outbox) put(subject string, data []byte, connected *atomic.Bool) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	size := len(subject) + len(data)
	switch {
	case o.closed:
		return bus.ErrClosed
	case !connected.Load(), o.bytes+size > outboxBytes: // under the lock, so that nothing comes behind clear
		return bus.ErrAway
	}
	o.waiting = append(o.waiting, message{subject, bytes.Clone(data)})
	o.bytes += size
	o.awake()
	return nil
}

func (o *outbox) awake() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// take waits for messages and takes all of them, with the era that they are of; false: closed, and none are left.
func (o *outbox) take() (_ []message, era uint64, _ bool) {
	for range o.wake {
		o.mu.Lock()
		batch, era := o.waiting, o.era.Load()
		o.waiting, o.bytes = nil, 0
		closed := o.closed
		o.mu.Unlock()
		if len(batch) > 0 {
			if closed {
				o.awake() // to come back and see the end
			}
			return batch, era, true
		}
		if closed {
			close(o.idle)
			break
		}
	}
	return nil, 0, false
}

// clear drops what waits, and what is taken and not yet sent.
func (o *outbox) clear() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting, o.bytes = nil, 0
	o.era.Add(1)
}

// close takes no more messages and waits until what was taken is sent; false: ctx ended before.
func (o *outbox) close(ctx context.Context) bool {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.awake()
	select {
	case <-o.idle:
		return true
	case <-ctx.Done():
		return false
	}
}
