//go:build unix

package web

import (
	"errors"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// waitable returns what waits for a connection's bytes without reading them. nil: that is not
// possible, as over TLS, where what has come may be in its buffers already.
func waitable(c net.Conn) syscall.RawConn {
	k, ok := c.(*counted)
	if !ok {
		return nil
	}
	t, ok := k.Conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := t.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// readable reports whether a read would not wait: there are bytes, their end or an error.
func readable(fd uintptr) bool {
	var b [1]byte
	for {
		_, _, err := unix.Recvfrom(int(fd), b[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
		if err != unix.EINTR { //nolint:errorlint // an errno
			return !errors.Is(err, unix.EAGAIN)
		}
	}
}
