package sim

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/variants"
	"hansu/store"
	"hansu/table"
)

// What must hold among several nodes.

// clocksApart is how far the clocks of two nodes may be from each other, in ms.
const clocksApart = 250

// overtaken reports whether the store may refuse writes: another node owns a table by now, or has opened it.
func (d *disk) overtaken(writes []store.Write) bool {
	for i := range writes {
		l := d.log(writes[i].Table)
		if l != nil && (l.epoch > writes[i].Epoch || writes[i].Seq == 1) {
			return true
		}
	}
	return false
}

// claimed lets a node claim a table, and checks that time in which nobody owned it will be charged to nobody.
func (d *disk) claimed(n *node, id store.TableID, now rules.Millis) (store.Ownership, error) {
	l := d.log(id)
	if l == nil {
		return d.claim(n.name, id, now)
	}
	before, lag := l.owner, l.lag
	own, err := d.claim(n.name, id, now)
	if err != nil || before == n.name {
		return own, err
	}
	d.w.tell("%s owns table %d, which was %q's, under epoch %d, lag %d", n.name, id, before, own.Epoch, own.Lag)
	if at, ended := d.w.ended[before]; ended {
		if without := rules.Millis((d.w.now - at) / ms); own.Lag-lag < without-clocksApart {
			d.w.fail("table %d had no owner for %d ms, of which %d are not charged", id, without, own.Lag-lag)
		}
	}
	if l.lags == nil {
		l.lags = map[uint32]rules.Millis{}
	}
	l.lags[own.Epoch] = own.Lag
	return own, nil
}

// handedOver checks that a node that has left in good order holds nothing back for which others would have to wait.
func (d *disk) handedOver(n *node) {
	if left := d.held(n.name); len(left) > 0 {
		d.w.fail("%s has left and owns table %d", n.name, left[0].id)
	}
	if d.living(n.name) {
		d.w.fail("%s has left and counts as alive", n.name)
	}
}

// judgeShared checks that a record is the present owner's.
func (d *disk) judgeShared(l *tableLog, r *table.Record, epoch uint32) {
	if epoch != l.epoch {
		d.w.fail("table %d: record %d is written under epoch %d, and the table is owned under %d", r.Table, r.Seq, epoch, l.epoch)
	}
}

// punctualShared checks that what is decided carries the table's own time: service time less that in which nobody owned it.
func (d *disk) punctualShared(writes []store.Write, s *shard) {
	now, last := s.node.now(), map[store.TableID]rules.Millis{}
	for i := range writes {
		w := &writes[i]
		at := now
		if l := d.log(w.Table); l != nil {
			at -= l.lags[w.Epoch]
			if k := int(w.Seq) - 2; k >= 0 && k < len(l.records) {
				at = max(at, l.records[k].At)
			}
		}
		at = max(at, last[w.Table])
		last[w.Table] = w.At
		if w.At != at {
			d.w.fail("%s: record %d of table %d is decided at %d, and carries %d", s.node.name, w.Seq, w.Table, at, w.At)
		}
	}
	if real := d.time(); now > real+clocksApart || now < real-clocksApart {
		d.w.fail("%s: service time is %d, in the database %d", s.node.name, now, real)
	}
}

// frameData is the kind of frames that carry commands, answers and records; see package cluster.
const frameData = 1

// judgeFrame checks that a node whose lease has run out says nothing for its tables. It needs a moment to notice.
func (w *world) judgeFrame(n *node, frame []byte) {
	m := w.disk.members[n.name]
	if frame[1] != frameData || m == nil || n.left {
		return
	}
	if since := max(m.until, n.woken) + 500*ms; w.now > since {
		w.fail("%s speaks to another node %d ms after its lease has run out", n.name, (w.now-m.until)/ms)
	}
}

// remembers says what a node's lobby has of tables that are all shut; empty: nothing.
func (n *node) remembers() string {
	for _, phase := range []table.Phase{table.Waiting, table.Playing, table.Between} {
		if list := n.parts.Lobby.List(phase, 1); len(list) > 0 {
			return fmt.Sprintf("table %d is in the lobby", list[0].ID)
		}
	}
	for _, d := range n.w.devices {
		var k table.Key
		sum := sha256.Sum256(d.player.token[:])
		copy(k[:], sum[:])
		if c := n.parts.Lobby.Count(k); c > 0 {
			return fmt.Sprintf("%s has %d seats in the lobby", d.player.name, c)
		}
	}
	return ""
}

// wish is a kind of game that nobody but the pairs plays.
var wish = func() client.Join {
	v, err := variants.Parse("omok:freestyle")
	tc, bad := rules.ParseTimeControl("7+7")
	if err := errors.Join(err, bad); err != nil {
		panic(err)
	}
	return client.Join{Variant: v, Time: tc}
}()

// pairs brings an even number of players who wish the same at the same time, on any nodes. Nothing goes wrong any
// more, so each must find another of them.
func (w *world) pairs(a *actor) {
	if len(w.serving()) < len(w.nodes) {
		a.after(sec, func() { w.pairs(a) })
		return
	}
	at := 3 * sec
	for i := range 2 + 2*a.rand.IntN(2) {
		p := &player{name: fmt.Sprintf("pair %d", i+1), quota: 1, wish: &wish}
		d := w.device(p)
		p.devices = append(p.devices, d)
		w.pair = append(w.pair, p)
		a.after(at+a.between(0, 20*ms), func() {
			d.think()
			d.flush()
			d.live()
		})
	}
	w.paired = true
}

// judgePairs checks that they have.
func (w *world) judgePairs() {
	at := map[uint32]int{}
	for _, p := range w.pair {
		at[p.met]++
	}
	for _, p := range w.pair {
		if p.met == 0 || at[p.met] != 2 {
			w.fail("%s wished a game at the same time as %d others, and is one of %d at table %d", p.name, len(w.pair)-1, at[p.met], p.met)
		}
	}
}
