package netio

import (
	"errors"
	"net"
	"os"
	"strconv"
	"syscall"
)

// The errors that Send, CloseWrite and Closed give beside *Error.
var (
	// ErrClosed is given for a connection that was closed by us before the call.
	ErrClosed = errors.New("netio: connection is closed")
	// ErrSlow is given for a peer that did not read: the bound of its queue was
	// passed, or Config.Linger ended with bytes unsent.
	ErrSlow = errors.New("netio: peer does not read")
	// ErrShutdown is given for connections that Server.Shutdown has closed.
	ErrShutdown = errors.New("netio: server is shut down")
)

// Error is a failed system call: which one, and what the system said. Its line is
//
//	connect: 111 (ECONNREFUSED): Connection refused
//
// with the system's own text: errno's on Unix, FormatMessage's in the user's
// language on Windows. errors.Is and errors.As reach the syscall.Errno in Err.
type Error struct {
	Op   string // the failing call: "connect", "recv", "WSASend"
	Code int    // the system's number; 0 when the failure has none (a name not found)
	Name string // the number's symbolic name, such as ECONNREFUSED; may be empty
	Text string // the system's text
	Err  error  // a syscall.Errno, or what the resolver or Go's net said
}

// Error gives the one line.
func (e *Error) Error() string {
	switch {
	case e.Code == 0:
		return e.Op + ": " + e.Text
	case e.Name == "":
		return e.Op + ": " + strconv.Itoa(e.Code) + ": " + e.Text
	}
	return e.Op + ": " + strconv.Itoa(e.Code) + " (" + e.Name + "): " + e.Text
}

// Unwrap gives the system's error number.
func (e *Error) Unwrap() error { return e.Err }

// NewError describes err, which the call op gave, as an *Error. An error from Go's net or
// os is taken apart, and the call that they name replaces op. It is nil for a nil err.
func NewError(op string, err error) error { return newError(op, err) }

// newError describes err, which the call op gave. An error from Go's net or os is
// taken apart, and the call that they name replaces op. It is nil for a nil err.
func newError(op string, err error) error {
	if err == nil {
		return nil
	}
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	if call, ok := errors.AsType[*os.SyscallError](err); ok {
		op = call.Syscall
	}
	if no, ok := errors.AsType[syscall.Errno](err); ok {
		return &Error{Op: op, Code: int(no), Name: errName(no), Text: errText(no), Err: no}
	}
	text := err.Error()
	if outer, ok := errors.AsType[*net.OpError](err); ok && outer.Err != nil {
		text = outer.Err.Error()
	}
	return &Error{Op: op, Text: text, Err: err}
}

// ModelError says that a model cannot be had here, and why.
type ModelError struct {
	Model Model
	Why   Absence
}

// Error gives a line such as: netio: model "completion" needs Linux 6.0 or newer.
func (e *ModelError) Error() string {
	return "netio: model " + strconv.Quote(string(e.Model)) + " " + e.Why.String()
}
