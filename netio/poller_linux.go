package netio

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Slots that are no connection's.
const (
	slotWake     = -1
	slotListener = -2
)

// poller is epoll, edge-triggered, and an eventfd that wakes it.
type poller struct {
	fd, wakeFd int
	events     []unix.EpollEvent
}

func (p *poller) open() (err error) {
	p.events = make([]unix.EpollEvent, eventsATick)
	p.wakeFd = -1
	if p.fd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return newError("epoll_create1", err)
	}
	if p.wakeFd, err = unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC); err != nil {
		p.close()
		return newError("eventfd", err)
	}
	if err = p.watch(p.wakeFd, slotWake, unix.EPOLLIN); err != nil {
		p.close()
	}
	return err
}

func (p *poller) watch(fd int, slot int32, events uint32) error {
	ev := unix.EpollEvent{Events: events | unix.EPOLLET, Fd: slot}
	return newError("epoll_ctl", unix.EpollCtl(p.fd, unix.EPOLL_CTL_ADD, fd, &ev))
}

func (p *poller) add(fd int, slot int32) error {
	return p.watch(fd, slot, unix.EPOLLIN|unix.EPOLLOUT|unix.EPOLLRDHUP)
}

func (p *poller) addListener(fd int) error { return p.watch(fd, slotListener, unix.EPOLLIN) }

func (p *poller) remove(fd int) { _ = unix.EpollCtl(p.fd, unix.EPOLL_CTL_DEL, fd, nil) }

// poll gives the number of events without waiting.
func (p *poller) poll() (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events[0])),
		uintptr(len(p.events)), 0, 0, 0)
	return p.count(int(n), errno)
}

// sleep gives the number of events, after waiting for them for at most d.
func (p *poller) sleep(d time.Duration) (int, error) {
	ms := -1
	if d >= 0 {
		ms = int((d + time.Millisecond - 1) / time.Millisecond)
	}
	n, _, errno := unix.Syscall6(unix.SYS_EPOLL_PWAIT, uintptr(p.fd), uintptr(unsafe.Pointer(&p.events[0])),
		uintptr(len(p.events)), uintptr(ms), 0, 0)
	return p.count(int(n), errno)
}

func (p *poller) count(n int, errno unix.Errno) (int, error) {
	switch errno {
	case 0:
		return n, nil
	case unix.EINTR:
		return 0, nil
	}
	return 0, newError("epoll_wait", errno)
}

func (p *poller) event(i int) (slot int32, what uint8) {
	ev := &p.events[i]
	if ev.Events&(unix.EPOLLIN|unix.EPOLLPRI) != 0 {
		what |= canRead
	}
	if ev.Events&unix.EPOLLOUT != 0 {
		what |= canWrite
	}
	if ev.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		what |= hungUp
	}
	return ev.Fd, what
}

// wake makes sleep return. The eventfd's count is never read: each write is an edge.
func (p *poller) wake() {
	one := uint64(1)
	_, _, _ = unix.RawSyscall(unix.SYS_WRITE, uintptr(p.wakeFd), uintptr(unsafe.Pointer(&one)), 8)
}

func (p *poller) close() {
	if p.wakeFd >= 0 {
		_ = unix.Close(p.wakeFd)
	}
	_ = unix.Close(p.fd)
}
