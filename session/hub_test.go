package session_test

import (
	"net/netip"
	"testing"

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
