package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"time"

	"hansu/bench"
	"hansu/netio"
	"hansu/server"
	"hansu/session"
)

type benchPlayCmd struct {
	Models   string        `default:"events" placeholder:"M,M…" help:"${help_bench_models}"`
	Games    string        `default:"200" placeholder:"N,N…" help:"${help_bench_games}"`
	Interval time.Duration `placeholder:"TIME" help:"${help_bench_interval}"`
	Server   string        `placeholder:"ADDR" help:"${help_bench_server}"`
	Data     string        `type:"path" placeholder:"DIR" help:"${help_bench_data}"`
	Nodes    int           `default:"0" placeholder:"N" help:"${help_bench_nodes}"`
	DB       string        `name:"db" placeholder:"postgres://…" help:"${help_bench_db}"`
	NATS     string        `name:"nats" placeholder:"nats://…" help:"${help_bench_nats}"`
	benchFlags
}

func (c *benchPlayCmd) Run(e *env) error {
	games, err := numbers(e, "--games", c.Games)
	if err != nil {
		return err
	}
	if err := c.check(e); err != nil {
		return err
	}
	targets, notes, done, err := gameTargets(e, c.Models, c.Data)
	defer done()
	if err != nil {
		return err
	}
	if (c.Nodes > 0) != (c.DB != "") || (c.NATS != "") != (c.Nodes > 1) {
		return usageError{errors.New("--nodes, --db, --nats: several nodes need all three, one node on a database the first two")}
	}
	if c.Nodes > 0 { // beside the same server alone, with a file
		for _, t := range targets {
			t.Name += fmt.Sprintf(", %d on PostgreSQL", c.Nodes)
			t.Nodes, t.Serve.Data, t.Serve.DB, t.Serve.NATS = c.Nodes, "", c.DB, c.NATS
			targets = append(targets, t)
		}
	}
	if c.Server != "" {
		targets = []bench.Target{{Name: c.Server, Address: c.Server}}
	}
	var cases []bench.Case
	for _, n := range games {
		for _, t := range targets {
			ph, group := bench.Phase{Duration: c.Duration}, bench.GroupOf(n, 0)
			if c.Interval > 0 {
				ph.Rate = float64(n) / c.Interval.Seconds()
				group += " × " + c.Interval.String()
			}
			cases = append(cases, bench.Case{Group: group, Target: t, Phase: ph, Load: players(n)})
		}
	}
	return c.measure(e, bench.KindPlay, cases, notes)
}

// players is the load of so many games.
func players(games int) bench.Load {
	return bench.Load{Program: "play", Clients: 2 * games, Size: 1, Depth: 1}
}

// gameTargets are the models that a game server can have, each with its data in a directory of its own under dir.
func gameTargets(e *env, list, dir string) ([]bench.Target, []string, func(), error) {
	models, err := modelNames(e, list)
	if err != nil {
		return nil, nil, func() {}, err
	}
	targets, notes, done, err := bench.Targets(e.ctx, "game", models, false)
	targets = slices.DeleteFunc(targets, func(t bench.Target) bool { return t.Serve.Model == netio.Blocking })
	for i := range targets {
		if targets[i].Serve.Data = dir; dir == "" {
			targets[i].Serve.Data = os.TempDir()
		}
	}
	return targets, notes, done, err
}

type benchIdleCmd struct {
	Models  string `placeholder:"M,M…" help:"${help_bench_models}"`
	Kind    string `default:"tcp" enum:"tcp,packets,websocket" help:"${help_bench_kind}"`
	Clients string `default:"1000,10000" placeholder:"N,N…" help:"${help_bench_clients}"`
	Data    string `type:"path" placeholder:"DIR" help:"${help_bench_data}"`
	benchFlags
}

func (c *benchIdleCmd) Run(e *env) error {
	clients, err := numbers(e, "--clients", c.Clients)
	if err != nil {
		return err
	}
	var targets []bench.Target
	var notes []string
	var done func()
	if c.Kind != "tcp" {
		targets, notes, done, err = gameTargets(e, c.Models, c.Data)
	} else {
		var models []netio.Model
		if models, err = modelNames(e, c.Models); err != nil {
			return err
		}
		targets, notes, done, err = bench.Targets(e.ctx, "echo", models, false)
		targets = slices.DeleteFunc(targets, func(t bench.Target) bool { return t.Serve.Model == netio.Blocking })
	}
	defer done()
	if err != nil {
		return err
	}
	if c.Kind == "websocket" && len(targets) > 0 { // HTTP is served in one way, whatever the model of the packet port
		targets = targets[:1]
		targets[0].Name = "net/http"
	}
	var cases []bench.Case
	for _, n := range clients {
		load := bench.Load{Program: "echo", Clients: n, Size: 1, Depth: 1}
		if c.Kind != "tcp" {
			load = players((n + 1) / 2)
			load.WebSocket = c.Kind == "websocket"
		}
		for _, t := range targets {
			t.Serve.WebSocket = load.WebSocket
			cases = append(cases, bench.Case{Group: c.Kind + " × " + bench.GroupOf(n, 0), Target: t, Load: load})
		}
	}
	return c.measure(e, bench.KindIdle, cases, notes)
}

type benchChatCmd struct {
	Models    string  `placeholder:"M,M…" help:"${help_bench_models}"`
	Receivers string  `default:"1000" placeholder:"N,N…" help:"${help_bench_receivers}"`
	Depth     string  `default:"1,100" placeholder:"N,N…" help:"${help_bench_depth_chat}"`
	Size      int     `default:"64" placeholder:"BYTES" help:"${help_bench_size}"`
	Rate      float64 `placeholder:"N" help:"${help_bench_rate}"`
	Baseline  bool    `help:"${help_bench_baseline}"`
	benchFlags
}

func (c *benchChatCmd) Run(e *env) error {
	receivers, err := numbers(e, "--receivers", c.Receivers)
	if err != nil {
		return err
	}
	depths, err := numbers(e, "--depth", c.Depth)
	if err != nil {
		return err
	}
	models, err := modelNames(e, c.Models)
	if err != nil {
		return err
	}
	if err := c.check(e, c.Size); err != nil {
		return err
	}
	if c.Loops == 0 {
		c.Loops = 1 // as the plain program has
	}
	targets, notes, done, err := bench.Targets(e.ctx, "chat", models, c.Baseline)
	defer done()
	if err != nil {
		return err
	}
	targets = slices.DeleteFunc(targets, func(t bench.Target) bool { return t.Serve.Model == netio.Blocking })
	var cases []bench.Case
	for _, depth := range depths {
		for _, n := range receivers {
			for _, t := range targets {
				cases = append(cases, bench.Case{
					Group: bench.GroupOf(n, depth), Target: t, Phase: bench.Phase{Duration: c.Duration, Rate: c.Rate},
					Load: bench.Load{Program: "chat", Clients: n, Size: c.Size, Depth: depth},
				})
			}
		}
	}
	return c.measure(e, bench.KindChat, cases, notes)
}

// benchHost starts the servers that package bench does not know: the game server, without limits on how fast one client
// may be.
func benchHost(ctx context.Context, s bench.Serve) (netip.AddrPort, func() error, error) {
	limits := session.Limits{Packets: -1, Chat: -1, Opens: -1, PerAddress: benchClientsMax, Waiting: benchClientsMax}
	switch s.Program {
	case "game":
	case "guarded game":
		limits = session.Limits{} // those of `hansu serve`
	default:
		return netip.AddrPort{}, nil, fmt.Errorf("no server %q", s.Program)
	}
	cfg := server.Config{Data: s.Data, DB: s.DB, NATS: s.NATS, TCP: "127.0.0.1:0", Model: s.Model, MaxClients: benchClientsMax, Limits: limits, Text: errorText}
	if s.WebSocket {
		cfg.HTTP = "127.0.0.1:0"
		cfg.Listen.Conns = benchClientsMax
	}
	srv, err := server.New(ctx, cfg)
	if err != nil {
		return netip.AddrPort{}, nil, err
	}
	addr := srv.TCP()
	if s.WebSocket {
		addr = srv.HTTP()
	}
	return addr, func() error { return errors.Join(srv.Run(ctx), ctx.Err()) }, nil
}

// benchClientsMax is more than a process may have descriptors for on most systems.
const benchClientsMax = 1 << 20
