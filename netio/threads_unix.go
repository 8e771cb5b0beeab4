//go:build unix

package netio

import (
	"io"
	"net"
	"sync"
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

// attempt is one write at once, with the callback that RawConn wants: kept, for a closure a write would be an
// allocation a write.
type attempt struct {
	parts [][]byte
	n     int
	errno syscall.Errno
	write func(fd uintptr) bool
}

var attempts = sync.Pool{New: func() any {
	a := &attempt{}
	a.write = func(fd uintptr) bool {
		a.n, a.errno = rawWrite(int(fd), a.parts)
		return true
	}
	return a
}}

// tryWrite writes what the system takes at once.
func (t *netStream) tryWrite(parts [][]byte) (int, error) {
	a := attempts.Get().(*attempt)
	a.parts, a.n, a.errno = parts, 0, 0
	err := t.raw.Write(a.write)
	n, errno := a.n, a.errno
	a.parts = nil
	attempts.Put(a)
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
