package session_test

import (
	"net/netip"
	"testing"

	"hansu/lobby"
	"hansu/rules"
	"hansu/session"
	"hansu/wire"
)

// fakeConn is a transport that keeps what is sent.
type fakeConn struct {
	addr   string
	sent   []byte
	closed bool
}

func (c *fakeConn) Send(p []byte) error {
	if !c.closed {
		c.sent = append(c.sent, p...)
	}
	return nil
}

func (c *fakeConn) Queued() int { return 0 }

func (c *fakeConn) Close() error { c.closed = true; return nil }

func (c *fakeConn) RemoteAddr() netip.AddrPort { return netip.MustParseAddrPort(c.addr) }

// TestPerAddress: an address may have so many connections; this machine's own does not count, nor
// do two halves of one IPv6 network count as two. It needs no socket.
func TestPerAddress(t *testing.T) {
	hub := session.NewHub(session.Config{
		Now: func() rules.Millis { return 1 }, Limits: session.Limits{PerAddress: 2},
		Text: func(uint8, wire.ErrorCode, rules.Problem) string { return "" },
	})
	open := func(addr string) *session.Session { return hub.Open(&fakeConn{addr: addr}) }
	for _, addr := range []string{"192.0.2.1:1", "192.0.2.1:2", "192.0.2.2:1", "[2001:db8:1:2::1]:1", "[2001:db8:1:2:ffff::2]:1", "[2001:db8:1:3::1]:1"} {
		if open(addr) == nil {
			t.Errorf("%s is refused", addr)
		}
	}
	for range 10 {
		if open("127.0.0.1:5") == nil || open("[::1]:5") == nil {
			t.Error("this machine is refused")
		}
	}
	for _, addr := range []string{"192.0.2.1:3", "[::ffff:192.0.2.1]:3", "[2001:db8:1:2:9::9]:1"} {
		if open(addr) != nil {
			t.Errorf("%s is one too many, and is served", addr)
		}
	}
	if got := hub.Refusals(); len(got) != 1 || got[0] != (session.Refusal{Code: wire.Full, Count: 3}) {
		t.Errorf("counted: %v", got)
	}
}

// TestSilence: who does not greet, leaves a packet half sent or sends nothing at all has so much time and no
// more; a client whose reads always end within a packet, but who goes on, is none that has stopped.
func TestSilence(t *testing.T) {
	now := rules.Millis(1)
	hub := session.NewHub(session.Config{
		Lobby: lobby.New(0), Now: func() rules.Millis { return now },
		Limits: session.Limits{Handshake: 1000, Partial: 2000, Idle: 9000, Packets: -1},
		Text:   func(uint8, wire.ErrorCode, rules.Problem) string { return "" },
	})
	conns := map[string]*fakeConn{}
	open := func(name string) *session.Session {
		conns[name] = &fakeConn{addr: "127.0.0.1:1"}
		return hub.Open(conns[name])
	}
	greeted := func(name string) *session.Session {
		s := open(name)
		hello := wire.Hello{Magic: wire.Magic, Version: wire.Version}
		copy(hello.Name[:], name)
		s.Received(hello.Append(nil, wire.Header{}))
		return s
	}
	ping := (&wire.Ping{Value: 1}).Append(nil, wire.Header{Number: 1})
	open("mute")
	open("half a hello").Received([]byte{0})
	greeted("silent")
	greeted("half").Received(ping[:5])
	drips, goesOn := greeted("drips"), greeted("goes on")
	goesOn.Received(ping[:5])
	drops := 0
	for ; now <= 12_000; now += 100 {
		hub.Sweep()
		for name, end := range map[string]rules.Millis{"mute": 1000, "half a hello": 1000, "silent": 9000, "half": 2000, "drips": 2000, "goes on": 99_000} {
			if conns[name].closed != (now-1 > end) {
				t.Fatalf("%s: closed is %v after %d ms", name, conns[name].closed, now-1)
			}
		}
		if now%500 == 1 && drops < len(ping)-1 {
			drips.Received(ping[drops : drops+1])
			drops++
		}
		goesOn.Received(append(ping[5:len(ping):len(ping)], ping[:5]...))
	}
	for name, c := range conns {
		if got, want := refusal(c.sent), wire.Idle; name != "goes on" && got != want {
			t.Errorf("%s was told %d", name, got)
		}
	}
}

// refusal is the code of the last error among packets.
func refusal(packets []byte) (last wire.ErrorCode) {
	var dec wire.Decoder
	_ = dec.Feed(packets, func(h wire.Header, body []byte) error {
		var e wire.Error
		if h.Type == wire.TypeError && e.Decode(body) == nil {
			last = wire.ErrorCode(e.Code)
		}
		return nil
	})
	return last
}

// TestSameToken: of the connections with one token the oldest must make room, whichever have gone before.
func TestSameToken(t *testing.T) {
	hub := session.NewHub(session.Config{
		Lobby: lobby.New(0), Now: func() rules.Millis { return 1 }, Limits: session.Limits{PerPlayer: 3},
		Text: func(uint8, wire.ErrorCode, rules.Problem) string { return "" },
	})
	var conns []*fakeConn
	var sessions []*session.Session
	come := func() {
		c := &fakeConn{addr: "127.0.0.1:1"}
		s := hub.Open(c)
		hello := wire.Hello{Magic: wire.Magic, Version: wire.Version, Token: wire.Token{7}}
		copy(hello.Name[:], "one")
		s.Received(hello.Append(nil, wire.Header{}))
		conns, sessions = append(conns, c), append(sessions, s)
	}
	closed := func(want string) {
		t.Helper()
		got := ""
		for i, c := range conns {
			if c.closed {
				got += string(rune('a' + i))
			}
		}
		if got != want {
			t.Errorf("closed: %s, not %s", got, want)
		}
	}
	for range 3 {
		come()
	}
	sessions[1].Closed() // by the client
	come()
	closed("")
	come()
	closed("a")
	sessions[0].Closed() // as its transport says now
	come()
	closed("ac")
	sessions[5].Closed() // the newest
	come()
	closed("ac")
	come()
	closed("acd")
	for _, s := range sessions {
		s.Closed() // once more for some
	}
	if n := hub.Count(); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
	for range 3 {
		come()
	}
	closed("acd")
}

// TestRate: a client may send so many packets a second, and twice as many at once after a rest.
func TestRate(t *testing.T) {
	now := rules.Millis(1_000_000_000)
	hub := session.NewHub(session.Config{
		Lobby: lobby.New(0), Now: func() rules.Millis { return now }, Limits: session.Limits{Packets: 7},
		Text: func(uint8, wire.ErrorCode, rules.Problem) string { return "" },
	})
	c := &fakeConn{addr: "127.0.0.1:1"}
	s := hub.Open(c)
	hello := wire.Hello{Magic: wire.Magic, Version: wire.Version}
	copy(hello.Name[:], "one")
	s.Received(hello.Append(nil, wire.Header{}))
	answered := func() (n int) { // before the first that is refused
		for pong := true; pong; {
			c.sent, pong = nil, false
			s.Received((&wire.Ping{Value: 1}).Append(nil, wire.Header{Number: 1}))
			var d wire.Decoder
			_ = d.Feed(c.sent, func(h wire.Header, _ []byte) error {
				if h.Type == wire.TypePong {
					pong = true
					n++
				}
				return nil
			})
		}
		return n
	}
	for _, step := range []struct {
		wait rules.Millis
		want int
	}{{0, 13}, {142, 0}, {1, 1}, {1000, 7}, {999, 6}, {2000, 14}, {1_000_000, 14}} { // 13: Hello was one
		now += step.wait
		if got := answered(); got != step.want {
			t.Errorf("after %d ms %d were taken, not %d", step.wait, got, step.want)
		}
	}
}
