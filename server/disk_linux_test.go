package server_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hansu/store/sqlite"
)

// TestDiskThatFails runs the real server on a system whose calls to write and to sync fail now and
// then with EIO: nobody is told that a move stands that does not, and the games go on.
func TestDiskThatFails(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace")
	}
	t.Parallel()
	for _, fault := range []string{"fdatasync,fsync:error=EIO:when=2+3", "pwrite64:error=EIO:when=5+7"} {
		call, _, _ := strings.Cut(fault, ":")
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			p := startProcess(t)
			l := p.node().playMany(20)
			tracer := exec.Command(strace, "-f", "-p", fmt.Sprint(p.cmd.Process.Pid), "-e", "trace="+call, "-e", "inject="+fault)
			var said record
			tracer.Stderr = &said
			if err := tracer.Start(); err != nil {
				t.Fatal(err)
			}
			over := make(chan error, 1)
			go func() { over <- tracer.Wait() }()
			if !attached(&said) {
				t.Skip("needs a system that lets strace attach")
			}
			p.logged("records not stored", 3)
			_ = tracer.Process.Kill() // the kernel lets the server go on, and its disk works again
			<-over
			l.progress(t, 200)
			l.end()
			p.kill()
			l.check(t, p.data)
			injected := strings.Count(said.String(), "INJECTED")
			t.Logf("%d calls failed, %d moves were put off", injected, l.refused.Load())
			if injected == 0 {
				t.Errorf("no call has failed: %s", said.String())
			}
		})
	}
}

// TestDiskThatHangs terminates the real server while its disk answers nothing at all: it ends by itself, with an
// error, and what it had acknowledged is there.
func TestDiskThatHangs(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace")
	}
	p := startProcess(t)
	l := p.node().playMany(10)
	l.progress(t, 50)
	tracer := exec.Command(strace, "-f", "-p", fmt.Sprint(p.cmd.Process.Pid), "-e", "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:delay_enter=600000000")
	var said record
	tracer.Stderr = &said
	if err := tracer.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- tracer.Wait() }()
	if !attached(&said) {
		t.Skip("needs a system that lets strace attach")
	}
	said.contains(t, "sync(")
	p.ready(http.StatusServiceUnavailable)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.logged(`"stopped"`, 1)
	_ = tracer.Process.Kill() // it holds the thread that hangs, also at the process's end
	<-over
	if err := <-p.end; err == nil || !strings.Contains(p.log.String(), "the disk does not answer") {
		t.Errorf("the server ends with %v and does not say why", err)
	}
	p.cmd = nil
	p.start()
	p.ready(http.StatusOK)
	l.progress(t, 50)
	l.end()
	p.kill()
	l.check(t, p.data)
}

// contains waits until something is there.
func (r *record) contains(t *testing.T, what string) {
	t.Helper()
	limit := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(r.String(), what) {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatalf("there is no %q in %s", what, r.String())
		}
	}
}

// attached waits until strace has said whether it can follow the server.
func attached(said *record) bool {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(patience)
	for {
		switch text := said.String(); {
		case strings.Contains(text, "not permitted"):
			return false
		case strings.Contains(text, "attached"):
			return true
		}
		select {
		case <-tick.C:
		case <-limit:
			return false
		}
	}
}

// TestDiskThatFills runs the real server on a small file system, fills it up and empties it again.
func TestDiskThatFills(t *testing.T) {
	t.Parallel()
	p := newProcess(t)
	mounted := t.TempDir()
	p.data = filepath.Join(mounted, "data")
	p.under = []string{"sh", "-c", `mount -t tmpfs -o size=6m tmpfs "$0" && exec "$@"`, mounted}
	p.prepare = func(cmd *exec.Cmd) {
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
	}
	probe := exec.Command("sh", "-c", `mount -t tmpfs tmpfs "$0"`, mounted)
	p.prepare(probe)
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("needs user namespaces that may mount a tmpfs: %v %s", err, out)
	}
	p.start()
	l := p.node().playMany(20)
	l.progress(t, 100)
	inside := filepath.Join(fmt.Sprintf("/proc/%d/root", p.cmd.Process.Pid), mounted)
	filler, err := os.Create(filepath.Join(inside, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(filler, zeros{}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("filling the disk: %v", err)
	}
	filler.Close()
	p.logged("records not stored", 3)
	p.ready(http.StatusServiceUnavailable)
	if err := os.Remove(filler.Name()); err != nil {
		t.Fatal(err)
	}
	p.ready(http.StatusOK)
	l.progress(t, 200)
	l.end()
	// The file system goes with its last process, so the files are copied as a power cut leaves them.
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	kept := dataDir(t)
	for _, name := range []string{sqlite.FileName, sqlite.FileName + "-wal"} {
		data, err := os.ReadFile(filepath.Join(inside, "data", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(kept, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	p.kill()
	l.check(t, kept)
}

// ready waits until the server answers so whether clients should be sent to it; that it is alive it says all the time.
func (p *process) ready(want int) {
	p.t.Helper()
	get := func(path string) int {
		res, err := http.Get("http://" + p.page + path)
		if err != nil {
			p.t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	limit := time.After(patience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for get("/readyz") != want {
		select {
		case <-tick.C:
		case <-limit:
			p.t.Fatalf("/readyz does not become %d", want)
		}
	}
	if got := get("/healthz"); got != http.StatusOK {
		p.t.Errorf("/healthz: %d", got)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// logged waits until the server has logged something so many times.
func (p *process) logged(what string, times int) {
	p.t.Helper()
	limit := time.After(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for strings.Count(p.log.String(), what) < times {
		select {
		case <-tick.C:
		case <-limit:
			p.t.Fatalf("the server has not logged %q %d times", what, times)
		}
	}
}
