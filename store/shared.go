package store

import (
	"context"
	"crypto/rand"
	"fmt"

	"hansu/rules"
)

// Shared is a Store that several nodes write to. Each table is decided by the one node that
// owns it, under an epoch that grows with every change of owner: records of an older epoch are
// refused with [ErrConflict], so that a node that was paused or cut off can do no harm.
//
// A node is known by an id that no other start of any process has. It is alive while its lease
// runs, which Renew prolongs. Service time is one for all nodes; it also goes on while a table has no
// owner, and a table's lag says how much of it that was.
type Shared interface {
	Store
	// Node is this node's id.
	Node() string
	// Time returns the service time that all nodes share.
	Time(ctx context.Context) (rules.Millis, error)
	// Renew stores that this node is alive at service time now, and will be for the length of a lease.
	Renew(ctx context.Context, now rules.Millis) error
	// Claim makes this node the owner of a table, unless a node that is alive is: then the error
	// is an *OwnerError. Claiming what one owns changes nothing. The table's records must be read after
	// Claim has returned, not before.
	Claim(ctx context.Context, id TableID, now rules.Millis) (Ownership, error)
	// Owner returns the node that owns the table and is alive; "" if there is none.
	Owner(ctx context.Context, id TableID) (string, error)
	// Release gives up this node's tables and its lease, at service time now.
	Release(ctx context.Context, now rules.Millis) error
	// Orphans calls f with the running tables whose owner is gone, those with the earliest
	// deadline first, until f returns ErrStop.
	Orphans(ctx context.Context, f func(Orphan) error) error
	// Reserve returns the first of n table ids in a row that nobody else gets.
	Reserve(ctx context.Context, n int) (TableID, error)
	// Lead makes this node the holder of a role if no other living node has it, and returns the holder.
	Lead(ctx context.Context, role string) (node string, err error)
	// ChangedSince calls f with summaries written since a moment that an earlier call returned (0: all
	// that are not Shut), and returns the moment to go on from. A summary may come more than once.
	ChangedSince(ctx context.Context, moment int64, f func(Summary) error) (next int64, err error)
}

// Ownership says under what a node may write to a table.
type Ownership struct {
	Epoch uint32
	Lag   rules.Millis // how long the table has been without an owner, in all; its own time is service time less this
}

// Orphan is a table without an owner.
type Orphan struct {
	Table    TableID
	Deadline rules.Millis // of its last record, in service time as if it had been owned ever since; 0: never
}

// OwnerError says that another node, which is alive, owns the table.
type OwnerError struct {
	Table TableID
	Node  string
}

func (e *OwnerError) Error() string {
	return fmt.Sprintf("store: table %d is owned by node %s", e.Table, e.Node)
}

// NewNode draws an id for a node.
func NewNode() string { return rand.Text()[:16] }
