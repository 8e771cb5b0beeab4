package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"
)

// DefaultPort is where a server listens unless told otherwise.
const DefaultPort = "9000"

// Config is how a client connects. The zero value of a field but Name is its default.
type Config struct {
	Address  string // host, host:port or :port, or several with commas, of the nodes of one server; default localhost:9000
	Name     string // 1 to 32 characters
	Language uint8  // of the server's texts: 1 Korean, 2 English; default English
	Token    Token  // of an earlier Online: comes back to the seats it has
	// Wait bounds connecting and the greeting together, and later the wait for a sign
	// of life; default 5 s.
	Wait time.Duration
	// Idle is how long nothing may come before the server is asked for a sign of
	// life; default 20 s.
	Idle time.Duration
	// RetryMin and RetryMax bound the wait before a lost connection is tried again; it
	// doubles from the one to the other and varies at random by half. Default 250 ms, 15 s.
	RetryMin, RetryMax time.Duration
	// Dial opens the connection; default TCP. Address is host:port.
	Dial func(ctx context.Context, address string) (net.Conn, error)
}

// queueMax is how many events wait for a reader; then no more is read from the server.
const queueMax = 1024

// Client is a connection to a server that is kept up: when it is lost, it is taken up
// again, and every table goes on where it was. Its methods may be called from any goroutine.
type Client struct {
	cfg      Config
	core     *Core // run's alone
	events   chan Event
	requests chan request
	quit     chan struct{} // closed by Close
	done     chan struct{} // closed when run has ended
	stop     sync.Once
}

// request is a call of Do or Call on its way to run.
type request struct {
	cmd    Command
	number chan<- sent
	answer chan<- Answer // nil: nobody waits
}

type sent struct {
	number uint32
	err    error
}

// Dial connects to a server and returns when it has greeted the client. It takes at most
// Config.Wait, also with a server that is silent or speaks something else; ctx can end it
// sooner and has no effect afterwards. The error wraps ErrNotHansu, ErrVersion, ErrSilent,
// ErrHungUp, ErrText, a *Refused, a *Bye or the error of the system. The first event is Online.
func Dial(ctx context.Context, cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	core, err := NewCore(Identity{
		Name: cfg.Name, Language: cfg.Language, Token: cfg.Token, Instance: rand.Uint32N(1<<32-1) + 1,
	})
	if err != nil {
		return nil, err
	}
	core.wait, core.idle = cfg.Wait, cfg.Idle
	c := &Client{
		cfg: cfg, core: core, events: make(chan Event), requests: make(chan request),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	ready := make(chan error, 1)
	go newRunner(c, ready).run()
	select {
	case err = <-ready:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("connecting to %s: %w", cfg.Address, err)
	}
	return c, nil
}

// withDefaults fills in what is not set.
func (cfg Config) withDefaults() Config {
	cfg.Address = Address(cfg.Address)
	setDefault(&cfg.Language, 2)
	setDefault(&cfg.Wait, defaultWait)
	setDefault(&cfg.Idle, defaultIdle)
	setDefault(&cfg.RetryMin, 250*time.Millisecond)
	setDefault(&cfg.RetryMax, 15*time.Second)
	if cfg.Dial == nil {
		cfg.Dial = func(ctx context.Context, address string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		}
	}
	return cfg
}

func setDefault[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

// Address completes what a person types as an address to host:port: the host is localhost
// and the port 9000 where they are missing. An IPv6 address may stand with or without brackets.
// Of several, with commas between them, each is completed.
func Address(s string) string {
	list := strings.Split(s, ",")
	for i := range list {
		list[i] = complete(list[i])
	}
	return strings.Join(list, ",")
}

// address returns one of an Address's addresses, in turn, and how many there are.
func address(s string, turn int) (string, int) {
	list := strings.Split(s, ",")
	return list[turn%len(list)], len(list)
}

func complete(s string) string {
	s = strings.TrimSpace(s)
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		host, port = strings.Trim(s, "[]"), ""
	}
	if host == "" {
		host = "localhost"
	}
	if port == "" {
		port = DefaultPort
	}
	return net.JoinHostPort(host, port)
}

// Events is where everything that happens comes out, in order. It is closed after Close, and
// after an Offline whose Retry is zero. It must be read: while more than a thousand events wait,
// the client reads nothing from the server, which in the end drops it.
func (c *Client) Events() <-chan Event { return c.events }

// Do sends a command and returns its number, under which an Answer comes. It does not wait
// for the answer, nor for a connection: without one the command is sent later. The error is
// ErrBusy, ErrNoTable, ErrText or ErrClosed.
func (c *Client) Do(cmd Command) (uint32, error) { return c.request(cmd, nil) }

// Call sends a command, waits for the answer and returns the number of its record. The error is
// also a *Refused, or ctx's; in that case the command may still be carried out. The Answer is
// an event as well. Someone else must be reading Events.
func (c *Client) Call(ctx context.Context, cmd Command) (uint32, error) {
	answer := make(chan Answer, 1)
	if _, err := c.request(cmd, answer); err != nil {
		return 0, err
	}
	select {
	case a := <-answer:
		return a.Record, a.Err
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-c.done:
		return 0, ErrClosed
	}
}

func (c *Client) request(cmd Command, answer chan<- Answer) (uint32, error) {
	number := make(chan sent, 1)
	select {
	case c.requests <- request{cmd, number, answer}:
		s := <-number
		return s.number, s.err
	case <-c.done:
		return 0, ErrClosed
	}
}

// Close ends the connection and returns when nothing of the client runs any more. Seats are
// kept for their grace time; send Leave to give them up. Further calls do nothing.
func (c *Client) Close() error {
	c.stop.Do(func() { close(c.quit) })
	<-c.done
	return nil
}

// reader hands what comes in on conn to the runner until an error, which it hands over too.
func reader(conn net.Conn, to chan<- incoming, quit <-chan struct{}) {
	buf := make([]byte, 16<<10)
	for {
		n, err := conn.Read(buf)
		if errors.Is(err, io.EOF) {
			err = ErrHungUp
		}
		select {
		case to <- incoming{append([]byte(nil), buf[:n]...), err}:
		case <-quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// incoming is what one read gave.
type incoming struct {
	bytes []byte
	err   error
}
