// Package bustest holds every implementation of [bus.Bus] to its contract.
//
// An implementation is done when Run passes with the race detector on.
package bustest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hansu/bus"
)

// Net is nodes on one bus, as an implementation has them.
type Net interface {
	// Join returns a further node, which is closed when the test ends if not before.
	Join(t testing.TB) bus.Bus
	// Cut cuts all nodes off; they will notice.
	Cut(t testing.TB)
	// Heal undoes Cut; the nodes find each other again by themselves.
	Heal(t testing.TB)
}

// Run runs all tests, each with a net of its own that start returns.
func Run(t *testing.T, start func(t testing.TB) Net) {
	for name, test := range map[string]func(*testing.T, Net){
		"Order":      testOrder,
		"FanOut":     testFanOut,
		"Subjects":   testSubjects,
		"BadSubject": testBadSubject,
		"Size":       testSize,
		"Reuse":      testReuse,
		"Many":       testMany,
		"Within":     testWithin,
		"Slow":       testSlow,
		"Close":      testClose,
		"Cut":        testCut,
	} {
		t.Run(name, func(t *testing.T) { test(t, start(t)) })
	}
}

// patience bounds every wait; a test that passes uses next to nothing of it.
const patience = time.Minute

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// until waits for a state that changes without an event.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not in %v: %s", patience, what)
		}
	}
}

// collect subscribes and returns what comes. The channel holds any test's messages.
func collect(t testing.TB, b bus.Bus, subject string) chan string {
	t.Helper()
	got := make(chan string, 10_000)
	must(t, b.Subscribe(subject, func(data []byte) { got <- string(data) }))
	return got
}

func next(t testing.TB, got chan string) string {
	t.Helper()
	select {
	case s := <-got:
		return s
	case <-time.After(patience):
		t.Fatalf("no message in %v", patience)
		return ""
	}
}

func want(t testing.TB, got chan string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if s := next(t, got); s != text {
			t.Fatalf("got %.80q (%d bytes), want %.80q (%d bytes)", s, len(s), text, len(text))
		}
	}
}

func nodes(t testing.TB, n Net, count int) []bus.Bus {
	var all []bus.Bus
	for range count {
		all = append(all, n.Join(t))
	}
	return all
}

func testOrder(t *testing.T, n Net) {
	const count = 3000
	all := nodes(t, n, 3)
	var got []chan string
	for _, b := range all {
		got = append(got, collect(t, b, "order"))
	}
	for i := range count {
		must(t, all[0].Publish("order", fmt.Append(nil, i)))
	}
	for _, c := range got {
		for i := range count {
			want(t, c, fmt.Sprint(i))
		}
	}
}

func testFanOut(t *testing.T, n Net) {
	all := nodes(t, n, 3)
	var got []chan string
	for _, b := range append(all, all[1]) { // one node twice
		got = append(got, collect(t, b, "fan.out"))
	}
	for i, b := range all {
		must(t, b.Publish("fan.out", fmt.Append(nil, i)))
		for _, c := range got {
			want(t, c, fmt.Sprint(i))
		}
	}
}

func testSubjects(t *testing.T, n Net) {
	all := nodes(t, n, 2)
	subjects := []string{"a", "a.b", "a.b.c", "A", "a-b", "a_b", "0", strings.Repeat("long.", 20) + "x"}
	var got []chan string
	for _, s := range subjects {
		got = append(got, collect(t, all[1], s))
	}
	for i, s := range subjects {
		must(t, all[0].Publish(s, fmt.Append(nil, i)))
	}
	must(t, all[0].Publish("nobody.listens", nil))
	// A message that went astray would come before the last one of its own subject.
	for i, s := range subjects {
		must(t, all[0].Publish(s, []byte("end")))
		want(t, got[i], fmt.Sprint(i), "end")
	}
}

func testBadSubject(t *testing.T, n Net) {
	b := n.Join(t)
	for _, s := range []string{"", ".", "a.", ".a", "a..b", "*", "a.*", "a.>", ">", "a b", "a\r\nPUB b 0\r\n", "a\tb", "수", "$SYS.REQ"} {
		if err := b.Publish(s, nil); !errors.Is(err, bus.ErrSubject) {
			t.Errorf("Publish(%q): %v", s, err)
		}
		if err := b.Subscribe(s, func([]byte) {}); !errors.Is(err, bus.ErrSubject) {
			t.Errorf("Subscribe(%q): %v", s, err)
		}
	}
}

func testSize(t *testing.T, n Net) {
	all := nodes(t, n, 2)
	got := collect(t, all[1], "size")
	if err := all[0].Publish("size", make([]byte, bus.MaxMessage+1)); !errors.Is(err, bus.ErrTooLong) {
		t.Errorf("a message over the limit: %v", err)
	}
	for _, size := range []int{0, 1, 1000, 64<<10 + 1, bus.MaxMessage} {
		data := make([]byte, size)
		for i := range data {
			data[i] = byte(i * 7 >> 3)
		}
		must(t, all[0].Publish("size", data))
		want(t, got, string(data))
	}
}

func testReuse(t *testing.T, n Net) {
	all := nodes(t, n, 2)
	got := []chan string{collect(t, all[0], "reuse"), collect(t, all[1], "reuse")}
	data := make([]byte, 1)
	for i := range 100 {
		data[0] = byte(i)
		must(t, all[0].Publish("reuse", data))
	}
	for _, c := range got {
		for i := range 100 {
			want(t, c, string([]byte{byte(i)}))
		}
	}
}

// testMany publishes from several goroutines of several nodes. Each one's messages keep their order.
func testMany(t *testing.T, n Net) {
	const publishers, count = 4, 500
	all := nodes(t, n, 2)
	got := []chan string{collect(t, all[0], "many"), collect(t, all[1], "many")}
	var done sync.WaitGroup
	for who := range publishers * len(all) {
		done.Go(func() {
			for i := range count {
				if err := all[who%len(all)].Publish("many", fmt.Appendf(nil, "%d %d", who, i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	done.Wait()
	for _, c := range got {
		seen := map[int]int{}
		for range publishers * len(all) * count {
			var who, i int
			if s := next(t, c); t.Failed() {
				return
			} else if _, err := fmt.Sscan(s, &who, &i); err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			if i != seen[who] {
				t.Fatalf("message %d of publisher %d after %d", i, who, seen[who]-1)
			}
			seen[who]++
		}
	}
}

// testWithin calls the bus out of a subscriber.
func testWithin(t *testing.T, n Net) {
	all := nodes(t, n, 2)
	got := collect(t, all[1], "answer")
	must(t, all[0].Subscribe("ask", func(data []byte) {
		if err := all[0].Subscribe("again", func(data []byte) {
			all[0].Publish("answer", data)
		}); err != nil {
			t.Error(err)
		}
		all[0].Publish("again", data)
	}))
	must(t, all[1].Publish("ask", []byte("x")))
	want(t, got, "x")
}

// testSlow has a subscriber that does not return: others go on, what waits for it is bounded, and it misses some
// messages but never their order.
func testSlow(t *testing.T, n Net) {
	const room, count, window = bus.PendingBytes / bus.MaxMessage, bus.PendingBytes/bus.MaxMessage + 40, 4
	all := nodes(t, n, 2)
	number := func(data []byte) int { return int(data[0])<<8 | int(data[1]) }
	entered, release := make(chan bool), make(chan bool)
	t.Cleanup(func() { close(release) })
	slow, fast := make(chan int, 10*count), make(chan int, 10*count)
	first := true
	must(t, all[1].Subscribe("slow", func(data []byte) {
		if first {
			first = false
			close(entered)
			<-release
		}
		slow <- number(data)
	}))
	must(t, all[1].Subscribe("slow", func(data []byte) { fast <- number(data) }))
	receive := func(c chan int) int {
		t.Helper()
		select {
		case i := <-c:
			return i
		case <-time.After(patience):
			t.Fatalf("no message in %v", patience)
			return 0
		}
	}
	data := make([]byte, bus.MaxMessage)
	for i := range count {
		data[0], data[1] = byte(i>>8), byte(i)
		must(t, all[0].Publish("slow", data))
		if i >= window { // not to be too fast for the other one
			if got := receive(fast); got != i-window {
				t.Fatalf("the fast one got %d, want %d", got, i-window)
			}
		}
	}
	for i := range window {
		if got := receive(fast); got != count-window+i {
			t.Fatalf("the fast one got %d, want %d", got, count-window+i)
		}
	}
	<-entered
	release <- true
	for i := range room - 1 { // the length of a subject may count, too
		if got := receive(slow); got != i {
			t.Fatalf("the slow one got %d, want %d", got, i)
		}
	}
	// What is left of those that had room, or was under way until there was room again, and then the next one.
	data[0], data[1] = byte(count>>8), byte(count&0xff)
	must(t, all[0].Publish("slow", data[:2]))
	for last := room - 2; last != count; {
		got := receive(slow)
		if got <= last {
			t.Fatalf("the slow one got %d after %d", got, last)
		}
		last = got
	}
}

func testClose(t *testing.T, n Net) {
	all := nodes(t, n, 2)
	got := collect(t, all[1], "close")
	running, leave := make(chan bool), make(chan bool)
	returned := false
	var over atomic.Bool
	must(t, all[0].Subscribe("close", func(data []byte) {
		if over.Load() {
			t.Error("f after Close")
		}
		if string(data) == "0" {
			close(running)
			<-leave
			returned = true // the race detector sees it if Close does not wait
		}
	}))
	for i := range 1000 {
		must(t, all[0].Publish("close", fmt.Append(nil, i)))
	}
	<-running
	closed := make(chan error)
	go func() { closed <- all[0].Close() }()
	until(t, "closed", func() bool { return errors.Is(all[0].Publish("close.not", nil), bus.ErrClosed) })
	select {
	case err := <-closed:
		t.Errorf("Close returned %v before f", err)
	default:
	}
	close(leave)
	must(t, <-closed)
	over.Store(true)
	if !returned {
		t.Error("Close did not wait for f")
	}
	for i := range 1000 { // what was published goes out all the same
		want(t, got, fmt.Sprint(i))
	}
	must(t, all[0].Close())
	if err := all[0].Publish("close", nil); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("Publish after Close: %v", err)
	}
	if err := all[0].Subscribe("close", func([]byte) {}); !errors.Is(err, bus.ErrClosed) {
		t.Errorf("Subscribe after Close: %v", err)
	}
	if all[0].Connected() {
		t.Error("connected after Close")
	}
	must(t, all[1].Publish("close", []byte("still")))
	want(t, got, "still")
}

func testCut(t *testing.T, n Net) {
	all := nodes(t, n, 2)
	before := collect(t, all[1], "cut")
	connected := func(is bool) func() bool {
		return func() bool { return all[0].Connected() == is && all[1].Connected() == is }
	}
	for round := range 3 {
		until(t, "connected", connected(true))
		meanwhile := fmt.Sprintf("cut.%d", round)
		must(t, all[0].Publish("cut", []byte(meanwhile)))
		want(t, before, meanwhile)
		n.Cut(t)
		until(t, "cut off", connected(false))
		for _, b := range all {
			if err := b.Publish("cut", []byte("lost")); !errors.Is(err, bus.ErrAway) {
				t.Errorf("Publish while cut off: %v", err)
			}
		}
		after := collect(t, all[1], meanwhile)
		n.Heal(t)
		until(t, "connected again", connected(true))
		// What was published while away must not come.
		must(t, all[0].Publish("cut", []byte("healed")))
		must(t, all[0].Publish(meanwhile, []byte("new")))
		want(t, before, "healed")
		want(t, after, "new")
	}
}
