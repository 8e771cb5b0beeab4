package sim

import (
	"bytes"

	"hansu/rules"
	"hansu/store"
	"hansu/table"
	"hansu/wire"
)

// following is what one connection has been told of one table.
type following struct {
	seen  uint32 // the last record
	fresh bool   // Seat has come and no record since: the next one says where they begin
}

// answer is what a command was answered.
type answer struct {
	eras   int // of the world, when it was given
	table  uint32
	record uint32
	code   wire.ErrorCode // NoError: done
}

type answers map[author]answer

// judgePacket checks what the server sends, before it can get lost.
func (w *world) judgePacket(l *link, p []byte) {
	h, body, n, err := wire.Cut(p)
	if err != nil || n == 0 {
		w.fail("the server sends no packet: %x", p)
		return
	}
	l.sent++
	w.mark(uint64(l.id)<<40|uint64(l.sent), uint64(h.Type)<<56|uint64(h.Number)<<32|uint64(h.Table)<<16|uint64(n))
	if w.trace != nil {
		w.tell("to link %d: %v of table %d, number %d, %x", l.id, h.Type, h.Table, h.Number, body[:min(len(body), 8)])
	}
	switch h.Type {
	case wire.TypeSeat:
		w.judgeSeat(l, h, body)
	case wire.TypeSeated, wire.TypeStarted, wire.TypeMoved, wire.TypeProposed, wire.TypeReplied, wire.TypeTookBack,
		wire.TypeEnded, wire.TypeSaid, wire.TypeAway, wire.TypeBack, wire.TypeLeft:
		w.judgeRecord(l, h, p)
	case wire.TypeDone:
		w.judgeDone(l, h, body)
	case wire.TypeError:
		w.judgeError(l, body)
	}
}

// early fails if a shard says what it does not know to be durable (invariant 1).
func (w *world) early(what string, l *link) {
	s := w.running()
	if s == nil {
		return
	}
	s.spoke = what
	if s.dirty {
		w.fail("link %d hears %s before what was decided with it is durable", l.id, what)
	}
}

func (w *world) judgeSeat(l *link, h wire.Header, body []byte) {
	w.early("of its seat", l)
	var p wire.Seat
	if p.Decode(body) != nil {
		w.fail("link %d: Seat of %d bytes", l.id, len(body))
		return
	}
	if p.Last > 0 && w.disk.packets(store.TableID(h.Table), p.Last) == nil {
		w.fail("link %d hears of record %d of table %d, which is not on the disk", l.id, p.Last, h.Table)
	}
	if seen, told := known(l, h.Table); told && p.Last < seen {
		w.fail("link %d knows table %d up to record %d and is told that %d is the last", l.id, h.Table, seen, p.Last)
	}
	f := l.at[h.Table]
	if f == nil {
		f = &following{}
		l.at[h.Table] = f
	}
	f.fresh = true
}

// judgeRecord checks that a record is durable, as it was stored (1, 2), and the next one (5).
func (w *world) judgeRecord(l *link, h wire.Header, p []byte) {
	w.early("a record", l)
	stored := w.disk.packets(store.TableID(h.Table), h.Number)
	switch {
	case stored == nil:
		w.fail("link %d hears record %d of table %d, which is not on the disk", l.id, h.Number, h.Table)
		return
	case !bytes.Equal(stored, p):
		w.fail("link %d hears another record %d of table %d than is on the disk", l.id, h.Number, h.Table)
		return
	}
	f := l.at[h.Table]
	if f == nil {
		w.fail("link %d hears of table %d, where it is not", l.id, h.Table)
		return
	}
	if f.fresh {
		// Where it begins: right after what the client has, or before, if it did not say.
		known, told := known(l, h.Table)
		if known = max(f.seen, known); told && h.Number > known+1 {
			w.fail("link %d knows table %d up to record %d and is given %d next", l.id, h.Table, known, h.Number)
		}
	} else if h.Number != f.seen+1 {
		w.fail("link %d is given record %d of table %d after %d", l.id, h.Number, h.Table, f.seen)
	}
	f.fresh, f.seen = false, h.Number
}

// known is the last record of a table that a client has; false if nobody can know, for the
// client does not use this connection any more.
func known(l *link, id uint32) (uint32, bool) {
	d, ok := l.end.(*device)
	if !ok || d.link != l {
		return 0, false
	}
	if t := d.core.Table(id); t != nil {
		return t.Seen, true
	}
	return 0, true
}

// judgeDone checks that an answer names the record that the command became, and is what it was
// before (4).
func (w *world) judgeDone(l *link, h wire.Header, body []byte) {
	w.early("an answer", l)
	var p wire.Done
	if p.Decode(body) != nil || l.program == 0 {
		return
	}
	by := author{l.program, p.Command}
	if p.Record != 0 {
		log := w.disk.log(store.TableID(h.Table))
		if log == nil || int(p.Record) > len(log.decoded) {
			w.fail("command %v was acknowledged with record %d of table %d, which is not on the disk", by, p.Record, h.Table)
			return
		}
		if r := log.decoded[p.Record-1].By; r.Instance != by.instance || r.Number != by.number && r.Number != 0 {
			w.fail("command %v was answered with the record of another, %v", by, r)
		}
	}
	w.judgeAnswer(by, answer{eras: w.eras, table: h.Table, record: p.Record})
}

// judgeError checks a refusal: what may not happen at all, and that a command that was done is not
// refused later.
func (w *world) judgeError(l *link, body []byte) {
	var p wire.Error
	if p.Decode(body) != nil {
		w.fail("link %d: Error of %d bytes", l.id, len(body))
		return
	}
	code := wire.ErrorCode(p.Code)
	if code == wire.Internal {
		w.fail("link %d hears of a fault of the server's own", l.id)
	}
	if code != wire.StoreDown && code != wire.TooFast {
		w.early("a refusal", l)
	}
	if l.program == 0 || p.Command == 0 {
		return
	}
	switch code {
	case wire.StoreDown, wire.TooFast:
		l.unsure = true
		return // nothing was decided
	case wire.NotSeated:
		if l.unsure {
			return // coming to the table was refused just before; the client tries again on a new connection
		}
	}
	w.judgeAnswer(author{l.program, p.Command}, answer{eras: w.eras, code: code})
}

func (w *world) judgeAnswer(by author, a answer) {
	old, again := w.answers[by]
	w.answers[by] = a
	switch {
	case !again || w.left(old):
	case old.record == 0 && seatless(a.code): // nothing was done, and no seat has a memory of it
	case old.code == wire.NoError && a.code != wire.NoError:
		w.fail("command %v was done (record %d of table %d) and is now refused with %d", by, old.record, old.table, a.code)
	case old.record != 0 && (a.record != old.record || a.table != old.table) && !w.came(old):
		w.fail("command %v had record %d of table %d, now %d of %d", by, old.record, old.table, a.record, a.table)
	case old.code != wire.NoError && old.eras == a.eras && old.code != a.code:
		w.fail("command %v was refused with %d, now %d", by, old.code, a.code)
	}
}

// came reports whether a command only brought its sender back to a table: that has a record if the others had been told
// of the absence, and may come as often as connections do.
func (w *world) came(a answer) bool {
	l := w.disk.log(store.TableID(a.table))
	return l != nil && int(a.record) <= len(l.decoded) && l.decoded[a.record-1].By.Number == 0
}

// seatless are refusals of those who have no seat.
func seatless(c wire.ErrorCode) bool {
	return c == wire.NotSeated || c == wire.NoTable || c == wire.SeatTaken
}

// left reports whether the seat that a command was carried out for has been given up since, and
// with it the memory of what was answered.
func (w *world) left(a answer) bool {
	l := w.disk.log(store.TableID(a.table))
	if l == nil || a.record == 0 {
		return false
	}
	seat := l.decoded[a.record-1].By.Seat
	for _, r := range l.decoded[a.record-1:] {
		for _, e := range r.Events {
			if e, ok := e.(table.Left); ok && e.Seat == seat {
				return true
			}
		}
	}
	return false
}

// judge checks a record as it reaches the disk: its author is not the author of another (4), time
// does not go back (8), games begin and end in turn.
func (d *disk) judge(l *tableLog, r *table.Record, epoch uint32, uptime micros) {
	w := d.w
	if w.cluster() {
		d.judgeShared(l, r, epoch)
	}
	if r.By.Number != 0 {
		by := author{r.By.Instance, r.By.Number}
		if at, twice := d.authors[by]; twice && !w.left(answer{table: at[0], record: at[1]}) {
			w.fail("command %v has become record %d of table %d and record %d of table %d", by, at[1], at[0], r.Seq, r.Table)
		}
		d.authors[by] = [2]uint32{uint32(r.Table), r.Seq}
	}
	if n := len(l.decoded); n > 0 {
		before := l.decoded[n-1].At
		if r.At < before {
			w.fail("table %d: record %d at %d, after one at %d", r.Table, r.Seq, r.At, before)
		}
		passed := rules.Millis((uptime-l.uptime[n-1])/ms) + rules.Millis(w.result.Starts) + 1
		if w.cluster() {
			passed += clocksApart
		}
		if r.At-before > passed {
			w.fail("table %d: %d ms between records %d and %d, in which servers were up for %d", r.Table, r.At-before, r.Seq-1, r.Seq, passed)
		}
	}
	for _, e := range r.Events {
		switch e := e.(type) {
		case table.Said:
			if _, twice := d.said[e.Text]; twice {
				w.fail("%q was said once and is there twice", e.Text)
			}
			d.said[e.Text] = store.Record{Table: r.Table, Seq: r.Seq}
		case table.Seated:
			if l.taken[e.Seat-1] {
				w.fail("table %d: two players have seat %d", r.Table, e.Seat)
			}
			l.taken[e.Seat-1] = true
		case table.Left:
			l.taken[e.Seat-1] = false
		case table.Started:
			if l.playing {
				w.fail("table %d: a game begins in a game", r.Table)
			}
			l.playing = true
		case table.Ended:
			l.playing = false
			w.result.Games++
		}
	}
}

// decides notes that a shard has decided what it now appends.
func (s *shard) decides(writes []store.Write) {
	if s.dirty { // and tries again
		return
	}
	s.dirty = true
	if s.spoke != "" {
		s.w.fail("a client has heard %s before what was decided with it is durable", s.spoke)
	}
	s.decided = s.w.uptime()
	if s.w.cluster() {
		s.w.disk.punctualShared(writes, s)
	} else {
		s.punctual(writes)
	}
}

// punctual checks that what is decided carries the present service time.
func (s *shard) punctual(writes []store.Write) {
	now := s.node.time().Service
	for i := range writes {
		if writes[i].At > now || writes[i].At < s.node.base {
			s.w.fail("a record of %d is decided at %d by a server that started at %d", writes[i].At, now, s.node.base)
		}
	}
}

// punctualStart checks a server's service clock as it starts (8): it goes on where the last
// server's ended, or a little before, but never before what is on the disk.
func (w *world) punctualStart(n *node) {
	if w.cluster() {
		if now := w.disk.time(); n.base > now+clocksApart {
			w.fail("the service clock starts at %d, and the database's shows %d", n.base, now)
		}
		return
	}
	if n.base <= w.disk.latest {
		w.fail("the service clock starts at %d, and there is a record of %d", n.base, w.disk.latest)
	}
	if int64(n.base) > w.service+1 {
		w.fail("the service clock starts at %d and stood at %d: time that the server was down is charged", n.base, w.service)
	}
}

// checkDropped fails if a shard let go of what it had decided although the server goes on (9).
func (w *world) checkDropped(s *shard) {
	if !s.node.ending && !s.node.dead {
		w.fail("what was decided was given up")
	}
}

// finish checks what must be so in the end.
func (w *world) finish() {
	if w.result.Err != nil {
		return
	}
	if !w.calm() {
		w.fail("honest games have not come to an end: %s", w.unfinished())
		return
	}
	for id, l := range w.disk.logs {
		if l == nil {
			continue
		}
		core := table.NewCore(table.Config{Abandon: abandonAfter})
		if err := core.Restore(store.TableID(id+1), store.Ownership{Epoch: 1}, l.records, w.disk.latest); err != nil {
			w.fail("a stored table does not replay: %v", err)
		}
	}
	for _, n := range w.nodes {
		for _, s := range n.shards {
			s.real.Sweep()
			if left := s.real.Len(); left > 0 {
				w.fail("%d tables that are over stay in memory of shard %d", left, s.id)
			}
		}
		if left := n.parts.Hub.Count(); left > 0 {
			w.fail("%d sessions are left of clients that are gone", left)
		}
	}
	w.judgePairs()
	switch {
	case w.result.Games == 0:
		w.fail("no game was played to its end")
	case w.result.Faults.Total() == 0:
		w.fail("nothing went wrong in this run")
	}
}
