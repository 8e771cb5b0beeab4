// Package netio runs one server program on every classic socket I/O model:
// blocking, threads, events (epoll, kqueue, WSAEventSelect), completion
// (io_uring, IOCP) and, for a Windows client, window messages.
//
// A program is a [Handler]. The contract is completion-shaped: the model hands
// over bytes it has read, and Send takes bytes and returns at once.
package netio

import (
	"context"
	"log/slog"
	"net/netip"
	"time"
)

// Model names an I/O model.
type Model string

// The models. [Models] says which of them this system has.
const (
	Blocking   Model = "blocking"
	Threads    Model = "threads"
	Events     Model = "events"
	Completion Model = "completion"
	Messages   Model = "messages"
)

// Handler is a program on a socket server. For one connection the calls come one
// at a time and in this order: Opened once, Received any number of times,
// ReadEnded at most once, Closed once. Calls for different connections may come
// from different goroutines at the same time. They run on the model's own loop:
// a handler that waits makes every client of that loop wait.
type Handler interface {
	// Opened is called when c is connected.
	Opened(c Conn)
	// Received hands over bytes in the order sent. p is the loop's buffer: it is
	// valid until Received returns; copy what is to be kept.
	Received(c Conn, p []byte)
	// ReadEnded is called when the peer has closed its sending side. The
	// connection can still send; the handler must call Close when it is done.
	ReadEnded(c Conn)
	// Closed is the last call for c. err is nil after an orderly end (both sides
	// done, or our own Close), else why: an *Error of the failing call, or ErrSlow,
	// ErrShutdown.
	Closed(c Conn, err error)
}

// Conn is one connection. Its methods may be called from any goroutine, also
// from inside a handler, and never wait.
type Conn interface {
	// Send queues p after all earlier sends and returns; p is copied and may be
	// reused. Bytes queued within one tick of the loop leave in one write.
	// ErrClosed after Close; ErrSlow if the peer has not read and the queue's bound
	// (Config.Outbound) is passed: the connection is then being closed.
	Send(p []byte) error
	// Queued is how many bytes of those sent the system has not taken yet.
	Queued() int
	// CloseWrite closes the sending side after what is queued has been sent.
	CloseWrite() error
	// Close sends what is queued, for at most Config.Linger, then closes. What the
	// peer still sends meanwhile is thrown away, and after 256 KiB no longer read. Further calls do nothing.
	Close() error
	// Abort closes at once; what is queued is lost.
	Abort()
	// PauseRead stops Received calls until ResumeRead: back-pressure that reaches
	// the peer. At most one more Received, of bytes already read, may follow.
	PauseRead()
	ResumeRead()
	LocalAddr() netip.AddrPort
	RemoteAddr() netip.AddrPort
	// SetData keeps a value of the program with the connection. Set it in Opened;
	// afterwards only from handlers of this connection.
	SetData(v any)
	Data() any
}

// Server is a listening socket and its connections.
type Server interface {
	// Addr is the address listened on, with the real port.
	Addr() netip.AddrPort
	// Serve accepts and serves until Shutdown; then it returns nil. An error is one
	// that ends the server.
	Serve() error
	// Broadcast sends p to every open connection. p is copied once and shared by all
	// receivers. Two broadcasts reach all connections in the same order; a
	// connection whose Opened has returned before the call gets it. May be called
	// from anywhere.
	Broadcast(p []byte)
	// Shutdown stops accepting, closes every connection as Close does, and returns
	// when all Closed calls are done, or aborts the rest when ctx ends.
	Shutdown(ctx context.Context) error
	Stats() Stats
}

// Stats counts since the server started.
type Stats struct {
	Open         int64 // connections now
	Accepted     int64
	Refused      int64 // over MaxClients
	AcceptErrors int64
	Slow         int64 // closed because they did not read
}

// Config is a server's setting; the zero value of each field is its default.
type Config struct {
	Model      Model         // default Threads
	Loops      int           // events, completion on Linux: loops; default GOMAXPROCS
	Workers    int           // completion on Windows: threads; default 2×CPU+1
	MaxClients int           // default no bound but the system's
	Outbound   int           // bytes queued for one client at most; default 1 MiB
	Inbound    int           // bytes of a client that the system keeps until they are read; default its own bound, which may be megabytes
	Linger     time.Duration // Close waits this long for a peer to take what is queued; default 5 s
	// Refuse is called instead of Opened for a client over MaxClients; it may Send.
	// The connection is closed after it; no other handler sees it.
	Refuse func(c Conn)
	Logger *slog.Logger // default: nothing is logged
}
