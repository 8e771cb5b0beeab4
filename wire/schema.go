// Package wire turns bytes into packets and packets into bytes.
//
// A packet is a 12-byte header and a body: a packed struct of fixed size, then for
// some types one variable tail whose length the header's size gives. Integers are big-endian and
// at most 32 bits. This file is the schema and the only source: the Go codec, the C
// header, the TypeScript codec and the tables of docs/protocol.md come from it.
package wire

// The protocol's version, sent in Hello and Welcome.
const (
	Version    = 1 // the newest version that is spoken
	MinVersion = 1 // the oldest one; every version between is spoken too
)

// Magic opens every Hello: "HNSU".
const Magic = 0x484e5355

// The limits of the protocol.
const (
	HeaderSize = 12   // bytes
	MaxPacket  = 4096 // bytes, header included
	NameBytes  = 128  // bytes of UTF-8 in a name's fixed field, NUL-padded
	NameRunes  = 32   // characters in a name
	MaxChat    = 1000 // bytes of UTF-8 in one chat line
	TokenBytes = 16   // bytes of a token
	CodeBytes  = 12   // a table's code, NUL-padded ASCII
	BoardSide  = 20   // points a side of the largest board
	BitBytes   = 50   // bytes of a set of points: BoardSide × BoardSide bits
)

// What is proposed, answered, claimed and listed.
const (
	OfferDraw     = 1 // Propose: a draw
	OfferTakeback = 2 // Propose: the proposer's last move, and what followed it, taken back
	OfferRematch  = 3 // Propose: another game, in which the other seat acts first

	ReplyDecline  = 0 // Reply: no
	ReplyAccept   = 1 // Reply: yes
	ReplyWithdraw = 2 // Reply: one's own offer is withdrawn

	ClaimDraw      = 1 // Claim: a draw by repetition or by fifty moves
	ClaimWin       = 2 // Claim: a win because the opponent left
	ClaimLeftDraw  = 3 // Claim: a draw because the opponent left
	ClaimForbidden = 4 // Claim: a win because the opponent played a forbidden point

	ListOpen    = 1 // List: tables with an open seat
	ListRunning = 2 // List: running games

	LanguageKorean  = 1 // Hello: texts in Korean
	LanguageEnglish = 2 // Hello: texts in English

	AnyPly = 65535 // MakeMove: the position is not checked
)

// Header starts every packet.
type Header struct {
	Size   uint16 // of the whole packet, header included
	Type   Type   // which packet: below 64 to the server, from 64 on to the client
	Flags  Flags  // bit 0: More
	Table  uint32 // the table meant; 0 for none
	Number uint32 // to the server: the command's number, counting up from 1 (Hello and Ping may have 0); from the server: the record's number, 0 for packets that are no part of a record
}

// Flags are bits in the header. Unknown ones are ignored.
type Flags uint8

// More says that the next packet belongs to the same record: the record counts only
// when the packet without More has come.
const More Flags = 1

// Type is a packet's type. Types below 64 go to the server, from 64 on to the client.
// A packet of unknown type is skipped by its size.
type Type uint8

// Name is a player's name in its fixed field: UTF-8, padded with NUL.
type Name [NameBytes]byte

// Token is the secret by which a client is known again.
type Token [TokenBytes]byte

// Code is what people share of a table: ASCII letters and digits, padded with NUL.
type Code [CodeBytes]byte

// Bits is a set of points: (Col, Row) is bit n%8, of value 1<<(n%8), of byte n/8, where n is
// Row × BoardSide + Col, whatever the size of the board.
type Bits [BitBytes]byte

// Variant is a game and its rules. Zero fields mean the default.
type Variant struct {
	Kind    uint8  // 1 omok, 2 chess
	Rules   uint8  // the rule set's number
	Size    uint8  // points or squares a side
	Opening uint8  // the opening's number
	Start   uint16 // Chess960: 0 to 959; in Join and Open 65535: drawn by the server
	Flags   uint8  // bit 0: a forbidden move may be played and loses when claimed
	_       [1]byte
}

// Timing is a time control. Times in milliseconds.
type Timing struct {
	Kind    uint8 // 0 none, 1 Fischer, 2 delay, 3 byo-yomi, 4 Canadian, 5 per move, 6 correspondence
	Periods uint8 // byo-yomi
	Stones  uint8 // Canadian
	_       [1]byte
	Main    uint32 // for all moves together
	Extra   uint32 // for one move or period, as Kind has it
}

// Move is one action in coordinates; column 0 is a, row 0 is 1.
type Move struct {
	Kind    uint8 // 0 stone or piece, 1 pass, 2 choice, 3 candidate
	Col     uint8 // where to, from 0
	Row     uint8 // where to, from 0
	FromCol uint8 // chess: where from
	FromRow uint8 // chess: where from
	Arg     uint8 // chess: promotion 2 knight, 3 bishop, 4 rook, 5 queen; choice: its number
}

// TimeLeft is what a seat has on its clock, in milliseconds.
type TimeLeft struct {
	Main    uint32 // main time
	Extra   uint32 // of the period, delay or move
	Periods uint8  // byo-yomi: periods left, the present one included
	Stones  uint8  // Canadian: moves still to make in the period
	_       [2]byte
}

// Hello is a client's first packet.
type Hello struct { // type 1
	Magic    uint32 // 0x484e5355: "HNSU"
	Version  uint16 // the newest version that the client speaks: 1
	Language uint8  // 1 Korean, 2 English; others: English
	_        [1]byte
	Instance uint32 // random, chosen once by each running client: command numbers count within it
	Token    Token  // of an earlier Welcome, or zeros
	Name     Name   // of the player: 1 to 32 characters of UTF-8, padded with zeros
}

// Join asks for a seat at any public table of this kind: first come, first seated.
type Join struct { // type 2
	Variant Variant
	Timing  Timing
}

// Open opens a table of one's own and sits down at it.
type Open struct { // type 3
	Variant Variant
	Timing  Timing
	Private uint8 // 1: only with the code
	_       [3]byte
}

// Enter takes the free seat at the table with this code.
type Enter struct { // type 4
	Code Code // as Seat and Entry give it, padded with zeros
}

// Watch looks at the table with this code.
type Watch struct { // type 5
	Code Code   // as in Enter
	Seen uint32 // last record seen, 0 for none
}

// Resume asks for what has come since record Seen at the header's table; with table 0, at
// every table where this token has a seat, from their first record.
type Resume struct { // type 6
	Seen uint32 // last record seen in full; 0 with table 0
}

// Leave gives up the seat (a running game is resigned) or stops watching.
type Leave struct{} // type 7

// MakeMove is a move in the running game.
type MakeMove struct { // type 8
	Move Move
	Game uint16 // number of the game at this table that is meant; 0: the present one
	Ply  uint16 // number of moves before this one, choices and passes included; 65535: not checked
}

// Resign gives up the running game.
type Resign struct{} // type 9

// Propose offers something to the opponent: 1 draw, 2 take-back, 3 rematch.
type Propose struct { // type 10
	What uint8 // 1 to 3
	_    [3]byte
}

// Reply answers the opponent's offer, or withdraws one's own (Accept 2).
type Reply struct { // type 11
	What   uint8 // as in Propose
	Accept uint8 // 0 decline, 1 accept, 2 withdraw one's own
	_      [2]byte
}

// Claim claims what the rules give: 1 a draw by repetition or fifty moves, 2 a win because the
// opponent left, 3 a draw because the opponent left, 4 a win because the opponent played a forbidden point.
// A draw claim may announce the move that brings it about (WithMove 1).
type Claim struct { // type 12
	What     uint8 // 1 to 4
	WithMove uint8 // 1: with the move that brings the draw about
	Move     Move  // that move, or zeros
}

// Say is a line of chat.
type Say struct { // type 13
	Text []byte // tail: UTF-8, at most MaxChat bytes
}

// List asks for the lobby's tables: 1 open seats, 2 running games.
type List struct { // type 14
	What uint8 // 1 or 2
	_    [3]byte
}

// Ping is answered by Pong with the same value.
type Ping struct { // type 15
	Value uint32 // any
}

// Points asks for the points that the rules forbid in the present position of the header's table.
type Points struct{} // type 16

// Welcome answers Hello.
type Welcome struct { // type 64
	Version uint16 // the one that both speak from now on
	Tables  uint16 // tables where this token has a seat
	Token   Token  // to come back with; keep it secret
	Server  uint32 // changes at each start of the server
}

// Seat says what the client is at the header's table; the table's records follow. Not part of a record.
type Seat struct { // type 65
	Seat    uint8 // 1 or 2, 0 for a spectator
	Private uint8 // 1: only with the code
	_       [2]byte
	Last    uint32  // number of the table's last record
	Code    Code    // to give to others: Enter, Watch
	Variant Variant // with the defaults written out
	Timing  Timing
}

// Seated says that someone took a seat.
type Seated struct { // type 66
	Seat uint8 // 1 or 2
	_    [3]byte
	Name Name // of its player
}

// Started says that a game begins.
type Started struct { // type 67
	Game  uint16 // its number at this table, from 1
	First uint8  // the seat that acts first
	_     [1]byte
	Left  [2]TimeLeft // of seats 1 and 2
}

// Moved says that a move was made. It is durable.
type Moved struct { // type 68
	Seat  uint8 // who moved
	Next  uint8 // the seat that acts next; 0: the game is over
	Black uint8 // the seat that has black, after this move
	_     [1]byte
	Ply   uint16 // number of this move in the game, from 1; choices and passes count
	Move  Move
	Left  [2]TimeLeft // of seats 1 and 2, after the move
}

// Proposed says that a seat offered something, Replied that it was answered.
type Proposed struct { // type 69
	Seat uint8 // who offers
	What uint8 // as in Propose
	_    [2]byte
}

// Replied answers a Proposed.
type Replied struct { // type 70
	Seat   uint8 // who answers
	What   uint8 // as in Propose
	Accept uint8 // as in Reply
	_      [1]byte
}

// TookBack says that moves were taken back.
type TookBack struct { // type 71
	Ply   uint16      // moves that remain
	Next  uint8       // the seat that acts next
	Black uint8       // the seat that has black, then
	Left  [2]TimeLeft // of seats 1 and 2
}

// Ended says that the game is over.
type Ended struct { // type 72
	Winner uint8       // seat, or 0
	Reason uint8       // one of the reasons, whose numbers are stable
	Game   uint16      // its number at this table
	Left   [2]TimeLeft // of seats 1 and 2
}

// Said is a line of chat.
type Said struct { // type 73
	Seat uint8 // who says it
	_    [3]byte
	Text []byte // tail: UTF-8, at most MaxChat bytes
}

// Away says that a seat's player has no connection. Grace milliseconds later the opponent may claim.
type Away struct { // type 74
	Seat  uint8
	_     [3]byte
	Grace uint32 // milliseconds
}

// Back says that a seat's player is there again.
type Back struct { // type 75
	Seat uint8
	_    [3]byte
}

// Left says that a player gave up the seat.
type Left struct { // type 76
	Seat uint8
	_    [3]byte
}

// Done says that a command was carried out, and in which record.
type Done struct { // type 77
	Command uint32 // its number
	Record  uint32 // that holds its effect; 0: it needed none
}

// Error says that a command was refused, or with command 0 why the connection is being closed.
type Error struct { // type 78
	Command uint32 // its number; 0: none, the connection is being closed
	Code    uint16 // one of the errors, whose numbers are stable
	Problem uint8  // of an illegal move: one of the problems, else 0
	_       [1]byte
	Text    []byte // tail: UTF-8 in the client's language, at most MaxChat bytes
}

// Pong answers Ping.
type Pong struct { // type 79
	Value uint32 // as in Ping
}

// Entry is one table of a List. Not part of a record.
type Entry struct { // type 80
	Code    Code // for Enter and Watch
	Variant Variant
	Timing  Timing
	Plies   uint16  // moves made in the running game
	Viewers uint16  // spectators
	Names   [2]Name // of seats 1 and 2
}

// EndOfList ends the entries of a List.
type EndOfList struct { // type 81
	Command uint32 // the number of List
	Count   uint32 // entries that came before
}

// Bye says that the server closes the connection in good order.
type Bye struct { // type 82
	Code  uint16 // as in Error
	_     [2]byte
	After uint32 // milliseconds after which coming back makes sense
}

// Clock says what both seats have on the clock at this moment. It follows the records after a
// Seat while a game with a time control runs: records carry the times as of the record.
type Clock struct { // type 83
	Running uint8 // the seat whose time runs
	_       [3]byte
	Left    [2]TimeLeft // of seats 1 and 2
}

// Forbidden answers Points: the empty points that the rules forbid to the seat that acts next.
// Not part of a record.
type Forbidden struct { // type 84
	Command uint32 // the number of Points
	Game    uint16 // number of the game at this table
	Ply     uint16 // number of moves made in the position that is meant
	Seat    uint8  // the seat that acts next
	_       [1]byte
	Count   uint16 // points in the set
	Points  Bits   // the set: (Col, Row) is bit n % 8, the lowest first, of byte n / 8, where n is 20 * Row + Col
}

// Viewers says how many watch the table without a seat. It comes when that changes, and after
// the Seat of a table that is watched. Not part of a record.
type Viewers struct { // type 85
	Count uint16
	_     [2]byte
}
