package sim

import (
	"context"
	"iter"
	"log/slog"
	"time"

	"hansu/rules"
	"hansu/server"
	"hansu/session"
	"hansu/store"
	"hansu/table"
	"hansu/wire"
)

// node is one start of the server: from its start to its crash, or to its end in good order.
type node struct {
	actor
	parts  *server.Node
	shards []*shard
	began  micros
	base   rules.Millis
	dead   bool
	ending bool // in good order
}

// shard drives one of the real shards as a coroutine.
type shard struct {
	actor
	node    *node
	real    *table.Shard
	next    func() (struct{}, bool)
	stop    func()
	yield   func(struct{}) bool
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
)

// boot starts a server on the disk.
func (w *world) boot() {
	n := &node{actor: w.actor(), began: w.now}
	w.node = n
	w.result.Starts++
	cfg := server.NodeConfig{
		Store: &view{w.disk, n}, Shards: w.plan.shards, Log: slog.New(slog.DiscardHandler),
		Shard: n.shard,
		Session: session.Config{
			Grace: graceOfSeats, Text: func(uint8, wire.ErrorCode, rules.Problem) string { return "refused" },
			Limits: session.Limits{Tables: tablesMost, Idle: idleMost, Handshake: 5_000, Partial: 5_000, PerAddress: -1},
			Go:     func(lookUp func()) { n.after(n.between(1*ms, 20*ms), func() { n.alive(lookUp) }) },
		},
		Clock: func(base rules.Millis) table.Time { n.base = base; return n.time() },
	}
	parts, err := server.NewNode(context.Background(), cfg)
	if err != nil {
		w.fail("the server does not start: %v", err)
		return
	}
	n.parts = parts
	n.parts.Now()
	w.tell("server %d starts, service time %d", w.result.Starts, n.base)
	w.punctualStart(n)
	for i, s := range n.shards {
		s.real = parts.Shards[i]
		s.next, s.stop = iter.Pull(s.run)
		s.turn()
	}
	n.tick()
	n.sweep()
}

// time is what the server's clocks show.
func (n *node) time() table.Time {
	return table.Time{Service: n.base + rules.Millis((n.w.now-n.began)/ms), Wall: n.w.wall + int64(n.w.now/ms)}
}

// uptime is for how long servers have been up so far.
func (w *world) uptime() micros {
	if w.node == nil {
		return w.up
	}
	return w.up + w.now - w.node.began
}

// alive calls do unless the server is dead by now.
func (n *node) alive(do func()) {
	if !n.dead {
		do()
	}
}

func (n *node) shard(int) table.ShardConfig {
	s := &shard{actor: n.w.actor(), node: n}
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
func (s *shard) run(yield func(struct{}) bool) {
	s.yield = yield
	for {
		s.mail, s.idle, s.spoke = false, false, ""
		s.real.Turn(context.Background())
		s.idle = true
		if !yield(struct{}{}) {
			return
		}
	}
}

// park gives way for some time. It returns false if the server has died meanwhile.
func (s *shard) park(d micros) bool {
	if s.node.dead {
		return false
	}
	s.after(d, s.resume)
	return s.yield(struct{}{})
}

// resume lets the shard go on from where it gave way.
func (s *shard) resume() {
	if s.node.dead {
		return
	}
	s.w.running = s
	s.next()
	s.w.running = nil
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
		s.after(max(0, micros(at-s.node.time().Service)*ms), func() {
			if mine == s.timer && s.idle {
				s.resume()
			}
		})
	}
}

// turn starts a turn if none is under way.
func (s *shard) turn() {
	s.queued = false
	if s.idle || s.yield == nil {
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
		s.after(s.between(10, 2*ms), s.turn)
	}
}

// tick is the server's heartbeat.
func (n *node) tick() {
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
	n.after(7*sec, func() {
		if n.dead {
			return
		}
		for _, s := range n.shards {
			if s.idle {
				s.real.Sweep()
			}
		}
		n.sweep()
	})
}

// crash ends the server as a power cut does.
func (w *world) crash() {
	n := w.node
	w.tell("server crashes")
	for _, s := range n.shards {
		// An append under way has happened or not; nobody will know.
		if s.pending != nil && s.chance(0.5) {
			_ = w.disk.land(s.pending, s.uptime)
		}
	}
	w.gone(n)
	for _, l := range append([]*link(nil), w.links...) {
		l.serverDied()
	}
	w.reboot(n, n.between(10*ms, 3*sec))
}

// gone takes the server away.
func (w *world) gone(n *node) {
	w.service = int64(n.time().Service)
	w.up += w.now - n.began
	n.dead = true
	w.node = nil
	for _, s := range n.shards {
		s.stop()
	}
}

func (w *world) reboot(n *node, after micros) {
	n.after(after, func() {
		if w.node == nil {
			w.boot()
		}
	})
}

// shutdown ends the server in good order and starts it again.
func (w *world) shutdown() {
	n := w.node
	w.tell("server shuts down")
	n.ending = true
	begun := w.now
	n.parts.Hub.Shutdown()
	var drained func()
	drained = func() {
		if n.dead {
			return
		}
		if w.now-begun > drainMost {
			w.fail("the server does not end within %d ms", drainMost/ms)
			return
		}
		for _, s := range n.shards {
			if !s.idle || s.mail {
				n.after(5*ms, drained)
				return
			}
		}
		_ = (&view{w.disk, n}).Beat(context.Background(), n.time().Service)
		w.gone(n)
		for _, l := range append([]*link(nil), w.links...) {
			l.serverDied()
		}
		w.reboot(n, n.between(10*ms, 2*sec))
	}
	n.after(100*ms, drained)
}
