package window

import "hansu/netio"

// The window is its state's client.Transport, and the netio.Handler of its one connection. A connection that
// was given up may still have its last calls to come: they are told apart by the Conn.

// Dial implements client.Transport.
func (w *window) Dial(address string) {
	var c netio.Conn
	c = w.pump.Dial(address, func(err error) {
		if err != nil && c == w.conn {
			w.conn = nil
			w.app.Lost(err)
			w.touch()
		}
	})
	w.conn = c
}

// Send implements client.Transport.
func (w *window) Send(p []byte) {
	if w.conn != nil {
		_ = w.conn.Send(p) // what fails here ends the connection, and Closed says why
	}
}

// Close implements client.Transport.
func (w *window) Close() {
	if c := w.conn; c != nil {
		w.conn = nil
		_ = c.Close()
	}
}

// Opened implements netio.Handler.
func (w *window) Opened(c netio.Conn) {
	if c == w.conn {
		w.app.Opened(c.LocalAddr().String(), c.RemoteAddr().String())
		w.touch()
	}
}

// Received implements netio.Handler.
func (w *window) Received(c netio.Conn, p []byte) {
	if c == w.conn {
		w.app.Received(p)
		w.touch()
	}
}

// ReadEnded implements netio.Handler.
func (w *window) ReadEnded(c netio.Conn) {
	_ = c.Close()
	w.lost(c, nil)
}

// Closed implements netio.Handler.
func (w *window) Closed(c netio.Conn, err error) { w.lost(c, err) }

func (w *window) lost(c netio.Conn, err error) {
	if c == w.conn {
		w.conn = nil
		w.app.Lost(err)
		w.touch()
	}
}
