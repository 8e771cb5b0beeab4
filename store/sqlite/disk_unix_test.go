//go:build unix

package sqlite

import (
	"os/signal"
	"syscall"
	"testing"
)

func init() { childTasks["limit"] = limitFileSize }

// limitFileSize makes writes fail with EFBIG by a limit on the size of files.
func limitFileSize(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	var free syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &free); err != nil {
		return err
	}
	fail := func() error {
		limit := free
		limit.Cur = 1
		return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
	}
	mend := func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &free) }
	return failAndRecover(dir, fail, mend)
}

// TestWritesFail runs a process in which writes to the disk fail.
func TestWritesFail(t *testing.T) {
	dir := t.TempDir()
	if out, err := child(t, "limit", dir).Output(); err != nil || len(out) > 0 {
		t.Fatalf("%v\n%s", err, out)
	}
	noProblems(t, dir)
}
