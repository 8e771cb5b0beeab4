package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"hansu/store"
)

func init() {
	childTasks["full"] = fillDisk
	childTasks["retry"] = appendWithRetries
}

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

const retryTables, retryRecords = 8, 60

// appendWithRetries appends on a disk that fails now and then, the identical
// call again and again until it is settled, and prints how often it was not.
func appendWithRetries(dir string) error {
	ctx := context.Background()
	s, err := Open(ctx, dir, Options{})
	for try := 0; err != nil && try < 20; try++ { // opening may fail as well
		s, err = Open(ctx, dir, Options{})
	}
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	unknown := 0
	for id := store.TableID(1); id <= retryTables; id++ {
		wg.Go(func() {
			for seq := uint32(1); seq <= retryRecords; seq++ {
				call := []store.Write{{Record: killRecord(id, seq)}}
				err := s.Append(ctx, call)
				for try := 0; errors.Is(err, store.ErrUnknown) && try < 1000; try++ {
					mu.Lock()
					unknown++
					mu.Unlock()
					err = s.Append(ctx, call)
				}
				if err != nil {
					fmt.Printf("table %d, record %d: %v\n", id, seq, err)
					return
				}
			}
		})
	}
	wg.Wait()
	fmt.Println("unknown:", unknown > 0)
	// Closing copies the log and may fail; what was acknowledged is safe without.
	if err := s.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "close:", err)
	}
	return nil
}

// TestInputOutputErrors lets the system calls that write and sync fail with EIO,
// one in some tens of them.
func TestInputOutputErrors(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace")
	}
	if err := exec.Command(strace, "-qq", "-o", os.DevNull, "true").Run(); err != nil {
		t.Skipf("needs strace that may trace: %v", err)
	}
	for name, inject := range map[string]string{
		"sync":  "fsync,fdatasync:error=EIO:when=5+9",
		"write": "pwrite64:error=EIO:when=40+71",
		"full":  "pwrite64:error=ENOSPC:when=40+37",
		"both":  "fsync,fdatasync,pwrite64:error=EIO:when=30+43",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			run := child(t, "retry", dir)
			args := []string{"-f", "-qq", "-o", os.DevNull, "-e", "trace=fsync,fdatasync,pwrite64", "-e", "inject=" + inject}
			run.Args = append(append([]string{strace}, args...), run.Path, dir)
			run.Path = strace
			run.Stderr = nil
			out, err := run.CombinedOutput()
			if err != nil || !strings.Contains(string(out), "unknown: true") || strings.Contains(string(out), "record") {
				t.Fatalf("%v\n%s", err, out)
			}
			s := openTest(t, dir)
			for id := store.TableID(1); id <= retryTables; id++ {
				if last := wantKillRecords(t, s, id); last != retryRecords {
					t.Errorf("table %d ends at %d, want %d", id, last, retryRecords)
				}
			}
			noProblems(t, dir)
		})
	}
}
