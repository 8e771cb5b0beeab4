package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"hansu/lobby"
	"hansu/rules"
	"hansu/session"
	"hansu/store"
	"hansu/table"
)

// Node is a server without its sockets, goroutines and clock: what is between the store and the
// clients. Server runs one; the simulation runs the same on a time of its own.
type Node struct {
	Lobby  *lobby.Lobby
	Shards []*table.Shard
	Hub    *session.Hub
	base   rules.Millis
	cfg    NodeConfig
	member *membership           // among other nodes; nil: this one is the whole server
	ill    atomic.Pointer[error] // why the service clock could not be stored last time; nil: it could
	asked  atomic.Int64          // service time at which the store was given the clock that it has not answered yet; 0: none
}

// NodeConfig is what a Node is made of. Session and Shard hold the settings of each kind; what
// connects the parts to each other is filled in by NewNode.
type NodeConfig struct {
	Store   store.Store
	Shards  int // how many
	Shard   func(i int) table.ShardConfig
	Session session.Config
	// Clock returns the present time of a service clock that showed base when the node was made.
	Clock func(base rules.Millis) table.Time
	Log   *slog.Logger
	// Join makes this node one of several, which share Store, a store.Shared; nil: it is the whole server.
	Join *JoinConfig
}

// reconnect is how long players may take to come back after a restart before they count as away.
const reconnect = 10 * time.Second

// answerTime is how long the store may take for one write before the server counts as not ready.
const answerTime = 3 * time.Second

// NewNode makes the lobby and the shards from what is stored: one row a table.
func NewNode(ctx context.Context, cfg NodeConfig) (*Node, error) {
	before := cfg.Clock(0).Service
	start, err := base(ctx, cfg.Store)
	if err != nil {
		return nil, err
	}
	after := cfg.Clock(0).Service // the clock has run while the store was asked
	last, err := cfg.Store.LastTable(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the last table's number: %w", err)
	}
	n := &Node{cfg: cfg, Lobby: lobby.New(last)}
	n.base = start - (before+after)/2
	if cfg.Join != nil {
		if n.member, err = n.join(ctx, *cfg.Join); err != nil {
			return nil, err
		}
	}
	for i := range cfg.Shards {
		sc := cfg.Shard(i)
		sc.Encode, sc.Changed, sc.Counted, sc.Reconnect = session.Encode, n.Lobby.Changed, n.Lobby.Counted, millis(reconnect)
		sc.Store, sc.Now, sc.Log = cfg.Store, n.Now, cfg.Log
		sc.Own = owner(cfg.Store, n.Service)
		if n.member != nil {
			sc.Changed, sc.Counted, sc.Elsewhere = n.member.changed, n.member.played, n.member.router.Elsewhere
			sc.Alive = n.member.alive
		}
		n.Shards = append(n.Shards, table.NewShard(sc))
	}
	cfg.Session.Lobby, cfg.Session.Shards = n.Lobby, n.Shards
	cfg.Session.Find, cfg.Session.Now, cfg.Session.Log = n.find, n.Service, cfg.Log
	if n.member != nil {
		cfg.Session.Submit, cfg.Session.Nodes, cfg.Session.Watched = n.member.router.Submit, n.member, n.member.watched
	}
	n.Hub = session.NewHub(cfg.Session)
	if n.member != nil {
		return n, n.member.tick(ctx)
	}
	if err := n.restore(ctx); err != nil {
		return nil, fmt.Errorf("read the tables: %w", err)
	}
	return n, nil
}

// restore brings the stored tables into the lobby, and each to its shard's notice.
func (n *Node) restore(ctx context.Context) error {
	return n.cfg.Store.Tables(ctx, func(sum store.Summary) error {
		in, err := table.InfoOf(sum)
		if err != nil {
			n.cfg.Log.Error("stored table left out", "table", sum.Table, "error", err)
			return nil
		}
		n.Lobby.Restored(in)
		n.shard(sum.Table).Expect(sum.Table, n.firstLook(in, sum.Deadline))
		return nil
	})
}

// shard is where a table lives, as the hub sees it too.
func (n *Node) shard(id table.ID) *table.Shard { return n.Shards[int(id)%len(n.Shards)] }

// firstLook says when a stored table must be looked at although nobody asks for it: at its
// deadline, and at the latest within minutes of the start, to see who has not come back. Those looks
// are spread out, so that a hundred thousand old tables do not come at once.
func (n *Node) firstLook(in table.Info, deadline rules.Millis) rules.Millis {
	at := n.base + millis(reconnect)
	if in.Phase == table.Playing {
		at += rules.Millis(in.ID%600) * 1000
	}
	if deadline != 0 {
		at = min(at, deadline)
	}
	return at
}

// Now is the present time.
func (n *Node) Now() table.Time {
	t := n.cfg.Clock(n.base)
	if n.member != nil {
		t.Service = n.member.clock.shared(t.Service)
	}
	return t
}

// Service is the time by which clocks and deadlines go: it stands still while the server
// is down, and steps of the wall clock do not touch it.
func (n *Node) Service() rules.Millis { return n.Now().Service }

// Tick is called every beatEvery: it closes silent clients and stores the service clock.
func (n *Node) Tick(ctx context.Context) {
	n.Hub.Sweep()
	n.asked.Store(int64(n.Service()))
	var err error
	if n.member != nil {
		err = n.member.tick(ctx)
	} else {
		err = alive(ctx, n.cfg.Store, n.Service())
	}
	n.asked.Store(0)
	switch {
	case err == nil:
		n.ill.Store(nil)
	case ctx.Err() == nil:
		n.cfg.Log.Error("service clock not stored", "error", err)
		n.ill.Store(&err)
	}
}

// Ready says whether clients should be sent here: nil, or why a move could not be stored now.
func (n *Node) Ready() error {
	if err := n.ill.Load(); err != nil {
		return fmt.Errorf("the store does not take what is written: %w", *err)
	}
	if asked := rules.Millis(n.asked.Load()); asked != 0 && n.Service()-asked > millis(answerTime) {
		return errors.New("the store does not answer")
	}
	return nil
}

func (n *Node) find(code string) (table.ID, bool) {
	sum, err := n.cfg.Store.Table(context.Background(), code)
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			n.cfg.Log.Error("table not looked up", "error", err)
		}
		return 0, false
	}
	return sum.Table, true
}
