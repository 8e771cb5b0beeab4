package client_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"hansu/client"
	"hansu/rules"
	"hansu/server"
)

// cutter is a connection on which a test makes what is sent get lost.
type cutter struct {
	net.Conn
	mu   sync.Mutex
	lose bool
}

func (c *cutter) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lose {
		c.Conn.Close()
		return len(p), nil // as a kernel takes what then never arrives
	}
	return c.Conn.Write(p)
}

func (c *cutter) lost() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lose = true
}

// TestLostCommand: a command that never arrived is carried out after the connection is taken up
// again, by a program that has itself come back to its seat before. The server is the real one.
func TestLostCommand(t *testing.T) {
	srv, err := server.New(t.Context(), server.Config{Data: t.TempDir(), TCP: "127.0.0.1:0", Flush: patience})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })

	join := client.Join{Variant: rules.Variant{Kind: rules.Omok}}
	earlier := dial(t, srv.TCP().String())
	token := next[client.Online](t, earlier).Token
	if _, err := earlier.Do(join); err != nil {
		t.Fatal(err)
	}
	next[client.Sat](t, earlier)
	other := dial(t, srv.TCP().String())
	if _, err := other.Do(join); err != nil {
		t.Fatal(err)
	}
	until(t, earlier, func(r client.Record) bool { return r.Table.Running() })
	earlier.Close()

	var conn *cutter
	cfg := quick(srv.TCP().String())
	cfg.Token = token
	cfg.Dial = func(ctx context.Context, address string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if conn == nil && err == nil {
			conn = &cutter{Conn: c}
			return conn, nil
		}
		return c, err
	}
	c, err := client.Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if online := next[client.Online](t, c); online.Tables != 1 {
		t.Fatalf("%+v", online)
	}
	if _, err := c.Do(client.Resume{}); err != nil {
		t.Fatal(err)
	}
	table := until(t, c, func(r client.Record) bool { return r.Table.MyTurn() && r.Number >= r.Table.Past }).Table
	conn.lost()
	if _, err := c.Do(table.Play(rules.Move{To: rules.Point{Col: 7, Row: 7}})); err != nil {
		t.Fatal(err)
	}
	limit := time.After(patience)
	for {
		select {
		case e := <-c.Events():
			switch e := e.(type) {
			case client.Answer:
				if _, move := e.To.(client.MakeMove); move && e.Err != nil {
					t.Fatalf("the move that was lost is refused: %v", e.Err)
				}
			case client.Record:
				if len(e.Table.Moves) == 1 {
					return
				}
			}
		case <-limit:
			t.Fatal("the move was never made")
		}
	}
}

// until waits for a record that fits.
func until(t *testing.T, c *client.Client, fits func(client.Record) bool) client.Record {
	t.Helper()
	for {
		if r := next[client.Record](t, c); fits(r) {
			return r
		}
	}
}
