package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"runtime/debug"
	"strconv"

	"hansu/netio"
	"hansu/netio/chat"
	"hansu/netio/echo"
)

// job is the first line that a child of ours reads: what it is to be.
type job struct {
	Serve *Serve `json:",omitempty"`
	Load  *Load  `json:",omitempty"`

	Attack *Attack `json:",omitempty"`
}

// Serve is a server to be measured.
type Serve struct {
	Program   string // "echo", "chat", "gonet", or one of Host's
	Model     netio.Model
	Loops     int    // 0: as many as processors
	Data      string // directory of a server that keeps something
	WebSocket bool   // of the game server: listen for WebSockets
	DB, NATS  string // of the game server: one of several nodes
}

// What a server of ours is asked: its account, or its account after what connecting has left was collected and given back.
const (
	askUsage = "usage"
	askRest  = "rest"
)

// Host starts a server that this package does not know, such as the game server. run serves
// until the process ends.
type Host func(ctx context.Context, s Serve) (addr netip.AddrPort, run func() error, err error)

// Child makes this process a server or its clients, as the first line of in says, until in ends.
func Child(ctx context.Context, in io.Reader, out io.Writer, host Host) error {
	lines := bufio.NewScanner(in)
	if !lines.Scan() {
		return lines.Err()
	}
	var j job
	if err := json.Unmarshal(lines.Bytes(), &j); err != nil {
		return err
	}
	switch {
	case j.Serve != nil:
		return serveChild(ctx, *j.Serve, lines, out, host)
	case j.Load != nil:
		return loadChild(*j.Load, lines, json.NewEncoder(out))
	case j.Attack != nil:
		return attackChild(*j.Attack, lines, json.NewEncoder(out))
	}
	return fmt.Errorf("no job in %q", lines.Text())
}

func serveChild(ctx context.Context, s Serve, lines *bufio.Scanner, out io.Writer, host Host) error {
	addr, run, err := listen(ctx, s, host)
	if err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- run() }()
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		for lines.Scan() {
			if lines.Text() == strconv.Quote(askRest) {
				debug.FreeOSMemory()
			}
			_ = json.NewEncoder(out).Encode(answer{Value: selfUsage()})
		}
	}()
	debug.FreeOSMemory() // what starting has used and left would hide the memory of thousands of clients
	if _, err := fmt.Fprintln(out, addr); err != nil {
		return err
	}
	select {
	case <-asked:
		return nil // the process ends, and its clients' connections with it
	case err := <-failed:
		return err
	}
}

func listen(ctx context.Context, s Serve, host Host) (netip.AddrPort, func() error, error) {
	const local = "127.0.0.1:0"
	cfg := netio.Config{Model: s.Model, Loops: s.Loops}
	var srv netio.Server
	var err error
	switch {
	case s.Program == "echo":
		srv, err = echo.Listen(local, nil, cfg)
	case s.Program == "chat":
		srv, err = chat.Listen(local, nil, cfg)
	case s.Program == "gonet":
		return listenGoNet(local)
	case host != nil:
		return host(ctx, s)
	default:
		err = fmt.Errorf("no server %q", s.Program)
	}
	if err != nil {
		return netip.AddrPort{}, nil, err
	}
	return srv.Addr(), srv.Serve, nil
}

// listenGoNet is the echo server that every introduction to Go's net has: a baseline without netio.
func listenGoNet(addr string) (netip.AddrPort, func() error, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return netip.AddrPort{}, nil, err
	}
	run := func() error {
		for {
			c, err := l.Accept()
			if err != nil {
				return err
			}
			go func() {
				defer c.Close()
				buf := make([]byte, 4096)
				for {
					n, err := c.Read(buf)
					if n > 0 {
						if _, err := c.Write(buf[:n]); err != nil {
							return
						}
					}
					if err != nil {
						return
					}
				}
			}()
		}
	}
	return l.Addr().(*net.TCPAddr).AddrPort(), run, nil
}

// loadChild connects, says so, and runs a phase for each line.
func loadChild(load Load, lines *bufio.Scanner, out *json.Encoder) error {
	c, err := connect(load)
	defer c.close()
	if err != nil {
		return out.Encode(answer{Error: err.Error()})
	}
	if err := out.Encode(answer{Value: load.Clients}); err != nil {
		return err
	}
	for lines.Scan() {
		var ph Phase
		if err := json.Unmarshal(lines.Bytes(), &ph); err != nil {
			return err
		}
		r, err := c.run(ph)
		a := answer{Value: &r}
		if err != nil {
			a = answer{Error: err.Error()}
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return lines.Err()
}
