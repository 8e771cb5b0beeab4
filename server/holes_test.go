//go:build unix

package server_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hansu/client"
	"hansu/server"
	"hansu/store"
)

// The tests here show what several nodes could do to each other, and each shows with a switch that what keeps them
// from it is needed: without it the harm is done. The switches stand between a node and its database or its bus, and
// take away what it would learn or say there.

// TestPausedOwner: a node that was paused for longer than its lease, and so lost its tables without a word, says
// nothing of them when it goes on, and lets go of them as soon as it knows.
func TestPausedOwner(t *testing.T) {
	type variant struct{ lose, sure, fond bool }
	atOnce(t, map[string]variant{
		"safe": {}, "safe when an answer is lost": {lose: true}, "answers without a lease": {sure: true}, "keeps its tables": {fond: true},
	}, func(t *testing.T, v variant) bool {
		w := newTown(t, "none", func(w *town) { w.offices[0].fond = v.fond })
		x := w.offices[0]
		c := w.at(0, "watching")
		c.must(client.Watch{Code: w.code})
		// What a pause is to the others: nothing comes from the node. The node itself knows of nothing.
		w.buses[0].Cut(true)
		x.sure.Store(v.sure)
		was := x.renewed.Load()
		x.held.close()
		if v.sure {
			becomes(t, "the lease is not asked for any more", func() bool { return x.renewed.Load() >= was+2 })
		}
		open := sync.OnceFunc(x.held.open)
		defer open()
		w.say(w.b, "while the owner is away")
		if now := w.epoch(); now != 2 {
			t.Fatalf("epoch %d", now)
		}
		d := w.at(0, "newcomer")
		heard := ear(d)
		knows := func() bool { return strings.Contains(strings.Join(*heard, "\n"), "away") }
		if v.sure {
			d.must(client.Watch{Code: w.code})
			return !knows()
		}
		if err := d.do(client.Watch{Code: w.code}); !storeDown(err) {
			t.Errorf("the owner of before answered: %v, %v", err, *heard)
		}
		// It goes on.
		w.buses[0].Cut(false)
		x.lose.Store(v.lose)
		open()
		d.must(client.Watch{Code: w.code})
		if v.fond {
			return !knows()
		}
		if !knows() {
			t.Errorf("the first that it answers: %v", *heard)
		}
		hears(c, "while the owner is away")
		w.say(w.a, "and after")
		hears(c, "and after")
		return true
	})
}

// TestLostMessages: a node that misses a message of the owner's finds that out, though nothing more happens at the
// table, and its clients get what is missing.
func TestLostMessages(t *testing.T) {
	atOnce(t, map[string]bool{"safe": false, "not numbered": true}, func(t *testing.T, cover bool) bool {
		w := newTown(t, "none", func(w *town) { w.cables[0].cover = cover })
		x := w.cables[0]
		heard := ear(w.b)
		x.mu.Lock()
		x.lose = func(frame []byte) bool { return x.lost == 0 && strings.Contains(string(frame), "is lost") }
		x.mu.Unlock()
		w.say(w.a, "is lost")
		if !cover {
			hears(w.b, "is lost")
			return true
		}
		becomes(t, "beats", func() bool {
			x.mu.Lock()
			defer x.mu.Unlock()
			return x.beats >= 6
		})
		w.b.must(client.List{}) // whatever its node had for it came before
		return !strings.Contains(strings.Join(*heard, "\n"), "is lost")
	})
}

// TestOwnerWithoutBus: an owner that is cut off from the other nodes alone goes on deciding, for the clients that it
// has. The others' clients get what is missing when it is back, because their link to it breaks; and what tables have become
// the other nodes learn from the database even before, because they ask it now and then.
func TestOwnerWithoutBus(t *testing.T) {
	type hole struct{ whole, deaf bool }
	atOnce(t, map[string]hole{
		"safe": {}, "the link seems whole": {whole: true}, "nobody asks the database": {deaf: true},
	}, func(t *testing.T, v hole) bool {
		w := newTown(t, "none", func(w *town) { w.offices[0].long = true })
		c := w.at(0, "watching")
		c.must(client.Watch{Code: w.code})
		if v.whole {
			return w.unnoticed(c)
		}
		x := w.offices[1]
		x.deaf.Store(v.deaf)
		w.buses[0].Cut(true)
		w.say(w.a, "alone")
		hears(c, "alone")
		until(w.b, func(client.Offline) bool { return true })
		host, d := w.at(0, "host"), w.at(1, "newcomer")
		host.must(client.Open{Variant: variant(t, "omok:renju"), Time: timing(t, "none")})
		if v.deaf {
			w.buses[0].Cut(false)
			hears(w.b, "alone") // they are linked again
			was := x.asked.Load()
			becomes(t, "the database would have been asked", func() bool { return x.asked.Load() >= was+2 })
			return !listed(d, host.table.Code)
		}
		becomes(t, "the other node's clients see a table that was opened", func() bool { return listed(d, host.table.Code) })
		w.buses[0].Cut(false)
		hears(w.b, "alone")
		w.say(w.b, "together")
		hears(c, "together")
		if now := w.epoch(); now != 1 {
			t.Errorf("epoch %d", now)
		}
		return true
	})
}

// unnoticed cuts the first node off in a way that no link shows: the beats go on, numbered as if there was nothing else to be
// said. It reports whether a client of the other node never hears what c did.
func (w *town) unnoticed(c *player) bool {
	w.t.Helper()
	x := w.cables[0]
	heard := ear(w.b)
	x.mu.Lock()
	x.cover, x.lose = true, func([]byte) bool { return true }
	x.mu.Unlock()
	w.say(w.a, "alone")
	hears(c, "alone")
	x.mu.Lock()
	x.lose, x.beats = nil, 0
	x.mu.Unlock()
	becomes(w.t, "beats", func() bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		return x.beats >= 6
	})
	w.b.must(client.List{}) // whatever its node had for it came before
	return !strings.Contains(strings.Join(*heard, "\n"), "alone")
}

// listed says whether a client's node has a table in its list.
func listed(p *player, code string) (is bool) {
	p.t.Helper()
	p.heard = func(ev client.Event) {
		if l, ok := ev.(client.Listed); ok {
			is = slices.ContainsFunc(l.Entries, func(e client.Entry) bool { return e.Code == code })
		}
	}
	p.must(client.List{})
	return is
}

// TestOwnerWithoutDatabase: an owner that does not reach the database stops speaking for its tables, so that others
// take them on, and sends its clients to them.
func TestOwnerWithoutDatabase(t *testing.T) {
	atOnce(t, map[string]bool{"safe": false, "believes in its lease": true}, func(t *testing.T, sure bool) bool {
		w := newTown(t, "none", func(*town) {})
		c := anywhere(w.nodes, 0).player("watching")
		c.must(client.Watch{Code: w.code})
		if x := w.offices[0]; sure {
			x.sure.Store(true)
			was := x.renewed.Load()
			becomes(t, "the lease is not asked for any more", func() bool { return x.renewed.Load() >= was+2 })
		}
		w.dbs[0].set(stalled)
		defer w.dbs[0].set(open)
		if !sure {
			w.say(w.b, "elsewhere")
			hears(c, "elsewhere") // it was sent there, too
			if now := w.epoch(); now != 2 {
				t.Errorf("epoch %d", now)
			}
			return true
		}
		answered := make(chan error, 1)
		n, err := w.b.c.Do(client.Say{Table: w.id, Text: "elsewhere"})
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			answered <- until(w.b, func(a client.Answer) bool { return a.Command == n }).Err
		}()
		select {
		case <-answered:
			return false
		case <-time.After(3 * server.Lease):
			w.dbs[0].set(open)
			<-answered
			return true
		}
	})
}

// TestSplit: two nodes that do not hear each other do not take a table from each other, for both are alive. Who does
// not reach the owner waits, and is told so.
func TestSplit(t *testing.T) {
	atOnce(t, map[string]bool{"safe": false, "no leases": true}, func(t *testing.T, bold bool) bool {
		w := newTown(t, "none", func(w *town) { w.offices[0].long = true })
		for _, o := range w.offices {
			o.bold.Store(bold)
		}
		before := w.epoch()
		w.buses[0].Cut(true)
		until(w.b, func(client.Offline) bool { return true })
		if bold {
			for i := range 3 {
				w.say(w.b, fmt.Sprint("here ", i))
				w.say(w.a, fmt.Sprint("there ", i))
			}
			return w.epoch() >= before+5 // it changed hands all the time
		}
		d := w.at(1, "newcomer")
		if err := d.do(client.Watch{Code: w.code}); !storeDown(err) {
			t.Errorf("a client that does not reach the owner: %v", err)
		}
		w.say(w.a, "there")
		w.buses[0].Cut(false)
		hears(w.b, "there")
		w.say(w.b, "here")
		if now := w.epoch(); now != before {
			t.Errorf("epoch %d, before %d", now, before)
		}
		return true
	})
}

// TestOutcomeUnknown: a node that does not get to know whether records are stored sends the identical ones again, which tells.
// If it took them for stored, a player would be told what is not so.
func TestOutcomeUnknown(t *testing.T) {
	atOnce(t, map[string]doubt{
		"safe when they are stored": {stored: true, told: store.ErrUnknown},
		"safe when they are not":    {stored: false, told: store.ErrUnknown},
		"taken for stored":          {stored: false, told: nil},
	}, func(t *testing.T, d doubt) bool {
		w := newTown(t, "none", func(*town) {})
		d.text = "in doubt"
		w.offices[0].doubt.Store(&d)
		n, err := w.a.c.Do(client.Say{Table: w.id, Text: d.text})
		if err != nil {
			t.Fatal(err)
		}
		a := until(w.a, func(a client.Answer) bool { return a.Command == n })
		times := strings.Count(w.log(), d.text)
		switch {
		case d.told == nil:
			return a.Err == nil && times == 0
		case storeDown(a.Err):
			return false // its lease ran out on a busy machine
		}
		if r := hears(w.b, d.text); a.Err != nil || a.Record != r.Number || times != 1 {
			t.Errorf("answer %v, record %d, heard as %d; stored %d times", a.Err, a.Record, r.Number, times)
		}
		return true
	})
}

// TestRepeatedCommand: a command whose answer was lost gets the same one from another node, and has no second effect.
// That holds when the table has changed hands meanwhile, for its records say whose commands they were.
func TestRepeatedCommand(t *testing.T) {
	type variant struct{ takeover, blank bool }
	atOnce(t, map[string]variant{
		"safe": {}, "safe after a takeover": {takeover: true}, "records without authors": {takeover: true, blank: true},
	}, func(t *testing.T, v variant) bool {
		w := newTown(t, "none", func(w *town) { w.offices[1].blank = v.blank })
		// A player who comes to the first node, hears nothing any more when it is told to, and then comes to the other.
		var to atomic.Int64
		var deaf atomic.Bool
		var conn atomic.Pointer[net.TCPConn] // the first
		way := *w.nodes[0]
		way.dial = func(ctx context.Context, _ string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, "tcp", w.nodes[to.Load()].addr)
			if err != nil {
				return nil, err
			}
			conn.CompareAndSwap(nil, c.(*net.TCPConn))
			return deafConn{c, &deaf}, nil
		}
		p := way.comeBack("first", w.a.token)
		p.must(client.Resume{})
		deaf.Store(true)
		n, err := p.c.Do(client.Say{Table: w.id, Text: "once"})
		if err != nil {
			t.Fatal(err)
		}
		first := hears(w.b, "once").Number
		to.Store(1)
		if v.takeover {
			w.nodes[0].end()
		}
		deaf.Store(false)
		_ = conn.Load().Close()
		again := until(p, func(a client.Answer) bool { return a.Command == n })
		times := strings.Count(w.log(), "once")
		if v.blank {
			return times == 2
		}
		if again.Err != nil || again.Record != first || times != 1 {
			t.Errorf("answer %v, record %d, first %d; said %d times", again.Err, again.Record, first, times)
		}
		return true
	})
}

// deafConn loses what comes while it is told to.
type deafConn struct {
	net.Conn
	deaf *atomic.Bool
}

func (c deafConn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if err != nil || !c.deaf.Load() {
			return n, err
		}
	}
}

// TestFlagWithoutOwner: the time of a player runs out although the owner is gone and nobody asks for the table.
func TestFlagWithoutOwner(t *testing.T) {
	atOnce(t, map[string]bool{"safe": false, "nobody looks": true}, func(t *testing.T, still bool) bool {
		w := newTown(t, "8s+0", func(w *town) { w.offices[1].still = still })
		w.a.c.Close()
		w.b.c.Close()
		// The end of a node as the others see it. What it still wants to write comes too late.
		w.buses[0].Cut(true)
		w.dbs[0].set(stalled)
		defer w.dbs[0].set(open)
		over := func() bool { return strings.Contains(w.log(), "time") || strings.Contains(w.log(), "flag") }
		if !still {
			becomes(t, "the flag falls", over)
			return w.epoch() == 2 // not while the owner was still there
		}
		<-time.After(8*time.Second + server.Lease)
		was := w.offices[1].looked.Load()
		becomes(t, "a few looks", func() bool { return w.offices[1].looked.Load() >= was+3 })
		return !over()
	})
}
