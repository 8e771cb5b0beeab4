package chat

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"hansu/netio"
	"hansu/netio/observe"
)

const patience = 30 * time.Second

// TestChat has three clients of a socket course talk, one of them alone where the model
// serves one at a time.
func TestChat(t *testing.T) {
	for _, m := range netio.Models() {
		if m.Client {
			continue
		}
		t.Run(string(m.Model), func(t *testing.T) {
			if !m.Available {
				t.Skipf("model %s %s", m.Model, m.Why)
			}
			talk(t, m.Model)
		})
	}
}

func talk(t *testing.T, m netio.Model) {
	connected := make(chan struct{}, 3)
	srv, err := Listen("127.0.0.1:0", func(e observe.Event) {
		if e.Kind == observe.Connected {
			connected <- struct{}{}
		}
	}, netio.Config{Model: m})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve() }()
	clients := 3
	if m == netio.Blocking {
		clients = 1
	}
	var conns []net.Conn
	for range clients {
		c, err := net.Dial("tcp", srv.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		_ = c.SetDeadline(time.Now().Add(patience))
		conns = append(conns, c)
		<-connected
	}
	// Who hears anything is in; the first to be in hears all.
	for i, c := range conns {
		if _, err := c.Write([]byte{'!'}); err != nil {
			t.Fatal(err)
		}
		if err := expect(c, "!"); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			if err := expect(conns[0], "!"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := conns[0].Write([]byte{'#'}); err != nil {
		t.Fatal(err)
	}
	for _, c := range conns {
		for b := []byte{'!'}; b[0] == '!'; {
			if _, err := io.ReadFull(c, b); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, words := range []string{"hello\x00", "\xbe\xc8\xb3\xe7", strings.Repeat("y", 255), "no end"} {
		if _, err := io.WriteString(conns[i%clients], words); err != nil {
			t.Fatal(err)
		}
		for j, c := range conns {
			if err := expect(c, words); err != nil {
				t.Fatalf("client %d: %v", j, err)
			}
		}
	}
	last := conns[clients-1]
	if _, err := io.WriteString(last, "bye"); err != nil {
		t.Fatal(err)
	}
	_ = last.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(last); err != nil || string(got) != "bye" {
		t.Errorf("the leaving client heard %q, %v", got, err)
	}
	_ = last.Close()
	for _, c := range conns[:clients-1] {
		if err := expect(c, "bye"); err != nil {
			t.Error(err)
		}
	}
	if err := srv.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

type unexpected string

func (u unexpected) Error() string { return "got " + string(u) }

func expect(c net.Conn, want string) error {
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c, got); err != nil {
		return err
	} else if string(got[:n]) != want {
		return unexpected(got[:n])
	}
	return nil
}
