package storetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hansu/store"
)

// wish is one that brings a table along, by a command without a number.
func wish(kind, key string, table store.TableID) store.Wish {
	return store.Wish{Kind: []byte(kind), Key: []byte(key), Table: table, Code: fmt.Sprintf("code-%d", table)}
}

// numbered is a wish by a command.
func numbered(kind, key string, table store.TableID, number uint32) store.Wish {
	w := wish(kind, key, table)
	w.Instance, w.Number = 7, number
	return w
}

// wantPlace lets a node pair and checks where that leads.
func wantPlace(t testing.TB, s store.Shared, w store.Wish, how store.PlaceKind, table store.TableID, node string) {
	t.Helper()
	want := store.Place{Table: table, Code: fmt.Sprintf("code-%d", table), Node: node, How: how}
	if got, err := s.Pair(context.Background(), w); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s wishes %s: %+v, %v; want %+v", w.Key, w.Kind, got, err, want)
	}
}

func unpair(t testing.TB, s store.Shared, table store.TableID, key string) {
	t.Helper()
	if err := s.Unpair(context.Background(), table, []byte(key)); err != nil {
		t.Fatalf("Unpair: %v", err)
	}
}

// testPair: first come, first seated, on whichever node.
func testPair(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b")
	a, b := nodes[0], nodes[1]
	wantPlace(t, a, wish("omok", "ann", 1), store.Opened, 1, "a")
	wantPlace(t, b, wish("chess", "bea", 2), store.Opened, 2, "b")
	wantPlace(t, b, wish("omok", "ann", 3), store.Own, 1, "a") // from another window
	wantPlace(t, b, wish("omok", "cyn", 4), store.Free, 1, "a")
	wantPlace(t, a, wish("omok", "dot", 5), store.Opened, 5, "a") // the seat of 1 is promised
	mustAppend(t, a, begun(1, store.Open))
	wantPlace(t, b, wish("omok", "ann", 6), store.Own, 1, "a")
	wantPlace(t, a, wish("omok", "cyn", 7), store.Free, 1, "a") // it is hers
	w := write(1, 2)
	w.Summary = summary(1, store.Active, "")
	mustAppend(t, a, w)
	wantPlace(t, a, wish("omok", "ann", 8), store.Free, 5, "a")

	own := wish("chess", "eve", 9)
	own.Own = true
	wantPlace(t, a, own, store.Opened, 9, "a")
	wantPlace(t, b, own, store.Opened, 9, "a") // the outcome of the first was not heard
	skip := wish("chess", "fay", 10)
	skip.Skip = []store.TableID{2}
	wantPlace(t, a, skip, store.Free, 9, "a")
	skip.Key, skip.Skip = []byte("gwen"), []store.TableID{2, 9}
	wantPlace(t, a, skip, store.Opened, 10, "a")
	skip = wish("chess", "gwen", 11)
	skip.Skip = []store.TableID{10, 2}
	wantPlace(t, b, skip, store.Opened, 11, "b") // also one's own
}

// testPairAgain: a command that is sent again, to another node, leads to the same place.
func testPairAgain(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b")
	a, b := nodes[0], nodes[1]
	open := numbered("omok", "ann", 1, 1)
	wantPlace(t, a, open, store.Opened, 1, "a")
	again := numbered("omok", "ann", 2, 1)
	wantPlace(t, b, again, store.Opened, 1, "a")
	again.Own = true // what a command wishes does not change, but its number is what counts
	wantPlace(t, b, again, store.Opened, 1, "a")
	mustAppend(t, a, begun(1, store.Open))
	wantPlace(t, b, again, store.Own, 1, "a")

	// Another table of hers, by the next command; her first stays.
	second := numbered("omok", "ann", 3, 2)
	second.Own = true
	wantPlace(t, b, second, store.Opened, 3, "b")
	wantPlace(t, b, again, store.Own, 1, "a")
	other := numbered("omok", "ann", 4, 1)
	other.Instance, other.Own = 8, true // another program of hers
	wantPlace(t, a, other, store.Opened, 4, "a")
	mustAppend(t, b, begun(3, store.Open))
	mustAppend(t, a, begun(4, store.Open))

	sit := numbered("omok", "bea", 5, 1)
	wantPlace(t, b, sit, store.Free, 1, "a")
	wantPlace(t, a, numbered("omok", "bea", 6, 1), store.Free, 1, "a")
	// Renewed each time: never is it older than PromiseTime.
	for range 3 {
		h.Later(t, a, Promise*2/3)
		renew(t, a, 0)
		renew(t, b, 0)
		wantPlace(t, a, numbered("omok", "bea", 7, 1), store.Free, 1, "a")
	}
	wantPlace(t, a, numbered("omok", "cyn", 8, 1), store.Free, 3, "b")
	h.Later(t, a, Promise)
	wantPlace(t, a, numbered("omok", "dot", 9, 1), store.Free, 1, "a") // Bea did not come in time
	wantPlace(t, b, numbered("omok", "bea", 10, 1), store.Free, 3, "b")

	skip := numbered("omok", "bea", 11, 1)
	skip.Skip = []store.TableID{3}
	wantPlace(t, b, skip, store.Free, 4, "a")
}

// testPairOldest: wishes that come at once get the oldest places, each its own.
func testPairOldest(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b", "c")
	// The ids are not in the order in which the tables were opened: each node has its own.
	ids := []store.TableID{50, 10, 51, 90, 11, 91, 52, 12}
	for i, id := range ids {
		w := wish("omok", fmt.Sprint("host-", i), id)
		w.Own = true
		wantPlace(t, nodes[i%3], w, store.Opened, id, nodes[i%3].Node())
		if i%2 == 0 {
			mustAppend(t, nodes[i%3], begun(id, store.Open))
		}
	}
	for _, n := range []int{1, 3, 2} {
		var wg sync.WaitGroup
		got := make([]store.TableID, n)
		for i := range n {
			wg.Go(func() {
				p, err := nodes[i%3].Pair(t.Context(), wish("omok", fmt.Sprint(n, "-guest-", i), store.TableID(1000+10*n+i)))
				if err != nil || p.How != store.Free {
					t.Errorf("%+v, %v", p, err)
				}
				got[i] = p.Table
			})
		}
		wg.Wait()
		want := slices.Sorted(slices.Values(ids[:n]))
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%d guests at %v, want %v", n, got, want)
		}
		ids = ids[n:]
	}
}

// testPairDead: nobody is sent to a table that has no node to decide it.
func testPairDead(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b", "c")
	a, b, c := nodes[0], nodes[1], nodes[2]
	wantPlace(t, a, numbered("omok", "ann", 1, 1), store.Opened, 1, "a")
	mustAppend(t, a, begun(1, store.Open))
	w := numbered("omok", "bea", 2, 1)
	w.Own = true
	wantPlace(t, a, w, store.Opened, 2, "a")
	wantPlace(t, b, numbered("omok", "guest", 4, 1), store.Free, 1, "a")
	h.lapse(t, b, c)
	w = numbered("omok", "cyn", 3, 1)
	w.Own = true
	wantPlace(t, c, w, store.Opened, 3, "c")

	// Who waits at a table that has a record waits there still: somebody will claim it. The guest, too, goes where
	// the command led. A table without a record may be opened by the node that asks now.
	wantPlace(t, b, numbered("omok", "ann", 5, 2), store.Own, 1, "a")
	wantPlace(t, b, numbered("omok", "guest", 6, 1), store.Free, 1, "a")
	wantPlace(t, b, numbered("omok", "dot", 7, 1), store.Free, 3, "c") // neither 1 nor 2
	wantPlace(t, b, numbered("omok", "bea", 8, 2), store.Opened, 8, "b")
	wantPlace(t, c, numbered("omok", "bea", 9, 1), store.Opened, 2, "c")
	wantPlace(t, b, numbered("omok", "bea", 9, 1), store.Opened, 2, "c")
	wantPlace(t, b, numbered("omok", "fay", 11, 1), store.Free, 2, "c")
	mustAppend(t, b, begun(8, store.Open))
	claim(t, b, 1, 0)
	h.Later(t, b, Promise)
	renew(t, c, 0)
	wantPlace(t, b, numbered("omok", "eve", 10, 1), store.Free, 1, "a")

	// A node that leaves takes along what it has not opened, and leaves the rest to others.
	if err := c.Release(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	wantPlace(t, b, numbered("omok", "fay", 12, 1), store.Free, 8, "b")
	wantPlace(t, b, numbered("omok", "cyn", 13, 1), store.Opened, 13, "b")
}

// testPairEnds: no place is there without end.
func testPairEnds(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b")
	a, b := nodes[0], nodes[1]
	orphans := func() {
		t.Helper()
		if err := b.Orphans(t.Context(), func(store.Orphan) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	later := func(d time.Duration) {
		h.Later(t, a, d)
		renew(t, a, 0)
		renew(t, b, 0)
	}
	// A node that is alive and does not open the table: it is offered for a while only.
	wantPlace(t, a, numbered("omok", "ann", 1, 1), store.Opened, 1, "a")
	later(2 * time.Minute)
	wantPlace(t, b, numbered("omok", "bea", 2, 1), store.Opened, 2, "b")
	mustAppend(t, b, begun(2, store.Open))
	orphans()
	wantPlace(t, b, numbered("omok", "ann", 3, 1), store.Opened, 1, "a")
	later(time.Hour)
	orphans()
	wantPlace(t, a, numbered("omok", "ann", 4, 1), store.Free, 2, "b") // 1 is gone, 2 has a record
	unpair(t, a, 2, "ann")

	// One that is shut in the record after the first, and one that never was open.
	w := write(2, 2)
	w.Summary = summary(2, store.Shut, "")
	mustAppend(t, b, w)
	wantPlace(t, a, numbered("omok", "cyn", 5, 1), store.Opened, 5, "a")
	mustAppend(t, a, begun(5, store.Active), write(6, 1))
	wantPlace(t, a, numbered("omok", "dot", 7, 1), store.Opened, 7, "a")
	// Of several records in a batch the last summary counts; one that stays open keeps its place.
	open, more := begun(7, store.Open), write(7, 2)
	more.Summary = summary(7, store.Open, "more")
	mustAppend(t, a, open, more)
	wantPlace(t, b, numbered("omok", "eve", 8, 1), store.Free, 7, "a")
	more = write(7, 3)
	more.Summary = summary(7, store.Active, "")
	// A conflict elsewhere in the batch: each call is tried by itself.
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { wantErr(t, a.Append(t.Context(), []store.Write{under(5, 1, 9)}), store.ErrConflict) })
	}
	mustAppend(t, a, more)
	wg.Wait()
	wantPlace(t, b, numbered("omok", "fay", 9, 1), store.Opened, 9, "b")
}

// testPairTakenBack: a promise that was not kept, and a table that was not opened.
func testPairTakenBack(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b")
	a, b := nodes[0], nodes[1]
	unpair(t, a, 1, "ann") // nothing there
	wantPlace(t, a, wish("omok", "ann", 1), store.Opened, 1, "a")
	wantPlace(t, b, wish("omok", "bea", 2), store.Free, 1, "a")
	unpair(t, b, 1, "cyn") // not hers
	wantPlace(t, b, wish("omok", "cyn", 3), store.Opened, 3, "b")
	unpair(t, b, 1, "bea")
	wantPlace(t, b, wish("omok", "dot", 4), store.Free, 1, "a")
	unpair(t, b, 1, "bea") // not hers any more
	unpair(t, a, 3, "cyn")
	wantPlace(t, b, wish("omok", "eve", 5), store.Opened, 5, "b")
	unpair(t, a, 1, "ann")
	wantPlace(t, a, wish("omok", "ann", 6), store.Free, 5, "b")
	mustAppend(t, b, begun(5, store.Open))
	unpair(t, b, 5, "eve") // the table is there: so is the place
	wantPlace(t, b, wish("omok", "eve", 7), store.Own, 5, "b")
	unpair(t, b, 5, "ann")
	wantPlace(t, b, wish("omok", "fay", 8), store.Free, 5, "b")
}

// testPairConcurrent: of players who come at the same moment on different nodes, every two meet at one table.
func testPairConcurrent(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b", "c", "d")
	const players, kinds = 16, 8
	var wg sync.WaitGroup
	start := make(chan struct{})
	places := make([]store.Place, players*kinds)
	for i := range places {
		wg.Go(func() {
			<-start
			var err error
			w := numbered(fmt.Sprint("kind ", i%kinds), fmt.Sprint("player ", i), store.TableID(i+1), 1)
			if places[i], err = nodes[i%len(nodes)].Pair(t.Context(), w); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	wg.Wait()
	opened, free := map[store.TableID]int{}, map[store.TableID]int{}
	for i, p := range places {
		switch p.How {
		case store.Opened:
			if int(p.Table) != i+1 || p.Node != nodes[i%len(nodes)].Node() {
				t.Errorf("player %d opens %+v", i, p)
			}
			opened[p.Table] = i
		case store.Free:
			if other, ok := free[p.Table]; ok {
				t.Errorf("players %d and %d were promised the seat of table %d", i, other, p.Table)
			}
			free[p.Table] = i
		default:
			t.Errorf("player %d: %+v", i, p)
		}
	}
	if len(opened) != len(places)/2 || len(free) != len(places)/2 {
		t.Fatalf("%d opened tables, %d came to another's", len(opened), len(free))
	}
	for id, guest := range free {
		if host, ok := opened[id]; !ok || host%kinds != guest%kinds {
			t.Errorf("player %d was sent to table %d of player %d", guest, id, host)
		}
	}
}

// hall is the tables of testPairPlay: what the nodes that own them would know.
type hall struct {
	mu     sync.Mutex
	tables map[store.TableID]*seated
}

type seated struct {
	ready chan struct{} // closed when the first record is durable
	taken atomic.Bool
}

func (h *hall) table(id store.TableID) *seated {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tables[id] == nil {
		h.tables[id] = &seated{ready: make(chan struct{})}
	}
	return h.tables[id]
}

// testPairPlay: players come to their tables as on nodes: who opens one writes its first record, who is sent to one waits for that
// and takes the seat, and who finds it taken takes the promise back and wishes again. Each ends at a
// table with one other, and no place is left.
func testPairPlay(t *testing.T, h SharedHarness) {
	nodes := h.Nodes(t, "a", "b", "c")
	owner := map[string]store.Shared{"a": nodes[0], "b": nodes[1], "c": nodes[2]}
	room := hall{tables: map[store.TableID]*seated{}}
	const players = 60
	var sat atomic.Int32
	play := func(i int) error {
		ctx, s := t.Context(), nodes[i%len(nodes)]
		id, err := s.Reserve(ctx, 1)
		if err != nil {
			return err
		}
		w := numbered("omok", fmt.Sprint("player ", i), id, 1)
		for {
			p, err := s.Pair(ctx, w)
			if err != nil {
				return err
			}
			at := room.table(p.Table)
			switch p.How {
			case store.Opened:
				if err := s.Append(ctx, []store.Write{begun(p.Table, store.Open)}); err != nil {
					return err
				}
				close(at.ready)
				return nil
			case store.Free:
				<-at.ready
				if at.taken.Swap(true) { // the promise was too old when its holder came
					w.Skip = append(w.Skip, p.Table)
					if err := s.Unpair(ctx, p.Table, w.Key); err != nil {
						return err
					}
					continue
				}
				second := write(p.Table, 2)
				second.Summary = summary(p.Table, store.Active, "")
				sat.Add(1)
				return owner[p.Node].Append(ctx, []store.Write{second})
			default:
				return fmt.Errorf("place %+v", p)
			}
		}
	}
	var wg sync.WaitGroup
	for i := range players {
		wg.Go(func() {
			if err := play(i); err != nil {
				t.Errorf("player %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if n := sat.Load(); n != players/2 {
		t.Errorf("%d of %d came to another's table", n, players)
	}
	wantPlace(t, nodes[0], wish("omok", "last", 9999), store.Opened, 9999, "a")
}
