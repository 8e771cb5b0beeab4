package netio

import (
	"math"
	"sync"
)

// tickSlack is how many bytes a program may queue for one client, over the bound,
// before the loop has had its first chance to write them.
const tickSlack = 1 << 20

// The sizes of pooled chunks, in bytes. A chunk is as large as what is queued
// already, so that a small answer costs little memory and a large one few chunks.
var chunkSizes = [...]int{512, 4 << 10, 32 << 10}

var chunkPools [len(chunkSizes)]sync.Pool

// chunk holds bytes of one connection's own sends.
type chunk struct {
	next *chunk
	buf  []byte // what was queued; its capacity is the room
	off  int    // bytes of buf already sent
	at   uint64 // these bytes follow the broadcasts before this place
	size uint8  // index in chunkSizes
}

func newChunk(need int) *chunk {
	size := 0
	for size < len(chunkSizes)-1 && chunkSizes[size] < need {
		size++
	}
	if c, ok := chunkPools[size].Get().(*chunk); ok {
		return c
	}
	return &chunk{buf: make([]byte, 0, chunkSizes[size]), size: uint8(size)}
}

func (c *chunk) free() {
	c.next, c.buf, c.off = nil, c.buf[:0], 0
	chunkPools[c.size].Put(c)
}

// outbound is one connection's queue: its own sends and its place in the server's
// broadcasts, in the order of the calls. All methods want the connection's lock.
// The slices that parts gives stay valid, and may be written without the lock, until
// sent or drop is called: so there is one writer at a time.
type outbound struct {
	head, tail *chunk
	own        int      // bytes in the chunks
	seg        *segment // nil until join
	pos        uint64   // the next broadcast byte to send
	limit      uint64   // broadcasts from here on are not for this connection
}

// join makes the connection a receiver of all broadcasts from now on.
func (o *outbound) join(l *broadcastLog) {
	o.seg, o.pos = l.place()
	o.limit = math.MaxUint64
}

// leave makes later broadcasts pass the connection by; what is queued stays.
func (o *outbound) leave(l *broadcastLog) {
	o.limit = min(o.limit, l.end.Load())
}

// until gives the place up to which broadcasts are to be sent.
func (o *outbound) until(l *broadcastLog) uint64 {
	if o.seg == nil {
		return 0
	}
	return min(o.limit, l.end.Load())
}

// pending gives the bytes queued.
func (o *outbound) pending(l *broadcastLog) int {
	return o.own + int(o.until(l)-o.pos)
}

// fits says whether n more bytes may be queued. stalled says that the system has
// refused a write since the queue was last empty, so that it is the peer who is slow.
func (o *outbound) fits(n, bound int, stalled bool, l *broadcastLog) bool {
	if !stalled {
		bound += tickSlack
	}
	return o.pending(l)+n <= bound
}

// put queues a copy of p after all that is queued.
func (o *outbound) put(p []byte, l *broadcastLog) {
	at := o.until(l)
	if t := o.tail; t != nil && t.at == at {
		n := min(len(p), cap(t.buf)-len(t.buf))
		t.buf = append(t.buf, p[:n]...)
		o.own += n
		p = p[n:]
	}
	for len(p) > 0 {
		c := newChunk(max(len(p), o.own))
		n := min(len(p), cap(c.buf))
		c.buf = append(c.buf, p[:n]...)
		c.at = at
		o.own += n
		p = p[n:]
		if o.tail == nil {
			o.head = c
		} else {
			o.tail.next = c
		}
		o.tail = c
	}
}

// parts appends to dst, up to its capacity, the slices to be written next.
func (o *outbound) parts(dst [][]byte, l *broadcastLog) [][]byte {
	c, seg, pos, until := o.head, o.seg, o.pos, o.until(l)
	for len(dst) < cap(dst) {
		switch {
		case c != nil && c.at <= pos:
			dst = append(dst, c.buf[c.off:])
			c = c.next
		case pos < until:
			to := until
			if c != nil {
				to = c.at
			}
			var p []byte
			seg, p = seg.at(pos, to)
			pos += uint64(len(p))
			dst = append(dst, p)
		default:
			return dst
		}
	}
	return dst
}

// sent takes the first n bytes off the queue.
func (o *outbound) sent(n int, l *broadcastLog) {
	for n > 0 {
		if c := o.head; c != nil && c.at <= o.pos {
			took := min(n, len(c.buf)-c.off)
			c.off += took
			o.own -= took
			n -= took
			if c.off == len(c.buf) {
				o.pop()
			}
			continue
		}
		to := o.until(l)
		if o.head != nil {
			to = o.head.at
		}
		seg, p := o.seg.at(o.pos, to)
		took := min(n, len(p))
		o.seg = seg
		o.pos += uint64(took)
		n -= took
	}
}

func (o *outbound) pop() {
	c := o.head
	o.head = c.next
	if o.head == nil {
		o.tail = nil
	}
	c.free()
}

// drop empties the queue and ends the part in broadcasts.
func (o *outbound) drop() {
	for o.head != nil {
		o.pop()
	}
	o.own, o.limit, o.pos, o.seg = 0, 0, 0, nil
}
