package netio

import (
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

// keptAlive reports whether the connection that the server has at its port is kept alive.
func keptAlive(t *testing.T, port int) bool {
	t.Helper()
	for fd := 3; fd < 1024; fd++ {
		sa, err := unix.Getsockname(fd)
		if err != nil {
			continue
		}
		in, ok := sa.(*unix.SockaddrInet4)
		if !ok || in.Port != port {
			continue
		}
		if _, err := unix.Getpeername(fd); err != nil {
			continue // the listening socket
		}
		on, err1 := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE)
		idle, err2 := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE)
		return err1 == nil && err2 == nil && on == 1 && idle == keepAliveIdle
	}
	t.Fatal("no socket of the server's")
	return false
}

type openedHandler struct{ opened chan struct{} }

func (h openedHandler) Opened(Conn)           { h.opened <- struct{}{} }
func (h openedHandler) Received(Conn, []byte) {}
func (h openedHandler) ReadEnded(c Conn)      { _ = c.Close() }
func (h openedHandler) Closed(Conn, error)    {}

// TestKeepAlive: on every model a peer that is gone without a word is noticed.
func TestKeepAlive(t *testing.T) {
	for _, m := range Models() {
		if m.Client {
			continue
		}
		t.Run(string(m.Model), func(t *testing.T) {
			if !m.Available {
				t.Skipf("model %s %s", m.Model, m.Why)
			}
			h := openedHandler{make(chan struct{}, 1)}
			srv, err := Listen("127.0.0.1:0", h, Config{Model: m.Model})
			if err != nil {
				t.Fatal(err)
			}
			served := make(chan error, 1)
			go func() { served <- srv.Serve() }()
			c, err := net.Dial("tcp4", srv.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			<-h.opened
			if !keptAlive(t, int(srv.Addr().Port())) {
				t.Error("a peer that is gone would not be noticed")
			}
			_ = c.Close()
			if err := srv.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
			if err := <-served; err != nil {
				t.Error(err)
			}
		})
	}
}
