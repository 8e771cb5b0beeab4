//go:build unix

package server_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"hansu/client"
	"hansu/store/postgres/postgrestest"
)

// TestTakeover kills the node that decides at some tables, with SIGKILL, and logs how long it takes until a command for
// each is accepted again: from a client of another node, and from one of the node that was killed. A few times;
// 50 times under HANSU_SOAK.
func TestTakeover(t *testing.T) {
	t.Parallel()
	kills, tables := 2, 4
	if os.Getenv("HANSU_SOAK") != "" {
		kills, tables = 50, 4
	}
	s := startServers(t, postgrestest.Shared(t), 3, freely...)
	var mu sync.Mutex
	var others, own, first []time.Duration
	for kill := range kills {
		victim := kill % len(s.nodes)
		type pair struct{ here, there *player }
		var pairs []pair
		for i := range tables { // whoever opens a table has it at its node
			p := pair{s.from(victim).player(fmt.Sprintf("here %d", i)), s.from(victim + 1 + i%2).player(fmt.Sprintf("there %d", i))}
			p.here.must(client.Open{Variant: variant(t, "omok:freestyle"), Private: true})
			p.there.must(client.Enter{Code: p.here.table.Code})
			for _, v := range []*player{p.here, p.there} {
				for !v.table.Running() {
					until(v, func(client.Record) bool { return true })
				}
			}
			pairs = append(pairs, p)
		}
		<-time.After(rand.N(time.Second)) // at any moment of a lease
		s.nodes[victim].kill()
		at := time.Now()
		soonest := time.Duration(1<<63 - 1)
		var asked sync.WaitGroup
		for _, p := range pairs {
			for _, v := range []*player{p.here, p.there} {
				asked.Go(func() {
					var cmd client.Command = client.Say{Table: v.table.ID, Text: "on"}
					if v.table.MyTurn() {
						cmd = v.table.Play(quiet[0])
					}
					v.must(cmd)
					took := time.Since(at)
					mu.Lock()
					defer mu.Unlock()
					if v == p.here {
						own = append(own, took)
					} else {
						others = append(others, took)
					}
					soonest = min(soonest, took)
				})
			}
		}
		asked.Wait()
		first = append(first, soonest)
		for _, p := range pairs {
			p.here.c.Close()
			p.there.c.Close()
		}
		s.nodes[victim].start()
	}
	for _, list := range [][]time.Duration{others, own, first} {
		slices.Sort(list)
	}
	t.Logf("%d kills, until a command is accepted: of the killed node's own clients %s; of other nodes' clients %s; the first after a kill %s",
		kills, spread(own), spread(others), spread(first))
}
