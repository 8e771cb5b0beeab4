package netio

import (
	"io"
	"net/netip"
	"sync"
	"time"
)

// streamParts bounds the slices of one gathered write.
const streamParts = 16

// stream is a connected socket on which reading and writing wait: Go's net for
// threads and for clients, a blocking descriptor for blocking.
type stream interface {
	// read waits for bytes and returns them in a buffer that the caller gives back
	// to readBuffers. The error is io.EOF at the peer's end.
	read() (*readBuffer, int, error)
	// tryWrite writes what the system takes at once, maybe nothing.
	tryWrite(parts [][]byte) (int, error)
	// write waits until all is written.
	write(parts [][]byte) (int, error)
	// closeWrite sends the peer our end.
	closeWrite() error
	// interrupt makes read and write return, now and from now on.
	interrupt()
	// close frees the socket; nobody may be in read or write. With reset the peer gets
	// a reset, and what the system still holds is lost.
	close(reset bool)
	local() netip.AddrPort
}

// readBuffer is what one read returns its bytes in. Streams take one when there is
// something to read, so that an idle client holds none.
type readBuffer [16 << 10]byte

var readBuffers = sync.Pool{New: func() any { return new(readBuffer) }}

// streamConn is a connection with a goroutine of its own, which reads and calls the
// handler, and a second one only while the peer does not take what is queued.
type streamConn struct {
	k      *core
	t      stream
	srv    *streamServer // nil for a client's connection
	remote netip.AddrPort
	data   any

	mu   sync.Mutex
	out  outbound
	err  error         // why it ends
	wake chan struct{} // closed at the next change, for who waits; nil when nobody does
	last *time.Timer   // set when closing

	busy      bool // a handler runs; its goroutine flushes afterwards
	writing   bool // a goroutine is writing or about to
	stalled   bool // the system refused a write since the queue was last empty
	broken    bool // a write failed: no more writing, reading goes on to its end
	paused    bool
	waste     int  // bytes thrown away since Close
	closing   bool // Close, Abort or an end of another kind
	endWrite  bool // CloseWrite, or Close: our end follows what is queued
	wroteEnd  bool
	readEnd   bool
	dead      bool // to be closed at once
	reset     bool
	refused   bool // over MaxClients: no handler but Refuse
	localAddr netip.AddrPort
}

// serve runs the connection to its end.
func (c *streamConn) serve() {
	c.begin()
	for c.awaitRead() {
		b, n, err := c.t.read()
		if n > 0 {
			c.received(b[:n])
		}
		if b != nil {
			readBuffers.Put(b)
		}
		if err != nil {
			c.readFailed(err)
		}
	}
	c.end()
}

func (c *streamConn) begin() {
	c.mu.Lock()
	c.busy = true
	c.mu.Unlock()
	if c.refused {
		c.k.cfg.Refuse(c)
		_ = c.Close()
	} else {
		c.k.h.Opened(c)
	}
	c.mu.Lock()
	if !c.refused && !c.closing {
		c.out.join(&c.k.casts)
	}
	c.handled()
	c.mu.Unlock()
}

func (c *streamConn) received(p []byte) {
	c.mu.Lock()
	if c.closing { // what comes after Close is read only to let the peer finish
		c.waste += len(p)
		c.mu.Unlock()
		return
	}
	c.busy = true
	c.mu.Unlock()
	c.k.h.Received(c, p)
	c.mu.Lock()
	c.handled()
	c.mu.Unlock()
}

// handled ends a handler's call: what it has queued leaves in one write. c.mu is held.
func (c *streamConn) handled() {
	c.busy = false
	if !c.writing {
		c.writing = true
		c.flush(false)
	}
}

// readFailed notes the end of reading and runs ReadEnded for the peer's orderly one.
func (c *streamConn) readFailed(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readEnd = true
	switch {
	case err != io.EOF:
		if !c.closing || c.out.pending(&c.k.casts) > 0 {
			c.kill(newError("recv", err), false)
		} else {
			c.kill(nil, false)
		}
	case c.closing:
	case c.broken:
		c.kill(nil, false)
	default:
		c.busy = true
		c.mu.Unlock()
		c.k.h.ReadEnded(c)
		c.mu.Lock()
		c.handled()
	}
}

// awaitRead waits until reading is to go on, or is false at the connection's end.
func (c *streamConn) awaitRead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		switch {
		case c.dead, c.readEnd && c.wroteEnd:
			return false
		case c.readEnd, c.paused && !c.closing, c.waste > wasteMost:
			c.await()
		default:
			return true
		}
	}
}

// await waits for the next change. c.mu is held, but not meanwhile.
func (c *streamConn) await() {
	if c.wake == nil {
		c.wake = make(chan struct{})
	}
	wake := c.wake
	c.mu.Unlock()
	<-wake
	c.mu.Lock()
}

func (c *streamConn) changed() {
	if c.wake != nil {
		close(c.wake)
		c.wake = nil
	}
}

// end closes the socket and makes the last call.
func (c *streamConn) end() {
	c.mu.Lock()
	c.closing, c.dead = true, true
	c.t.interrupt()
	for c.writing {
		c.await()
	}
	if c.last != nil {
		c.last.Stop()
	}
	c.out.drop()
	c.localAddr = c.t.local()
	c.t.close(c.reset)
	c.t = nil
	err := c.err
	c.mu.Unlock()
	if c.refused {
		c.k.refusing.Add(-1)
	} else {
		c.k.leave(err)
		c.k.h.Closed(c, err)
	}
	if c.srv != nil {
		c.srv.forget(c)
	}
}

// rooms are for the parts of one write. A variable would be allocated for each write, for a stream is called through
// its interface.
var rooms = sync.Pool{New: func() any { return new([streamParts][]byte) }}

// flush writes what is queued; c.writing was set by the caller, and c.mu is held, but not
// while writing. Without wait, what the system does not take at once is left to a new goroutine.
func (c *streamConn) flush(wait bool) {
	room := rooms.Get().(*[streamParts][]byte)
	defer rooms.Put(room)
	for !c.dead && !c.broken {
		parts := c.out.parts(room[:0], &c.k.casts)
		if len(parts) == 0 {
			c.stalled = false
			break
		}
		t, stalled, all := c.t, c.stalled, size(parts)
		c.mu.Unlock()
		var n int
		var err error
		if stalled && wait {
			n, err = t.write(parts)
		} else {
			n, err = t.tryWrite(parts)
		}
		c.mu.Lock()
		clear(parts)
		c.out.sent(n, &c.k.casts)
		switch {
		case err != nil:
			c.writeFailed(err)
		case n < all:
			c.stalled = true
			if !wait {
				go c.flushWaiting()
				return
			}
		}
	}
	c.writing = false
	if c.endWrite && !c.wroteEnd && !c.dead {
		c.finishWrite()
	}
	c.changed()
}

func (c *streamConn) flushWaiting() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flush(true)
}

// writeFailed gives up writing. What the peer sent before it went away is still read.
func (c *streamConn) writeFailed(err error) {
	if c.dead {
		return
	}
	if c.closing || c.paused || c.readEnd {
		c.kill(newError("send", err), false)
		return
	}
	c.broken = true
	c.err = newError("send", err)
	c.out.drop()
}

// finishWrite sends our end, and after Close bounds the wait for the peer's.
func (c *streamConn) finishWrite() {
	c.wroteEnd = true
	if c.broken || c.t.closeWrite() != nil || c.readEnd {
		if c.closing {
			c.kill(nil, false)
		}
		return
	}
	if c.closing {
		c.last.Reset(min(closeWait, c.k.cfg.Linger))
	}
}

// kill ends the connection at once, for the reason err if it is the first.
func (c *streamConn) kill(err error, reset bool) {
	if c.dead {
		return
	}
	c.dead, c.closing, c.reset = true, true, reset
	if c.err == nil {
		c.err = err
	}
	if c.t != nil {
		c.t.interrupt()
	}
	c.changed()
}

// lastly runs when the time for closing is over.
func (c *streamConn) lastly() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.wroteEnd {
		c.kill(ErrSlow, true)
	} else {
		c.kill(nil, false)
	}
}

// start begins a write of what is queued unless somebody does or will. c.mu is held.
func (c *streamConn) start() {
	if !c.busy && !c.writing {
		c.writing = true
		go c.flushWaiting()
	}
}

// Send queues p.
func (c *streamConn) Send(p []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.err == ErrSlow:
		return ErrSlow
	case c.closing || c.endWrite:
		return ErrClosed
	case c.broken:
		return c.err
	case !c.out.fits(len(p), c.k.cfg.Outbound, c.stalled, &c.k.casts):
		c.kill(ErrSlow, true)
		return ErrSlow
	}
	c.out.put(p, &c.k.casts)
	c.start()
	return nil
}

// Queued gives the bytes that the system has not taken yet.
func (c *streamConn) Queued() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.pending(&c.k.casts)
}

// CloseWrite sends our end after what is queued.
func (c *streamConn) CloseWrite() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closing:
		return ErrClosed
	case c.endWrite:
		return nil
	}
	c.endWrite = true
	c.out.leave(&c.k.casts)
	c.start()
	return nil
}

// Close sends what is queued and closes.
func (c *streamConn) Close() error {
	c.closeFor(nil)
	return nil
}

func (c *streamConn) closeFor(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return
	}
	c.closing, c.endWrite = true, true
	if c.err == nil {
		c.err = err
	}
	c.out.leave(&c.k.casts)
	c.last = time.AfterFunc(c.k.cfg.Linger, c.lastly)
	if c.wroteEnd && !c.busy && !c.writing {
		c.finishWrite()
	} else {
		c.start()
	}
	c.changed()
}

// Abort closes at once.
func (c *streamConn) Abort() { c.abortFor(nil) }

func (c *streamConn) abortFor(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kill(err, true)
}

// PauseRead stops Received calls.
func (c *streamConn) PauseRead() {
	c.mu.Lock()
	c.paused = true
	c.mu.Unlock()
}

// ResumeRead lets them go on.
func (c *streamConn) ResumeRead() {
	c.mu.Lock()
	c.paused = false
	c.changed()
	c.mu.Unlock()
}

// cast sends what has been broadcast since the connection's last write.
func (c *streamConn) cast() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out.seg == nil || c.dead {
		return
	}
	if !c.out.fits(0, c.k.cfg.Outbound, c.stalled, &c.k.casts) {
		c.kill(ErrSlow, true)
		return
	}
	c.start()
}

// LocalAddr is our end's address.
func (c *streamConn) LocalAddr() netip.AddrPort {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.t == nil {
		return c.localAddr
	}
	return c.t.local()
}

// RemoteAddr is the peer's address.
func (c *streamConn) RemoteAddr() netip.AddrPort { return c.remote }

// SetData keeps v with the connection.
func (c *streamConn) SetData(v any) { c.data = v }

// Data gives what SetData kept.
func (c *streamConn) Data() any { return c.data }

func size(parts [][]byte) int {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	return n
}
