package bench

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// Load says what a process of clients does; its phases come later.
type Load struct {
	Program   string // "echo", "chat" or "play"
	Address   string // several, with commas, are the nodes of one server: clients take them in turn
	Clients   int    // of play: two for each game
	Size      int    // bytes a message
	Depth     int    // messages under way for each client; of chat: for the one who speaks
	Threads   int    // default: as many as there are processors, and clients for
	Portable  bool   // the driver of systems without a loop of our own
	WebSocket bool   // of play: packets in WebSocket messages
}

// Phase is one run of a load.
type Phase struct {
	Duration time.Duration
	Rate     float64 // messages a second in all; 0: as fast as answers come
}

// Result is what one phase came to.
type Result struct {
	Tally
	Seconds float64       // from the first message to the last answer
	CPU     time.Duration // of the process of clients
	Last    Histogram     // of chat: until the last receiver had the message
}

// clients is a load that is connected.
type clients struct {
	load  Load
	parts []part
}

// part is one thread's share.
type part struct {
	drv     driver
	program phases
}

// phases is a program that can be run again and again.
type phases interface {
	program
	// phase prepares for a run of d; rate is this thread's messages a second, 0 for as fast as answers come.
	phase(d time.Duration, rate float64)
	// tally gives what the last phase came to, and, of chat, the times of the last receivers.
	tally() (Tally, *Histogram)
}

// connect makes the connections, thread by thread. The caller closes what it gives, also with an error.
func connect(load Load) (*clients, error) {
	c := &clients{load: load}
	unit := 1 // clients that must not be parted
	switch load.Program {
	case "play":
		unit = 2
	case "chat":
		unit = load.Clients
	}
	if load.Clients < 1 || load.Clients%unit != 0 || load.Size < 1 || load.Depth < 1 {
		return c, errors.New("a load needs clients, of a game two each, and a size and a depth of at least 1")
	}
	if load.Threads <= 0 {
		load.Threads = runtime.GOMAXPROCS(0)
	}
	units := load.Clients / unit
	threads := min(load.Threads, units)
	first := 0
	for i := range threads {
		n := (units - first) / (threads - i)
		d, err := newDriver(load.Portable)
		if err != nil {
			return c, err
		}
		c.parts = append(c.parts, part{drv: d})
		if c.parts[i].program, err = newPhases(load, d, n*unit, first); err != nil {
			return c, err
		}
		first += n
	}
	return c, nil
}

// newPhases connects n clients to d and makes their program.
func newPhases(load Load, d driver, n, first int) (phases, error) {
	if load.Program == "play" {
		return newPlayLoad(d, load, n)
	}
	links, err := dialAll(d, load, n)
	if err != nil {
		return nil, err
	}
	switch load.Program {
	case "echo":
		return newEchoLoad(links, first, load.Size, load.Depth), nil
	case "chat":
		return newChatLoad(links, load.Size, load.Depth), d.run(newRollCall(links))
	}
	return nil, fmt.Errorf("no load %q", load.Program)
}

func (c *clients) close() {
	for _, p := range c.parts {
		p.drv.close()
	}
}

// run runs one phase on all threads.
func (c *clients) run(ph Phase) (Result, error) {
	for _, p := range c.parts {
		p.program.phase(ph.Duration, ph.Rate/float64(len(c.parts)))
	}
	errs := make([]error, len(c.parts))
	var all sync.WaitGroup
	before, start := selfUsage(), time.Now()
	for i, p := range c.parts {
		all.Go(func() { errs[i] = p.drv.run(p.program) })
	}
	all.Wait()
	r := Result{Seconds: time.Since(start).Seconds(), CPU: selfUsage().CPU - before.CPU}
	for _, p := range c.parts {
		t, last := p.program.tally()
		r.Sent += t.Sent
		r.Received += t.Received
		r.Latency.Merge(&t.Latency)
		if last != nil {
			r.Last.Merge(last)
		}
	}
	return r, errors.Join(errs...)
}
