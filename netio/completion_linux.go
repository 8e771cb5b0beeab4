package netio

import (
	"io"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	sqEntries = 512 // operations handed over in one call, at most
	cqEntries = 8192
	messages  = 64 // gathered sends in one call, at most
)

// shortWait is how long the loop waits behind the back of Go's scheduler before it
// waits openly. Under load something comes within it, and the scheduler does not take the
// processor away to look for other work that is not there; a garbage collection or another
// goroutine waits for at most this long.
const shortWait = 50 * time.Microsecond

// The kinds of operation, in the upper half of user data; the connection's slot is
// in the lower.
const (
	kindWake = iota << 32
	kindAccept
	kindRecv
	kindSend
	kindCancel // of a connection's operations
	kindOther  // of anything else: its answer says nothing
)

// completion is the driver of the model completion on Linux: io_uring. What the loop
// wants done is prepared as operations, which one call a tick hands over; the same
// call brings in what is done. Accepting and receiving are asked for once and go on
// answering; received bytes lie in a pool of buffers that the kernel takes from.
//
// The ring belongs to one thread. Memory of an operation under way is referred to
// from loop.conns (a connection's queue) or the driver, and Go does not move its heap.
type completion struct {
	l     *loop
	r     *ring
	pool  bufferPool
	msgs  []gatheredSend
	used  int // of msgs, since the last submit
	lfd   int
	armed bool // accept is under way
	ended bool // unlisten was called
	busy  bool // several completions came at once the last time
	tick  uint32

	peer    rawAddr
	wakeFd  int
	wakeBuf [8]byte

	starved []*loopConn // their receive ended because the pool was empty
	held    map[*loopConn]heldInput
}

// gatheredSend is what the kernel reads when a send of several parts is handed over.
type gatheredSend struct {
	hdr unix.Msghdr
	iov [streamParts]unix.Iovec
}

// heldInput is what came in for a connection after PauseRead, until the receive
// under way could be cancelled.
type heldInput struct {
	data []byte
	err  error // what ended the input after data; nil when nothing did
}

func newCompletion(addr string, k *core) (Server, error) {
	return newLoopServer(addr, k, func(l *loop) (driver, error) {
		d := &completion{l: l, lfd: -1, wakeFd: -1, msgs: make([]gatheredSend, messages), held: make(map[*loopConn]heldInput)}
		if err := d.open(); err != nil {
			d.close()
			return nil, err
		}
		return d, nil
	})
}

func (d *completion) open() (err error) {
	var errno syscall.Errno
	if d.r, errno = openRing(sqEntries, cqEntries); errno != 0 {
		return newError("io_uring_setup", errno)
	}
	// The eventfd is a blocking one: the kernel answers the read when there is something.
	if d.wakeFd, err = unix.Eventfd(0, unix.EFD_CLOEXEC); err != nil {
		return newError("eventfd", err)
	}
	return d.pool.open(d.r)
}

func (d *completion) close() {
	if d.r != nil {
		d.r.close()
		d.r = nil
	}
	if d.wakeFd >= 0 {
		_ = unix.Close(d.wakeFd)
		d.wakeFd = -1
	}
	d.pool.close()
}

// begin makes the loop's thread the ring's. The thread ends with the loop.
func (d *completion) begin() error {
	runtime.LockOSThread()
	if errno := d.r.register(uringRegisterEnableRings, nil, 0); errno != 0 {
		return newError("io_uring_register", errno)
	}
	d.awaitWake()
	return nil
}

// op prepares an operation, handing over the earlier ones when there is no more room.
func (d *completion) op(opcode uint8, fd int, userData uint64) *uringSqe {
	for d.r.full() {
		d.submit()
	}
	e := d.r.sqe()
	e.opcode, e.fd, e.userData = opcode, int32(fd), userData
	return e
}

// submit hands over what was prepared. Busy and interrupted mean: again, later.
func (d *completion) submit() syscall.Errno {
	errno := d.r.submit()
	if d.r.submitted == d.r.tail {
		d.used = 0
	}
	if errno == unix.EINTR || errno == unix.EAGAIN || errno == unix.EBUSY {
		return 0
	}
	return errno
}

func (d *completion) awaitWake() {
	e := d.op(opRead, d.wakeFd, kindWake)
	e.addr = uint64(uintptr(unsafe.Pointer(&d.wakeBuf)))
	e.len = uint32(len(d.wakeBuf))
}

func (d *completion) wake() {
	one := uint64(1)
	_, _, _ = unix.RawSyscall(unix.SYS_WRITE, uintptr(d.wakeFd), uintptr(unsafe.Pointer(&one)), 8)
}

// listen accepts from a socket made blocking: the kernel waits, not we.
func (d *completion) listen(fd int) error {
	d.lfd = fd
	if err := unix.SetNonblock(fd, false); err != nil {
		return newError("fcntl", err)
	}
	d.retry()
	return nil
}

func (d *completion) retry() {
	if d.armed || d.ended {
		return
	}
	d.armed = true
	e := d.op(opAccept, d.lfd, kindAccept)
	e.ioprio = acceptMultishot
	e.opFlags = unix.SOCK_CLOEXEC
}

func (d *completion) unlisten() {
	d.ended = true
	if !d.armed {
		d.l.stopped()
		return
	}
	d.op(opAsyncCancel, -1, kindOther).addr = kindAccept
}

func (d *completion) add(c *loopConn) error {
	d.read(c)
	return nil
}

// read asks for what c sends, after handing over what was held during a pause.
func (d *completion) read(c *loopConn) {
	if c.holding {
		d.release(c)
	}
	if c.reading || c.readEnd || c.holding || c.ended || c.has(flagDead) {
		return
	}
	c.reading, c.stopping = true, false
	c.ops++
	e := d.op(opRecv, int(c.fd), kindRecv|uint64(c.slot))
	e.flags = sqeBufferSelect
	e.ioprio = recvMultishot
}

func (d *completion) readOn(*loopConn) {}

// flush starts a send of what c has queued, unless one is under way.
func (d *completion) flush(c *loopConn) {
	casts := &d.l.s.k.casts
	c.mu.Lock()
	if c.sending {
		// Still under way after a call that could have done it: the peer is the slow one.
		c.stalled = c.stalled || d.tick-c.tick > 1
		c.mu.Unlock()
		return
	}
	if c.has(flagDead | flagBroken) {
		c.mu.Unlock()
		return
	}
	parts := c.out.parts(d.l.parts, casts)
	c.mu.Unlock()
	if len(parts) == 0 {
		return
	}
	c.sending = true
	c.tick = d.tick
	c.ops++
	if len(parts) == 1 {
		e := d.op(opSend, int(c.fd), kindSend|uint64(c.slot))
		e.addr = uint64(uintptr(unsafe.Pointer(unsafe.SliceData(parts[0]))))
		e.len = uint32(len(parts[0]))
		e.opFlags = unix.MSG_NOSIGNAL
		return
	}
	for d.used == len(d.msgs) {
		d.submit()
	}
	m := &d.msgs[d.used]
	for i, p := range parts {
		m.iov[i].Base = unsafe.SliceData(p)
		m.iov[i].SetLen(len(p))
	}
	m.hdr = unix.Msghdr{Iov: &m.iov[0]}
	m.hdr.SetIovlen(len(parts))
	e := d.op(opSendmsg, int(c.fd), kindSend|uint64(c.slot))
	d.used++
	e.addr = uint64(uintptr(unsafe.Pointer(&m.hdr)))
	e.len = 1
	e.opFlags = unix.MSG_NOSIGNAL
}

// drop closes c's socket when the kernel has let go of its operations.
func (d *completion) drop(c *loopConn) {
	if c.ops > 0 {
		c.ops++
		e := d.op(opAsyncCancel, int(c.fd), kindCancel|uint64(c.slot))
		e.opFlags = cancelAll | cancelFd
		return
	}
	d.finish(c)
}

func (d *completion) finish(c *loopConn) {
	if c.holding {
		delete(d.held, c)
	}
	d.l.closeSocket(c)
	d.l.gone(c)
}

// wait hands over what was prepared and runs the handlers for what is done. A quiet loop, to which completions come
// singly, waits openly at once: to look first would be a second call for each of them.
func (d *completion) wait(patience time.Duration) error {
	d.tick++
	if d.busy {
		d.l.share()
	}
	var errno syscall.Errno
	if d.busy || patience == 0 || d.r.submitted != d.r.tail {
		errno = d.submit()
	}
	if errno == 0 && patience != 0 && d.r.completions() == 0 && d.r.submitted == d.r.tail {
		if d.busy {
			errno = d.r.linger(shortWait)
		}
		if d.r.completions() == 0 {
			errno = d.r.wait(patience)
		}
	}
	if errno != 0 && errno != unix.EINTR && errno != unix.EBUSY && errno != unix.EAGAIN {
		return newError("io_uring_enter", errno)
	}
	d.busy = d.r.completions() > 1
	d.l.asleep.Store(false)
	given := d.pool.tail
	for range d.r.completions() {
		d.done(d.r.next())
	}
	if d.pool.tail != given {
		d.pool.publish()
	}
	for _, c := range d.starved {
		c.ops--
		switch {
		case c.ended && c.ops == 0:
			d.finish(c)
		case !unread(c.flags.Load()):
			d.read(c)
		}
	}
	d.starved = d.starved[:0]
	return nil
}

// done runs the handlers for one completion.
func (d *completion) done(e uringCqe) {
	switch kind := e.userData >> 32 << 32; kind {
	case kindWake:
		d.awaitWake()
	case kindAccept:
		d.accepted(e)
	case kindRecv, kindSend, kindCancel:
		c := d.l.conns[uint32(e.userData)]
		switch kind {
		case kindRecv:
			d.received(c, e)
		case kindSend:
			c.ops--
			d.sent(c, e)
		case kindCancel:
			c.ops--
		}
		switch {
		case c.ended:
			if c.ops == 0 {
				d.finish(c)
			}
		case c.flags.Load() != 0:
			d.l.settle(c)
		}
	}
}

func (d *completion) accepted(e uringCqe) {
	d.armed = e.flags&cqeMore != 0
	switch {
	case e.res >= 0:
		remote, errno := d.peer.peerOf(int(e.res))
		if errno != 0 { // it has gone again
			_ = unix.Close(int(e.res))
			break
		}
		d.l.accepted(int(e.res), remote)
	case !d.ended:
		d.l.acceptFailed(syscall.Errno(-e.res))
		return // and retry comes
	}
	switch {
	case d.armed:
	case d.ended:
		d.l.stopped()
	default:
		d.retry()
	}
}

func (d *completion) received(c *loopConn, e uringCqe) {
	more := e.flags&cqeMore != 0
	if !more {
		c.reading = false
	}
	if e.res > 0 {
		bid := uint16(e.flags >> cqeBufferShift)
		d.deliver(c, d.pool.bytes(bid, int(e.res)))
		d.pool.give(bid)
	}
	if more {
		return
	}
	if e.res == -int32(unix.ENOBUFS) {
		d.starved = append(d.starved, c) // its operation counts until the pool is filled again
		return
	}
	c.ops--
	switch {
	case c.ended, e.res == -int32(unix.ECANCELED):
	case e.res == 0:
		d.inputEnded(c, io.EOF)
	case e.res < 0:
		d.inputEnded(c, syscall.Errno(-e.res))
	}
	if !unread(c.flags.Load()) {
		d.read(c)
	}
}

// deliver hands p to the handler, or holds it when reading is paused.
func (d *completion) deliver(c *loopConn, p []byte) {
	switch flags := c.flags.Load(); {
	case c.ended, flags&flagDead != 0:
	case flags&flagDeaf != 0:
		d.stopReading(c)
	case unread(flags), c.holding:
		h := d.held[c]
		h.data = append(h.data, p...)
		d.held[c] = h
		c.holding = true
		d.stopReading(c)
	default:
		d.l.received(c, p)
	}
}

func (d *completion) inputEnded(c *loopConn, err error) {
	if c.holding || unread(c.flags.Load()) {
		h := d.held[c]
		h.err = err
		d.held[c] = h
		c.holding = true
		return
	}
	d.l.readFailed(c, err)
}

// stopReading cancels c's receive, so that the peer feels the pause.
func (d *completion) stopReading(c *loopConn) {
	if !c.reading || c.stopping {
		return
	}
	c.stopping = true
	d.op(opAsyncCancel, -1, kindOther).addr = kindRecv | uint64(c.slot)
}

// release hands over what was held.
func (d *completion) release(c *loopConn) {
	h := d.held[c]
	delete(d.held, c)
	c.holding = false
	if len(h.data) > 0 {
		d.l.received(c, h.data)
	}
	if h.err == nil {
		return
	}
	if unread(c.flags.Load()) { // paused again meanwhile
		d.held[c] = heldInput{err: h.err}
		c.holding = true
		return
	}
	d.l.readFailed(c, h.err)
}

func (d *completion) sent(c *loopConn, e uringCqe) {
	c.sending = false
	if c.ended {
		return
	}
	c.mu.Lock()
	c.stalled = false
	if e.res > 0 {
		c.out.sent(int(e.res), &d.l.s.k.casts)
	}
	more := c.out.pending(&d.l.s.k.casts) > 0
	c.mu.Unlock()
	switch {
	case e.res == -int32(unix.EINTR), e.res == -int32(unix.EAGAIN):
	case e.res < 0:
		d.l.writeFailed(c, syscall.Errno(-e.res))
		return
	}
	if more {
		d.flush(c)
	}
}
