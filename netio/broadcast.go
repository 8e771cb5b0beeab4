package netio

import (
	"sync"
	"sync/atomic"
)

// segmentSize is the room, in bytes, of one piece of the broadcast log.
const segmentSize = 64 << 10

// broadcastLog holds what one server has broadcast, as one stream of bytes in the
// one order that all connections see. A broadcast is copied into it once; every
// connection keeps a place in it (outbound) and sends straight from it, so that what was
// broadcast in one tick leaves in one write, without a copy or a queue entry a receiver.
//
// Bytes before end never change and may be read without the lock. A segment lives
// as long as a connection's place is in it or before it: the bound on a
// connection's queue bounds the log, and the garbage collector frees it.
type broadcastLog struct {
	mu   sync.Mutex // held to append: it is what makes the order one
	end  atomic.Uint64
	tail *segment // under mu
}

// segment is a piece of the log: the bytes from base on.
type segment struct {
	base uint64
	buf  []byte
	next atomic.Pointer[segment] // set before end passes base+len(buf)
}

func (l *broadcastLog) init() { l.tail = &segment{} }

// append adds a copy of p. Who calls it then wakes the connections' loops.
func (l *broadcastLog) append(p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	end := l.end.Load()
	for len(p) > 0 {
		n := copy(l.tail.buf[end-l.tail.base:], p)
		p = p[n:]
		end += uint64(n)
		if len(p) > 0 {
			s := &segment{base: end, buf: make([]byte, max(segmentSize, len(p)))}
			l.tail.next.Store(s)
			l.tail = s
		}
	}
	l.end.Store(end)
}

// place gives the log's present end and the segment it is in.
func (l *broadcastLog) place() (*segment, uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tail, l.end.Load()
}

// at gives the bytes from pos on that lie in one segment, up to limit, and the segment
// they are in. pos < limit ≤ end must hold.
func (s *segment) at(pos, limit uint64) (*segment, []byte) {
	for pos >= s.base+uint64(len(s.buf)) {
		s = s.next.Load()
	}
	to := min(limit, s.base+uint64(len(s.buf)))
	return s, s.buf[pos-s.base : to-s.base]
}
