package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// ListenConfig is the setting of one listening address. The zero value of a field is its default.
type ListenConfig struct {
	Cert, Key string        // files in PEM: https and wss are served
	Header    time.Duration // from connecting to the end of a request's headers; default 10 s
	Idle      time.Duration // between two requests; default 60 s
	HeaderMax int           // bytes of headers; default 16 KiB
	Conns     int           // connections at once; default 20000
	Each      int           // connections of one address, trusted proxies and the loopback excepted; default 2048
}

func (c ListenConfig) withDefaults() ListenConfig {
	if c.Header == 0 {
		c.Header = 10 * time.Second
	}
	if c.Idle == 0 {
		c.Idle = time.Minute
	}
	if c.HeaderMax == 0 {
		c.HeaderMax = 16 << 10
	}
	if c.Conns == 0 {
		c.Conns = 20000
	}
	if c.Each == 0 {
		c.Each = 2048
	}
	return c
}

// Server is a Site at one listening address. Make it with Listen.
type Server struct {
	site   *Site
	http   *http.Server
	lis    net.Listener
	secure bool
	end    chan struct{}
	once   sync.Once
}

// Listen binds an address, such as ":9080" or "localhost:0", and reads the certificate.
// Requests are answered once Serve is called. The error is a *net.OpError of the
// address, or of the certificate's files.
func Listen(addr string, site *Site, cfg ListenConfig) (*Server, error) {
	cfg = cfg.withDefaults()
	s := &Server{site: site, end: make(chan struct{})}
	s.http = &http.Server{
		Handler: site, ReadHeaderTimeout: cfg.Header, IdleTimeout: cfg.Idle, MaxHeaderBytes: headerBytes(cfg.HeaderMax),
		// For a request's body, which is refused, and for one answer; streams and WebSockets set their own.
		ReadTimeout: cfg.Header, WriteTimeout: answerTime,
		ErrorLog: log.New(quiet{site.cfg.Log}, "", 0),
		// One HTTP/1.1 connection a WebSocket; nothing here gains from HTTP/2's streams.
		Protocols: new(http.Protocols),
	}
	s.http.Protocols.SetHTTP1(true)
	watchConns(s.http)
	if cfg.Cert != "" || cfg.Key != "" {
		pair, err := loadCertificate(cfg.Cert, cfg.Key, site.cfg.Log)
		if err != nil {
			return nil, err
		}
		s.secure = true
		s.http.TLSConfig = &tls.Config{GetCertificate: pair.get, MinVersion: tls.VersionTLS12}
	}
	lis, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.lis = &bounded{
		Listener: lis, site: site, secure: s.secure, each: cfg.Each,
		free: make(chan struct{}, cfg.Conns), clients: make(map[netip.Addr]int),
	}
	return s, nil
}

// Addr is the address with the real port.
func (s *Server) Addr() netip.AddrPort { return addrPort(s.lis.Addr()) }

// Secure says whether https is served.
func (s *Server) Secure() bool { return s.secure }

// answerTime is how long one answer may take.
const answerTime = 30 * time.Second

// headerBytes is what to tell net/http, which lets 4096 bytes more pass than it is told.
func headerBytes(most int) int { return max(most-4096, 1) }

// sweepEvery is how often silent clients are looked for.
const sweepEvery = 5 * time.Second

// Serve answers requests until Shutdown. It returns nil after it.
func (s *Server) Serve() error {
	go s.sweep()
	var err error
	if s.secure {
		err = s.http.ServeTLS(s.lis, "", "")
	} else {
		err = s.http.Serve(s.lis)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("web: %w", err)
}

func (s *Server) sweep() {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		select {
		case <-s.end:
			return
		case now := <-t.C:
			s.site.Sweep(now)
		}
	}
}

// Shutdown stops listening, lets requests end until ctx does, and closes the WebSockets.
func (s *Server) Shutdown(ctx context.Context) error {
	s.once.Do(func() { close(s.end) })
	err := s.site.Shutdown(ctx)
	if e := s.http.Shutdown(ctx); e != nil {
		err = errors.Join(err, e, s.http.Close())
	}
	return err
}

// Close gives the address up before Serve was called.
func (s *Server) Close() error { return s.lis.Close() }
