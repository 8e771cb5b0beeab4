//go:build unix

package server_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/jackc/pgx/v5"

	"hansu/client"
	"hansu/store"
	"hansu/table"
	"hansu/wire"
)

// league is many games at once on several nodes. Each writes down every command and what became of it.
type league struct {
	s       *servers
	matches []*match
	began   time.Time
	pace    time.Duration // between two commands of one player, about
	crash   int           // one in so many commands is the last of its player's program; 0: none is
	over    atomic.Bool   // the games are to come to their end
	all     sync.WaitGroup
	acked   atomic.Int64 // commands that have a record
}

// match is one game and what was said of it.
type match struct {
	l      *league
	no     int
	id     uint32
	code   string
	first  int // seat that makes the first move
	voices [3]*voice

	mu  sync.Mutex
	ops []porcupine.Operation
}

// voice is somebody at a match: the players, in order of their seats, and one who looks on.
type voice struct {
	*player
	m    *match
	name string
	no   int      // 0, 1: the players
	at   *node    // which nodes it comes to, in order
	log  []string // what each record says, from the first
	rnd  *rand.Rand
	said int
}

// open seats the players of many games. Those of a game come to different nodes.
func (s *servers) open(games int, pace time.Duration, seed uint64) *league {
	s.t.Helper()
	l := &league{s: s, began: time.Now(), pace: pace}
	for no := range games {
		m := &match{l: l, no: no}
		for i, name := range []string{"first", "second", "watching"} {
			m.voices[i] = &voice{
				m: m, no: i, at: s.from(no + i), name: fmt.Sprintf("%s of %d", name, no),
				rnd: rand.New(rand.NewPCG(seed, uint64(3*no+i))),
			}
			m.voices[i].come(client.Token{})
		}
		a, b, c := m.voices[0], m.voices[1], m.voices[2]
		a.must(client.Open{Variant: variant(s.t, "omok:freestyle"), Private: true})
		m.id, m.code = a.table.ID, a.table.Code
		b.must(client.Enter{Code: m.code})
		c.must(client.Watch{Code: m.code})
		for _, v := range m.voices {
			for !v.table.Running() {
				until(v.player, func(client.Record) bool { return true })
			}
		}
		m.first = int(a.table.First)
		l.matches = append(l.matches, m)
	}
	return l
}

// start lets the games begin.
func (l *league) start() {
	for _, m := range l.matches {
		for _, v := range m.voices {
			l.all.Go(v.run)
		}
	}
}

// come connects a voice, for the first time or as a new program of the same player's.
func (v *voice) come(token client.Token) {
	p := v.at.reach(v.name, token)
	v.player, v.log = p, nil
	p.heard = v.hear
}

func (v *voice) hear(ev client.Event) {
	if r, ok := ev.(client.Record); ok {
		v.log = append(v.log, told(r))
	}
}

// told is what a record says, in the words of said.
func told(r client.Record) string {
	var list []string
	for _, e := range r.Events {
		switch e := e.(type) {
		case client.Seated:
			list = append(list, fmt.Sprint("seated ", e.Seat))
		case client.Started:
			list = append(list, fmt.Sprint("started ", e.First))
		case client.Moved:
			list = append(list, fmt.Sprintf("move %d %v", e.Seat, e.Move))
		case client.Said:
			list = append(list, fmt.Sprintf("say %d %s", e.Seat, e.Text))
		case client.Ended:
			list = append(list, fmt.Sprintf("end %d %v", e.Winner, e.Reason))
		case client.Away:
			list = append(list, fmt.Sprint("away ", e.Seat))
		case client.Back:
			list = append(list, fmt.Sprint("back ", e.Seat))
		default:
			list = append(list, fmt.Sprintf("%T", e))
		}
	}
	return strings.Join(list, ", ")
}

// said is what a stored record says.
func said(r table.Record) string {
	var list []string
	for _, e := range r.Events {
		switch e := e.(type) {
		case table.Opened: // is no packet of its own
		case table.Seated:
			list = append(list, fmt.Sprint("seated ", e.Seat))
		case table.Started:
			list = append(list, fmt.Sprint("started ", e.First))
		case table.Moved:
			list = append(list, fmt.Sprintf("move %d %v", e.Seat, e.Move))
		case table.Said:
			list = append(list, fmt.Sprintf("say %d %s", e.Seat, e.Text))
		case table.Ended:
			list = append(list, fmt.Sprintf("end %d %v", e.Winner, e.Reason))
		case table.Away:
			list = append(list, fmt.Sprint("away ", e.Seat))
		case table.Back:
			list = append(list, fmt.Sprint("back ", e.Seat))
		default:
			list = append(list, fmt.Sprintf("%T", e))
		}
	}
	return strings.Join(list, ", ")
}

// command reports whether a record's text is that of a command of the model's: not of the server's own.
func command(text string) bool {
	return strings.HasPrefix(text, "move") || strings.HasPrefix(text, "say") || strings.HasPrefix(text, "end")
}

// modelled is a log as the model has it.
func modelled(log []string) string {
	var b strings.Builder
	for i, text := range log {
		if command(text) {
			b.WriteString(line(uint32(i+1), text))
		}
	}
	return b.String()
}

func (v *voice) run() {
	for v.table.Running() {
		<-time.After(v.m.l.pace/2 + rand.N(v.m.l.pace))
		if v.no == 2 {
			v.look()
		} else {
			v.act()
		}
	}
}

// look reads the log anew. What is shown up to the answer is what the server knew when it answered.
func (v *voice) look() {
	if v.rnd.IntN(4) != 0 {
		v.next()
		return
	}
	v.do(client.Watch{Code: v.m.code}, wish{kind: toRead})
}

// next waits until something happens at the table.
func (v *voice) next() { until(v.player, func(client.Record) bool { return true }) }

// act does one of the things that a player can do.
func (v *voice) act() {
	seat, t := v.no+1, v.table
	ply, mine := len(t.Moves), t.MyTurn()
	play := func(ply int) (client.Command, wish) {
		mv := quiet[ply]
		return client.MakeMove{Table: v.m.id, Move: mv, Game: t.Number, Ply: uint16(ply)},
			wish{kind: toMove, seat: seat, ply: ply, text: fmt.Sprintf("move %d %v", seat, mv)}
	}
	var cmd client.Command
	var w wish
	switch dice := v.rnd.IntN(20); {
	case mine && (v.m.l.over.Load() || ply >= 200):
		cmd = client.Resign{Table: v.m.id}
		w = wish{kind: toResign, seat: seat, text: fmt.Sprintf("end %d resignation", 3-seat)}
	case dice < 2 && !v.m.l.over.Load():
		v.said++
		text := fmt.Sprint("word ", v.said, " of ", v.name)
		cmd, w = client.Say{Table: v.m.id, Text: text}, wish{kind: toSay, seat: seat, text: fmt.Sprintf("say %d %s", seat, text)}
	case mine:
		cmd, w = play(ply)
	case dice < 4: // out of turn
		cmd, w = play(ply + v.rnd.IntN(2))
	default:
		v.next()
		return
	}
	if n := v.m.l.crash; n > 0 && !v.m.l.over.Load() && v.rnd.IntN(n) == 0 {
		v.die(cmd, w)
		return
	}
	v.do(cmd, w)
}

// do sends a command and writes down what becomes of it.
func (v *voice) do(cmd client.Command, w wish) {
	l := v.m.l
	call := time.Since(l.began)
	a := v.ask(cmd)
	var r reply
	var refused *client.Refused
	switch {
	case a.Err == nil:
		r.record = a.Record
		if w.kind == toRead {
			r.log = modelled(v.log)
		} else {
			l.acked.Add(1)
		}
	case errors.As(a.Err, &refused):
		r.code = wire.ErrorCode(refused.Code)
	default:
		v.t.Errorf("%s: %s: %v", v.name, w.text, a.Err)
	}
	v.m.write(v.no, w, r, call, time.Since(l.began))
}

// die sends a command as the last thing that the player's program does, and starts another.
func (v *voice) die(cmd client.Command, w wish) {
	call := time.Since(v.m.l.began)
	_, _ = v.c.Do(cmd)
	v.c.Close()
	v.m.write(v.no, w, reply{code: unknown}, call, 0)
	v.come(v.token)
	v.must(client.Resume{})
	if v.table == nil {
		v.t.Fatalf("%s has lost its seat", v.name)
	}
}

// unknown stands for an answer that nobody heard.
const unknown = wire.ErrorCode(1<<16 - 1)

func (m *match) write(who int, w wish, r reply, call, end time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	w.first = m.first
	m.ops = append(m.ops, porcupine.Operation{ClientId: who, Input: w, Output: r, Call: int64(call), Return: int64(end)})
}

// progress waits until so many more commands have been acknowledged.
func (l *league) progress(more int64) {
	l.s.t.Helper()
	want := l.acked.Load() + more
	limit := time.After(patience)
	for l.acked.Load() < want {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-limit:
			l.s.t.Fatalf("only %d of %d commands: the games do not go on", l.acked.Load(), want)
		}
	}
}

// end lets every game come to its end, and the servers too.
func (l *league) end() {
	l.over.Store(true)
	l.all.Wait()
	for _, m := range l.matches {
		for _, v := range m.voices {
			v.c.Close()
		}
	}
	for _, n := range l.s.nodes {
		n.leave()
	}
}

// check compares what is stored with what everybody was told.
func (l *league) check() {
	t := l.s.t
	t.Helper()
	stored := records(t, l.s.url)
	reads, unheard, checked := 0, 0, 0
	for _, m := range l.matches {
		recs := stored[store.TableID(m.id)]
		if _, err := table.Replay(store.TableID(m.id), recs); err != nil {
			t.Error(err)
		}
		var log []string
		for i, r := range recs {
			rec, err := table.Decode(r)
			if err != nil || r.Seq != uint32(i+1) || i > 0 && r.Epoch < recs[i-1].Epoch {
				t.Fatalf("table %d: record %d of epoch %d at place %d: %v", m.id, r.Seq, r.Epoch, i+1, err)
			}
			log = append(log, said(rec))
		}
		if !slices.ContainsFunc(log, func(text string) bool { return strings.HasPrefix(text, "end") }) {
			t.Errorf("table %d has no end", m.id)
		}
		for _, v := range m.voices {
			if len(v.log) > len(log) || !slices.Equal(v.log, log[:len(v.log)]) {
				t.Errorf("%s was told another history than is stored:\n%s\nstored:\n%s", v.name, strings.Join(v.log, "\n"), strings.Join(log, "\n"))
			}
		}
		r, u, c := m.check(t, log)
		reads, unheard, checked = reads+r, unheard+u, checked+c
	}
	t.Logf("%d games, %d acknowledged commands, %d reads, %d commands whose answer nobody heard; %d histories of %d calls in all were checked",
		len(l.matches), l.acked.Load(), reads, unheard, len(l.matches), checked)
}

// check holds a game's commands against the log that is stored, and counts them: checked are those in the history for porcupine.
func (m *match) check(t *testing.T, log []string) (reads, unheard, checked int) {
	t.Helper()
	claimed := make(map[uint32]bool)
	for _, op := range m.ops {
		w, r := op.Input.(wish), op.Output.(reply)
		if r.code != wire.NoError || w.kind == toRead {
			continue
		}
		if int(r.record) > len(log) || r.record == 0 || log[r.record-1] != w.text {
			t.Errorf("table %d: %q was acknowledged as record %d; the table has %d", m.id, w.text, r.record, len(log))
			continue
		}
		if claimed[r.record] {
			t.Errorf("table %d: two commands were acknowledged as record %d", m.id, r.record)
		}
		claimed[r.record] = true
	}
	var history []porcupine.Operation
	for _, op := range m.ops {
		w, r := op.Input.(wish), op.Output.(reply)
		if w.kind == toRead {
			reads++
		}
		if r.code == unknown {
			unheard++
			i := slices.IndexFunc(log, func(text string) bool { return text == w.text })
			if i < 0 || claimed[uint32(i+1)] {
				continue // it never happened
			}
			claimed[uint32(i+1)] = true
			op.Output, op.Return = reply{record: uint32(i + 1)}, 1<<62
		}
		history = append(history, op)
	}
	for i, text := range log {
		if command(text) && !claimed[uint32(i+1)] {
			t.Errorf("table %d: nobody asked for record %d: %s", m.id, i+1, text)
		}
	}
	if got := linear(history); got != porcupine.Ok {
		slices.SortFunc(history, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
		for _, op := range history {
			r := op.Output.(reply)
			t.Logf("%v to %v by %d: %s: %v, record %d, read up to %d bytes", time.Duration(op.Call), time.Duration(op.Return),
				op.ClientId, op.Input.(wish).text, r.code, r.record, len(r.log))
		}
		t.Errorf("table %d: the history is not linearizable: %v", m.id, got)
	}
	return reads, unheard, len(history)
}

// waits returns how long each answer took, in order of length.
func (l *league) waits() (list []time.Duration) {
	for _, m := range l.matches {
		for _, op := range m.ops {
			if op.Output.(reply).code != unknown {
				list = append(list, time.Duration(op.Return-op.Call))
			}
		}
	}
	slices.Sort(list)
	return list
}

// spread says how times are distributed that are in order.
func spread(list []time.Duration) string {
	if len(list) == 0 {
		return "none"
	}
	at := func(part float64) time.Duration {
		return list[min(int(part*float64(len(list))), len(list)-1)].Round(time.Millisecond)
	}
	return fmt.Sprintf("p50 %v, p95 %v, p99 %v, longest %v of %d", at(0.5), at(0.95), at(0.99), list[len(list)-1].Round(time.Millisecond), len(list))
}

// records reads what is stored of all tables, past any node.
func records(t *testing.T, url string) map[store.TableID][]store.Record {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, "SELECT table_id, seq, epoch, at, due, data FROM hansu.event ORDER BY table_id, seq")
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[store.TableID][]store.Record)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r store.Record, err error) {
		err = row.Scan(&r.Table, &r.Seq, &r.Epoch, &r.At, &r.Deadline, &r.Data)
		return r, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		all[r.Table] = append(all[r.Table], r)
	}
	return all
}
