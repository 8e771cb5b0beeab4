package bench

import (
	"errors"
	"runtime"
	"sync"
	"time"
)

// Load says what a process of clients does; its phases come later.
type Load struct {
	Program  string // "echo", "idle", "chat", "play"
	Address  string
	Clients  int
	Size     int  // bytes a message
	Depth    int  // messages under way for each client; of chat: for all
	Threads  int  // default: as many as there are processors, and clients for
	Portable bool // the driver of systems without a loop of our own
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
	drv  driver
	echo *echoLoad
}

// connect makes the connections, thread by thread. The caller closes what it gives, also with an error.
func connect(load Load) (*clients, error) {
	c := &clients{load: load}
	if load.Clients < 1 || load.Size < 1 || load.Depth < 1 {
		return c, errors.New("a load needs a client, a size and a depth of at least 1")
	}
	if load.Threads <= 0 {
		load.Threads = runtime.GOMAXPROCS(0)
	}
	threads := min(load.Threads, load.Clients)
	first := 0
	for i := range threads {
		n := (load.Clients - first) / (threads - i)
		d, err := newDriver(load.Portable)
		if err != nil {
			return c, err
		}
		c.parts = append(c.parts, part{drv: d})
		links, err := dialAll(d, load.Address, n)
		if err != nil {
			return c, err
		}
		c.parts[i].echo = newEchoLoad(links, first, load.Size, load.Depth)
		first += n
	}
	return c, nil
}

func (c *clients) close() {
	for _, p := range c.parts {
		p.drv.close()
	}
}

// run runs one phase on all threads.
func (c *clients) run(ph Phase) (Result, error) {
	for _, p := range c.parts {
		p.echo.phase(ph.Duration, ph.Rate/float64(len(c.parts)))
	}
	errs := make([]error, len(c.parts))
	var all sync.WaitGroup
	before, start := selfUsage(), time.Now()
	for i, p := range c.parts {
		all.Go(func() { errs[i] = p.drv.run(p.echo) })
	}
	all.Wait()
	r := Result{Seconds: time.Since(start).Seconds(), CPU: selfUsage().CPU - before.CPU}
	for _, p := range c.parts {
		r.Sent += p.echo.Sent
		r.Received += p.echo.Received
		r.Latency.Merge(&p.echo.Latency)
	}
	return r, errors.Join(errs...)
}
