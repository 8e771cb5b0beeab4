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
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// serverVar makes the test binary a server, in a process of its own: "echo events".
const serverVar = "HANSU_NETIO_SERVER"

// profileVar has that server write a CPU profile to the file it names.
const profileVar = "HANSU_NETIO_PROFILE"

func TestMain(m *testing.M) {
	if what := os.Getenv(serverVar); what != "" {
		serveAsChild(what)
		return
	}
	os.Exit(m.Run())
}

type benchEcho struct{}

func (benchEcho) Opened(Conn)               {}
func (benchEcho) Received(c Conn, p []byte) { _ = c.Send(p) }
func (benchEcho) ReadEnded(c Conn)          { _ = c.Close() }
func (benchEcho) Closed(c Conn, err error)  {}

type benchChat struct {
	benchEcho
	s Server
}

func (h *benchChat) Received(_ Conn, p []byte) { h.s.Broadcast(p) }

// benchHop answers from another goroutine, as a game's table does.
type benchHop struct {
	benchEcho
	work chan hop
}

type hop struct {
	c Conn
	p []byte
}

func (h *benchHop) Received(c Conn, p []byte) { h.work <- hop{c, append([]byte(nil), p...)} }

func (h *benchHop) run() {
	for w := range h.work {
		_ = w.c.Send(w.p)
	}
}

func serveAsChild(what string) {
	if path := os.Getenv(profileVar); path != "" {
		if f, err := os.Create(path); err == nil && pprof.StartCPUProfile(f) == nil {
			defer pprof.StopCPUProfile()
		}
	}
	kind, model, _ := strings.Cut(what, " ")
	var h Handler = benchEcho{}
	chat := &benchChat{}
	switch kind {
	case "chat":
		h = chat
	case "hop":
		hops := &benchHop{work: make(chan hop, 4096)}
		go hops.run()
		h = hops
	}
	s, err := Listen("127.0.0.1:0", h, Config{Model: Model(model), Loops: loopsOf(kind)})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	chat.s = s
	go func() { _ = s.Serve() }()
	fmt.Println(s.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func loopsOf(kind string) int {
	if kind == "chat" {
		return 1
	}
	return 2
}

// server is a child process.
type server struct {
	cmd  *exec.Cmd
	addr string
}

// startServer starts this binary as a server, or the C program for the model "c".
func startServer(tb testing.TB, kind, model string) *server {
	tb.Helper()
	var cmd *exec.Cmd
	if model == "c" {
		args := []string{"2"}
		if kind == "chat" {
			args = []string{"1", "fanout"}
		}
		cmd = exec.Command(compileBaseline(tb), args...)
	} else {
		cmd = exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), serverVar+"="+kind+" "+model)
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		tb.Fatal(err)
	}
	if _, _, err := net.SplitHostPort(strings.TrimSpace(addr)); err != nil {
		tb.Skip(addr)
	}
	return &server{cmd: cmd, addr: strings.TrimSpace(addr)}
}

var compileOnce sync.Once
var compiled string

func compileBaseline(tb testing.TB) string {
	compileOnce.Do(func() {
		dir, err := os.MkdirTemp("", "baseline")
		if err != nil {
			return
		}
		out := filepath.Join(dir, "epoll_echo")
		if err := exec.Command("cc", "-O2", "-pthread", "-o", out, "../bench/baseline/epoll_echo.c").Run(); err == nil {
			compiled = out
		}
	})
	if compiled == "" {
		tb.Skip("needs a C compiler (cc)")
	}
	return compiled
}

// cpu gives the CPU time that a process has used.
func cpu(tb testing.TB, pid int) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|2), &ts); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(ts.Nano())
}

// generator is a lean closed-loop client: each of its connections always has depth
// messages of size bytes under way.
type generator struct {
	p     poller
	conns []*genConn
	buf   []byte
}

type genConn struct {
	fd, got int
}

const messageSize = 64

func newGenerator(tb testing.TB, addr string, clients int) *generator {
	g := &generator{buf: make([]byte, readSize)}
	if err := g.p.open(); err != nil {
		tb.Fatal(err)
	}
	for i := range clients {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			tb.Fatal(err)
		}
		raw, _ := c.(*net.TCPConn).SyscallConn()
		fd := -1
		_ = raw.Control(func(s uintptr) { fd, _ = unix.FcntlInt(s, unix.F_DUPFD_CLOEXEC, 0) })
		_ = c.Close()
		if err := g.p.add(fd, int32(i)); err != nil {
			tb.Fatal(err)
		}
		g.conns = append(g.conns, &genConn{fd: fd})
	}
	return g
}

func (g *generator) close() {
	for _, c := range g.conns {
		_ = unix.Close(c.fd)
	}
	g.p.close()
}

// run exchanges n messages.
func (g *generator) run(n, depth int) {
	msg := make([]byte, depth*messageSize)
	inFlight := 0
	for _, c := range g.conns {
		d := min(depth, n)
		if d == 0 {
			break
		}
		_, _ = rawWrite(c.fd, [][]byte{msg[:d*messageSize]})
		inFlight += d
		n -= d
	}
	part := make([][]byte, 1)
	for inFlight > 0 {
		events, _ := g.p.poll()
		if events == 0 {
			events, _ = g.p.sleep(-1)
		}
		for i := range events {
			slot, what := g.p.event(i)
			if slot < 0 || what&canRead == 0 {
				continue
			}
			c := g.conns[slot]
			m, _ := rawRead(c.fd, g.buf)
			c.got += m
			done := c.got / messageSize
			c.got -= done * messageSize
			inFlight -= done
			if again := min(done, n); again > 0 {
				part[0] = msg[:again*messageSize]
				_, _ = rawWrite(c.fd, part)
				inFlight += again
				n -= again
			}
		}
	}
}

// BenchmarkEcho reports the server's CPU time a message, and divided by the generator's
// of the same run, which a busy machine blurs least. Run it with -count for interleaving:
//
//	go test -run=^$ -bench=Echo -benchtime=200000x -count=5 ./netio
func BenchmarkEcho(b *testing.B) {
	for _, kind := range []string{"echo", "hop"} {
		for _, load := range []struct{ clients, depth int }{{1, 1}, {100, 1}, {100, 16}, {1000, 1}, {8000, 1}} {
			for _, model := range []string{"c", "threads", "events", "completion"} {
				if kind == "hop" && (model == "c" || load.clients > 1000) {
					continue
				}
				b.Run(fmt.Sprintf("%s/clients=%d/depth=%d/%s", kind, load.clients, load.depth, model), func(b *testing.B) {
					benchEchoes(b, kind, model, load.clients, load.depth)
				})
			}
		}
	}
}

func benchEchoes(b *testing.B, kind, model string, clients, depth int) {
	s := startServer(b, kind, model)
	threads := min(2, clients)
	var gens []*generator
	for range threads {
		gens = append(gens, newGenerator(b, s.addr, clients/threads))
		defer gens[len(gens)-1].close()
	}
	each := func(n int) {
		var wg sync.WaitGroup
		for _, g := range gens {
			wg.Go(func() {
				runtime.LockOSThread()
				g.run(n/threads, depth)
			})
		}
		wg.Wait()
	}
	each(clients * depth * 2) // warm
	served, own := cpu(b, s.cmd.Process.Pid), cpu(b, os.Getpid())
	b.ResetTimer()
	each(b.N)
	b.StopTimer()
	served, own = cpu(b, s.cmd.Process.Pid)-served, cpu(b, os.Getpid())-own
	b.ReportMetric(float64(served)/float64(b.N)/1e3, "server-µs/msg")
	b.ReportMetric(float64(served)/float64(own), "server/generator")
}

// BenchmarkFanOut reports the cost of one delivery when one client's message goes to a
// thousand, with so many messages under way; each server has one loop.
func BenchmarkFanOut(b *testing.B) {
	for _, depth := range []int{1, 100} {
		for _, model := range []string{"c", "threads", "events", "completion"} {
			b.Run(fmt.Sprintf("receivers=1000/depth=%d/%s", depth, model), func(b *testing.B) {
				benchFanOut(b, model, 1000, depth)
			})
		}
	}
}

func benchFanOut(b *testing.B, model string, receivers, depth int) {
	s := startServer(b, "chat", model)
	g := newGenerator(b, s.addr, receivers)
	defer g.close()
	// Whose word was heard has joined; the first to have joined hears all words.
	first := 0
	for i, c := range g.conns {
		_, _ = rawWrite(c.fd, [][]byte{make([]byte, messageSize)})
		for want := (i + 1) * messageSize; first < want; {
			n, _ := rawRead(g.conns[0].fd, g.buf)
			first += n
		}
	}
	last := bytes.Repeat([]byte{0xff}, messageSize)
	_, _ = rawWrite(g.conns[0].fd, [][]byte{last})
	for _, c := range g.conns {
		for heard := false; !heard; {
			n, _ := rawRead(c.fd, g.buf)
			heard = n > 0 && g.buf[n-1] == 0xff
		}
	}
	served, own := cpu(b, s.cmd.Process.Pid), cpu(b, os.Getpid())
	b.ResetTimer()
	rounds := max(1, b.N/depth)
	for range rounds {
		_, _ = rawWrite(g.conns[0].fd, [][]byte{make([]byte, depth*messageSize)})
		for left := receivers * depth * messageSize; left > 0; {
			events, _ := g.p.sleep(-1)
			for i := range events {
				if slot, what := g.p.event(i); slot >= 0 && what&canRead != 0 {
					n, _ := rawRead(g.conns[slot].fd, g.buf)
					left -= n
				}
			}
		}
	}
	b.StopTimer()
	served, own = cpu(b, s.cmd.Process.Pid)-served, cpu(b, os.Getpid())-own
	deliveries := float64(rounds * depth * receivers)
	b.ReportMetric(float64(served)/deliveries/1e3, "server-µs/delivery")
	b.ReportMetric(float64(served)/float64(own), "server/generator")
}

// BenchmarkIdle reports the server's memory a client that says nothing, before and after it
// has said one word.
func BenchmarkIdle(b *testing.B) {
	const clients = 8000
	for _, model := range []string{"c", "threads", "events", "completion"} {
		b.Run(model, func(b *testing.B) {
			s := startServer(b, "echo", model)
			newGenerator(b, s.addr, 1).close()
			before := resident(b, s)
			g := newGenerator(b, s.addr, clients)
			defer g.close()
			awaitDescriptors(b, s, clients)
			b.ReportMetric(float64(resident(b, s)-before)/clients, "B/silent-client")
			for _, c := range g.conns {
				_, _ = rawWrite(c.fd, [][]byte{g.buf[:messageSize]})
				for n := 0; n == 0; {
					n, _ = rawRead(c.fd, g.buf)
				}
			}
			b.ReportMetric(float64(resident(b, s)-before)/clients, "B/client-after-a-word")
		})
	}
}

// awaitDescriptors returns when s has accepted so many clients.
func awaitDescriptors(tb testing.TB, s *server, n int) {
	for {
		fds, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
		if err != nil {
			tb.Fatal(err)
		}
		if len(fds) > n {
			return
		}
		runtime.Gosched()
	}
}

// resident gives the process's resident memory in bytes.
func resident(tb testing.TB, s *server) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	if err != nil {
		tb.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		tb.Fatal(err)
	}
	return pages * os.Getpagesize()
}
