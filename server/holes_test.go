//go:build unix

package server_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hansu/bus"
	"hansu/bus/local"
	"hansu/client"
	"hansu/rules"
	"hansu/server"
	"hansu/store"
	"hansu/store/postgres/postgrestest"
	"hansu/table"
)

// The tests here show what several nodes could do to each other, and each shows with a switch that what keeps them
// from it is needed: without it the harm is done. The switches stand between a node and its database or its bus, and
// take away what it would learn or say there.

// office is what stands between a node and its database.
type office struct {
	store.Shared
	url string

	held    gate         // Renew waits
	sure    atomic.Bool  // Renew says at once that all is well, whatever is
	bold    atomic.Bool  // no other node's lease counts
	lose    atomic.Bool  // the next answer of Renew is lost
	long    bool         // the lease is one that does not run out on a busy machine
	fond    bool         // Held tells of all tables, as if they had never changed hands
	blank   bool         // records do not tell whose command they were
	still   bool         // no table is without an owner
	renewed atomic.Int64 // how often Renew was called
	looked  atomic.Int64 // and Orphans
	failed  atomic.Int64 // how often Append failed
}

// gate lets pass, or not.
type gate struct{ mu sync.Mutex }

func (g *gate) close() { g.mu.Lock() }
func (g *gate) open()  { g.mu.Unlock() }
func (g *gate) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
}

func (o *office) Renew(ctx context.Context, now rules.Millis) (bool, error) {
	o.renewed.Add(1)
	if o.sure.Load() {
		return false, nil
	}
	o.held.pass()
	lapsed, err := o.Shared.Renew(ctx, now)
	if err == nil && o.long {
		err = o.exec(ctx, "UPDATE hansu.node SET lease_until = lease_until + interval '1 h' WHERE node_id = $1", o.Node())
	}
	if err == nil && o.lose.CompareAndSwap(true, false) {
		err = errors.New("the answer is lost")
	}
	return lapsed, err
}

// exec runs a statement past the store.
func (o *office) exec(ctx context.Context, sql string, args ...any) error {
	conn, err := pgx.Connect(ctx, o.url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql, args...)
	return err
}

func (o *office) Held(ctx context.Context, f func(store.TableID, uint32) error) error {
	if !o.fond {
		return o.Shared.Held(ctx, f)
	}
	return o.Tables(ctx, func(sum store.Summary) error { return f(sum.Table, 1) })
}

func (o *office) Append(ctx context.Context, writes []store.Write) error {
	err := o.Shared.Append(ctx, writes)
	if err != nil {
		o.failed.Add(1)
	}
	return err
}

func (o *office) Owner(ctx context.Context, id store.TableID) (string, error) {
	if o.bold.Load() {
		return "", nil
	}
	return o.Shared.Owner(ctx, id)
}

func (o *office) Claim(ctx context.Context, id store.TableID, now rules.Millis) (store.Ownership, error) {
	if o.bold.Load() {
		err := o.exec(ctx, "UPDATE hansu.game_table SET owner = $2, epoch = epoch + 1 WHERE table_id = $1 AND owner <> $2", int64(id), o.Node())
		if err != nil {
			return store.Ownership{}, err
		}
	}
	return o.Shared.Claim(ctx, id, now)
}

func (o *office) Records(ctx context.Context, id store.TableID, from uint32, f func(store.Record) error) error {
	return o.Shared.Records(ctx, id, from, func(r store.Record) error {
		if o.blank { // format and seat, then the program and the number of its command
			_, n := binary.Uvarint(r.Data[2:])
			_, m := binary.Uvarint(r.Data[2+n:])
			r.Data = append([]byte{r.Data[0], r.Data[1], 0, 0}, r.Data[2+n+m:]...)
		}
		return f(r)
	})
}

func (o *office) Orphans(ctx context.Context, f func(store.Orphan) error) error {
	o.looked.Add(1)
	if o.still || o.sure.Load() {
		return nil
	}
	return o.Shared.Orphans(ctx, f)
}

// Time and ChangedSince belong to what a node does beside Renew: nor do they wait when that does not.

func (o *office) Time(ctx context.Context) (rules.Millis, error) {
	if o.sure.Load() {
		return 0, errors.New("not asked for")
	}
	return o.Shared.Time(ctx)
}

func (o *office) ChangedSince(ctx context.Context, moment int64, f func(store.Summary) error) (int64, error) {
	if o.sure.Load() {
		return moment, nil
	}
	return o.Shared.ChangedSince(ctx, moment, f)
}

// cable is what stands between a node and its bus.
type cable struct {
	bus.Bus
	mu    sync.Mutex
	lose  func(frame []byte) bool // nil: nothing is lost
	cover bool                    // frames behind a lost one are numbered as if it had never been
	lost  uint32
	beats int // sent since the first loss
}

// kinds of frames, and where their number is: behind a byte for the format and one for the kind come the node, with its
// length in front, and two numbers of eight bytes.
const (
	frameData = 1
	frameBeat = 2
)

func frameNumber(p []byte) []byte { return p[3+int(p[2])+16:][:4] }

func (c *cable) Publish(subject string, data []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	kind := data[1]
	if kind == frameData && c.lose != nil && c.lose(data) {
		c.lost++
		return nil
	}
	if c.lost > 0 && kind <= frameBeat && c.cover {
		data = append([]byte(nil), data...)
		n := frameNumber(data)
		binary.BigEndian.PutUint32(n, binary.BigEndian.Uint32(n)-c.lost)
	}
	err := c.Bus.Publish(subject, data)
	if c.lost > 0 && kind == frameBeat {
		c.beats++
	}
	return err
}

// town is two nodes over one database, a table at which the first decides, and its players: one at each node.
type town struct {
	t       *testing.T
	url     string
	nodes   []*node
	offices []*office
	cables  []*cable
	buses   []*local.Bus
	dbs     []*proxy
	a, b    *player
	id      uint32
	code    string
}

// newTown starts it, for games with a clock or none; set may change what stands between.
func newTown(t *testing.T, clock string, set func(w *town)) *town {
	t.Helper()
	pg := postgrestest.Shared(t)
	w := &town{t: t, url: pg.Database(t)}
	hub := local.NewHub()
	for i := range 2 {
		w.buses = append(w.buses, hub.Join())
		w.cables = append(w.cables, &cable{Bus: w.buses[i]})
		w.offices = append(w.offices, &office{url: w.url})
		w.dbs = append(w.dbs, newProxy(t, pg.Addr()))
	}
	set(w)
	for i := range 2 {
		log := slog.New(slog.NewTextHandler(t.Output(), nil)).With("node", i)
		cfg := server.Config{DB: strings.Replace(w.url, pg.Addr(), w.dbs[i].addr(), 1), Bus: w.cables[i], Log: log}
		cfg.Between(func(s store.Shared) store.Shared {
			w.offices[i].Shared = s
			return w.offices[i]
		})
		w.nodes = append(w.nodes, start(t, cfg))
	}
	w.a, w.b = w.at(0, "first"), w.at(1, "second")
	w.a.must(client.Open{Variant: variant(t, "omok:freestyle"), Time: timing(t, clock), Private: true})
	w.id, w.code = w.a.table.ID, w.a.table.Code
	w.b.must(client.Enter{Code: w.code})
	for _, p := range []*player{w.a, w.b} {
		for !p.table.Running() {
			until(p, func(client.Record) bool { return true })
		}
	}
	return w
}

// atOnce runs variants of a test beside each other: they mostly wait. test says whether all was as it is to be. Where the
// harm is to be done, another fault, such as a link that breaks because the machine is busy, may come to the
// rescue: then it is tried again.
func atOnce[V any](t *testing.T, variants map[string]V, test func(t *testing.T, v V) bool) {
	t.Parallel()
	var all sync.WaitGroup
	for name, v := range variants {
		all.Go(func() {
			t.Run(name, func(t *testing.T) {
				for range 5 {
					if test(t, v) || t.Failed() {
						return
					}
				}
				t.Error("it never came to that")
			})
		})
	}
	all.Wait()
}

// at is a client of one node alone.
func (w *town) at(i int, name string) *player { return w.nodes[i].player(name) }

// say says something at the table.
func (w *town) say(p *player, text string) {
	w.t.Helper()
	p.must(client.Say{Table: w.id, Text: text})
}

// hears waits until somebody is told what was said.
func hears(p *player, text string) client.Record {
	p.t.Helper()
	return until(p, func(r client.Record) bool { return strings.Contains(told(r), text) })
}

// ear writes down what somebody is told.
func ear(p *player) *[]string {
	var heard []string
	p.heard = func(ev client.Event) {
		if r, ok := ev.(client.Record); ok {
			heard = append(heard, told(r))
		}
	}
	return &heard
}

// log is what is stored of the table.
func (w *town) log() string {
	w.t.Helper()
	var list []string
	for _, r := range records(w.t, w.url)[store.TableID(w.id)] {
		rec, err := table.Decode(r)
		if err != nil {
			w.t.Fatal(err)
		}
		list = append(list, said(rec))
	}
	return strings.Join(list, "\n")
}

// epoch says how often the table has changed hands.
func (w *town) epoch() (epoch int) {
	w.t.Helper()
	ctx := w.t.Context()
	conn, err := pgx.Connect(ctx, w.url)
	if err == nil {
		defer conn.Close(ctx)
		err = conn.QueryRow(ctx, "SELECT epoch FROM hansu.game_table WHERE table_id = $1", int64(w.id)).Scan(&epoch)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return epoch
}

// becomes waits until something is so.
func becomes(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(patience); !ok(); <-time.After(10 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

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
// has. The others' clients get what is missing when it is back.
func TestOwnerWithoutBus(t *testing.T) {
	t.Parallel()
	w := newTown(t, "none", func(w *town) { w.offices[0].long = true })
	c := w.at(0, "watching")
	c.must(client.Watch{Code: w.code})
	w.buses[0].Cut(true)
	w.say(w.a, "alone")
	hears(c, "alone")
	until(w.b, func(client.Offline) bool { return true })
	w.buses[0].Cut(false)
	hears(w.b, "alone")
	w.say(w.b, "together")
	hears(c, "together")
	if now := w.epoch(); now != 1 {
		t.Errorf("epoch %d", now)
	}
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
		var conn net.Conn
		way := *w.nodes[0]
		way.dial = func(ctx context.Context, _ string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, "tcp", w.nodes[to.Load()].addr)
			conn = c
			return deafConn{c, &deaf}, err
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
		_ = conn.Close()
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
