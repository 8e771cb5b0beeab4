package sim

import (
	"context"
	"time"

	"hansu/rules"
	"hansu/server"
)

// What connects one of several nodes to the others and to their clock.

// cluster reports whether this run has several nodes.
func (w *world) cluster() bool { return len(w.nodes) > 1 }

func (n *node) join() *server.JoinConfig {
	return &server.JoinConfig{
		Send: func(to string, frame []byte) error { return n.w.bus.send(n, n.w.named[to], false, frame) },
		Cast: func(frame []byte) error { return n.w.bus.cast(n, frame) },
		Wake: func() {
			n.later(n.between(10, 500), func() {
				if n.up && !n.left {
					n.parts.Router().Flush()
				}
			})
		},
		Go: n.spawn, Lease: leaseTime, Within: n.within,
	}
}

// spawn runs beside everything else what may wait.
func (n *node) spawn(do func()) {
	if !n.dead {
		n.later(n.between(10, ms), n.routine(func(*routine) { do() }).resume)
	}
}

// wait is a session's timer.
func (n *node) wait(d rules.Millis, do func()) {
	n.later(micros(d)*ms+n.between(0, 10*ms), do)
}

type deadlineKey struct{}

// within is context.WithTimeout on virtual time.
func (n *node) within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	end := n.w.now + micros(d/time.Microsecond)
	if at, ok := ctx.Value(deadlineKey{}).(micros); ok {
		end = min(end, at)
	}
	return context.WithValue(ctx, deadlineKey{}, end), func() {}
}

// beat is the node's heartbeat. A tick that takes long lets the next ones fall out.
func (n *node) beat(r *routine) {
	for next := n.w.now + sec; r.park(max(0, next-n.w.now)); {
		if n.ending {
			return
		}
		n.ticking = true
		n.parts.Tick(context.Background())
		n.ticking = false
		for next += sec; next <= n.w.now; {
			next += sec
		}
	}
}

// flushes calls the router about ten times a second.
func (n *node) flushes() {
	n.later(100*ms, func() {
		if !n.left {
			n.parts.Router().Tick()
			n.flushes()
		}
	})
}

// pause lets nothing of a node run for some time, as a stopped process or a virtual machine that is moved.
func (n *node) pause(d micros) {
	n.w.tell("node %s is paused", n.name)
	n.paused = true
	n.after(d, n.unpause)
}

func (n *node) unpause() {
	if n.dead || !n.paused {
		return
	}
	n.w.tell("node %s goes on", n.name)
	n.paused, n.woken = false, n.w.now
	held := n.held
	n.held = nil
	for _, do := range held {
		n.run(do)
	}
}

// cutOff is what a node does not reach, and until when.
type cutOff struct {
	bus   micros
	store micros
	hangs bool // what it asks the store meanwhile: otherwise it fails
}

// hampers reports whether the run has faults that may keep a node from ending in good order.
func (w *world) hampers() bool {
	return w.plan.on[StoreCut] || w.plan.on[Paused] || w.plan.on[Full]
}
