//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package netio

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// These systems want their calls made through the C library, by x/sys.

// noSignal: Go's runtime takes the SIGPIPE of these systems and drops it.
const noSignal = 0

// rawRead reads into p. EINTR is tried again.
func rawRead(fd int, p []byte) (int, syscall.Errno) {
	for {
		n, err := unix.Read(fd, p)
		if err == nil {
			return n, 0
		}
		if errno := errnoOf(err); errno != unix.EINTR {
			return 0, errno
		}
	}
}

// rawWrite writes parts as far as the system takes them without waiting.
func rawWrite(fd int, parts [][]byte) (int, syscall.Errno) {
	for {
		n, err := unix.SendmsgBuffers(fd, parts, nil, nil, unix.MSG_DONTWAIT)
		if err == nil {
			return n, 0
		}
		if errno := errnoOf(err); errno != unix.EINTR {
			return 0, errno
		}
	}
}
