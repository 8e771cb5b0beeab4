package table

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"hansu/rules"
	"hansu/store"
)

// Shard runs a Core: it drains a mailbox, steps, stores, publishes. While a batch
// commits, the next one gathers in the mailbox: that is the group commit.
type Shard struct {
	core  *Core
	store store.Store
	own   func(ctx context.Context, id store.TableID) (store.Ownership, error)
	away  func(cmd Command, node string)
	alive func() bool
	now   func() Time
	log   *slog.Logger
	limit int
	wake  func()
	pause func(ctx context.Context, wait time.Duration) bool
	spare []Command // the mailbox of the turn before, to be used again
	over  bool      // an append of unknown outcome was given up: it may still happen, so nothing more is decided

	// doubts are tables that may be this node's, for a claim came to an unknown end or their records were not
	// read: no other node looks at what falls due there.
	doubts map[store.TableID]struct{}

	mu   sync.Mutex
	in   []Command
	held map[store.TableID]uint32 // for Retain; nil: not asked for
	mail chan struct{}
}

// ShardConfig is what a Shard needs.
type ShardConfig struct {
	Config
	Store   store.Store
	Now     func() Time
	Log     *slog.Logger
	Mailbox int // commands that may wait; more are refused
	// Own makes this server the one that decides at a table, before its records are read. nil: all tables
	// are this server's. A *store.OwnerError says that they are another's.
	Own func(ctx context.Context, id store.TableID) (store.Ownership, error)

	// Elsewhere is handed the commands for tables that another node owns, in their order. nil: they are
	// refused.
	Elsewhere func(cmd Command, node string)

	// Alive says whether this server may answer for the tables that it owns: others may have taken them
	// while it was paused, and what it knows of them may be out of date. While it may not, clients are refused with
	// StoreDown. nil: always.
	Alive func() bool

	// Who schedules shards himself, as a simulation does, calls Turn instead of Run, and sets
	// both of these; nil is what Run needs.

	// Wake is called, from anywhere, when the mailbox is no longer empty.
	Wake func()
	// Pause waits before a failed append is tried again; false gives up, for the server stops.
	Pause func(ctx context.Context, wait time.Duration) bool
}

// NewShard returns a shard that Run serves.
func NewShard(cfg ShardConfig) *Shard {
	s := &Shard{
		core: NewCore(cfg.Config), store: cfg.Store, own: cfg.Own, away: cfg.Elsewhere, alive: cfg.Alive, now: cfg.Now, log: cfg.Log,
		limit: cfg.Mailbox, wake: cfg.Wake, pause: cfg.Pause, mail: make(chan struct{}, 1),
	}
	if s.wake == nil {
		s.wake = s.signal
	}
	if s.pause == nil {
		s.pause = pause
	}
	return s
}

// signal wakes Run.
func (s *Shard) signal() {
	select {
	case s.mail <- struct{}{}:
	default:
	}
}

func pause(ctx context.Context, wait time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
		return true
	}
}

// Expect names a stored table that must be looked at when at comes. Only before Run.
func (s *Shard) Expect(id store.TableID, at rules.Millis) { s.core.Expect(id, at) }

// Submit queues a command and returns; false if too many wait. It may be called from anywhere.
func (s *Shard) Submit(cmd Command) bool {
	s.mu.Lock()
	// A Detach is never refused: each takes the room of a viewer that is gone.
	if _, detach := cmd.Do.(Detach); len(s.in) >= s.limit && !detach {
		s.mu.Unlock()
		return false
	}
	s.in = append(s.in, cmd)
	first := len(s.in) == 1
	s.mu.Unlock()
	if first {
		s.wake()
	}
	return true
}

// Look makes the shard look at a table although nobody asks for it: it becomes this node's, if it is no
// other's, and what is due there happens.
func (s *Shard) Look(id store.TableID) bool { return s.Submit(Command{Table: id, Do: tick{}}) }

// Retain makes the shard let go of all tables but those in held, which has their epochs: this node was out
// of touch for so long that others may have taken some. held must not be changed any more.
func (s *Shard) Retain(held map[store.TableID]uint32) {
	s.mu.Lock()
	s.held = held
	s.mu.Unlock()
	s.wake()
}

// retain does what Retain asked for.
func (s *Shard) retain() {
	s.mu.Lock()
	held := s.held
	s.held = nil
	s.mu.Unlock()
	if held != nil {
		s.core.Retain(held)
	}
}

// take swaps the mailbox with an empty one.
func (s *Shard) take(empty []Command) []Command {
	clear(empty)
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.in
	s.in = empty[:0]
	return got
}

// sweepEvery is how often unused tables are put out of memory.
const sweepEvery = time.Minute

// Run serves until ctx ends; what was submitted before that is still decided and stored.
func (s *Shard) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	for {
		done := false
		select {
		case <-s.mail:
		case <-timer.C:
		case <-sweep.C:
			s.Sweep()
		case <-ctx.Done():
			done = true
		}
		s.Turn(ctx)
		if done {
			return
		}
		if at, ok := s.Next(); ok {
			timer.Reset(max(0, time.Duration(at-s.now().Service)*time.Millisecond))
		}
	}
}

// Turn does what Run does each time it wakes: it decides what waits in the mailbox and what is
// due, stores it and publishes it. Not at the same time as Run, or another Turn.
func (s *Shard) Turn(ctx context.Context) {
	s.retain()
	s.spare = s.core.Due(s.now().Service, s.take(s.spare))
	s.turn(ctx, s.spare)
}

// Next returns the service time of the next turn although no command comes. Between turns only.
func (s *Shard) Next() (rules.Millis, bool) { return s.core.Next() }

// Sweep puts tables out of memory that nobody looks at and that wait for nothing soon. Between
// turns only; Run does it every minute.
func (s *Shard) Sweep() {
	s.core.Sweep(s.now().Service, 10*rules.Millis(sweepEvery/time.Millisecond))
}

// Len returns how many tables are in memory. Between turns only.
func (s *Shard) Len() int { return s.core.Len() }

// turn decides, stores and publishes one batch.
func (s *Shard) turn(ctx context.Context, cmds []Command) {
	if len(cmds) == 0 {
		return
	}
	if s.over {
		for _, cmd := range cmds {
			refuse(cmd, StoreDown)
		}
		return
	}
	cmds = s.load(ctx, cmds)
	if !s.speaks() {
		cmds = unanswered(cmds)
	}
	b := s.core.Step(s.now(), cmds)
	if len(b.Writes) > 0 {
		if !s.append(ctx, b) {
			return
		}
		if !s.speaks() { // it was accepted, perhaps long ago, and others may have gone on since
			s.drop(b)
			return
		}
	}
	s.core.Publish(b)
}

// speaks reports whether what is in memory may be told to clients. It asks in this order: whoever is alive again
// has said before which tables it must let go of.
func (s *Shard) speaks() bool {
	if s.alive == nil {
		return true
	}
	if !s.alive() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held == nil
}

// unanswered refuses the commands that somebody waits for, and leaves those of which the store alone will judge.
func unanswered(cmds []Command) []Command {
	kept := cmds[:0]
	for _, cmd := range cmds {
		switch cmd.Do.(type) {
		case Detach, tick:
			kept = append(kept, cmd)
		default:
			refuse(cmd, StoreDown)
		}
	}
	clear(cmds[len(kept):])
	return kept
}

// readAgain is when a table that is due and could not be read is tried again, in milliseconds.
const readAgain = 1000

// load brings the tables that commands are for into memory. Commands for tables that cannot
// be read are refused here.
func (s *Shard) load(ctx context.Context, cmds []Command) []Command {
	kept := cmds[:0]
	for _, cmd := range cmds {
		_, create := cmd.Do.(Create)
		_, detach := cmd.Do.(Detach)
		switch {
		case create || detach || s.core.Has(cmd.Table):
			// Nobody looks at a table that is not in memory, so there is nothing to detach from;
			// but a Create that comes first in this batch may bring it there.
		default:
			err := s.restore(ctx, cmd.Table)
			if err == nil || errors.Is(err, store.ErrNotFound) {
				delete(s.doubts, cmd.Table)
			}
			if other, ok := errors.AsType[*store.OwnerError](err); ok && s.away != nil {
				if _, due := cmd.Do.(tick); !due {
					s.away(cmd, other.Node)
				}
				delete(s.doubts, cmd.Table)
				continue
			}
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				s.log.Error("table not read", "table", cmd.Table, "error", err)
				if !s.core.Has(cmd.Table) {
					if _, due := cmd.Do.(tick); due || s.doubt(cmd.Table) { // nobody else will ask
						s.core.Expect(cmd.Table, s.now().Service+readAgain)
					}
					refuse(cmd, StoreDown)
					continue
				}
			}
		}
		kept = append(kept, cmd)
	}
	clear(cmds[len(kept):])
	return kept
}

// doubtsMost bounds what clients can make a shard look at again while the database is away.
const doubtsMost = 4096

// doubt notes a table that may be this node's. It reports whether the table is new among those.
func (s *Shard) doubt(id store.TableID) bool {
	if _, known := s.doubts[id]; known || s.own == nil || len(s.doubts) >= doubtsMost {
		return false
	}
	if s.doubts == nil {
		s.doubts = make(map[store.TableID]struct{})
	}
	s.doubts[id] = struct{}{}
	return true
}

func refuse(cmd Command, why Refusal) {
	if cmd.From != nil {
		cmd.From.Answer(Answer{Table: cmd.Table, Number: cmd.Number, Refusal: why, Do: cmd.Do, Tag: cmd.Tag})
	}
}

func (s *Shard) restore(ctx context.Context, id store.TableID) error {
	own := first
	if s.own != nil {
		var err error
		if own, err = s.own(context.WithoutCancel(ctx), id); err != nil {
			return err
		}
	}
	var recs []store.Record
	err := s.store.Records(context.WithoutCancel(ctx), id, 1, func(r store.Record) error {
		r.Data = append([]byte(nil), r.Data...)
		recs = append(recs, r)
		return nil
	})
	if err != nil {
		return err
	}
	if len(recs) == 0 {
		return store.ErrNotFound
	}
	return s.core.Restore(id, own, recs, s.now().Service)
}

// append makes a batch durable. A failed commit may have happened all the same, so the
// identical append is tried until it succeeds; meanwhile nothing is decided and newcomers
// hear that the disk does not take records. False: the batch must not be published.
func (s *Shard) append(ctx context.Context, b *Batch) bool {
	wait := 10 * time.Millisecond
	for {
		// Never cancelled: a cancelled commit is one with an unknown outcome.
		err := s.store.Append(context.WithoutCancel(ctx), b.Writes)
		switch {
		case err == nil:
			return true
		case errors.Is(err, store.ErrConflict):
			s.log.Error("record number taken by another writer", "error", err)
			s.drop(b)
			return false
		}
		s.log.Error("records not stored, trying again", "records", len(b.Writes), "error", err)
		if !s.pause(ctx, wait) {
			// Shutting down with a broken disk: nobody was told; clients send again.
			s.over = true
			s.drop(b)
			return false
		}
		wait = min(2*wait, time.Second)
		for _, cmd := range s.take(nil) {
			if _, detach := cmd.Do.(Detach); detach {
				s.Submit(cmd)
				continue
			}
			refuse(cmd, StoreDown)
		}
	}
}

// drop forgets the tables of a batch that is not in the store; they are read again when someone comes for
// them, and soon even if nobody does: what was decided may be the last that will ever be asked of them.
func (s *Shard) drop(b *Batch) {
	forget := func(id store.TableID) {
		if s.core.Has(id) {
			s.core.Forget(id)
			if !s.over {
				s.core.Expect(id, s.now().Service+readAgain)
			}
		}
	}
	for _, w := range b.Writes {
		forget(w.Table)
	}
	for i := range b.outputs {
		if t := b.outputs[i].table; t != nil { // one that somebody came to, and nothing was written
			forget(t.id)
		}
		if o := &b.outputs[i]; o.kind == outAnswer {
			refuse(Command{Table: o.answer.Table, Number: o.answer.Number, From: o.viewer, Do: o.answer.Do, Tag: o.answer.Tag}, StoreDown)
		}
	}
}
