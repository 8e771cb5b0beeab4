package sim

import (
	"container/heap"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// Config is what one run is made from. The same Config gives the same run.
type Config struct {
	Seed  uint64
	Trace io.Writer // what happens is written here, a line each; nil: nowhere
}

// Result is what became of a run.
type Result struct {
	Seed    uint64
	Err     error // the first thing that must not happen; nil: all is well
	Games   int   // that were played to their end
	Records int   // that reached the disk
	Packets int   // that the server sent
	Starts  int   // of the server
	Faults  Faults
	Events  int           // of the scheduler
	Virtual time.Duration // that went by in the run
	Hash    uint64        // of everything that happened, in order
}

// micros is virtual time, in microseconds since the run began.
type micros int64

const (
	ms  micros = 1000
	sec micros = 1000 * ms
)

// world is one run.
type world struct {
	now    micros
	queue  queue
	actors int32
	seed   uint64
	plan   plan
	trace  io.Writer
	result Result

	disk    *disk
	nodes   []*node   // nil while the server is down
	current *routine  // whose code is being executed; nil: nobody's
	up      micros    // how long servers have been up, before the present one
	wall    int64     // Unix milliseconds at now 0, with all steps of the clock so far
	service int64     // what the service clock of the last server showed when it ended
	faulty  bool      // faults happen; afterwards everything must come to an end
	links   []*link   // open ones, oldest first
	devices []*device // honest ones
	rogues  []*rogue
	tables  []string // codes, for spectators
	answers answers  // what commands were answered
	eras    int      // how often servers began, or one of several read a table anew: what was refused may be forgotten

	// Among several nodes.
	bus    *bus
	named  map[string]*node  // every start of one
	ended  map[string]micros // when it ended
	pair   []*player         // who wish the same at the same time
	paired bool              // they have come
}

// Run makes one run.
func Run(cfg Config) Result {
	w := newWorld(cfg)
	w.start()
	for w.result.Err == nil && w.queue.Len() > 0 && !w.over() {
		e := heap.Pop(&w.queue).(event)
		w.now = e.at
		w.result.Events++
		w.mark(uint64(e.actor)<<40|uint64(e.seq), 1)
		e.do()
		if w.result.Events > eventsMost || w.result.Packets > packetsMost {
			w.fail("there is no end to what happens")
		}
	}
	w.finish()
	w.release()
	w.result.Virtual = time.Duration(w.now) * time.Microsecond
	return w.result
}

func newWorld(cfg Config) *world {
	w := &world{seed: cfg.Seed, trace: cfg.Trace, wall: 1_700_000_000_000, faulty: true}
	w.result.Seed = cfg.Seed
	w.answers = make(answers)
	w.disk = newDisk(w)
	w.plan = newPlan(rand.New(rand.NewPCG(cfg.Seed, 0)))
	if cfg.Seed%3 == 2 { // as many runs as are needed to see what several nodes do
		w.plan.several(rand.New(rand.NewPCG(cfg.Seed, 1<<63)))
	}
	w.nodes = make([]*node, w.plan.nodes)
	w.named, w.ended = map[string]*node{}, map[string]micros{}
	if w.cluster() {
		w.bus = &bus{actor: w.actor(), last: map[channel]micros{}}
	}
	return w
}

// fail ends the run. The first reason is kept.
func (w *world) fail(format string, args ...any) {
	if w.result.Err == nil {
		w.result.Err = fmt.Errorf("seed %d at %v: %s", w.seed, time.Duration(w.now)*time.Microsecond, fmt.Sprintf(format, args...))
		w.tell("FAILED: %v", w.result.Err)
	}
}

// tell writes a line of the trace. What is drawn from outside the seed (tokens, codes) must not be in it.
func (w *world) tell(format string, args ...any) {
	if w.trace != nil {
		fmt.Fprintf(w.trace, "%12.6f  %s\n", float64(w.now)/1e6, fmt.Sprintf(format, args...))
	}
}

// mark takes something that happened into the run's hash: who did it, as the how manieth, and what
// it was. Different actors' marks of one moment may come in any order.
func (w *world) mark(who, what uint64) {
	x := who*0x9e3779b97f4a7c15 ^ what ^ uint64(w.now)<<20
	for range 2 {
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x ^= x >> 27
	}
	w.result.Hash += x
}

// actor is someone to whom things happen. Each has a random source of its own, and things that
// happen at the same time are ordered by actor: the order in which a map of the server's is
// walked through changes nothing.
type actor struct {
	w    *world
	id   int32
	last uint32
	rand *rand.Rand
}

func (w *world) actor() actor {
	w.actors++
	return actor{w: w, id: w.actors, rand: rand.New(rand.NewPCG(w.seed, uint64(w.actors)))}
}

// after lets do happen.
func (a *actor) after(d micros, do func()) {
	a.last++
	heap.Push(&a.w.queue, event{a.w.now + d, a.id, a.last, do})
}

// chance is true with probability p.
func (a *actor) chance(p float64) bool { return a.rand.Float64() < p }

// between returns a span from least to most, both included.
func (a *actor) between(least, most micros) micros {
	return least + micros(a.rand.Int64N(int64(most-least)+1))
}

type event struct {
	at    micros
	actor int32
	seq   uint32
	do    func()
}

// queue is a heap of events.
type queue []event

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(event)) }
func (q *queue) Pop() any {
	old := *q
	e := old[len(old)-1]
	old[len(old)-1] = event{}
	*q = old[:len(old)-1]
	return e
}
func (q queue) Less(i, j int) bool {
	a, b := &q[i], &q[j]
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.actor != b.actor:
		return a.actor < b.actor
	}
	return a.seq < b.seq
}

// patience is how long after the last fault everything must have come to an end.
const patience = 15 * 60 * sec

// So much does not happen in any run that comes to its end, by far.
const (
	eventsMost  = 200_000
	packetsMost = 100_000
)

// over reports whether the run is: all is calm, or it will never be.
func (w *world) over() bool {
	if w.faulty || w.result.Events%64 != 0 {
		return false
	}
	return w.now > w.plan.faults+patience || w.calm()
}

// calm reports whether everybody has gone home and every table is shut.
func (w *world) calm() bool { return w.unfinished() == "" }

// unfinished says what is not over; empty: everything is.
func (w *world) unfinished() string {
	switch {
	case w.faulty:
		return "faults go on"
	case w.cluster() && !w.paired:
		return "a pair is to come"
	}
	for _, n := range w.nodes {
		if n == nil || n.ending || !n.up || n.paused {
			return "a server is down"
		}
	}
	for _, d := range w.devices {
		if !d.over {
			return fmt.Sprintf("device %d of %s, at tables %v", d.id, d.player.name, d.tables)
		}
	}
	for _, r := range w.rogues {
		if !r.over {
			return "a rogue"
		}
	}
	if len(w.links) > 0 {
		return fmt.Sprintf("link %d is open", w.links[0].id)
	}
	for id, l := range w.disk.logs {
		if l != nil && !l.shut() {
			return fmt.Sprintf("table %d is not shut after %+v", id+1, l.decoded[max(0, len(l.decoded)-30):])
		}
	}
	for _, n := range w.nodes {
		if what := n.unfinished(); what != "" {
			return what
		}
	}
	return ""
}

// unfinished says what a node has to do; empty: nothing.
func (n *node) unfinished() string {
	for _, s := range n.shards {
		if !s.idle || s.mail {
			return "a shard has work"
		}
	}
	if !n.w.cluster() {
		return ""
	}
	if err := n.parts.Router().Idle(); err != nil {
		return n.name + ": " + err.Error()
	}
	if what := n.remembers(); what != "" {
		return n.name + ": " + what
	}
	return ""
}

// release ends what a run leaves behind.
func (w *world) release() {
	for _, n := range w.nodes {
		if n != nil {
			n.dead = true
			n.halt()
		}
	}
}
