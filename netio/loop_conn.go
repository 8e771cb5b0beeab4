//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package netio

import (
	"net/netip"
	"sync"
	"sync/atomic"
)

// What a connection has been asked. The flags are set under loopConn.mu and read
// by the loop without it.
const (
	flagPaused   = 1 << iota // PauseRead
	flagEndWrite             // CloseWrite or Close: our end follows what is queued
	flagClosing              // Close, or any end
	flagDead                 // to be closed at once
	flagReset                // and with a reset
	flagBroken               // a write failed: no more writing, reading goes on to its end
	flagDeaf                 // closing, and enough was read and thrown away
)

// unread reports whether flags leave what the peer sends where it is. A pause does not outlast Close.
func unread(flags uint32) bool {
	return flags&flagDeaf != 0 || flags&(flagPaused|flagClosing) == flagPaused
}

// loopConn is a connection of an event loop, readiness and completion alike. Idle, it
// is all the memory that its client costs.
type loopConn struct {
	l      *loop
	data   any
	remote netip.AddrPort
	final  *netip.AddrPort // our end's address once fd is closed, if Server.Addr does not tell
	next   *loopConn       // in loop.posted, while posted is set

	flags atomic.Uint32

	mu      sync.Mutex
	fd      int32 // -1 when closed; the loop's own reads need no lock
	out     outbound
	err     error // why it ends; the first reason counts
	posted  bool  // the loop will look at it
	stalled bool  // the system refused a write since the queue was last empty

	// The rest is the loop's own.
	ended    bool // its socket is closed, or about to be
	refused  bool // over MaxClients: no handler but Refuse
	readEnd  bool
	wroteEnd bool
	ready    bool // events: there may be more to read
	hangup   bool // events: read on to the end, a short read notwithstanding
	again    bool // in loop.again
	sending  bool // completion: a send is under way
	//lint:ignore U1000 completion's, so on Linux alone
	reading bool // completion: a multishot receive is under way
	//lint:ignore U1000 completion's, so on Linux alone
	stopping bool // completion: and is being cancelled
	//lint:ignore U1000 completion's, so on Linux alone
	holding bool // completion: bytes came while paused; they are in completion.held
	//lint:ignore U1000 completion's, so on Linux alone
	ops uint8 // completion: operations that the kernel holds
	//lint:ignore U1000 completion's, so on Linux alone
	tick uint32 // completion: of the last send
	slot int32  // in loop.conns; -1 until it is opened
}

func (c *loopConn) has(flag uint32) bool { return c.flags.Load()&flag != 0 }

// set adds flags; c.mu is held.
func (c *loopConn) set(flags uint32) { c.flags.Store(c.flags.Load() | flags) }

// post has the loop look at c. c.mu is held.
func (c *loopConn) post() {
	if !c.posted {
		c.posted = true
		c.l.post(c)
	}
}

// Send queues p.
func (c *loopConn) Send(p []byte) error {
	k := c.l.s.k
	c.mu.Lock()
	defer c.mu.Unlock()
	if flags := c.flags.Load(); flags&(flagClosing|flagEndWrite|flagBroken) != 0 {
		switch {
		case c.err == ErrSlow:
			return ErrSlow
		case flags&(flagClosing|flagEndWrite) != 0:
			return ErrClosed
		}
		return c.err
	}
	if !c.out.fits(len(p), k.cfg.Outbound, c.stalled, &k.casts) {
		c.kill(ErrSlow, true)
		return ErrSlow
	}
	c.out.put(p, &k.casts)
	c.post()
	return nil
}

// Queued gives the bytes that the system has not taken yet.
func (c *loopConn) Queued() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.pending(&c.l.s.k.casts)
}

// CloseWrite sends our end after what is queued.
func (c *loopConn) CloseWrite() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.has(flagClosing):
		return ErrClosed
	case c.has(flagEndWrite):
		return nil
	}
	c.set(flagEndWrite)
	c.out.leave(&c.l.s.k.casts)
	c.post()
	return nil
}

// Close sends what is queued and closes.
func (c *loopConn) Close() error {
	c.closeFor(nil)
	return nil
}

func (c *loopConn) closeFor(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.has(flagClosing) {
		return
	}
	c.set(flagClosing | flagEndWrite)
	if c.err == nil {
		c.err = err
	}
	c.out.leave(&c.l.s.k.casts)
	c.post()
}

// Abort closes at once.
func (c *loopConn) Abort() { c.abortFor(nil) }

func (c *loopConn) abortFor(err error) {
	c.mu.Lock()
	c.kill(err, true)
	c.mu.Unlock()
}

// kill has the loop close c at once, for the reason err if it is the first. c.mu is held.
func (c *loopConn) kill(err error, reset bool) {
	if c.has(flagDead) {
		return
	}
	c.set(flagDead | flagClosing)
	if reset {
		c.set(flagReset)
	}
	if c.err == nil {
		c.err = err
	}
	c.post()
}

// PauseRead stops Received calls.
func (c *loopConn) PauseRead() {
	c.mu.Lock()
	c.set(flagPaused)
	c.mu.Unlock()
}

// ResumeRead lets them go on.
func (c *loopConn) ResumeRead() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.has(flagPaused) {
		c.flags.Store(c.flags.Load() &^ flagPaused)
		c.post()
	}
}

// LocalAddr is our end's address.
func (c *loopConn) LocalAddr() netip.AddrPort {
	s := c.l.s
	if !s.addr.Addr().IsUnspecified() {
		return s.addr
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fd >= 0 {
		return socketAddr(int(c.fd))
	}
	return *c.final
}

// RemoteAddr is the peer's address.
func (c *loopConn) RemoteAddr() netip.AddrPort { return c.remote }

// SetData keeps v with the connection.
func (c *loopConn) SetData(v any) { c.data = v }

// Data gives what SetData kept.
func (c *loopConn) Data() any { return c.data }
