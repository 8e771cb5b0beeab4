package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"hansu/session"
	"hansu/wire"
)

// sockets are the WebSockets of a site.
type sockets struct {
	cfg     Config
	upgrade websocket.Upgrader
	peers   *peers
	refused *refusals

	mu     sync.Mutex
	open   map[*socket]struct{}
	places int           // taken, also by handshakes that are not done yet
	empty  chan struct{} // closed when the last one has gone, while shutting down

	work chan *socket  // to readers that have nothing to do
	idle atomic.Int32  // so many of them
	gone chan struct{} // closed by shutdown: readers end
}

// readSize is the read buffer that each connection holds, in bytes: the least that gorilla takes from us. What
// players send is smaller; what is longer is read past it.
const readSize = 288

func newSockets(cfg Config, peers *peers, refused *refusals) *sockets {
	s := &sockets{cfg: cfg, peers: peers, refused: refused, open: make(map[*socket]struct{}), work: make(chan *socket), gone: make(chan struct{})}
	s.upgrade = websocket.Upgrader{
		HandshakeTimeout: 5 * time.Second,
		WriteBufferSize:  4096, WriteBufferPool: &sync.Pool{},
		CheckOrigin: func(*http.Request) bool { return true }, // Site.socket has checked
	}
	return s
}

// socket serves /ws. The goroutine of the request ends here: what stays of an idle client is one goroutine that does
// nothing but wait, for which the smallest stack is enough, and a small buffer.
func (s *Site) socket(w http.ResponseWriter, r *http.Request) {
	switch {
	case !websocket.IsWebSocketUpgrade(r):
		w.Header().Set("Upgrade", "websocket")
		s.refuse(w, r, http.StatusUpgradeRequired, whyUpgrade)
		return
	case !s.origin(r):
		s.refuse(w, r, http.StatusForbidden, whyOrigin)
		return
	case s.stopped.Load():
		s.refuse(w, r, http.StatusServiceUnavailable, whyStopping)
		return
	}
	remote := s.remote(r)
	if status, why := s.sockets.reserve(remote); status != 0 {
		s.refuse(w, r, status, why)
		return
	}
	upgrade := s.sockets.upgrade // a copy: the answer to a bad handshake is this request's
	upgrade.Error = func(w http.ResponseWriter, r *http.Request, status int, _ error) {
		w.Header().Set("Sec-WebSocket-Version", "13")
		s.refuse(w, r, status, whyHandshake)
	}
	taken := taking{ResponseWriter: w}
	ws, err := upgrade.Upgrade(&taken, r, nil)
	if err != nil {
		s.sockets.release(remote)
		return
	}
	c := &socket{all: s.sockets, ws: ws, in: taken.in, raw: waitable(ws.NetConn()), remote: remote}
	c.heard.Store(time.Now().UnixNano())
	s.sockets.add(c)
	go c.run()
}

// taking gives gorilla a read buffer of which we know how full it is.
type taking struct {
	http.ResponseWriter
	in *bufio.Reader
}

// Hijack implements http.Hijacker.
func (t *taking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil || rw.Reader.Buffered() > 0 { // gorilla refuses who does not wait for the answer
		return conn, rw, err
	}
	t.in = bufio.NewReaderSize(conn, readSize)
	return conn, bufio.NewReadWriter(t.in, rw.Writer), nil
}

// reserve takes a place for one more WebSocket, or returns with which status it is refused and why.
func (s *sockets) reserve(remote netip.AddrPort) (status int, why string) {
	if !s.peers.socket(remote.Addr()) {
		return http.StatusTooManyRequests, whyAddress
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places >= s.cfg.Sockets || s.empty != nil {
		s.peers.socketGone(remote.Addr())
		return http.StatusServiceUnavailable, whyFull
	}
	s.places++
	return 0, ""
}

func (s *sockets) release(remote netip.AddrPort) {
	s.peers.socketGone(remote.Addr())
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
	s.release(c.remote)
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
			s.refused.add("client closed", whySilent, c.remote)
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
		close(s.gone)
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
	in     *bufio.Reader   // what ws reads from
	raw    syscall.RawConn // to wait for what comes; nil: only by reading
	remote netip.AddrPort
	heard  atomic.Int64 // Unix nanoseconds

	// The reader's, which is one goroutine after the other.
	session *session.Session // nil for a client that was refused
	second  int64            // that frames are counted in
	frames  int              // come in it
	told    bool             // the client was told why it is closed

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
		c.all.refused.add("client closed", whySlow, c.remote, "code", int(wire.Slow), "queued", len(c.queue))
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

// Queued implements session.Conn.
func (c *socket) Queued() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue)
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

// run begins to read.
func (c *socket) run() {
	c.ws.SetReadLimit(c.all.cfg.Message)
	c.ws.SetPongHandler(func(string) error { return c.frame() })
	c.ws.SetPingHandler(func(data string) error {
		err := c.frame()
		if err == nil { // whether the answer goes out shows elsewhere
			_ = c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
		}
		return err
	})
	c.session = c.all.cfg.Hub.Open(c)
	c.pause()
}

// pause leaves the connection to a goroutine that has never needed more than the smallest stack. A stack
// that has grown does not shrink while it is waited on, and reading a WebSocket takes more.
func (c *socket) pause() {
	if c.raw == nil {
		c.all.read(c)
		return
	}
	go c.wait()
}

// wait waits until something comes, or nothing will.
func (c *socket) wait() {
	_ = c.raw.Read(readable) // what is wrong with the connection, reading finds out
	c.all.read(c)
}

// read has a goroutine read what has come for c.
func (s *sockets) read(c *socket) {
	select {
	case s.work <- c:
	default:
		go s.reader(c)
	}
}

// reader reads for one connection after the other. Some readers wait for work, for their stacks have grown already.
func (s *sockets) reader(c *socket) {
	most := int32(2 * runtime.GOMAXPROCS(0))
	for {
		c.read()
		if s.idle.Add(1) > most {
			s.idle.Add(-1)
			return
		}
		select {
		case c = <-s.work:
			s.idle.Add(-1)
		case <-s.gone:
			return
		}
	}
}

// read reads until nothing is there or the connection ends. There is never more than one reader of a connection.
func (c *socket) read() {
	for c.message(c.session) {
		if c.raw != nil && c.in.Buffered() == 0 {
			c.pause()
			return
		}
	}
	defer c.all.remove(c)
	defer c.ws.Close()
	if c.session != nil {
		defer c.session.Closed()
	}
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	if c.told {
		c.linger()
	}
}

// lingerBytes is how much of what a client still sends is thrown away after it was told why it is closed.
const lingerBytes = 1 << 20

// linger waits, not long, until the client has had the chance to read the closing frame: closing with
// unread bytes makes TCP throw away what is on its way to it.
func (c *socket) linger() {
	conn := c.ws.NetConn()
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	_ = conn.SetReadDeadline(time.Now().Add(closeTime))
	_, _ = io.CopyN(io.Discard, conn, lingerBytes)
}

// errFlood ends a client that sends more messages than anybody could mean. What is in them has
// the session's own limits; empty ones and pings have only this one.
var errFlood = errors.New("web: too many messages")

// frame counts a message or a ping.
func (c *socket) frame() error {
	now := time.Now()
	c.heard.Store(now.UnixNano())
	if s := now.Unix(); s != c.second {
		c.second, c.frames = s, 0
	}
	if c.frames++; c.all.cfg.Frames > 0 && c.frames > c.all.cfg.Frames {
		return errFlood
	}
	return nil
}

// message reads one message, false at the connection's end. s is nil for a client that was refused.
func (c *socket) message(s *session.Session) bool {
	kind, r, err := c.ws.NextReader()
	if err == nil {
		err = c.frame()
	}
	if err != nil {
		c.failed(err)
		return false
	}
	if kind != websocket.BinaryMessage {
		c.all.refused.add("client closed", whyText, c.remote)
		c.told = true
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
		if err != nil {
			c.failed(err)
			return false
		}
	}
}

// failed tells bad frames, which gorilla has answered, from an end of the connection.
func (c *socket) failed(err error) {
	var end *websocket.CloseError
	switch {
	case errors.Is(err, errFlood):
		c.all.refused.add("client closed", whyFlood, c.remote)
		c.told = true
		c.bye(websocket.ClosePolicyViolation, "too many messages")
	case errors.As(err, &end):
	case errors.Is(err, websocket.ErrReadLimit), strings.HasPrefix(err.Error(), "websocket: "):
		c.all.refused.add("client closed", whyFrame, c.remote, "error", err)
		c.told = true
		c.bye(websocket.CloseMessageTooBig, "") // unless gorilla has said what it is
	}
}
