package server

import (
	"context"
	"errors"
	"sync"
	"time"

	"hansu/bus"
	"hansu/bus/nats"
	"hansu/store"
)

// peers is the way to the other nodes that serve the same database.
type peers struct {
	bus    bus.Bus
	prefix string // of all subjects: of no other database's nodes
	wake   chan struct{}
	work   sync.WaitGroup
}

// ErrNATS refuses several nodes over a file of one machine.
var ErrNATS = errors.New("server: NATS joins nodes that share a PostgreSQL database; a data directory is one server's alone")

// NATSFiles are the files that NATS may need; empty: not so.
type NATSFiles struct {
	Creds     string // a user's credentials
	CA        string // certificates that vouch for the server
	Cert, Key string // this node's own certificate
}

// JoinError is why the other nodes could not be reached at the start.
type JoinError struct{ Err error }

func (e *JoinError) Error() string { return e.Err.Error() }
func (e *JoinError) Unwrap() error { return e.Err }

// openPeers connects to the other nodes, nil if this one is to be alone.
func openPeers(ctx context.Context, cfg Config, st store.Store) (*peers, error) {
	if cfg.NATS == "" && cfg.Bus == nil {
		return nil, nil
	}
	shared, ok := st.(store.Shared)
	if !ok {
		return nil, ErrNATS
	}
	name, err := shared.Name(ctx)
	if err != nil {
		return nil, err
	}
	p := &peers{bus: cfg.Bus, prefix: "hansu." + name, wake: make(chan struct{}, 1)}
	if p.bus == nil {
		b, err := nats.Open(ctx, cfg.NATS, nats.Options{
			Name: "hansu " + shared.Node(), Log: cfg.Log,
			Creds: cfg.Files.Creds, CA: cfg.Files.CA, Cert: cfg.Files.Cert, Key: cfg.Files.Key,
		})
		if err != nil {
			return nil, &JoinError{err}
		}
		p.bus = b
	}
	return p, nil
}

// join says how a node reaches the others.
func (p *peers) join() *JoinConfig {
	if p == nil {
		return nil
	}
	return &JoinConfig{
		Send: func(node string, frame []byte) error { return p.bus.Publish(p.prefix+".node."+node, frame) },
		Cast: func(frame []byte) error { return p.bus.Publish(p.prefix+".all", frame) },
		Wake: func() {
			select {
			case p.wake <- struct{}{}:
			default:
			}
		},
		Go: func(do func()) { p.work.Go(do) }, Lease: lease,
	}
}

// listen lets the node hear the others.
func (p *peers) listen(n *Node, node string) error {
	if err := p.bus.Subscribe(p.prefix+".node."+node, n.Router().Received); err != nil {
		return err
	}
	return p.bus.Subscribe(p.prefix+".all", n.Router().Heard)
}

// run sends what is to be sent, until ctx ends.
func (p *peers) run(ctx context.Context, n *Node) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
			n.Router().Flush()
		case <-tick.C:
			n.Router().Tick()
		}
	}
}

func (p *peers) close() error {
	if p == nil {
		return nil
	}
	err := p.bus.Close()
	p.work.Wait()
	return err
}
