package netio

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"
)

// newThreads makes the server with a goroutine per client, on Go's net. Go itself
// waits with epoll, kqueue or a completion port behind its back: a goroutine that waits
// is parked, and a thread is only used while it runs.
func newThreads(addr string, k *core) (Server, error) {
	keep := net.KeepAliveConfig{
		Enable: true, Idle: keepAliveIdle * time.Second, Interval: keepAliveInterval * time.Second, Count: keepAliveCount,
	}
	ln, err := (&net.ListenConfig{KeepAliveConfig: keep}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, newError("listen", err)
	}
	lis := ln.(*net.TCPListener)
	if raw, err := lis.SyscallConn(); err == nil {
		_ = raw.Control(k.boundInbound)
	}
	return newStreamServer(k, netListener{lis}, false), nil
}

type netListener struct{ *net.TCPListener }

func (l netListener) accept() (stream, netip.AddrPort, error) {
	conn, err := l.AcceptTCP()
	for clientLeft(err) {
		conn, err = l.AcceptTCP()
	}
	if errors.Is(err, net.ErrClosed) {
		return nil, netip.AddrPort{}, errListenerClosed
	}
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	t, err := newNetStream(conn)
	return t, addrPort(conn.RemoteAddr()), err
}

func (l netListener) close() { _ = l.Close() }

func (l netListener) addr() netip.AddrPort { return addrPort(l.Addr()) }

// addrPort takes an IPv4 address out of the IPv6 one that a socket for both gives.
func addrPort(a net.Addr) netip.AddrPort {
	ap := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// past is a deadline that has been missed already.
var past = time.Unix(1, 0)

// write waits until all is written.
func (t *netStream) write(parts [][]byte) (int, error) {
	bufs := net.Buffers(parts)
	n, err := bufs.WriteTo(t.conn)
	return int(n), err
}

func (t *netStream) interrupt() { _ = t.conn.SetDeadline(past) }

func (t *netStream) close(reset bool) {
	if reset {
		_ = t.conn.SetLinger(0)
	}
	_ = t.conn.Close()
}

func (t *netStream) local() netip.AddrPort { return addrPort(t.conn.LocalAddr()) }

// Dial connects to addr, "host:port", and serves the connection with h on a goroutine of
// its own. Opened has not been called yet when it returns. Of cfg, Outbound and
// Linger count; cfg.Model may be Messages where the system has it, and is otherwise
// taken for Threads. The error is an *Error of the call that failed, or a *ModelError.
func Dial(addr string, h Handler, cfg Config) (Conn, error) {
	cfg = cfg.withDefaults()
	if cfg.Model == Messages {
		return dialMessages(addr, h, cfg)
	}
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, newError("connect", err)
	}
	tcp := conn.(*net.TCPConn)
	t, err := newNetStream(tcp)
	if err != nil {
		_ = tcp.Close()
		return nil, newError("connect", err)
	}
	k := newCore(h, cfg)
	k.admit()
	c := &streamConn{k: k, t: t, remote: addrPort(tcp.RemoteAddr())}
	go c.serve()
	return c, nil
}
