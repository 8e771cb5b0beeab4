package netio

import (
	"context"
	"testing"
)

// piecesHandler answers each read with three sends.
type piecesHandler struct{ echoHandler }

func (piecesHandler) Received(c Conn, p []byte) {
	third := len(p) / 3
	_ = c.Send(p[:third])
	_ = c.Send(p[third : 2*third])
	_ = c.Send(p[2*third:])
}

// startBare runs a server and connects a client that is a plain blocking socket, so
// that allocations counted are the server's.
func startBare(tb testing.TB, h Handler, m Model) (exchange func([]byte), stop func()) {
	tb.Helper()
	srv, err := Listen("127.0.0.1:0", h, Config{Model: m})
	if err != nil {
		tb.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve() }()
	s, err := newSocket(false)
	if err != nil {
		tb.Fatal(err)
	}
	setOptions(s)
	if no, err := connectSocket(s, srv.Addr(), false); no != 0 || err != nil {
		tb.Fatal(no, err)
	}
	exchange = func(p []byte) {
		if _, no := sendSocket(s, p); no != 0 {
			tb.Fatal(no)
		}
		for got := 0; got < len(p); {
			n, no := recvSocket(s, p[got:])
			if no != 0 || n == 0 {
				tb.Fatal(n, no)
			}
			got += n
		}
	}
	return exchange, func() {
		closeSocket(s)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			tb.Error(err)
		}
		if err := <-served; err != nil {
			tb.Error(err)
		}
	}
}

// TestOneWriteATick has what a handler sends in several pieces leave in one call.
func TestOneWriteATick(t *testing.T) {
	for _, m := range []Model{Events, Completion} {
		t.Run(string(m), func(t *testing.T) {
			exchange, stop := startBare(t, piecesHandler{}, m)
			defer stop()
			p := []byte("0123456789ab")
			exchange(p)
			calls.Clear()
			const n = 20
			for range n {
				exchange(p)
			}
			sends := countOf("WSASend") + countOf("send")
			if clients := int64(n); sends-clients != n {
				t.Errorf("%d calls of send and WSASend by the server for %d answers of three pieces, want one each", sends-clients, n)
			}
		})
	}
}

// BenchmarkEcho is one 64-byte message there and back; allocations are the server's.
func BenchmarkEcho(b *testing.B) {
	for _, m := range []Model{Blocking, Threads, Events, Completion} {
		b.Run(string(m), func(b *testing.B) {
			hook := callHook
			callHook = nil
			defer func() { callHook = hook }()
			exchange, stop := startBare(b, echoHandler{}, m)
			defer stop()
			p := make([]byte, 64)
			b.ReportAllocs()
			for b.Loop() {
				exchange(p)
			}
		})
	}
}
