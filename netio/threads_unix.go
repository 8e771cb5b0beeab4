//go:build unix

package netio

import (
	"io"
	"net"
	"syscall"
)

// netStream is a connection of Go's net. Its reads go through RawConn, whose
// callback runs when the socket is readable: no buffer is held while waiting.
type netStream struct {
	conn *net.TCPConn
	raw  syscall.RawConn

	onRead func(fd uintptr) bool // made once: a closure a read would be an allocation a read
	buf    *readBuffer
	n      int
	err    error
}

func newNetStream(conn *net.TCPConn) (*netStream, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	t := &netStream{conn: conn, raw: raw}
	t.onRead = t.tryRead
	return t, nil
}

func (t *netStream) read() (*readBuffer, int, error) {
	t.buf, t.n, t.err = nil, 0, nil
	err := t.raw.Read(t.onRead)
	if err == nil {
		err = t.err
	}
	buf := t.buf
	t.buf = nil
	return buf, t.n, err
}

func (t *netStream) tryRead(fd uintptr) bool {
	buf := readBuffers.Get().(*readBuffer)
	n, errno := rawRead(int(fd), buf[:])
	switch {
	case errno == syscall.EAGAIN:
		readBuffers.Put(buf)
		return false
	case errno != 0:
		t.err = errno
	case n == 0:
		t.err = io.EOF
	}
	t.buf, t.n = buf, n
	return true
}

// tryWrite writes what the system takes at once.
func (t *netStream) tryWrite(parts [][]byte) (int, error) {
	n, errno := 0, syscall.Errno(0)
	err := t.raw.Write(func(fd uintptr) bool {
		n, errno = rawWrite(int(fd), parts)
		return true
	})
	switch {
	case err != nil:
		return 0, err
	case errno == 0 || errno == syscall.EAGAIN:
		return n, nil
	}
	return n, errno
}

func (t *netStream) closeWrite() error { return t.conn.CloseWrite() }

// clientLeft says that accept failed for one client alone; Go's net sees to that itself.
func clientLeft(error) bool { return false }
