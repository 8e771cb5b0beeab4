package netio

import (
	"net/netip"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// winConn is what a connection is on every Windows model of our own: its queue, its
// wishes (closing, paused) and the methods of Conn. The methods note the wish and
// call kick; the thread that serves the connection carries it out.
type winConn struct {
	k             *core
	sock          windows.Handle
	local, remote netip.AddrPort
	data          any
	refused       bool                 // over MaxClients: no handler but Refuse
	kick          func()               // hands the connection to its loop; called with mu held
	dispose       func(windows.Handle) // closes the socket; nil for closeSocket

	mu    sync.Mutex
	out   outbound
	err   error       // why it ends
	timer *time.Timer // set when closing

	kicked   bool // in its loop's list, or being served and looked at again afterwards
	paused   bool
	waste    int  // bytes thrown away since Close
	closing  bool // Close was called: what is received is thrown away
	endWrite bool // CloseWrite, or Close: our end follows what is queued
	wroteEnd bool
	readEnd  bool // the peer has ended sending
	stalled  bool // the system has refused a write since the queue was last empty
	broken   bool // a write failed: no more writing, reading goes on to its end
	expired  bool // the time that Close grants is over
	dead     bool // to be torn down as soon as nothing is under way
	reset    bool // and the peer is to get a reset
	done     bool // torn down, or about to be: nobody else touches the socket
}

// kickLocked hands the connection to its loop unless it is there already.
func (c *winConn) kickLocked() {
	if !c.kicked && !c.done {
		c.kicked = true
		c.kick()
	}
}

// Send implements Conn.
func (c *winConn) Send(p []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.err == ErrSlow:
		return ErrSlow
	case c.closing || c.endWrite || c.dead:
		return ErrClosed
	case c.broken:
		return c.err
	case len(p) == 0:
		return nil
	case !c.out.fits(len(p), c.k.cfg.Outbound, c.stalled, &c.k.casts):
		c.killLocked(ErrSlow, true)
		return ErrSlow
	}
	c.out.put(p, &c.k.casts)
	c.kickLocked()
	return nil
}

// Queued implements Conn.
func (c *winConn) Queued() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.pending(&c.k.casts)
}

// CloseWrite implements Conn.
func (c *winConn) CloseWrite() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closing || c.dead:
		return ErrClosed
	case c.endWrite:
		return nil
	}
	c.endWrite = true
	c.out.leave(&c.k.casts)
	c.kickLocked()
	return nil
}

// Close implements Conn.
func (c *winConn) Close() error {
	c.closeFor(nil)
	return nil
}

// closeFor closes in order; err is what Closed will tell.
func (c *winConn) closeFor(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing || c.dead {
		return
	}
	c.closing, c.endWrite = true, true
	if c.err == nil {
		c.err = err
	}
	c.out.leave(&c.k.casts)
	d := c.k.cfg.Linger
	if c.wroteEnd {
		d = min(closeWait, d)
	}
	c.timer = time.AfterFunc(d, c.expire)
	c.kickLocked()
}

// expire runs when the time for closing is over.
func (c *winConn) expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.done {
		c.expired = true
		c.kickLocked()
	}
}

// Abort implements Conn.
func (c *winConn) Abort() { c.abortFor(nil) }

func (c *winConn) abortFor(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.killLocked(err, true)
}

// killLocked asks for the end of the connection, for the reason err if it is the first.
func (c *winConn) killLocked(err error, reset bool) {
	if c.dead {
		return
	}
	c.dead, c.reset = true, reset
	if c.err == nil {
		c.err = err
	}
	c.kickLocked()
}

// PauseRead implements Conn.
func (c *winConn) PauseRead() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paused = true
}

// ResumeRead implements Conn.
func (c *winConn) ResumeRead() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paused {
		c.paused = false
		c.kickLocked()
	}
}

// LocalAddr implements Conn.
func (c *winConn) LocalAddr() netip.AddrPort {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.local
}

// RemoteAddr implements Conn. A client's connection has none before it is connected.
func (c *winConn) RemoteAddr() netip.AddrPort {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remote
}

func (c *winConn) setAddrs(local, remote netip.AddrPort) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.local, c.remote = local, remote
}

// SetData implements Conn.
func (c *winConn) SetData(v any) { c.data = v }

// Data implements Conn.
func (c *winConn) Data() any { return c.data }

// begin tells the program of a new connection, which afterwards gets all broadcasts.
func (c *winConn) begin() {
	if c.refused {
		c.k.cfg.Refuse(c)
		_ = c.Close()
		return
	}
	c.k.h.Opened(c)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.endWrite {
		c.out.join(&c.k.casts)
	}
}

// wantsReadLocked says whether what comes from the peer is to be read: to be handed
// over, or, while closing, to be thrown away so that the peer gets no reset, within a bound.
func (c *winConn) wantsReadLocked() bool {
	return !c.dead && !c.readEnd && (c.closing || !c.paused) && c.waste <= wasteMost
}

// received hands over what was read.
func (c *winConn) received(p []byte) {
	c.mu.Lock()
	gone := c.closing || c.dead
	if gone {
		c.waste += len(p)
	}
	c.mu.Unlock()
	if !gone {
		c.k.h.Received(c, p)
	}
}

// readEnded notes that call has received 0 bytes, the peer's end, and tells the program.
func (c *winConn) readEnded(call string) {
	c.mu.Lock()
	if !c.wroteEnd {
		if no := endOf(c.sock); no != 0 {
			c.mu.Unlock()
			c.readFailed(call, no)
			return
		}
	}
	c.readEnd = true
	tell := !c.closing && !c.dead && !c.broken
	if c.broken {
		c.killLocked(nil, false)
	}
	c.mu.Unlock()
	if tell {
		c.k.h.ReadEnded(c)
	}
}

// readFailed notes that nothing more can be read. When all that we had to say is
// sent and Close was called, a reset is as good an end as any.
func (c *winConn) readFailed(call string, no syscall.Errno) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readFailedLocked(call, no)
}

func (c *winConn) readFailedLocked(call string, no syscall.Errno) {
	c.readEnd = true
	if c.closing && c.out.pending(&c.k.casts) == 0 {
		c.killLocked(nil, false)
		return
	}
	c.killLocked(wsaErr(call, no), false)
}

// writeFailedLocked gives up writing. What the peer sent before it went away is
// still read.
func (c *winConn) writeFailedLocked(call string, no syscall.Errno) {
	if c.dead {
		return
	}
	err := wsaErr(call, no)
	if c.closing || c.paused || c.readEnd {
		c.killLocked(err, false)
		return
	}
	c.broken = true
	c.err = err
	c.out.drop()
}

// boundLocked ends a connection that has more queued for it than is allowed.
func (c *winConn) boundLocked() {
	if !c.dead && !c.out.fits(0, c.k.cfg.Outbound, c.stalled, &c.k.casts) {
		c.killLocked(ErrSlow, true)
	}
}

// progressLocked moves a connection that is being closed on as far as it can go;
// idle says that nothing is queued or on its way.
func (c *winConn) progressLocked(idle bool) {
	if c.dead {
		return
	}
	if c.endWrite && !c.wroteEnd && (idle || c.broken) {
		c.wroteEnd = true
		failed := c.broken || shutdownSocket(c.sock, sdSend) != nil
		if failed && c.closing {
			c.killLocked(nil, false)
			return
		}
		if c.timer != nil {
			c.timer.Reset(min(closeWait, c.k.cfg.Linger))
			c.expired = false
		}
	}
	switch {
	case c.wroteEnd && c.readEnd:
		c.killLocked(nil, false)
	case c.expired && c.wroteEnd:
		c.killLocked(nil, false)
	case c.expired:
		c.killLocked(ErrSlow, true)
	}
}

// finish frees the socket and makes the last call. Nothing may be under way any
// more, and the caller has set done under the lock.
func (c *winConn) finish() {
	c.mu.Lock()
	if c.timer != nil {
		c.timer.Stop()
	}
	c.out.drop()
	err := c.err
	c.mu.Unlock()
	if c.reset {
		setLingerZero(c.sock)
	}
	if c.dispose != nil {
		c.dispose(c.sock)
	} else {
		closeSocket(c.sock)
	}
	if c.refused {
		c.k.refusing.Add(-1)
		return
	}
	c.k.leave(err)
	c.k.h.Closed(c, err)
}

// wakeList holds the connections that a loop is to look at. Whoever adds the first
// one to a sleeping loop wakes it; nobody else pays for a wake-up.
type wakeList[C any] struct {
	mu    sync.Mutex
	list  []C
	awake bool
	wake  func() // wakes the loop; may be called from any thread
}

func (w *wakeList[C]) add(c C) {
	w.mu.Lock()
	w.list = append(w.list, c)
	sleeping := !w.awake
	w.awake = true
	w.mu.Unlock()
	if sleeping {
		w.wake()
	}
}

// hold notes that the loop is awake and going to take.
func (w *wakeList[C]) hold() {
	w.mu.Lock()
	w.awake = true
	w.mu.Unlock()
}

// rest notes that the loop is about to sleep, if nothing has been added.
func (w *wakeList[C]) rest() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.list) == 0 {
		w.awake = false
	}
	return !w.awake
}

// poke wakes the loop, if it sleeps, to look at something that is not in the list.
func (w *wakeList[C]) poke() {
	w.mu.Lock()
	sleeping := !w.awake
	w.awake = true
	w.mu.Unlock()
	if sleeping {
		w.wake()
	}
}

// take gives what was added since the last call and keeps spare, emptied, for what
// comes. With nothing there it notes that the loop is about to sleep.
func (w *wakeList[C]) take(spare []C) []C {
	clear(spare)
	w.mu.Lock()
	defer w.mu.Unlock()
	got := w.list
	w.list = spare[:0]
	if len(got) == 0 {
		w.awake = false
	}
	return got
}
