//go:build unix

package server_test

import (
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"slices"
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
	"hansu/session"
	"hansu/store"
	"hansu/store/postgres/postgrestest"
	"hansu/table"
)

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
	deaf    atomic.Bool  // no table has changed
	renewed atomic.Int64 // how often Renew was called
	looked  atomic.Int64 // and Orphans
	asked   atomic.Int64 // and ChangedSince
	failed  atomic.Int64 // how often Append failed

	doubt atomic.Pointer[doubt] // what becomes of one Append
}

// doubt is an Append whose outcome the node does not get to know.
type doubt struct {
	text   string // the one with a record that holds this
	stored bool   // what became of it
	told   error  // what the node is told
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
	holds := func(text string) bool {
		return slices.ContainsFunc(writes, func(w store.Write) bool { return strings.Contains(string(w.Data), text) })
	}
	if d := o.doubt.Load(); d != nil && holds(d.text) {
		o.doubt.Store(nil)
		if d.stored {
			if err := o.Shared.Append(ctx, writes); err != nil {
				return err
			}
		}
		return d.told
	}
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
	o.asked.Add(1)
	if o.sure.Load() || o.deaf.Load() {
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
		cfg := server.Config{DB: strings.Replace(w.url, pg.Addr(), w.dbs[i].addr(), 1), Bus: w.cables[i], Log: log, Limits: session.Limits{Looks: -1}}
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
