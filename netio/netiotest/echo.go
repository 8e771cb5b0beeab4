package netiotest

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"hansu/netio"
)

func quote(s string) string {
	if len(s) > 80 {
		s = s[:80] + "…"
	}
	return strconv.Quote(s)
}

// pattern gives n bytes in which every position differs from its neighbours.
func pattern(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i ^ i>>8 ^ i>>16)
	}
	return p
}

// sendOdd writes p in pieces of odd sizes and closes the sending side.
func sendOdd(c *net.TCPConn, p []byte, seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 7))
	most := max(len(p)/8, 9)
	for len(p) > 0 {
		n := min(1+2*r.IntN(most), len(p))
		if _, err := c.Write(p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return c.CloseWrite()
}

func testEcho(t *testing.T, s suite) {
	closed := make(chan error, 1)
	p := echo()
	p.closed = func(_ netio.Conn, err error) { closed <- err }
	n := s.start(t, p, netio.Config{})
	for i, size := range []int{0, 1, 2, 3, 254, 255, 256, 4095, 4097, 65535, 65537, 300_001, 1 << 20} {
		want := pattern(size)
		c := n.dial()
		sent := make(chan error, 1)
		go func() { sent <- sendOdd(c, want, uint64(i)) }()
		got, err := io.ReadAll(c)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: got %d back, equal: %v, error: %v", size, len(got), bytes.Equal(got, want), err)
		}
		if err := <-sent; err != nil {
			t.Errorf("%d bytes: sending: %v", size, err)
		}
		_ = c.Close()
		if err := await(t, closed, "Closed"); err != nil {
			t.Errorf("%d bytes: Closed(%v), want nil", size, err)
		}
	}
}

// testEchoClosedByPeer is the client that sends a word and leaves without waiting.
func testEchoClosedByPeer(t *testing.T, s suite) {
	heard := make(chan string, 16)
	p := echo()
	p.received = func(c netio.Conn, b []byte) {
		heard <- string(b)
		_ = c.Send(b)
	}
	n := s.start(t, p, netio.Config{})
	for range 8 {
		c := n.dial()
		if _, err := io.WriteString(c, "bye\x00"); err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
		if got := await(t, heard, "Received"); got != "bye\x00" {
			t.Errorf("received %q", got)
		}
	}
	until(t, "all closed", func() bool { return n.Stats().Open == 0 })
}

func testAddresses(t *testing.T, s suite) {
	local, remote := make(chan netip.AddrPort, 2), make(chan netip.AddrPort, 2)
	p := echo()
	tell := func(c netio.Conn) {
		local <- c.LocalAddr()
		remote <- c.RemoteAddr()
	}
	p.opened = func(c netio.Conn) {
		c.SetData("kept")
		tell(c)
	}
	p.closed = func(c netio.Conn, _ error) {
		if c.Data() != "kept" {
			t.Errorf("Data = %v in Closed", c.Data())
		}
		tell(c)
	}
	n := s.start(t, p, netio.Config{})
	c := n.dial()
	for _, when := range []string{"Opened", "Closed"} {
		if got, want := await(t, local, "address").String(), c.RemoteAddr().String(); got != want {
			t.Errorf("in %s LocalAddr = %s, want %s", when, got, want)
		}
		if got, want := await(t, remote, "address").String(), c.LocalAddr().String(); got != want {
			t.Errorf("in %s RemoteAddr = %s, want %s", when, got, want)
		}
		_ = c.Close()
	}
}

func testIPv6(t *testing.T, s suite) {
	probe, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("needs IPv6 on the loopback: %v", err)
	}
	_ = probe.Close()
	remote := make(chan netip.AddrPort, 1)
	p := echo()
	p.opened = func(c netio.Conn) { remote <- c.RemoteAddr() }
	n := s.startOn(t, "[::1]:0", p, netio.Config{})
	c := n.dial()
	if err := exchange(c, "six"); err != nil {
		t.Fatal(err)
	}
	if got, want := await(t, remote, "address").String(), c.LocalAddr().String(); got != want {
		t.Errorf("RemoteAddr = %s, want %s", got, want)
	}
	if !n.Addr().Addr().Is6() {
		t.Errorf("Addr = %s", n.Addr())
	}
}

// testBothFamilies has an address without a host serve IPv4, shown as such, and IPv6.
func testBothFamilies(t *testing.T, s suite) {
	remote := make(chan netip.AddrPort, 1)
	p := echo()
	p.opened = func(c netio.Conn) { remote <- c.RemoteAddr() }
	n := s.startOn(t, ":0", p, netio.Config{})
	port := strconv.Itoa(int(n.Addr().Port()))
	for _, host := range []string{"127.0.0.1", "::1"} {
		c, err := net.Dial("tcp", net.JoinHostPort(host, port))
		if err != nil {
			if strings.Contains(host, ":") {
				t.Skipf("needs IPv6 on the loopback: %v", err)
			}
			t.Fatal(err)
		}
		if got, want := await(t, remote, "address").String(), c.LocalAddr().String(); got != want {
			t.Errorf("RemoteAddr = %s, want %s", got, want)
		}
		if err := exchange(c, "either"); err != nil {
			t.Error(err)
		}
		_ = c.Close()
	}
}

func testAddressInUse(t *testing.T, s suite) {
	n := s.start(t, echo(), netio.Config{})
	_, err := netio.Listen(n.Addr().String(), echo(), netio.Config{Model: s.model})
	e, ok := errors.AsType[*netio.Error](err)
	if !ok {
		t.Fatalf("error %T %v, want *netio.Error", err, err)
	}
	if !strings.HasSuffix(e.Name, "EADDRINUSE") || e.Code == 0 || e.Text == "" || e.Op == "" {
		t.Errorf("error %+v", e)
	}
}
