package netio

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// exchanges is how many messages the traced servers answer.
const exchanges = 30

// trace runs an echo server of model under strace, has it answer, and gives the
// number of calls by name: all of them, and those on a connected TCP socket.
func trace(t *testing.T, model Model) (all, onClients map[string]int) {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace")
	}
	out := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace, "-f", "-yy", "-o", out, os.Args[0])
	cmd.Env = append(os.Environ(), serverVar+"=echo "+string(model))
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Skipf("strace cannot trace here: %v", cmd.Wait())
	}
	talkTo(t, strings.TrimSpace(addr), exchanges)
	_ = stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	all, onClients = map[string]int{}, map[string]int{}
	call := regexp.MustCompile(`^\d+ +(\w+)\(`)
	for line := range bytes.Lines(text) {
		m := call.FindSubmatch(line)
		if m == nil {
			continue
		}
		all[string(m[1])]++
		if bytes.Contains(line, []byte("<TCP:[")) && bytes.Contains(line, []byte("->")) {
			onClients[string(m[1])]++
		}
	}
	return all, onClients
}

// talkTo exchanges n messages over one connection.
func talkTo(t *testing.T, addr string, n int) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	for i := range n {
		want := fmt.Sprintf("message %d", i)
		if _, err := io.WriteString(c, want); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
			t.Fatalf("got %q, %v", got, err)
		}
	}
}

// transfers are the calls that move bytes of a socket without io_uring.
var transfers = []string{"read", "readv", "recvfrom", "recvmsg", "recvmmsg", "write", "writev", "sendto", "sendmsg", "sendmmsg"}

func TestCompletionUsesOnlyTheRing(t *testing.T) {
	if why := completionMissing(); why != (Absence{}) {
		t.Skipf("model completion %s", why)
	}
	all, onClients := trace(t, Completion)
	if all["io_uring_enter"] < exchanges/2 {
		t.Errorf("%d calls of io_uring_enter for %d messages", all["io_uring_enter"], exchanges)
	}
	for _, name := range append(transfers, "accept", "accept4") {
		if onClients[name] > 0 {
			t.Errorf("%d calls of %s on clients' sockets", onClients[name], name)
		}
	}
}

func TestEventsUsesEpoll(t *testing.T) {
	all, onClients := trace(t, Events)
	if all["epoll_pwait"] < exchanges || onClients["epoll_ctl"] == 0 {
		t.Errorf("%d calls of epoll_pwait, %d of epoll_ctl for clients", all["epoll_pwait"], onClients["epoll_ctl"])
	}
	// One read and one write a message: a read that empties the socket is not followed by
	// another, and there is no call to ask for an event again.
	if r, w := onClients["read"], onClients["sendto"]; r > exchanges+5 || w != exchanges || onClients["epoll_ctl"] > 1 {
		t.Errorf("%d reads, %d writes, %d of epoll_ctl for %d messages", r, w, onClients["epoll_ctl"], exchanges)
	}
	if all["io_uring_setup"] > 0 {
		t.Error("io_uring in the model events")
	}
}

// TestBlockingBlocks looks at what the server's threads are doing while nothing comes: one
// is inside accept4, then inside read, on descriptors that are blocking.
func TestBlockingBlocks(t *testing.T) {
	s := startServer(t, "echo", string(Blocking))
	awaitThreadIn(t, s, unix.SYS_ACCEPT4)
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	awaitThreadIn(t, s, unix.SYS_READ)
}

// awaitThreadIn waits until a thread of s is in the call nr on a blocking socket.
func awaitThreadIn(t *testing.T, s *server, nr int) {
	t.Helper()
	proc := fmt.Sprintf("/proc/%d", s.cmd.Process.Pid)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); runtime.Gosched() {
		tasks, _ := filepath.Glob(proc + "/task/*/syscall")
		for _, task := range tasks {
			text, err := os.ReadFile(task)
			if os.IsPermission(err) {
				t.Skipf("needs to read %s: %v", task, err)
			}
			fields := strings.Fields(string(text)) // number, then arguments
			if len(fields) < 2 || fields[0] != strconv.Itoa(nr) {
				continue
			}
			fd, err := strconv.ParseUint(strings.TrimPrefix(fields[1], "0x"), 16, 32)
			if err != nil {
				continue
			}
			if link, _ := os.Readlink(fmt.Sprintf("%s/fd/%d", proc, fd)); !strings.HasPrefix(link, "socket:") {
				continue // standard input
			}
			if nonblocking(t, fmt.Sprintf("%s/fdinfo/%d", proc, fd)) {
				t.Fatalf("descriptor %d is non-blocking", fd)
			}
			return
		}
	}
	t.Fatalf("no thread is in system call %d on a socket", nr)
}

func nonblocking(t *testing.T, fdinfo string) bool {
	t.Helper()
	text, err := os.ReadFile(fdinfo)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`flags:\s+([0-7]+)`).FindSubmatch(text)
	flags, err := strconv.ParseUint(string(m[1]), 8, 64)
	if err != nil {
		t.Fatal(err)
	}
	return flags&unix.O_NONBLOCK != 0
}

func TestWhyNoRing(t *testing.T) {
	for _, test := range []struct {
		errno    unix.Errno
		release  string
		disabled string
		want     string
	}{
		{unix.ENOSYS, "5.4.0-generic", "", `needs Linux 6.0 or newer`},
		{unix.EINVAL, "5.19.1", "0", `needs Linux 6.0 or newer`},
		{unix.EPERM, "5.10.0", "", `needs Linux 6.0 or newer`},
		{unix.EPERM, "6.8.0", "2", `kernel.io_uring_disabled=2`},
		{unix.EPERM, "6.8.0", "1", `kernel.io_uring_disabled=1`},
		{unix.EPERM, "6.8.0", "0", `seccomp filter, as in many containers (io_uring_setup: 1 (EPERM): Operation not permitted)`},
		{unix.ENOSYS, "6.8.0", "0", `seccomp filter, as in many containers (io_uring_setup: 38 (ENOSYS): Function not implemented)`},
		{unix.ENOMEM, "6.8.0", "0", `cannot make a ring (io_uring_setup: 12 (ENOMEM): Cannot allocate memory)`},
	} {
		if got := whyNoRing(test.errno, test.release, test.disabled).String(); !strings.Contains(got, test.want) {
			t.Errorf("%v on %s, disabled=%s: %q, want %q", test.errno, test.release, test.disabled, got, test.want)
		}
	}
}
