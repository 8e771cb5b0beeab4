package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// runner is the goroutine that owns a Client's Core: everything meets in its one select.
type runner struct {
	c     *Client
	core  *Core
	ready chan<- error // takes the outcome of the first connection; nil afterwards

	conn    net.Conn      // nil while there is none
	in      chan incoming // from conn's reader
	ended   chan struct{} // closed when conn is given up
	dialled chan dialled  // from a connection attempt; nil while there is none
	cancel  func()        // ends the attempt
	retryAt time.Time     // when to try next; zero while connected or trying
	tries   int           // since the last connection that lasted
	turn    int           // attempts so far, each beginning with another node
	upSince time.Time     // of this connection
	timer   *time.Timer
	queue   []Event
	waiting map[uint32]chan<- Answer
	helpers sync.WaitGroup // readers and attempts to connect
	over    bool           // no more attempts: the queue is emptied, then run ends
}

// dialled is the outcome of one attempt to connect.
type dialled struct {
	conn net.Conn
	err  error
	at   time.Time // when it began
}

func newRunner(c *Client, ready chan<- error) *runner {
	return &runner{
		c: c, core: c.core, ready: ready, timer: time.NewTimer(time.Hour),
		waiting: map[uint32]chan<- Answer{}, cancel: func() {},
	}
}

func (r *runner) run() {
	defer close(r.c.done)
	defer close(r.c.events)
	defer r.helpers.Wait()
	defer r.hangUp()
	r.dial()
	for !r.over || len(r.queue) > 0 {
		r.setTimer()
		var in <-chan incoming
		if len(r.queue) < queueMax {
			in = r.in
		}
		var events chan<- Event
		var next Event
		if len(r.queue) > 0 {
			events, next = r.c.events, r.queue[0]
		}
		select {
		case <-r.c.quit:
			return
		case events <- next:
			r.queue = r.queue[1:]
		case req := <-r.c.requests:
			r.request(req)
		case got := <-in:
			r.received(got)
		case d := <-r.dialled:
			r.connected(d)
		case <-r.timer.C:
			r.tick()
		}
	}
}

// dial starts an attempt to connect, unless it is to end already.
func (r *runner) dial() {
	ctx, cancel := context.WithTimeout(context.Background(), r.c.cfg.Wait)
	done := make(chan dialled, 1)
	r.dialled, r.cancel, r.retryAt = done, cancel, time.Time{}
	cfg, began, turn := r.c.cfg, time.Now(), r.turn
	r.turn++
	r.helpers.Go(func() {
		conn, err := dialAny(ctx, cfg, turn)
		if err != nil && ctx.Err() != nil {
			err = errors.Join(ErrSilent, err)
		}
		done <- dialled{conn, err, began}
	})
}

// dialAny connects to the first node that can be had, beginning with another one each time. Each has its
// share of the time.
func dialAny(ctx context.Context, cfg Config, turn int) (conn net.Conn, err error) {
	_, nodes := address(cfg.Address, 0)
	for i := range nodes {
		to, _ := address(cfg.Address, turn+i)
		within, cancel := context.WithTimeout(ctx, cfg.Wait/time.Duration(nodes))
		conn, err = cfg.Dial(within, to)
		cancel()
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	return conn, err
}

func (r *runner) connected(d dialled) {
	r.cancel()
	r.dialled, r.cancel = nil, func() {}
	if d.err != nil {
		r.lost(d.err)
		return
	}
	r.conn, r.in, r.ended = d.conn, make(chan incoming), make(chan struct{})
	conn, in, ended := r.conn, r.in, r.ended
	r.helpers.Go(func() { reader(conn, in, ended) })
	r.core.Connect(d.at) // the time for the greeting includes that for connecting
	r.flush()
}

func (r *runner) received(got incoming) {
	err := got.err
	if len(got.bytes) > 0 {
		if e := r.core.Receive(time.Now(), got.bytes); e != nil {
			err = e
		}
	}
	r.flush()
	if err != nil {
		r.lost(err)
	}
}

func (r *runner) request(req request) {
	number, err := uint32(0), ErrClosed
	if !r.over {
		number, err = r.core.Do(req.cmd)
	}
	if err == nil && req.answer != nil {
		r.waiting[number] = req.answer
	}
	r.flush()
	req.number <- sent{number, err}
}

func (r *runner) tick() {
	now := time.Now()
	if r.conn == nil {
		if !r.retryAt.IsZero() && !now.Before(r.retryAt) {
			r.dial()
		}
		return
	}
	err := r.core.Tick(now)
	r.flush()
	if err != nil {
		r.lost(err)
	}
}

// flush sees to what the core has put out: events and bytes. A write that a full socket holds
// up for long is a lost connection, which the reader then reports.
func (r *runner) flush() {
	for _, e := range r.core.Events() {
		switch e := e.(type) {
		case Online:
			r.upSince = time.Now()
			if r.ready != nil {
				r.ready <- nil
				r.ready = nil
			}
		case Answer:
			if answer := r.waiting[e.Command]; answer != nil {
				answer <- e
				delete(r.waiting, e.Command)
			}
		}
		r.queue = append(r.queue, e)
	}
	if out := r.core.Output(); len(out) > 0 && r.conn != nil {
		r.conn.SetWriteDeadline(time.Now().Add(r.c.cfg.Wait))
		if _, err := r.conn.Write(out); err != nil {
			r.conn.Close()
		}
	}
}

// lost gives up the connection, or the attempt, and says when the next one is made.
func (r *runner) lost(err error) {
	r.hangUp()
	if r.ready != nil {
		r.ready <- err
		r.ready, r.over = nil, true
		return
	}
	if final(err) {
		r.over = true
		r.queue = append(r.queue, Offline{Err: err})
		return
	}
	if !r.upSince.IsZero() && time.Since(r.upSince) > r.c.cfg.RetryMax {
		r.tries = 0
	}
	r.upSince = time.Time{}
	pause := backoff(r.c.cfg.RetryMin, r.c.cfg.RetryMax, r.tries)
	var bye *Bye
	if errors.As(err, &bye) {
		pause += min(bye.After, r.c.cfg.RetryMax)
	}
	r.tries++
	r.retryAt = time.Now().Add(pause)
	r.queue = append(r.queue, Offline{Err: err, Retry: pause})
}

// hangUp closes what is open.
func (r *runner) hangUp() {
	r.cancel()
	if r.dialled != nil {
		attempt := r.dialled
		r.helpers.Go(func() {
			if d := <-attempt; d.conn != nil {
				d.conn.Close()
			}
		})
		r.dialled = nil
	}
	if r.conn != nil {
		close(r.ended)
		r.conn.Close()
		r.conn, r.in, r.ended = nil, nil, nil
	}
	r.core.Disconnect()
}

// setTimer lets the timer fire when the next thing is due.
func (r *runner) setTimer() {
	at := r.retryAt
	if r.conn != nil {
		at = r.core.Deadline()
	}
	if at.IsZero() {
		r.timer.Stop()
		return
	}
	r.timer.Reset(time.Until(at))
}

// backoff returns the pause before attempt number tries: doubled each time from least to most,
// then at random between half of it and all, so that the clients of a server that was
// restarted do not all come at once.
func backoff(least, most time.Duration, tries int) time.Duration {
	pause := least << min(tries, 20)
	if pause <= 0 || pause > most {
		pause = most
	}
	return pause/2 + rand.N(pause/2+1)
}
