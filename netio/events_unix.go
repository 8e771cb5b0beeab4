//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package netio

import (
	"io"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

const (
	readSize    = 64 << 10 // bytes: the loop's one read buffer
	readsATick  = 4        // of full buffers from one client, before others have their turn
	eventsATick = 64
	acceptsTick = 64
)

// What a poller says of a descriptor.
const (
	canRead  = 1 << iota
	canWrite // after a write that was refused
	hungUp   // the peer's end, or an error, follows what can be read
)

// readiness is the driver of the model events: the system says which sockets are
// ready, edge-triggered, so that each is registered once and never touched again until it is
// closed. The loop reads, writes and remembers what it has left unread.
type readiness struct {
	l   *loop
	p   poller
	buf []byte
	lfd int // listening socket; -1 when not

	busy bool // several events came at once the last time

	door acceptor
}

func newEvents(addr string, k *core) (Server, error) {
	return newLoopServer(addr, k, func(l *loop) (driver, error) {
		d := &readiness{l: l, buf: make([]byte, readSize), lfd: -1}
		return d, d.p.open()
	})
}

func (d *readiness) begin() error { return nil }

func (d *readiness) listen(fd int) error {
	d.lfd = fd
	return d.p.addListener(fd)
}

func (d *readiness) unlisten() {
	d.p.remove(d.lfd)
	d.lfd = -1
	d.l.stopped()
}

func (d *readiness) retry() { d.accept() }

func (d *readiness) add(c *loopConn) error { return d.p.add(int(c.fd), c.slot) }

func (d *readiness) wake() { d.p.wake() }

func (d *readiness) close() { d.p.close() }

// wait gives the system's events to the handlers. A busy loop looks without waiting, then lets other goroutines
// run, and sleeps only if there was nothing: under load it never leaves its thread. A quiet one, to which
// events come singly, sleeps at once: to look first would be a second call for each of them, and to let others run
// has Go's scheduler wake an idle thread to look for what is not there.
func (d *readiness) wait(patience time.Duration) error {
	n, err := 0, error(nil)
	if d.busy {
		d.l.share()
	}
	if d.busy || patience == 0 {
		n, err = d.p.poll()
	}
	if n == 0 && err == nil && patience != 0 {
		if d.busy {
			runtime.Gosched()
		}
		n, err = d.p.sleep(patience)
	}
	d.busy = n > 1
	if err != nil {
		return err
	}
	d.l.asleep.Store(false)
	for i := range n {
		slot, what := d.p.event(i)
		switch slot {
		case slotWake:
		case slotListener:
			d.accept()
		default:
			if c := d.l.conns[slot]; c != nil {
				d.happened(c, what)
			}
		}
	}
	return nil
}

func (d *readiness) happened(c *loopConn, what uint8) {
	if what&hungUp != 0 {
		c.hangup = true
	}
	if c.stalled && what&(canWrite|hungUp) != 0 {
		c.mu.Lock()
		c.stalled = false
		c.mu.Unlock()
		d.flush(c)
	}
	if what&(canRead|hungUp) != 0 {
		c.ready = true
		d.readNow(c)
	}
	if c.flags.Load() != 0 {
		d.l.settle(c)
	}
}

// readNow hands over what c has sent, up to a bound.
func (d *readiness) readNow(c *loopConn) {
	for range readsATick {
		if flags := c.flags.Load(); c.readEnd || flags&flagDead != 0 || unread(flags) {
			return
		}
		n, errno := rawRead(int(c.fd), d.buf)
		switch {
		case errno == unix.EAGAIN:
			c.ready = false
			return
		case errno != 0:
			d.l.readFailed(c, errno)
			return
		case n == 0:
			d.l.readFailed(c, io.EOF)
			return
		}
		d.l.received(c, d.buf[:n])
		if n == len(d.buf) {
			d.flush(c) // before more than a buffer is answered
		} else if !c.hangup {
			c.ready = false // a short read has emptied the socket; more is a new event
			return
		}
	}
	d.read(c)
}

// read goes on in the next tick with what was left unread.
func (d *readiness) read(c *loopConn) {
	if c.ready && !c.again && !c.readEnd {
		c.again = true
		d.l.again = append(d.l.again, c)
	}
}

func (d *readiness) readOn(c *loopConn) {
	d.readNow(c)
	if c.flags.Load() != 0 {
		d.l.settle(c)
	}
}

// flush writes all that c has queued, as far as the system takes it.
func (d *readiness) flush(c *loopConn) {
	l := d.l
	casts := &l.s.k.casts
	c.mu.Lock()
	for !c.stalled && !c.has(flagDead|flagBroken) {
		parts := c.out.parts(l.parts, casts)
		if len(parts) == 0 {
			break
		}
		c.mu.Unlock()
		n, errno := rawWrite(int(c.fd), parts)
		if errno != 0 && errno != unix.EAGAIN {
			l.writeFailed(c, errno)
			return
		}
		c.mu.Lock()
		c.out.sent(n, casts)
		c.stalled = errno == unix.EAGAIN // and an event follows when it can go on
	}
	c.mu.Unlock()
}

func (d *readiness) drop(c *loopConn) {
	d.l.closeSocket(c)
	d.l.gone(c)
}

// accept takes the clients that wait, up to a bound.
func (d *readiness) accept() {
	for range acceptsTick {
		if d.lfd < 0 {
			return
		}
		fd, remote, err := d.door.accept(d.lfd)
		if err == unix.EAGAIN {
			return
		}
		if err != nil {
			d.l.acceptFailed(err)
			return
		}
		d.l.accepted(fd, remote)
	}
	d.l.retryAt = time.Now() // more may wait
}
