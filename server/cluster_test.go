//go:build unix

package server_test

import (
	"log/slog"
	"strings"
	"testing"

	"hansu/bus/local"
	"hansu/client"
	"hansu/rules"
	"hansu/server"
	"hansu/store/postgres/postgrestest"
)

// nodes starts several nodes over one database and one bus.
func nodes(t *testing.T, count int) (list []*node, buses []*local.Bus) {
	t.Helper()
	url := postgrestest.Shared(t).Database(t)
	hub := local.NewHub()
	for i := range count {
		log := slog.New(slog.NewTextHandler(t.Output(), nil)).With("node", i)
		b := hub.Join()
		buses = append(buses, b)
		list = append(list, start(t, server.Config{DB: url, Bus: b, Log: log}))
	}
	return list, buses
}

// anywhere is the server as a client sees it that knows all of its nodes and begins with number i.
func anywhere(list []*node, i int) *node {
	o := *list[i]
	for k := 1; k < len(list); k++ {
		o.addr += "," + list[(i+k)%len(list)].addr
	}
	return &o
}

// TestCluster: players of different nodes are seated at one table, play, talk and are watched, and go on when
// the node that decides there leaves.
func TestCluster(t *testing.T) {
	t.Parallel()
	list, _ := nodes(t, 3)
	join := client.Join{Variant: variant(t, "omok:freestyle"), Time: timing(t, "10+0")}
	a, b := anywhere(list, 0).player("one"), anywhere(list, 1).player("둘")
	a.must(join)
	b.must(join)
	for _, p := range []*player{a, b} {
		for p.table == nil || p.table.Position == nil {
			until(p, func(client.Record) bool { return true })
		}
	}
	if a.table.Code != b.table.Code {
		t.Fatalf("at different tables: %s, %s", a.table.Code, b.table.Code)
	}
	c := anywhere(list, 2).player("guest")
	c.must(client.Watch{Code: a.table.Code})
	moves := strings.Fields("h8 a1 i8 a2 j8 a3 k8 a4 l8")
	for i, m := range moves {
		p := []*player{a, b}[i%2]
		p.plies(i)
		switch i {
		case 2:
			b.must(client.Say{Table: b.table.ID, Text: "안녕"})
			for _, p := range []*player{a, c} {
				until(p, func(r client.Record) bool {
					for _, e := range r.Events {
						if s, ok := e.(client.Said); ok && s.Text == "안녕" {
							return true
						}
					}
					return false
				})
			}
		case 4:
			list[0].end()
		}
		p.move(m)
	}
	for _, p := range []*player{a, b, c} {
		p.plies(len(moves))
		if p.table.Reason != rules.Five || p.table.Winner != client.SeatOne {
			t.Fatalf("%v %v", p.table.Reason, p.table.Winner)
		}
	}
}
