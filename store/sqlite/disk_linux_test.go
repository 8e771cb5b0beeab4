package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func init() { childTasks["full"] = fillDisk }

// noMount is the child's answer when it may not mount a file system.
const noMount = "cannot mount\n"

// fillDisk works on a small file system of its own, which it fills with another file.
func fillDisk(dir string) error {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		fmt.Print(noMount)
		return nil
	}
	filler := filepath.Join(dir, "filler")
	fail := func() error {
		f, err := os.Create(filler)
		if err != nil {
			return err
		}
		_, err = f.ReadFrom(io.LimitReader(zeros{}, 8<<20))
		if !errors.Is(err, syscall.ENOSPC) {
			return fmt.Errorf("filling the disk: %v", err)
		}
		return f.Close()
	}
	return failAndRecover(filepath.Join(dir, "data"), fail, func() error { return os.Remove(filler) })
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// TestDiskFull runs a process whose disk fills up and is emptied again.
func TestDiskFull(t *testing.T) {
	cmd := child(t, "full", t.TempDir())
	// A namespace of its own for mounts, and one for users, so that root is not needed.
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.Output()
	switch {
	case string(out) == noMount || errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC):
		t.Skip("needs user namespaces that may mount a tmpfs")
	case err != nil || len(out) > 0:
		t.Fatalf("%v\n%s", err, out)
	}
}
