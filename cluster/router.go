package cluster

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"hansu/rules"
	"hansu/table"
)

// Config is what a Router needs. All of it is called from any goroutine and must not wait, but for Owner, and
// what Go is given.
type Config struct {
	Node string // this node's id, which no other start of any node has
	// Owner returns the living node that owns a table, "" if none does. It may wait.
	Owner func(ctx context.Context, id table.ID) (string, error)
	// Alive says whether this node's lease runs. While it does not, others may take its tables, and it
	// is not to speak for them.
	Alive func() bool
	// Local hands a command to this node's shards, false if they have too much to do.
	Local func(table.Command) bool
	// Send sends a frame to a node, Cast to all nodes. The frame may be kept. An error: it was not sent.
	Send func(node string, frame []byte) error
	Cast func(frame []byte) error
	// Changed is told what a table of another node has become.
	Changed func(table.Info)
	// Counted is told how many moves a table of another node has, and how many look on at that node.
	Counted func(node string, c Count)
	// Missed is told that something Changed or Counted should have been told has been lost.
	Missed func()
	Go     func(do func())     // runs what may wait
	Wake   func()              // asks for a call of Flush, soon
	Now    func() rules.Millis // any clock that does not go back
	Log    *slog.Logger
}

// Router brings commands to the nodes that decide on them. It is safe for use from any goroutine.
type Router struct {
	cfg Config

	mu     sync.Mutex
	routes map[table.ID]*route
	links  map[string]*link
	gone   []*guest // of links that are broken, oldest first: soon to be away
	busy   int      // lookups under way
	queue  []table.ID
	out    cast
	ended  bool

	flushing sync.Mutex // one Flush at a time: frames keep their order
}

// route says where a table's commands go.
type route struct {
	node    string // its owner; "": not known
	used    rules.Millis
	looking bool
	again   rules.Millis // when to look again: the owner is known and not linked; 0: not so
	waiting []table.Command
	since   rules.Millis // of the oldest of waiting
}

const (
	lookupsMost = 16
	waitingMost = 256        // commands for one table whose owner is not known
	patience    = 6_000      // ms that they wait: longer than any lease
	lookAgain   = 250        // ms
	routeKept   = 10 * 60000 // ms without a command
)

// New returns a router without links. Its owner calls Received and Heard for what comes, Tick about ten
// times a second, and Flush when it is asked for by Wake.
func New(cfg Config) *Router {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Router{cfg: cfg, routes: make(map[table.ID]*route), links: make(map[string]*link)}
}

// Submit brings a command to its table's owner and returns; false if too many wait.
func (r *Router) Submit(cmd table.Command) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	rt := r.routes[cmd.Table]
	if rt == nil {
		if _, detach := cmd.Do.(table.Detach); detach {
			return r.cfg.Local(cmd) // nobody here is at the table by way of another node
		}
		rt = &route{}
		r.routes[cmd.Table] = rt
	}
	return r.forward(rt, cmd)
}

// Opening says that a table will be opened at this node: nobody else knows it yet.
func (r *Router) Opening(id table.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.routes[id] = &route{node: r.cfg.Node, used: r.cfg.Now()}
}

// Elsewhere takes back a command that the shards cannot decide, for its table is another node's. It is
// their ShardConfig.Elsewhere.
func (r *Router) Elsewhere(cmd table.Command, node string) {
	r.mu.Lock()
	var calls []call
	if g, ok := cmd.From.(*guest); ok {
		g.elsewhere(cmd, node)
	} else {
		calls = r.reroute(cmd, node)
	}
	r.mu.Unlock()
	r.do(calls)
}

// reroute sends a command on to the node that is said to own its table.
func (r *Router) reroute(cmd table.Command, node string) []call {
	rt := r.routes[cmd.Table]
	if rt == nil {
		rt = &route{}
		r.routes[cmd.Table] = rt
	}
	if !rt.looking {
		rt.node = node
	}
	if !r.forward(rt, cmd) {
		return []call{refusal(cmd, table.Busy)}
	}
	return nil
}

// forward sends a command where its route leads, or keeps it until that is known. The caller holds r.mu.
func (r *Router) forward(rt *route, cmd table.Command) bool {
	rt.used = r.cfg.Now()
	if !rt.looking && rt.again == 0 {
		if rt.node == r.cfg.Node {
			return r.cfg.Local(cmd)
		}
		if l := r.links[rt.node]; l != nil && l.up {
			l.command(cmd)
			return true
		}
	}
	if len(rt.waiting) >= waitingMost {
		return false
	}
	if len(rt.waiting) == 0 {
		rt.since = rt.used
	}
	rt.waiting = append(rt.waiting, cmd)
	if !rt.looking && rt.again == 0 {
		r.look(cmd.Table, rt)
	}
	return true
}

// look asks the store who owns a table.
func (r *Router) look(id table.ID, rt *route) {
	rt.looking, rt.again = true, 0
	if r.busy >= lookupsMost {
		r.queue = append(r.queue, id)
		return
	}
	r.busy++
	r.cfg.Go(func() {
		for more := true; more; {
			node, err := r.cfg.Owner(context.Background(), id)
			if err != nil {
				r.cfg.Log.Error("owner of a table not found out", "table", id, "error", err)
			}
			id, more = r.found(id, node, err)
		}
	})
}

// found takes in what look learnt, and returns the next table to look for.
func (r *Router) found(id table.ID, node string, err error) (next table.ID, more bool) {
	r.mu.Lock()
	var calls []call
	if rt := r.routes[id]; rt != nil && rt.looking {
		rt.looking = false
		switch l := r.links[node]; {
		case err != nil:
			calls = r.giveUp(id, rt)
		case node == "" || node == r.cfg.Node: // ours, or whose comes first
			rt.node = r.cfg.Node
			calls = r.release(rt)
		case l != nil && l.up:
			rt.node = node
			calls = r.release(rt)
		case r.cfg.Now()-rt.since > patience:
			r.cfg.Log.Warn("node not reached", "table", id, "owner", node)
			calls = r.giveUp(id, rt)
		default:
			rt.node, rt.again = node, r.cfg.Now()+lookAgain
		}
	}
	if more = len(r.queue) > 0; more {
		next = r.queue[0]
		r.queue = r.queue[1:]
	} else {
		r.busy--
	}
	r.mu.Unlock()
	r.do(calls)
	return next, more
}

// release sends on what has waited for a route.
func (r *Router) release(rt *route) (calls []call) {
	waiting := rt.waiting
	rt.waiting = nil
	for _, cmd := range waiting {
		if !r.forward(rt, cmd) {
			calls = append(calls, refusal(cmd, table.Busy))
		}
	}
	return calls
}

// giveUp refuses what has waited for a route.
func (r *Router) giveUp(id table.ID, rt *route) (calls []call) {
	for _, cmd := range rt.waiting {
		calls = append(calls, refusal(cmd, table.StoreDown))
	}
	delete(r.routes, id)
	return calls
}

// Tick keeps links alive, notices those that are not, and does what waits for a time.
func (r *Router) Tick() {
	now := r.cfg.Now()
	r.mu.Lock()
	if r.ended {
		r.mu.Unlock()
		return
	}
	alive := r.cfg.Alive()
	var calls []call
	for _, name := range slices.Sorted(maps.Keys(r.links)) { // the same order each time, for the simulation
		calls = append(calls, r.check(r.links[name], now, alive)...)
	}
	r.leaveGuests(now)
	for _, id := range slices.Sorted(maps.Keys(r.routes)) {
		rt := r.routes[id]
		switch {
		case rt.again != 0 && now >= rt.again:
			r.look(id, rt)
		case len(rt.waiting) == 0 && !rt.looking && now-rt.used > routeKept && !r.behind(rt.node, id):
			delete(r.routes, id)
		}
	}
	if alive && now-r.out.told >= helloEvery {
		r.out.told = now
		r.out.hello = true
	}
	r.mu.Unlock()
	r.do(calls)
	r.Flush()
}

// behind reports whether a viewer here is at a table of that node.
func (r *Router) behind(node string, id table.ID) bool {
	l := r.links[node]
	return l != nil && l.tables[id] > 0
}

// leaveGuests tells the tables that viewers have gone whose link broke some time ago.
func (r *Router) leaveGuests(now rules.Millis) {
	for len(r.gone) > 0 && now-r.gone[0].lost >= awayAfter {
		g := r.gone[0]
		r.gone = r.gone[1:]
		r.cfg.Local(table.Command{Table: g.table, From: g, Key: g.key, Do: table.Detach{}})
	}
}

// awayAfter is how many ms a player may take to come back whose node is gone, before the seat counts
// as left: as after a restart of a server.
const awayAfter = 10_000

// Flush sends what has gathered.
func (r *Router) Flush() {
	r.flushing.Lock()
	defer r.flushing.Unlock()
	r.mu.Lock()
	casts := r.out.frames(r.cfg.Node)
	type parcel struct {
		l      *link
		frames [][]byte
	}
	var parcels []parcel
	for _, name := range slices.Sorted(maps.Keys(r.links)) {
		if l := r.links[name]; len(l.body) > 0 || len(l.full) > 0 || l.beat {
			parcels = append(parcels, parcel{l, l.frames()})
		}
	}
	r.mu.Unlock()
	for _, f := range casts {
		if err := r.cfg.Cast(f); err != nil {
			r.cfg.Log.Debug("nodes not told", "error", err) // they miss its number
		}
	}
	for _, p := range parcels {
		for _, f := range p.frames {
			if err := r.cfg.Send(p.l.node, f); err != nil {
				r.broken(p.l, "not sent: "+err.Error())
				break
			}
		}
	}
}

// broken breaks a link from outside.
func (r *Router) broken(l *link, why string) {
	r.mu.Lock()
	calls := r.cut(l, why)
	r.mu.Unlock()
	r.do(calls)
}

// Leave says to all nodes that this one goes: its tables are nobody's by now. Nothing is sent
// afterwards.
func (r *Router) Leave() {
	r.Flush()
	r.mu.Lock()
	r.ended = true
	farewells := make(map[string][]byte)
	for name, l := range r.links {
		farewells[name] = l.header(frameBye)
	}
	r.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(farewells)) {
		if err := r.cfg.Send(name, farewells[name]); err != nil {
			r.cfg.Log.Debug("node not told", "node", name, "error", err) // it will notice
		}
	}
}

// Idle returns what the router still has to do, nil if that is nothing: nobody of this node is at a table of another, nobody
// of another at one of this node's, and no command is under way.
func (r *Router) Idle() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy > 0 || len(r.queue) > 0 || len(r.gone) > 0 {
		return fmt.Errorf("cluster: %d lookups, %d guests of broken links", r.busy+len(r.queue), len(r.gone))
	}
	for _, id := range slices.Sorted(maps.Keys(r.routes)) {
		if n := len(r.routes[id].waiting); n > 0 {
			return fmt.Errorf("cluster: %d commands wait for the owner of table %d", n, id)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.links)) {
		if l := r.links[name]; len(l.proxies)+len(l.numbers)+len(l.pending)+len(l.tables)+len(l.guests) > 0 {
			return fmt.Errorf("cluster: link to %s: %d viewers, %d commands, %d guests", name, len(l.proxies), len(l.pending), len(l.guests))
		}
	}
	return nil
}

// Nodes returns the nodes that this one is linked with.
func (r *Router) Nodes() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []string
	for name, l := range r.links {
		if l.up {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// Others reports whether another node says at present that it is alive, whether linked with this one or not.
func (r *Router) Others() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.cfg.Now()
	for _, l := range r.links {
		if l.spoke != 0 && now-l.spoke <= silence {
			return true
		}
	}
	return false
}

// call is something to be said to a viewer once r.mu is free.
type call struct {
	what   message
	viewer table.Viewer
	at     table.Attachment
	answer table.Answer
	p      []byte
}

func refusal(cmd table.Command, why table.Refusal) call {
	return call{what: msgAnswer, viewer: cmd.From, answer: table.Answer{
		Table: cmd.Table, Number: cmd.Number, Refusal: why, Do: cmd.Do, Tag: cmd.Tag,
	}}
}

// do makes calls. r.mu is free: what is called may submit commands.
func (r *Router) do(calls []call) {
	for i := range calls {
		c := &calls[i]
		if c.viewer == nil {
			continue
		}
		switch c.what {
		case msgAttach:
			c.viewer.Attach(c.at)
		case msgDeliver:
			c.viewer.Deliver(c.p)
		case msgCaughtUp:
			c.viewer.CaughtUp(c.at)
		case msgAnswer:
			c.viewer.Answer(c.answer)
		case msgDrop:
			c.viewer.Drop(c.at.Table)
		}
	}
}
