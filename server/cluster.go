package server

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hansu/cluster"
	"hansu/lobby"
	"hansu/rules"
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
	cfg    JoinConfig
	clock  clock

	renewed atomic.Int64 // service time when the lease was last renewed, ms
	missed  atomic.Bool  // something was not heard: the store must be asked
	polled  rules.Millis // service time of the last poll
	moment  int64        // of the store, up to which the lobby knows it
	lapsed  bool         // the lease had run out before it was renewed
	ticks   int

	mu         sync.Mutex
	next, last table.ID // reserved: next, and the first one after
	counts     map[table.ID]cluster.Count
}

// JoinConfig says how a node reaches the others.
type JoinConfig struct {
	// Send sends a frame to a node, Cast to all. They do not wait and may keep the frame.
	Send func(node string, frame []byte) error
	Cast func(frame []byte) error
	Wake func() // asks for Router.Flush, soon
	Go   func(do func())
	// Lease is for how long a node counts as alive after it has stored that it is.
	Lease time.Duration
	// Within bounds a wait for the store; default: context.WithTimeout.
	Within func(context.Context, time.Duration) (context.Context, context.CancelFunc)
}

// reserved is how many table numbers a node takes at once.
const reserved = 256

// pollEvery is how often a node asks the store what tables have become that it heard nothing of, in ms.
const pollEvery = 5000

// claimsMost is how many tables without an owner a node takes on in a second: the others are left to
// other nodes, and to the next second.
const claimsMost = 200

// join makes n one of several nodes.
func (n *Node) join(ctx context.Context, cfg JoinConfig) (*membership, error) {
	shared, ok := n.cfg.Store.(store.Shared)
	if !ok {
		return nil, ErrAlone
	}
	m := &membership{node: n, store: shared, log: n.cfg.Log, cfg: cfg, counts: make(map[table.ID]cluster.Count)}
	if cfg.Within == nil {
		m.cfg.Within = context.WithTimeout
	}
	m.missed.Store(true) // all is news
	m.router = cluster.New(cluster.Config{
		Node: shared.Node(), Owner: m.owner, Alive: m.alive,
		Local: func(cmd table.Command) bool { return n.shard(cmd.Table).Submit(cmd) },
		Send:  cfg.Send, Cast: cfg.Cast, Wake: cfg.Wake, Go: cfg.Go,
		Changed: n.Lobby.Changed, Counted: m.counted, Missed: func() { m.missed.Store(true) },
		Now: n.Service, Log: n.cfg.Log,
	})
	return m, nil
}

// ErrAlone refuses several nodes over a store that one process has for itself.
var ErrAlone = errors.New("server: several nodes need a database that they share")

// owner is the store's Owner, which does not wait for ever.
func (m *membership) owner(ctx context.Context, id table.ID) (string, error) {
	ctx, cancel := m.cfg.Within(ctx, storeWait)
	defer cancel()
	return m.store.Owner(ctx, id)
}

// alive reports whether this node's lease runs, by this node's own clock: it began no later than
// the node thinks.
func (m *membership) alive() bool {
	return int64(m.node.Service())-m.renewed.Load() < m.cfg.Lease.Milliseconds()
}

// changed tells this node's lobby, and the others', what a table of this node's has become.
func (m *membership) changed(in table.Info) {
	m.node.Lobby.Changed(in)
	m.router.Changed(in)
}

// played takes in how many moves a game of this node's has: the others are told at the next tick.
func (m *membership) played(id table.ID, plies int) {
	m.node.Lobby.Counted(id, plies)
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.count(id)
	c.Plies = plies
	m.counts[id] = c
}

// watched takes in how many look on at a table on this node.
func (m *membership) watched(id table.ID, viewers int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.count(id)
	c.Viewers = viewers
	m.counts[id] = c
}

func (m *membership) count(id table.ID) cluster.Count {
	c, ok := m.counts[id]
	if !ok {
		c = cluster.Count{Table: id, Plies: -1, Viewers: -1}
	}
	return c
}

// tellCounts sends what played and watched have gathered.
func (m *membership) tellCounts() {
	m.mu.Lock()
	var list []cluster.Count
	for _, id := range slices.Sorted(maps.Keys(m.counts)) {
		list = append(list, m.counts[id])
	}
	clear(m.counts)
	m.mu.Unlock()
	m.router.Count(list)
}

// counted takes in numbers of another node's.
func (m *membership) counted(node string, c cluster.Count) {
	if c.Plies >= 0 {
		m.node.Lobby.Counted(c.Table, c.Plies)
	}
	if c.Viewers >= 0 {
		m.node.Hub.Elsewhere(node, c.Table, c.Viewers)
	}
}

// clock makes of a node's own clock one that all nodes share: it is set by the database's, and never goes back.
type clock struct{ skew, shown atomic.Int64 } // ms

func (c *clock) shared(own rules.Millis) rules.Millis {
	at := int64(own) + c.skew.Load()
	for {
		shown := c.shown.Load()
		if at <= shown {
			return rules.Millis(shown)
		}
		if c.shown.CompareAndSwap(shown, at) {
			return rules.Millis(at)
		}
	}
}

// The clock is compared with the database's every so many ticks, and set by at most so much, in ms: clocks
// drift by less, and a long way to the database is no drift.
const (
	syncEvery = 5
	setMost   = 20
)

// sync sets the node's clock by the database's.
func (m *membership) sync(ctx context.Context) {
	before := m.node.Service()
	now, err := m.store.Time(ctx)
	if err != nil {
		return // Renew says so if it lasts
	}
	after := m.node.Service()
	off := now - (before+after)/2
	if within := (after - before) / 2; off > within || off < -within {
		m.clock.skew.Add(int64(max(-setMost, min(setMost, off))))
	}
}

// Router returns what brings frames of other nodes in.
func (n *Node) Router() *cluster.Router { return n.member.router }

// tick is done every second: the lease, the tables nobody decides at, and what was not heard.
func (m *membership) tick(ctx context.Context) error {
	if err := m.renew(ctx); err != nil {
		// The database is not to be had from here. Where it is, a client has more of it. If it is away for all, their
		// leases run out within a second of this one, and what they said before is too old two seconds later.
		out := int64(m.node.Service()) - m.renewed.Load() - m.cfg.Lease.Milliseconds()
		m.node.Hub.Retreat(out > 3000 && m.router.Others())
		return err
	}
	m.node.Hub.Retreat(false)
	within, cancel := ctx, func() {}
	if m.ticks > 0 { // at the start all tables are read
		// A database that has stopped answering must not keep this node from noticing that.
		within, cancel = m.cfg.Within(ctx, m.cfg.Lease)
	}
	defer cancel()
	if m.ticks%syncEvery == 0 {
		m.sync(within)
	}
	m.ticks++
	m.tellCounts()
	m.adopt(within)
	m.poll(within)
	return nil
}

// renew prolongs the lease. A node that was out of touch for longer than that asks which tables are still its own
// and lets go of the others: their clients would be shown what is no longer so.
func (m *membership) renew(ctx context.Context) error {
	within, cancel := m.cfg.Within(ctx, m.cfg.Lease)
	defer cancel()
	now := m.node.Service() // before it is renewed, not after
	lapsed, err := m.store.Renew(within, now)
	if err != nil {
		return err
	}
	// The store compares with the Renew before. One whose answer was lost may have hidden the gap.
	m.lapsed = m.lapsed || lapsed || m.renewed.Load() != 0 && !m.alive()
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
	return m.pair(p, store.Wish{
		Kind: table.AppendKind(nil, v, tc), Own: own, Skip: m.node.Lobby.Absent(p.Key, v, tc),
	})
}

// Private implements session.Nodes. The store must know of the table, or the same command at another node would open
// another one; nobody else has a wish of this kind.
func (m *membership) Private(p lobby.Player) (lobby.Seat, error) {
	return m.pair(p, store.Wish{Kind: append([]byte("private "), p.Key[:]...), Own: true})
}

func (m *membership) pair(p lobby.Player, w store.Wish) (lobby.Seat, error) {
	ctx, cancel := m.cfg.Within(context.Background(), storeWait)
	defer cancel()
	id, err := m.reserve(ctx)
	if err != nil {
		return lobby.Seat{}, err
	}
	m.router.Opening(id)
	w.Key, w.Instance, w.Number = p.Key[:], p.Instance, p.Number
	w.Table, w.Code = id, lobby.NewCode()
	at, err := m.store.Pair(ctx, w)
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
	ctx, cancel := m.cfg.Within(context.Background(), storeWait)
	defer cancel()
	if err := m.store.Unpair(ctx, id, k[:]); err != nil {
		m.log.Error("promise of a seat not taken back", "table", id, "error", err) // it ends by itself
	}
}

// reserve returns a number that no table has. It waits for the store without m.mu, which tables need when they tell what
// they have become.
func (m *membership) reserve(ctx context.Context) (table.ID, error) {
	if id, ok := m.unused(0, 0); ok {
		return id, nil
	}
	first, err := m.store.Reserve(ctx, reserved)
	if err != nil {
		return 0, err
	}
	id, _ := m.unused(first, first+reserved)
	return id, nil
}

// unused takes a number out of those reserved, to which come those from first up to the one before last.
func (m *membership) unused(first, last table.ID) (table.ID, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next == m.last {
		m.next, m.last = first, last
	}
	if m.next == m.last {
		return 0, false
	}
	m.next++
	return m.next - 1, true
}

// Home implements session.Nodes.
func (m *membership) Home(k table.Key) error {
	ctx, cancel := m.cfg.Within(context.Background(), storeWait)
	defer cancel()
	return m.store.TablesOf(ctx, k[:], func(sum store.Summary) error {
		m.learn(sum)
		return nil
	})
}

// Learn implements session.Nodes.
func (m *membership) Learn(code string) error {
	ctx, cancel := m.cfg.Within(context.Background(), storeWait)
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
