package client

import (
	"errors"
	"fmt"
	"time"

	"hansu/rules"
	"hansu/wire"
)

// The errors of a connection. They come wrapped with what was being done.
var (
	// ErrNotHansu: what answers at this address speaks something else.
	ErrNotHansu = errors.New("client: not a Hansu server")
	// ErrVersion: the server and this client have no version of the protocol in common.
	ErrVersion = errors.New("client: no common version of the protocol")
	// ErrSilent: the server did not answer in time, or sent half a packet and no more.
	ErrSilent = errors.New("client: the server does not answer")
	// ErrHungUp: the server closed the connection without a word.
	ErrHungUp = errors.New("client: the server closed the connection")
	// ErrProtocol: the server broke the protocol after the greeting.
	ErrProtocol = errors.New("client: the server broke the protocol")
)

// The errors of a command that was not sent.
var (
	// ErrClosed: the client was closed, or has given up.
	ErrClosed = errors.New("client: closed")
	// ErrBusy: too many commands wait for their answer.
	ErrBusy = errors.New("client: too many commands without an answer")
	// ErrNoTable: the client is at no such table.
	ErrNoTable = errors.New("client: not at this table")
	// ErrNoPosition: there is no game, or this client cannot follow its rules.
	ErrNoPosition = errors.New("client: no position to move in")
	// ErrText: a name, a code or a line of chat cannot be sent as it is.
	ErrText = errors.New("client: text cannot be sent")
)

// Refused is the server's refusal: of a command, or of the connection.
type Refused struct {
	Code    uint16        // stable number: wire.ErrorCode
	Problem rules.Problem // of an illegal move
	Text    string        // for people, in the language of Config
}

func (e *Refused) Error() string {
	return fmt.Sprintf("client: refused (%d): %s", e.Code, e.Text)
}

// Final reports whether trying again cannot help: the client itself must change.
func (e *Refused) Final() bool {
	switch wire.ErrorCode(e.Code) {
	case wire.BadMagic, wire.BadVersion, wire.NotHello, wire.BadPacket, wire.BadName, wire.Replaced:
		return true
	}
	return false
}

// Unwrap lets errors.Is find ErrVersion in a refusal of the version.
func (e *Refused) Unwrap() error {
	if wire.ErrorCode(e.Code) == wire.BadVersion {
		return ErrVersion
	}
	return nil
}

// Bye is the end of a connection in good order.
type Bye struct {
	Code  uint16        // why: wire.ErrorCode
	After time.Duration // after which coming back makes sense
}

func (e *Bye) Error() string {
	return fmt.Sprintf("client: the server says goodbye (%d)", e.Code)
}

// final reports whether connecting again cannot help.
func final(err error) bool {
	var refused *Refused
	if errors.As(err, &refused) {
		return refused.Final()
	}
	return errors.Is(err, ErrVersion) || errors.Is(err, ErrProtocol)
}
