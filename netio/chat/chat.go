// Package chat is the chat server of every socket course: what one client sends reaches
// every connected client, the sender included, unchanged and in one order for all.
// There is no banner and no notice of comings and goings: the bytes are the clients' own.
package chat

import (
	"hansu/netio"
	"hansu/netio/observe"
)

// handler is the program. The server is set before Serve can call a handler.
type handler struct {
	observe observe.Func
	server  netio.Server
}

// Listen makes a chat server; its Serve runs it. The errors are netio.Listen's.
func Listen(addr string, watch observe.Func, cfg netio.Config) (netio.Server, error) {
	h := &handler{observe: watch}
	s, err := netio.Listen(addr, h, cfg)
	if err != nil {
		return nil, err
	}
	h.server = s
	return s, nil
}

func (h *handler) Opened(c netio.Conn) {
	h.observe.Tell(observe.Event{Kind: observe.Connected, Remote: c.RemoteAddr()})
}

func (h *handler) Received(c netio.Conn, p []byte) {
	if h.observe != nil {
		h.observe(observe.Event{Kind: observe.Data, Remote: c.RemoteAddr(), Data: p})
	}
	h.server.Broadcast(p)
}

// ReadEnded closes after what was said until now, the client's own last words too.
func (h *handler) ReadEnded(c netio.Conn) { _ = c.Close() }

func (h *handler) Closed(c netio.Conn, err error) {
	h.observe.Tell(observe.Event{Kind: observe.Left, Remote: c.RemoteAddr(), Err: err})
}
