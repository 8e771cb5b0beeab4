package netio

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// completionMissing gives why io_uring cannot be had here. It makes a
// small ring, as only that tells.
func completionMissing() Absence {
	r, errno := openRing(2, 4)
	if errno == 0 {
		r.close()
		return Absence{}
	}
	var uts unix.Utsname
	_ = unix.Uname(&uts)
	disabled, _ := os.ReadFile("/proc/sys/kernel/io_uring_disabled")
	return whyNoRing(errno, unix.ByteSliceToString(uts.Release[:]), string(bytes.TrimSpace(disabled)))
}

// whyNoRing tells apart what io_uring_setup refuses for: a kernel that is too old, the
// system's own switch, and a filter around this process, as containers have.
func whyNoRing(errno syscall.Errno, release, disabled string) Absence {
	major, _, _ := strings.Cut(release, ".")
	n, err := strconv.Atoi(major)
	old := err == nil && n < 6
	switch {
	case old, errno == unix.EINVAL:
		return Absence{NeedsLinux, release}
	case errno == unix.EPERM && disabled == "2":
		return Absence{SwitchedOff, "kernel.io_uring_disabled=2"}
	case errno == unix.EPERM && disabled == "1":
		return Absence{ForPrivileged, "kernel.io_uring_disabled=1"}
	case errno == unix.EPERM, errno == unix.ENOSYS, errno == unix.EACCES:
		return Absence{Filtered, newError("io_uring_setup", errno).Error()}
	}
	return Absence{Refused, newError("io_uring_setup", errno).Error()}
}
