// Package session is one connected client, whatever its transport: hello, resume,
// limits, and the way between packets and tables.
//
// A [Hub] holds all sessions of a server. A transport calls Hub.Open for a new connection,
// then Received and Closed on the [Session] it gets. Tables answer on their shards' goroutines.
package session

import (
	"crypto/sha256"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"

	"hansu/lobby"
	"hansu/rules"
	"hansu/table"
	"hansu/wire"
)

// Conn is what a session needs of its transport. Send copies p, never waits and keeps the
// order of calls; Queued is how many bytes of it wait for a client that is slow to read; Close sends what is
// queued first. All may be called from any goroutine.
type Conn interface {
	Send(p []byte) error
	Queued() int
	Close() error
	RemoteAddr() netip.AddrPort
}

// Config is what a Hub is made of.
type Config struct {
	Lobby  *lobby.Lobby
	Shards []*table.Shard
	// Submit brings a command to its table, false if too many wait; default: to one of Shards.
	Submit func(table.Command) bool
	Nodes  Nodes // nil: this node is the whole server
	// Watched is told how many look on at a table on this node, when that has changed and now and then; may be nil.
	Watched func(id table.ID, viewers int)
	// Find looks a table's code up in the archive: tables that the lobby no longer knows. It
	// may wait. False: there is none.
	Find func(code string) (table.ID, bool)
	// Go runs what may wait beside everything else; default: as a goroutine.
	Go func(do func())
	// Later calls do after a time, and up to 10 ms more, at random; default: a timer's.
	Later func(wait rules.Millis, do func())
	// Text is the text of an error in a client's language.
	Text   func(language uint8, code wire.ErrorCode, problem rules.Problem) string
	Now    func() rules.Millis // service time
	Grace  rules.Millis        // of new tables
	Limits Limits
	Log    *slog.Logger // default: nothing is logged
}

// Hub holds the sessions of a server. It is safe for use from any goroutine.
type Hub struct {
	cfg     Config
	limits  Limits
	serial  uint32 // changes with each start
	lookups lookups
	crowds  *audiences
	opens   openings

	mu       sync.Mutex
	sessions []*Session             // in no order
	players  map[table.Key]*Session // by token, the oldest; the others follow it
	addrs    map[netip.Addr]int
	closing  bool
	away     bool // the clients are sent to other nodes

	refusals refusals
}

// NewHub returns a hub without sessions.
func NewHub(cfg Config) *Hub {
	if cfg.Go == nil {
		cfg.Go = func(do func()) { go do() }
	}
	if cfg.Later == nil {
		cfg.Later = func(wait rules.Millis, do func()) {
			time.AfterFunc(time.Duration(wait)*time.Millisecond+rand.N(10*time.Millisecond), do)
		}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	limits := cfg.Limits.WithDefaults()
	if cfg.Lobby != nil { // there is none where no session gets past Hello
		cfg.Lobby.Limit(limits.Tables)
		cfg.Lobby.Room(limits.Waiting)
	}
	return &Hub{
		cfg: cfg, limits: limits, serial: rand.Uint32(),
		crowds:  newAudiences(cfg.Watched),
		opens:   openings{from: make(map[netip.Addr]bucket)},
		players: make(map[table.Key]*Session),
		addrs:   make(map[netip.Addr]int),
	}
}

// Open starts a session on a new connection. nil: the connection was refused, was told
// why, and is being closed.
func (h *Hub) Open(c Conn) *Session {
	now := h.cfg.Now()
	s := &Session{hub: h, conn: c}
	addr := addressOf(c.RemoteAddr())
	s.last.Store(int64(now))
	s.partial.Store(int64(now)) // Hello must come
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closing || h.away:
		h.turnAway(c, wire.ShuttingDown)
		return nil
	case h.limits.PerAddress >= 0 && !addr.IsLoopback() && h.addrs[addr] >= h.limits.PerAddress:
		h.turnAway(c, wire.Full)
		return nil
	}
	s.index = int32(len(h.sessions))
	h.sessions = append(h.sessions, s)
	h.addrs[addr]++
	return s
}

// Refuse tells a connection over the server's limit why it is closed. It is netio's Config.Refuse.
func (h *Hub) Refuse(c Conn) { h.turnAway(c, wire.Full) }

func (h *Hub) turnAway(c Conn, why wire.ErrorCode) {
	h.refused("client refused", c.RemoteAddr(), why, true)
	e := wire.Error{Code: uint16(why), Text: []byte(h.cfg.Text(0, why, 0))}
	_ = c.Send(e.Append(nil, wire.Header{}))
	_ = c.Close()
}

// forget takes a session out of the hub.
func (h *Hub) forget(s *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.index < 0 {
		return
	}
	last := len(h.sessions) - 1
	h.sessions[s.index] = h.sessions[last]
	h.sessions[s.index].index = s.index
	h.sessions[last] = nil
	h.sessions, s.index = h.sessions[:last], -1
	addr := addressOf(s.conn.RemoteAddr())
	if h.addrs[addr]--; h.addrs[addr] <= 0 {
		delete(h.addrs, addr)
	}
	if s.ready {
		h.unlist(s)
	}
}

// unlist takes a session out of those with its token, if it is still among them.
func (h *Hub) unlist(s *Session) {
	first := h.players[s.key]
	switch {
	case first == s && s.newer == nil:
		delete(h.players, s.key)
	case first == s:
		h.players[s.key] = s.newer
	default:
		for x := first; x != nil; x = x.newer {
			if x.newer == s {
				x.newer = s.newer
				break
			}
		}
	}
}

// identify enters a session under its token. It returns the session that must make room.
func (h *Hub) identify(s *Session) (oldest *Session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.index < 0 { // closed meanwhile
		return nil
	}
	s.ready = true
	oldest = h.players[s.key]
	if oldest == nil {
		h.players[s.key] = s
		return nil
	}
	newest, count := oldest, 2 // with s
	for ; newest.newer != nil; newest = newest.newer {
		count++
	}
	newest.newer = s
	if count <= h.limits.PerPlayer {
		return nil
	}
	h.unlist(oldest)
	return oldest
}

// Sweep closes sessions that have been silent too long, and tells who is at a table how many
// watch it, if that has changed. It is called about once a second.
func (h *Hub) Sweep() {
	h.summarise()
	h.crowds.tell()
	h.opens.sweep(h.cfg.Now())
	now := int64(h.cfg.Now())
	var late []*Session
	h.mu.Lock()
	for _, s := range h.sessions {
		part := s.partial.Load()
		if part != 0 && now-part > int64(h.patience(s)) || now-s.last.Load() > int64(h.limits.Idle) {
			late = append(late, s)
		}
	}
	h.mu.Unlock()
	for _, s := range late {
		s.end(wire.Idle)
	}
}

func (h *Hub) patience(s *Session) rules.Millis {
	if s.ready {
		return h.limits.Partial
	}
	return h.limits.Handshake
}

// Elsewhere takes in how many look on at a table on another node.
func (h *Hub) Elsewhere(node string, id table.ID, viewers int) { h.crowds.elsewhere(node, id, viewers) }

// Count returns how many sessions there are.
func (h *Hub) Count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sessions)
}

// Shutdown tells every client that the server goes down and closes its connection, and
// turns newcomers away. Clients come back after a second or two, not all at once.
func (h *Hub) Shutdown() {
	h.mu.Lock()
	h.closing = true
	list := slices.Clone(h.sessions)
	h.mu.Unlock()
	for _, s := range list {
		bye := wire.Bye{Code: uint16(wire.ShuttingDown), After: 500 + rand.Uint32N(1500)}
		if h.cfg.Nodes != nil {
			bye.After = rand.Uint32N(500) // another node takes them in at once
		}
		s.send(&bye, wire.Header{})
		_ = s.conn.Close()
	}
}

// Retreat sends all clients to other nodes, and newcomers too, until it is called with false: this node can do
// nothing for them.
func (h *Hub) Retreat(away bool) {
	h.mu.Lock()
	was := h.away
	h.away = away
	var list []*Session
	if away && !was {
		list = slices.Clone(h.sessions)
	}
	h.mu.Unlock()
	for _, s := range list {
		s.send(&wire.Bye{Code: uint16(wire.ShuttingDown), After: rand.Uint32N(500)}, wire.Header{})
		_ = s.conn.Close()
	}
}

func (h *Hub) stopping() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closing
}

// submit brings a command to its table.
func (h *Hub) submit(cmd table.Command) bool {
	if h.cfg.Submit != nil {
		return h.cfg.Submit(cmd)
	}
	return h.cfg.Shards[int(cmd.Table)%len(h.cfg.Shards)].Submit(cmd)
}

// keyOf is what the server keeps of a token. Tokens are random, so a plain hash cannot be
// turned back.
func keyOf(t wire.Token) (k table.Key) {
	sum := sha256.Sum256(t[:])
	copy(k[:], sum[:])
	return k
}
