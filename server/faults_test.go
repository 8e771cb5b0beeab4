//go:build unix

package server_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"hansu/store/postgres/postgrestest"
)

// freely are the words of a command line that lets clients ask as often as they like, and logs all.
var freely = []string{"--rate", "0", "--chat-rate", "0", "--look-rate", "0", "--log-level", "debug"}

// TestRollingRestart: the nodes are stopped and started one after the other, as for an update, while games are
// played across them. Nothing is lost; how long players waited for an answer is logged.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	s := startServers(t, postgrestest.Shared(t), 3, freely...)
	l := s.open(20, 100*time.Millisecond, 1)
	l.start()
	l.progress(100)
	for _, n := range s.nodes {
		n.leave()
		l.progress(40)
		n.start()
		l.progress(40)
	}
	l.end()
	l.check()
	t.Logf("answers during the restarts: %s", spread(l.waits()))
}

// TestPromotedStandby: the machine of the database dies, and the standby that every commit waited for takes its place. Nothing is
// lost, and the games go on.
func TestPromotedStandby(t *testing.T) {
	t.Parallel()
	first := postgrestest.Start(t)
	s := startServers(t, first, 3, freely...)
	standby := first.Standby(t)
	first.Await(t)
	l := s.open(12, 150*time.Millisecond, 1)
	l.start()
	l.progress(100)
	first.Stop()
	standby.Promote(t)
	for _, n := range s.nodes {
		n.db.aim(standby.Addr())
	}
	s.url = strings.Replace(s.url, first.Addr(), standby.Addr(), 1)
	l.progress(100)
	l.end()
	l.check()
	t.Logf("answers: %s", spread(l.waits()))
}

// fault is something that happens to a node, or to what the nodes need, and is over when it returns.
type fault struct {
	name string
	do   func(s *servers, n *peer, rnd *rand.Rand)
}

// between waits for a time between two.
func between(rnd *rand.Rand, least, most time.Duration) {
	<-time.After(least + time.Duration(rnd.Int64N(int64(most-least))))
}

var faults = []fault{
	{"killed", func(_ *servers, n *peer, rnd *rand.Rand) {
		n.kill()
		between(rnd, 0, 2*time.Second)
		n.start()
	}},
	{"killed, and back when its tables are others'", func(_ *servers, n *peer, rnd *rand.Rand) {
		n.kill()
		between(rnd, 3*time.Second, 5*time.Second)
		n.start()
	}},
	{"paused", func(_ *servers, n *peer, rnd *rand.Rand) {
		n.freeze(true)
		between(rnd, 4*time.Second, 6*time.Second)
		n.freeze(false)
	}},
	{"cut off from NATS", func(_ *servers, n *peer, rnd *rand.Rand) {
		n.nats.set(cut)
		between(rnd, time.Second/2, 3500*time.Millisecond)
		n.nats.set(open)
	}},
	{"without word of NATS", func(_ *servers, n *peer, rnd *rand.Rand) {
		n.nats.set(stalled)
		between(rnd, time.Second/2, 3500*time.Millisecond)
		n.nats.set(open)
	}},
	{"cut off from the database", func(_ *servers, n *peer, rnd *rand.Rand) {
		n.db.set(cut)
		between(rnd, time.Second/2, 4500*time.Millisecond)
		n.db.set(open)
	}},
	{"without word of the database", func(_ *servers, n *peer, rnd *rand.Rand) {
		n.db.set(stalled)
		between(rnd, time.Second/2, 4500*time.Millisecond)
		n.db.set(open)
	}},
	{"cut off from everything", func(_ *servers, n *peer, rnd *rand.Rand) {
		n.db.set(stalled)
		n.nats.set(stalled)
		between(rnd, 3*time.Second, 5*time.Second)
		n.db.set(open)
		n.nats.set(open)
	}},
	{"without NATS, as all are", func(s *servers, _ *peer, rnd *rand.Rand) {
		s.nats.Stop()
		between(rnd, 0, 2*time.Second)
		s.nats.Restart()
	}},
	{"without a database, as all are", func(s *servers, _ *peer, rnd *rand.Rand) {
		s.pg.Shutdown()
		between(rnd, 0, 2*time.Second)
		if err := s.pg.Run(); err != nil {
			s.t.Fatal(err)
		}
	}},
	{"updated", func(s *servers, n *peer, rnd *rand.Rand) {
		n.leave()
		between(rnd, 0, time.Second)
		n.start()
	}},
}

// TestFaults plays games on three nodes while one thing after the other goes wrong, in an order drawn from a seed: each
// kind once, and many times under HANSU_SOAK. What was acknowledged stays, all see one history, and the games go on
// after each fault and come to their end.
func TestFaults(t *testing.T) {
	t.Parallel()
	rounds, seed := 1, rand.Uint64()
	games, pause := 12, 150*time.Millisecond
	if os.Getenv("HANSU_SOAK") != "" { // games end, so more of them, as fast together
		rounds = 12
		games, pause = 8*games, 8*pause
	}
	s := startServers(t, postgrestest.Start(t), 3, freely...)
	l := s.open(games, pause, seed)
	l.crash = 60
	rnd := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	times := make(map[string]int)
	l.start()
	l.progress(50)
	for range rounds {
		for _, i := range rnd.Perm(len(faults)) {
			f, n := faults[i], rnd.IntN(len(s.nodes))
			begin := time.Since(l.began)
			f.do(s, s.nodes[n], rnd)
			times[f.name]++
			end := time.Since(l.began)
			l.progress(20)
			t.Logf("%v to %v: node %d was %s; 20 commands later it was %v", begin.Round(time.Millisecond), end.Round(time.Millisecond), n, f.name,
				time.Since(l.began).Round(time.Millisecond))
		}
	}
	l.end()
	l.check()
	t.Logf("answers: %s", spread(l.waits()))
	t.Logf("faults: %v", times)
}
