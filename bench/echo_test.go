package bench

import (
	"context"
	"os"
	"testing"
	"time"

	"hansu/netio"
)

// TestEcho measures every server for a moment: all answers are verified, and the counts add up.
func TestEcho(t *testing.T) {
	targets, notes, done, err := Targets(t.Context(), "echo", nil, true)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	t.Log(notes)
	if len(targets) < 3 {
		t.Fatalf("%d targets", len(targets))
	}
	for _, target := range targets {
		t.Run(target.Name, func(t *testing.T) {
			load := Load{Program: "echo", Clients: 100, Size: 64, Depth: 3}
			if target.Serve.Model == netio.Blocking {
				load.Clients = 1
			}
			h := Harness{Self: []string{os.Args[0]}, Warmup: 50 * time.Millisecond}
			s, err := h.Measure(t.Context(), Case{Target: target, Load: load, Phase: Phase{Duration: 300 * time.Millisecond}})
			if err != nil {
				t.Fatal(err)
			}
			if s.Received < int64(load.Clients*load.Depth) || s.Server.CPU <= 0 || s.CPU <= 0 || s.Seconds < 0.3 {
				t.Errorf("%d messages in %v s, CPU %v and %v", s.Received, s.Seconds, s.Server.CPU, s.CPU)
			}
		})
	}
}

// TestPaced: messages are sent when they are due, no more and no fewer, whoever drives them.
func TestPaced(t *testing.T) {
	for name, portable := range map[string]bool{"own": false, "portable": true} {
		t.Run(name, func(t *testing.T) {
			h := Harness{Self: []string{os.Args[0]}}
			c := Case{
				Target: Target{Name: "threads", Serve: Serve{Program: "echo", Model: netio.Threads}},
				Load:   Load{Program: "echo", Clients: 7, Size: 1000, Depth: 1, Threads: 1, Portable: portable},
				Phase:  Phase{Duration: 500 * time.Millisecond, Rate: 2000},
			}
			s, err := h.Measure(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if s.Received != 999 { // one each half millisecond, the first after one
				t.Errorf("%d messages", s.Received)
			}
		})
	}
}

// TestSizes: messages of one byte and of more than any buffer come back whole.
func TestSizes(t *testing.T) {
	for _, size := range []int{1, 7, 9, 300_000} {
		for _, portable := range []bool{false, true} {
			h := Harness{Self: []string{os.Args[0]}}
			s, err := h.Measure(t.Context(), Case{
				Target: Target{Name: "gonet", Serve: Serve{Program: "gonet"}},
				Load:   Load{Program: "echo", Clients: 3, Size: size, Depth: 4, Threads: 2, Portable: portable},
				Phase:  Phase{Duration: 100 * time.Millisecond},
			})
			if err != nil {
				t.Fatalf("size %d, portable %v: %v", size, portable, err)
			}
			if s.Received < 12 {
				t.Errorf("size %d: %d messages", size, s.Received)
			}
		}
	}
}

// TestDishonest: a server that changes a byte, or hangs up, is found out.
func TestDishonest(t *testing.T) {
	for name, h := range map[string]netio.Handler{
		"other bytes": liar{}, "more bytes": chatterbox{}, "hangs up": deserter{},
	} {
		for _, portable := range []bool{false, true} {
			srv, err := netio.Listen("127.0.0.1:0", h, netio.Config{})
			if err != nil {
				t.Fatal(err)
			}
			go func() { _ = srv.Serve() }()
			c, err := connect(Load{Program: "echo", Address: srv.Addr().String(), Clients: 2, Size: 32, Depth: 2, Portable: portable})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.run(Phase{Duration: 10 * time.Second}); err == nil {
				t.Errorf("%s: not found out", name)
			}
			c.close()
			_ = srv.Shutdown(context.Background())
		}
	}
}

type liar struct{}

func (liar) Opened(netio.Conn)        {}
func (liar) ReadEnded(c netio.Conn)   { _ = c.Close() }
func (liar) Closed(netio.Conn, error) {}
func (liar) Received(c netio.Conn, p []byte) {
	p[len(p)-1]++
	_ = c.Send(p)
}

type chatterbox struct{ liar }

func (chatterbox) Received(c netio.Conn, p []byte) {
	_ = c.Send(p)
	_ = c.Send(p)
}

type deserter struct{ liar }

func (deserter) Received(c netio.Conn, _ []byte) { _ = c.Close() }
