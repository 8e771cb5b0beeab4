package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hansu/rules"
	"hansu/store"
	"hansu/store/postgres"
	"hansu/store/sqlite"
)

// openStore opens where the games are kept: a file of this machine, or a database.
func openStore(ctx context.Context, cfg Config) (store.Store, error) {
	if cfg.DB == "" {
		return sqlite.Open(ctx, cfg.Data, sqlite.Options{Log: cfg.Log})
	}
	opts := postgres.Options{Node: store.NewNode(), Lease: lease, Log: cfg.Log}
	check := joined
	if cfg.NATS == "" && cfg.Bus == nil {
		opts.Node, check = lone+opts.Node, alone
	}
	st, err := postgres.Open(ctx, cfg.DB, opts)
	if err != nil {
		return nil, err
	}
	if err := check(ctx, st); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	if cfg.between != nil {
		return cfg.between(st), nil
	}
	return st, nil
}

// lease is how long a node counts as alive after it has stored that it is.
const lease = 3 * time.Second

// lone begins the id of a node that serves its database without others.
const lone = "alone-"

// alone makes sure that no other node serves the database. The lease of one that was killed runs for a few
// seconds more, so that is waited for.
func alone(ctx context.Context, st store.Shared) error {
	return unlessServed(ctx, st, func(node string) bool { return true })
}

// joined makes sure that no node serves the database that knows of no others.
func joined(ctx context.Context, st store.Shared) error {
	return unlessServed(ctx, st, func(node string) bool { return strings.HasPrefix(node, lone) })
}

// unlessServed waits until no living node is in the way, for a little longer than a lease.
func unlessServed(ctx context.Context, st store.Shared, bad func(node string) bool) error {
	wait, cancel := context.WithTimeout(ctx, lease+2*time.Second)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		nodes, err := st.Nodes(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(nodes, func(node string) bool { return node != st.Node() && bad(node) }) {
			return nil
		}
		select {
		case <-wait.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("open database: %w", store.ErrLocked)
		case <-tick.C:
		}
		if _, err := st.Renew(ctx, 0); err != nil {
			return err
		}
	}
}

// base is the service time that the clock starts from: past all that is stored.
func base(ctx context.Context, st store.Store) (rules.Millis, error) {
	beat, err := st.LastBeat(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the service clock: %w", err)
	}
	shared, ok := st.(store.Shared)
	if !ok {
		return beat + 1, nil
	}
	now, err := shared.Time(ctx)
	if err != nil {
		return 0, err
	}
	return max(now, beat+1), nil
}

// owner returns how a shard comes to own tables of st; nil where all are its own.
func owner(st store.Store, now func() rules.Millis) func(context.Context, store.TableID) (store.Ownership, error) {
	shared, ok := st.(store.Shared)
	if !ok {
		return nil
	}
	return func(ctx context.Context, id store.TableID) (store.Ownership, error) {
		return shared.Claim(ctx, id, now())
	}
}

// alive stores that the server is alive at service time now.
func alive(ctx context.Context, st store.Store, now rules.Millis) error {
	if shared, ok := st.(store.Shared); ok {
		_, err := shared.Renew(ctx, now)
		return err
	}
	return st.Beat(ctx, now)
}

// Leave stores the last moment at which the node was alive, and lets go of what it owns. Its shards must have ended.
func (n *Node) Leave(ctx context.Context) error {
	shared, ok := n.cfg.Store.(store.Shared)
	if !ok {
		return n.cfg.Store.Beat(ctx, n.Service())
	}
	err := shared.Release(ctx, n.Service())
	if n.member != nil {
		n.member.router.Leave()
	}
	return err
}
