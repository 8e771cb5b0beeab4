package sim

import "iter"

// routine is code of a node that may wait: for the store, or for a time. It runs as a coroutine, which gives way
// to the scheduler where the real code waits.
type routine struct {
	node  *node
	shard *shard // whose turns these are; nil: none's
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
}

// routine makes one of do; resume starts it.
func (n *node) routine(do func(r *routine)) *routine {
	r := &routine{node: n}
	r.next, r.stop = iter.Pull(func(yield func(struct{}) bool) {
		r.yield = yield
		do(r)
		n.forget(r)
	})
	n.routines = append(n.routines, r)
	return r
}

// forget lets go of a routine that is done.
func (n *node) forget(r *routine) {
	for i, x := range n.routines {
		if x == r {
			n.routines = append(n.routines[:i:i], n.routines[i+1:]...)
			return
		}
	}
}

// resume lets it run up to where it waits next. The routine that calls this goes on afterwards.
func (r *routine) resume() {
	if r.node.dead {
		return
	}
	before := r.node.w.current
	r.node.w.current = r
	r.next()
	r.node.w.current = before
}

// wait gives way until somebody calls resume. It returns false if the node has died meanwhile.
func (r *routine) wait() bool {
	return !r.node.dead && r.yield(struct{}{}) && !r.node.dead
}

// park gives way for some time.
func (r *routine) park(d micros) bool {
	if r.node.dead {
		return false
	}
	r.node.later(d, r.resume)
	return r.wait()
}

// run calls do unless the node is dead. While it is paused, nothing of it runs: that comes when it goes on.
func (n *node) run(do func()) {
	switch {
	case n.dead:
	case n.paused:
		n.held = append(n.held, do)
	default:
		do()
	}
}

// later lets something of the node's run after some time.
func (n *node) later(d micros, do func()) { n.after(d, func() { n.run(do) }) }

// running is the shard whose code is being executed; nil: nobody's.
func (w *world) running() *shard {
	if w.current == nil {
		return nil
	}
	return w.current.shard
}

// goOn is resume for whatever the routine is.
func (r *routine) goOn() {
	if r.shard != nil {
		r.shard.resume()
		return
	}
	r.resume()
}
