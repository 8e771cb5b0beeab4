package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Fault is a kind of misfortune.
type Fault uint8

// The faults.
const (
	Cut       Fault = iota // a connection breaks, between any two bytes
	HalfOpen               // a connection breaks, and neither side is told
	Stall                  // a client reads nothing for a while
	Slow                   // a client that does not read is closed by the server
	Crash                  // the server dies, with the appends under way
	Restart                // the server is restarted in good order
	Lost                   // an append of unknown outcome has not happened
	Landed                 // an append of unknown outcome has happened
	Late                   // an append of unknown outcome happens after it was given up
	Full                   // the disk takes nothing for a while
	Unread                 // a table cannot be read
	WallClock              // the wall clock is set, forward or back
	Program                // a client's program ends and is started again
	Vanish                 // a player goes and never comes back
	Repeat                 // a command arrives again on a new connection
	Hostile                // a client sends what it likes

	// Among several nodes.
	Paused       // nothing of a node runs for a while, and then everything that waited
	BusCut       // a node does not reach the bus for a while
	BusDown      // no node does
	StoreCut     // a node does not reach the database for a while
	FrameLost    // a frame between nodes gets lost
	FrameDoubled // a frame between nodes arrives twice
	faultCount
)

var faultNames = [faultCount]string{
	"cut", "half-open", "stall", "slow", "crash", "restart", "append lost", "append landed", "append late",
	"disk full", "read error", "wall clock", "program", "vanished", "repeated", "hostile",
	"node paused", "node off the bus", "bus down", "node off the database", "frame lost", "frame doubled",
}

func (f Fault) String() string { return faultNames[f] }

// Faults counts them.
type Faults [faultCount]int

// Total is the number of all.
func (f Faults) Total() int {
	n := 0
	for _, c := range f {
		n += c
	}
	return n
}

// Add adds what another run counted.
func (f *Faults) Add(o Faults) {
	for i, n := range o {
		f[i] += n
	}
}

func (f Faults) String() string {
	var list []string
	for i, n := range f {
		list = append(list, fmt.Sprintf("%s %d", faultNames[i], n))
	}
	return strings.Join(list, ", ")
}

// plan is what a seed decides beforehand: each run has only some of the faults, so that rare
// meetings of two of them are not drowned by the rest.
type plan struct {
	on       [faultCount]bool
	faults   micros // how long faults happen
	pause    micros // between two of them, on average
	append   float64
	shards   int
	players  int
	watchers int
	hostile  int
	second   float64 // how many players have a second device
	slow     micros  // the network's usual delay at most

	nodes  int
	frames float64 // how many get lost, or arrive twice
}

// several makes of a plan one for several nodes.
func (p *plan) several(r *rand.Rand) {
	p.nodes = 2 + r.IntN(2)
	for f := Paused; f < faultCount; f++ {
		p.on[f] = r.IntN(2) == 0
	}
	p.frames = []float64{0.0005, 0.005, 0.03}[r.IntN(3)]
	p.faults += 10 * sec // leases take their time
}

func newPlan(r *rand.Rand) plan {
	p := plan{
		faults: 5*sec + micros(r.Int64N(int64(30*sec))),
		pause:  50*ms + micros(r.Int64N(int64(2*sec))),
		nodes:  1, shards: 1 + r.IntN(3), players: 8 + r.IntN(16), watchers: 1 + r.IntN(4),
		second: r.Float64() / 2, slow: []micros{2 * ms, 20 * ms, 300 * ms}[r.IntN(3)],
	}
	for f := range Paused {
		p.on[f] = r.IntN(2) == 0
	}
	p.on[r.IntN(int(Restart)+1)] = true
	p.append = []float64{0.01, 0.05, 0.3}[r.IntN(3)]
	if p.on[Hostile] {
		p.hostile = 1 + r.IntN(2)
	}
	return p
}

// latency is how long bytes are under way.
func (p *plan) latency(a *actor) micros {
	if a.w.faulty && a.chance(0.01) {
		return a.between(0, 2*sec)
	}
	return a.between(100, p.slow)
}

type appendKind uint8

const (
	appendDone appendKind = iota
	appendLost
	appendLanded
	appendLate
)

// fate is what becomes of an append.
type fate struct {
	kind  appendKind
	delay micros // until it returns
	late  micros // appendLate: until it happens, from then on
}

func (p *plan) fate(d *disk) fate {
	f := fate{delay: d.between(100, 3*ms)}
	if d.chance(0.02) {
		f.delay = d.between(0, 200*ms)
	}
	if d.full {
		f.kind = appendLost
		return f
	}
	if !d.w.faulty || !d.chance(p.append) {
		return f
	}
	kinds := [...]struct {
		fault Fault
		kind  appendKind
	}{{Lost, appendLost}, {Landed, appendLanded}, {Late, appendLate}}
	k := kinds[d.rand.IntN(len(kinds))]
	if p.on[k.fault] {
		f.kind, f.late = k.kind, d.between(0, 20*ms)
		d.w.result.Faults[k.fault]++
	}
	return f
}

// unread says whether a table cannot be read now.
func (p *plan) unread(d *disk, probability float64) bool {
	if !p.on[Unread] || !d.w.faulty || !d.chance(probability) {
		return false
	}
	d.w.result.Faults[Unread]++
	return true
}

// start sets everything up.
func (w *world) start() {
	for slot := range w.nodes {
		w.boot(slot)
	}
	w.people()
	a := w.actor()
	w.misfortune(&a)
	a.after(w.plan.faults, func() { w.peace(&a) })
}

// peace ends the faults; a run without any has one first.
func (w *world) peace(a *actor) {
	if w.result.Faults.Total() == 0 {
		if w.disturb(a, Cut) {
			w.result.Faults[Cut]++
		}
		a.after(100*ms, func() { w.peace(a) })
		return
	}
	w.tell("no more faults")
	w.faulty, w.disk.full = false, false
	for _, l := range w.links {
		l.up.stalled, l.down.stalled = 0, 0
	}
	if w.cluster() {
		w.heal()
		a.after(20*sec, func() { w.pairs(a) }) // when no lease, promise or link of before lasts
	}
}

// heal ends what keeps nodes from each other.
func (w *world) heal() {
	w.bus.down = 0
	for _, n := range w.nodes {
		if n != nil {
			n.cut = cutOff{hangs: n.cut.hangs}
			n.unpause()
		}
	}
}

// misfortune lets one fault happen, and then the next.
func (w *world) misfortune(a *actor) {
	a.after(micros(a.rand.ExpFloat64()*float64(w.plan.pause)), func() {
		if !w.faulty {
			return
		}
		if f := Fault(a.rand.IntN(w.kinds())); w.plan.on[f] && w.inflict(a, f) {
			w.result.Faults[f]++
		}
		w.misfortune(a)
	})
}

// kinds is how many kinds of faults there are in this run.
func (w *world) kinds() int {
	if w.cluster() {
		return int(faultCount)
	}
	return int(Paused)
}

// inflict makes f happen, false if it cannot.
func (w *world) inflict(a *actor, f Fault) bool {
	switch f {
	case Cut, HalfOpen, Stall:
		return w.disturb(a, f)
	case Crash, Restart:
		n := w.victim(a)
		if n == nil || a.chance(0.5) {
			return false
		}
		if f == Crash {
			n.crash()
		} else {
			n.shutdown()
		}
	case Full:
		if w.disk.full {
			return false
		}
		w.disk.full = true
		a.after(a.between(10*ms, 5*sec), func() { w.disk.full = false })
	case WallClock:
		w.wall += a.rand.Int64N(2*86_400_000) - 86_400_000
	case Program:
		return w.devices[a.rand.IntN(len(w.devices))].quit()
	case Vanish:
		return a.chance(0.2) && w.devices[a.rand.IntN(len(w.devices))].vanish()
	default:
		return f >= Paused && w.part(a, f) // others happen elsewhere
	}
	return true
}

// victim picks a server that a fault may happen to, nil if there is none.
func (w *world) victim(a *actor) *node {
	n := w.nodes[0]
	if w.cluster() {
		n = w.nodes[a.rand.IntN(len(w.nodes))]
	}
	if n == nil || n.ending || !n.up {
		return nil
	}
	return n
}

// part keeps a node, or all, from the others.
func (w *world) part(a *actor, f Fault) bool {
	end := w.now + a.between(100*ms, 10*sec)
	if f == BusDown {
		w.bus.down = max(w.bus.down, end)
		w.tell("the bus is down until %v", end)
		return true
	}
	n := w.victim(a)
	if n == nil || n.paused {
		return false
	}
	switch f {
	case Paused:
		n.pause(end - w.now)
	case BusCut:
		n.cut.bus = end
		w.tell("node %s is off the bus until %v", n.name, end)
	case StoreCut:
		n.cut.store, n.cut.hangs = end, a.chance(0.5)
		w.tell("node %s is off the database until %v, hangs %v", n.name, end, n.cut.hangs)
	default:
		return false
	}
	return true
}

// disturb does something to a connection.
func (w *world) disturb(a *actor, f Fault) bool {
	if len(w.links) == 0 {
		return false
	}
	l := w.links[a.rand.IntN(len(w.links))]
	if l.broken || l.clientClosed {
		return false
	}
	if f == Stall {
		l.down.stalled = w.now + a.between(sec, 20*sec)
		return true
	}
	l.cut(f == HalfOpen)
	return true
}
