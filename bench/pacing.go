package bench

import "time"

// pacing is a phase's time: until when, and in the paced mode what is due next.
//
// In the closed loop each client sends when it has its answer. Paced, messages are due at even distances, for the clients
// in turn, and are sent when they are due whatever is outstanding; latency counts from when a message was
// due, so that a server that stops for a while is charged for all who would have come meanwhile (no
// coordinated omission).
type pacing struct {
	step  int64 // nanoseconds between messages of this thread; 0: closed loop
	due   int64 // of the next message
	turn  int   // whose it is
	until int64
}

// pacedBacklog is how many messages one client may have under way in the paced mode. A server that is so
// far behind does not keep the pace, and the measurement ends.
const pacedBacklog = 256

// set prepares for a phase of d; rate is this thread's messages a second, or 0 for the closed loop.
func (p *pacing) set(d time.Duration, rate float64) {
	p.until, p.step = int64(d), 0
	if rate > 0 {
		p.step = max(1, int64(float64(time.Second)/rate))
	}
}

// start gives the time of the first tick.
func (p *pacing) start(now int64) int64 {
	p.until += now
	p.due = now + p.step
	return p.next()
}

// over says that nothing more is to be sent.
func (p *pacing) over() bool { return p.step == 0 || p.due >= p.until }

// isDue says whether a message is due.
func (p *pacing) isDue(now int64) bool { return p.due <= now && p.due < p.until }

// take gives when the message that is due was due, and whose it is of so many.
func (p *pacing) take(of int) (at int64, turn int) {
	at, turn = p.due, p.turn
	p.due += p.step
	p.turn = (p.turn + 1) % of
	return at, turn
}

// next is the time of the next tick.
func (p *pacing) next() int64 {
	if p.step == 0 {
		return p.until
	}
	return min(p.due, p.until)
}
