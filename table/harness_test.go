package table

import (
	"fmt"
	"reflect"
	"testing"

	"hansu/rules"
	"hansu/store"
)

// harness drives a Core by hand, and plays the store: what is not committed is not published.
type harness struct {
	t    *testing.T
	core *Core
	now  Time
	log  map[store.TableID][]store.Record
	sums map[store.TableID]store.Summary
	arch []store.Game
	info []Info
}

func testConfig(h *harness) Config {
	return Config{
		Encode:    func(dst []byte, r *Record) []byte { return fmt.Appendf(dst, "%d:%v", r.Seq, names(r.Events)) },
		Changed:   func(in Info) { h.info = append(h.info, in) },
		Reconnect: 10_000, Abandon: 1_000_000,
	}
}

func names(events []Event) []string {
	var list []string
	for _, e := range events {
		list = append(list, reflect.TypeOf(e).Name())
	}
	return list
}

func newHarness(t *testing.T) *harness {
	h := &harness{t: t, log: map[store.TableID][]store.Record{}, sums: map[store.TableID]store.Summary{}}
	h.now = Time{Service: 1000, Wall: 1_700_000_000_000}
	h.core = NewCore(testConfig(h))
	return h
}

// do takes one step with these commands, stores it and publishes it.
func (h *harness) do(cmds ...Command) {
	h.t.Helper()
	b := h.core.Step(h.now, cmds)
	h.commit(b)
	h.core.Publish(b)
}

func (h *harness) commit(b *Batch) {
	h.t.Helper()
	for _, w := range b.Writes {
		if want := uint32(len(h.log[w.Table]) + 1); w.Seq != want {
			h.t.Fatalf("table %d: record %d written, %d expected", w.Table, w.Seq, want)
		}
		w.Data = append([]byte(nil), w.Data...)
		h.log[w.Table] = append(h.log[w.Table], w.Record)
		if w.Summary != nil {
			h.sums[w.Table] = *w.Summary
		}
		if w.Game != nil {
			h.arch = append(h.arch, *w.Game)
		}
	}
}

// pass lets time go by and handles what becomes due, as a shard does.
func (h *harness) pass(ms rules.Millis) {
	h.t.Helper()
	end := h.now.Service + ms
	for {
		at, ok := h.core.Next()
		if !ok || at > end {
			break
		}
		h.now.Wall += int64(max(0, at-h.now.Service))
		h.now.Service = max(at, h.now.Service)
		cmds := h.core.Due(h.now.Service, nil)
		for _, c := range cmds {
			if !h.core.Has(c.Table) {
				h.restore(c.Table)
			}
		}
		h.do(cmds...)
	}
	h.now.Wall += int64(end - h.now.Service)
	h.now.Service = end
}

func (h *harness) restore(id store.TableID) {
	h.t.Helper()
	if err := h.core.Restore(id, first, h.log[id], h.now.Service); err != nil {
		h.t.Fatal(err)
	}
}

// restart forgets everything but the store; every table is looked at again when due.
func (h *harness) restart() {
	h.t.Helper()
	h.core = NewCore(testConfig(h))
	for id := range h.log {
		h.restore(id)
	}
}

// client is a viewer that writes down what it hears.
type client struct {
	h       *harness
	key     Key
	id      store.TableID
	number  uint32
	heard   []string // encoded records, "3:[Moved]"
	seats   []Attachment
	answers []Answer
	dropped int
}

func (h *harness) client(key byte, id store.TableID) *client {
	return &client{h: h, key: Key{key}, id: id}
}

func (c *client) Attach(a Attachment)  { c.seats = append(c.seats, a) }
func (c *client) CaughtUp(Attachment)  {}
func (c *client) Deliver(p []byte)     { c.heard = append(c.heard, string(p)) }
func (c *client) Answer(a Answer)      { c.answers = append(c.answers, a) }
func (c *client) Drop(store.TableID)   { c.dropped++ }
func (c *client) cmd(a Action) Command { c.number++; return c.again(a, c.number) }
func (c *client) again(a Action, number uint32) Command {
	return Command{Table: c.id, From: c, Key: c.key, Instance: uint32(c.key[0]), Number: number, Do: a}
}

// does sends one command and returns its answer.
func (c *client) does(a Action) Answer {
	c.h.t.Helper()
	c.h.do(c.cmd(a))
	return c.answers[len(c.answers)-1]
}

func (c *client) must(a Action) {
	c.h.t.Helper()
	if got := c.does(a); got.Refusal != Accepted {
		c.h.t.Fatalf("%#v refused: %d", a, got.Refusal)
	}
}

func (c *client) refused(a Action, want Refusal) {
	c.h.t.Helper()
	if got := c.does(a); got.Refusal != want {
		c.h.t.Fatalf("%#v: refusal %d, want %d", a, got.Refusal, want)
	}
}

func (c *client) last() string {
	if len(c.heard) == 0 {
		return ""
	}
	return c.heard[len(c.heard)-1]
}

var omokFree = Setting{
	Code:    "CODE2345",
	Variant: rules.Variant{Kind: rules.Omok, Rules: rules.Freestyle, Size: 15},
	Public:  true, Grace: 60_000,
}

func with(s Setting, tc string) Setting {
	c, err := rules.ParseTimeControl(tc)
	if err != nil {
		panic(err)
	}
	s.Time = c
	return s
}

func chess(tc string) Setting {
	return with(Setting{Code: "CHES2345", Variant: rules.Variant{Kind: rules.Chess, Rules: rules.Orthodox, Size: 8}, Grace: 60_000}, tc)
}

// table opens a table with two players.
func (h *harness) table(s Setting) (a, b *client) {
	h.t.Helper()
	a, b = h.client(1, 1), h.client(2, 1)
	a.must(Create{Setting: s, Name: "one"})
	b.must(Sit{Name: "two"})
	return a, b
}

func (h *harness) live() *Table { return h.core.tables[1] }

// outcome returns how the last game that is over at the table ended.
func (h *harness) outcome() (last Ended) {
	h.t.Helper()
	for _, r := range h.log[1] {
		rec, err := Decode(r)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, e := range rec.Events {
			if e, ok := e.(Ended); ok {
				last = e
			}
		}
	}
	return last
}

func stone(s string) Move {
	p, err := rules.ParsePoint(s, 15)
	if err != nil {
		panic(err)
	}
	return Move{Move: rules.Move{To: p}, Ply: AnyPly}
}

func piece(s string) Move {
	from, err := rules.ParsePoint(s[:2], 8)
	if err != nil {
		panic(err)
	}
	to, err := rules.ParsePoint(s[2:4], 8)
	if err != nil {
		panic(err)
	}
	return Move{Move: rules.Move{From: from, To: to}, Ply: AnyPly}
}
