package netiotest

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"hansu/netio"
)

// testHalfClose answers after the peer's end.
func testHalfClose(t *testing.T, s suite) {
	closed := make(chan error, 1)
	var got bytes.Buffer // of the one connection, so guarded by its order of calls
	answer := pattern(900_000)
	p := &program{
		received: func(_ netio.Conn, b []byte) { got.Write(b) },
		ended: func(c netio.Conn) {
			_ = c.Send(got.Bytes())
			_ = c.Send(answer)
			_ = c.Close()
		},
		closed: func(_ netio.Conn, err error) { closed <- err },
	}
	n := s.start(t, p, netio.Config{})
	c := n.dial()
	if err := sendOdd(c, []byte("question"), 1); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(c)
	if want := append([]byte("question"), answer...); err != nil || !bytes.Equal(all, want) {
		t.Errorf("got %d bytes, error %v, want %d", len(all), err, len(want))
	}
	if err := await(t, closed, "Closed"); err != nil {
		t.Errorf("Closed(%v), want nil", err)
	}
}

// testCloseWriteFirst goes on hearing a peer that has been sent our end.
func testCloseWriteFirst(t *testing.T, s suite) {
	closed := make(chan error, 1)
	heard := make(chan string, 1)
	var got bytes.Buffer
	p := &program{
		opened: func(c netio.Conn) {
			_ = c.Send([]byte("last words"))
			if err := c.CloseWrite(); err != nil {
				t.Errorf("CloseWrite: %v", err)
			}
			if err := c.Send([]byte("x")); !errors.Is(err, netio.ErrClosed) {
				t.Errorf("Send after CloseWrite: %v, want ErrClosed", err)
			}
		},
		received: func(_ netio.Conn, b []byte) { got.Write(b) },
		ended:    func(netio.Conn) { heard <- got.String() }, // both sides are done: no Close is needed
		closed:   func(_ netio.Conn, err error) { closed <- err },
	}
	n := s.start(t, p, netio.Config{})
	c := n.dial()
	if all, err := io.ReadAll(c); err != nil || string(all) != "last words" {
		t.Fatalf("read %q, %v", all, err)
	}
	want := string(pattern(200_000))
	if err := sendOdd(c, []byte(want), 2); err != nil {
		t.Fatal(err)
	}
	if got := await(t, heard, "ReadEnded"); got != want {
		t.Errorf("heard %d bytes, want %d", len(got), len(want))
	}
	if err := await(t, closed, "Closed"); err != nil {
		t.Errorf("Closed(%v), want nil", err)
	}
}

func testCloseFlushes(t *testing.T, s suite) {
	want := pattern(1_000_000)
	closed := make(chan error, 1)
	p := &program{
		opened: func(c netio.Conn) {
			for part := range bytesChunks(want, 9_999) {
				if err := c.Send(part); err != nil {
					t.Errorf("Send: %v", err)
				}
			}
			_ = c.Close()
			_ = c.Close()
			if err := c.Send([]byte("x")); !errors.Is(err, netio.ErrClosed) {
				t.Errorf("Send after Close: %v, want ErrClosed", err)
			}
		},
		closed: func(_ netio.Conn, err error) { closed <- err },
	}
	n := s.start(t, p, netio.Config{Linger: patience})
	c := n.dial()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %d of %d bytes, error %v", len(got), len(want), err)
	}
	_ = c.Close()
	if err := await(t, closed, "Closed"); err != nil {
		t.Errorf("Closed(%v), want nil", err)
	}
}

func bytesChunks(p []byte, n int) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(p) > 0 {
			m := min(n, len(p))
			if !yield(p[:m]) {
				return
			}
			p = p[m:]
		}
	}
}

// testCloseWhilePeerTalks has the peer get our last words although it is still sending:
// a socket closed with unread bytes would answer with a reset.
func testCloseWhilePeerTalks(t *testing.T, s suite) {
	p := &program{received: func(c netio.Conn, _ []byte) {
		_ = c.Send([]byte("enough"))
		_ = c.Close()
	}}
	n := s.start(t, p, netio.Config{Linger: patience})
	for range 20 {
		c := n.dial()
		talked := make(chan struct{})
		go func() {
			defer close(talked)
			for range 50 { // an error means that the server has closed, as it may
				if _, err := c.Write(make([]byte, 1000)); err != nil {
					return
				}
			}
			_ = c.CloseWrite()
		}()
		if got, err := io.ReadAll(c); err != nil || string(got) != "enough" {
			t.Fatalf("got %q, %v", got, err)
		}
		<-talked
		_ = c.Close()
	}
}

// testCloseLingersBounded closes on a peer that never reads.
func testCloseLingersBounded(t *testing.T, s suite) {
	closed := make(chan error, 1)
	p := &program{
		opened: func(c netio.Conn) {
			_ = c.Send(make([]byte, 30<<20))
			_ = c.Close()
		},
		closed: func(_ netio.Conn, err error) { closed <- err },
	}
	n := s.start(t, p, netio.Config{Linger: 50 * time.Millisecond, Outbound: 32 << 20})
	n.dial()
	if err := await(t, closed, "Closed"); !errors.Is(err, netio.ErrSlow) {
		t.Errorf("Closed(%v), want ErrSlow", err)
	}
	if got := n.Stats().Slow; got != 1 {
		t.Errorf("Stats.Slow = %d, want 1", got)
	}
}

// testCloseReadsBounded closes on a peer that never reads and talks on and on: that costs a server little.
func testCloseReadsBounded(t *testing.T, s suite) {
	closed := make(chan error, 1)
	p := &program{
		received: func(c netio.Conn, _ []byte) {
			_ = c.Send(make([]byte, 30<<20)) // more than the system takes, so that it is not over soon
			_ = c.Close()
		},
		closed: func(_ netio.Conn, err error) { closed <- err },
	}
	n := s.start(t, p, netio.Config{Linger: 10 * patience, Outbound: 32 << 20})
	c := n.dial()
	const most = 64 << 20 // far more than the system's buffers of both sides
	took, part := 0, make([]byte, 64<<10)
	for took < most {
		_ = c.SetWriteDeadline(time.Now().Add(500 * time.Millisecond))
		m, err := c.Write(part)
		took += m
		if err != nil {
			break
		}
	}
	if took >= most {
		t.Errorf("%d bytes were taken after Close", took)
	}
	_ = c.SetLinger(0)
	_ = c.Close()
	if err := await(t, closed, "Closed"); err == nil {
		t.Error("Closed(nil) although not all was sent")
	}
}

// testCloseFromElsewhere closes a silent connection from another goroutine.
func testCloseFromElsewhere(t *testing.T, s suite) {
	opened := make(chan netio.Conn, 1)
	closed := make(chan error, 1)
	p := &program{
		opened: func(c netio.Conn) { opened <- c },
		closed: func(_ netio.Conn, err error) { closed <- err },
	}
	n := s.start(t, p, netio.Config{})
	for _, close := range []func(netio.Conn){
		func(c netio.Conn) { _ = c.Close() },
		netio.Conn.Abort,
	} {
		c := n.dial()
		server := await(t, opened, "Opened")
		close(server)
		_, _ = io.Copy(io.Discard, c) // ends with our end, or with a reset after Abort
		_ = c.Close()
		if err := await(t, closed, "Closed"); err != nil {
			t.Errorf("Closed(%v), want nil", err)
		}
		if err := server.Send([]byte("x")); !errors.Is(err, netio.ErrClosed) {
			t.Errorf("Send after Closed: %v, want ErrClosed", err)
		}
		if err := server.CloseWrite(); !errors.Is(err, netio.ErrClosed) {
			t.Errorf("CloseWrite after Closed: %v, want ErrClosed", err)
		}
		server.PauseRead()
		server.ResumeRead()
		server.Abort()
	}
}

// testAbort loses what is queued, at once.
func testAbort(t *testing.T, s suite) {
	closed := make(chan error, 1)
	p := &program{
		received: func(c netio.Conn, _ []byte) {
			_ = c.Send(make([]byte, 30<<20))
			c.Abort()
		},
		closed: func(_ netio.Conn, err error) { closed <- err },
	}
	n := s.start(t, p, netio.Config{Outbound: 32 << 20})
	c := n.dial()
	if _, err := io.WriteString(c, "go"); err != nil {
		t.Fatal(err)
	}
	if err := await(t, closed, "Closed"); err != nil {
		t.Errorf("Closed(%v), want nil", err)
	}
	if got, _ := io.Copy(io.Discard, c); got >= 30<<20 {
		t.Errorf("all %d bytes came although the connection was aborted", got)
	}
}

// testReset has the reason kept: the failing call, the number, its name and text.
func testReset(t *testing.T, s suite) {
	closed := make(chan error, 1)
	p := echo()
	p.closed = func(_ netio.Conn, err error) { closed <- err }
	n := s.start(t, p, netio.Config{})
	c := n.dial()
	if err := exchange(c, "hello"); err != nil {
		t.Fatal(err)
	}
	_ = c.SetLinger(0)
	_ = c.Close()
	err := await(t, closed, "Closed")
	e, ok := errors.AsType[*netio.Error](err)
	if !ok {
		t.Fatalf("Closed(%T %v), want *netio.Error", err, err)
	}
	if e.Code == 0 || e.Op == "" || e.Text == "" || e.Unwrap() == nil ||
		!strings.HasSuffix(e.Name, "ECONNRESET") && e.Name != "ERROR_NETNAME_DELETED" {
		t.Errorf("Closed(%+v)", e)
	}
	if !strings.Contains(e.Error(), e.Name) || strings.Contains(e.Error(), "\n") {
		t.Errorf("line %q", e.Error())
	}
}

// testResetAfterWords has a peer's words heard although it has gone, and our answers
// to the first of them can no longer be sent.
func testResetAfterWords(t *testing.T, s suite) {
	gate := make(chan struct{})
	heard := make(chan int, 1)
	total := 0
	const words = 40_000
	p := &program{
		opened: func(netio.Conn) { <-gate },
		received: func(c netio.Conn, b []byte) {
			total += len(b)
			_ = c.Send(b)
		},
		closed: func(netio.Conn, error) { heard <- total },
	}
	n := s.start(t, p, netio.Config{})
	c := n.dial()
	if _, err := c.Write(make([]byte, words)); err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	close(gate)
	got := await(t, heard, "Closed")
	if got != words && runtime.GOOS == "linux" { // others drop what is unread when a reset comes
		t.Errorf("heard %d bytes of %d", got, words)
	}
}
