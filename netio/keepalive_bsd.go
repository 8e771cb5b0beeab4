//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package netio

import "golang.org/x/sys/unix"

// keepAlive makes the system notice a peer that is gone without a word, in its own time: the
// intervals are not set by the same names on all of these systems.
func keepAlive(fd int) { _ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1) }
