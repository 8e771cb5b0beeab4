package netio

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/windows"
)

// netStream is a connection of Go's net, whose sockets cannot be tried on Windows
// without waiting: a buffer is held while reading, and a goroutine does each write.
type netStream struct {
	conn  *net.TCPConn
	ended atomic.Bool // our end is sent
}

func newNetStream(conn *net.TCPConn) (*netStream, error) { return &netStream{conn: conn}, nil }

func (t *netStream) read() (*readBuffer, int, error) {
	b := readBuffers.Get().(*readBuffer)
	n, err := t.conn.Read(b[:])
	if err == io.EOF && !t.ended.Load() {
		err = t.endError()
	}
	return b, n, err
}

// endError is io.EOF, or the reset that was taken for an orderly end (see endOf).
func (t *netStream) endError() error {
	raw, err := t.conn.SyscallConn()
	if err != nil {
		return io.EOF
	}
	var no syscall.Errno
	_ = raw.Control(func(fd uintptr) { no = endOf(windows.Handle(fd)) })
	if no != 0 {
		return no
	}
	return io.EOF
}

// tryWrite leaves everything to write.
func (t *netStream) tryWrite([][]byte) (int, error) { return 0, nil }

func (t *netStream) closeWrite() error {
	t.ended.Store(true)
	return t.conn.CloseWrite()
}

// clientLeft says that accept failed because the client was gone again. Go's net passes
// over the numbers that Windows has for it, but not over Wine's.
func clientLeft(err error) bool {
	no, ok := errors.AsType[syscall.Errno](err)
	return ok && clientGone(no)
}
