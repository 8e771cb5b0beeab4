package table

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hansu/rules"
	"hansu/store"
)

// memory is a store that can be told to fail. Only what a shard uses is there.
type memory struct {
	store.Store
	mu      sync.Mutex
	records map[store.TableID][]store.Record
	fail    error // Append answers this; nil: it works
	lands   bool  // a failing Append has happened all the same
	appends int
}

func (m *memory) set(fail error, lands bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail, m.lands = fail, lands
}

func (m *memory) Append(_ context.Context, writes []store.Write) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.appends++
	if m.fail != nil && !m.lands {
		return m.fail
	}
	for _, w := range writes {
		log := m.records[w.Table]
		if int(w.Seq) <= len(log) {
			if string(log[w.Seq-1].Data) != string(w.Data) {
				return store.ErrConflict
			}
			continue
		}
		w.Data = append([]byte(nil), w.Data...)
		m.records[w.Table] = append(log, w.Record)
	}
	return m.fail
}

func (m *memory) Records(_ context.Context, id store.TableID, from uint32, f func(store.Record) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.records[id] {
		if r.Seq >= from {
			if err := f(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *memory) count(id store.TableID) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.records[id])
}

// listener is a viewer that may be asked from another goroutine.
type listener struct {
	mu      sync.Mutex
	records []string
	answers []Answer
	drops   int
}

func (l *listener) Attach(Attachment)   {}
func (l *listener) CaughtUp(Attachment) {}
func (l *listener) Deliver(p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, string(p))
}
func (l *listener) Answer(a Answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answers = append(l.answers, a)
}
func (l *listener) Drop(store.TableID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drops++
}
func (l *listener) heard() (records, answers, drops int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.records), len(l.answers), l.drops
}
func (l *listener) lastAnswer() Answer {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answers[len(l.answers)-1]
}

// shardTest runs f with a shard, on the bubble's own clock.
func shardTest(t *testing.T, f func(t *testing.T, s *Shard, m *memory)) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{records: map[store.TableID][]store.Record{}}
		began := time.Now()
		s := NewShard(ShardConfig{
			Config: Config{Encode: func(dst []byte, r *Record) []byte { return fmt.Appendf(dst, "%d", r.Seq) }, Reconnect: 10_000},
			Store:  m, Mailbox: 8, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
			Now: func() Time {
				return Time{Service: 1 + rules.Millis(time.Since(began)/time.Millisecond), Wall: time.Now().UnixMilli()}
			},
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { s.Run(ctx); close(done) }()
		defer func() { stop(); <-done }()
		f(t, s, m)
	})
}

func commandOf(l *listener, key byte, number uint32, do Action) Command {
	return Command{Table: 1, From: l, Key: Key{key}, Instance: 1, Number: number, Do: do}
}

func send(s *Shard, l *listener, key byte, number uint32, do Action) bool {
	return s.Submit(commandOf(l, key, number, do))
}

// sendTogether brings commands to one batch: of those that are sent one by one, the shard may take the first
// before the next is there.
func sendTogether(s *Shard, cmds ...Command) {
	s.mu.Lock()
	s.in = append(s.in, cmds...)
	s.mu.Unlock()
	s.wake()
}

// seatTwo brings two players to table 1.
func seatTwo(s *Shard) (a, b *listener) {
	a, b = &listener{}, &listener{}
	send(s, a, 1, 1, Create{Setting: omokFree, Name: "one"})
	send(s, b, 2, 1, Sit{Name: "two"})
	synctest.Wait()
	return a, b
}

// TestNothingIsHeardBeforeItIsDurable: while the store fails nobody hears of the move, not
// even that it was refused; newcomers hear that the store is down; when the store works
// again the move stands, once.
func TestNothingIsHeardBeforeItIsDurable(t *testing.T) {
	for _, lands := range []bool{false, true} {
		t.Run(fmt.Sprintf("commit happened: %v", lands), func(t *testing.T) {
			shardTest(t, func(t *testing.T, s *Shard, m *memory) {
				a, b := seatTwo(s)
				ra, aa, _ := a.heard()
				rb, ab, _ := b.heard()
				m.set(fmt.Errorf("%w: disk", store.ErrUnknown), lands)
				// The second is refused, and even that waits.
				sendTogether(s, commandOf(a, 1, 2, stone("h8")), commandOf(b, 2, 2, stone("h8")))
				time.Sleep(5 * time.Second)
				if r, x, _ := a.heard(); r != ra || x != aa {
					t.Fatalf("heard %d records, %d answers before the commit", r-ra, x-aa)
				}
				send(s, b, 2, 3, Say{"hello"})
				time.Sleep(5 * time.Second)
				if r, x, _ := b.heard(); r != rb || x != ab+1 || b.lastAnswer().Refusal != StoreDown {
					t.Fatalf("%d records, %d answers, the last %+v", r-rb, x-ab, b.lastAnswer())
				}
				m.set(nil, false)
				time.Sleep(5 * time.Second)
				if r, x, d := a.heard(); r != ra+1 || x != aa+1 || d != 0 || m.count(1) != 3 {
					t.Fatalf("%d records, %d answers, %d drops, %d stored", r-ra, x-aa, d, m.count(1))
				}
				// What was refused as "store down" had no effect and may be sent again.
				send(s, b, 2, 3, Say{"hello"})
				synctest.Wait()
				if b.lastAnswer().Refusal != Accepted {
					t.Fatalf("%+v", b.lastAnswer())
				}
			})
		})
	}
}

// TestAnotherWriter: if a record's number is taken, the table is read again and its viewers
// come back for it; no record is overwritten.
func TestAnotherWriter(t *testing.T) {
	shardTest(t, func(t *testing.T, s *Shard, m *memory) {
		a, b := seatTwo(s)
		m.mu.Lock()
		other := appendRecord(nil, Author{Seat: 1, Instance: 9, Number: 9}, []Event{Said{Seat: 1, Text: "from elsewhere"}})
		m.records[1] = append(m.records[1], store.Record{Table: 1, Seq: 3, Epoch: 1, At: 5, Data: other})
		m.mu.Unlock()
		send(s, a, 1, 2, stone("h8"))
		synctest.Wait()
		if _, _, d := a.heard(); d != 1 || a.lastAnswer().Refusal != StoreDown {
			t.Fatalf("%d drops, answer %+v", d, a.lastAnswer())
		}
		if _, _, d := b.heard(); d != 1 {
			t.Fatal("the opponent was not told")
		}
		if _, due := s.Next(); !due {
			t.Fatal("if neither comes back, nobody will look at the table")
		}
		back := &listener{}
		send(s, back, 1, 3, Attach{})
		send(s, back, 1, 2, stone("h8"))
		synctest.Wait()
		if r, _, _ := back.heard(); r != 4 || back.lastAnswer().Refusal != Accepted || m.count(1) != 4 {
			t.Fatalf("%d records, %+v, %d stored", r, back.lastAnswer(), m.count(1))
		}
	})
}

// TestNothingIsDecidedAfterGivingUp: a server that ends while the store fails gives up what it decided, whose
// outcome nobody knows. The same record number is not given to something else behind it.
func TestNothingIsDecidedAfterGivingUp(t *testing.T) {
	m := &memory{records: map[store.TableID][]store.Record{}}
	s := NewShard(ShardConfig{
		Config: Config{Encode: func(dst []byte, r *Record) []byte { return fmt.Appendf(dst, "%d", r.Seq) }, Reconnect: 1},
		Store:  m, Mailbox: 8, Log: slog.New(slog.DiscardHandler), Wake: func() {},
		Now:   func() Time { return Time{Service: 1_000_000} },
		Pause: func(context.Context, time.Duration) bool { return false },
	})
	a, b := &listener{}, &listener{}
	send(s, a, 1, 1, Create{Setting: omokFree, Name: "one"})
	send(s, b, 2, 1, Sit{Name: "two"})
	s.Turn(t.Context())
	m.set(store.ErrUnknown, false)
	send(s, a, 1, 2, stone("h8"))
	s.Turn(t.Context())
	m.set(nil, false)
	appends := m.appends
	for number, do := range []Action{Attach{}, Say{"the same number?"}, stone("i8"), Create{Setting: omokFree, Name: "one"}} {
		send(s, a, 1, uint32(3+number), do)
		s.Turn(t.Context())
		if got := a.lastAnswer(); got.Refusal != StoreDown {
			t.Errorf("%T: %+v", do, got)
		}
	}
	if _, due := s.Next(); due || m.appends != appends || m.count(1) != 2 {
		t.Errorf("%d appends, then %d; %d records; due %v", appends, m.appends, m.count(1), due)
	}
}

// TestNothingIsAnsweredWithoutALease: while others may have taken the tables, nobody is told what this server knows of them, for that
// may be old; nor when a record is accepted at last that may have been stored long ago.
func TestNothingIsAnsweredWithoutALease(t *testing.T) {
	shardTest(t, func(t *testing.T, s *Shard, m *memory) {
		var lapsed atomic.Bool
		s.alive = func() bool { return !lapsed.Load() }
		a, b := seatTwo(s)
		lapsed.Store(true)
		guest := &listener{}
		send(s, guest, 3, 1, Attach{})
		send(s, a, 1, 2, stone("h8"))
		synctest.Wait()
		for _, l := range []*listener{guest, a} {
			if l.lastAnswer().Refusal != StoreDown {
				t.Errorf("answer %+v", l.lastAnswer())
			}
		}
		if r, _, _ := guest.heard(); r != 0 || m.count(1) != 2 {
			t.Fatalf("%d records told, %d stored", r, m.count(1))
		}

		lapsed.Store(false)
		send(s, a, 1, 3, stone("h8"))
		synctest.Wait()
		m.set(store.ErrUnknown, true)
		send(s, b, 2, 2, stone("i8"))
		synctest.Wait() // it has happened, and the shard does not know
		lapsed.Store(true)
		before, _, _ := a.heard()
		m.set(nil, false)
		time.Sleep(5 * time.Second)
		for _, l := range []*listener{a, b} {
			if _, _, drops := l.heard(); drops != 1 {
				t.Errorf("%d drops", drops)
			}
		}
		if after, _, _ := a.heard(); after != before || b.lastAnswer().Refusal != StoreDown {
			t.Errorf("%d records told, %+v", after-before, b.lastAnswer())
		}
	})
}

// TestTimersFire: a flag falls although nobody asks.
func TestTimersFire(t *testing.T) {
	shardTest(t, func(t *testing.T, s *Shard, m *memory) {
		a, b := &listener{}, &listener{}
		send(s, a, 1, 1, Create{Setting: with(omokFree, "1+0"), Name: "one"})
		send(s, b, 2, 1, Sit{Name: "two"})
		synctest.Wait()
		before, _, _ := b.heard()
		time.Sleep(59 * time.Second)
		if r, _, _ := b.heard(); r != before {
			t.Fatal("too early")
		}
		time.Sleep(2 * time.Second)
		if r, _, _ := b.heard(); r != before+1 {
			t.Fatal("the flag did not fall")
		}
	})
}

// TestMailboxIsBounded: what does not fit is refused at once, but never a Detach.
func TestMailboxIsBounded(t *testing.T) {
	shardTest(t, func(t *testing.T, s *Shard, m *memory) {
		a, _ := seatTwo(s)
		m.set(store.ErrUnknown, false)
		send(s, a, 1, 2, stone("h8"))
		synctest.Wait() // the shard waits for the store now, and takes nothing from the mailbox
		for i := range 8 {
			if !send(s, a, 1, uint32(10+i), Say{"…"}) {
				t.Fatalf("only %d fit", i)
			}
		}
		if send(s, a, 1, 99, Say{"…"}) {
			t.Fatal("not bounded")
		}
		if !send(s, a, 1, 0, Detach{}) {
			t.Fatal("a Detach was refused")
		}
		m.set(nil, false)
	})
}

// TestUnknownTable: a table that is not stored is answered as such, and not kept in memory.
func TestUnknownTable(t *testing.T) {
	shardTest(t, func(t *testing.T, s *Shard, m *memory) {
		l := &listener{}
		send(s, l, 1, 1, Attach{})
		synctest.Wait()
		if l.lastAnswer().Refusal != NoTable || s.core.Len() != 0 {
			t.Fatalf("%+v, %d tables", l.lastAnswer(), s.core.Len())
		}
	})
}

// TestClaimOfUnknownOutcome: a table that this server may own is looked at again although whoever came to it has
// been refused and does not come back: its clocks run, and no other server looks.
func TestClaimOfUnknownOutcome(t *testing.T) {
	m := &memory{records: map[store.TableID][]store.Record{}}
	var now rules.Millis = 1_000
	var claim error
	claims := 0
	s := NewShard(ShardConfig{
		Config: Config{Encode: func(dst []byte, r *Record) []byte { return fmt.Appendf(dst, "%d", r.Seq) }, Reconnect: 1},
		Store:  m, Mailbox: 8, Log: slog.New(slog.DiscardHandler), Wake: func() {},
		Now: func() Time { return Time{Service: now} },
		Own: func(context.Context, store.TableID) (store.Ownership, error) {
			claims++
			return store.Ownership{Epoch: 1}, claim
		},
	})
	a := &listener{}
	send(s, a, 1, 1, Create{Setting: omokFree, Name: "one"})
	s.Turn(t.Context())
	s.core.Forget(1)
	claim = store.ErrUnknown
	for number := range uint32(3) {
		send(s, a, 1, 2+number, Attach{})
		s.Turn(t.Context())
		if got := a.lastAnswer(); got.Refusal != StoreDown {
			t.Fatalf("%+v", got)
		}
	}
	if at, due := s.Next(); !due || at != now+readAgain || len(s.core.due) != 1 {
		t.Fatalf("looked at again: %v, at %d, %d times", due, at, len(s.core.due))
	}
	now += readAgain
	s.Turn(t.Context())
	if claims != 4 || s.core.Has(1) {
		t.Fatalf("%d claims", claims)
	}
	claim = nil
	now += readAgain
	s.Turn(t.Context())
	if claims != 5 || !s.core.Has(1) || len(s.doubts) != 0 {
		t.Errorf("%d claims, in memory: %v, %d tables in doubt", claims, s.core.Has(1), len(s.doubts))
	}
}
