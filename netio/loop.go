//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package netio

import (
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// driver is what a loop stands on: readiness (epoll, kqueue) or completion (io_uring).
// All methods but wake are the loop's own; those that move bytes run the handlers.
type driver interface {
	// begin is called first, by the goroutine that runs the loop.
	begin() error
	// listen starts accepting on fd; each accepted socket goes to loop.accepted.
	listen(fd int) error
	// unlisten stops it. When it has stopped, loop.unlistened is called.
	unlisten()
	// retry starts it again after a failure that loop.acceptFailed was told of.
	retry()
	// add watches c from now on.
	add(c *loopConn) error
	// read lets reading go on, after a pause or on a closing connection.
	read(c *loopConn)
	// readOn goes on with a connection of loop.again.
	readOn(c *loopConn)
	// flush writes what c has queued, or starts to.
	flush(c *loopConn)
	// drop closes c's socket and calls loop.gone, at once or when the kernel has let go.
	drop(c *loopConn)
	// wait runs the handlers for what has happened. It waits for at most d for
	// something to happen; 0 is not at all, negative is for ever. It clears
	// loop.asleep before the first handler runs.
	wait(d time.Duration) error
	// wake makes wait return. Any goroutine may call it.
	wake()
	// close frees the driver.
	close()
}

// loop is one goroutine with a share of the server's connections.
type loop struct {
	s *loopServer
	d driver

	posted atomic.Pointer[loopConn] // connections to look at, last first
	asleep atomic.Bool              // in wait, or about to be: wake is needed

	wakeMu sync.Mutex // a driver that is closed must not be woken
	closed bool

	conns []*loopConn // by slot; nil where free
	free  []int32
	open  int
	again []*loopConn // events: with more to read in the next tick
	parts [][]byte    // room for one gathered write

	seen      uint64 // the end of the broadcasts that were sent on
	stopping  bool   // Shutdown was seen
	aborting  bool
	listening bool      // this loop accepts
	retryAt   time.Time // accept again then; zero: no trouble
	ending    map[*loopConn]ending
	shared    time.Time // when other goroutines last had their turn
	handled   int       // counted by work since it last looked at the clock
	endAt     time.Time // the earliest of ending; zero when there is none
}

// ending is a connection that is closing.
type ending struct {
	at    time.Time // when it is over at the latest
	waste int       // bytes of it that were thrown away
}

// run is the loop.
func (l *loop) run(accepts bool) error {
	if err := l.d.begin(); err != nil {
		return err
	}
	if accepts {
		l.listening = true
		if err := l.d.listen(l.s.fd); err != nil {
			return err
		}
	}
	for {
		if err := l.d.wait(l.patience()); err != nil {
			return err
		}
		l.asleep.Store(false)
		l.goOn()
		l.lookAtPosted()
		l.sendCasts()
		l.checkTimes()
		l.checkShutdown()
		if l.stopping && l.s.unlistened.Load() && l.open == 0 && l.posted.Load() == nil {
			return nil
		}
	}
}

const (
	shareEvery = 500 * time.Microsecond // how long a loop with enough to do keeps its processor from others
	shareBytes = 16 << 10               // what handlers are given at most before the clock is looked at
	comeAndGo  = 1 << 10                // to take a client, or to let one go, is like so many bytes
)

// share lets other goroutines run now and then. A loop that always finds something to do never leaves its thread, and those
// to which handlers have passed work on would wait until Go's scheduler takes the processor away, every 10 ms.
func (l *loop) share() {
	l.handled = 0
	if now := time.Now(); now.Sub(l.shared) > shareEvery {
		runtime.Gosched()
		l.shared = time.Now()
	}
}

// work counts what is done in a tick, in bytes given to handlers or what takes as long, and lets others run if that
// has been much.
func (l *loop) work(bytes int) {
	if l.handled += bytes; l.handled > shareBytes {
		l.share()
	}
}

// patience gives how long the loop may wait: not at all when there is something to do, which
// is looked for after announcing sleep, so that nothing is missed.
func (l *loop) patience() time.Duration {
	l.asleep.Store(true)
	s := l.s
	if l.posted.Load() != nil || len(l.again) > 0 || l.seen != s.k.casts.end.Load() ||
		l.stopping != s.stopping.Load() || l.aborting != s.aborting.Load() {
		l.asleep.Store(false)
		return 0
	}
	next := l.endAt
	if !l.retryAt.IsZero() && (next.IsZero() || l.retryAt.Before(next)) {
		next = l.retryAt
	}
	if next.IsZero() {
		return -1
	}
	return max(time.Until(next), time.Millisecond)
}

// post adds c to what the loop looks at after this tick's handlers. Any goroutine may
// call it. One wake-up serves all that is posted until the loop has looked.
func (l *loop) post(c *loopConn) {
	for {
		head := l.posted.Load()
		c.next = head
		if l.posted.CompareAndSwap(head, c) {
			break
		}
	}
	l.wakeup()
}

func (l *loop) wakeup() {
	if l.asleep.Load() && l.asleep.CompareAndSwap(true, false) {
		l.wakeNow()
	}
}

// wakeNow makes the loop look around, unless it has ended.
func (l *loop) wakeNow() {
	l.wakeMu.Lock()
	defer l.wakeMu.Unlock()
	if !l.closed {
		l.d.wake()
	}
}

// close frees the driver. The loop has ended, or never run.
func (l *loop) close() {
	l.wakeMu.Lock()
	defer l.wakeMu.Unlock()
	l.closed = true
	l.d.close()
}

// goOn goes on with what connections had left unread in the tick before.
func (l *loop) goOn() {
	n := len(l.again)
	for _, c := range l.again[:n] {
		c.again = false
		if !c.ended {
			l.d.readOn(c)
		}
	}
	l.again = append(l.again[:0], l.again[n:]...)
}

// lookAtPosted does what connections were asked, in the order of asking.
func (l *loop) lookAtPosted() {
	if l.posted.Load() == nil {
		return
	}
	var first *loopConn
	for c := l.posted.Swap(nil); c != nil; {
		next := c.next
		c.next = first
		first, c = c, next
	}
	for c := first; c != nil; {
		next := c.next
		c.next = nil
		l.look(c)
		c = next
	}
}

// look does what c was asked.
func (l *loop) look(c *loopConn) {
	c.mu.Lock()
	c.posted = false
	c.mu.Unlock()
	switch {
	case c.slot < 0:
		l.admit(c)
	case !c.ended:
		l.d.flush(c)
		l.settle(c)
	}
}

// settle moves c on towards its end as far as it has come.
func (l *loop) settle(c *loopConn) {
	flags := c.flags.Load()
	if flags&flagDead != 0 {
		l.end(c)
		return
	}
	if flags&flagEndWrite != 0 && !c.wroteEnd && l.allSent(c) {
		c.wroteEnd = true
		if flags&flagBroken != 0 || unix.Shutdown(int(c.fd), unix.SHUT_WR) != nil {
			c.readEnd = c.readEnd || flags&flagClosing != 0
		}
		if flags&flagClosing != 0 && !c.readEnd {
			l.endBy(c, min(closeWait, l.s.k.cfg.Linger))
		}
	}
	if c.wroteEnd && c.readEnd {
		l.end(c)
		return
	}
	if flags&flagClosing != 0 && !c.wroteEnd {
		if _, known := l.ending[c]; !known {
			l.endBy(c, l.s.k.cfg.Linger)
		}
	}
	if !unread(flags) {
		l.d.read(c)
	}
}

func (l *loop) allSent(c *loopConn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.sending && (c.has(flagBroken) || c.out.pending(&l.s.k.casts) == 0)
}

// admit starts a connection that was handed to this loop.
func (l *loop) admit(c *loopConn) {
	l.work(comeAndGo)
	if n := len(l.free); n > 0 {
		c.slot = l.free[n-1]
		l.free = l.free[:n-1]
		l.conns[c.slot] = c
	} else {
		c.slot = int32(len(l.conns))
		l.conns = append(l.conns, c)
	}
	l.open++
	if c.refused {
		l.s.k.cfg.Refuse(c)
		_ = c.Close()
	} else {
		l.s.k.h.Opened(c)
	}
	c.mu.Lock()
	if !c.has(flagEndWrite | flagClosing) {
		c.out.join(&l.s.k.casts)
	}
	c.mu.Unlock()
	if err := l.d.add(c); err != nil {
		l.fail(c, err)
	}
	if l.stopping {
		c.closeFor(ErrShutdown)
	}
	if l.aborting {
		c.abortFor(ErrShutdown)
	}
}

// received runs the handler, unless c is closing: then the bytes are read only to let
// the peer finish, which has a bound.
func (l *loop) received(c *loopConn, p []byte) {
	l.work(len(p))
	if !c.has(flagClosing) {
		l.s.k.h.Received(c, p)
		return
	}
	e, known := l.ending[c]
	if !known { // Close has only just been called
		return
	}
	e.waste += len(p)
	l.ending[c] = e
	if e.waste > wasteMost {
		c.mu.Lock()
		c.set(flagDeaf)
		c.mu.Unlock()
	}
}

// readFailed notes the end of reading: io.EOF, or an error.
func (l *loop) readFailed(c *loopConn, err error) {
	c.readEnd = true
	switch {
	case c.has(flagDead):
	case err != io.EOF:
		if c.has(flagClosing) && l.allSent(c) {
			err = nil
		}
		l.fail(c, newError("recv", err))
	case c.has(flagBroken):
		l.fail(c, nil)
	case c.has(flagClosing):
		c.mu.Lock()
		c.post()
		c.mu.Unlock()
	default:
		l.s.k.h.ReadEnded(c)
		if c.wroteEnd {
			l.fail(c, nil)
		}
	}
}

// writeFailed gives up writing. What the peer sent before it went away is still read.
func (l *loop) writeFailed(c *loopConn, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.has(flagDead) {
		return
	}
	if c.has(flagClosing|flagPaused) || c.readEnd {
		c.kill(newError("send", err), false)
		return
	}
	c.set(flagBroken)
	c.err = newError("send", err)
	c.out.drop()
	c.post()
}

func (l *loop) fail(c *loopConn, err error) {
	c.mu.Lock()
	c.kill(err, false)
	c.mu.Unlock()
}

// end closes c's socket. Its memory is free when the driver calls gone.
func (l *loop) end(c *loopConn) {
	if !c.ended {
		c.ended = true
		delete(l.ending, c)
		l.d.drop(c)
	}
}

// closeSocket closes c's descriptor, for the driver.
func (l *loop) closeSocket(c *loopConn) {
	c.mu.Lock()
	fd := int(c.fd)
	if l.s.addr.Addr().IsUnspecified() {
		local := socketAddr(fd)
		c.final = &local
	}
	if c.has(flagReset) {
		_ = unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
	}
	_ = unix.Close(fd)
	c.fd = -1
	c.set(flagDead | flagClosing)
	c.out.drop()
	c.mu.Unlock()
}

// gone makes the last call for c, whose socket is closed.
func (l *loop) gone(c *loopConn) {
	l.work(comeAndGo)
	l.open--
	l.conns[c.slot] = nil
	l.free = append(l.free, c.slot)
	if c.refused {
		l.s.k.refusing.Add(-1)
		return
	}
	l.s.k.leave(c.err)
	l.s.k.h.Closed(c, c.err)
}

// sendCasts sends what has been broadcast since the last tick. A stalled client is only looked
// at for whether it has become too slow.
func (l *loop) sendCasts() {
	k := l.s.k
	end := k.casts.end.Load()
	if end == l.seen {
		return
	}
	l.seen = end
	for _, c := range l.conns {
		if c == nil || c.ended {
			continue
		}
		c.mu.Lock()
		stalled, wants := c.stalled, c.out.pending(&k.casts) > 0
		if stalled && !c.out.fits(0, k.cfg.Outbound, true, &k.casts) {
			c.kill(ErrSlow, true)
		}
		c.mu.Unlock()
		if wants && !stalled {
			l.d.flush(c)
		}
	}
}

// timeStep is the grain of times in loop.ending, so that many ends are one look.
const timeStep = 16 * time.Millisecond

// endBy has c, which is closing, end at the latest after d.
func (l *loop) endBy(c *loopConn, d time.Duration) {
	at := time.Now().Add(d).Truncate(timeStep).Add(timeStep)
	l.ending[c] = ending{at, l.ending[c].waste}
	if l.endAt.IsZero() || at.Before(l.endAt) {
		l.endAt = at
	}
}

// checkTimes ends what has had its time, and tries to accept again.
func (l *loop) checkTimes() {
	if l.endAt.IsZero() && l.retryAt.IsZero() {
		return
	}
	now := time.Now()
	if !l.retryAt.IsZero() && !now.Before(l.retryAt) {
		l.retryAt = time.Time{}
		if l.listening {
			l.d.retry()
		}
	}
	if l.endAt.IsZero() || now.Before(l.endAt) {
		return
	}
	l.endAt = time.Time{}
	for c, e := range l.ending {
		switch {
		case now.Before(e.at):
			if l.endAt.IsZero() || e.at.Before(l.endAt) {
				l.endAt = e.at
			}
		case c.wroteEnd:
			l.fail(c, nil)
		default:
			c.abortFor(ErrSlow)
		}
	}
}

// checkShutdown closes or aborts all when Server.Shutdown says so.
func (l *loop) checkShutdown() {
	if !l.stopping && l.s.stopping.Load() {
		l.stopping = true
		if l.listening {
			l.d.unlisten()
		}
		for _, c := range l.conns {
			if c != nil {
				c.closeFor(ErrShutdown)
			}
		}
	}
	if !l.aborting && l.s.aborting.Load() {
		l.aborting = true
		for _, c := range l.conns {
			if c != nil {
				c.abortFor(ErrShutdown)
			}
		}
	}
}
