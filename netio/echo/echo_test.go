package echo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"hansu/netio"
	"hansu/netio/observe"
)

const patience = 30 * time.Second

// spoken is what clients of a socket course send: a string with its NUL and no newline, a
// line cut at 255 bytes without one, text with no end at all, and CP949.
var spoken = []string{"TEXT\x00", strings.Repeat("x", 255), "rest\x00", "no end", "\xbe\xc8\xb3\xe7", "\x00", "\r\n"}

// log collects events as text.
type log struct {
	mu    sync.Mutex
	lines []string
	data  bytes.Buffer
}

func (l *log) observe(e observe.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Kind == observe.Data {
		l.data.Write(e.Data)
		return
	}
	l.lines = append(l.lines, map[observe.Kind]string{observe.Connected: "connected ", observe.Left: "left "}[e.Kind]+e.Remote.String())
}

func TestEcho(t *testing.T) {
	for _, m := range netio.Models() {
		if m.Client {
			continue
		}
		t.Run(string(m.Model), func(t *testing.T) {
			if !m.Available {
				t.Skipf("model %s %s", m.Model, m.Why)
			}
			var l log
			srv, err := Listen("127.0.0.1:0", l.observe, netio.Config{Model: m.Model})
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan error, 1)
			go func() { served <- srv.Serve() }()
			c, err := net.Dial("tcp", srv.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			_ = c.SetDeadline(time.Now().Add(patience))
			for _, words := range spoken {
				if _, err := io.WriteString(c, words); err != nil {
					t.Fatal(err)
				}
				got := make([]byte, len(words))
				if _, err := io.ReadFull(c, got); err != nil || string(got) != words {
					t.Errorf("sent %q, got %q, %v", words, got, err)
				}
			}
			_ = c.(*net.TCPConn).CloseWrite()
			if rest, err := io.ReadAll(c); err != nil || len(rest) > 0 {
				t.Errorf("after the end: %q, %v", rest, err)
			}
			from := c.LocalAddr().String()
			_ = c.Close()
			if err := srv.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if err := <-served; err != nil {
				t.Error(err)
			}
			if got, want := strings.Join(l.lines, "; "), "connected "+from+"; left "+from; got != want {
				t.Errorf("observed %s, want %s", got, want)
			}
			if got, want := l.data.String(), strings.Join(spoken, ""); got != want {
				t.Errorf("observed %q, want %q", got, want)
			}
		})
	}
}

func TestUDP(t *testing.T) {
	var l log
	srv, err := ListenUDP("127.0.0.1:0", l.observe)
	if e, ok := errors.AsType[*netio.Error](err); ok && e.Name == "WSAEOPNOTSUPP" {
		t.Skip("needs SIO_UDP_NETRESET, which Go's net asks for and Wine 8 lacks")
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx) }()
	c, err := net.Dial("udp", srv.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(patience))
	got := make([]byte, datagramMax)
	for _, words := range append(spoken, "", strings.Repeat("d", 9000)) { // each is one datagram, the empty one too
		if _, err := io.WriteString(c, words); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(got); err != nil || string(got[:n]) != words {
			t.Errorf("sent %d bytes, got %d, %v", len(words), n, err)
		}
	}
	cancel()
	if err := <-served; err != nil {
		t.Errorf("Serve = %v", err)
	}
}
