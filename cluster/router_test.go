package cluster

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"hansu/rules"
	"hansu/table"
)

// The tests of this file drive routers by hand: a network that loses what the test lets it lose, a time that
// goes on when it is told to, and tables that do no more than number what is said at them.

// world is a few nodes and what is between them.
type world struct {
	t      testing.TB
	now    rules.Millis
	nodes  map[string]*fakeNode
	owners map[table.ID]string // as the store has it
	net    []parcel
	lose   func(p parcel) bool
	err    error // of the store
}

type parcel struct {
	from, to string // to "": all
	frame    []byte
}

// fakeNode is a node whose tables are fakeTables.
type fakeNode struct {
	w      *world
	name   string
	router *Router
	tables map[table.ID]*fakeTable
	mail   []table.Command
	dead   bool // its lease has run out
	cut    bool // the bus does not take what it sends
	full   bool // its shards have too much to do
	missed int
	infos  []table.Info
	counts []Count
	later  []func()
}

// fakeTable numbers what is said at it, and tells its viewers.
type fakeTable struct {
	records uint32
	viewers []table.Viewer
}

func newWorld(t testing.TB, names ...string) *world {
	w := &world{t: t, now: 1, nodes: make(map[string]*fakeNode), owners: make(map[table.ID]string)}
	w.lose = func(parcel) bool { return false }
	for _, name := range names {
		w.start(name)
	}
	w.pass(3000)
	return w
}

func (w *world) start(name string) *fakeNode {
	n := &fakeNode{w: w, name: name, tables: make(map[table.ID]*fakeTable)}
	w.nodes[name] = n
	n.router = New(Config{
		Node: name,
		Owner: func(_ context.Context, id table.ID) (string, error) {
			if o := w.nodes[w.owners[id]]; o != nil && !o.dead {
				return o.name, w.err
			}
			return "", w.err
		},
		Alive: func() bool { return !n.dead },
		Local: func(cmd table.Command) bool {
			if n.full {
				return false
			}
			n.mail = append(n.mail, cmd)
			return true
		},
		Send: func(to string, frame []byte) error {
			if n.cut {
				return fmt.Errorf("cut")
			}
			w.net = append(w.net, parcel{name, to, frame})
			return nil
		},
		Cast: func(frame []byte) error {
			if n.cut {
				return fmt.Errorf("cut")
			}
			w.net = append(w.net, parcel{name, "", frame})
			return nil
		},
		Changed: func(in table.Info) { n.infos = append(n.infos, in) },
		Counted: func(_ string, c Count) { n.counts = append(n.counts, c) },
		Missed:  func() { n.missed++ },
		Go:      func(do func()) { n.later = append(n.later, do) },
		Wake:    func() {},
		Now:     func() rules.Millis { return w.now },
	})
	return n
}

// step lets everything happen that can happen now.
func (w *world) step() {
	for range 8 {
		for _, name := range []string{"a", "b", "c", "d"} {
			n := w.nodes[name]
			if n == nil {
				continue
			}
			later := n.later
			n.later = nil
			for _, do := range later {
				do()
			}
			n.turn()
			n.router.Flush()
		}
		net := w.net
		w.net = nil
		for _, p := range net {
			if w.lose(p) {
				continue
			}
			for name, n := range w.nodes {
				switch {
				case name == p.from || n.cut:
				case p.to == "":
					n.router.Heard(p.frame)
				case p.to == name:
					n.router.Received(p.frame)
				}
			}
		}
	}
}

// pass lets time go by.
func (w *world) pass(d rules.Millis) {
	for end := w.now + d; w.now < end; w.now += 100 {
		for _, name := range []string{"a", "b", "c", "d"} {
			if n := w.nodes[name]; n != nil {
				n.router.Tick()
			}
		}
		w.step()
	}
}

// turn is what the shards do.
func (n *fakeNode) turn() {
	mail := n.mail
	n.mail = nil
	for _, cmd := range mail {
		if owner := n.w.owners[cmd.Table]; owner != n.name {
			if o := n.w.nodes[owner]; o != nil && !o.dead {
				if _, detach := cmd.Do.(table.Detach); !detach {
					n.router.Elsewhere(cmd, owner)
				}
				continue
			}
			n.w.owners[cmd.Table] = n.name // claimed
		}
		n.decide(cmd)
	}
}

func (n *fakeNode) decide(cmd table.Command) {
	t := n.tables[cmd.Table]
	if t == nil {
		t = &fakeTable{}
		n.tables[cmd.Table] = t
	}
	a := table.Answer{Table: cmd.Table, Number: cmd.Number, Do: cmd.Do, Tag: cmd.Tag}
	switch do := cmd.Do.(type) {
	case table.Attach:
		cmd.From.Attach(table.Attachment{Table: cmd.Table, Last: t.records, Setting: table.Setting{Code: "CODE"}})
		for i := do.Seen + 1; i <= t.records; i++ {
			cmd.From.Deliver(record(cmd.Table, i))
		}
		cmd.From.CaughtUp(table.Attachment{Table: cmd.Table, Last: t.records})
		t.viewers = append(t.viewers, cmd.From)
	case table.Detach, table.Leave:
		kept := t.viewers[:0]
		for _, v := range t.viewers {
			if v != cmd.From {
				kept = append(kept, v)
			}
		}
		t.viewers = kept
	case table.Say:
		t.records++
		for _, v := range t.viewers {
			v.Deliver(record(cmd.Table, t.records))
		}
		a.Record = t.records
	}
	if cmd.From != nil {
		cmd.From.Answer(a)
	}
}

func record(id table.ID, n uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(id)), n)
}

// fakeViewer is a session: it fails the test if what it hears has a gap.
type fakeViewer struct {
	w        *world
	n        *fakeNode
	id       table.ID
	seen     uint32
	at       bool
	attached int
	caught   int
	answers  []table.Answer
	drops    int
	asked    bool
}

func (w *world) viewer(node string, id table.ID) *fakeViewer {
	return &fakeViewer{w: w, n: w.nodes[node], id: id}
}

func (v *fakeViewer) do(a table.Action) bool {
	return v.n.router.Submit(table.Command{Table: v.id, From: v, Key: table.Key{1}, Instance: 1, Number: 7, Do: a})
}

func (v *fakeViewer) Attach(a table.Attachment) {
	v.at = true
	v.attached++
	if a.Table != v.id || a.Setting.Code != "CODE" {
		v.w.t.Errorf("attached to %+v", a)
	}
}

func (v *fakeViewer) Deliver(p []byte) {
	id, n := table.ID(binary.BigEndian.Uint32(p)), binary.BigEndian.Uint32(p[4:])
	if id != v.id || n != v.seen+1 {
		v.w.t.Errorf("record %d of table %d after record %d of table %d", n, id, v.seen, v.id)
	}
	v.seen = n
}

func (v *fakeViewer) CaughtUp(table.Attachment) { v.caught++ }

func (v *fakeViewer) Answer(a table.Answer) {
	if a.Number != 7 || a.Table != v.id || a.Do == nil {
		v.w.t.Errorf("answer %+v", a)
	}
	v.answers = append(v.answers, a)
	v.asked = false
}

func (v *fakeViewer) Drop(table.ID) {
	v.at, v.asked = false, false
	v.drops++
}

// come attaches a viewer, anew if need be.
func (v *fakeViewer) come() {
	v.w.t.Helper()
	for range 50 {
		drops := v.drops
		v.answers = nil
		v.do(table.Attach{Seen: v.seen})
		for range 10 {
			v.w.pass(200)
			if v.drops > drops || len(v.answers) > 0 {
				break
			}
		}
		if v.at && len(v.answers) == 1 && v.answers[0].Refusal == table.Accepted {
			return
		}
	}
	v.w.t.Fatalf("%+v does not get to its table", v)
}

func (v *fakeViewer) say(t testing.TB) {
	t.Helper()
	v.answers = nil
	if !v.do(table.Say{Text: "x"}) {
		t.Fatal("not submitted")
	}
	v.w.step()
	if len(v.answers) != 1 || v.answers[0].Refusal != table.Accepted || v.answers[0].Record == 0 {
		t.Fatalf("answers %+v", v.answers)
	}
}

func TestViewersOfOtherNodes(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.owners[1] = "a"
	va, vb, vb2, vc := w.viewer("a", 1), w.viewer("b", 1), w.viewer("b", 1), w.viewer("c", 1)
	for _, v := range []*fakeViewer{va, vb, vb2, vc} {
		v.come()
	}
	for range 10 {
		va.say(t)
		vb.say(t)
		vc.say(t)
	}
	for _, v := range []*fakeViewer{va, vb, vb2, vc} {
		if v.seen != 30 || v.attached != 1 || v.caught != 1 || v.drops != 0 {
			t.Errorf("%s: %+v", v.n.name, v)
		}
	}
	if got := len(w.nodes["a"].tables[1].viewers); got != 4 {
		t.Errorf("%d viewers", got)
	}
	vb.do(table.Detach{})
	vb2.do(table.Leave{})
	vc.do(table.Detach{})
	w.step()
	if got := len(w.nodes["a"].tables[1].viewers); got != 1 {
		t.Errorf("%d viewers are left, want the one of the node itself", got)
	}
	for _, name := range []string{"a", "b", "c"} {
		for _, l := range w.nodes[name].router.links {
			if len(l.proxies)+len(l.numbers)+len(l.pending)+len(l.guests)+len(l.tables) > 0 {
				t.Errorf("node %s keeps something of its link to %s: %+v", name, l.node, l)
			}
		}
	}
}

// TestRecordOnce: a record goes to a node once, however many look on there.
func TestRecordOnce(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.owners[1] = "a"
	const viewers = 300
	for range viewers {
		w.viewer("b", 1).come()
	}
	va := w.viewer("a", 1)
	va.come()
	bytes := 0
	w.lose = func(p parcel) bool { bytes += len(p.frame); return false }
	va.say(t)
	if most := 200 + 3*viewers; bytes > most {
		t.Errorf("%d bytes for a record to %d viewers of one node, want at most %d", bytes, viewers, most)
	}
	w.pass(100)
	for _, l := range w.nodes["b"].router.links {
		for _, p := range l.numbers {
			if v := p.viewer.(*fakeViewer); v.seen != 1 {
				t.Fatalf("a viewer has seen %d records", v.seen)
			}
		}
	}
}

// TestOwnerNotKnown: a table that nobody owns becomes the node's whose client comes first.
func TestOwnerNotKnown(t *testing.T) {
	w := newWorld(t, "a", "b")
	vb := w.viewer("b", 5)
	vb.come()
	if w.owners[5] != "b" {
		t.Fatalf("owner %q", w.owners[5])
	}
	va := w.viewer("a", 5)
	va.come()
	va.say(t)
	w.step()
	if vb.seen != 1 {
		t.Error("not heard")
	}
}

// TestElsewhere: a route that is out of date is put right by the node that does not own the table any more.
func TestElsewhere(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	w.owners[1] = "b"
	va := w.viewer("a", 1)
	va.come()
	va.do(table.Detach{})
	w.step()
	w.owners[1] = "c"
	w.nodes["c"].tables[1] = w.nodes["b"].tables[1]
	va.come()
	if len(w.nodes["c"].tables[1].viewers) != 1 {
		t.Error("not at the owner")
	}
	w.owners[1] = "a"
	w.nodes["a"].tables[1] = &fakeTable{}
	va.do(table.Detach{})
	w.step()
	va.come()
	if len(w.nodes["a"].tables[1].viewers) != 1 {
		t.Error("not at its own node")
	}
}

// TestLostMessage: what is lost is noticed at the next message or beat, in either direction, and the viewer comes back.
func TestLostMessage(t *testing.T) {
	for _, from := range []string{"a", "b"} {
		w := newWorld(t, "a", "b")
		w.owners[1] = "a"
		va, vb := w.viewer("a", 1), w.viewer("b", 1)
		va.come()
		vb.come()
		lost := 0
		w.lose = func(p parcel) bool {
			if p.from == from && p.frame[1] == byte(frameData) && lost == 0 {
				lost++
				return true
			}
			return false
		}
		vb.do(table.Say{})
		w.pass(1000)
		if lost != 1 || vb.drops != 1 {
			t.Fatalf("lost from %s: %d messages, %d drops", from, lost, vb.drops)
		}
		vb.come()
		vb.say(t)
		if vb.seen != va.seen || vb.seen != w.nodes["a"].tables[1].records {
			t.Errorf("b has seen %d, a %d", vb.seen, va.seen)
		}
		// The viewer that was lost is gone from the table after a while, and not before.
		if got := len(w.nodes["a"].tables[1].viewers); got != 3 {
			t.Errorf("%d viewers, want the old one still among them", got)
		}
		w.pass(awayAfter + 500)
		if got := len(w.nodes["a"].tables[1].viewers); got != 2 {
			t.Errorf("%d viewers, want two", got)
		}
	}
}

// TestDeadOwner: while the owner's lease runs nobody else decides; then whoever comes does.
func TestDeadOwner(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.owners[1] = "a"
	vb := w.viewer("b", 1)
	vb.come()
	w.nodes["a"].cut = true
	w.pass(silence + 200)
	if vb.drops != 1 {
		t.Fatalf("%d drops", vb.drops)
	}
	vb.answers = nil
	vb.do(table.Attach{Seen: vb.seen})
	w.pass(1000)
	if len(vb.answers) != 0 || w.owners[1] != "a" {
		t.Fatalf("answers %+v, owner %s", vb.answers, w.owners[1])
	}
	w.nodes["a"].dead = true
	w.pass(2 * lookAgain)
	if len(vb.answers) != 1 || vb.answers[0].Refusal != table.Accepted || w.owners[1] != "b" {
		t.Fatalf("answers %+v, owner %s", vb.answers, w.owners[1])
	}
}

// TestPatience: an owner that lives and is not reached is waited for, and not for ever.
func TestPatience(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.owners[1] = "a"
	w.nodes["a"].cut = true
	w.pass(silence + 200)
	vb := w.viewer("b", 1)
	vb.do(table.Attach{})
	w.pass(patience / 2)
	if len(vb.answers) != 0 {
		t.Fatalf("answers %+v", vb.answers)
	}
	w.pass(patience)
	if len(vb.answers) != 1 || vb.answers[0].Refusal != table.StoreDown {
		t.Fatalf("answers %+v", vb.answers)
	}
	w.nodes["a"].cut = false
	vb.come()
}

// TestNoLease: a node whose lease has run out lets go of all links, and answers nobody.
func TestNoLease(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.owners[1] = "a"
	vb := w.viewer("b", 1)
	vb.come()
	w.nodes["a"].dead = true
	w.pass(500)
	if vb.drops != 1 {
		t.Fatalf("%d drops", vb.drops)
	}
	vb.come()
	if w.owners[1] != "b" {
		t.Errorf("owner %s", w.owners[1])
	}
	w.nodes["a"].dead = false
	w.pass(2000)
	va := w.viewer("a", 1)
	va.come()
	va.say(t)
	w.step()
	if vb.seen != va.seen {
		t.Errorf("b has seen %d, a %d", vb.seen, va.seen)
	}
}

// TestLeave: a node that leaves in good order is followed at once.
func TestLeave(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.owners[1] = "a"
	vb := w.viewer("b", 1)
	vb.come()
	w.owners[1] = ""
	w.nodes["a"].router.Leave()
	delete(w.nodes, "a")
	w.step()
	if vb.drops != 1 {
		t.Fatalf("%d drops", vb.drops)
	}
	vb.do(table.Attach{})
	w.step()
	if w.owners[1] != "b" {
		t.Errorf("owner %q", w.owners[1])
	}
}

func TestBusy(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.owners[1] = "a"
	vb := w.viewer("b", 1)
	vb.come()
	w.nodes["a"].full = true
	vb.answers = nil
	vb.do(table.Say{})
	w.step()
	if len(vb.answers) != 1 || vb.answers[0].Refusal != table.Busy {
		t.Fatalf("answers %+v", vb.answers)
	}
}

func TestStoreAway(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.err = fmt.Errorf("no database")
	vb := w.viewer("b", 1)
	vb.do(table.Attach{})
	w.step()
	if len(vb.answers) != 1 || vb.answers[0].Refusal != table.StoreDown {
		t.Fatalf("answers %+v", vb.answers)
	}
	w.err = nil
	vb.come()
}

// TestInfos: what a table has become is told to all other nodes, and a node knows that it has missed something.
func TestInfos(t *testing.T) {
	w := newWorld(t, "a", "b", "c")
	in := table.Info{ID: 3, Seq: 9, Phase: table.Playing, Opened: 1234, Game: 2, Setting: table.Setting{Code: "CODE", Public: true, Grace: 5}}
	in.Seats[1] = table.InfoSeat{Name: "한수", Key: table.Key{4}, Taken: true, Away: true, Instance: 1, Number: 2}
	b, c := w.nodes["b"], w.nodes["c"]
	b.missed, c.missed = 0, 0
	w.nodes["a"].router.Changed(in)
	w.nodes["a"].router.Count([]Count{{3, 17, -1}, {4, -1, 2}})
	w.pass(1500)
	for _, n := range []*fakeNode{b, c} {
		if len(n.infos) != 1 || n.infos[0] != in || n.missed != 0 {
			t.Errorf("%s heard %+v, missed %d", n.name, n.infos, n.missed)
		}
		if fmt.Sprint(n.counts) != "[{3 17 -1} {4 -1 2}]" {
			t.Errorf("counts %v", n.counts)
		}
	}
	w.lose = func(p parcel) bool { return p.to == "" && len(p.frame) > 24 }
	w.nodes["a"].router.Changed(in)
	w.step()
	w.lose = func(parcel) bool { return false }
	w.pass(1500)
	if b.missed != 1 || c.missed != 1 {
		t.Errorf("missed %d, %d", b.missed, c.missed)
	}
}

// TestBadFrames: whatever comes, the router goes on.
func TestBadFrames(t *testing.T) {
	w := newWorld(t, "a", "b")
	w.owners[1] = "a"
	vb := w.viewer("b", 1)
	vb.come()
	r := rand.New(rand.NewPCG(1, 2))
	good := w.nodes["b"].router.links["a"]
	for range 20_000 {
		p := make([]byte, r.IntN(60))
		for i := range p {
			p[i] = byte(r.Uint32())
		}
		if r.IntN(2) == 0 {
			good.sent = 0
			p = append(good.header(frameKind(1+r.IntN(4))), p...)
		}
		w.nodes["a"].router.Received(p)
		w.nodes["a"].router.Heard(p)
	}
	w.pass(5000)
	vb.come()
}

// TestLossy: with frames lost, doubled and late at random, viewers hear what happens without a gap, each
// command is answered at most once, and everybody gets on.
func TestLossy(t *testing.T) {
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 9))
		w := newWorld(t, "a", "b", "c")
		for id := range table.ID(3) {
			w.owners[id] = string(rune('a' + id))
		}
		w.lose = func(p parcel) bool {
			if r.IntN(12) == 0 {
				w.net = append(w.net, p) // once more, later
			}
			return r.IntN(15) == 0
		}
		var viewers []*fakeViewer
		for i := range 12 {
			viewers = append(viewers, w.viewer(string(rune('a'+i%3)), table.ID(i%4)))
		}
		for range 300 {
			v := viewers[r.IntN(len(viewers))]
			switch {
			case v.asked: // to come, or to go
			case !v.at:
				v.asked = v.do(table.Attach{Seen: v.seen})
			case r.IntN(20) == 0:
				v.asked = v.do(table.Detach{})
				v.at = false
			default:
				v.do(table.Say{})
			}
			if r.IntN(4) == 0 {
				w.step()
			}
			if r.IntN(10) == 0 {
				w.pass(300)
			}
		}
		w.lose = func(parcel) bool { return false }
		w.pass(patience + 5000)
		for _, v := range viewers {
			if !v.at {
				v.come()
			}
		}
		for _, v := range viewers {
			v.say(t)
		}
		w.step()
		for _, v := range viewers {
			if want := w.nodes[w.owners[v.id]].tables[v.id].records; v.seen != want {
				t.Fatalf("seed %d: a viewer at %s has seen %d of %d", seed, v.n.name, v.seen, want)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
