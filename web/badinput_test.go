package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"hansu/client"
	"hansu/server"
	"hansu/web"
	"hansu/wire"
)

// raw sends bytes to the site's address and returns the status of the first answer, 0 for none, and
// whether the connection was closed behind it.
func (s *site) raw(t *testing.T, text string) (status int, closed bool) {
	t.Helper()
	c, err := net.Dial("tcp", s.http)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	_, _ = io.WriteString(c, text) // the server may have heard enough before the end
	in := bufio.NewReader(c)
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		return 0, true
	}
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode, res.Close
}

// TestBadRequests: what is no request of ours is refused with the status that says so, in the log and in
// the counts, and a player who is there does not notice.
func TestBadRequests(t *testing.T) {
	cfg := server.Config{Site: web.Config{Rate: -1}, Listen: web.ListenConfig{HeaderMax: 8 << 10}}
	s := serve(t, cfg)
	cfg.Listen.Header = 300 * time.Millisecond
	hurried := serve(t, cfg) // would call more than what is slow so, on a busy machine
	good := s.socket("good")
	const host = " HTTP/1.1\r\nHost: x\r\n"
	long := strings.Repeat("a", 16<<10)
	for _, c := range []struct {
		name, text string
		status     int
		why        string
	}{
		{"up", "GET /../../etc/passwd" + host + "\r\n", 400, "bad path"},
		{"up from an asset", "GET /assets/../index.html" + host + "\r\n", 400, "bad path"},
		{"up, encoded", "GET /g/%2e%2e/%2e%2e/etc/passwd" + host + "\r\n", 400, "bad path"},
		{"up, separators encoded", "GET /g/..%2f..%2Fetc" + host + "\r\n", 400, "bad path"},
		{"here", "GET /./" + host + "\r\n", 400, "bad path"},
		{"another host", "GET //evil.example/" + host + "\r\n", 400, "bad path"},
		{"separator encoded", "GET /api/v1/games/A%2f1" + host + "\r\n", 400, "bad path"},
		{"backslash", "GET /g/a\\b" + host + "\r\n", 400, "bad path"},
		{"backslash, encoded", "GET /g/..%5c..%5C" + host + "\r\n", 400, "bad path"},
		{"NUL", "GET /g/A%00.svg" + host + "\r\n", 400, "bad path"},
		{"line end", "GET /g/A%0d%0aX:%20y" + host + "\r\n", 400, "bad path"},
		{"no UTF-8", "GET /g/%ff" + host + "\r\n", 400, "bad path"},
		{"NUL, plain", "GET /g/\x00" + host + "\r\n", 400, "headers"},
		{"file of the source", "GET /web.go" + host + "\r\n", 404, "no such address"},
		{"compressed file", "GET /index.html.br" + host + "\r\n", 404, "no such address"},
		{"folder", "GET /assets/" + host + "\r\n", 404, "no such address"},
		{"no code", "GET /g/nonsense%20code" + host + "\r\n", 404, "no such address"},
		{"POST", "POST /" + host + "Content-Length: 0\r\n\r\n", 405, "method not allowed"},
		{"DELETE", "DELETE /api/v1/tables" + host + "\r\n", 405, "method not allowed"},
		{"CONNECT", "CONNECT evil.example:80" + host + "\r\n", 400, "bad path"},
		{"no method", "GE\tT /" + host + "\r\n", 400, "headers"},
		{"body", "GET /" + host + "Content-Length: 5\r\n\r\nhello", 413, "no bodies"},
		{"body that does not come", "GET /" + host + "Content-Length: 5\r\n\r\n", 413, "no bodies"},
		{"endless body", "POST /api/v1/tables" + host + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 413, "no bodies"},
		{"two lengths", "GET /" + host + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400, "headers"},
		{"huge header", "GET /" + host + "X: " + long + "\r\n\r\n", 431, "headers"},
		{"many headers", "GET /" + host + strings.Repeat("X: y\r\n", 4<<10) + "\r\n", 431, "headers"},
		{"huge address", "GET /" + long + host + "\r\n", 431, "headers"},
		{"no host", "GET / HTTP/1.1\r\n\r\n", 400, "headers"},
		{"another protocol", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "headers"},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad path"},
		{"slow headers", "GET / HTTP/1.1\r\nHost: x\r\n", 408, "headers"},
		{"slow header", "GET / HTTP/1.1\r\nHost: x\r\nX", 400, "headers"},

		{"handshake without a key", "GET /ws" + host + "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n", 400, "bad handshake"},
		{"handshake of an old version", "GET /ws" + host + "Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", 400, "bad handshake"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := s
			if strings.HasPrefix(c.name, "slow") {
				s = hurried
			}
			before := s.refused(c.why)
			if status, _ := s.raw(t, c.text); status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			s.counted(t, c.why, before)
		})
	}
	if !s.log.has("why=\"bad path\" status=400 method=GET path=/g/../../etc/passwd") {
		t.Error("a refusal is not in the log")
	}
	good.send(&wire.Ping{Value: 5}, 0)
	good.await(wire.TypePong, &wire.Pong{})
	if a := s.get("/healthz"); a.status != 200 {
		t.Error(a.status)
	}
}

// refused returns how often something was refused for a reason that begins like this.
func (s *site) refused(why string) (n int) {
	s.t.Helper()
	for text, count := range s.counts() {
		if strings.HasPrefix(text, why) {
			n += count
		}
	}
	return n
}

// counted waits until it was refused more often than before: connections are counted when they end.
func (s *site) counted(t *testing.T, why string, before int) {
	t.Helper()
	for limit := time.Now().Add(patience); s.refused(why) <= before; {
		if time.Now().After(limit) {
			t.Fatalf("%q is not counted: %v", why, s.counts())
		}
	}
}

func (s *site) counts() map[string]int {
	s.t.Helper()
	var status struct{ Refused map[string]int }
	decode(s.t, s.get("/api/v1/status").body, &status)
	return status.Refused
}

// closing reads until the WebSocket ends and returns why.
func closing(t *testing.T, ws *websocket.Conn) error {
	t.Helper()
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	for {
		if _, _, err := ws.ReadMessage(); err != nil {
			return err
		}
	}
}

// TestBadFrames: frames that no browser sends end their own WebSocket, with the code that says why.
func TestBadFrames(t *testing.T) {
	s := serve(t, server.Config{Site: web.Config{Frames: 100, Message: 8 << 10}})
	good := s.socket("good")
	masked := func(head ...byte) string { return string(head) + "\x00\x00\x00\x00" }
	for _, c := range []struct {
		name, frames string
		code         int
		why          string
	}{
		{"text", masked(0x81, 0x80|5) + "hello", websocket.CloseUnsupportedData, "text frame"},
		{"oversized", masked(0x82, 0x80|127, 0, 0, 0, 0, 0, 0, 0x20, 1), websocket.CloseMessageTooBig, "bad or oversized frame"},
		{"oversized in pieces", strings.Repeat(masked(0x02, 0x80|126, 0x10, 0)+strings.Repeat("\x00", 4096), 1) +
			strings.Repeat(masked(0x00, 0x80|126, 0x10, 0)+strings.Repeat("\x00", 4096), 2), websocket.CloseMessageTooBig, "bad or oversized frame"},
		{"absurd length", masked(0x82, 0x80|127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), websocket.CloseMessageTooBig, "bad or oversized frame"},
		{"negative length", masked(0x82, 0x80|127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), websocket.CloseMessageTooBig, "bad or oversized frame"},
		{"not masked", "\x82\x05hello", websocket.CloseProtocolError, "bad or oversized frame"},
		{"reserved bits", masked(0xf2, 0x80), websocket.CloseProtocolError, "bad or oversized frame"},
		{"unknown opcode", masked(0x83, 0x80), websocket.CloseProtocolError, "bad or oversized frame"},
		{"long ping", masked(0x89, 0x80|126, 0, 200) + strings.Repeat("x", 200), websocket.CloseProtocolError, "bad or oversized frame"},
		{"ping in pieces", masked(0x09, 0x80), websocket.CloseProtocolError, "bad or oversized frame"},
		{"continuation of nothing", masked(0x80, 0x80), websocket.CloseProtocolError, "bad or oversized frame"},
		{"flood of nothing", strings.Repeat(masked(0x82, 0x80), 1000), websocket.ClosePolicyViolation, "flood"},
		{"flood of pings", strings.Repeat(masked(0x89, 0x80), 1000), websocket.ClosePolicyViolation, "flood"},
		{"flood of pongs", strings.Repeat(masked(0x8a, 0x80), 1000), websocket.ClosePolicyViolation, "flood"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := s.refused(c.why)
			ws, _, err := s.dial(nil)
			if err != nil {
				t.Fatal(err)
			}
			defer ws.Close()
			if _, err := io.WriteString(ws.NetConn(), c.frames); err != nil {
				t.Fatal(err)
			}
			// The hub may have refused the bytes as packets before the frame's end was seen to be too far.
			if err := closing(t, ws); !websocket.IsCloseError(err, c.code) && (c.code != websocket.CloseMessageTooBig || !websocket.IsCloseError(err, websocket.CloseNormalClosure)) {
				t.Errorf("closed with %v, want %d", err, c.code)
			}
			s.counted(t, c.why, before)
		})
	}
	good.send(&wire.Ping{Value: 5}, 0)
	good.await(wire.TypePong, &wire.Pong{})
}

// TestPerAddress: one address has only so much of everything, and others have theirs.
func TestPerAddress(t *testing.T) {
	s := serve(t, server.Config{Site: web.Config{
		Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, PerAddress: 2, Rate: 3, Streams: 8,
	}})
	from := func(a string) http.Header { return http.Header{"X-Forwarded-For": {"6.6.6.6, " + a}} }
	open := func(a string, status int) {
		t.Helper()
		ws, res, err := s.dial(from(a))
		if err == nil {
			t.Cleanup(func() { ws.Close() })
		}
		if res == nil || res.StatusCode != status {
			t.Errorf("%s: %v %v, want %d", a, res, err, status)
		} else if status == 429 && res.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	for _, a := range []string{"192.0.2.1", "192.0.2.2", "2001:db8:1:1::7", "2001:db8:1:2::7"} {
		open(a, 101)
		open(a, 101)
		open(a, 429)
	}
	open("2001:db8:1:1::8", 429) // of the same network
	for range 6 {                // twice the rate at once
		s.get("/api/v1/status", "X-Forwarded-For", "192.0.2.1")
	}
	limited := func(a string, status int) {
		t.Helper()
		for range 20 { // time passes, and tokens come back
			if got := s.get("/api/v1/status", "X-Forwarded-For", a).status; got == status {
				return
			}
		}
		t.Errorf("%s: never %d", a, status)
	}
	limited("192.0.2.1", 429)
	limited("192.0.2.2", 200)
	p := s.player("a")
	p.must(client.Open{Variant: variant(t, "omok")})
	d := &description{t: t, site: s}
	d.follow(p.table.Code, "X-Forwarded-For", "192.0.2.7")
	d.follow(p.table.Code, "X-Forwarded-For", "192.0.2.7")
	if got := s.get("/api/v1/tables/"+p.table.Code+"/events", "X-Forwarded-For", "192.0.2.7"); got.status != 429 {
		t.Errorf("a third stream: %d %s", got.status, got.body)
	}
	d.follow(p.table.Code, "X-Forwarded-For", "192.0.2.8")
}

// TestTooManyConnections: past the bound a connection is closed at once, and counted; when one ends,
// there is room again.
func TestTooManyConnections(t *testing.T) {
	s := serve(t, server.Config{Listen: web.ListenConfig{Conns: 2}})
	dial := func() net.Conn {
		c, err := net.Dial("tcp", s.http)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		_ = c.SetDeadline(time.Now().Add(patience))
		return c
	}
	answered := func(c net.Conn) bool {
		_, _ = fmt.Fprint(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		_, err := c.Read(make([]byte, 1))
		return err == nil
	}
	a, b := dial(), dial()
	if !answered(a) || !answered(b) {
		t.Fatal("no answer")
	}
	if answered(dial()) {
		t.Error("a third connection is answered")
	}
	if !s.log.has("too many clients") {
		t.Error("not logged")
	}
	a.Close()
	for limit := time.Now().Add(patience); !answered(dial()); {
		if time.Now().After(limit) {
			t.Fatal("there is no room again")
		}
	}
}

// TestLogIsBounded: a flood of bad requests does not fill the disk with the log.
func TestLogIsBounded(t *testing.T) {
	s := serve(t, server.Config{Site: web.Config{Rate: -1}})
	c := http.Client{Timeout: patience}
	const requests = 2000
	for range requests {
		res, err := c.Get("http://" + s.http + "/nothing")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	if got := s.refused("no such address"); got != requests {
		t.Errorf("%d counted", got)
	}
	if got := s.log.count("no such address"); got >= requests/2 {
		t.Errorf("%d lines", got)
	}
}
