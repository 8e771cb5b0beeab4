package netio

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"testing"

	"golang.org/x/sys/windows"
)

// collector is a client's program: it keeps what comes.
type collector struct {
	opened chan Conn
	data   chan []byte
	ended  chan struct{}
	closed chan error
}

func newCollector() *collector {
	return &collector{make(chan Conn, 8), make(chan []byte, 1<<14), make(chan struct{}, 8), make(chan error, 8)}
}

func (k *collector) Opened(c Conn)             { k.opened <- c }
func (k *collector) Received(_ Conn, p []byte) { k.data <- bytes.Clone(p) }
func (k *collector) ReadEnded(c Conn)          { k.ended <- struct{}{}; _ = c.Close() }
func (k *collector) Closed(_ Conn, err error)  { k.closed <- err }

// take collects n bytes.
func (k *collector) take(n int) []byte {
	var got []byte
	for len(got) < n {
		got = append(got, <-k.data...)
	}
	return got
}

// TestMessages has a console client served by window messages: much data both
// ways, half-close, the end.
func TestMessages(t *testing.T) {
	for _, size := range []int{1, 4096, 900_000} {
		srv := startEcho(t, Config{Model: Completion})
		calls.Clear()
		k := newCollector()
		c, err := Dial(srv.Addr().String(), k, Config{Model: Messages})
		if err != nil {
			t.Fatal(err)
		}
		if got := <-k.opened; got != c {
			t.Error("Opened for another connection than Dial gave")
		}
		if c.RemoteAddr() != srv.Addr() || !c.LocalAddr().IsValid() {
			t.Errorf("addresses %v to %v", c.LocalAddr(), c.RemoteAddr())
		}
		want := bytes.Repeat([]byte("ab한수cd"), size/10+1)
		if err := c.Send(want); err != nil {
			t.Fatal(err)
		}
		if got := k.take(len(want)); !bytes.Equal(got, want) {
			t.Errorf("%d bytes came back, and differ from the %d sent", len(got), len(want))
		}
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if err := <-k.closed; err != nil {
			t.Errorf("Closed(%v), want nil", err)
		}
		if err := c.Send([]byte("x")); !errors.Is(err, ErrClosed) {
			t.Errorf("Send after the end: %v, want ErrClosed", err)
		}
		for _, name := range []string{"WSAAsyncSelect", "GetMessageW", "DispatchMessageW", "recv", "connect"} {
			if countOf(name) == 0 {
				t.Errorf("no call of %s", name)
			}
		}
		if countOf("WSAEventSelect") != 0 {
			t.Error("a call of WSAEventSelect")
		}
	}
}

// TestMessagesPeerEnds has the server end first, with data before its end.
func TestMessagesPeerEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	want := bytes.Repeat([]byte("words "), 50_000)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = c.Write(want)
		_ = c.Close()
	}()
	k := newCollector()
	if _, err := Dial(l.Addr().String(), k, Config{Model: Messages}); err != nil {
		t.Fatal(err)
	}
	if got := k.take(len(want)); !bytes.Equal(got, want) {
		t.Errorf("%d bytes came, and differ from the %d sent", len(got), len(want))
	}
	<-k.ended
	if err := <-k.closed; err != nil {
		t.Errorf("Closed(%v), want nil", err)
	}
}

// TestMessagesRefused has the system's own words for a port nobody listens on.
func TestMessagesRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	_, err = Dial(addr, newCollector(), Config{Model: Messages})
	if !errors.Is(err, windows.WSAECONNREFUSED) {
		t.Fatalf("error %v, want WSAECONNREFUSED", err)
	}
	if !strings.HasPrefix(err.Error(), "connect: 10061 (WSAECONNREFUSED): ") {
		t.Errorf("line %q", err)
	}
}

// TestMessagesName resolves a name; localhost may be IPv6 first, where nobody listens.
func TestMessagesName(t *testing.T) {
	srv := startEcho(t, Config{Model: Events})
	_, port, _ := net.SplitHostPort(srv.Addr().String())
	k := newCollector()
	c, err := Dial("localhost:"+port, k, Config{Model: Messages})
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Send([]byte("hello"))
	if got := k.take(5); string(got) != "hello" {
		t.Errorf("got %q", got)
	}
	_ = c.Close()
	if err := <-k.closed; err != nil {
		t.Errorf("Closed(%v), want nil", err)
	}
}

// startPump makes a pump with a window of the test's own; stop ends both.
func startPump(t *testing.T, h Handler) (pump *MessagePump, stop func()) {
	t.Helper()
	const message, end = wmApp + 7, wmApp + 8
	var hwnd uintptr
	ready := make(chan error, 1)
	stopped := make(chan struct{})
	go func() {
		runHiddenWindow(func(made uintptr, err error) {
			if err == nil {
				hwnd = made
				pump, err = NewMessagePump(hwnd, message, h, Config{})
			}
			ready <- err
		}, func(m uint32, wParam, lParam uintptr) {
			switch m {
			case message:
				pump.Dispatch(wParam, lParam)
			case end:
				pump.Close()
				closeHiddenWindow(hwnd)
			}
		})
		close(stopped)
	}()
	if err := <-ready; err != nil {
		t.Fatal(err)
	}
	return pump, func() {
		postMessage(hwnd, end, 0, 0)
		<-stopped
	}
}

// TestMessagePump serves several connections by one window of the program's own,
// and ends them with it.
func TestMessagePump(t *testing.T) {
	srv := startEcho(t, Config{Model: Threads})
	k := newCollector()
	pump, stop := startPump(t, k)
	const n = 5
	results := make(chan error, n+2)
	for range n {
		c := pump.Dial(srv.Addr().String(), func(err error) { results <- err })
		if err := c.Send([]byte("early")); err != nil { // queued until connected
			t.Error(err)
		}
	}
	for range n {
		if err := <-results; err != nil {
			t.Fatal(err)
		}
		<-k.opened
	}
	if got := k.take(5 * n); len(got) != 5*n {
		t.Errorf("%d bytes, want %d", len(got), 5*n)
	}
	pump.Dial("127.0.0.1:notaport", func(err error) { results <- err })
	if err := <-results; err == nil {
		t.Error("no error for a port that has no number")
	}
	pump.Dial(srv.Addr().String(), func(err error) { results <- err }).Abort()
	if err := <-results; err != nil && !errors.Is(err, ErrClosed) {
		t.Errorf("aborted while connecting: %v", err)
	} else if err == nil { // it was connected before
		<-k.opened
		<-k.closed
	}
	stop()
	for range n {
		if err := <-k.closed; !errors.Is(err, ErrShutdown) {
			t.Errorf("Closed(%v), want ErrShutdown", err)
		}
	}
}

// TestMessagesReuse opens and closes connections so fast that socket numbers come
// again while messages about earlier sockets may still be on their way.
func TestMessagesReuse(t *testing.T) {
	srv := startEcho(t, Config{Model: Completion})
	k := newCollector()
	pump, stop := startPump(t, k)
	defer stop()
	results := make(chan error, 1)
	for i := range 200 {
		c := pump.Dial(srv.Addr().String(), func(err error) { results <- err })
		if i%4 == 3 { // maybe before, maybe after it is connected
			c.Abort()
			if err := <-results; err == nil {
				<-k.opened
				<-k.closed
			}
			continue
		}
		if err := <-results; err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		<-k.opened
		_ = c.Send([]byte("word"))
		if got := k.take(4); string(got) != "word" {
			t.Fatalf("round %d: got %q", i, got)
		}
		if i%2 == 0 {
			_ = c.Close()
		} else {
			c.Abort()
		}
		if err := <-k.closed; err != nil {
			t.Fatalf("round %d: Closed(%v), want nil", i, err)
		}
	}
}
