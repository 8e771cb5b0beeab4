package netio

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What of io_uring is used here; names and numbers are those of linux/io_uring.h.
const (
	uringSetupCqsize       = 1 << 3
	uringSetupRDisabled    = 1 << 6
	uringSetupSubmitAll    = 1 << 7
	uringSetupSingleIssuer = 1 << 12 // Linux 6.0
	uringSetupDeferTaskrun = 1 << 13 // Linux 6.1

	uringEnterGetevents = 1 << 0
	uringEnterExtArg    = 1 << 3

	uringRegisterEnableRings = 12
	uringRegisterPbufRing    = 22

	uringOffSqes = 0x10000000

	opSendmsg     = 9
	opAccept      = 13
	opAsyncCancel = 14
	opRead        = 22
	opSend        = 26
	opRecv        = 27

	sqeBufferSelect = 1 << 5
	acceptMultishot = 1 << 0
	recvMultishot   = 1 << 1 // Linux 6.0

	cancelAll = 1 << 0
	cancelFd  = 1 << 1

	cqeBuffer      = 1 << 0
	cqeMore        = 1 << 1
	cqeBufferShift = 16
)

type uringParams struct {
	sqEntries, cqEntries, flags, sqThreadCPU, sqThreadIdle, features, wqFd uint32
	resv                                                                   [3]uint32
	sq                                                                     struct {
		head, tail, ringMask, ringEntries, flags, dropped, array, resv1 uint32
		userAddr                                                        uint64
	}
	cq struct {
		head, tail, ringMask, ringEntries, overflow, cqes, flags, resv1 uint32
		userAddr                                                        uint64
	}
}

// uringSqe is one operation asked of the kernel.
type uringSqe struct {
	opcode, flags uint8
	ioprio        uint16
	fd            int32
	off, addr     uint64
	len, opFlags  uint32
	userData      uint64
	bufGroup      uint16
	personality   uint16
	fileIndex     int32
	addr3, pad    uint64
}

// uringCqe is the kernel's answer.
type uringCqe struct {
	userData uint64
	res      int32
	flags    uint32
}

// ring is an io_uring. All but its making belongs to one thread.
type ring struct {
	fd     int
	shared []byte // the two rings' heads, tails and entries
	sqes   []uringSqe
	sqMem  []byte

	sqHead, sqTail, cqHead, cqTail *uint32 // shared with the kernel
	sqMask, cqMask                 uint32
	array                          []uint32
	cqes                           []uringCqe
	tail                           uint32 // of what was prepared
	submitted                      uint32 // tail of what was handed to the kernel
}

// openRing makes a ring that is not enabled yet, so that another thread than the
// caller's can be the one to use it.
func openRing(entries, cqEntries uint32) (*ring, syscall.Errno) {
	p := uringParams{cqEntries: cqEntries}
	base := uint32(uringSetupCqsize | uringSetupRDisabled | uringSetupSubmitAll | uringSetupSingleIssuer)
	p.flags = base | uringSetupDeferTaskrun
	fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, uintptr(entries), uintptr(unsafe.Pointer(&p)), 0)
	if errno == unix.EINVAL {
		p = uringParams{cqEntries: cqEntries, flags: base}
		fd, _, errno = unix.Syscall(unix.SYS_IO_URING_SETUP, uintptr(entries), uintptr(unsafe.Pointer(&p)), 0)
	}
	if errno != 0 {
		return nil, errno
	}
	r := &ring{fd: int(fd)}
	unix.CloseOnExec(r.fd)
	if err := r.mapRings(&p); err != nil {
		r.close()
		return nil, err.(syscall.Errno)
	}
	return r, 0
}

func (r *ring) mapRings(p *uringParams) (err error) {
	size := max(int(p.sq.array+p.sqEntries*4), int(p.cq.cqes)+int(p.cqEntries)*int(unsafe.Sizeof(uringCqe{})))
	const prot, flags = unix.PROT_READ | unix.PROT_WRITE, unix.MAP_SHARED | unix.MAP_POPULATE
	if r.shared, err = unix.Mmap(r.fd, 0, size, prot, flags); err != nil {
		return err
	}
	if r.sqMem, err = unix.Mmap(r.fd, uringOffSqes, int(p.sqEntries)*int(unsafe.Sizeof(uringSqe{})), prot, flags); err != nil {
		return err
	}
	at := func(off uint32) *uint32 { return (*uint32)(unsafe.Pointer(&r.shared[off])) }
	r.sqes = unsafe.Slice((*uringSqe)(unsafe.Pointer(&r.sqMem[0])), p.sqEntries)
	r.sqHead, r.sqTail, r.sqMask = at(p.sq.head), at(p.sq.tail), *at(p.sq.ringMask)
	r.array = unsafe.Slice(at(p.sq.array), p.sqEntries)
	for i := range r.array {
		r.array[i] = uint32(i)
	}
	r.cqHead, r.cqTail, r.cqMask = at(p.cq.head), at(p.cq.tail), *at(p.cq.ringMask)
	r.cqes = unsafe.Slice((*uringCqe)(unsafe.Pointer(&r.shared[p.cq.cqes])), p.cqEntries)
	return nil
}

func (r *ring) close() {
	_ = unix.Close(r.fd)
	for _, mem := range [][]byte{r.shared, r.sqMem} {
		if mem != nil {
			_ = unix.Munmap(mem)
		}
	}
	*r = ring{fd: -1}
}

func (r *ring) register(what int, arg unsafe.Pointer, n int) syscall.Errno {
	_, _, errno := unix.Syscall6(unix.SYS_IO_URING_REGISTER, uintptr(r.fd), uintptr(what), uintptr(arg), uintptr(n), 0, 0)
	return errno
}

// full says that submit must come before the next sqe.
func (r *ring) full() bool {
	return r.tail-atomic.LoadUint32(r.sqHead) >= uint32(len(r.sqes))
}

// sqe gives the next operation's entry, cleared, to be filled in before submit. The
// ring must not be full.
func (r *ring) sqe() *uringSqe {
	e := &r.sqes[r.tail&r.sqMask]
	*e = uringSqe{}
	r.tail++
	return e
}

// submit hands over what was prepared and lets completions come in, without waiting.
func (r *ring) submit() syscall.Errno {
	atomic.StoreUint32(r.sqTail, r.tail)
	n, _, errno := unix.RawSyscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), uintptr(r.tail-r.submitted), 0, uringEnterGetevents, 0, 0)
	if errno == 0 {
		r.submitted += uint32(n)
	}
	return errno
}

// linger waits for at least one completion, for at most d, which must be short: Go's
// scheduler does not know.
func (r *ring) linger(d time.Duration) syscall.Errno {
	return r.await(d, true)
}

// wait waits for at least one completion, for at most d, or for ever when d is negative.
func (r *ring) wait(d time.Duration) syscall.Errno {
	return r.await(d, false)
}

func (r *ring) await(d time.Duration, raw bool) syscall.Errno {
	ts := unix.NsecToTimespec(int64(d))
	arg := struct {
		sigmask   uint64
		sigmaskSz uint32
		minWait   uint32
		ts        *unix.Timespec
	}{}
	if d >= 0 {
		arg.ts = &ts
	}
	const flags = uringEnterGetevents | uringEnterExtArg
	var errno syscall.Errno
	if raw {
		_, _, errno = unix.RawSyscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), 0, 1, flags, uintptr(unsafe.Pointer(&arg)), unsafe.Sizeof(arg))
	} else {
		_, _, errno = unix.Syscall6(unix.SYS_IO_URING_ENTER, uintptr(r.fd), 0, 1, flags, uintptr(unsafe.Pointer(&arg)), unsafe.Sizeof(arg))
	}
	runtime.KeepAlive(&ts)
	if errno == unix.ETIME {
		return 0
	}
	return errno
}

// completions gives the number of completions that have come in.
func (r *ring) completions() uint32 {
	return atomic.LoadUint32(r.cqTail) - atomic.LoadUint32(r.cqHead)
}

// next takes one completion.
func (r *ring) next() uringCqe {
	head := atomic.LoadUint32(r.cqHead)
	e := r.cqes[head&r.cqMask]
	atomic.StoreUint32(r.cqHead, head+1)
	return e
}

// The provided buffers: bytes each and number, one pool a loop. A pool is memory that
// does not grow with the clients.
const (
	poolBufferSize = 4 << 10
	poolBuffers    = 512
)

// bufferPool is memory from which the kernel takes a buffer when bytes have come in.
type bufferPool struct {
	mem  []byte // the buffers
	ring []byte // of entries that name free ones
	tail uint16
}

type poolEntry struct {
	addr uint64
	len  uint32
	bid  uint16
	tail uint16 // of the first entry: the ring's tail
}

type poolRegistration struct {
	addr    uint64
	entries uint32
	group   uint16
	flags   uint16
	resv    [3]uint64
}

// open registers the pool with r as group 0.
func (b *bufferPool) open(r *ring) (err error) {
	const prot, flags = unix.PROT_READ | unix.PROT_WRITE, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS
	if b.mem, err = unix.Mmap(-1, 0, poolBuffers*poolBufferSize, prot, flags); err != nil {
		return newError("mmap", err)
	}
	if b.ring, err = unix.Mmap(-1, 0, poolBuffers*int(unsafe.Sizeof(poolEntry{})), prot, flags); err != nil {
		return newError("mmap", err)
	}
	reg := poolRegistration{addr: uint64(uintptr(unsafe.Pointer(&b.ring[0]))), entries: poolBuffers}
	if errno := r.register(uringRegisterPbufRing, unsafe.Pointer(&reg), 1); errno != 0 {
		return newError("io_uring_register", errno)
	}
	for i := range uint16(poolBuffers) {
		b.give(i)
	}
	b.publish()
	return nil
}

func (b *bufferPool) entry(i uint16) *poolEntry {
	return (*poolEntry)(unsafe.Pointer(&b.ring[int(i&(poolBuffers-1))*int(unsafe.Sizeof(poolEntry{}))]))
}

// bytes gives the first n bytes of a buffer.
func (b *bufferPool) bytes(bid uint16, n int) []byte {
	at := int(bid) * poolBufferSize
	return b.mem[at : at+n : at+poolBufferSize]
}

// give gives a buffer back; the kernel sees it after publish.
func (b *bufferPool) give(bid uint16) {
	e := b.entry(b.tail)
	e.addr = uint64(uintptr(unsafe.Pointer(&b.mem[int(bid)*poolBufferSize])))
	e.len = poolBufferSize
	e.bid = bid
	b.tail++
}

// publish moves the ring's tail, 16 bits in the first entry, which the kernel reads. It is
// stored together with its neighbour bid as the 32 bits that Go can store atomically.
func (b *bufferPool) publish() {
	first := b.entry(0)
	word := (*uint32)(unsafe.Pointer(&first.bid))
	var both [2]uint16
	both[0], both[1] = first.bid, b.tail
	atomic.StoreUint32(word, *(*uint32)(unsafe.Pointer(&both)))
}

func (b *bufferPool) close() {
	for _, mem := range [][]byte{b.mem, b.ring} {
		if mem != nil {
			_ = unix.Munmap(mem)
		}
	}
	*b = bufferPool{}
}
