package netio

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

const needsLinux6 = "needs Linux 6.0 or newer"

// completionMissing gives why io_uring cannot be had here, "" when it can. It makes a
// small ring, as only that tells.
func completionMissing() string {
	r, errno := openRing(2, 4)
	if errno == 0 {
		r.close()
		return ""
	}
	var uts unix.Utsname
	_ = unix.Uname(&uts)
	disabled, _ := os.ReadFile("/proc/sys/kernel/io_uring_disabled")
	return whyNoRing(errno, unix.ByteSliceToString(uts.Release[:]), string(bytes.TrimSpace(disabled)))
}

// whyNoRing tells apart what io_uring_setup refuses for: a kernel that is too old, the
// system's own switch, and a filter around this process, as containers have.
func whyNoRing(errno syscall.Errno, release, disabled string) string {
	major, _, _ := strings.Cut(release, ".")
	n, err := strconv.Atoi(major)
	old := err == nil && n < 6
	switch {
	case old, errno == unix.EINVAL:
		return needsLinux6 + "; this is Linux " + release
	case errno == unix.EPERM && disabled == "2":
		return "is switched off on this system (kernel.io_uring_disabled=2)"
	case errno == unix.EPERM && disabled == "1":
		return "is for privileged users only on this system (kernel.io_uring_disabled=1)"
	case errno == unix.EPERM, errno == unix.ENOSYS, errno == unix.EACCES:
		return fmt.Sprintf("is blocked by a seccomp filter, as in many containers (%v)", newError("io_uring_setup", errno))
	}
	return fmt.Sprintf("cannot make a ring (%v)", newError("io_uring_setup", errno))
}
