package table

import (
	"encoding/binary"
	"errors"
	"fmt"

	"hansu/rules"
	"hansu/store"
)

// The stored form of a record: a format byte, the author, then the events, each a
// kind byte and its fields; numbers are unsigned varints, texts length-prefixed. It is the
// store's alone: clients see the protocol's packets.

const formatV1 = 1

type eventKind uint8

// Stored numbers: never reused, add at the end.
const (
	kindOpened eventKind = iota + 1
	kindSeated
	kindStarted
	kindMoved
	kindProposed
	kindReplied
	kindTookBack
	kindEnded
	kindSaid
	kindAway
	kindBack
	kindLeft
)

func (Opened) kind() eventKind   { return kindOpened }
func (Seated) kind() eventKind   { return kindSeated }
func (Started) kind() eventKind  { return kindStarted }
func (Moved) kind() eventKind    { return kindMoved }
func (Proposed) kind() eventKind { return kindProposed }
func (Replied) kind() eventKind  { return kindReplied }
func (TookBack) kind() eventKind { return kindTookBack }
func (Ended) kind() eventKind    { return kindEnded }
func (Said) kind() eventKind     { return kindSaid }
func (Away) kind() eventKind     { return kindAway }
func (Back) kind() eventKind     { return kindBack }
func (Left) kind() eventKind     { return kindLeft }

// appendRecord appends the stored form of an author and events to dst.
func appendRecord(dst []byte, by Author, events []Event) []byte {
	dst = append(dst, formatV1, byte(by.Seat))
	dst = binary.AppendUvarint(dst, uint64(by.Instance))
	dst = binary.AppendUvarint(dst, uint64(by.Number))
	for _, e := range events {
		dst = append(dst, byte(e.kind()))
		dst = e.append(dst)
	}
	return dst
}

// Decode reads a stored record. The result keeps nothing of r.Data.
func Decode(r store.Record) (Record, error) {
	rec := Record{Table: r.Table, Seq: r.Seq, At: r.At}
	d := decoder{p: r.Data}
	if f := d.byte(); f != formatV1 && d.err == nil {
		return rec, fmt.Errorf("table %d record %d: unknown format %d", r.Table, r.Seq, f)
	}
	rec.By = Author{Seat: d.seat(), Instance: d.uint32(), Number: d.uint32()}
	for d.err == nil && len(d.p) > 0 {
		if e := d.event(); e != nil {
			rec.Events = append(rec.Events, e)
		}
	}
	if d.err != nil {
		return rec, fmt.Errorf("table %d record %d: %w", r.Table, r.Seq, d.err)
	}
	return rec, nil
}

func (e Opened) append(b []byte) []byte {
	b = appendText(b, e.Code)
	v := e.Variant
	b = append(b, byte(v.Kind), byte(v.Rules), v.Size, byte(v.Opening))
	b = binary.AppendUvarint(b, uint64(v.Start))
	b = append(b, flag(v.ForbiddenLoses))
	c := e.Time
	b = append(b, byte(c.Timing), c.Periods, c.Stones)
	b = binary.AppendUvarint(b, uint64(c.Main))
	b = binary.AppendUvarint(b, uint64(c.Extra))
	b = append(b, flag(e.Public)|flag(e.Drawn)<<1)
	b = binary.AppendUvarint(b, uint64(e.Grace))
	return binary.AppendUvarint(b, uint64(e.Wall))
}

func (e Seated) append(b []byte) []byte {
	b = append(b, byte(e.Seat))
	b = appendText(b, e.Name)
	return append(b, e.Key[:]...)
}

func (e Started) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(e.Game))
	b = append(b, byte(e.First))
	b = binary.AppendUvarint(b, uint64(e.Wall))
	return appendLeft(b, e.Left)
}

func (e Moved) append(b []byte) []byte {
	b = append(b, byte(e.Seat)|byte(e.Next)<<2|byte(e.Black)<<4)
	b = binary.AppendUvarint(b, uint64(e.Ply))
	return appendLeft(appendMove(b, e.Move), e.Left)
}

func (e Proposed) append(b []byte) []byte { return append(b, byte(e.Seat), byte(e.What)) }

func (e Replied) append(b []byte) []byte {
	return append(b, byte(e.Seat), byte(e.What), byte(e.Reply))
}

func (e TookBack) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(e.Ply))
	b = append(b, byte(e.Next), byte(e.Black))
	return appendLeft(b, e.Left)
}

func (e Ended) append(b []byte) []byte {
	b = append(b, byte(e.Winner), byte(e.Reason))
	b = binary.AppendUvarint(b, uint64(e.Game))
	b = binary.AppendUvarint(b, uint64(e.Wall))
	return appendLeft(b, e.Left)
}

func (e Said) append(b []byte) []byte {
	return appendText(append(b, byte(e.Seat)), e.Text)
}

func (e Away) append(b []byte) []byte {
	return binary.AppendUvarint(append(b, byte(e.Seat)), uint64(e.Grace))
}

func (e Back) append(b []byte) []byte { return append(b, byte(e.Seat)) }
func (e Left) append(b []byte) []byte { return append(b, byte(e.Seat)) }

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// appendLeft writes both seats' times; an untimed game costs one byte.
func appendLeft(b []byte, left [2]rules.TimeLeft) []byte {
	if left == ([2]rules.TimeLeft{}) {
		return append(b, 0)
	}
	b = append(b, 1)
	for _, l := range left {
		b = binary.AppendUvarint(b, uint64(l.Main))
		b = binary.AppendUvarint(b, uint64(l.Extra))
		b = append(b, l.Periods, l.Stones)
	}
	return b
}

var errShort = errors.New("stored record is damaged")

// decoder reads fields off p; after the first error everything it returns is zero.
type decoder struct {
	p   []byte
	err error
}

func (d *decoder) byte() byte {
	if d.err != nil || len(d.p) == 0 {
		d.err = errShort
		return 0
	}
	b := d.p[0]
	d.p = d.p[1:]
	return b
}

func (d *decoder) uint(limit uint64) uint64 {
	if d.err != nil {
		return 0
	}
	v, n := binary.Uvarint(d.p)
	if n <= 0 || v > limit {
		d.err = errShort
		return 0
	}
	d.p = d.p[n:]
	return v
}

func (d *decoder) uint16() uint16       { return uint16(d.uint(1<<16 - 1)) }
func (d *decoder) uint32() uint32       { return uint32(d.uint(1<<32 - 1)) }
func (d *decoder) millis() rules.Millis { return rules.Millis(d.uint(1<<62 - 1)) }

func (d *decoder) seat() Seat {
	b := d.byte()
	if b > 2 {
		d.err = errShort
		return 0
	}
	return Seat(b)
}

func (d *decoder) text() string {
	n := d.uint(1 << 16)
	if d.err != nil || n > uint64(len(d.p)) {
		d.err = errShort
		return ""
	}
	s := string(d.p[:n])
	d.p = d.p[n:]
	return s
}

func (d *decoder) key() (k Key) {
	if d.err != nil || len(d.p) < len(k) {
		d.err = errShort
		return k
	}
	d.p = d.p[copy(k[:], d.p):]
	return k
}

func (d *decoder) left() (left [2]rules.TimeLeft) {
	if d.byte() == 0 {
		return left
	}
	for i := range left {
		left[i] = rules.TimeLeft{Main: d.millis(), Extra: d.millis(), Periods: d.byte(), Stones: d.byte()}
	}
	return left
}

func (d *decoder) moved() Moved {
	who := d.byte()
	e := Moved{Seat: Seat(who & 3), Next: Seat(who >> 2 & 3), Black: Seat(who >> 4 & 3), Ply: d.uint16()}
	e.Move = d.move()
	e.Left = d.left()
	return e
}

func (d *decoder) opened() Opened {
	var e Opened
	e.Code = d.text()
	e.Variant = rules.Variant{
		Kind: rules.Kind(d.byte()), Rules: rules.Ruleset(d.byte()), Size: d.byte(),
		Opening: rules.Opening(d.byte()), Start: d.uint16(), ForbiddenLoses: d.byte() != 0,
	}
	e.Time = rules.TimeControl{
		Timing: rules.Timing(d.byte()), Periods: d.byte(), Stones: d.byte(),
		Main: d.millis(), Extra: d.millis(),
	}
	bits := d.byte()
	e.Public, e.Drawn = bits&1 != 0, bits&2 != 0
	e.Grace = d.millis()
	e.Wall = int64(d.millis())
	return e
}

// event reads one event; nil after an error. Go evaluates the calls in a composite
// literal from left to right, which is the order in which append writes.
func (d *decoder) event() (e Event) {
	switch k := eventKind(d.byte()); k {
	case kindOpened:
		e = d.opened()
	case kindSeated:
		e = Seated{Seat: d.seat(), Name: d.text(), Key: d.key()}
	case kindStarted:
		e = Started{Game: d.uint16(), First: d.seat(), Wall: int64(d.millis()), Left: d.left()}
	case kindMoved:
		e = d.moved()
	case kindProposed:
		e = Proposed{Seat: d.seat(), What: Proposal(d.byte())}
	case kindReplied:
		e = Replied{Seat: d.seat(), What: Proposal(d.byte()), Reply: Reply(d.byte())}
	case kindTookBack:
		e = TookBack{Ply: d.uint16(), Next: d.seat(), Black: d.seat(), Left: d.left()}
	case kindEnded:
		e = Ended{Winner: d.seat(), Reason: rules.Reason(d.byte()), Game: d.uint16(), Wall: int64(d.millis()), Left: d.left()}
	case kindSaid:
		e = Said{Seat: d.seat(), Text: d.text()}
	case kindAway:
		e = Away{Seat: d.seat(), Grace: d.millis()}
	case kindBack:
		e = Back{Seat: d.seat()}
	case kindLeft:
		e = Left{Seat: d.seat()}
	default:
		d.err = fmt.Errorf("unknown event %d", k)
	}
	if d.err != nil {
		return nil
	}
	return e
}
