// Package echo is the first program of every socket course: it sends back what it gets,
// byte for byte and in order, and nothing else. It runs unchanged on every
// model of package netio, and once over datagrams.
package echo

import (
	"hansu/netio"
	"hansu/netio/observe"
)

// Handler echoes. Its zero value is ready.
type Handler struct {
	Observe observe.Func
}

// Listen makes an echo server; its Serve runs it. The errors are netio.Listen's.
func Listen(addr string, watch observe.Func, cfg netio.Config) (netio.Server, error) {
	return netio.Listen(addr, Handler{Observe: watch}, cfg)
}

// Opened only tells.
func (h Handler) Opened(c netio.Conn) {
	h.Observe.Tell(observe.Event{Kind: observe.Connected, Remote: c.RemoteAddr()})
}

// Received sends p back. A failure to do so ends the connection by itself.
func (h Handler) Received(c netio.Conn, p []byte) {
	if h.Observe != nil {
		h.Observe(observe.Event{Kind: observe.Data, Remote: c.RemoteAddr(), Data: p})
	}
	_ = c.Send(p)
}

// ReadEnded closes after the last answer.
func (h Handler) ReadEnded(c netio.Conn) { _ = c.Close() }

// Closed only tells.
func (h Handler) Closed(c netio.Conn, err error) {
	h.Observe.Tell(observe.Event{Kind: observe.Left, Remote: c.RemoteAddr(), Err: err})
}
