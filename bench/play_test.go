package bench

import (
	"context"
	"testing"
	"time"

	"hansu/server"
	"hansu/session"
)

// TestPlay plays a few games against a real server: the load is honest.
func TestPlay(t *testing.T) {
	srv, err := server.New(context.Background(), server.Config{
		Data: t.TempDir(), TCP: "127.0.0.1:0", Limits: session.Limits{Packets: -1},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	got, err := Play{Address: srv.TCP().String(), Games: 4, Duration: 3 * time.Second}.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got.Moves < 10 || len(got.Latency) != int(got.Moves) {
		t.Fatalf("%d moves, %d latencies", got.Moves, len(got.Latency))
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}
