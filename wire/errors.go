package wire

import (
	"errors"
	"fmt"
)

// ErrorCode is the number in [Error] and [Bye]. The numbers are stable: clients act on
// them, the text beside them is for people. New ones are added at the end of their group.
type ErrorCode uint16

// The framing of the stream and the first packet. After one of these the server closes
// the connection, except that a BadPacket or TooLong body inside a sound frame only
// refuses the command.
const (
	NoError     ErrorCode = 0 // no error; in Bye: the server has nothing to object to
	BadPacket   ErrorCode = 1 // the packet's size or content does not fit its type
	TooLong     ErrorCode = 2 // the packet or its text is longer than the limit
	UnknownType ErrorCode = 3 // reserved and never sent: packets of unknown type are skipped
	BadMagic    ErrorCode = 4 // the first packet does not carry the magic: this is no Hansu client
	BadVersion  ErrorCode = 5 // the client's version is older than the server's MinVersion
	NotHello    ErrorCode = 6 // the first packet must be Hello, and only the first
)

// Values in a packet that are out of bounds. The command is refused and nothing changes; a Hello
// with a bad name ends the connection.
const (
	BadName    ErrorCode = 20 // the name is empty, too long, not UTF-8, or has control characters or spaces around it
	BadText    ErrorCode = 21 // the text is empty, not UTF-8, or has control characters
	BadVariant ErrorCode = 22 // there is no such game, rule set, size, opening or start
	BadTiming  ErrorCode = 23 // there is no such time control, or a time is out of bounds
	BadValue   ErrorCode = 24 // another field has a value without a meaning
)

// Tables and seats.
const (
	NoTable   ErrorCode = 40 // there is no such table, or its code is unknown
	NotSeated ErrorCode = 41 // the client has no seat at this table
	SeatTaken ErrorCode = 42 // both seats are taken
	OwnTable  ErrorCode = 43 // the client already has a seat at this table
	TooMany   ErrorCode = 44 // the client is at as many tables as one client may
)

// The game.
const (
	NotYourTurn    ErrorCode = 60 // the opponent is to move
	IllegalMove    ErrorCode = 61 // the rules refuse the move; Error.Problem says why
	GameOver       ErrorCode = 62 // the game has ended
	NotStarted     ErrorCode = 63 // the game has not begun: a seat is free
	StalePly       ErrorCode = 64 // the move was made for another game or position than the present one
	NoOffer        ErrorCode = 65 // there is no such offer to answer or withdraw
	OfferPending   ErrorCode = 66 // such an offer is open already
	NothingToClaim ErrorCode = 67 // the rules give nothing to claim now
	GameOn         ErrorCode = 68 // that is not possible while a game is on
	NotPossible    ErrorCode = 69 // there is nothing to take back, or no opponent to ask
	TooEarly       ErrorCode = 70 // the absent player's grace is not over
	TableFull      ErrorCode = 71 // the table's record is too long for that; another table has room
)

// Commands.
const (
	TooFast ErrorCode = 80 // more commands than one client may send in this time
	Stale   ErrorCode = 81 // the command's number is older than the answers the server keeps
)

// The server and the connection. All of these but StoreDown and Internal close the connection.
const (
	Full         ErrorCode = 100 // the server has as many clients as it takes
	StoreDown    ErrorCode = 101 // the store does not answer: nothing was done, try again
	Replaced     ErrorCode = 102 // the same client has come back on another connection
	Slow         ErrorCode = 103 // the client did not read what was sent to it
	Idle         ErrorCode = 104 // nothing, or half a packet, came for too long
	ShuttingDown ErrorCode = 105 // the server is going down
	Internal     ErrorCode = 106 // a fault of the server's own
)

// A FrameError is a size in a header that no packet can have. The stream has no
// boundaries after it: the connection must be closed.
type FrameError struct {
	Size int // as the header says, in bytes
}

func (e *FrameError) Error() string {
	return fmt.Sprintf("wire: packet of %d bytes; must be %d to %d", e.Size, HeaderSize, MaxPacket)
}

// A SizeError is a body that does not fit its type. The frame around it was sound, so
// the stream can be read on.
type SizeError struct {
	Type     Type
	Size     int // of the body, in bytes
	Min, Max int // what a body of this type may have, in bytes
}

func (e *SizeError) Error() string {
	if e.Min == e.Max {
		return fmt.Sprintf("wire: %v with a body of %d bytes; must be %d", e.Type, e.Size, e.Min)
	}
	return fmt.Sprintf("wire: %v with a body of %d bytes; must be %d to %d", e.Type, e.Size, e.Min, e.Max)
}

// A ValueError is a value that may not be sent, with the number that says so on the wire.
type ValueError struct {
	Code ErrorCode
	Why  string // in English, for logs
}

func (e *ValueError) Error() string { return "wire: " + e.Why }

// CodeOf returns the number under which an error of this package is reported to the
// peer, and Internal for any other error. It is NoError for nil.
func CodeOf(err error) ErrorCode {
	var frame *FrameError
	var size *SizeError
	var value *ValueError
	switch {
	case err == nil:
		return NoError
	case errors.As(err, &frame):
		if frame.Size > MaxPacket {
			return TooLong
		}
		return BadPacket
	case errors.As(err, &size):
		if size.Max > size.Min && size.Size > size.Max {
			return TooLong
		}
		return BadPacket
	case errors.As(err, &value):
		return value.Code
	}
	return Internal
}
