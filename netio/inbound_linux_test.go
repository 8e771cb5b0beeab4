package netio

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestInbound: what clients send ahead is bounded from the listening socket on, from which theirs inherit it.
func TestInbound(t *testing.T) {
	for _, model := range []Model{Blocking, Threads, Events, Completion} {
		size := func(inbound int) (n int) {
			s, err := Listen("127.0.0.1:0", nil, Config{Model: model, Inbound: inbound})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Shutdown(t.Context()) }()
			look := func(fd uintptr) { n, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF) }
			switch s := s.(type) {
			case *loopServer:
				look(uintptr(s.fd))
			case *streamServer:
				switch l := s.ln.(type) {
				case *blockingListener:
					look(uintptr(l.fd))
				case netListener:
					raw, rawErr := l.SyscallConn()
					if rawErr != nil {
						t.Fatal(rawErr)
					}
					_ = raw.Control(look)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		const bound = 24 << 10
		if n := size(bound); n != 2*bound { // the kernel doubles it: socket(7)
			t.Errorf("%s: %d bytes, want %d", model, n, 2*bound)
		}
		if n := size(0); n <= 2*bound {
			t.Errorf("%s: %d bytes by default", model, n)
		}
	}
}
