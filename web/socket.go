package web

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"hansu/session"
	"hansu/wire"
)

// sockets are the WebSockets of a site.
type sockets struct {
	cfg     Config
	upgrade websocket.Upgrader

	mu     sync.Mutex
	open   map[*socket]struct{}
	places int           // taken, also by handshakes that are not done yet
	empty  chan struct{} // closed when the last one has gone, while shutting down
}

// readSize is the read buffer that each connection holds. What players send is small; a
// longer message is read in pieces.
const readSize = 512

func newSockets(cfg Config) *sockets {
	s := &sockets{cfg: cfg, open: make(map[*socket]struct{})}
	s.upgrade = websocket.Upgrader{
		HandshakeTimeout: 5 * time.Second, ReadBufferSize: readSize,
		WriteBufferSize: 4096, WriteBufferPool: &sync.Pool{},
		CheckOrigin: func(*http.Request) bool { return true }, // Site.socket has checked
	}
	return s
}

// socket serves /ws. The goroutine of the request ends here: what stays is one goroutine
// with a small stack and a small buffer.
func (s *Site) socket(w http.ResponseWriter, r *http.Request) {
	switch {
	case !websocket.IsWebSocketUpgrade(r):
		w.Header().Set("Upgrade", "websocket")
		s.refuse(w, r, http.StatusUpgradeRequired, "this address speaks WebSocket")
		return
	case !s.origin(r):
		s.refuse(w, r, http.StatusForbidden, "wrong origin")
		return
	case s.stopped.Load() || !s.sockets.reserve():
		w.Header().Set("Retry-After", "5")
		s.refuse(w, r, http.StatusServiceUnavailable, "too many clients")
		return
	}
	ws, err := s.sockets.upgrade.Upgrade(w, r, nil)
	if err != nil {
		s.sockets.release()
		s.refused.Add(1)
		s.cfg.Log.Info("handshake failed", "remote", s.remote(r).String(), "error", err)
		return
	}
	c := &socket{all: s.sockets, ws: ws, remote: s.remote(r)}
	c.heard.Store(time.Now().UnixNano())
	s.sockets.add(c)
	go c.run()
}

func (s *sockets) reserve() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places >= s.cfg.Sockets || s.empty != nil {
		return false
	}
	s.places++
	return true
}

func (s *sockets) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places--
	if s.places == 0 && s.empty != nil {
		close(s.empty)
	}
}

func (s *sockets) add(c *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[c] = struct{}{}
}

func (s *sockets) remove(c *socket) {
	s.mu.Lock()
	delete(s.open, c)
	s.mu.Unlock()
	s.release()
}

func (s *sockets) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

func (s *sockets) all() []*socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*socket, 0, len(s.open))
	for c := range s.open {
		list = append(list, c)
	}
	return list
}

// sweep pings clients that have been silent for Quiet, and cuts off those that have been for
// three times as long.
func (s *sockets) sweep(now time.Time) {
	for _, c := range s.all() {
		switch silent := now.Sub(time.Unix(0, c.heard.Load())); {
		case silent > 3*s.cfg.Quiet:
			s.cfg.Log.Info("client closed", "remote", c.remote.String(), "why", "no sign of life")
			_ = c.ws.NetConn().Close()
		case silent > s.cfg.Quiet:
			_ = c.ws.WriteControl(websocket.PingMessage, nil, now.Add(time.Second))
		}
	}
}

// shutdown closes every WebSocket and waits until they are gone.
func (s *sockets) shutdown(ctx context.Context) error {
	s.mu.Lock()
	if s.empty == nil {
		s.empty = make(chan struct{})
		if s.places == 0 {
			close(s.empty)
		}
	}
	empty := s.empty
	s.mu.Unlock()
	for _, c := range s.all() {
		_ = c.Close()
	}
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
	}
	for _, c := range s.all() {
		_ = c.ws.NetConn().Close()
	}
	return ctx.Err()
}

// socket is one WebSocket. It is a session.Conn: Send and Close never wait. A goroutine
// writes only while there is something to write.
type socket struct {
	all    *sockets
	ws     *websocket.Conn
	remote netip.AddrPort
	heard  atomic.Int64 // Unix nanoseconds

	mu      sync.Mutex
	queue   []byte
	writing bool // a goroutine is in write
	closing bool // nothing is queued any more; what is queued is still sent
}

const (
	writeTime = 10 * time.Second // for one message
	closeTime = 2 * time.Second  // for the other side's close
)

// Send implements session.Conn. Past the bound the client is disconnected: it resumes.
func (c *socket) Send(p []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return io.ErrClosedPipe
	}
	if len(c.queue)+len(p) > c.all.cfg.Outbound {
		c.all.cfg.Log.Info("client closed", "remote", c.remote.String(), "code", int(wire.Slow), "queued", len(c.queue))
		c.closing, c.queue = true, nil
		_ = c.ws.NetConn().Close()
		return io.ErrShortBuffer
	}
	if c.queue == nil {
		c.queue = buffers.Get().(*[4096]byte)[:0]
	}
	c.queue = append(c.queue, p...)
	c.wake()
	return nil
}

// Close implements session.Conn.
func (c *socket) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		c.closing = true
		c.wake()
	}
	return nil
}

// RemoteAddr implements session.Conn.
func (c *socket) RemoteAddr() netip.AddrPort { return c.remote }

// wake starts the writer if none is at work. c.mu is held.
func (c *socket) wake() {
	if !c.writing {
		c.writing = true
		go c.write()
	}
}

// buffers hold queued bytes, and bytes that were read, for as long as it takes.
var buffers = sync.Pool{New: func() any { return new([4096]byte) }}

func keep(b []byte) {
	if cap(b) == 4096 {
		buffers.Put((*[4096]byte)(b[:4096]))
	}
}

// write sends what is queued, all of it in one message, until there is no more.
func (c *socket) write() {
	for {
		c.mu.Lock()
		out := c.queue
		c.queue = nil
		if len(out) == 0 {
			c.writing = false
			closing := c.closing
			c.mu.Unlock()
			if closing {
				c.bye(websocket.CloseNormalClosure, "")
			}
			return
		}
		c.mu.Unlock()
		_ = c.ws.SetWriteDeadline(time.Now().Add(writeTime))
		err := c.ws.WriteMessage(websocket.BinaryMessage, out)
		keep(out)
		if err != nil {
			c.mu.Lock()
			c.closing, c.writing, c.queue = true, false, nil
			c.mu.Unlock()
			_ = c.ws.NetConn().Close()
			return
		}
	}
}

// bye sends the closing frame and leaves the other side a moment to answer it.
func (c *socket) bye(code int, why string) {
	now := time.Now()
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, why), now.Add(closeTime))
	_ = c.ws.NetConn().SetReadDeadline(now.Add(closeTime))
}

// run reads until the connection ends. It is the only reader.
func (c *socket) run() {
	defer c.all.remove(c)
	defer c.ws.Close()
	c.ws.SetReadLimit(c.all.cfg.Message)
	c.ws.SetPongHandler(func(string) error { c.heard.Store(time.Now().UnixNano()); return nil })
	s := c.all.cfg.Hub.Open(c)
	if s != nil {
		defer s.Closed()
	}
	for c.message(s) {
	}
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
}

// message reads one message, false at the connection's end. s is nil for a client that was refused.
func (c *socket) message(s *session.Session) bool {
	kind, r, err := c.ws.NextReader()
	if err != nil {
		return false
	}
	c.heard.Store(time.Now().UnixNano())
	if kind != websocket.BinaryMessage {
		c.all.cfg.Log.Info("client closed", "remote", c.remote.String(), "why", "text frame")
		c.bye(websocket.CloseUnsupportedData, "binary messages only")
		return false
	}
	buf := buffers.Get().(*[4096]byte)
	defer buffers.Put(buf)
	for {
		n, err := r.Read(buf[:])
		if n > 0 && s != nil {
			s.Received(buf[:n])
		}
		if err == io.EOF {
			return true
		}
		if err != nil { // gorilla has told a client that sends too much
			c.all.cfg.Log.Info("client closed", "remote", c.remote.String(), "error", err)
			return false
		}
	}
}
