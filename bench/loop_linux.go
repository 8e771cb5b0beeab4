package bench

import (
	"net"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// loop is a driver of its own: epoll, edge-triggered, and raw system calls. Go's scheduler does not
// hear of a raw call, so it does not take the processor away; descriptors are
// non-blocking, so no such call lasts.
type loop struct {
	ep     int
	links  []*link
	events [256]unix.EpollEvent
	buf    [64 << 10]byte
}

// newDriver makes the driver of one thread. portable asks for that of other systems.
func newDriver(portable bool) (driver, error) {
	if portable {
		return newPumps(), nil
	}
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return &loop{ep: ep}, nil
}

func (d *loop) adopt(c net.Conn) (*link, error) {
	defer c.Close()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return nil, err
	}
	fd := -1
	var dupErr error
	if err := raw.Control(func(s uintptr) { fd, dupErr = unix.FcntlInt(s, unix.F_DUPFD_CLOEXEC, 0) }); err != nil {
		return nil, err
	}
	if dupErr != nil {
		return nil, dupErr
	}
	l := &link{drv: d, index: len(d.links), fd: fd}
	ev := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET, Fd: int32(l.index)}
	if err := unix.EpollCtl(d.ep, unix.EPOLL_CTL_ADD, fd, &ev); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	d.links = append(d.links, l)
	return l, nil
}

func (d *loop) close() {
	for _, l := range d.links {
		_ = unix.Close(l.fd)
	}
	_ = unix.Close(d.ep)
}

func (d *loop) send(l *link, p []byte) {
	if len(l.rest) == 0 {
		p = p[rawSend(l.fd, p):]
	}
	if len(p) > 0 {
		l.rest = append(l.rest, p...)
	}
}

// rawSend gives how much the system took. An error shows when reading.
func rawSend(fd int, p []byte) int {
	if len(p) == 0 {
		return 0
	}
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))),
		uintptr(len(p)), unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(n)
}

func (d *loop) flush(l *link) {
	n := rawSend(l.fd, l.rest)
	if l.rest = l.rest[n:]; len(l.rest) == 0 {
		l.rest = nil
	}
}

func (d *loop) run(p program) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	heard := clock()
	next := p.start(heard)
	for !p.done() {
		n, err := d.poll()
		now := clock()
		if n == 0 && err == nil && next > now {
			runtime.Gosched()
			n, err = d.wait(min(next, heard+int64(silence)) - now)
			now = clock()
		}
		switch {
		case err != nil:
			return err
		case n > 0:
			heard = now
		case now-heard >= int64(silence):
			return errSilence()
		}
		if err := d.handle(n, p); err != nil {
			return err
		}
		if next <= now {
			if next, err = p.tick(now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *loop) handle(n int, p program) error {
	for i := range n {
		ev := &d.events[i]
		l := d.links[ev.Fd]
		if ev.Events&unix.EPOLLOUT != 0 && len(l.rest) > 0 {
			d.flush(l)
		}
		if ev.Events&(unix.EPOLLIN|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) == 0 {
			continue
		}
		hangup := ev.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0
		for more := true; more; {
			got, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(l.fd), uintptr(unsafe.Pointer(&d.buf)), uintptr(len(d.buf)))
			switch {
			case errno == unix.EAGAIN:
				more = false
			case errno == unix.EINTR:
			case errno != 0:
				return l.failed(errno)
			case got == 0:
				return l.failed(errHungUp)
			default:
				if err := p.received(l, d.buf[:got], clock()); err != nil {
					return l.failed(err)
				}
				more = hangup || int(got) == len(d.buf)
			}
		}
	}
	return nil
}

// poll gives the number of events without waiting.
func (d *loop) poll() (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(d.ep), uintptr(unsafe.Pointer(&d.events)), uintptr(len(d.events)), 0, 0, 0)
	return counted(n, errno)
}

// wait gives the number of events after at most d nanoseconds. A kernel before 5.11 waits whole milliseconds,
// and not at all for less.
func (d *loop) wait(nanos int64) (int, error) {
	nanos = max(0, nanos)
	ts := unix.NsecToTimespec(nanos)
	n, _, errno := unix.Syscall6(unix.SYS_EPOLL_PWAIT2, uintptr(d.ep), uintptr(unsafe.Pointer(&d.events)), uintptr(len(d.events)), uintptr(unsafe.Pointer(&ts)), 0, 0)
	if errno == unix.ENOSYS {
		n, _, errno = unix.Syscall6(unix.SYS_EPOLL_PWAIT, uintptr(d.ep), uintptr(unsafe.Pointer(&d.events)), uintptr(len(d.events)), uintptr(nanos/int64(time.Millisecond)), 0, 0)
	}
	return counted(n, errno)
}

func counted(n uintptr, errno unix.Errno) (int, error) {
	switch errno {
	case 0:
		return int(n), nil
	case unix.EINTR:
		return 0, nil
	}
	return 0, errno
}
