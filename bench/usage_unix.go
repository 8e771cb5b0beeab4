//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package bench

import (
	"time"

	"golang.org/x/sys/unix"
)

func processUsage(int) (Usage, error) { return Usage{Memory: -1}, errNoUsage }

func selfUsage() Usage {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		return Usage{Memory: -1}
	}
	return Usage{CPU: time.Duration(r.Utime.Nano() + r.Stime.Nano()), Memory: -1}
}
