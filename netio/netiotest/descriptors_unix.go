//go:build darwin || linux || netbsd || openbsd

package netiotest

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"hansu/netio"
)

// childVar makes a test binary run as the child of testOutOfDescriptors: its value is
// the model. The child has its own limit of descriptors, so that no other test
// runs out of them.
const childVar = "HANSU_NETIOTEST_FEW_DESCRIPTORS"

// testOutOfDescriptors runs the same test in a child process with few descriptors.
func testOutOfDescriptors(t *testing.T, s suite) {
	if os.Getenv(childVar) != "" {
		starve(t, s)
		return
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^"+strings.ReplaceAll(t.Name(), "/", "$/^")+"$", "-test.count=1")
	cmd.Env = append(os.Environ(), childVar+"="+string(s.model))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
}

// starve connects clients when there is no descriptor left for them. They wait in the
// backlog, one line is logged, and they are served when descriptors come free.
func starve(t *testing.T, s suite) {
	limit := syscall.Rlimit{Cur: 100, Max: 100} // first: a kernel may keep what it read at the start
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	var log lockedLog
	p := echo()
	between := make(chan []*os.File, 1)
	var calls atomic.Int32
	p.closed = func(netio.Conn, error) {
		// A blocking accept has reserved its descriptor before it waits, so the server
		// must be made to run out between two clients.
		if calls.Add(1) == 2 && s.oneAtATime {
			between <- takeAll(t)
		}
	}
	n := s.start(t, p, netio.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	first := n.dial()
	if err := exchange(first, "before"); err != nil {
		t.Fatal(err)
	}
	_ = first.Close()
	until(t, "the first gone", func() bool { return n.Stats().Open == 0 })
	clients := make([]int, 30)
	for i := range clients {
		clients[i] = socket(t)
	}
	taken := takeAll(t)
	for _, fd := range clients {
		if err := syscall.Connect(fd, sockaddr(n.Addr())); err != nil {
			t.Fatalf("connect: %v", err)
		}
	}
	if s.oneAtATime {
		if err := rawExchange(clients[0], "has a descriptor"); err != nil {
			t.Fatal(err)
		}
		_ = syscall.Close(clients[0])
		clients = clients[1:]
		taken = append(taken, await(t, between, "end of the first client")...)
	}
	until(t, "several failures to accept", func() bool { return n.Stats().AcceptErrors >= 3 })
	for _, f := range taken[:5] {
		_ = f.Close()
	}
	for i, fd := range clients { // in the order of the backlog; each makes room for another
		if err := rawExchange(fd, "after"); err != nil {
			t.Fatalf("client %d: %v", i, err)
		}
		_ = syscall.Close(fd)
	}
	n.stop()
	// A bout of failures is one line, however many attempts it lasts. The last one may still go on: accept takes
	// a descriptor before it looks whether somebody is there.
	got := log.String()
	if open := strings.Count(got, "accept fails") - strings.Count(got, "works again"); open < 0 || open > 1 || !strings.Contains(got, "EMFILE") {
		t.Errorf("logged:\n%s", got)
	}
	for _, f := range taken[5:] {
		_ = f.Close()
	}
}

// takeAll opens files until there are no descriptors.
func takeAll(t *testing.T) (files []*os.File) {
	for {
		f, err := os.Open(os.DevNull)
		if err == nil {
			files = append(files, f)
			continue
		}
		if !errors.Is(err, syscall.EMFILE) {
			t.Error(err)
		}
		return files
	}
}

func socket(t *testing.T) int {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	return fd
}

func sockaddr(a netip.AddrPort) syscall.Sockaddr {
	return &syscall.SockaddrInet4{Addr: a.Addr().As4(), Port: int(a.Port())}
}

// rawExchange is exchange on a blocking descriptor, which takes no other descriptor.
func rawExchange(fd int, line string) error {
	if _, err := syscall.Write(fd, []byte(line)); err != nil {
		return err
	}
	got := make([]byte, len(line))
	for n := 0; n < len(got); {
		m, err := syscall.Read(fd, got[n:])
		if err != nil {
			return err
		}
		if m == 0 {
			return io.ErrUnexpectedEOF
		}
		n += m
	}
	if string(got) != line {
		return &differs{got: string(got), want: line}
	}
	return nil
}

// lockedLog is what the server has logged.
type lockedLog struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
