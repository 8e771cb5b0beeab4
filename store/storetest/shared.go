package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"hansu/rules"
	"hansu/store"
)

// SharedHarness is how the tests get at an implementation of [store.Shared].
type SharedHarness struct {
	// Nodes opens one empty store as often as there are names, each time as the node of that name, with a lease
	// and promises of Lease and Promise. The harness cleans up.
	Nodes func(t testing.TB, names ...string) []store.Shared
	// Later lets d pass for all that the store keeps of times of its own: leases, promises, the age of places.
	Later func(t testing.TB, s store.Shared, d time.Duration)
}

// How long the leases and the promises of the tests last: longer than any machine takes for a test.
const (
	Lease   = 2 * time.Minute
	Promise = time.Minute
)

// lapse lets the leases of all nodes end but those of the living.
func (h SharedHarness) lapse(t testing.TB, living ...store.Shared) {
	t.Helper()
	h.Later(t, living[0], Lease)
	for _, s := range living {
		renew(t, s, 0)
	}
}

// RunShared runs all tests of what several nodes share.
func RunShared(t *testing.T, h SharedHarness) {
	for name, test := range map[string]func(*testing.T, SharedHarness){
		"Claim":          testClaim,
		"ClaimsMeet":     testClaimsMeet,
		"Renew":          testRenew,
		"Held":           testHeld,
		"Orphans":        testOrphans,
		"Reserve":        testReserve,
		"ChangedSince":   testChangedSince,
		"TablesOf":       testTablesOf,
		"Pair":           testPair,
		"PairAgain":      testPairAgain,
		"PairOldest":     testPairOldest,
		"PairDead":       testPairDead,
		"PairEnds":       testPairEnds,
		"PairTakenBack":  testPairTakenBack,
		"PairConcurrent": testPairConcurrent,
		"PairPlay":       testPairPlay,
		"SharedClosed":   testSharedClosed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, h)
		})
	}
}

func renew(t testing.TB, s store.Shared, now rules.Millis) bool {
	t.Helper()
	lapsed, err := s.Renew(context.Background(), now)
	if err != nil {
		t.Fatalf("Renew: %v", err)
	}
	return lapsed
}

func claim(t testing.TB, s store.Shared, id store.TableID, now rules.Millis) store.Ownership {
	t.Helper()
	own, err := s.Claim(context.Background(), id, now)
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return own
}

// under makes a record under an epoch.
func under(id store.TableID, seq, epoch uint32) store.Write {
	w := write(id, seq)
	w.Epoch = epoch
	return w
}

// begun makes a table's first record.
func begun(id store.TableID, state store.State) store.Write {
	w := write(id, 1)
	w.Summary = summary(id, state, "")
	return w
}

// testClaim: a table goes to another node only when its owner's lease has ended; then the old owner's
// records are refused, and the time without an owner is counted.
func testClaim(t *testing.T, h SharedHarness) {
	nodes, ctx := h.Nodes(t, "a", "b"), t.Context()
	a, b := nodes[0], nodes[1]
	_, err := a.Claim(ctx, 1, 0)
	wantErr(t, err, store.ErrNotFound)
	mustAppend(t, a, begun(1, store.Active))
	renew(t, a, 10_000)
	if own := claim(t, a, 1, 10_500); own != (store.Ownership{Epoch: 1}) {
		t.Errorf("one's own table: %+v", own)
	}
	var elsewhere *store.OwnerError
	if _, err := b.Claim(ctx, 1, 10_500); !errors.As(err, &elsewhere) || elsewhere.Node != "a" {
		t.Errorf("claim of a living node's table: %v", err)
	}
	if node, err := b.Owner(ctx, 1); node != "a" || err != nil {
		t.Errorf("owner %q, %v", node, err)
	}
	h.lapse(t, b)
	if node, err := b.Owner(ctx, 1); node != "" || err != nil {
		t.Errorf("owner %q, %v after its lease", node, err)
	}
	if own := claim(t, b, 1, 14_000); own != (store.Ownership{Epoch: 2, Lag: 4000}) {
		t.Errorf("claimed %+v", own)
	}
	// The old owner was only paused: what it says now is refused, whether or not its lease runs again.
	for range 2 {
		wantErr(t, a.Append(ctx, []store.Write{under(1, 2, 1)}), store.ErrConflict)
		renew(t, a, 15_000)
	}
	mustAppend(t, b, under(1, 2, 2))
	if err := b.Release(ctx, 20_000); err != nil {
		t.Fatal(err)
	}
	if own := claim(t, a, 1, 20_300); own != (store.Ownership{Epoch: 3, Lag: 4300}) {
		t.Errorf("claimed after its release: %+v", own)
	}
	mustAppend(t, a, under(1, 3, 3))
}

// testClaimsMeet: of many nodes that claim a table at once, one gets it.
func testClaimsMeet(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "first", "b", "c", "d", "e", "f")
	mustAppend(t, nodes[0], begun(1, store.Active))
	owner := nodes[0]
	for epoch := uint32(2); epoch < 12; epoch++ {
		if err := owner.Release(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		for _, n := range nodes {
			renew(t, n, 0)
		}
		type outcome struct {
			node store.Shared
			own  store.Ownership
			err  error
		}
		got := make(chan outcome, len(nodes))
		for _, n := range nodes {
			go func() {
				own, err := n.Claim(t.Context(), 1, 0)
				got <- outcome{n, own, err}
			}()
		}
		owner = nil
		for range nodes {
			o := <-got
			var elsewhere *store.OwnerError
			switch {
			case o.err == nil && owner == nil && o.own.Epoch == epoch:
				owner = o.node
			case !errors.As(o.err, &elsewhere):
				t.Errorf("epoch %d: %+v after %v", epoch, o, owner)
			}
		}
		if owner == nil {
			t.Fatalf("epoch %d: nobody got the table", epoch)
		}
	}
}

// testRenew: a node learns that its lease had ended.
func testRenew(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b")
	a, b := nodes[0], nodes[1]
	want := func(s store.Shared, want bool) {
		t.Helper()
		if got := renew(t, s, 1); got != want {
			t.Errorf("node %s: lapsed %v, want %v", s.Node(), got, want)
		}
	}
	want(a, false)
	want(a, false)
	h.Later(t, a, Lease/2)
	want(a, false)
	h.Later(t, a, Lease)
	want(a, true)
	want(a, false)
	want(b, true)
	if err := a.Release(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	want(a, true)
}

// testHeld: what a node that was away still owns, and under which epoch.
func testHeld(t *testing.T, h SharedHarness) {
	nodes, ctx := h.Nodes(t, "a", "b"), t.Context()
	a, b := nodes[0], nodes[1]
	held := func(s store.Shared) string {
		t.Helper()
		var all []string
		err := s.Held(ctx, func(id store.TableID, epoch uint32) error {
			all = append(all, fmt.Sprint(id, ":", epoch))
			return nil
		})
		if err != nil {
			t.Fatalf("Held: %v", err)
		}
		return fmt.Sprint(all)
	}
	if got := held(a); got != "[]" {
		t.Errorf("%s of nothing", got)
	}
	mustAppend(t, a, begun(1, store.Active))
	mustAppend(t, a, begun(2, store.Open))
	mustAppend(t, a, begun(3, store.Shut))
	mustAppend(t, a, begun(5, store.Active))
	mustAppend(t, b, begun(4, store.Active))
	if a, b := held(a), held(b); a != "[1:1 2:1 5:1]" || b != "[4:1]" {
		t.Errorf("%s and %s", a, b)
	}
	h.lapse(t, b)
	claim(t, b, 2, 0)
	if a, b := held(a), held(b); a != "[1:1 5:1]" || b != "[2:2 4:1]" {
		t.Errorf("%s and %s after a claim", a, b)
	}
	stopped := errors.New("stopped")
	calls := 0
	wantErr(t, a.Held(ctx, func(store.TableID, uint32) error { calls++; return stopped }), stopped)
	if err := a.Held(ctx, func(store.TableID, uint32) error { calls++; return store.ErrStop }); err != nil || calls != 2 {
		t.Errorf("%d calls, %v", calls, err)
	}
	if err := b.Release(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if got := held(b); got != "[]" {
		t.Errorf("%s after all was released", got)
	}
	var many []store.Write
	for id := store.TableID(10); id < 1010; id++ {
		many = append(many, begun(id, store.Active))
	}
	mustAppend(t, b, many...)
	next := store.TableID(10)
	err := b.Held(ctx, func(id store.TableID, _ uint32) error {
		if id != next {
			t.Fatalf("table %d, want %d", id, next)
		}
		next++
		return nil
	})
	if err != nil || next != 1010 {
		t.Errorf("up to %d, %v", next, err)
	}
}

// testOrphans: the tables of nodes that are gone, and no others, the most urgent first.
func testOrphans(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b")
	a, b := nodes[0], nodes[1]
	for id, due := range map[store.TableID]rules.Millis{1: 0, 2: 9000, 3: 4000, 4: 1000, 5: 500} {
		w := begun(id, store.Active)
		w.Deadline = due
		if id == 5 {
			w.Summary.State = store.Shut
		}
		node := a
		if id == 4 {
			node = b
		}
		mustAppend(t, node, w)
	}
	orphans := func() (ids []store.TableID) {
		t.Helper()
		if err := b.Orphans(t.Context(), func(o store.Orphan) error { ids = append(ids, o.Table); return nil }); err != nil {
			t.Fatal(err)
		}
		return ids
	}
	if got := orphans(); got != nil {
		t.Errorf("%v while both live", got)
	}
	h.lapse(t, b)
	if got := fmt.Sprint(orphans()); got != "[3 2 1]" {
		t.Errorf("%v, want 3 2 1", got)
	}
	claim(t, b, 2, 0)
	if got := fmt.Sprint(orphans()); got != "[3 1]" {
		t.Errorf("%v, want 3 1", got)
	}
}

// testReserve: nobody gets a number twice, nor one that a table has already.
func testReserve(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b")
	mustAppend(t, nodes[0], begun(1, store.Active))
	firsts := make(chan store.TableID, 40)
	for i := range cap(firsts) {
		go func() {
			first, err := nodes[i%2].Reserve(t.Context(), 3)
			if err != nil {
				t.Error(err)
			}
			firsts <- first
		}()
	}
	seen := map[store.TableID]bool{1: true}
	for range cap(firsts) {
		first := <-firsts
		for id := first; id < first+3; id++ {
			if seen[id] {
				t.Fatalf("number %d twice", id)
			}
			seen[id] = true
		}
	}
}

// testChangedSince: every change is seen by who asks from moment to moment.
func testChangedSince(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b")
	a, b := nodes[0], nodes[1]
	moment := int64(0)
	look := func() (codes []string) {
		t.Helper()
		var err error
		moment, err = b.ChangedSince(t.Context(), moment, func(s store.Summary) error { codes = append(codes, s.Code); return nil })
		if err != nil {
			t.Fatal(err)
		}
		return codes
	}
	mustAppend(t, a, begun(1, store.Active))
	if seen := look(); !slices.Contains(seen, "code-1") {
		t.Errorf("first look: %v", seen)
	}
	w := write(1, 2)
	w.Summary = summary(1, store.Shut, "y")
	mustAppend(t, a, w)
	if seen := look(); !slices.Contains(seen, "code-1") {
		t.Errorf("after it was shut: %v", seen)
	}
}

// testTablesOf: the tables at which a key has either seat.
func testTablesOf(t *testing.T, h SharedHarness) {
	nodes, ctx := h.Nodes(t, "a", "b"), t.Context()
	key, other := []byte("the key"), []byte("another")
	put := func(id store.TableID, seq uint32, state store.State, one, two []byte) {
		t.Helper()
		w := write(id, seq)
		w.Summary = summary(id, state, "")
		w.Summary.Seats = [2][]byte{one, two}
		mustAppend(t, nodes[id%2], w)
	}
	want := func(key []byte, want ...store.TableID) {
		t.Helper()
		var got []store.TableID
		err := nodes[0].TablesOf(ctx, key, func(s store.Summary) error {
			got = append(got, s.Table)
			if s.Code != fmt.Sprint("code-", s.Table) || s.LastSeq == 0 {
				t.Errorf("summary %+v", s)
			}
			return nil
		})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: tables %v, %v; want %v", key, got, err, want)
		}
	}
	want(key)
	put(3, 1, store.Open, key, nil)
	put(1, 1, store.Active, other, key)
	put(2, 1, store.Active, key, other)
	put(4, 1, store.Active, key, key)
	put(5, 1, store.Shut, key, other)
	put(6, 1, store.Open, nil, nil)
	want(key, 1, 2, 3, 4)
	want(other, 1, 2)
	want([]byte("nobody"))
	want(nil)
	put(2, 2, store.Shut, key, other)
	put(3, 2, store.Active, key, other)
	put(1, 2, store.Active, other, nil)
	want(key, 3, 4)
	want(other, 1, 3)
	calls := 0
	if err := nodes[0].TablesOf(ctx, key, func(store.Summary) error { calls++; return store.ErrStop }); err != nil || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	many := []byte("plays much")
	var writes []store.Write
	var ids []store.TableID
	for id := store.TableID(10); id < 910; id++ {
		w := begun(id, store.Active)
		w.Summary.Seats[id/7%2] = many
		writes = append(writes, w)
		ids = append(ids, id)
	}
	mustAppend(t, nodes[0], writes...)
	want(many, ids...)
}

func testSharedClosed(t *testing.T, h SharedHarness) {
	s, ctx := h.Nodes(t, "a")[0], t.Context()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func() error{
		"Time":    func() error { _, err := s.Time(ctx); return err },
		"Renew":   func() error { _, err := s.Renew(ctx, 1); return err },
		"Claim":   func() error { _, err := s.Claim(ctx, 1, 1); return err },
		"Owner":   func() error { _, err := s.Owner(ctx, 1); return err },
		"Release": func() error { return s.Release(ctx, 1) },
		"Held":    func() error { return s.Held(ctx, func(store.TableID, uint32) error { return nil }) },
		"Orphans": func() error { return s.Orphans(ctx, func(store.Orphan) error { return nil }) },
		"Reserve": func() error { _, err := s.Reserve(ctx, 1); return err },
		"ChangedSince": func() error {
			_, err := s.ChangedSince(ctx, 1, func(store.Summary) error { return nil })
			return err
		},
		"TablesOf": func() error { return s.TablesOf(ctx, []byte("key"), func(store.Summary) error { return nil }) },
		"Pair":     func() error { _, err := s.Pair(ctx, wish("kind", "key", 1)); return err },
		"Unpair":   func() error { return s.Unpair(ctx, 1, []byte("key")) },
	} {
		if err := f(); !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
