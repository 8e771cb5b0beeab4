package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// bounded is a listener that closes at once what comes over its bounds, so that neither
// everybody together nor one address uses up the descriptors of the process.
type bounded struct {
	net.Listener
	site    *Site
	secure  bool
	free    chan struct{}
	each    int // connections of one address; 0: any number
	mu      sync.Mutex
	clients map[netip.Addr]int
}

func (b *bounded) Accept() (net.Conn, error) {
	for {
		c, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		at := addrPort(c.RemoteAddr())
		why := whyFull
		select {
		case b.free <- struct{}{}:
			if b.enter(at.Addr()) {
				return &counted{Conn: c, all: b, remote: at}, nil
			}
			<-b.free
			why = whyAddress
		default:
		}
		b.site.refused.add("connection refused", why, at)
		_ = c.Close()
	}
}

// enter counts a connection of an address, false if it has enough. A proxy that is trusted brings
// everybody's, and the loopback's are those of a proxy that nobody has named, or the host's own.
func (b *bounded) enter(a netip.Addr) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := place(a)
	if b.each > 0 && b.clients[key] >= b.each && !a.IsLoopback() && !b.site.trusts(a) {
		return false
	}
	b.clients[key]++
	return true
}

func (b *bounded) leave(a netip.Addr) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := place(a)
	if b.clients[key]--; b.clients[key] <= 0 {
		delete(b.clients, key)
	}
}

// counted gives its place back when it is closed. It knows whether net/http began with a request that
// never reached a handler: net/http itself says nothing about those.
type counted struct {
	net.Conn
	all    *bounded
	remote netip.AddrPort
	once   sync.Once
	begun  atomic.Int64 // requests of which net/http has read something
	served atomic.Int64 // requests that came to the handler
	late   atomic.Bool  // the last read ran out of time, and nothing was written since
}

// connKey finds a request's connection in its context.
type connKey struct{}

// handled says that a request has come to the handler.
func handled(r *http.Request) {
	if c, ok := r.Context().Value(connKey{}).(*counted); ok {
		c.served.Add(1)
	}
}

// countedOf returns the connection below what net/http has.
func countedOf(c net.Conn) *counted {
	if t, ok := c.(interface{ NetConn() net.Conn }); ok { // TLS
		c = t.NetConn()
	}
	k, _ := c.(*counted)
	return k
}

// watchConns has a server tell its connections what becomes of their requests.
func watchConns(s *http.Server) {
	s.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, countedOf(c))
	}
	s.ConnState = func(c net.Conn, state http.ConnState) {
		if k := countedOf(c); k != nil && state == http.StateActive {
			k.begun.Add(1)
		}
	}
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if late := errors.Is(err, os.ErrDeadlineExceeded); n > 0 || late {
		c.late.Store(late)
	}
	return n, err
}

// Write clears late: what net/http answers by itself is answer enough.
func (c *counted) Write(p []byte) (int, error) {
	c.late.Store(false)
	return c.Conn.Write(p)
}

// CloseWrite ends the sending half.
func (c *counted) CloseWrite() error {
	if t, ok := c.Conn.(*net.TCPConn); ok {
		return t.CloseWrite()
	}
	return nil
}

// requestTimeout is what a client is told whose headers do not come. net/http only closes.
const requestTimeout = "HTTP/1.1 408 Request Timeout\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" + whyHeader + "\n"

func (c *counted) Close() error {
	c.once.Do(func() {
		<-c.all.free
		c.all.leave(c.remote.Addr())
		if c.begun.Load() <= c.served.Load() {
			return
		}
		late := c.late.Load()
		c.all.site.refused.add("request refused", whyHeader, c.remote, "timeout", late)
		if late && !c.all.secure {
			_ = c.Conn.SetWriteDeadline(time.Now().Add(time.Second))
			_, _ = io.WriteString(c.Conn, requestTimeout)
		}
	})
	return c.Conn.Close()
}

// quiet takes what net/http has to say about its connections into the log. Most of it is what
// clients do wrong; a panic is ours.
type quiet struct{ log *slog.Logger }

func (q quiet) Write(p []byte) (int, error) {
	text := string(p)
	if strings.Contains(text, "panic") {
		q.log.Error("http", "text", text)
	} else {
		q.log.Debug("http", "text", text)
	}
	return len(p), nil
}

func addrPort(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		ap := t.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	ap, _ := netip.ParseAddrPort(a.String())
	return ap
}
