package nats_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"hansu/bus"
	"hansu/bus/bustest"
	"hansu/bus/nats"
	"hansu/bus/natstest"
	"hansu/bus/proxytest"
)

func open(t testing.TB, url string, opts nats.Options) *nats.Bus {
	t.Helper()
	b, err := nats.Open(t.Context(), url, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// patient pings so seldom that a busy machine does not look like a dead connection.
var patient = nats.Options{Ping: time.Minute}

type onServer struct{ *natstest.Server }

func (n onServer) Join(t testing.TB) bus.Bus { return open(t, n.URL(), patient) }
func (n onServer) Cut(testing.TB)            { n.Stop() }
func (n onServer) Heal(testing.TB)           { n.Restart() }

func TestBus(t *testing.T) {
	bustest.Run(t, func(t testing.TB) bustest.Net { return onServer{natstest.Start(t)} })
}

// logged is a log that tests look into.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *logged) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// refused opens what cannot be opened, and looks for the password in what is said about it.
func refused(t *testing.T, url string, opts nats.Options, want error, hint string) {
	t.Helper()
	var log logged
	opts.Log = log.logger()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // one attempt has all of its time
	defer cancel()
	b, err := nats.Open(ctx, url, opts)
	if err == nil {
		b.Close()
		t.Fatal("opened")
	}
	if want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), hint) {
		t.Errorf("%v; want %v, %q", err, want, hint)
	}
	if said := err.Error() + log.String(); strings.Contains(said, "hush") {
		t.Errorf("tells the password: %s", said)
	}
}

func TestAddress(t *testing.T) {
	for _, url := range []string{
		"", "nats://", "nats://a,", "http://a", "nats://u:hush@a:b", "nats://u:hush/1@a", "nats://u:1/hush@a", "nats://u:%hush@a",
		"nats://hush@a:4222:1", "nats://a?hush=1", "nats://a, nats://u:hush @b",
	} {
		refused(t, url, nats.Options{}, nats.ErrAddress, "nats://USER:PASSWORD@HOST:4222")
	}
}

func TestAway(t *testing.T) {
	s := natstest.Start(t)
	s.Stop()
	refused(t, "nats://u:hush@"+s.Addr(), nats.Options{}, bus.ErrAway, s.Addr()+": bus: not connected: connection refused; is nats-server running there?")

	// Something else that listens and says nothing.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	refused(t, "nats://hush@"+l.Addr().String(), nats.Options{}, bus.ErrAway, "timeout")
}

// TestAwayAtFirst has NATS come up while a node is waiting for it.
func TestAwayAtFirst(t *testing.T) {
	s := natstest.Start(t)
	s.Stop()
	l, err := net.Listen("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan bool)
	go func() {
		defer close(started)
		if conn, err := l.Accept(); err == nil { // the first attempt finds nobody who speaks NATS
			conn.Close()
		}
		l.Close()
		s.Restart()
	}()
	// On a slow machine the server may take longer than one Open waits.
	until(t, "open", func() bool {
		b, err := nats.Open(t.Context(), s.URL(), patient)
		if err == nil {
			b.Close()
		} else if !errors.Is(err, bus.ErrAway) {
			t.Fatal(err)
		}
		return err == nil
	})
	<-started
}

func TestCancelled(t *testing.T) {
	s := natstest.Start(t)
	s.Stop()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := nats.Open(ctx, s.URL(), nats.Options{}); !errors.Is(err, bus.ErrAway) {
		t.Error(err)
	}
}

func TestPassword(t *testing.T) {
	s := natstest.Start(t, func(o *server.Options) { o.Username, o.Password = "hansu", "hush" })
	b := open(t, "nats://hansu:hush@"+s.Addr(), patient)
	if !b.Connected() {
		t.Error("not connected")
	}
	refused(t, "nats://hansu:hushhush@"+s.Addr(), patient, nats.ErrRefused, "check user and password")
	refused(t, "nats://"+s.Addr(), patient, nats.ErrRefused, "check user and password")
}

func TestToken(t *testing.T) {
	s := natstest.Start(t, func(o *server.Options) { o.Authorization = "hush" })
	var log logged
	b := open(t, "nats://hush@"+s.Addr(), nats.Options{Ping: time.Minute, Log: log.logger()})
	s.Stop()
	until(t, "lost", func() bool { return !b.Connected() })
	s.Restart()
	until(t, "connected", b.Connected)
	until(t, "logged", func() bool { return strings.Contains(log.String(), "connected to NATS again") })
	if strings.Contains(log.String(), "hush") || !strings.Contains(log.String(), "the connection to NATS is lost") {
		t.Error(log.String())
	}
	refused(t, "nats://hushhush@"+s.Addr(), patient, nats.ErrRefused, "check user and password")
}

func TestFiles(t *testing.T) {
	s := natstest.Start(t)
	missing := filepath.Join(t.TempDir(), "missing")
	for _, opts := range []nats.Options{{Creds: missing}, {CA: missing}, {Cert: missing, Key: missing}} {
		refused(t, s.URL(), opts, os.ErrNotExist, missing)
	}
}

func TestSmall(t *testing.T) {
	s := natstest.Start(t, func(o *server.Options) { o.MaxPayload = bus.MaxMessage - 1 })
	refused(t, s.URL(), patient, nats.ErrSmall, "max_payload")
}

// TestSlowIsLogged: bustest shows that messages are dropped.
func TestSlowIsLogged(t *testing.T) {
	s := natstest.Start(t)
	var log logged
	b := open(t, s.URL(), nats.Options{Ping: time.Minute, Log: log.logger()})
	release := make(chan bool)
	t.Cleanup(func() { close(release) })
	if err := b.Subscribe("slow", func([]byte) { <-release }); err != nil {
		t.Fatal(err)
	}
	data := make([]byte, bus.MaxMessage)
	until(t, "logged", func() bool {
		if err := b.Publish("slow", data); err != nil && !errors.Is(err, bus.ErrAway) {
			t.Fatal(err)
		}
		return strings.Contains(log.String(), "their subscriber is too slow")
	})
	if said := log.String(); !strings.Contains(said, "subject=slow") || !strings.Contains(said, "dropped=") {
		t.Error(said)
	}
}

// TestDenied has a server that forbids a subject: the log says so.
func TestDenied(t *testing.T) {
	s := natstest.Start(t, func(o *server.Options) {
		o.Users = []*server.User{{Username: "u", Password: "hush", Permissions: &server.Permissions{
			Subscribe: &server.SubjectPermission{Deny: []string{"secret"}},
		}}}
	})
	var log logged
	b := open(t, "nats://u:hush@"+s.Addr(), nats.Options{Ping: time.Minute, Log: log.logger()})
	if err := b.Subscribe("secret", func([]byte) {}); err != nil {
		t.Fatal(err)
	}
	until(t, "logged", func() bool { return strings.Contains(log.String(), `Permissions Violation for Subscription`) })
}

// fake is a NATS server by hand, which does what no real one is easily brought to do.
type fake struct {
	net.Listener
	lines  chan string // what clients say
	conns  chan net.Conn
	silent atomic.Bool // answers no pings
}

func newFake(t *testing.T) *fake {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	f := &fake{Listener: l, lines: make(chan string, 100_000), conns: make(chan net.Conn, 1000)}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go f.serve(conn)
		}
	}()
	return f
}

func (f *fake) serve(conn net.Conn) {
	defer conn.Close()
	fmt.Fprintf(conn, "INFO {\"server_id\":\"fake\",\"max_payload\":%d}\r\n", bus.MaxMessage)
	f.conns <- conn
	for in := bufio.NewScanner(conn); in.Scan(); {
		line := in.Text()
		f.lines <- line
		if line == "PING" && !f.silent.Load() {
			fmt.Fprint(conn, "PONG\r\n")
		}
	}
}

// hears waits for a line of a client.
func (f *fake) hears(t *testing.T, start string) {
	t.Helper()
	for {
		select {
		case line := <-f.lines:
			if strings.HasPrefix(line, start) {
				return
			}
		case <-time.After(time.Minute):
			t.Fatalf("no client says %s", start)
		}
	}
}

// TestClosedForGood has a server end a connection with an error that nats.go takes as final.
func TestClosedForGood(t *testing.T) {
	f := newFake(t)
	var log logged
	b := open(t, "nats://"+f.Addr().String(), nats.Options{Ping: time.Minute, Log: log.logger()})
	got := make(chan string, 1)
	if err := b.Subscribe("here", func(data []byte) { got <- string(data) }); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		f.hears(t, "SUB here ")
		conn := <-f.conns
		fmt.Fprint(conn, "MSG here 1 2\r\nhi\r\n")
		select {
		case s := <-got:
			if s != "hi" {
				t.Error(s)
			}
		case <-time.After(time.Minute):
			t.Fatalf("no message\n%s", log.String())
		}
		fmt.Fprint(conn, "-ERR 'Unheard Of'\r\n")
	}
	f.hears(t, "SUB here ")
	until(t, "connected", b.Connected)
	until(t, "logged", func() bool { return strings.Contains(log.String(), "Unheard Of") })
}

// TestOneAtATime has a subscriber that is at work when its connection is made anew.
func TestOneAtATime(t *testing.T) {
	f := newFake(t)
	b := open(t, "nats://"+f.Addr().String(), patient)
	entered, release, second := make(chan bool), make(chan bool), make(chan bool)
	running := false // the race detector sees it, too
	if err := b.Subscribe("here", func(data []byte) {
		if running {
			t.Error("two at a time")
		}
		running = true
		if string(data) == "1" {
			close(entered)
			<-release
		}
		running = false
		if string(data) == "2" {
			close(second)
		}
	}); err != nil {
		t.Fatal(err)
	}
	f.hears(t, "SUB here ")
	conn := <-f.conns
	fmt.Fprint(conn, "MSG here 1 1\r\n1\r\n")
	<-entered
	fmt.Fprint(conn, "-ERR 'Unheard Of'\r\n")
	f.hears(t, "SUB here ")
	fmt.Fprint(<-f.conns, "MSG here 1 1\r\n2\r\n")
	select {
	case <-second:
		t.Error("the second did not wait for the first")
	case <-time.After(20 * time.Millisecond): // time to do what it must not
	}
	close(release)
	<-second
}

// TestPings has a connection that is open and carries nothing: it is noticed, and Publish refuses, though nobody
// closes it.
func TestPings(t *testing.T) {
	f := newFake(t)
	b := open(t, "nats://"+f.Addr().String(), nats.Options{Ping: 10 * time.Millisecond})
	f.silent.Store(true)
	until(t, "lost", func() bool { return errors.Is(b.Publish("x", nil), bus.ErrAway) && !b.Connected() })
	f.silent.Store(false)
	until(t, "connected", func() bool { return b.Publish("x", []byte("again")) == nil && b.Connected() })
}

// TestStuck has a server that takes nothing from its socket: Publish refuses and never waits, and Close ends.
func TestStuck(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	stuck, end := make(chan bool), make(chan bool)
	defer close(end)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "INFO {\"server_id\":\"fake\",\"max_payload\":%d}\r\n", bus.MaxMessage)
		for in := bufio.NewReader(conn); ; {
			line, err := in.ReadString('\n')
			if err != nil || line == "PING\r\n" {
				break
			}
		}
		fmt.Fprint(conn, "PONG\r\n")
		close(stuck)
		<-end // holds the connection, reads nothing
	}()
	b := open(t, "nats://"+l.Addr().String(), nats.Options{Ping: time.Minute})
	<-stuck
	data := make([]byte, bus.MaxMessage)
	sent := 0
	for {
		if err := b.Publish("x", data); errors.Is(err, bus.ErrAway) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if sent++; sent > 1000 {
			t.Fatal("a thousand messages for a server that reads none")
		}
	}
	if !b.Connected() {
		t.Error("it was the bound that refused, not the connection")
	}
}

// TestProxy has one node of two behind a network that is cut, and that stalls: it notices, refuses to publish, and is back
// by itself with its subscriptions.
func TestProxy(t *testing.T) {
	s := natstest.Start(t)
	p := proxytest.Start(t, s.Addr())
	far := open(t, "nats://"+p.Addr(), nats.Options{Ping: 100 * time.Millisecond})
	near := open(t, s.URL(), patient)
	got := make(chan string, 100_000)
	if err := far.Subscribe("x", func(data []byte) { got <- string(data) }); err != nil {
		t.Fatal(err)
	}
	for i, fault := range []func(){p.Cut, p.Stall, p.Cut, p.Stall} {
		fault()
		until(t, "lost", func() bool { return !far.Connected() && errors.Is(far.Publish("x", []byte("no")), bus.ErrAway) })
		p.Heal()
		// A busy machine may miss pings and lose the connection once more: sent until it comes.
		until(t, "a message comes", func() bool {
			if err := near.Publish("x", fmt.Append(nil, i)); err != nil {
				t.Fatal(err)
			}
			for {
				select {
				case s := <-got:
					if s == "no" {
						t.Error("a message that was refused has come")
					}
					if s == fmt.Sprint(i) {
						return true
					}
				default:
					return false
				}
			}
		})
	}
}
