// Package local is a bus inside one process: for tests of what runs on several nodes, and as the plainest
// example of the contract.
package local

import (
	"bytes"
	"slices"
	"sync"

	"hansu/bus"
)

// Hub joins nodes. Its lock covers all of them, so that every subscriber sees the messages of all nodes in one order.
type Hub struct {
	mu   sync.Mutex
	subs map[string][]*subscription
}

// NewHub returns a hub without nodes.
func NewHub() *Hub { return &Hub{subs: map[string][]*subscription{}} }

// Bus is a node at a hub.
type Bus struct {
	hub     *Hub
	mine    []*subscription // this and the next two under hub.mu
	cut     bool
	closed  bool
	running sync.WaitGroup // the subscriptions' goroutines
}

var _ bus.Bus = (*Bus)(nil)

// subscription is under hub.mu; its goroutine waits at ready.
type subscription struct {
	subject string
	node    *Bus
	waiting [][]byte
	bytes   int
	ready   *sync.Cond
}

// Join adds a node.
func (h *Hub) Join() *Bus { return &Bus{hub: h} }

// Publish implements [bus.Bus].
func (b *Bus) Publish(subject string, data []byte) error {
	if err := bus.Check(subject, data); err != nil {
		return err
	}
	data = bytes.Clone(data) // one copy for all: nobody changes it
	b.hub.mu.Lock()
	defer b.hub.mu.Unlock()
	switch {
	case b.closed:
		return bus.ErrClosed
	case b.cut:
		return bus.ErrAway
	}
	for _, s := range b.hub.subs[subject] {
		if s.node.cut || len(s.waiting) >= bus.PendingMessages || s.bytes+len(data) > bus.PendingBytes {
			continue
		}
		s.waiting = append(s.waiting, data)
		s.bytes += len(data)
		s.ready.Signal()
	}
	return nil
}

// Subscribe implements [bus.Bus].
func (b *Bus) Subscribe(subject string, f func(data []byte)) error {
	if err := bus.CheckSubject(subject); err != nil {
		return err
	}
	b.hub.mu.Lock()
	defer b.hub.mu.Unlock()
	if b.closed {
		return bus.ErrClosed
	}
	s := &subscription{subject: subject, node: b, ready: sync.NewCond(&b.hub.mu)}
	b.mine = append(b.mine, s)
	b.hub.subs[subject] = append(b.hub.subs[subject], s)
	b.running.Go(func() { s.deliver(f) })
	return nil
}

// deliver hands messages over until the node is closed.
func (s *subscription) deliver(f func(data []byte)) {
	for {
		data, ok := s.next()
		if !ok {
			return
		}
		f(data)
	}
}

// next waits for a message; false: the node is closed.
func (s *subscription) next() ([]byte, bool) {
	s.node.hub.mu.Lock()
	defer s.node.hub.mu.Unlock()
	for len(s.waiting) == 0 && !s.node.closed {
		s.ready.Wait()
	}
	if s.node.closed {
		return nil, false
	}
	data := s.waiting[0]
	s.waiting[0] = nil
	s.waiting = s.waiting[1:]
	s.bytes -= len(data)
	return data, true
}

// Connected implements [bus.Bus].
func (b *Bus) Connected() bool {
	b.hub.mu.Lock()
	defer b.hub.mu.Unlock()
	return !b.closed && !b.cut
}

// Cut cuts the node off from the others and from itself, or, with false, joins it again: a fault for tests. What has
// reached it before is still handed over.
func (b *Bus) Cut(cut bool) {
	b.hub.mu.Lock()
	defer b.hub.mu.Unlock()
	b.cut = cut
}

// Close implements [bus.Bus].
func (b *Bus) Close() error {
	b.leave()
	b.running.Wait()
	return nil
}

func (b *Bus) leave() {
	b.hub.mu.Lock()
	defer b.hub.mu.Unlock()
	b.closed = true
	for _, s := range b.mine {
		others := slices.DeleteFunc(b.hub.subs[s.subject], func(o *subscription) bool { return o == s })
		if b.hub.subs[s.subject] = others; len(others) == 0 {
			delete(b.hub.subs, s.subject)
		}
		s.waiting, s.bytes = nil, 0
		s.ready.Signal()
	}
	b.mine = nil
}
