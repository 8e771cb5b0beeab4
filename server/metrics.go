package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// operator is the address at which a monitor asks how the server does, apart from the one that players
// see. It speaks Prometheus' text format, version 0.0.4:
// https://prometheus.io/docs/instrumenting/exposition_formats/
type operator struct {
	lis  net.Listener
	http *http.Server
}

// listenMetrics binds the operator's address, if there is to be one.
func (s *Server) listenMetrics() error {
	if s.cfg.Metrics == "" {
		return nil
	}
	lis, err := net.Listen("tcp", s.cfg.Metrics)
	if err != nil {
		return &MetricsError{err}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		s.writeMetrics(w)
	})
	s.operator = &operator{lis, &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}}
	return nil
}

// MetricsError is why the address of Config.Metrics cannot be used.
type MetricsError struct{ Err error }

func (e *MetricsError) Error() string { return e.Err.Error() }

func (e *MetricsError) Unwrap() error { return e.Err }

// Metrics is the operator's address, with the real port; the zero value without one.
func (s *Server) Metrics() netip.AddrPort {
	if s.operator == nil {
		return netip.AddrPort{}
	}
	a, _ := netip.ParseAddrPort(s.operator.lis.Addr().String())
	return a
}

func (o *operator) serve() error {
	if err := o.http.Serve(o.lis); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("metrics: %w", err)
	}
	return nil
}

func (o *operator) shutdown(ctx context.Context) error {
	if err := o.http.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("metrics: %w", err), o.http.Close())
	}
	return nil
}

// writeMetrics writes what is counted. Errors are the connection's.
func (s *Server) writeMetrics(w io.Writer) {
	single := func(name, kind, help string, value int64) {
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n%s %d\n", name, help, name, kind, name, value)
	}
	tcp := s.tcp.Stats()
	single("hansu_clients", "gauge", "Clients connected, by packets or by WebSocket.", int64(s.node.Hub.Count()))
	single("hansu_packet_connections", "gauge", "Connections to the packet port.", tcp.Open)
	single("hansu_packet_connections_accepted_total", "counter", "Connections that the packet port accepted.", tcp.Accepted)
	single("hansu_packet_accept_errors_total", "counter", "Connections that the system could not give.", tcp.AcceptErrors)
	single("hansu_service_milliseconds", "counter", "Service time: how long this data has been served, over all starts.", int64(s.node.Service()))
	if s.site != nil {
		single("hansu_http_requests_refused_total", "counter", "HTTP requests that were turned away.", s.site.Refused())
	}
	const name = "hansu_refusals_total"
	fmt.Fprintf(w, "# HELP %s Connections turned away or closed, and commands refused, by the protocol's number of the reason.\n# TYPE %s counter\n", name, name)
	for _, r := range s.node.Hub.Refusals() {
		fmt.Fprintf(w, "%s{code=\"%d\",reason=%q} %d\n", name, r.Code, r.Code, r.Count)
	}
}
