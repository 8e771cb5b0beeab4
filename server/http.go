package server

import (
	"context"
	"errors"
	"net/netip"

	"hansu/store"
	"hansu/web"
)

// listenHTTP makes the site and binds its address, if there is to be one.
func (s *Server) listenHTTP() error {
	if s.cfg.HTTP == "" {
		return nil
	}
	cfg := s.cfg.Site
	cfg.Hub, cfg.Archive, cfg.Public, cfg.Log = s.node.Hub, s.store, s.public, s.cfg.Log
	cfg.Ready = s.node.Ready
	if cfg.Sockets == 0 {
		cfg.Sockets = s.cfg.MaxClients
	}
	if cfg.PerAddress == 0 {
		cfg.PerAddress = s.cfg.Limits.PerAddress
	}
	if cfg.Outbound == 0 {
		cfg.Outbound = s.cfg.Outbound
	}
	s.site = web.New(cfg)
	front, err := web.Listen(s.cfg.HTTP, s.site, s.cfg.Listen)
	if err != nil {
		return &HTTPError{err}
	}
	s.http = front
	return nil
}

// HTTPError is why HTTP's address, or its certificate, cannot be used.
type HTTPError struct{ Err error }

func (e *HTTPError) Error() string { return e.Err.Error() }

func (e *HTTPError) Unwrap() error { return e.Err }

// HTTP is the address of the page, with the real port; the zero value without one.
func (s *Server) HTTP() netip.AddrPort {
	if s.http == nil {
		return netip.AddrPort{}
	}
	return s.http.Addr()
}

// webAddr is the same for the log.
func (s *Server) webAddr() string {
	if s.http == nil {
		return ""
	}
	return s.http.Addr().String()
}

// public says whether a table may be seen without knowing its code.
func (s *Server) public(code string) bool {
	sum, err := s.store.Table(context.Background(), code)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		s.cfg.Log.Error("table not looked up", "error", err)
	}
	return err == nil && sum.Public
}
