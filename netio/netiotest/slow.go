package netiotest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"hansu/netio"
)

// testQueued sends more than the system takes: the rest is queued until the peer has read.
func testQueued(t *testing.T, s suite) {
	const much = 30 << 20
	conns := make(chan netio.Conn, 1)
	closed := make(chan error, 1)
	p := &program{
		received: func(c netio.Conn, _ []byte) {
			_ = c.Send(make([]byte, much))
			conns <- c
		},
		closed: func(_ netio.Conn, err error) { closed <- err },
	}
	n := s.start(t, p, netio.Config{Outbound: much})
	peer := n.dial()
	if _, err := peer.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	c := await(t, conns, "Received")
	if got := c.Queued(); got <= 0 || got > much {
		t.Errorf("Queued() = %d of the %d bytes that the peer has not read", got, much)
	}
	if _, err := io.CopyN(io.Discard, peer, much); err != nil {
		t.Fatal(err)
	}
	until(t, "Queued() is 0", func() bool { return c.Queued() == 0 })
	_ = peer.Close()
	if err := await(t, closed, "Closed"); err != nil {
		t.Errorf("Closed(%v), want nil", err)
	}
	if got := c.Queued(); got != 0 {
		t.Errorf("Queued() = %d of a connection that is gone", got)
	}
}

// testSlowReader has one client that sends and never reads. It is disconnected with a
// counted reason; the others have their answers meanwhile.
func testSlowReader(t *testing.T, s suite) {
	closed := make(chan error, 8)
	p := echo()
	p.closed = func(_ netio.Conn, err error) { closed <- err }
	n := s.start(t, p, netio.Config{Outbound: 128 << 10})
	slow := n.dial()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		piece := make([]byte, 32<<10)
		for { // ends when the server has had enough
			if _, err := slow.Write(piece); err != nil {
				return
			}
		}
	}()
	if !s.oneAtATime {
		var wg sync.WaitGroup
		for i := range 4 {
			c := n.dial()
			wg.Go(func() {
				for turn := range 200 {
					if err := exchange(c, fmt.Sprintf("%d/%d", i, turn)); err != nil {
						t.Errorf("a client beside the slow one: %v", err)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	if err := await(t, closed, "Closed"); !errors.Is(err, netio.ErrSlow) {
		t.Errorf("Closed(%v), want ErrSlow", err)
	}
	<-stopped
	if err := exchange(n.dial(), "the next"); err != nil {
		t.Error(err)
	}
	if got := n.Stats().Slow; got != 1 {
		t.Errorf("Stats.Slow = %d, want 1", got)
	}
}

// testSlowReaderOfBroadcasts has one of several receivers never read.
func testSlowReaderOfBroadcasts(t *testing.T, s suite) {
	if s.oneAtATime {
		t.Skip("needs several clients at once; blocking serves one")
	}
	in := make(chan struct{}, 8)
	closed := make(chan error, 8)
	p := &program{
		received: func(netio.Conn, []byte) { in <- struct{}{} },
		closed:   func(_ netio.Conn, err error) { closed <- err },
	}
	n := s.start(t, p, netio.Config{Outbound: 128 << 10})
	// Only a client whose Opened has returned gets every broadcast; when it is
	// heard, that is so.
	join := func() *net.TCPConn {
		c := n.dial()
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		await(t, in, "Received")
		return c
	}
	join() // never reads
	const readers = 3
	var wg sync.WaitGroup
	piece := pattern(8 << 10)
	var counts [readers]chan struct{}
	for i := range readers {
		c := join()
		counts[i] = make(chan struct{}, 1)
		wg.Go(func() {
			got := make([]byte, len(piece))
			for {
				if _, err := io.ReadFull(c, got); err != nil {
					return // the server's end
				}
				if !bytes.Equal(got, piece) {
					t.Error("a broadcast came changed")
				}
				counts[i] <- struct{}{}
			}
		})
	}
	var err error
	for sent := 0; err == nil; sent++ {
		n.Broadcast(piece)
		for i := range counts {
			await(t, counts[i], "broadcast")
		}
		select {
		case err = <-closed:
		default:
		}
		if sent > 1<<14 {
			t.Fatal("the slow client is still there after 128 MiB")
		}
	}
	if !errors.Is(err, netio.ErrSlow) {
		t.Errorf("Closed(%v), want ErrSlow", err)
	}
	if got := n.Stats(); got.Slow != 1 || got.Open != readers {
		t.Errorf("Stats = %+v", got)
	}
	n.stop()
	wg.Wait()
}

// testPauseResume has no bytes come while reading is paused, and all of them afterwards.
func testPauseResume(t *testing.T, s suite) {
	opened := make(chan netio.Conn, 1)
	calls := make(chan int, 1<<16)
	want := pattern(3_000_000)
	var got bytes.Buffer
	done := make(chan struct{}, 2)
	p := &program{
		opened: func(c netio.Conn) {
			c.PauseRead()
			opened <- c
		},
		received: func(_ netio.Conn, b []byte) {
			got.Write(b)
			calls <- len(b)
		},
		ended: func(c netio.Conn) {
			done <- struct{}{}
			_ = c.Close()
		},
	}
	n := s.start(t, p, netio.Config{})
	c := n.dial()
	server := await(t, opened, "Opened")
	sent := make(chan error, 1)
	go func() { sent <- sendOdd(c, want, 3) }()
	// Another client's exchange gives the loop time to misbehave.
	if !s.oneAtATime {
		other := n.dial()
		await(t, opened, "Opened").ResumeRead()
		if _, err := other.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		if got := await(t, calls, "Received"); got != 1 {
			t.Errorf("Received %d bytes while paused", got)
		}
		got.Reset()
	}
	for range 5 {
		time.Sleep(2 * time.Millisecond)
		if len(calls) > 1 {
			t.Fatalf("%d calls of Received while paused", len(calls))
		}
	}
	for range 100 { // on and off, from here
		server.ResumeRead()
		server.PauseRead()
	}
	server.ResumeRead()
	await(t, done, "ReadEnded")
	if err := <-sent; err != nil {
		t.Error(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got %d bytes, want %d", got.Len(), len(want))
	}
}

// testPausedPeerLeaves has a peer reset while its reading is paused: the end is seen at
// the latest when reading is resumed or something is sent.
func testPausedPeerLeaves(t *testing.T, s suite) {
	opened := make(chan netio.Conn, 1)
	closed := make(chan error, 1)
	p := &program{
		opened: func(c netio.Conn) {
			c.PauseRead()
			opened <- c
		},
		closed: func(_ netio.Conn, err error) { closed <- err },
	}
	n := s.start(t, p, netio.Config{})
	c := n.dial()
	server := await(t, opened, "Opened")
	_ = c.SetLinger(0)
	_ = c.Close()
	server.ResumeRead()
	err := await(t, closed, "Closed")
	if _, ok := errors.AsType[*netio.Error](err); !ok {
		t.Errorf("Closed(%T %v), want *netio.Error", err, err)
	}
}
