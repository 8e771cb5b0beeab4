package main

import (
	"runtime"
	"syscall"
	"unsafe"
)

// epoll is a loop on epoll. Its calls are raw, so that Go's scheduler does not take the processor away from a
// goroutine that it finds in one; it looks without waiting, lets others run, and waits only if there is still nothing.
type epoll struct {
	fd     int
	events [256]syscall.EpollEvent
	buf    [64 << 10]byte
}

func newEpoll() loop {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	check("epoll_create1", err)
	return &epoll{fd: fd}
}

func (e *epoll) add(fd int) {
	check("fcntl", syscall.SetNonblock(fd, true))
	ev := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(fd)}
	check("epoll_ctl", syscall.EpollCtl(e.fd, syscall.EPOLL_CTL_ADD, fd, &ev))
}

func (e *epoll) run() {
	for {
		n := e.poll()
		if n <= 0 {
			runtime.Gosched()
			if n = e.poll(); n <= 0 {
				n, _ = syscall.EpollWait(e.fd, e.events[:], -1)
			}
		}
		for i := range max(n, 0) {
			e.ready(int(e.events[i].Fd))
		}
	}
}

func (e *epoll) poll() int {
	n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(e.fd), uintptr(unsafe.Pointer(&e.events)), uintptr(len(e.events)), 0, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(n)
}

func (e *epoll) ready(fd int) {
	n, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&e.buf)), uintptr(len(e.buf)))
	switch {
	case errno == syscall.EAGAIN || errno == syscall.EINTR:
		return
	case errno != 0 || n == 0:
		_ = syscall.Close(fd)
		return
	}
	for p := e.buf[:n]; len(p) > 0; {
		m, _, errno := syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), syscall.MSG_NOSIGNAL, 0, 0)
		switch {
		case errno == 0:
			p = p[m:]
		case errno != syscall.EAGAIN && errno != syscall.EINTR:
			return // the read tells
		}
	}
}
