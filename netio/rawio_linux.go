package netio

import (
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The calls below go to the kernel without telling Go's scheduler, which would take
// the processor away from a loop that it finds in a system call. So they are
// for non-blocking descriptors only, where the kernel answers at once.

// noSignal has a write to a peer that is gone fail without SIGPIPE.
const noSignal = unix.MSG_NOSIGNAL

// rawRead reads into p. EINTR is tried again.
func rawRead(fd int, p []byte) (int, syscall.Errno) {
	for {
		n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
		if errno == 0 {
			return int(n), 0
		}
		if errno != unix.EINTR {
			return 0, errno
		}
	}
}

// rawWrite writes parts, at most streamParts of them, as far as the system takes them.
// SIGPIPE does not come: MSG_NOSIGNAL is set.
func rawWrite(fd int, parts [][]byte) (int, syscall.Errno) {
	for {
		n, errno := rawSend(fd, parts)
		if errno != unix.EINTR {
			return n, errno
		}
	}
}

func rawSend(fd int, parts [][]byte) (int, syscall.Errno) {
	if len(parts) == 1 {
		p := parts[0]
		n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))),
			uintptr(len(p)), unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT, 0, 0)
		if errno != 0 {
			return 0, errno
		}
		return int(n), 0
	}
	var iov [streamParts]unix.Iovec
	var msg unix.Msghdr
	for i, p := range parts {
		iov[i].Base = unsafe.SliceData(p)
		iov[i].SetLen(len(p))
	}
	msg.Iov = &iov[0]
	msg.SetIovlen(len(parts))
	n, _, errno := unix.RawSyscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&msg)), unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT)
	runtime.KeepAlive(&iov)
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}
