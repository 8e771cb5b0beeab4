package netio

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"

	"golang.org/x/sys/windows"
)

// winServer is what the servers of events and completion share on Windows: the
// listening socket, the set of connections and the shutting down.
type winServer struct {
	k      *core
	lis    windows.Handle
	at     netip.AddrPort
	wakeUp func() // after a broadcast
	halt   func() // stops accepting; called once, by Shutdown, with mu held

	mu      sync.Mutex
	conns   map[*winConn]struct{} // refused ones, too
	serving bool
	closed  bool
	under   int           // calls of accept under way, which must end before the server does
	idle    chan struct{} // closed when closed is set and nothing is left
}

func newWinServer(addr string, k *core) (*winServer, error) {
	lis, at, err := listenTCP(addr)
	if err != nil {
		return nil, err
	}
	k.boundInbound(uintptr(lis))
	return &winServer{k: k, lis: lis, at: at, conns: make(map[*winConn]struct{}), idle: make(chan struct{})}, nil
}

// boundInbound has the system keep no more than Config.Inbound of what a client sends. Accepted sockets inherit it.
func (k *core) boundInbound(s uintptr) {
	if k.cfg.Inbound > 0 {
		_ = setSockOpt(windows.Handle(s), windows.SOL_SOCKET, windows.SO_RCVBUF, uint32(k.cfg.Inbound))
	}
}

// listenTCP makes a listening socket. Without a host it takes IPv6 and IPv4, or
// IPv4 alone on a machine that has no IPv6.
func listenTCP(addr string) (windows.Handle, netip.AddrPort, error) {
	if err := wsaStartup(); err != nil {
		return invalidSocket, netip.AddrPort{}, err
	}
	tcp, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return invalidSocket, netip.AddrPort{}, newError("listen", err)
	}
	port := uint16(tcp.Port)
	if len(tcp.IP) == 0 {
		s, at, err := listenAt(netip.AddrPortFrom(netip.IPv6Unspecified(), port))
		if !lacksIPv6(err) {
			return s, at, err
		}
		return listenAt(netip.AddrPortFrom(netip.IPv4Unspecified(), port))
	}
	at := tcp.AddrPort()
	return listenAt(netip.AddrPortFrom(at.Addr().Unmap(), port))
}

// lacksIPv6 tells a machine without IPv6 from an address that cannot be had.
func lacksIPv6(err error) bool {
	return errors.Is(err, windows.WSAEAFNOSUPPORT) || errors.Is(err, windows.WSAEPROTONOSUPPORT) ||
		errors.Is(err, windows.WSAENOPROTOOPT) || errors.Is(err, windows.WSAEADDRNOTAVAIL)
}

func listenAt(at netip.AddrPort) (windows.Handle, netip.AddrPort, error) {
	v6 := at.Addr().Is6()
	s, err := newSocket(v6)
	if err != nil {
		return invalidSocket, at, err
	}
	if v6 && at.Addr().IsUnspecified() {
		err = setSockOpt(s, windows.IPPROTO_IPV6, windows.IPV6_V6ONLY, 0)
	}
	if err == nil {
		err = bindSocket(s, at, v6)
	}
	if err == nil {
		err = listenSocket(s)
	}
	if err != nil {
		closeSocket(s)
		return invalidSocket, at, err
	}
	return s, localAddrOf(s), nil
}

// Addr implements Server.
func (s *winServer) Addr() netip.AddrPort { return s.at }

// Stats implements Server.
func (s *winServer) Stats() Stats { return s.k.Stats() }

// Broadcast implements Server.
func (s *winServer) Broadcast(p []byte) {
	s.k.casts.append(p)
	s.wakeUp()
}

// start notes that Serve runs. It is false after Shutdown.
func (s *winServer) start() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serving = !s.closed
	return s.serving
}

func (s *winServer) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// enter counts an accepted client and takes its connection into the set. It is false
// when the client is to be closed unheard.
func (s *winServer) enter(c *winConn) bool {
	if !s.k.admit() {
		if !s.k.mayRefuse() {
			return false
		}
		c.refused = true
	}
	s.mu.Lock()
	s.conns[c] = struct{}{}
	closed := s.closed
	s.mu.Unlock()
	if closed {
		c.closeFor(ErrShutdown)
	}
	return true
}

// forget takes an ended connection out.
func (s *winServer) forget(c *winConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	s.checkIdleLocked()
}

func (s *winServer) checkIdleLocked() {
	if !s.closed || len(s.conns) > 0 || s.under > 0 {
		return
	}
	select {
	case <-s.idle:
	default:
		close(s.idle)
	}
}

func (s *winServer) all() []*winConn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.conns))
}

// Shutdown implements Server. It gives ctx's error when that ended first. A handler must
// not call it: it waits for the handlers' last calls.
func (s *winServer) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		s.halt()
		s.checkIdleLocked()
	}
	s.mu.Unlock()
	for _, c := range s.all() {
		c.closeFor(ErrShutdown)
	}
	select {
	case <-s.idle:
		return nil
	case <-ctx.Done():
	}
	for _, c := range s.all() {
		c.abortFor(ErrShutdown)
	}
	<-s.idle
	return ctx.Err()
}
