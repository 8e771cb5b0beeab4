//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package netio

import (
	"errors"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// accepted takes a new socket, for this loop or the next in turn.
func (l *loop) accepted(fd int, remote netip.AddrPort) {
	s := l.s
	s.k.acceptWorked()
	refused := !s.k.admit()
	if refused && !s.k.mayRefuse() {
		_ = unix.Close(fd)
		return
	}
	to := s.loops[s.turn]
	s.turn = (s.turn + 1) % len(s.loops)
	c := &loopConn{l: to, fd: int32(fd), slot: -1, remote: remote, refused: refused}
	if to == l {
		l.admit(c)
		return
	}
	c.mu.Lock()
	c.post()
	c.mu.Unlock()
}

// acceptFailed says whether err is one that goes away with time; the driver is told to retry.
func (l *loop) acceptFailed(err error) {
	if errno := syscall.Errno(0); errors.As(err, &errno) && passing(errno) {
		l.retryAt = time.Now()
		return
	}
	l.retryAt = time.Now().Add(l.s.k.acceptFailed(newError("accept", err)))
}

// passing is true for a failure of the one connection, not of accepting.
func passing(errno syscall.Errno) bool {
	switch errno {
	case unix.EINTR, unix.ECONNABORTED, unix.EPROTO, unix.EPERM,
		unix.ENETDOWN, unix.ENETUNREACH, unix.EHOSTDOWN, unix.EHOSTUNREACH:
		return true
	}
	return false
}

// stopped is told by the driver that accepting has ended after unlisten.
func (l *loop) stopped() {
	l.listening = false
	_ = unix.Close(l.s.fd)
	l.s.unlistened.Store(true)
	for _, other := range l.s.loops {
		if other != l {
			other.wakeNow()
		}
	}
}
