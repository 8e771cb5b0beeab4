// Package nats is the bus over a NATS server or cluster that the operator runs. Only core NATS is used: nothing is
// stored there.
//
// A connection that is lost is made again for ever, and what is published meanwhile is refused, not kept: late
// messages would tell of games as they no longer are. A connection that carries nothing is noticed by pings
// within seconds.
package nats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"hansu/bus"
)

// Options are what Open may be told. The zero value is fine.
type Options struct {
	Name string       // what the NATS server's lists call this node
	Log  *slog.Logger // gets a record when the connection fails and when it is back, and when messages are dropped; nil is silence

	Creds     string // file with a user's credentials, as nsc writes them
	CA        string // file with certificates that vouch for the server, instead of the system's
	Cert, Key string // files with this node's own certificate and its key

	// Ping is how often the connection is tried; default 2 s. Two pings may be unanswered, so that a dead
	// connection is noticed after up to three times as long.
	Ping time.Duration
}

// openTime is how long Open tries: NATS may be starting beside this node.
const openTime = 5 * time.Second

// connectTime bounds one attempt to connect, name look-up and TLS included.
const connectTime = 2 * time.Second

// closeTime bounds what Close waits for messages to be sent.
const closeTime = 2 * time.Second

// Bus implements [bus.Bus].
type Bus struct {
	opts      Options
	url       string
	connected atomic.Bool
	out       outbox
	drops     limited // log records of lost messages
	errors    limited // log records of the server's errors

	mu     sync.Mutex // guards the next three
	conn   *nats.Conn
	subs   []*subscription
	closed bool

	// gate is held for reading while an f runs; Close takes it to wait for the last one and shuts it.
	gate sync.RWMutex
	shut bool // under gate
	once sync.Once
}

var _ bus.Bus = (*Bus)(nil)

// subscription outlives the connections that serve it, each with a goroutine of its own.
type subscription struct {
	subject string
	f       func([]byte)
	one     sync.Mutex                // held while f runs
	conn    atomic.Pointer[nats.Conn] // whose messages count
}

// Open connects to the server at url: nats://HOST:4222, with USER:PASSWORD@ or TOKEN@ before the host, or tls://, or
// several of these with commas. It tries for five seconds, or until ctx ends, while the server is away; the error then
// wraps [bus.ErrAway]. Others are [ErrAddress], [ErrRefused], [ErrSmall], and those of files and certificates. None tells a
// password.
func Open(ctx context.Context, url string, opts Options) (*Bus, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Ping == 0 {
		opts.Ping = 2 * time.Second
	}
	hosts, err := hosts(url)
	if err != nil {
		return nil, fmt.Errorf("open NATS: %w", err)
	}
	b := &Bus{url: url, opts: opts}
	b.out.init()
	b.connected.Store(true) // before the handlers can say otherwise
	if err := b.open(ctx); err != nil {
		return nil, fmt.Errorf("open NATS at %s: %w", hosts, err)
	}
	go b.send()
	return b, nil
}

func (b *Bus) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := b.first()
		if err == nil {
			return nil
		}
		err, again := explain(err)
		if !again {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(backOff(attempt)):
		}
	}
}

// first connects. What the handlers say of the connection waits until it is in its place.
func (b *Bus) first() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	conn, err := b.dial()
	if err != nil {
		return err
	}
	if err := small(conn); err != nil {
		conn.Close()
		return err
	}
	b.conn = conn
	return nil
}

// backOff is how long to wait before an attempt: up to 3 s, and different for each node, so that they do not
// come back all at once.
func backOff(attempt int) time.Duration {
	d := min(100*time.Millisecond<<min(attempt-1, 10), 3*time.Second)
	return d/2 + rand.N(d/2)
}

func (b *Bus) dial(more ...nats.Option) (*nats.Conn, error) {
	opts := []nats.Option{
		nats.Name(b.opts.Name),
		nats.Timeout(connectTime),
		nats.PingInterval(b.opts.Ping), nats.MaxPingsOutstanding(2),
		// A write that takes as long is a dead connection, too.
		nats.FlusherTimeout(b.opts.Ping), nats.ReconnectOnFlusherError(),
		nats.MaxReconnects(-1), nats.CustomReconnectDelay(backOff), nats.IgnoreAuthErrorAbort(),
		nats.ReconnectBufSize(-1), // none
		nats.DisconnectErrHandler(b.lost),
		nats.ConnectHandler(b.back), nats.ReconnectHandler(b.back),
		nats.ClosedHandler(b.gone),
		nats.ErrorHandler(b.failed),
	}
	if b.opts.Creds != "" {
		opts = append(opts, nats.UserCredentials(b.opts.Creds))
	}
	if b.opts.CA != "" {
		opts = append(opts, nats.RootCAs(b.opts.CA))
	}
	if b.opts.Cert != "" || b.opts.Key != "" {
		opts = append(opts, nats.ClientCert(b.opts.Cert, b.opts.Key))
	}
	return nats.Connect(b.url, append(opts, more...)...)
}

// lost, back, gone and failed are called one at a time, in order, by a goroutine of the connection.

func (b *Bus) lost(conn *nats.Conn, err error) {
	b.connected.Store(false)
	b.out.clear()
	if err == nil {
		err = conn.LastError()
	}
	if !b.isClosed() {
		b.opts.Log.Warn("the connection to NATS is lost", "error", err)
	}
}

func (b *Bus) back(conn *nats.Conn) {
	b.mu.Lock()
	current := b.conn == conn && !b.closed
	b.mu.Unlock()
	if !current || b.connected.Load() { // the first time
		return
	}
	// The subscriptions hold once the server has answered what comes behind them.
	for conn.IsConnected() && conn.FlushTimeout(connectTime) != nil {
	}
	if !conn.IsConnected() {
		return // lost is called next
	}
	b.connected.Store(true)
	b.opts.Log.Info("connected to NATS again", "server", conn.ConnectedAddr())
	if err := small(conn); err != nil {
		b.opts.Log.Error("NATS takes no messages of full length", "error", err)
	}
}

// gone opens a connection anew that the server has ended for good: nats.go takes some errors of the server as final.
func (b *Bus) gone(old *nats.Conn) {
	b.connected.Store(false)
	b.out.clear()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.conn != old {
		return
	}
	b.opts.Log.Warn("NATS has closed the connection", "error", old.LastError())
	conn, err := b.dial(nats.RetryOnFailedConnect(true))
	if err != nil { // a file of a certificate that has gone, say
		b.opts.Log.Error("no further connection to NATS", "error", err)
		time.AfterFunc(backOff(10), func() { b.gone(old) })
		return
	}
	b.conn = conn
	for _, s := range b.subs {
		if err := b.subscribe(s); err != nil {
			b.opts.Log.Error("subscription to NATS failed", "subject", s.subject, "error", err)
		}
	}
}

func (b *Bus) failed(_ *nats.Conn, sub *nats.Subscription, err error) {
	if b.isClosed() {
		return
	}
	switch {
	case sub == nil || !errors.Is(err, nats.ErrSlowConsumer):
		if b.errors.allow() {
			b.opts.Log.Warn("NATS reports an error", "error", err)
		}
	case b.drops.allow():
		dropped, _ := sub.Dropped()
		b.opts.Log.Warn("messages are dropped: their subscriber is too slow", "subject", sub.Subject, "dropped", dropped)
	}
}

func (b *Bus) isClosed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// Publish implements [bus.Bus].
func (b *Bus) Publish(subject string, data []byte) error {
	if err := bus.Check(subject, data); err != nil {
		return err
	}
	return b.out.put(subject, data, &b.connected)
}

// send hands over what is published, so that nobody else meets a socket that does not take it.
func (b *Bus) send() {
	for {
		batch, era, ok := b.out.take()
		if !ok {
			return
		}
		b.mu.Lock()
		conn := b.conn
		b.mu.Unlock()
		for _, m := range batch {
			if b.out.era.Load() != era {
				break // the connection that it was for is gone
			}
			if err := conn.Publish(m.subject, m.data); err != nil {
				b.unsent(conn, err)
			}
		}
	}
}

// unsent sees to a message that was taken and could not be sent.
func (b *Bus) unsent(conn *nats.Conn, err error) {
	switch {
	case errors.Is(err, nats.ErrReconnectBufExceeded), errors.Is(err, nats.ErrConnectionClosed):
		return // lost or gone says so
	case errors.Is(err, nats.ErrMaxPayload):
	default: // the socket took nothing for as long as a ping
		conn.ForceReconnect()
	}
	if b.drops.allow() {
		b.opts.Log.Warn("a message to NATS is lost", "error", err)
	}
}

// Subscribe implements [bus.Bus].
func (b *Bus) Subscribe(subject string, f func(data []byte)) error {
	if err := bus.CheckSubject(subject); err != nil {
		return err
	}
	s := &subscription{subject: subject, f: f}
	conn, err := b.add(s)
	if err == nil && b.Connected() {
		// Once the server has answered what comes behind, the subscription holds. If it does not answer, the
		// connection is lost, and the subscription goes with the next one.
		conn.FlushTimeout(connectTime)
	}
	return err
}

func (b *Bus) add(s *subscription) (*nats.Conn, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, bus.ErrClosed
	}
	if err := b.subscribe(s); err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
		return nil, fmt.Errorf("subscribe to %s: %w", s.subject, err)
	}
	b.subs = append(b.subs, s)
	return b.conn, nil
}

// subscribe is called under mu.
func (b *Bus) subscribe(s *subscription) error {
	conn := b.conn
	s.conn.Store(conn)
	sub, err := conn.Subscribe(s.subject, func(m *nats.Msg) {
		s.one.Lock()
		defer s.one.Unlock()
		b.gate.RLock()
		defer b.gate.RUnlock()
		if !b.shut && s.conn.Load() == conn {
			s.f(m.Data)
		}
	})
	if err != nil {
		return err
	}
	return sub.SetPendingLimits(bus.PendingMessages, bus.PendingBytes)
}

// Connected implements [bus.Bus].
func (b *Bus) Connected() bool { return b.connected.Load() }

// Close implements [bus.Bus].
func (b *Bus) Close() error {
	b.once.Do(func() {
		b.mu.Lock()
		b.closed = true
		conn := b.conn
		b.mu.Unlock()
		within, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		if b.out.close(within) && b.Connected() {
			conn.FlushWithContext(within)
		}
		b.connected.Store(false)
		conn.Close()
	})
	b.gate.Lock()
	b.shut = true
	b.gate.Unlock()
	return nil
}

// limited lets through one record a second: what overflows does so a million times.
type limited struct{ last atomic.Int64 }

func (l *limited) allow() bool {
	now, last := time.Now().UnixNano(), l.last.Load()
	return now-last >= int64(time.Second) && l.last.CompareAndSwap(last, now)
}
