package table

import (
	"encoding/binary"
	"errors"

	"hansu/rules"
)

// The form in which nodes exchange commands and what a table says to a viewer at another node. It
// is of the same kind as the stored form, and is stored nowhere.

type actionKind uint8

// The numbers that stand for actions between nodes; add at the end.
const (
	actCreate actionKind = iota + 1
	actSit
	actAttach
	actDetach
	actLeave
	actMove
	actResign
	actPropose
	actAnswering
	actClaiming
	actSay
	actPoints
)

var errForm = errors.New("table: not what a node sends")

// AppendCommand appends a command without its sender's address.
func AppendCommand(b []byte, c *Command) []byte {
	b = binary.AppendUvarint(b, uint64(c.Table))
	b = append(b, c.Key[:]...)
	b = binary.AppendUvarint(b, uint64(c.Instance))
	b = binary.AppendUvarint(b, uint64(c.Number))
	switch a := c.Do.(type) {
	case Create:
		b = Opened{Setting: a.Setting}.append(append(b, byte(actCreate)))
		return appendText(b, a.Name)
	case Sit:
		return appendText(append(b, byte(actSit)), a.Name)
	case Attach:
		return binary.AppendUvarint(append(b, byte(actAttach)), uint64(a.Seen))
	case Detach:
		return append(b, byte(actDetach))
	case Leave:
		return append(b, byte(actLeave))
	case Move:
		b = appendMove(append(b, byte(actMove)), a.Move)
		b = binary.AppendUvarint(b, uint64(a.Game))
		return binary.AppendUvarint(b, uint64(a.Ply))
	case Resign:
		return append(b, byte(actResign))
	case Propose:
		return append(b, byte(actPropose), byte(a.What))
	case Answering:
		return append(b, byte(actAnswering), byte(a.What), byte(a.Reply))
	case Claiming:
		b = append(b, byte(actClaiming), byte(a.What), flag(a.WithMove))
		return appendMove(b, a.Move)
	case Say:
		return appendText(append(b, byte(actSay)), a.Text)
	case Points:
		return append(b, byte(actPoints))
	}
	return append(b, 0) // a tick is the server's own and goes nowhere
}

func appendMove(b []byte, m rules.Move) []byte {
	return append(b, byte(m.Kind), m.From.Col, m.From.Row, m.To.Col, m.To.Row, m.Arg)
}

func (d *decoder) move() (m rules.Move) {
	m.Kind = rules.MoveKind(d.byte())
	m.From = rules.Point{Col: d.byte(), Row: d.byte()}
	m.To = rules.Point{Col: d.byte(), Row: d.byte()}
	m.Arg = d.byte()
	return m
}

// DecodeCommand reads what AppendCommand wrote, and returns what follows it. The command keeps
// nothing of p.
func DecodeCommand(p []byte) (c Command, rest []byte, err error) {
	d := decoder{p: p}
	c.Table = ID(d.uint32())
	c.Key = d.key()
	c.Instance, c.Number = d.uint32(), d.uint32()
	switch actionKind(d.byte()) {
	case actCreate:
		c.Do = Create{Setting: d.opened().Setting, Name: d.text()}
	case actSit:
		c.Do = Sit{Name: d.text()}
	case actAttach:
		c.Do = Attach{Seen: d.uint32()}
	case actDetach:
		c.Do = Detach{}
	case actLeave:
		c.Do = Leave{}
	case actMove:
		c.Do = Move{Move: d.move(), Game: d.uint16(), Ply: d.uint16()}
	case actResign:
		c.Do = Resign{}
	case actPropose:
		c.Do = Propose{Proposal(d.byte())}
	case actAnswering:
		c.Do = Answering{What: Proposal(d.byte()), Reply: Reply(d.byte())}
	case actClaiming:
		c.Do = Claiming{What: ClaimKind(d.byte()), WithMove: d.byte() != 0, Move: d.move()}
	case actSay:
		c.Do = Say{d.text()}
	case actPoints:
		c.Do = Points{}
	default:
		d.err = errForm
	}
	if d.err != nil {
		return Command{}, nil, errForm
	}
	return c, d.p, nil
}

// AppendAttachment appends an attachment.
func AppendAttachment(b []byte, a *Attachment) []byte {
	b = binary.AppendUvarint(b, uint64(a.Table))
	b = append(b, byte(a.Seat), byte(a.Running))
	b = binary.AppendUvarint(b, uint64(a.Last))
	b = Opened{Setting: a.Setting}.append(b)
	return appendLeft(b, a.Left)
}

// DecodeAttachment reads what AppendAttachment wrote, and returns what follows it.
func DecodeAttachment(p []byte) (a Attachment, rest []byte, err error) {
	d := decoder{p: p}
	a.Table = ID(d.uint32())
	a.Seat, a.Running = d.seat(), d.seat()
	a.Last = d.uint32()
	a.Setting = d.opened().Setting
	a.Left = d.left()
	if d.err != nil {
		return Attachment{}, nil, errForm
	}
	return a, d.p, nil
}

// AppendAnswer appends an answer without what it answers: who asked knows that.
func AppendAnswer(b []byte, a *Answer) []byte {
	b = binary.AppendUvarint(b, uint64(a.Record))
	b = append(b, byte(a.Refusal), byte(a.Problem), flag(a.Forbidding != nil))
	if f := a.Forbidding; f != nil {
		b = binary.AppendUvarint(b, uint64(f.Game))
		b = binary.AppendUvarint(b, uint64(f.Ply))
		b = append(b, byte(f.Seat))
		b = binary.AppendUvarint(b, uint64(len(f.Points)))
		for _, p := range f.Points {
			b = append(b, p.Col, p.Row)
		}
	}
	return b
}

// DecodeAnswer reads what AppendAnswer wrote, and returns what follows it.
func DecodeAnswer(p []byte) (a Answer, rest []byte, err error) {
	d := decoder{p: p}
	a.Record = d.uint32()
	a.Refusal, a.Problem = Refusal(d.byte()), rules.Problem(d.byte())
	if a.Refusal >= refusalEnd {
		d.err = errForm
	}
	if d.byte() != 0 {
		f := &Forbidding{Game: d.uint16(), Ply: d.uint16(), Seat: d.seat()}
		for range d.uint(pointsMost) {
			f.Points = append(f.Points, rules.Point{Col: d.byte(), Row: d.byte()})
		}
		a.Forbidding = f
	}
	if d.err != nil {
		return Answer{}, nil, errForm
	}
	return a, d.p, nil
}

// pointsMost is more than any board has.
const pointsMost = 1 << 10

// AppendInfo appends an info.
func AppendInfo(b []byte, in *Info) []byte {
	b = binary.AppendUvarint(b, uint64(in.ID))
	b = binary.AppendUvarint(b, uint64(in.Seq))
	b = Opened{in.Setting, in.Opened}.append(append(b, byte(in.Phase)))
	b = binary.AppendUvarint(b, uint64(in.Game))
	for i := range in.Seats {
		s := &in.Seats[i]
		b = append(b, flag(s.Taken)|flag(s.Away)<<1)
		b = appendText(b, s.Name)
		b = append(b, s.Key[:]...)
		b = binary.AppendUvarint(b, uint64(s.Instance))
		b = binary.AppendUvarint(b, uint64(s.Number))
	}
	return b
}

// AppendKind appends what two players must wish alike to be seated at one table.
func AppendKind(b []byte, v rules.Variant, tc rules.TimeControl) []byte {
	return Opened{Setting: Setting{Variant: v, Time: tc}}.append(b)
}

// DecodeInfo reads what AppendInfo wrote, and returns what follows it.
func DecodeInfo(p []byte) (in Info, rest []byte, err error) {
	d := decoder{p: p}
	in.ID, in.Seq = ID(d.uint32()), d.uint32()
	in.Phase = Phase(d.byte())
	opened := d.opened()
	in.Setting, in.Opened = opened.Setting, opened.Wall
	in.Game = d.uint16()
	for i := range in.Seats {
		bits := d.byte()
		in.Seats[i] = InfoSeat{
			Name: d.text(), Key: d.key(), Taken: bits&1 != 0, Away: bits&2 != 0, Instance: d.uint32(), Number: d.uint32(),
		}
	}
	if d.err != nil {
		return Info{}, nil, errForm
	}
	return in, d.p, nil
}
