package client

import (
	"errors"
	"math/rand/v2"
	"time"
)

// Transport carries a Link's bytes. None of its methods waits; what happens is told to the Link by
// Opened, Received and Lost. After Close nothing more may be told about that connection.
type Transport interface {
	Dial(address string) // host:port
	Send(p []byte)       // p is the transport's
	Close()              // at once; also gives up a Dial
}

// Link is a [Client] without goroutines, for a program with an event loop of its own, such as
// that of a window: it keeps a connection up over a Transport, and everything happens in calls from the
// loop. One goroutine at a time may use it. After every call there may be Events.
type Link struct {
	cfg  Config
	core *Core
	t    Transport

	began   time.Time // of the present attempt or connection; zero while there is none
	open    bool      // the transport is connected
	retryAt time.Time // when to try next; zero while connected, trying, or over
	tries   int       // since the last connection that lasted
	turn    int       // attempts so far, each with another node
	upSince time.Time
	greeted bool // a first connection has been greeted
	over    bool
	events  []Event
}

// NewLink makes a link that has no connection yet. Of cfg, Dial is not used. The error is of
// the name.
func NewLink(cfg Config, t Transport) (*Link, error) {
	cfg = cfg.withDefaults()
	core, err := NewCore(Identity{
		Name: cfg.Name, Language: cfg.Language, Token: cfg.Token, Instance: rand.Uint32N(1<<32-1) + 1,
	})
	if err != nil {
		return nil, err
	}
	core.wait, core.idle = cfg.Wait, cfg.Idle
	return &Link{cfg: cfg, core: core, t: t}, nil
}

// Connect starts the first attempt. When it fails the link is over: an Offline that will not be
// tried again says why.
func (l *Link) Connect(now time.Time) {
	l.began, l.retryAt = now, time.Time{}
	to, _ := address(l.cfg.Address, l.turn)
	l.turn++
	l.t.Dial(to)
}

// Opened says that the transport is connected.
func (l *Link) Opened() {
	if l.began.IsZero() || l.open {
		return
	}
	l.open = true
	l.core.Connect(l.began) // the time for the greeting includes that for connecting
	l.flush(l.began)
}

// Received takes bytes from the server; they need not be kept after the call.
func (l *Link) Received(now time.Time, p []byte) {
	if !l.open {
		return
	}
	err := l.core.Receive(now, p)
	l.flush(now)
	if err != nil {
		l.Lost(now, err)
	}
}

// Lost says that the connection has ended or could not be made. A nil err is the server's
// closing it without a word.
func (l *Link) Lost(now time.Time, err error) {
	if l.began.IsZero() {
		return
	}
	if err == nil {
		err = ErrHungUp
	}
	l.hangUp()
	if _, nodes := address(l.cfg.Address, 0); !l.greeted && !final(err) && l.turn < nodes {
		l.Connect(now) // to another node
		return
	}
	if !l.greeted || final(err) {
		l.over = true
		l.events = append(l.events, Offline{Err: err})
		return
	}
	if !l.upSince.IsZero() && now.Sub(l.upSince) > l.cfg.RetryMax {
		l.tries = 0
	}
	l.upSince = time.Time{}
	pause := backoff(l.cfg.RetryMin, l.cfg.RetryMax, l.tries)
	var bye *Bye
	if errors.As(err, &bye) {
		pause += min(bye.After, l.cfg.RetryMax)
	}
	l.tries++
	l.retryAt = now.Add(pause)
	l.events = append(l.events, Offline{Err: err, Retry: pause})
}

// Do takes a command, as Core.Do does.
func (l *Link) Do(now time.Time, cmd Command) (uint32, error) {
	if l.over {
		return 0, ErrClosed
	}
	number, err := l.core.Do(cmd)
	l.flush(now)
	return number, err
}

// Tick says what time it is. A loop calls it a few times a second.
func (l *Link) Tick(now time.Time) {
	switch {
	case l.over:
	case !l.retryAt.IsZero() && !now.Before(l.retryAt):
		l.Connect(now)
	case l.open:
		err := l.core.Tick(now)
		l.flush(now)
		if err != nil {
			l.Lost(now, err)
		}
	case !l.began.IsZero() && !now.Before(l.began.Add(l.cfg.Wait)):
		l.Lost(now, ErrSilent)
	}
}

// Close ends the link. Seats are kept for their grace time.
func (l *Link) Close() {
	l.hangUp()
	l.over, l.retryAt = true, time.Time{}
}

// Events returns what has happened since the last call.
func (l *Link) Events() []Event {
	events := l.events
	l.events = nil
	return events
}

// Up reports whether the server has greeted this connection.
func (l *Link) Up() bool { return l.core.phase == online }

// Address is where the link goes, as host:port.
func (l *Link) Address() string { return l.cfg.Address }

func (l *Link) hangUp() {
	if !l.began.IsZero() {
		l.t.Close()
	}
	l.began, l.open = time.Time{}, false
	l.core.Disconnect()
}

// flush sees to what the core has put out.
func (l *Link) flush(now time.Time) {
	for _, e := range l.core.Events() {
		if _, ok := e.(Online); ok {
			l.greeted, l.upSince = true, now
		}
		l.events = append(l.events, e)
	}
	if out := l.core.Output(); len(out) > 0 && l.open {
		l.t.Send(out)
	}
}
