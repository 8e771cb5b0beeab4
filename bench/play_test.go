package bench

import (
	"context"
	"testing"
	"time"

	"hansu/server"
	"hansu/session"
)

// TestPlay plays games against a real server, with both drivers and both paces: each game is played to
// the full board and again, every move is told as it was made, and the counts add up.
func TestPlay(t *testing.T) {
	for name, c := range map[string]struct {
		portable bool
		rate     float64
		moves    int64 // exactly; 0: at least one game to its end
	}{
		"as fast as they can": {false, 0, 0}, "portable": {true, 0, 0}, "paced": {false, 200, 99},
	} {
		t.Run(name, func(t *testing.T) {
			srv, err := server.New(context.Background(), server.Config{
				Data: t.TempDir(), TCP: "127.0.0.1:0", Flush: patience, Limits: session.Limits{Packets: -1},
			})
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(context.Background())
			done := make(chan error, 1)
			go func() { done <- srv.Run(ctx) }()
			load, err := connect(Load{Program: "play", Address: srv.TCP().String(), Clients: 8, Size: 1, Depth: 1, Threads: 2, Portable: c.portable})
			if err != nil {
				t.Fatal(err)
			}
			var moves int64
			for phase := 0; phase < 60; phase++ {
				r, err := load.run(Phase{Duration: time.Second, Rate: c.rate})
				if err != nil {
					t.Fatal(err)
				}
				if r.Sent != r.Received || r.Latency.Count() != r.Received {
					t.Fatalf("%d moves sent, %d received, %d timed", r.Sent, r.Received, r.Latency.Count())
				}
				if moves += r.Received; c.moves > 0 && moves != 2*c.moves {
					t.Errorf("%d moves, want %d", moves, 2*c.moves)
				}
				if c.moves > 0 || moves > 4*2*int64(len(fill())) {
					break
				}
			}
			if c.moves == 0 && moves <= 4*2*int64(len(fill())) {
				t.Errorf("only %d moves in a minute", moves)
			}
			load.close()
			stop()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		})
	}
}
