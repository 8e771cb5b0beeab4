// Package netiotest holds every model of package netio, on every system that has
// it, to the same contract. A model is done when Run passes.
package netiotest

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hansu/netio"
)

// patience bounds every wait for an event; no test expects it to be used up.
const patience = 60 * time.Second

// suite is one model under test.
type suite struct {
	model netio.Model
	// oneAtATime is set for blocking, which serves the clients one after the other.
	oneAtATime bool
}

// RunAll runs the suite over every server model, and skips by name those that
// the system lacks.
func RunAll(t *testing.T) {
	for _, info := range netio.Models() {
		if info.Client {
			continue
		}
		t.Run(string(info.Model), func(t *testing.T) {
			if !info.Available {
				t.Skipf("model %s %s", info.Model, info.Why)
			}
			Run(t, info.Model)
		})
	}
}

// Run runs the suite over one model.
func Run(t *testing.T, m netio.Model) {
	s := suite{model: m, oneAtATime: m == netio.Blocking}
	for _, test := range []struct {
		name string
		run  func(*testing.T, suite)
	}{
		{"Echo", testEcho},
		{"EchoClosedByPeer", testEchoClosedByPeer},
		{"Addresses", testAddresses},
		{"IPv6", testIPv6},
		{"BothFamilies", testBothFamilies},
		{"AddressInUse", testAddressInUse},
		{"HalfClose", testHalfClose},
		{"CloseWriteFirst", testCloseWriteFirst},
		{"CloseFlushes", testCloseFlushes},
		{"CloseWhilePeerTalks", testCloseWhilePeerTalks},
		{"CloseLingersBounded", testCloseLingersBounded},
		{"CloseReadsBounded", testCloseReadsBounded},
		{"CloseFromElsewhere", testCloseFromElsewhere},
		{"Abort", testAbort},
		{"Reset", testReset},
		{"ResetAfterWords", testResetAfterWords},
		{"ConnectAndReset", testConnectAndReset},
		{"Crowd", testCrowd},
		{"Sequence", testSequence},
		{"Queued", testQueued},
		{"SlowReader", testSlowReader},
		{"SlowReaderOfBroadcasts", testSlowReaderOfBroadcasts},
		{"ConcurrentSend", testConcurrentSend},
		{"SendAndBroadcastInOrder", testSendAndBroadcastInOrder},
		{"PauseResume", testPauseResume},
		{"PausedPeerLeaves", testPausedPeerLeaves},
		{"BroadcastOrder", testBroadcastOrder},
		{"MaxClients", testMaxClients},
		{"RefusalPacket", testRefusalPacket},
		{"ShutdownInFlight", testShutdownInFlight},
		{"ShutdownAborts", testShutdownAborts},
		{"ShutdownIdle", testShutdownIdle},
		{"OutOfDescriptors", testOutOfDescriptors},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, s) })
	}
}

// node is a running server.
type node struct {
	netio.Server
	t      *testing.T
	served chan error
}

// start runs a server with the program p until the test's end.
func (s suite) start(t *testing.T, p *program, cfg netio.Config) *node {
	t.Helper()
	return s.startOn(t, "127.0.0.1:0", p, cfg)
}

func (s suite) startOn(t *testing.T, addr string, p *program, cfg netio.Config) *node {
	t.Helper()
	cfg.Model = s.model
	if cfg.Loops == 0 {
		cfg.Loops = 2
	}
	p.t = t
	srv, err := netio.Listen(addr, p, cfg)
	if err != nil {
		t.Fatalf("Listen: %v", err)
	}
	n := &node{Server: srv, t: t, served: make(chan error, 1)}
	go func() { n.served <- srv.Serve() }()
	t.Cleanup(n.stop)
	return n
}

// stop shuts the server down and checks that nothing is left of it.
func (n *node) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	_ = n.Shutdown(ctx) // the tests of Shutdown look at its error
	if err := n.awaitServe(); err != nil {
		n.t.Errorf("Serve = %v after Shutdown, want nil", err)
	}
	if open := n.Stats().Open; open != 0 {
		n.t.Errorf("%d connections open after Shutdown, want 0", open)
	}
}

func (n *node) awaitServe() error {
	select {
	case err := <-n.served:
		n.served <- err
		return err
	case <-time.After(patience):
		n.t.Fatal("Serve has not returned after Shutdown")
		return nil
	}
}

// dial connects a client, which is closed at the test's end.
func (n *node) dial() *net.TCPConn {
	n.t.Helper()
	c, err := net.Dial("tcp", n.Addr().String())
	if err != nil {
		n.t.Fatalf("dial: %v", err)
	}
	n.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c.(*net.TCPConn)
}

// program is a handler made of functions, and at the same time the judge of
// the order in which the model calls it.
type program struct {
	t        *testing.T
	opened   func(netio.Conn)
	received func(netio.Conn, []byte)
	ended    func(netio.Conn)
	closed   func(netio.Conn, error)

	states sync.Map // netio.Conn to *state
}

// state is what the judge knows of a connection. It is guarded by busy, which is taken
// without waiting: a call that finds it taken is the fault looked for.
type state struct {
	busy          atomic.Bool
	ended, closed bool
}

func (p *program) enter(c netio.Conn, call string) *state {
	v, known := p.states.LoadOrStore(c, new(state))
	st := v.(*state)
	if known == (call == "Opened") {
		p.t.Errorf("%s for a connection that is known: %v", call, known)
	}
	if !st.busy.CompareAndSwap(false, true) {
		p.t.Errorf("%s during another call for the same connection", call)
	}
	if st.closed {
		p.t.Errorf("%s after Closed", call)
	}
	if st.ended && (call == "Received" || call == "ReadEnded") {
		p.t.Errorf("%s after ReadEnded", call)
	}
	return st
}

func (p *program) Opened(c netio.Conn) {
	st := p.enter(c, "Opened")
	defer st.busy.Store(false)
	if p.opened != nil {
		p.opened(c)
	}
}

func (p *program) Received(c netio.Conn, b []byte) {
	st := p.enter(c, "Received")
	defer st.busy.Store(false)
	if len(b) == 0 {
		p.t.Error("Received without bytes")
	}
	if p.received != nil {
		p.received(c, b)
	}
}

func (p *program) ReadEnded(c netio.Conn) {
	st := p.enter(c, "ReadEnded")
	defer st.busy.Store(false)
	st.ended = true
	if p.ended != nil {
		p.ended(c)
		return
	}
	_ = c.Close()
}

func (p *program) Closed(c netio.Conn, err error) {
	st := p.enter(c, "Closed")
	st.closed = true
	st.busy.Store(false)
	if p.closed != nil {
		p.closed(c, err)
	}
}

// echo is the program that sends back what it got.
func echo() *program {
	return &program{received: func(c netio.Conn, b []byte) { _ = c.Send(b) }}
}

// await takes the next value, or fails.
func await[T any](t *testing.T, ch <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		t.Fatalf("no %s", what)
		panic("unreachable")
	}
}

// until polls cond, which becomes true without an event that could be awaited.
func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// exchange sends line and expects it back.
func exchange(c net.Conn, line string) error {
	if _, err := io.WriteString(c, line); err != nil {
		return err
	}
	return expect(c, line)
}

// expect reads exactly want.
func expect(c net.Conn, want string) error {
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); err != nil {
		return err
	}
	if string(got) != want {
		return &differs{got: string(got), want: want}
	}
	return nil
}

type differs struct{ got, want string }

func (d *differs) Error() string { return "got " + quote(d.got) + ", want " + quote(d.want) }
