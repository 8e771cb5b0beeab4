package client

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"hansu/wire"
)

// Token is the secret by which a server knows a client again. Keep it like a password: its
// String hides it, its Hex is for a file that only its owner can read.
type Token = wire.Token

// ParseToken reads what Token.Hex wrote.
func ParseToken(s string) (Token, error) { return wire.ParseToken(s) }

// Identity is who a client is to the server.
type Identity struct {
	Name     string // 1 to 32 characters, see wire.CheckName
	Language uint8  // of the server's texts: 1 Korean, 2 English
	Token    Token  // of an earlier Online, or zeros
	Instance uint32 // random, another one for each run of a program; not 0
}

// The bounds of what a Core holds, whatever the server sends.
const (
	maxPending  = 64    // commands without an answer
	maxTables   = 1024  // tables at once
	maxParts    = 256   // packets in one record
	maxEntries  = 10000 // tables in a list
	defaultWait = 5 * time.Second
	defaultIdle = 20 * time.Second
)

// phase is where a Core's connection stands.
type phase uint8

const (
	offline  phase = iota
	greeting       // Hello is sent, Welcome has not come
	online
)

// Core is a client without any input or output: bytes that came in, commands and the time
// go in, events and bytes to send come out. A program with an event loop of its own
// (a window's, a load generator's) drives it directly; everyone else uses [Client].
// One goroutine at a time may use a Core.
//
// For each connection: Connect, then Receive, Do and Tick in any order, and Disconnect when it
// is lost. After every call there may be Output to send and Events to see.
type Core struct {
	id   Identity
	name wire.Name
	wait time.Duration // for Welcome, and for Pong
	idle time.Duration // without a packet, after which Ping asks

	phase   phase
	greeted bool // a Welcome has come, on this or an earlier connection
	server  uint32
	decoder wire.Decoder
	out     []byte
	events  []Event

	tables  map[uint32]*seating
	pending []pending // in order of number
	last    uint32    // number of the last command
	entries []Entry   // of a list that is coming in

	began  time.Time // of this connection
	heard  time.Time // when the last packet came
	pinged time.Time // zero: no Ping waits for its Pong
}

// pending is a command that waits for its answer.
type pending struct {
	number uint32
	to     Command // nil: the Core's own, to come back to a table
	table  uint32
	seat   bool   // the Core's own Resume, to come back to a seat
	bytes  []byte // as sent
	sent   bool
	again  bool // sent on an earlier connection, too: what it came to there is not known
}

// NewCore returns a client that has no connection yet. The error is of the name.
func NewCore(id Identity) (*Core, error) {
	name, err := wire.NameOf(id.Name)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrText, err)
	}
	return &Core{
		id: id, name: name, wait: defaultWait, idle: defaultIdle,
		tables: map[uint32]*seating{},
	}, nil
}

// Connect says that a connection stands as of now. What the last one left half done is dropped.
func (c *Core) Connect(now time.Time) {
	c.Disconnect()
	c.phase, c.began, c.heard = greeting, now, now
	hello := wire.Hello{
		Magic: wire.Magic, Version: wire.Version, Language: c.id.Language,
		Instance: c.id.Instance, Token: c.id.Token, Name: c.name,
	}
	c.out = hello.Append(c.out, wire.Header{})
}

// Disconnect says that the connection is gone. Commands without an answer are kept and sent
// again, under the same numbers, on the next connection: the server does none of them twice.
func (c *Core) Disconnect() {
	c.phase, c.pinged = offline, time.Time{}
	c.decoder, c.out, c.entries = wire.Decoder{}, nil, nil
	c.pending = slices.DeleteFunc(c.pending, func(p pending) bool { return p.to == nil })
	for _, s := range c.tables {
		s.drop()
	}
}

// Do takes a command to send, now or when there is a connection. It returns the command's
// number, under which the Answer comes. The error (ErrBusy, ErrNoTable, ErrText) means that
// nothing is sent.
func (c *Core) Do(cmd Command) (uint32, error) {
	p, table, err := cmd.packet()
	if err != nil {
		return 0, err
	}
	if table != 0 && c.tables[table] == nil {
		return 0, ErrNoTable
	}
	if len(c.pending) >= maxPending {
		return 0, ErrBusy
	}
	return c.command(cmd, p, table), nil
}

// command numbers p, keeps it until it is answered, and sends it if there is a connection.
func (c *Core) command(to Command, p wire.Packet, table uint32) uint32 {
	c.last++
	kept := pending{number: c.last, to: to, table: table}
	kept.bytes = p.Append(nil, wire.Header{Table: table, Number: c.last})
	c.pending = append(c.pending, kept)
	if c.phase == online {
		c.out = append(c.out, kept.bytes...)
		c.pending[len(c.pending)-1].sent = true
	}
	return c.last
}

// Receive takes bytes from the server. After an error the connection must be closed; it is
// ErrNotHansu, ErrVersion, ErrProtocol, a *Refused or a *Bye.
func (c *Core) Receive(now time.Time, p []byte) error {
	if c.phase == offline {
		return ErrClosed
	}
	err := c.decoder.Feed(p, func(h wire.Header, body []byte) error {
		c.heard, c.pinged = now, time.Time{}
		return c.packet(now, h, body)
	})
	var frame *wire.FrameError
	if errors.As(err, &frame) {
		return fmt.Errorf("%w: %w", c.foreign(), err)
	}
	return err
}

// foreign is the error of bytes that no Hansu server sends.
func (c *Core) foreign() error {
	if c.phase == greeting {
		return ErrNotHansu
	}
	return ErrProtocol
}

// Deadline returns when Tick must be called although nothing came; zero is never.
func (c *Core) Deadline() time.Time {
	switch {
	case c.phase == greeting:
		return c.began.Add(c.wait)
	case c.phase == online && c.pinged.IsZero():
		return c.heard.Add(c.idle)
	case c.phase == online:
		return c.pinged.Add(c.wait)
	}
	return time.Time{}
}

// Tick says what time it is. ErrSilent means that the server has not answered in time; the
// connection must then be closed.
func (c *Core) Tick(now time.Time) error {
	if c.phase == offline || now.Before(c.Deadline()) {
		return nil
	}
	if c.phase == greeting || !c.pinged.IsZero() {
		return ErrSilent
	}
	c.pinged = now
	c.out = (&wire.Ping{}).Append(c.out, wire.Header{})
	return nil
}

// Output returns the bytes to send and forgets them. They are the caller's.
func (c *Core) Output() []byte {
	out := c.out
	c.out = nil
	return out
}

// Events returns what has happened since the last call.
func (c *Core) Events() []Event {
	events := c.events
	c.events = nil
	return events
}

// Table returns what is known of a table the client is at, or nil.
func (c *Core) Table(id uint32) *Table {
	if s := c.tables[id]; s != nil {
		return s.table
	}
	return nil
}

// Token returns the token to come back with.
func (c *Core) Token() Token { return c.id.Token }

func (c *Core) emit(e Event) { c.events = append(c.events, e) }

// welcomed goes on where the last connection ended: it comes back to the tables, and then sends
// again what has no answer yet, for a command at a table needs a connection that is there.
func (c *Core) welcomed(w *wire.Welcome) error {
	if c.phase != greeting {
		return fmt.Errorf("%w: a second Welcome", ErrProtocol)
	}
	if w.Version < wire.MinVersion || w.Version > wire.Version {
		return fmt.Errorf("%w: the server speaks %d, this client %d to %d", ErrVersion, w.Version, wire.MinVersion, wire.Version)
	}
	again := c.greeted
	c.phase, c.greeted, c.server, c.id.Token = online, true, w.Server, w.Token
	c.emit(Online{Server: w.Server, Token: w.Token, Tables: int(w.Tables), Again: again})
	unanswered := c.pending
	for i := range unanswered {
		unanswered[i].again, unanswered[i].sent = unanswered[i].sent, true
	}
	for _, id := range slices.Sorted(maps.Keys(c.tables)) {
		c.comeBack(c.tables[id])
	}
	for _, p := range unanswered {
		c.out = append(c.out, p.bytes...)
	}
	return nil
}

// comeBack asks for the records of a table that are missing.
func (c *Core) comeBack(s *seating) {
	t := s.table
	if t.Seat == NoSeat {
		c.lookOn(s)
		return
	}
	c.command(nil, &wire.Resume{Seen: t.Seen}, t.ID)
	c.pending[len(c.pending)-1].seat = true
}

// lookOn asks for them as a spectator. So does a player whose seat was given up meanwhile: the
// records say how the game ended.
func (c *Core) lookOn(s *seating) {
	t := s.table
	code, err := wire.TableCode(t.Code)
	if err != nil {
		c.leave(t.ID, fmt.Errorf("%w: %w", ErrProtocol, err))
		return
	}
	c.command(nil, &wire.Watch{Code: code, Seen: t.Seen}, t.ID)
}

// leave forgets a table.
func (c *Core) leave(id uint32, err error) {
	if s := c.tables[id]; s != nil {
		delete(c.tables, id)
		c.emit(Gone{Table: s.table, Err: err})
	}
}

// take removes the command with this number from those that wait.
func (c *Core) take(number uint32) (pending, bool) {
	for i, p := range c.pending {
		if p.number == number {
			c.pending = slices.Delete(c.pending, i, i+1)
			return p, true
		}
	}
	return pending{}, false
}
