package netiotest

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"hansu/netio"
)

// resets is how many clients connect and reset; dialers is how many at a time.
const (
	resets  = 2000
	dialers = 16
)

// testConnectAndReset has thousands come and go without a word, some with one. The
// server takes no harm.
func testConnectAndReset(t *testing.T, s suite) {
	p := echo()
	var opened, closed atomic.Int64
	p.opened = func(netio.Conn) { opened.Add(1) }
	p.closed = func(netio.Conn, error) { closed.Add(1) }
	n := s.start(t, p, netio.Config{})
	var wg sync.WaitGroup
	for d := range dialers {
		wg.Go(func() {
			for i := range resets / dialers {
				c, err := net.Dial("tcp", n.Addr().String())
				if err != nil {
					t.Errorf("dial: %v", err)
					return
				}
				if (i+d)%3 == 0 {
					_, _ = c.Write([]byte("hi"))
				}
				_ = c.(*net.TCPConn).SetLinger(0)
				_ = c.Close()
			}
		})
	}
	wg.Wait()
	if err := exchange(n.dial(), "still here"); err != nil {
		t.Fatal(err)
	}
	until(t, "only one open", func() bool { return n.Stats().Open <= 1 })
	until(t, "all but one told that it has closed", func() bool { return opened.Load()-closed.Load() <= 1 })
}

// testCrowd has a thousand clients at once, or waiting in the backlog for their turn.
func testCrowd(t *testing.T, s suite) {
	clients := 1000
	if s.oneAtATime {
		clients = 50
	}
	var now, most atomic.Int64
	p := echo()
	p.opened = func(netio.Conn) {
		for n := now.Add(1); ; {
			if old := most.Load(); n <= old || most.CompareAndSwap(old, n) {
				return
			}
		}
	}
	p.closed = func(netio.Conn, error) { now.Add(-1) }
	n := s.start(t, p, netio.Config{})
	conns := make([]*net.TCPConn, clients)
	for i := range conns {
		conns[i] = n.dial()
	}
	var wg sync.WaitGroup
	for i, c := range conns {
		wg.Go(func() {
			for turn := range 5 {
				if err := exchange(c, fmt.Sprintf("client %d, turn %d\x00", i, turn)); err != nil {
					t.Errorf("client %d: %v", i, err)
					break
				}
			}
			if s.oneAtATime {
				_ = c.Close()
			}
		})
	}
	wg.Wait()
	want := int64(clients)
	if s.oneAtATime {
		want = 1
	}
	if got := most.Load(); got != want {
		t.Errorf("%d clients open at the same time, want %d", got, want)
	}
	if got := n.Stats().Accepted; got != int64(clients) {
		t.Errorf("Stats.Accepted = %d, want %d", got, clients)
	}
	for _, c := range conns {
		_ = c.Close()
	}
	until(t, "none open", func() bool { return n.Stats().Open == 0 })
}

// testSequence holds blocking to its description, the others to theirs: a client
// that says nothing makes the next one wait, or does not.
func testSequence(t *testing.T, s suite) {
	opened := make(chan netio.Conn, 2)
	p := echo()
	p.opened = func(c netio.Conn) { opened <- c }
	n := s.start(t, p, netio.Config{})
	first := n.dial()
	await(t, opened, "Opened")
	second := n.dial()
	if _, err := second.Write([]byte("me too")); err != nil {
		t.Fatal(err)
	}
	if s.oneAtATime {
		if err := exchange(first, "not yet"); err != nil {
			t.Fatal(err)
		}
		if len(opened) != 0 {
			t.Error("the second client was served before the first had left")
		}
		_ = first.Close()
	}
	if err := expect(second, "me too"); err != nil {
		t.Fatal(err)
	}
}
