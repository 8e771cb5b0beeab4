package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"hansu/bus"
	"hansu/cluster"
	"hansu/lobby"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/session"
	"hansu/store"
	"hansu/table"
)

// membership is a node's part among several: what makes its lobby, its sessions and its tables those of one
// server. It implements session.Nodes.
type membership struct {
	node   *Node
	store  store.Shared
	router *cluster.Router
	log    *slog.Logger
	cfg    MembershipConfig

	renewed atomic.Int64 // service time when the lease was last renewed, ms
	missed  atomic.Bool  // something was not heard: the store must be asked
	polled  rules.Millis // service time of the last poll
	moment  int64        // of the store, up to which the lobby knows it
	lapsed  bool         // the lease had run out before it was renewed

	mu         sync.Mutex
	next, last table.ID // reserved: next, and the first one after
}

// MembershipConfig says how a node reaches the others.
type MembershipConfig struct {
	// Send sends a frame to a node, Cast to all. They do not wait and may keep the frame.
	Send func(node string, frame []byte) error
	Cast func(frame []byte) error
	Wake func() // asks for Router.Flush, soon
	Go   func(do func())
	// Lease is for how long a node counts as alive after it has stored that it is.
	Lease time.Duration
}

// reserved is how many table numbers a node takes at once.
const reserved = 256

// pollEvery is how often a node asks the store what tables have become that it heard nothing of, in ms.
const pollEvery = 5000

// claimsMost is how many tables without an owner a node takes on in a second: the others are left to
// other nodes, and to the next second.
const claimsMost = 200

// join makes n one of several nodes.
func (n *Node) join(shared store.Shared, cfg MembershipConfig) *membership {
	m := &membership{node: n, store: shared, log: n.cfg.Log, cfg: cfg}
	m.renewed.Store(int64(n.base))
	m.missed.Store(true) // all is news
	m.router = cluster.New(cluster.Config{
		Node: shared.Node(), Owner: shared.Owner, Alive: m.alive,
		Local: func(cmd table.Command) bool { return n.shard(cmd.Table).Submit(cmd) },
		Send:  cfg.Send, Cast: cfg.Cast, Wake: cfg.Wake, Go: cfg.Go,
		Changed: n.Lobby.Changed, Counted: m.counted, Missed: func() { m.missed.Store(true) },
		Now: n.Service, Log: n.cfg.Log,
	})
	return m
}

// alive reports whether this node's lease runs, by this node's own clock: it began no later than
// the node thinks.
func (m *membership) alive() bool {
	return int64(m.node.Service())-m.renewed.Load() < m.cfg.Lease.Milliseconds()
}

// counted takes in numbers of another node's.
func (m *membership) counted(node string, c cluster.Count) {
	if c.Plies >= 0 {
		m.node.Lobby.Counted(c.Table, c.Plies)
	}
	m.node.Hub.Elsewhere(node, c.Table, c.Viewers)
}

// Router returns what brings frames of other nodes in.
func (n *Node) Router() *cluster.Router { return n.member.router }

// tick is done every second: the lease, the tables nobody decides at, and what was not heard.
func (m *membership) tick(ctx context.Context) error {
	if err := m.renew(ctx); err != nil {
		return err
	}
	m.adopt(ctx)
	m.poll(ctx)
	return nil
}

// renew prolongs the lease. A node that was out of touch for longer than that asks which tables are still its own
// and lets go of the others: their clients would be shown what is no longer so.
func (m *membership) renew(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, m.cfg.Lease)
	defer cancel()
	m.lapsed = m.lapsed || !m.alive()
	now := m.node.Service() // before it is renewed, not after
	if err := m.store.Renew(within, now); err != nil {
		return err
	}
	if m.lapsed {
		held := make(map[table.ID]uint32)
		err := m.store.Held(within, func(id table.ID, epoch uint32) error {
			held[id] = epoch
			return nil
		})
		if err != nil {
			return err
		}
		m.log.Warn("this node was out of touch", "ms", int64(now)-m.renewed.Load(), "tables", len(held))
		for _, s := range m.node.Shards {
			s.Retain(held)
		}
		m.lapsed = false
	}
	m.renewed.Store(int64(now))
	return nil
}

// adopt takes on tables whose owner is gone: those that are due first. Who comes to one of the others is
// served at once, for that claims it, too.
func (m *membership) adopt(ctx context.Context) {
	left := claimsMost
	err := m.store.Orphans(ctx, func(o store.Orphan) error {
		m.node.shard(o.Table).Look(o.Table)
		if left--; left == 0 {
			return store.ErrStop
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		m.log.Error("tables without an owner not found", "error", err)
	}
}

// poll asks the store what tables have become, if something was not heard, or now and then.
func (m *membership) poll(ctx context.Context) {
	now := m.node.Service()
	if !m.missed.Swap(false) && now-m.polled < pollEvery {
		return
	}
	m.polled = now
	next, err := m.store.ChangedSince(ctx, m.moment, func(sum store.Summary) error {
		m.learn(sum)
		return nil
	})
	if err != nil {
		m.missed.Store(true)
		if ctx.Err() == nil {
			m.log.Error("changed tables not read", "error", err)
		}
		return
	}
	m.moment = next
}

func (m *membership) learn(sum store.Summary) {
	in, err := table.InfoOf(sum)
	if err != nil {
		m.log.Error("stored table left out", "table", sum.Table, "error", err)
		return
	}
	m.node.Lobby.Changed(in)
}

// storeWait is how long a player's wish may wait for the store.
const storeWait = 5 * time.Second

// Pair implements session.Nodes.
func (m *membership) Pair(p lobby.Player, v rules.Variant, tc rules.TimeControl, own bool) (lobby.Seat, error) {
	ctx, cancel := context.WithTimeout(context.Background(), storeWait)
	defer cancel()
	id, err := m.reserve(ctx)
	if err != nil {
		return lobby.Seat{}, err
	}
	m.router.Opening(id)
	at, err := m.store.Pair(ctx, store.Wish{
		Kind: table.AppendKind(nil, v, tc), Key: p.Key[:], Instance: p.Instance, Number: p.Number,
		Table: id, Code: lobby.NewCode(), Own: own, Skip: m.node.Lobby.Absent(v, tc),
	})
	if err != nil {
		return lobby.Seat{}, err
	}
	seat := lobby.Seat{Table: at.Table, Code: at.Code, How: lobby.Own}
	switch at.How {
	case store.Opened:
		seat.How = lobby.Create
	case store.Free:
		seat.How = lobby.Sit
	}
	return seat, nil
}

// Unpair implements session.Nodes.
func (m *membership) Unpair(id table.ID, k table.Key) {
	ctx, cancel := context.WithTimeout(context.Background(), storeWait)
	defer cancel()
	if err := m.store.Unpair(ctx, id, k[:]); err != nil {
		m.log.Error("promise of a seat not taken back", "table", id, "error", err) // it ends by itself
	}
}

// Private implements session.Nodes.
func (m *membership) Private() (lobby.Seat, error) {
	ctx, cancel := context.WithTimeout(context.Background(), storeWait)
	defer cancel()
	id, err := m.reserve(ctx)
	if err != nil {
		return lobby.Seat{}, err
	}
	m.router.Opening(id)
	return lobby.Seat{Table: id, Code: lobby.NewCode(), How: lobby.Create}, nil
}

// reserve returns a number that no table has.
func (m *membership) reserve(ctx context.Context) (table.ID, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next == m.last {
		first, err := m.store.Reserve(ctx, reserved)
		if err != nil {
			return 0, err
		}
		m.next, m.last = first, first+reserved
	}
	m.next++
	return m.next - 1, nil
}

// Home implements session.Nodes.
func (m *membership) Home(k table.Key) error {
	ctx, cancel := context.WithTimeout(context.Background(), storeWait)
	defer cancel()
	return m.store.TablesOf(ctx, k[:], func(sum store.Summary) error {
		m.learn(sum)
		return nil
	})
}

// Learn implements session.Nodes.
func (m *membership) Learn(code string) error {
	ctx, cancel := context.WithTimeout(context.Background(), storeWait)
	defer cancel()
	sum, err := m.store.Table(ctx, code)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	m.learn(sum)
	return nil
}
