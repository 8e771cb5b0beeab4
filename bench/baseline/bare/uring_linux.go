package main

import (
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"unsafe"
)

// The part of linux/io_uring.h that is used here.
const (
	sysSetup, sysEnter, sysRegister = 425, 426, 427

	setupCqsize, setupRDisabled, setupSubmitAll = 1 << 3, 1 << 6, 1 << 7
	setupSingleIssuer, setupDeferTaskrun        = 1 << 12, 1 << 13
	enterGetevents                              = 1
	enableRings, registerPool                   = 12, 22
	opRead, opSend, opRecv                      = 22, 26, 27
	sqeBufferSelect, recvMultishot, cqeMore     = 1 << 5, 1 << 1, 1 << 1

	entries, cqEntries    = 4096, 16384
	poolBuffers, poolSize = 4096, 4096 // number and bytes
)

type params struct {
	sqEntries, cqEntries, flags, cpu, idle, features, wqFd uint32
	_                                                      [3]uint32
	sq                                                     struct {
		head, tail, mask, entries, flags, dropped, array, _ uint32
		_                                                   uint64
	}
	cq struct {
		head, tail, mask, entries, overflow, cqes, flags, _ uint32
		_                                                   uint64
	}
}

type sqe struct {
	opcode, flags uint8
	ioprio        uint16
	fd            int32
	off, addr     uint64
	len, opFlags  uint32
	data          uint64
	_             [3]uint64
}

type cqe struct {
	data  uint64
	res   int32
	flags uint32
}

// What an operation was for, in the upper half of its data; the connection is in the lower.
const (
	accepted = 1 << 32 * (iota + 1)
	received
	sent
)

// uring is a loop on io_uring: multishot receives into a pool of buffers, each of which is sent back as it is and
// then given back to the pool.
type uring struct {
	fd                             int
	sqHead, sqTail, cqHead, cqTail *uint32
	sqes                           []sqe
	cqes                           []cqe
	tail, done                     uint32 // prepared, handed over
	pool, mem                      []byte
	poolTail                       uint16
	next, size, off                [poolBuffers]int32 // of the buffers that wait to be sent
	conns                          map[int]*conn
	pipe                           [2]int
	fds                            [64]int32
}

// conn is a connection's queue of buffers, as numbers + 1.
type conn struct {
	head, tail int32
	gone       bool
}

func newUring() loop {
	u := &uring{conns: map[int]*conn{}}
	p := params{cqEntries: cqEntries, flags: setupCqsize | setupRDisabled | setupSubmitAll | setupSingleIssuer | setupDeferTaskrun}
	fd, _, errno := syscall.Syscall(sysSetup, entries, uintptr(unsafe.Pointer(&p)), 0)
	if errno != 0 {
		fail("io_uring_setup: " + errno.Error())
	}
	u.fd = int(fd)
	const prot, shared = syscall.PROT_READ | syscall.PROT_WRITE, syscall.MAP_SHARED | syscall.MAP_POPULATE
	ring, err := syscall.Mmap(u.fd, 0, max(int(p.sq.array)+entries*4, int(p.cq.cqes)+cqEntries*16), prot, shared)
	check("mmap", err)
	ops, err := syscall.Mmap(u.fd, 0x10000000, entries*64, prot, shared)
	check("mmap", err)
	at := func(off uint32) *uint32 { return (*uint32)(unsafe.Pointer(&ring[off])) }
	u.sqHead, u.sqTail, u.cqHead, u.cqTail = at(p.sq.head), at(p.sq.tail), at(p.cq.head), at(p.cq.tail)
	u.sqes = unsafe.Slice((*sqe)(unsafe.Pointer(&ops[0])), entries)
	u.cqes = unsafe.Slice((*cqe)(unsafe.Pointer(&ring[p.cq.cqes])), cqEntries)
	for i, a := 0, unsafe.Slice(at(p.sq.array), entries); i < entries; i++ {
		a[i] = uint32(i)
	}
	const private = syscall.MAP_PRIVATE | syscall.MAP_ANON
	u.mem, err = syscall.Mmap(-1, 0, poolBuffers*poolSize, prot, private)
	check("mmap", err)
	u.pool, err = syscall.Mmap(-1, 0, poolBuffers*16, prot, private)
	check("mmap", err)
	reg := [5]uint64{uint64(uintptr(unsafe.Pointer(&u.pool[0]))), poolBuffers}
	u.register(registerPool, unsafe.Pointer(&reg), 1)
	for b := range int32(poolBuffers) {
		u.give(b)
	}
	check("pipe", syscall.Pipe(u.pipe[:]))
	return u
}

func (u *uring) register(what uintptr, arg unsafe.Pointer, n uintptr) {
	if _, _, errno := syscall.Syscall6(sysRegister, uintptr(u.fd), what, uintptr(arg), n, 0, 0); errno != 0 {
		fail("io_uring_register: " + errno.Error())
	}
}

func (u *uring) add(fd int) {
	n := int32(fd)
	_, err := syscall.Write(u.pipe[1], unsafe.Slice((*byte)(unsafe.Pointer(&n)), 4))
	check("write", err)
}

// give gives a buffer back to the kernel. The pool's tail lies in the last two bytes of its first entry.
func (u *uring) give(b int32) {
	e := unsafe.Pointer(&u.pool[int(u.poolTail%poolBuffers)*16])
	*(*uint64)(e) = uint64(uintptr(unsafe.Pointer(&u.mem[int(b)*poolSize])))
	*(*uint32)(unsafe.Add(e, 8)) = poolSize
	*(*uint16)(unsafe.Add(e, 12)) = uint16(b)
	u.poolTail++
	first := (*uint32)(unsafe.Pointer(&u.pool[12]))
	atomic.StoreUint32(first, *first&0xffff|uint32(u.poolTail)<<16)
}

func (u *uring) op(code uint8, fd int, data uint64) *sqe {
	for u.tail-atomic.LoadUint32(u.sqHead) >= entries {
		u.enter(0)
	}
	e := &u.sqes[u.tail%entries]
	u.tail++
	*e = sqe{opcode: code, fd: int32(fd), data: data}
	return e
}

// enter hands over what was prepared. It waits, behind the scheduler's back, only if wait is not 0.
func (u *uring) enter(wait uintptr) {
	atomic.StoreUint32(u.sqTail, u.tail)
	n, _, errno := syscall.RawSyscall6(sysEnter, uintptr(u.fd), uintptr(u.tail-u.done), wait, enterGetevents, 0, 0)
	if errno == 0 {
		u.done += uint32(n)
	} else if errno != syscall.EINTR && errno != syscall.EBUSY && errno != syscall.EAGAIN {
		fail("io_uring_enter: " + errno.Error())
	}
}

func (u *uring) run() {
	runtime.LockOSThread()
	u.register(enableRings, nil, 0)
	u.awaitAccepted()
	for {
		u.enter(0)
		if atomic.LoadUint32(u.cqTail) == *u.cqHead {
			runtime.Gosched()
			u.enter(0)
			if atomic.LoadUint32(u.cqTail) == *u.cqHead {
				_, _, _ = syscall.Syscall6(sysEnter, uintptr(u.fd), 0, 1, enterGetevents, 0, 0)
			}
		}
		for tail := atomic.LoadUint32(u.cqTail); *u.cqHead != tail; {
			e := u.cqes[*u.cqHead%cqEntries]
			atomic.StoreUint32(u.cqHead, *u.cqHead+1)
			u.handle(e)
		}
	}
}

func (u *uring) handle(e cqe) {
	fd := int(uint32(e.data))
	switch e.data >> 32 << 32 {
	case accepted:
		for _, fd := range u.fds[:e.res/4] {
			u.conns[int(fd)] = &conn{}
			u.receive(int(fd))
		}
		u.awaitAccepted()
	case received:
		u.received(fd, e)
	case sent:
		u.sent(fd, e.res)
	}
}

func (u *uring) awaitAccepted() {
	e := u.op(opRead, u.pipe[0], accepted)
	e.addr, e.len = uint64(uintptr(unsafe.Pointer(&u.fds))), uint32(len(u.fds)*4)
}

func (u *uring) receive(fd int) {
	e := u.op(opRecv, fd, received|uint64(fd))
	e.flags, e.ioprio = sqeBufferSelect, recvMultishot
}

func (u *uring) received(fd int, e cqe) {
	c := u.conns[fd]
	if e.res > 0 {
		b := int32(e.flags >> 16)
		u.size[b], u.off[b], u.next[b] = e.res, 0, 0
		if c.head != 0 {
			u.next[c.tail-1] = b + 1
			c.tail = b + 1
		} else {
			c.head, c.tail = b+1, b+1
			u.send(fd, b)
		}
	}
	switch {
	case e.flags&cqeMore != 0:
	case e.res > 0 || e.res == -int32(syscall.ENOBUFS):
		u.receive(fd)
	default:
		c.gone = true
		u.endIfIdle(fd, c)
	}
}

func (u *uring) send(fd int, b int32) {
	e := u.op(opSend, fd, sent|uint64(fd))
	e.addr = uint64(uintptr(unsafe.Pointer(&u.mem[int(b)*poolSize+int(u.off[b])])))
	e.len, e.opFlags = uint32(u.size[b]-u.off[b]), syscall.MSG_NOSIGNAL
}

func (u *uring) sent(fd int, n int32) {
	c := u.conns[fd]
	b := c.head - 1
	if n > 0 {
		if u.off[b] += n; u.off[b] < u.size[b] {
			u.send(fd, b)
			return
		}
	}
	for {
		b := c.head - 1
		c.head = u.next[b]
		u.give(b)
		if n > 0 || c.head == 0 { // else the peer is gone, and all of the queue with it
			break
		}
	}
	if c.head != 0 {
		u.send(fd, c.head-1)
		return
	}
	u.endIfIdle(fd, c)
}

func (u *uring) endIfIdle(fd int, c *conn) {
	if c.gone && c.head == 0 {
		delete(u.conns, fd)
		_ = os.NewSyscallError("close", syscall.Close(fd))
	}
}
