//go:build !unix

package netio

import "net"

// netStream is a connection of Go's net where its sockets cannot be tried without
// waiting: a buffer is held while reading, and a goroutine does each write.
type netStream struct{ conn *net.TCPConn }

func newNetStream(conn *net.TCPConn) (*netStream, error) { return &netStream{conn: conn}, nil }

func (t *netStream) read() (*readBuffer, int, error) {
	b := readBuffers.Get().(*readBuffer)
	n, err := t.conn.Read(b[:])
	return b, n, err
}

// tryWrite leaves everything to write.
func (t *netStream) tryWrite([][]byte) (int, error) { return 0, nil }
