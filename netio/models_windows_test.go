package netio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/windows"
)

// patience bounds waits for what is certain to come.
const patience = 60 * time.Second

// calls counts the calls of each bound procedure since the last reset.
var calls sync.Map // name → *atomic.Int64

func init() {
	callHook = func(name string) {
		n, ok := calls.Load(name)
		if !ok {
			n, _ = calls.LoadOrStore(name, new(atomic.Int64))
		}
		n.(*atomic.Int64).Add(1)
	}
}

func countOf(name string) int64 {
	if n, ok := calls.Load(name); ok {
		return n.(*atomic.Int64).Load()
	}
	return 0
}

// echoHandler sends back what it gets.
type echoHandler struct{}

func (echoHandler) Opened(Conn)               {}
func (echoHandler) Received(c Conn, p []byte) { _ = c.Send(p) }
func (echoHandler) ReadEnded(c Conn)          { _ = c.Close() }
func (echoHandler) Closed(Conn, error)        {}

// startEcho runs an echo server until the test's end.
func startEcho(t *testing.T, cfg Config) Server {
	t.Helper()
	srv, err := Listen("127.0.0.1:0", echoHandler{}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve() }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return srv
}

func dialEcho(t *testing.T, srv Server) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", srv.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	return c
}

func exchange(c net.Conn, text string) error {
	if _, err := io.WriteString(c, text); err != nil {
		return err
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil {
		return err
	}
	if string(got) != text {
		return errors.New("another text came back: " + string(got))
	}
	return nil
}

func waitFor(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// TestModelCalls holds each model to the mechanism it is named after.
func TestModelCalls(t *testing.T) {
	own := []string{"accept", "recv", "send", "WSAEventSelect", "WSAWaitForMultipleEvents", "WSAEnumNetworkEvents",
		"CreateIoCompletionPort", "AcceptEx", "WSARecv", "WSASend", "GetQueuedCompletionStatusEx", "WSAAsyncSelect", "GetMessageW"}
	for _, test := range []struct {
		model Model
		calls string
	}{
		{Blocking, "accept recv send"},
		{Threads, ""},
		{Events, "accept recv send WSAEventSelect WSAWaitForMultipleEvents WSAEnumNetworkEvents"},
		{Completion, "CreateIoCompletionPort AcceptEx WSARecv WSASend GetQueuedCompletionStatusEx"},
	} {
		t.Run(string(test.model), func(t *testing.T) {
			calls.Clear()
			srv := startEcho(t, Config{Model: test.model})
			c := dialEcho(t, srv)
			for range 3 {
				if err := exchange(c, "a line\x00"); err != nil {
					t.Fatal(err)
				}
			}
			_ = c.Close()
			waitFor(t, "client gone", func() bool { return srv.Stats().Open == 0 })
			wanted := " " + test.calls + " "
			for _, name := range own {
				if want, got := strings.Contains(wanted, " "+name+" "), countOf(name); want != (got > 0) {
					t.Errorf("%d calls of %s, want some: %v", got, name, want)
				}
			}
		})
	}
}

// TestBlockingBlocks sees that an idle client costs one call of recv, which waits.
func TestBlockingBlocks(t *testing.T) {
	calls.Clear()
	srv := startEcho(t, Config{Model: Blocking})
	c := dialEcho(t, srv)
	waitFor(t, "recv", func() bool { return countOf("recv") == 1 })
	for round := int64(1); round <= 3; round++ {
		if err := exchange(c, "x"); err != nil {
			t.Fatal(err)
		}
		waitFor(t, "next recv", func() bool { return countOf("recv") > round })
		if got := countOf("recv"); got != round+1 {
			t.Errorf("%d calls of recv for %d messages, want one a message and one that waits", got, round)
		}
	}
	_ = c.Close()
}

// TestNothingLeaks counts what is made and freed over a server's life, in which
// clients leave in order, by reset, and by the shutdown.
func TestNothingLeaks(t *testing.T) {
	for _, m := range []Model{Blocking, Events, Completion} {
		t.Run(string(m), func(t *testing.T) {
			calls.Clear()
			var accepted int64
			t.Run("life", func(t *testing.T) { // the server ends with it
				srv := startEcho(t, Config{Model: m})
				for i := range 150 {
					c := dialEcho(t, srv)
					if err := exchange(c, "hello"); err != nil {
						t.Fatal(err)
					}
					switch {
					case i%3 == 0:
						_ = c.(*net.TCPConn).SetLinger(0)
						fallthrough
					case i%3 == 1 || m == Blocking:
						_ = c.Close()
					default:
						t.Cleanup(func() { _ = c.Close() })
					}
				}
				accepted = srv.Stats().Accepted
			})
			if made, freed := countOf("WSACreateEvent"), countOf("WSACloseEvent"); made != freed {
				t.Errorf("%d events made, %d closed", made, freed)
			}
			made, freed := countOf("WSASocketW"), countOf("closesocket")
			if m != Completion { // AcceptEx takes sockets made beforehand
				made += accepted
			}
			if made != freed {
				t.Errorf("%d sockets made, %d closed", made, freed)
			}
		})
	}
}

// TestEventGroups has more clients than one wait may have events: groups come and go.
func TestEventGroups(t *testing.T) {
	const clients = 520
	srv := startEcho(t, Config{Model: Events, Loops: 1})
	s := srv.(*eventServer)
	groups := func() int {
		s.groupMu.Lock()
		defer s.groupMu.Unlock()
		return len(s.groups)
	}
	conns := make([]net.Conn, clients)
	for i := range conns {
		conns[i] = dialEcho(t, srv)
	}
	for i, c := range conns {
		if err := exchange(c, "hello"); err != nil {
			t.Fatalf("client %d: %v", i, err)
		}
	}
	if got, want := groups(), (clients+groupClients-1)/groupClients; got != want {
		t.Errorf("%d groups for %d clients, want %d", got, clients, want)
	}
	srv.Broadcast([]byte("all"))
	for i, c := range conns {
		got := make([]byte, 3)
		if _, err := io.ReadFull(c, got); err != nil || string(got) != "all" {
			t.Fatalf("client %d: %q, %v", i, got, err)
		}
	}
	for _, c := range conns[1:] {
		_ = c.Close()
	}
	waitFor(t, "groups end", func() bool { return srv.Stats().Open == 1 && groups() == 1 })
	if err := exchange(conns[0], "still here"); err != nil {
		t.Error(err)
	}
	_ = conns[0].Close()
}

// TestCompletionStorm has clients come and go, in order and with resets, while
// others are served: a thousand at a time, and nothing is left of them.
func TestCompletionStorm(t *testing.T) {
	const clients, dialers = 1000, 8
	srv := startEcho(t, Config{Model: Completion})
	stay := dialEcho(t, srv)
	for round := range 2 {
		conns := make([]net.Conn, clients)
		var wg sync.WaitGroup
		for d := range dialers {
			wg.Go(func() {
				for i := d; i < clients; i += dialers {
					c, err := net.Dial("tcp", srv.Addr().String())
					if err != nil {
						t.Error(err)
						return
					}
					_ = c.SetDeadline(time.Now().Add(patience))
					if i%3 > 0 {
						if err := exchange(c, "in"); err != nil {
							t.Errorf("client %d: %v", i, err)
						}
					}
					conns[i] = c
				}
			})
		}
		wg.Wait()
		if err := exchange(stay, "still here"); err != nil {
			t.Fatal(err)
		}
		for i, c := range conns {
			if c == nil {
				continue
			}
			if i%2 == 0 {
				_ = c.(*net.TCPConn).SetLinger(0)
			}
			_ = c.Close()
		}
		waitFor(t, "clients gone", func() bool { return srv.Stats().Open == 1 })
		if got, want := srv.Stats().Accepted, int64(1+(round+1)*clients); got != want {
			t.Errorf("%d clients accepted, want %d", got, want)
		}
	}
	_ = stay.Close()
	waitFor(t, "last one gone", func() bool { return len(srv.(*portServer).all()) == 0 })
}

// TestCompletionOneThread has everything done by a single thread of the port.
func TestCompletionOneThread(t *testing.T) {
	srv := startEcho(t, Config{Model: Completion, Workers: 1})
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<14)
	var wg sync.WaitGroup
	for range 4 {
		c := dialEcho(t, srv)
		wg.Go(func() {
			defer c.Close()
			go func() { _, _ = c.Write(want) }()
			got := make([]byte, len(want))
			if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, want) {
				t.Errorf("echo differs: %v", err)
			}
		})
	}
	wg.Wait()
}

func TestErrorText(t *testing.T) {
	err := newError("connect", windows.WSAECONNREFUSED)
	if line := err.Error(); !strings.HasPrefix(line, "connect: 10061 (WSAECONNREFUSED): ") || strings.HasSuffix(line, ": ") {
		t.Errorf("line %q", line)
	}
	if !errors.Is(err, windows.WSAECONNREFUSED) {
		t.Error("errors.Is does not find the number")
	}
	for no, name := range errNames {
		if errText(no) == "" || strings.ContainsAny(errText(no), "\r\n") {
			t.Errorf("%s: text %q", name, errText(no))
		}
	}
	if errName(123456) != "" {
		t.Error("a name for a number that has none")
	}
}
