//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package netio

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// Slots that are no connection's.
const (
	slotWake     = -1
	slotListener = -2
)

// poller is kqueue with EV_CLEAR, which is edge-triggered, and a pipe that wakes it.
// A kqueue names the descriptor, so it keeps the slots.
type poller struct {
	fd     int
	pipe   [2]int
	events []unix.Kevent_t
	slots  []int32 // by descriptor
}

func (p *poller) open() (err error) {
	p.events = make([]unix.Kevent_t, eventsATick)
	p.pipe = [2]int{-1, -1}
	if p.fd, err = unix.Kqueue(); err != nil {
		return newError("kqueue", err)
	}
	unix.CloseOnExec(p.fd)
	if err = unix.Pipe(p.pipe[:]); err != nil {
		p.close()
		return newError("pipe", err)
	}
	for _, fd := range p.pipe {
		unix.CloseOnExec(fd)
		if err == nil {
			err = newError("fcntl", unix.SetNonblock(fd, true))
		}
	}
	if err == nil {
		err = p.watch(p.pipe[0], slotWake, unix.EVFILT_READ)
	}
	if err != nil {
		p.close()
	}
	return err
}

func (p *poller) watch(fd int, slot int32, filters ...int) error {
	for len(p.slots) <= fd {
		p.slots = append(p.slots, slotWake)
	}
	p.slots[fd] = slot
	changes := make([]unix.Kevent_t, len(filters))
	for i, filter := range filters {
		unix.SetKevent(&changes[i], fd, filter, unix.EV_ADD|unix.EV_CLEAR)
	}
	_, err := unix.Kevent(p.fd, changes, nil, nil)
	return newError("kevent", err)
}

func (p *poller) add(fd int, slot int32) error {
	return p.watch(fd, slot, unix.EVFILT_READ, unix.EVFILT_WRITE)
}

func (p *poller) addListener(fd int) error { return p.watch(fd, slotListener, unix.EVFILT_READ) }

func (p *poller) remove(fd int) {
	var change [1]unix.Kevent_t
	unix.SetKevent(&change[0], fd, unix.EVFILT_READ, unix.EV_DELETE)
	_, _ = unix.Kevent(p.fd, change[:], nil, nil)
}

// poll gives the number of events without waiting.
func (p *poller) poll() (int, error) { return p.sleep(0) }

// sleep gives the number of events, after waiting for them for at most d.
func (p *poller) sleep(d time.Duration) (int, error) {
	var timeout *unix.Timespec
	if d >= 0 {
		ts := unix.NsecToTimespec(int64(d))
		timeout = &ts
	}
	n, err := unix.Kevent(p.fd, nil, p.events, timeout)
	if errors.Is(err, unix.EINTR) {
		return 0, nil
	}
	return n, newError("kevent", err)
}

func (p *poller) event(i int) (slot int32, what uint8) {
	ev := &p.events[i]
	fd := int(ev.Ident)
	switch {
	case fd == p.pipe[0]:
		var drained [64]byte
		_, _ = unix.Read(fd, drained[:])
	case ev.Filter == unix.EVFILT_READ:
		what = canRead
	case ev.Filter == unix.EVFILT_WRITE:
		what = canWrite
	}
	if ev.Flags&(unix.EV_EOF|unix.EV_ERROR) != 0 {
		what |= hungUp
	}
	return p.slots[fd], what
}

// wake makes sleep return. A full pipe has woken it already.
func (p *poller) wake() { _, _ = unix.Write(p.pipe[1], []byte{1}) }

func (p *poller) close() {
	for _, fd := range append(p.pipe[:], p.fd) {
		if fd >= 0 {
			_ = unix.Close(fd)
		}
	}
}
