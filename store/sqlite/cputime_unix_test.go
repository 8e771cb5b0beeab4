//go:build unix

package sqlite

import (
	"syscall"
	"time"
)

// cpuTime is what the process has used, user and system: what other load on the
// machine blurs least.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
