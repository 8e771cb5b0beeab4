package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

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
	// Name returns a word of letters and digits that no other database's nodes have.
	Name(ctx context.Context) (string, error)
	// Nodes returns the ids of the nodes that are alive, in order.
	Nodes(ctx context.Context) ([]string, error)
	// Time returns the service time that all nodes share.
	Time(ctx context.Context) (rules.Millis, error)
	// Renew stores that this node is alive at service time now, and will be for the length of a lease. lapsed
	// says that its lease had ended in between, so that others may have claimed its tables: see Held.
	Renew(ctx context.Context, now rules.Millis) (lapsed bool, err error)
	// Claim makes this node the owner of a table, unless a node that is alive is: then the error
	// is an *OwnerError. Claiming what one owns changes nothing. The table's records must be read after
	// Claim has returned, not before.
	Claim(ctx context.Context, id TableID, now rules.Millis) (Ownership, error)
	// Owner returns the node that owns the table and is alive; "" if there is none.
	Owner(ctx context.Context, id TableID) (string, error)
	// Release gives up this node's tables and its lease, at service time now.
	Release(ctx context.Context, now rules.Millis) error
	// Held calls f with the tables not Shut that this node owns, in order of id, until f returns ErrStop. A node that was
	// paused for longer than its lease learns from it which tables it must let go of.
	Held(ctx context.Context, f func(id TableID, epoch uint32) error) error
	// Orphans calls f with the running tables whose owner is gone, those with the earliest
	// deadline first, until f returns ErrStop.
	Orphans(ctx context.Context, f func(Orphan) error) error
	// Reserve returns the first of n table ids in a row that nobody else gets.
	Reserve(ctx context.Context, n int) (TableID, error)
	// ChangedSince calls f with summaries written since a moment that an earlier call returned (0: all
	// that are not Shut), and returns the moment to go on from. A summary may come more than once.
	ChangedSince(ctx context.Context, moment int64, f func(Summary) error) (next int64, err error)
	// TablesOf calls f with the tables not Shut at which a key has a seat, in order of id, until f returns ErrStop.
	TablesOf(ctx context.Context, key []byte, f func(Summary) error) error
	// Pair finds a place for a wish: a free seat, or a table to open. It is decided here for all nodes, one wish of a
	// kind after the other, so that who comes first is seated first. The first of these that fits holds:
	//
	//   - The same command again, or the same wish with the same Table: what it led to. The table whose opener
	//     it is: Opened while that has no record (on this node from now on, if the node that was to open it is
	//     gone), then Own. The table at which it has the promise: Free, and the promise is renewed.
	//   - Unless Own: the key waits at a table of this kind already: Own.
	//   - Unless Own: Free, at the oldest place of this kind that somebody else opened, that is not promised to
	//     another, and whose table has an owner who is alive, or will have: it has no record yet, but the
	//     node that opens it is alive and has not been at it for long.
	//   - Opened: the table of the wish is a place from now on.
	//
	// A promise holds for PromiseTime. A place is no more as soon as its table has a summary that is not Open, and
	// a while after its node failed to open the table. A table in Skip is as if it were not there.
	//
	// A place is no record: it must not be told to anybody before the table's record is durable. Once a command
	// has a seat by a record, its place is no more and Pair does not know the command; so who may have got a command
	// twice, from two nodes, looks at TablesOf after Pair, and takes the place back if the command is there.
	// After an error the outcome is open: the same wish again settles it, or Unpair.
	Pair(ctx context.Context, w Wish) (Place, error)
	// Unpair takes back a promise of a table to a key, or the place itself if the key opened it and the table has no
	// record. The first record must not be under way, nor its outcome unknown. If there is no such thing, nothing happens.
	Unpair(ctx context.Context, id TableID, key []byte) error
}

// PromiseTime is how long a seat is kept for whom Pair sent there.
const PromiseTime = 5 * time.Second

// Wish is a player's wish to play with whoever wishes the same.
type Wish struct {
	Kind             []byte // what must be equal for two players to be paired
	Key              []byte // hash of the player's token
	Instance, Number uint32 // the command: sent again, it leads to the same table; Number 0: not numbered
	// Table and Code are those of the table to open if nobody waits. The id must have been reserved.
	Table TableID
	Code  string
	Own   bool      // open a table, whoever waits; it is a place for later wishes
	Skip  []TableID // tables not to be sent to
}

// Place is what a wish led to.
type Place struct {
	Table TableID
	Code  string
	Node  string // that opened the table or is about to; who owns it now, Owner says
	How   PlaceKind
}

// PlaceKind is how a wish came to its place.
type PlaceKind uint8

// The ways to a place.
const (
	Opened PlaceKind = 1 // the wisher opens the table; it has no record yet
	Free   PlaceKind = 2 // the table's free seat was promised to the wisher
	Own    PlaceKind = 3 // the wisher waits there already
)

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
