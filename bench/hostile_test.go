package bench

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"hansu/rules"
	"hansu/server"
	"hansu/session"
	"hansu/store/sqlite"
	"hansu/wire"
)

// harmful is how many connections, or bytes, an attack must have made before it counts.
func harmful(kind string) (connections, bytes int64) {
	many := int64(1)
	if os.Getenv("HANSU_SOAK") != "" {
		many = 10
	}
	switch kind {
	case "half-open", "slow loris":
		return 401, 0 // one more than at once: the first have been closed
	case "flood", "never reading":
		return 1, many << 20
	case "resets":
		return 1000 * many, 0
	}
	return 300 * many, 0
}

// TestHostile lets hostile clients of every kind loose on a real server while honest games are played. Nothing of
// those is lost: every move is told to the opponent, in time for the load, which gives up after some seconds of silence, and
// is in a sound store in the end. The server's memory stays bounded, and nothing stays behind when all have gone.
func TestHostile(t *testing.T) {
	for _, kind := range Attacks() {
		t.Run(kind, func(t *testing.T) {
			before, files := runtime.NumGoroutine(), descriptors()
			dir := t.TempDir()
			besiege(t, kind, dir)
			if err := sqlite.Check(t.Context(), dir, func(problem string) { t.Error(problem) }); err != nil {
				t.Error(err)
			}
			settle(t, "goroutines", before, runtime.NumGoroutine)
			settle(t, "descriptors", files, descriptors)
		})
	}
}

func besiege(t *testing.T, kind, dir string) {
	srv, err := server.New(context.Background(), server.Config{
		Data: dir, TCP: "127.0.0.1:0", Flush: patience, Limits: session.Limits{Handshake: 2000, Partial: 2000},
		Text: func(uint8, wire.ErrorCode, rules.Problem) string { return "no" },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	load, err := connect(Load{Program: "play", Address: srv.TCP().String(), Clients: 8, Size: 1, Depth: 1, Threads: 1})
	defer load.close()
	if err != nil {
		t.Fatal(err)
	}
	attackers := 100
	switch kind { // under the race detector these would leave the games no processor
	case "resets": // each costs the server a table
		attackers = 10
	case "never reading": // each sends as fast as it can
		attackers = 10
	}
	h, end, err := startAttack(Attack{Kind: kind, Address: srv.TCP().String(), Clients: attackers})
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	connections, bytes := harmful(kind)
	most := uint64(0)
	for enough := false; !enough; {
		harm := h.harm() // before the games: they are played while it goes on
		enough = harm.Connections >= connections && harm.Bytes >= bytes
		r, err := load.run(Phase{Duration: 200 * time.Millisecond, Rate: 40})
		if err != nil || r.Sent != r.Received {
			t.Fatalf("%d moves sent, %d told: %v", r.Sent, r.Received, err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse+m.StackInuse)
	}
	end()
	// What they have sent is behind what comes now: the server is done with it before it is stopped.
	if r, err := load.run(Phase{Duration: 200 * time.Millisecond, Rate: 40}); err != nil || r.Sent != r.Received {
		t.Fatalf("after the attack: %d moves sent, %d told: %v", r.Sent, r.Received, err)
	}
	const bound = 512 << 20 // a flood of one client's is bounded by 1 MiB of answers, and there are hundreds
	if most > bound {
		t.Errorf("%d MB of memory", most>>20)
	}
	harm := h.harm()
	t.Logf("%d connections and %d bytes of attack, %d MB of memory, refused: %v", harm.Connections, harm.Bytes, most>>20, srv.Refusals())
}

// descriptors counts those of this process; 0 where the system does not tell.
func descriptors() int {
	list, _ := filepath.Glob("/proc/self/fd/*")
	return len(list)
}

// settle waits until a count is back at what it was.
func settle(t *testing.T, what string, before int, count func() int) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(patience); count() > before; {
		select {
		case <-tick.C:
		case <-limit:
			stacks := make([]byte, 64<<10)
			t.Fatalf("%d %s, there were %d\n%s", count(), what, before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}
