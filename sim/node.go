package sim

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"hansu/rules"
	"hansu/server"
	"hansu/session"
	"hansu/store"
	"hansu/table"
	"hansu/wire"
)

// node is one start of a server: from its start to its crash, or to its end in good order.
type node struct {
	actor
	slot     int    // which of the world's servers it is a start of
	name     string // among several
	parts    *server.Node
	shards   []*shard
	routines []*routine
	began    micros
	base     rules.Millis
	dead     bool
	ending   bool // in good order
	up       bool // it serves clients

	// Among several nodes.
	left    bool     // nothing of it is decided or told any more
	ticking bool     // a tick is under way
	drift   int64    // microseconds by which its clock gains in a second
	paused  bool     // nothing of it runs
	held    []func() // what would have
	woken   micros   // when it went on
	cut     cutOff
}

// shard drives one of the real shards as a coroutine.
type shard struct {
	actor
	*routine
	real    *table.Shard
	idle    bool   // between turns
	mail    bool   // commands wait
	queued  bool   // a turn is scheduled for them
	timer   int    // counts timers; only the last one is valid
	dirty   bool   // what was decided is not known to be durable
	spoke   string // what was said last in this turn
	decided micros
	pending []store.Write // of an append that has not landed
	uptime  micros
}

// The settings of the simulated server. Spans are short, so that they pass in a run.
const (
	graceOfSeats = 5_000  // ms of service time
	abandonAfter = 30_000 // ms of service time
	tablesMost   = 3      // seats a player may have
	idleMost     = 120_000
	outboundMost = 8 << 10 // bytes queued for one client
	drainMost    = 5 * sec
	leaseTime    = 3 * time.Second
)

// boot starts a server on the disk.
func (w *world) boot(slot int) {
	n := &node{actor: w.actor(), slot: slot, began: w.now}
	w.nodes[slot] = n
	w.result.Starts++
	w.eras++
	if !w.cluster() {
		n.start(&view{w.disk, n}, nil)
		return
	}
	n.name = fmt.Sprintf("n%d.%d", slot+1, w.result.Starts)
	n.drift = n.rand.Int64N(401) - 200
	w.named[n.name] = n
	w.tell("node %s begins", n.name)
	n.later(0, n.routine(func(*routine) { n.start(&nodeStore{view{w.disk, n}}, n.join()) }).resume)
}

// start makes the server and lets it serve.
func (n *node) start(st store.Store, join *server.JoinConfig) {
	w := n.w
	cfg := server.NodeConfig{
		Store: st, Shards: w.plan.shards, Log: slog.New(slog.DiscardHandler), Join: join,
		Shard: n.shard,
		Session: session.Config{
			Grace: graceOfSeats, Text: func(uint8, wire.ErrorCode, rules.Problem) string { return "refused" },
			Limits: session.Limits{Tables: tablesMost, Idle: idleMost, Handshake: 5_000, Partial: 5_000, PerAddress: -1},
			Go:     func(lookUp func()) { n.after(n.between(1*ms, 20*ms), func() { n.alive(lookUp) }) },
		},
		Clock: func(base rules.Millis) table.Time { n.base = base; return n.time() },
	}
	if join != nil {
		cfg.Session.Go, cfg.Session.Later = n.spawn, n.wait
	}
	parts, err := server.NewNode(context.Background(), cfg)
	if n.dead {
		return
	}
	if err != nil {
		if join == nil {
			w.fail("the server does not start: %v", err)
		}
		n.after(0, func() { n.fell() }) // it is started again
		return
	}
	n.parts = parts
	n.parts.Now()
	w.tell("server %d starts, service time %d", w.result.Starts, n.base)
	w.punctualStart(n)
	for i, s := range n.shards {
		s.real = parts.Shards[i]
		s.routine = n.routine(s.run)
		s.routine.shard = s
		s.turn()
	}
	n.up = true
	n.tick()
	n.sweep()
}

// time is what the server's clocks show.
func (n *node) time() table.Time {
	passed := n.w.now - n.began
	passed += passed * micros(n.drift) / sec
	return table.Time{Service: n.base + rules.Millis(passed/ms), Wall: n.w.wall + int64(n.w.now/ms)}
}

// uptime is for how long servers have been up so far. Where there are several, service time goes on in the
// database whether they are or not.
func (w *world) uptime() micros {
	switch {
	case w.cluster():
		return w.now
	case w.nodes[0] == nil:
		return w.up
	}
	return w.up + w.now - w.nodes[0].began
}

// alive calls do unless the server is dead by now.
func (n *node) alive(do func()) {
	if !n.dead {
		do()
	}
}

func (n *node) shard(int) table.ShardConfig {
	s := &shard{actor: n.w.actor()}
	s.routine = &routine{node: n} // until it runs
	n.shards = append(n.shards, s)
	return table.ShardConfig{
		Config: table.Config{Abandon: abandonAfter}, Mailbox: 1 << 10,
		Wake: s.wake,
		Pause: func(_ context.Context, wait time.Duration) bool {
			return !n.ending && s.park(micros(wait/time.Microsecond)) && !n.ending
		},
	}
}

// run is the coroutine.
func (s *shard) run(r *routine) {
	for {
		s.mail, s.idle, s.spoke = false, false, ""
		s.real.Turn(context.Background())
		s.idle = true
		if !r.yield(struct{}{}) {
			return
		}
	}
}

// park gives way for some time. It returns false if the server has died meanwhile.
func (s *shard) park(d micros) bool {
	if s.node.dead {
		return false
	}
	s.after(d, func() { s.node.run(s.resume) })
	return s.wait()
}

// resume lets the shard go on from where it gave way.
func (s *shard) resume() {
	if s.node.dead {
		return
	}
	s.routine.resume()
	s.settle()
}

// settle looks at a shard that has given way: what follows when a turn is over.
func (s *shard) settle() {
	if !s.idle || s.w.result.Err != nil {
		return
	}
	if s.dirty {
		s.w.checkDropped(s)
		s.dirty = false
	}
	if s.mail {
		s.gather()
		return
	}
	if at, ok := s.real.Next(); ok {
		s.timer++
		mine := s.timer
		s.after(max(0, micros(at-s.node.now())*ms), func() {
			s.node.run(func() {
				if mine == s.timer && s.idle && !s.node.left {
					s.resume()
				}
			})
		})
	}
}

// turn starts a turn if none is under way.
func (s *shard) turn() {
	s.queued = false
	if (s.idle || s.yield == nil) && !s.node.left {
		s.timer++
		s.resume()
	}
}

// wake is the real shard's word that commands wait.
func (s *shard) wake() {
	s.mail = true
	if s.idle {
		s.gather()
	}
}

// gather lets some commands come together before the turn.
func (s *shard) gather() {
	if !s.queued && !s.node.dead {
		s.queued = true
		s.after(s.between(10, 2*ms), func() { s.node.run(s.turn) })
	}
}

// now is service time.
func (n *node) now() rules.Millis {
	if n.w.cluster() {
		return n.parts.Service() // set by the database's clock
	}
	return n.time().Service
}

// tick is the server's heartbeat.
func (n *node) tick() {
	if n.w.cluster() {
		n.routine(n.beat).resume()
		n.flushes()
		return
	}
	n.after(sec, func() {
		if n.dead {
			return
		}
		n.parts.Tick(context.Background())
		n.tick()
	})
}

// sweep puts unused tables out of memory, as each shard does by itself every minute; here
// oftener, for runs are short.
func (n *node) sweep() {
	n.later(7*sec, func() {
		for _, s := range n.shards {
			if s.idle {
				s.real.Sweep()
			}
		}
		n.sweep()
	})
}

// crash ends the server as a power cut does.
func (n *node) crash() {
	n.w.tell("server %s crashes", n.name)
	for _, s := range n.shards {
		// An append under way has happened or not; nobody will know.
		if s.pending != nil && s.chance(0.5) {
			_ = n.w.disk.land("", s.pending, s.uptime)
		}
	}
	n.fell()
}

// fell starts a server again that has ended without leave.
func (n *node) fell() {
	if n.dead {
		return
	}
	n.gone()
	n.reboot(n.between(10*ms, 3*sec))
}

// gone takes the server away.
func (n *node) gone() {
	w := n.w
	w.service = int64(n.time().Service)
	w.up += w.now - n.began
	w.ended[n.name] = w.now
	n.dead, n.held = true, nil
	w.nodes[n.slot] = nil
	n.halt()
	for _, l := range append([]*link(nil), w.links...) {
		if l.node == n {
			l.serverDied()
		}
	}
}

// halt ends what a server has under way.
func (n *node) halt() {
	for _, r := range append([]*routine(nil), n.routines...) {
		r.stop()
	}
}

func (n *node) reboot(after micros) {
	n.after(after, func() {
		if n.w.nodes[n.slot] == nil {
			n.w.boot(n.slot)
		}
	})
}

// shutdown ends the server in good order and starts it again.
func (n *node) shutdown() {
	w := n.w
	w.tell("server %s shuts down", n.name)
	n.ending = true
	begun := w.now
	n.parts.Hub.Shutdown()
	var drained func()
	drained = func() {
		switch {
		case n.dead:
		case w.now-begun > drainMost:
			n.stuck()
		case n.working():
			n.later(5*ms, drained)
		default:
			n.leave()
		}
	}
	n.later(100*ms, drained)
}

// stuck ends a server that cannot end in good order, as the operator's service manager does.
func (n *node) stuck() {
	if !n.w.cluster() || !n.w.hampers() {
		n.w.fail("the server does not end within %d ms", drainMost/ms)
		return
	}
	n.fell()
}

// working reports whether commands are still being decided.
func (n *node) working() bool {
	for _, s := range n.shards {
		if !s.idle || s.mail {
			return true
		}
	}
	return n.ticking
}

// leave is a server's last act.
func (n *node) leave() {
	n.left = true
	last := func() {
		if err := n.parts.Leave(context.Background()); err == nil && n.w.cluster() {
			n.w.disk.handedOver(n)
		}
		n.after(0, func() {
			if !n.dead {
				n.gone()
				n.reboot(n.between(10*ms, 2*sec))
			}
		})
	}
	if n.w.cluster() {
		n.routine(func(*routine) { last() }).resume()
		n.after(drainMost, n.fell) // the database does not answer
		return
	}
	last()
}
