// Package server composes a running node: store, tables, lobby, sessions and the packet
// port. It can be embedded, in a test or in another program; several may run in one process, each on a
// data directory of its own.
//
//	srv, err := server.New(server.Config{Data: dir, TCP: "localhost:0"})
//	…
//	go srv.Run(ctx)
//	addr := srv.TCP() // the real address
//
// With Config.HTTP the page, WebSocket and the JSON API of package web are served too.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"time"

	"hansu/bus"
	"hansu/netio"
	"hansu/rules"
	"hansu/session"
	"hansu/store"
	"hansu/table"
	"hansu/web"
	"hansu/wire"
)

// Config is a node's setting. The zero value of a field is its default.
type Config struct {
	Data       string        // directory of the database; default: a store in memory is not offered, so it must be given
	DB         string        // address of a PostgreSQL database instead of Data
	NATS       string        // addresses of NATS servers: this node is one of all that serve DB
	Files      NATSFiles     // with NATS
	Bus        bus.Bus       // instead of NATS; the server closes it
	TCP        string        // packets are served here; default ":9000"; port 0: any free one
	Model      netio.Model   // default: [DefaultModel]
	MaxClients int           // default 16384
	Grace      time.Duration // how long an absent player's seat is safe; default 60 s
	Abandon    time.Duration // an untimed game both have left is called off after; default 7 days
	Limits     session.Limits
	Flush      time.Duration    // how long the disk has, at the end, to take what was decided; default 2 s
	Outbound   int              // bytes queued for one client at most; default 1 MiB, least 64 KiB
	Metrics    string           // what is counted, for a monitor, on an address of its own; empty: none
	HTTP       string           // the page, WebSocket and JSON API; empty: none; port 0: any free one
	Site       web.Config       // limits and trust of the page; Hub, Archive and the like are filled in
	Listen     web.ListenConfig // limits and certificate of HTTP's address
	Log        *slog.Logger     // default: nothing is logged
	// Text is the text of an error in a client's language; default: the code's number.
	Text func(language uint8, code wire.ErrorCode, problem rules.Problem) string

	between func(store.Shared) store.Shared // tests put something between a node and its database
}

// Server is one node. Make it with New.
type Server struct {
	cfg   Config
	store store.Store
	peers *peers // other nodes; nil: this is the whole server
	node  *Node
	tcp   netio.Server
	site  *web.Site   // nil without Config.HTTP
	http  *web.Server // likewise

	operator *operator // nil without Config.Metrics
}

// mailbox bounds the commands that wait for one shard.
const mailbox = 1 << 16

func (c Config) withDefaults() Config {
	if c.TCP == "" {
		c.TCP = ":9000"
	}
	if c.Model == "" {
		c.Model = DefaultModel()
	}
	if c.MaxClients == 0 {
		c.MaxClients = 16384
	}
	if c.Outbound == 0 {
		c.Outbound = 1 << 20
	}
	if c.Grace == 0 {
		c.Grace = time.Minute
	}
	if c.Flush == 0 {
		c.Flush = storeTime
	}
	if c.Abandon == 0 {
		c.Abandon = 7 * 24 * time.Hour
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if c.Text == nil {
		c.Text = func(_ uint8, code wire.ErrorCode, _ rules.Problem) string { return fmt.Sprint(uint16(code)) }
	}
	return c
}

// DefaultModel is the I/O model the packet port is served on unless another is asked for.
func DefaultModel() netio.Model {
	for _, m := range netio.Models() {
		if m.Model == netio.Events && m.Available {
			return netio.Events
		}
	}
	return netio.Threads
}

// New opens the data and the listening socket. Clients are served once Run is called.
// An error wraps store.ErrLocked, store.ErrNewer, a *HTTPError or a *netio.Error.
func New(ctx context.Context, cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	if cfg.Model == netio.Blocking {
		return nil, ErrBlocking
	}
	if cfg.Grace < 0 || cfg.Abandon < 0 {
		return nil, fmt.Errorf("server: a grace of %v, abandoned after %v: must not be negative", cfg.Grace, cfg.Abandon)
	}
	st, err := openStore(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, store: st}
	if s.peers, err = openPeers(ctx, cfg, st); err == nil {
		s.node, err = newNode(ctx, cfg, st, s.peers)
	}
	if err == nil {
		err = s.listenHTTP()
	}
	if err == nil {
		err = s.listenMetrics()
	}
	if err == nil {
		hub := s.node.Hub
		s.tcp, err = netio.Listen(cfg.TCP, packets{hub}, netio.Config{
			Model: cfg.Model, MaxClients: cfg.MaxClients, Outbound: cfg.Outbound, Inbound: inbound, Logger: cfg.Log,
			Refuse: func(c netio.Conn) { hub.Refuse(c) },
		})
	}
	if err != nil {
		if s.http != nil {
			_ = s.http.Close()
		}
		if s.operator != nil {
			_ = s.operator.lis.Close()
		}
		return nil, errors.Join(err, s.peers.close(), st.Close())
	}
	return s, nil
}

// inbound bounds what a client may send before it is read: packets are small, and whoever floods is to wait soon.
const inbound = 64 << 10

// ErrBlocking refuses the model that serves one client at a time.
var ErrBlocking = errors.New(`the model "blocking" serves one client at a time, and a game needs two: use --model threads, events or completion`)

// newNode makes the node, on this machine's clocks.
func newNode(ctx context.Context, cfg Config, st store.Store, others *peers) (*Node, error) {
	start := time.Now()
	return NewNode(ctx, NodeConfig{
		Store: st, Log: cfg.Log, Shards: runtime.GOMAXPROCS(0), Join: others.join(),
		Shard: func(int) table.ShardConfig {
			return table.ShardConfig{Config: table.Config{Abandon: millis(cfg.Abandon)}, Mailbox: mailbox}
		},
		Session: session.Config{Text: cfg.Text, Grace: millis(cfg.Grace), Limits: cfg.Limits},
		Clock: func(base rules.Millis) table.Time {
			now := time.Now()
			return table.Time{Service: base + millis(now.Sub(start)), Wall: now.UnixMilli()}
		},
	})
}

func millis(d time.Duration) rules.Millis { return rules.Millis(d / time.Millisecond) }

// TCP is the address of the packet port, with the real port.
func (s *Server) TCP() netip.AddrPort { return s.tcp.Addr() }

// beatEvery is how often the service clock is stored: at most so much of a player's
// time is given back by a crash.
const beatEvery = time.Second

// Run serves until ctx ends, then tells the clients, finishes what was decided and closes
// the store. It returns nil after such an end, an error if the server could not go on.
func (s *Server) Run(ctx context.Context) error {
	s.cfg.Log.Info("ready", "tcp", s.tcp.Addr().String(), "http", s.webAddr(), "metrics", s.cfg.Metrics, "model", string(s.cfg.Model), "data", s.cfg.Data)
	shardCtx, stopShards := context.WithCancel(context.WithoutCancel(ctx))
	var shards, rest sync.WaitGroup
	for _, sh := range s.node.Shards {
		shards.Go(func() { sh.Run(shardCtx) })
	}
	restCtx, stopRest := context.WithCancel(ctx)
	rest.Go(func() { s.tick(restCtx) })
	linkCtx, unlink := context.WithCancel(context.WithoutCancel(ctx))
	defer unlink()
	served := make(chan error, 4)
	if s.peers != nil {
		rest.Go(func() { s.peers.run(linkCtx, s.node) })
		if err := s.peers.listen(s.node, s.store.(store.Shared).Node()); err != nil {
			served <- err
		}
	}
	go func() { served <- s.tcp.Serve() }()
	if s.http != nil {
		go func() { served <- s.http.Serve() }()
	}
	if s.operator != nil {
		go func() { served <- s.operator.serve() }()
	}

	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
	}
	s.cfg.Log.Info("stopping")
	s.node.Hub.Shutdown()
	handOver := func() error {
		stopShards()
		shards.Wait()
		stopRest()
		unlink()
		rest.Wait()
		return s.node.Leave(context.WithoutCancel(ctx))
	}
	var left chan error
	if s.peers != nil { // others take the tables on while this node's clients still take in their farewells
		left = make(chan error, 1)
		go func() { left <- handOver() }()
	}
	err = errors.Join(err, s.drain(ctx))
	closed := make(chan error, 1)
	go func() {
		var gone error
		if left != nil {
			gone = <-left
		} else {
			gone = handOver()
		}
		closed <- errors.Join(gone, s.peers.close(), s.store.Close())
	}()
	select {
	case e := <-closed:
		err = errors.Join(err, e)
	case <-time.After(s.cfg.Flush):
		err = errors.Join(err, ErrStuck)
	}
	s.cfg.Log.Info("stopped", s.refused())
	return err
}

// ErrStuck is what Run returns when the disk does not let the store be closed. Nobody has been told of
// what it has not taken, so that ending the process loses nothing.
var ErrStuck = errors.New("server: the disk does not answer; what it has not stored was not acknowledged to anyone")

// drain closes the clients' connections; the hub has told them.
func (s *Server) drain(ctx context.Context) error {
	down, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	var err error
	if s.http != nil {
		err = s.http.Shutdown(down)
	}
	err = errors.Join(err, s.tcp.Shutdown(down))
	if s.operator != nil {
		err = errors.Join(err, s.operator.shutdown(down))
	}
	return err
}

// Refusals returns how often clients were refused, by the protocol's number of the reason.
func (s *Server) Refusals() []session.Refusal { return s.node.Hub.Refusals() }

// refused is what clients were refused since the start, for the log.
func (s *Server) refused() slog.Attr {
	var counts []any
	for _, r := range s.Refusals() {
		counts = append(counts, slog.Int64(fmt.Sprint(uint16(r.Code)), r.Count))
	}
	return slog.Group("refused", counts...)
}

// The end takes 5 s at most, unless Config.Flush says otherwise: so long have clients to take what was sent to
// them, and then the disk to take what was decided.
const (
	drainTime = 3 * time.Second
	storeTime = 2 * time.Second
)

// tick stores the service clock and looks for silent clients.
func (s *Server) tick(ctx context.Context) {
	t := time.NewTicker(beatEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		s.node.Tick(ctx)
	}
}

// packets is the packet port's netio.Handler.
type packets struct{ hub *session.Hub }

func (p packets) Opened(c netio.Conn) {
	if s := p.hub.Open(c); s != nil {
		c.SetData(s)
	}
}

func (p packets) Received(c netio.Conn, b []byte) {
	if s, ok := c.Data().(*session.Session); ok {
		s.Received(b)
	}
}

// ReadEnded: a client that has closed its sending side can play no more.
func (p packets) ReadEnded(c netio.Conn) { _ = c.Close() }

func (p packets) Closed(c netio.Conn, err error) {
	if errors.Is(err, netio.ErrSlow) {
		p.hub.Slow(c.RemoteAddr())
	}
	if s, ok := c.Data().(*session.Session); ok {
		s.Closed()
	}
}
