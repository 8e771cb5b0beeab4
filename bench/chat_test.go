package bench

import (
	"bytes"
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hansu/netio"
)

// TestChat: each message reaches every listener, itself included, and all of that adds up.
func TestChat(t *testing.T) {
	targets, notes, done, err := Targets(t.Context(), "chat", nil, true)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	t.Log(notes)
	for _, target := range targets {
		if target.Serve.Model == netio.Blocking {
			continue
		}
		t.Run(target.Name, func(t *testing.T) {
			for _, c := range []struct {
				size, depth int
				rate        float64
				portable    bool
			}{{64, 1, 0, false}, {3, 7, 0, false}, {64, 1, 500, false}, {5000, 4, 0, true}} {
				h := Harness{Self: []string{os.Args[0]}, Loops: 1}
				s, err := h.Measure(t.Context(), Case{
					Target: target, Phase: Phase{Duration: 200 * time.Millisecond, Rate: c.rate},
					Load: Load{Program: "chat", Clients: 20, Size: c.size, Depth: c.depth, Portable: c.portable},
				})
				if err != nil {
					t.Fatalf("%+v: %v", c, err)
				}
				if s.Received%20 != 0 || s.Last.Count() != s.Received/20 || s.Last.Max() != s.Latency.Max() {
					t.Errorf("%+v: %d deliveries, %d last ones", c, s.Received, s.Last.Count())
				}
				if c.rate > 0 && s.Received != 99*20 {
					t.Errorf("%d deliveries at an even pace", s.Received)
				}
			}
		})
	}
}

// TestDeafChat: a listener that hears something else than was said is found out.
func TestDeafChat(t *testing.T) {
	srv, err := netio.Listen("127.0.0.1:0", liar{}, netio.Config{})
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = srv.Serve() }()
	defer func() { _ = srv.Shutdown(context.Background()) }()
	c, err := connect(Load{Program: "chat", Address: srv.Addr().String(), Clients: 3, Size: 32, Depth: 2})
	defer c.close()
	if !errors.Is(err, errOtherWords) {
		t.Errorf("%v", err)
	}
}

// TestMisheard: the same for one that is changed on the way only later, among good ones.
func TestMisheard(t *testing.T) {
	c := newChatLoad([]*link{{drv: nowhere{}}}, 8, 2)
	c.phase(time.Second, 0)
	c.start(0)
	good := append(bytes.Clone(c.fill(0)), c.fill(1)[:5]...)
	if err := c.received(c.links[0], good, 1); err != nil {
		t.Fatal(err)
	}
	if err := c.received(c.links[0], []byte{c.fill(1)[5] + 1}, 1); !errors.Is(err, errOtherWords) {
		t.Errorf("%v", err)
	}
}

type nowhere struct{ driver }

func (nowhere) send(*link, []byte) {}

// TestLateListeners: a client that the server takes only after the first words were said hears all that is measured. Without
// a roll call it would miss the first message, and the measurement would wait for it for ever.
func TestLateListeners(t *testing.T) {
	for _, portable := range []bool{false, true} {
		srv, err := netio.Listen("127.0.0.1:0", &lateServer{}, netio.Config{Model: netio.Threads})
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = srv.Serve() }()
		c, err := connect(Load{Program: "chat", Address: srv.Addr().String(), Clients: 5, Size: 5000, Depth: 4, Portable: portable})
		if err != nil {
			t.Fatal(err)
		}
		if r, err := c.run(Phase{Duration: 50 * time.Millisecond}); err != nil || r.Received == 0 || r.Received%5 != 0 {
			t.Errorf("portable %v: %d deliveries, %v", portable, r.Received, err)
		}
		c.close()
		_ = srv.Shutdown(context.Background())
	}
}

// lateServer is a chat server that takes all but the one who speaks for listeners only when something was said.
type lateServer struct {
	liar
	mu     sync.Mutex
	conns  []netio.Conn
	spoken bool
}

func (s *lateServer) Opened(c netio.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = append(s.conns, c)
}

func (s *lateServer) Received(c netio.Conn, p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.spoken {
		s.spoken = true
		_ = c.Send(p)
		return
	}
	for _, c := range s.conns {
		_ = c.Send(p)
	}
}

// TestRunning: a server that runs already is measured too, but its account is not known.
func TestRunning(t *testing.T) {
	addr, run, err := listenGoNet("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = run() }()
	h := Harness{Self: []string{os.Args[0]}}
	s, err := h.Measure(t.Context(), Case{
		Target: Target{Name: "there", Address: addr.String()}, Phase: Phase{Duration: 50 * time.Millisecond},
		Load: Load{Program: "echo", Clients: 200, Size: 8, Depth: 1},
	})
	if err != nil || s.Received == 0 || s.Server.CPU != 0 || s.Server.Memory != -1 {
		t.Errorf("%+v, %v", s.Server, err)
	}
}

// TestWrong: what cannot be measured is an error with its reason, not a figure.
func TestWrong(t *testing.T) {
	h := Harness{Self: []string{os.Args[0]}}
	echo := Target{Name: "threads", Serve: Serve{Program: "echo", Model: netio.Threads}}
	for name, c := range map[string]Case{
		"no such server":  {Target: Target{Serve: Serve{Program: "magic"}}, Load: Load{Program: "echo", Clients: 1, Size: 1, Depth: 1}},
		"no such load":    {Target: echo, Load: Load{Program: "magic", Clients: 1, Size: 1, Depth: 1}},
		"no clients":      {Target: echo, Load: Load{Program: "echo", Size: 1, Depth: 1}},
		"half a game":     {Target: echo, Load: Load{Program: "play", Clients: 3, Size: 1, Depth: 1}},
		"no such program": {Target: Target{Foreign: []string{"no-such-program"}}, Load: Load{Program: "echo", Clients: 1, Size: 1, Depth: 1}},
		"not a server":    {Target: Target{Foreign: []string{os.Args[0]}}, Load: Load{Program: "echo", Clients: 1, Size: 1, Depth: 1}},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		c.Phase = Phase{Duration: time.Millisecond}
		if name == "not a server" { // it waits for its job, as a child does, so that only the end of time ends it
			ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
		}
		if s, err := h.Measure(ctx, c); err == nil {
			t.Errorf("%s: %+v", name, s)
		}
		cancel()
	}
}

// TestRounds: rounds are interleaved.
func TestRounds(t *testing.T) {
	var order []string
	h := Harness{Self: []string{os.Args[0]}, Progress: func(_, of int, c Case) {
		if of != 4 {
			t.Errorf("of %d", of)
		}
		order = append(order, c.Target.Name)
	}}
	load := Load{Program: "echo", Clients: 1, Size: 1, Depth: 1}
	phase := Phase{Duration: time.Millisecond}
	samples, err := h.Rounds(t.Context(), []Case{
		{Target: Target{Name: "a", Serve: Serve{Program: "gonet"}}, Load: load, Phase: phase},
		{Target: Target{Name: "b", Serve: Serve{Program: "gonet"}}, Load: load, Phase: phase},
	}, 2)
	if err != nil || len(samples) != 2 || len(samples[0]) != 2 || len(samples[1]) != 2 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	for i, want := range []string{"a", "b", "a", "b"} {
		if order[i] != want {
			t.Fatalf("the order is %v", order)
		}
	}
}

// TestSubmit: every call is counted and timed, numbers have no gap, and an error ends all.
func TestSubmit(t *testing.T) {
	var calls atomic.Int64
	var mu sync.Mutex
	last := map[int]uint32{}
	s, err := Submit(t.Context(), 20, 50*time.Millisecond, func(submitter int, number uint32) error {
		calls.Add(1)
		mu.Lock()
		defer mu.Unlock()
		if last[submitter]++; last[submitter] != number {
			return errors.New("a gap")
		}
		return nil
	})
	if err != nil || s.Received != calls.Load() || s.Latency.Count() != s.Received || len(last) != 20 {
		t.Errorf("%d calls, %d counted, %v", calls.Load(), s.Received, err)
	}
	broken := errors.New("broken")
	if _, err := Submit(t.Context(), 3, time.Hour, func(i int, n uint32) error {
		if i == 1 && n == 5 {
			return broken
		}
		return nil
	}); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
