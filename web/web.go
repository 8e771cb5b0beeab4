// Package web is Hansu over HTTP: the embedded page, the packets of package wire as
// binary WebSocket messages on /ws, a JSON API below /api/v1, and the two addresses that
// tell a monitor how the server is (/healthz, /readyz).
//
//	site := web.New(web.Config{Hub: hub, Archive: store})
//	front, err := web.Listen(":9080", site)
//	go front.Serve()
//	…
//	front.Shutdown(ctx)
//
// A [Site] is an http.Handler and may be put behind another server; a [Server] is one
// listening address with the limits that a public server needs.
package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"hansu/archive"
	"hansu/session"
)

// Config is what a Site is made of. The zero value of an optional field is its default.
type Config struct {
	Hub     *session.Hub
	Archive archive.Source // finished games
	// Public says whether anyone may see a table: its public setting, as the log has it. False
	// for private and unknown tables. nil: no game of the archive is listed.
	Public func(code string) bool
	// Ready returns why the server cannot serve now; default: it can.
	Ready   func() error
	Log     *slog.Logger // default: nothing is logged
	Version string       // of the program, for the API

	Origins []string       // origins besides the site's own that may open a WebSocket: https://example.org
	Trusted []netip.Prefix // proxies whose X-Forwarded-For and X-Forwarded-Proto count

	Sockets  int           // WebSockets at once; default 16384
	Message  int64         // bytes in one message from a client; default 64 KiB
	Outbound int           // bytes queued for one client at most; default 1 MiB
	Quiet    time.Duration // silence after which a client is asked for a sign of life; default 30 s
	Streams  int           // live streams of the API at once; one address has a quarter of them at most; default 256

	PerAddress int // WebSockets of one address, loopback excepted; default 1024; negative: no limit
	Rate       int // requests of the API a second from one address; default 50; negative: no limit
	Frames     int // WebSocket messages, pings among them, a second from one client; default 1000; negative: no limit
}

func (c Config) withDefaults() Config {
	if c.Ready == nil {
		c.Ready = func() error { return nil }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if c.Public == nil {
		c.Public = func(string) bool { return false }
	}
	if c.Sockets == 0 {
		c.Sockets = 16384
	}
	if c.Message == 0 {
		c.Message = 64 << 10
	}
	if c.Outbound == 0 {
		c.Outbound = 1 << 20
	}
	if c.Quiet == 0 {
		c.Quiet = 30 * time.Second
	}
	if c.Streams == 0 {
		c.Streams = 256
	}
	if c.PerAddress == 0 {
		c.PerAddress = 1024
	}
	if c.Rate == 0 {
		c.Rate = 50
	}
	if c.Frames == 0 {
		c.Frames = 1000
	}
	return c
}

// Site answers every HTTP request. It is safe for use from any goroutine.
type Site struct {
	cfg     Config
	mux     *http.ServeMux
	index   *asset // the page
	sockets *sockets
	peers   *peers
	streams chan struct{} // a place for each stream of the API
	looks   chan struct{} // a place for each other request of the API
	stop    chan struct{} // closed by Shutdown: streams end
	stopped atomic.Bool
	refused *refusals
}

// looksMost is how many requests of the API are answered at once, streams aside.
const looksMost = 64

// New returns a site.
func New(cfg Config) *Site {
	cfg = cfg.withDefaults()
	s := &Site{
		cfg: cfg, mux: http.NewServeMux(), peers: newPeers(cfg), refused: newRefusals(cfg.Log),
		streams: make(chan struct{}, cfg.Streams), looks: make(chan struct{}, looksMost), stop: make(chan struct{}),
	}
	s.sockets = newSockets(cfg, s.peers, s.refused)
	s.mux.HandleFunc("GET /healthz", s.healthy)
	s.mux.HandleFunc("GET /readyz", s.ready)
	s.mux.HandleFunc("GET /ws", s.socket)
	s.pages()
	s.api()
	return s
}

// healthy answers as long as the program runs.
func (s *Site) healthy(w http.ResponseWriter, _ *http.Request) {
	plain(w, http.StatusOK, "ok\n")
}

// ready answers whether clients should be sent here.
func (s *Site) ready(w http.ResponseWriter, _ *http.Request) {
	if err := s.cfg.Ready(); err != nil || s.stopped.Load() {
		if err != nil {
			s.cfg.Log.Warn("not ready", "error", err)
		}
		plain(w, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// Sockets returns how many WebSockets are open.
func (s *Site) Sockets() int { return s.sockets.count() }

// Sweep asks silent clients for a sign of life and gives up those that gave none. Call it
// every few seconds; [Server.Serve] does.
func (s *Site) Sweep(now time.Time) {
	s.sockets.sweep(now)
	s.peers.sweep(now)
}

// Shutdown ends the streams and closes what WebSockets are left, once what is queued for
// them is sent or ctx ends. The hub has been shut down before.
func (s *Site) Shutdown(ctx context.Context) error {
	if s.stopped.CompareAndSwap(false, true) {
		close(s.stop)
	}
	if err := s.sockets.shutdown(ctx); err != nil {
		return errors.Join(errors.New("web: clients were cut off"), err)
	}
	return nil
}
