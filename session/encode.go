package session

import (
	"hansu/rules"
	"hansu/table"
	"hansu/wire"
	"hansu/wirerules"
)

// Encode appends the packets of a record, each with the record's number, all but the last
// with the flag More. They are the same for everyone at the table. It is the tables' Config.Encode.
func Encode(dst []byte, r *table.Record) []byte {
	last := -1
	for i, e := range r.Events {
		if _, hidden := e.(table.Opened); !hidden {
			last = i
		}
	}
	for i := 0; i <= last; i++ {
		h := wire.Header{Table: uint32(r.Table), Number: r.Seq}
		if i < last {
			h.Flags = wire.More
		}
		dst = appendEvent(dst, h, r.Events[i])
	}
	return dst
}

func appendEvent(dst []byte, h wire.Header, e table.Event) []byte {
	switch e := e.(type) {
	case table.Moved:
		return (&wire.Moved{
			Seat: uint8(e.Seat), Next: uint8(e.Next), Black: uint8(e.Black), Ply: e.Ply,
			Move: wirerules.ToMove(e.Move), Left: bothLeft(e.Left),
		}).Append(dst, h)
	case table.Seated:
		p := wire.Seated{Seat: uint8(e.Seat)}
		copy(p.Name[:], e.Name)
		return p.Append(dst, h)
	case table.Started:
		return (&wire.Started{Game: e.Game, First: uint8(e.First), Left: bothLeft(e.Left)}).Append(dst, h)
	case table.Proposed:
		return (&wire.Proposed{Seat: uint8(e.Seat), What: uint8(e.What)}).Append(dst, h)
	case table.Replied:
		return (&wire.Replied{Seat: uint8(e.Seat), What: uint8(e.What), Accept: uint8(e.Reply)}).Append(dst, h)
	case table.TookBack:
		return (&wire.TookBack{Ply: e.Ply, Next: uint8(e.Next), Black: uint8(e.Black), Left: bothLeft(e.Left)}).Append(dst, h)
	case table.Ended:
		return (&wire.Ended{Winner: uint8(e.Winner), Reason: uint8(e.Reason), Game: e.Game, Left: bothLeft(e.Left)}).Append(dst, h)
	case table.Said:
		return (&wire.Said{Seat: uint8(e.Seat), Text: []byte(e.Text)}).Append(dst, h)
	case table.Away:
		return (&wire.Away{Seat: uint8(e.Seat), Grace: wirerules.ToMillis(e.Grace)}).Append(dst, h)
	case table.Back:
		return (&wire.Back{Seat: uint8(e.Seat)}).Append(dst, h)
	case table.Left:
		return (&wire.Left{Seat: uint8(e.Seat)}).Append(dst, h)
	}
	return dst // Opened: in the Seat packet
}

func bothLeft(left [2]rules.TimeLeft) [2]wire.TimeLeft {
	return [2]wire.TimeLeft{wirerules.ToLeft(left[0]), wirerules.ToLeft(left[1])}
}

// forbiddenPacket answers Points, which had this number.
func forbiddenPacket(f *table.Forbidding, number uint32) *wire.Forbidden {
	p := &wire.Forbidden{Command: number, Game: f.Game, Ply: f.Ply, Seat: uint8(f.Seat), Count: uint16(len(f.Points))}
	for _, at := range f.Points {
		p.Points.Add(at.Col, at.Row)
	}
	return p
}

// codes are the numbers under which a table's refusals are sent.
var codes = [...]wire.ErrorCode{
	table.Accepted:       wire.NoError,
	table.NoTable:        wire.NoTable,
	table.Taken:          wire.SeatTaken,
	table.OwnTable:       wire.OwnTable,
	table.NotSeated:      wire.NotSeated,
	table.NotYourTurn:    wire.NotYourTurn,
	table.IllegalMove:    wire.IllegalMove,
	table.OtherPly:       wire.StalePly,
	table.NotStarted:     wire.NotStarted,
	table.NoGame:         wire.GameOver,
	table.GameOn:         wire.GameOn,
	table.NoProposal:     wire.NoOffer,
	table.AlreadyOffered: wire.OfferPending,
	table.NotPossible:    wire.NotPossible,
	table.NoClaim:        wire.NothingToClaim,
	table.TooEarly:       wire.TooEarly,
	table.Stale:          wire.Stale,
	table.Damaged:        wire.Internal,
	table.StoreDown:      wire.StoreDown,
	table.Full:           wire.TableFull,
	table.Busy:           wire.TooFast,
}
