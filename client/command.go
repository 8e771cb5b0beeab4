package client

import (
	"fmt"

	"hansu/rules"
	"hansu/wire"
	"hansu/wirerules"
)

// Command is something that a client asks of the server: Join, Open, Enter, Watch,
// Resume, Leave, MakeMove, Resign, Propose, Reply, Claim, Say, List or Points. Each is
// answered by one [Answer].
type Command interface {
	// packet returns the command as it is sent and the table meant, or why it cannot be sent.
	packet() (wire.Packet, uint32, error)
}

// Join asks for a seat at any public table of this kind: first come, first seated.
type Join struct {
	Variant rules.Variant
	Time    rules.TimeControl
}

// Open opens a table of one's own and sits down at it.
type Open struct {
	Variant rules.Variant
	Time    rules.TimeControl
	Private bool // only who has the code comes in
}

// Enter takes the free seat at the table with this code.
type Enter struct{ Code string }

// Watch looks at the table with this code.
type Watch struct{ Code string }

// Resume comes back to every table where the token has a seat. After a lost connection
// it happens by itself; send it when Online.Tables of the first connection is not 0.
type Resume struct{}

// Leave gives up the seat (a running game is resigned) or stops watching.
type Leave struct{ Table uint32 }

// MakeMove is a move in the running game.
type MakeMove struct {
	Table uint32
	Move  rules.Move
	// Game and Ply guard against a move meant for another position: the game's number
	// and how many moves were made before. [Table.Play] fills them in; Game 0 means the
	// present game, and then Ply is not checked.
	Game uint16
	Ply  uint16
}

// Play returns the command that makes a move in the position that t shows.
func (t *Table) Play(m rules.Move) MakeMove {
	return MakeMove{Table: t.ID, Move: m, Game: t.Number, Ply: uint16(len(t.Moves))}
}

// Resign gives up the running game.
type Resign struct{ Table uint32 }

// Propose offers something to the opponent.
type Propose struct {
	Table uint32
	What  Offer
}

// Reply answers the opponent's offer, or withdraws one's own.
type Reply struct {
	Table   uint32
	What    Offer
	Verdict Verdict
}

// Claimable is something that the rules give to who claims it.
type Claimable uint8

// What can be claimed. The numbers are those of the protocol.
const (
	ClaimDraw         Claimable = 1 // by repetition or fifty moves
	ClaimWinAbsent    Claimable = 2 // the opponent left
	ClaimDrawAbsent   Claimable = 3 // the opponent left
	ClaimWinForbidden Claimable = 4 // the opponent played a forbidden point
)

// Claim claims what the rules give.
type Claim struct {
	Table uint32
	What  Claimable
	Move  *rules.Move // with ClaimDraw: the move that brings the draw about; or nil
}

// Say is a line of chat.
type Say struct {
	Table uint32
	Text  string
}

// List asks for the lobby's tables: with open seats, or with running games.
type List struct{ Running bool }

// Points asks which points the rules forbid in the present position; the answer is a
// [Forbidden]. A program that has Table.Position can also ask that.
type Points struct{ Table uint32 }

const plyUnchecked = 65535

func (c Join) packet() (wire.Packet, uint32, error) {
	return &wire.Join{Variant: wirerules.ToVariant(c.Variant), Timing: wirerules.ToTiming(c.Time)}, 0, nil
}

func (c Open) packet() (wire.Packet, uint32, error) {
	p := &wire.Open{Variant: wirerules.ToVariant(c.Variant), Timing: wirerules.ToTiming(c.Time)}
	if c.Private {
		p.Private = 1
	}
	return p, 0, nil
}

func (c Enter) packet() (wire.Packet, uint32, error) {
	code, err := toCode(c.Code)
	return &wire.Enter{Code: code}, 0, err
}

func (c Watch) packet() (wire.Packet, uint32, error) {
	code, err := toCode(c.Code)
	return &wire.Watch{Code: code}, 0, err
}

func (Resume) packet() (wire.Packet, uint32, error) { return &wire.Resume{}, 0, nil }

func (c Leave) packet() (wire.Packet, uint32, error) { return &wire.Leave{}, c.Table, nil }

func (c MakeMove) packet() (wire.Packet, uint32, error) {
	p := &wire.MakeMove{Move: wirerules.ToMove(c.Move), Game: c.Game, Ply: c.Ply}
	if c.Game == 0 {
		p.Ply = plyUnchecked
	}
	return p, c.Table, nil
}

func (c Resign) packet() (wire.Packet, uint32, error) { return &wire.Resign{}, c.Table, nil }

func (c Propose) packet() (wire.Packet, uint32, error) {
	return &wire.Propose{What: uint8(c.What)}, c.Table, nil
}

func (c Reply) packet() (wire.Packet, uint32, error) {
	return &wire.Reply{What: uint8(c.What), Accept: uint8(c.Verdict)}, c.Table, nil
}

func (c Claim) packet() (wire.Packet, uint32, error) {
	p := &wire.Claim{What: uint8(c.What)}
	if c.Move != nil {
		p.WithMove, p.Move = 1, wirerules.ToMove(*c.Move)
	}
	return p, c.Table, nil
}

func (c Say) packet() (wire.Packet, uint32, error) {
	if err := wire.CheckText([]byte(c.Text)); err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrText, err)
	}
	return &wire.Say{Text: []byte(c.Text)}, c.Table, nil
}

func (c List) packet() (wire.Packet, uint32, error) {
	p := &wire.List{What: 1}
	if c.Running {
		p.What = 2
	}
	return p, 0, nil
}

func (c Points) packet() (wire.Packet, uint32, error) { return &wire.Points{}, c.Table, nil }
