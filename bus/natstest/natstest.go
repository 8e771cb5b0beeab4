// Package natstest runs a real NATS server inside a test, at a port of the loopback that it keeps over restarts.
package natstest

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Server is a NATS server that can be stopped and started again.
type Server struct {
	t    testing.TB
	opts server.Options
	run  *server.Server // nil while stopped
}

// startTime is how long a server may take to start, and to get its port back. A machine at work needs little of it.
const startTime = time.Minute

// Start starts a server at a free port, with the options that set changes, and stops it when the test ends.
func Start(t testing.TB, set ...func(*server.Options)) *Server {
	t.Helper()
	s := &Server{t: t, opts: server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
	}}
	for _, f := range set {
		f(&s.opts)
	}
	s.Restart()
	s.opts.Port = s.run.Addr().(*net.TCPAddr).Port
	t.Cleanup(s.Stop)
	return s
}

// Restart starts a server that was stopped, at the same port, without anything of what it knew.
func (s *Server) Restart() {
	s.t.Helper()
	// Until the port is free again: somebody else may have it for a moment, as the near end of a connection.
	for deadline := time.Now().Add(startTime); ; {
		opts := s.opts
		run, err := server.NewServer(&opts)
		if err != nil {
			s.t.Fatalf("nats-server: %v", err)
		}
		run.Start()
		if run.ReadyForConnections(startTime / 6) {
			s.run = run
			return
		}
		run.Shutdown()
		run.WaitForShutdown()
		if time.Now().After(deadline) {
			s.t.Fatalf("nats-server does not start at port %d", s.opts.Port)
		}
	}
}

// Stop stops the server and returns when its port is closed.
func (s *Server) Stop() {
	if s.run != nil {
		s.run.Shutdown()
		s.run.WaitForShutdown()
		s.run = nil
	}
}

// Addr returns host and port, the same while it is stopped.
func (s *Server) Addr() string { return fmt.Sprintf("%s:%d", s.opts.Host, s.opts.Port) }

// URL returns the address for clients that need no password.
func (s *Server) URL() string { return "nats://" + s.Addr() }
