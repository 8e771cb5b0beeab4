package web_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"hansu/server"
	"hansu/session"
	"hansu/web"
	"hansu/wire"
)

// connect opens a connection on which nothing may take longer than patience.
func (s *site) connect(t *testing.T) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", s.http)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c.(*net.TCPConn)
}

// exchange sends bytes, then ends its half, and returns everything that comes back.
func exchange(t *testing.T, c *net.TCPConn, sent []byte) []byte {
	t.Helper()
	var in bytes.Buffer
	var err error
	var reading sync.WaitGroup
	reading.Go(func() { _, err = io.Copy(&in, c) })
	_, _ = c.Write(sent) // the server may have closed before the end
	_ = c.CloseWrite()
	reading.Wait()
	if e, ok := err.(net.Error); ok && e.Timeout() {
		t.Fatalf("the server neither answers nor closes after %q", sent)
	}
	return in.Bytes()
}

// faultless fails if the server has logged what is its own fault.
func (s *site) faultless(t *testing.T, sent []byte) {
	t.Helper()
	if s.log.has("panic") || s.log.has("level=ERROR") {
		t.Fatalf("after %q: the log says\n%s", sent, s.log.text())
	}
}

// FuzzHTTP: whatever bytes come, the server answers in HTTP or closes, never with an error of its own, and
// goes on serving.
func FuzzHTTP(f *testing.F) {
	const host = " HTTP/1.1\r\nHost: x\r\n"
	for _, seed := range []string{
		"GET /" + host + "\r\n", "GET / HTTP/1.0\r\n\r\n", "HEAD /readyz" + host + "\r\nGET /healthz" + host + "Connection: close\r\n\r\n",
		"GET /g/K7QX2M/qr.svg" + host + "\r\n", "GET /r/K7QX2M/1" + host + "Accept: text/html\r\n\r\n",
		"GET /api/v1/openapi.json" + host + "\r\n", "GET /api/v1/games?before=1.2" + host + "\r\n", "GET /api/v1/games/K7QX2M/1/record.sgf" + host + "\r\n",
		"GET /api/v1/status" + host + "X-Forwarded-For: 1.2.3.4, [::1]:5\r\n\r\n",
		"GET /../../etc/passwd" + host + "\r\n", "GET /%2e%2e%2f%00\\" + host + "\r\n", "GET http://evil.example//x" + host + "\r\n",
		"POST /ws" + host + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "GET /" + host + "Content-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
		"GET /ws" + host + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n",
		"GET /ws" + host + "Origin: http://x:80\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n\x81\x80abcd",
		"GET /" + host + "If-None-Match: W/\"a\", *\r\nAccept-Encoding: br;q=, gzip;q=0.5, ;;,\r\n\r\n", "OPTIONS *" + host + "\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"\x16\x03\x01\x00\x05hello", "GET /" + strings.Repeat("a", 20_000), "\r\n\r\n\r\n", "",
	} {
		f.Add([]byte(seed))
	}
	s := serve(f, server.Config{
		Site: web.Config{Rate: -1, Frames: -1}, Limits: session.Limits{Packets: -1},
	})
	f.Fuzz(func(t *testing.T, sent []byte) {
		s := s.in(t)
		answer := bufio.NewReader(bytes.NewReader(exchange(t, s.connect(t), sent)))
		if _, err := answer.Peek(1); err == nil { // the first answer's head; what follows depends on what was asked
			res, err := http.ReadResponse(answer, &http.Request{Method: "HEAD"})
			if err != nil {
				t.Fatalf("an answer that is not HTTP, to %q: %v", sent, err)
			}
			if res.StatusCode >= 500 && res.StatusCode != http.StatusServiceUnavailable && res.StatusCode != http.StatusNotImplemented && res.StatusCode != http.StatusHTTPVersionNotSupported {
				t.Fatalf("%s, to %q", res.Status, sent)
			}
		}
		s.faultless(t, sent)
		res, err := http.Get("http://" + s.http + "/healthz")
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("after %q: %v %v", sent, res, err)
		}
		res.Body.Close()
	})
}

// FuzzWebSocket: whatever bytes come after the handshake, the server sends whole frames of the kinds it knows,
// closes, and forgets the client.
func FuzzWebSocket(f *testing.F) {
	hello := (&wire.Hello{Magic: wire.Magic, Version: wire.Version, Instance: 1, Name: wire.Name{'a'}}).Append(nil, wire.Header{Number: 1})
	frame := func(first byte, body []byte) []byte {
		return append([]byte{first, 0x80 | byte(len(body)), 0, 0, 0, 0}, body...)
	}
	ping := (&wire.Ping{Value: 7}).Append(nil, wire.Header{Number: 2})
	for _, seed := range [][]byte{
		frame(0x82, ping), frame(0x82, ping[:5]), append(frame(0x02, ping[:7]), frame(0x80, ping[7:])...),
		append([]byte{0x82, 0x80 | 126, 0, byte(len(hello)), 0, 0, 0, 0}, hello...),
		frame(0x81, []byte("text")), frame(0x89, []byte("ping")), frame(0x8a, nil), frame(0x88, []byte{3, 0xe8}), frame(0x88, []byte{0xff}),
		{0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, {0x82, 0x05, 1, 2, 3, 4, 5}, frame(0xf2, ping), {0x82}, {},
	} {
		f.Add(seed)
	}
	s := serve(f, server.Config{
		Site: web.Config{Rate: -1, Frames: -1}, Limits: session.Limits{Packets: -1},
	})
	const switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
	const handshake = "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	f.Fuzz(func(t *testing.T, sent []byte) {
		s := s.in(t)
		c := s.connect(t)
		_, _ = io.WriteString(c, handshake)
		answer := make([]byte, len(switching))
		if _, err := io.ReadFull(c, answer); err != nil || string(answer) != switching {
			t.Fatalf("the handshake was answered with %q, %v", answer, err)
		}
		checkFrames(t, sent, exchange(t, c, sent))
		s.faultless(t, sent)
		var left struct{ Sockets int }
		for limit := time.Now().Add(patience); ; {
			if decode(t, s.get("/api/v1/status").body, &left); left.Sockets == 0 {
				break
			}
			if time.Now().After(limit) {
				t.Fatalf("the client is still there after %q", sent)
			}
		}
	})
}

// checkFrames holds what a server sends to RFC 6455: whole, unmasked frames, short control frames, nothing
// after a close.
func checkFrames(t *testing.T, sent, frames []byte) {
	closed := false
	for len(frames) > 0 {
		if closed {
			t.Fatalf("%x after the close, to %q", frames, sent)
		}
		if len(frames) < 2 {
			t.Fatalf("half a frame, to %q", sent)
		}
		kind, size := frames[0], int(frames[1])
		frames = frames[2:]
		if size == 126 && len(frames) >= 2 {
			size = int(binary.BigEndian.Uint16(frames))
			frames = frames[2:]
		}
		closed = kind == 0x88
		if kind != 0x82 && kind != 0x88 && kind != 0x89 && kind != 0x8a || size > len(frames) || kind != 0x82 && size > 125 {
			t.Fatalf("a frame of kind %#x and %d bytes with %d there, to %q", kind, size, len(frames), sent)
		}
		frames = frames[size:]
	}
}
