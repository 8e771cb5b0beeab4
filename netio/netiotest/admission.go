package netiotest

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"hansu/netio"
)

// testMaxClients turns away the one too many and takes the next when a place is free.
func testMaxClients(t *testing.T, s suite) {
	const places = 3
	n := s.start(t, echo(), netio.Config{MaxClients: places})
	if s.oneAtATime { // nobody is ever too many
		for range 2 * places {
			c := n.dial()
			if err := exchange(c, "in turn"); err != nil {
				t.Fatal(err)
			}
			_ = c.Close()
		}
		if got := n.Stats().Refused; got != 0 {
			t.Errorf("Stats.Refused = %d, want 0", got)
		}
		return
	}
	for round := range 3 {
		var in []*net.TCPConn
		for range places {
			c := n.dial()
			if err := exchange(c, "in"); err != nil {
				t.Fatal(err)
			}
			in = append(in, c)
		}
		out := n.dial()
		if got, _ := io.ReadAll(out); len(got) != 0 { // an end or a reset
			t.Errorf("the one too many got %q", got)
		}
		if got := n.Stats().Refused; got != int64(round+1) {
			t.Errorf("Stats.Refused = %d, want %d", got, round+1)
		}
		for _, c := range in {
			if err := exchange(c, "still in"); err != nil {
				t.Error(err)
			}
			_ = c.Close()
		}
		until(t, "places free", func() bool { return n.Stats().Open == 0 })
	}
}

// testRefusalPacket has the refused client told why, although it has talked already.
func testRefusalPacket(t *testing.T, s suite) {
	if s.oneAtATime {
		t.Skip("needs two clients at once; blocking serves one, so nobody is too many")
	}
	addrs := make(chan string, 1)
	n := s.start(t, echo(), netio.Config{MaxClients: 1, Refuse: func(c netio.Conn) {
		addrs <- c.RemoteAddr().String()
		if err := c.Send([]byte("full")); err != nil {
			t.Errorf("Send: %v", err)
		}
	}})
	in := n.dial()
	if err := exchange(in, "in"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		out := n.dial()
		if _, err := out.Write([]byte("hello, here is my first packet")); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(out); err != nil || string(got) != "full" {
			t.Errorf("the one too many got %q, %v", got, err)
		}
		if got, want := await(t, addrs, "Refuse"), out.LocalAddr().String(); got != want {
			t.Errorf("Refuse for %s, want %s", got, want)
		}
		_ = out.Close()
	}
	if err := exchange(in, "still in"); err != nil {
		t.Error(err)
	}
	if got := n.Stats(); got.Refused != 5 || got.Open != 1 || got.Accepted != 1 {
		t.Errorf("Stats = %+v", got)
	}
}

// testShutdownInFlight loses nothing that was queued when the server was shut down.
func testShutdownInFlight(t *testing.T, s suite) {
	clients := 20
	if s.oneAtATime {
		clients = 1
	}
	want := pattern(900_000)
	var mu sync.Mutex
	var errs []error
	opened := make(chan struct{}, clients)
	p := &program{
		opened: func(c netio.Conn) {
			_ = c.Send(want)
			opened <- struct{}{}
		},
		closed: func(_ netio.Conn, err error) {
			mu.Lock()
			errs = append(errs, err)
			mu.Unlock()
		},
	}
	n := s.start(t, p, netio.Config{Linger: patience})
	var wg sync.WaitGroup
	for range clients {
		c := n.dial()
		await(t, opened, "Opened")
		wg.Go(func() {
			got, err := io.ReadAll(c)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("got %d of %d bytes, %v", len(got), len(want), err)
			}
			_ = c.Close()
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := n.Shutdown(ctx); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(errs) != clients {
		t.Errorf("%d calls of Closed before Shutdown returned, want %d", len(errs), clients)
	}
	for _, err := range errs {
		if !errors.Is(err, netio.ErrShutdown) {
			t.Errorf("Closed(%v), want ErrShutdown", err)
		}
	}
	if err := n.awaitServe(); err != nil {
		t.Errorf("Serve = %v", err)
	}
	wg.Wait()
	if c, err := net.Dial("tcp", n.Addr().String()); err == nil {
		_ = c.Close()
		t.Error("connected after Shutdown")
	}
}

// testShutdownAborts ends with ctx although a peer does not read.
func testShutdownAborts(t *testing.T, s suite) {
	opened := make(chan struct{}, 1)
	closed := make(chan error, 1)
	p := &program{
		opened: func(c netio.Conn) {
			_ = c.Send(make([]byte, 30<<20))
			opened <- struct{}{}
		},
		closed: func(_ netio.Conn, err error) { closed <- err },
	}
	n := s.start(t, p, netio.Config{Outbound: 32 << 20, Linger: patience})
	n.dial()
	await(t, opened, "Opened")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := n.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Shutdown = %v, want DeadlineExceeded", err)
	}
	if err := await(t, closed, "Closed"); !errors.Is(err, netio.ErrShutdown) {
		t.Errorf("Closed(%v), want ErrShutdown", err)
	}
}

// testShutdownIdle ends a server without clients, twice, and one that never served.
func testShutdownIdle(t *testing.T, s suite) {
	n := s.start(t, echo(), netio.Config{})
	for range 2 {
		if err := n.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown = %v", err)
		}
	}
	unserved, err := netio.Listen("127.0.0.1:0", echo(), netio.Config{Model: s.model})
	if err != nil {
		t.Fatal(err)
	}
	if err := unserved.Shutdown(t.Context()); err != nil {
		t.Errorf("Shutdown = %v", err)
	}
	if err := unserved.Serve(); err != nil {
		t.Errorf("Serve = %v after Shutdown", err)
	}
}
