package netio

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// readRounds bounds how often one client is read in a row while others wait.
const readRounds = 16

// readyConn is a connection whose system says when it may be read and written: by
// event objects (events) or window messages (messages). It belongs to one thread, which
// alone calls the methods below and touches the fields. In both models Windows tells
// less than it seems to:
//
//   - FD_READ comes again only after a receive has been tried. A paused
//     connection therefore remembers it (canRead) and receives when it is resumed.
//   - FD_WRITE comes once after connecting and then only after a send has failed
//     with WSAEWOULDBLOCK. Until it comes nothing is tried (canWrite).
//   - FD_CLOSE comes once, and data may be left to read before the end. From
//     then on no FD_READ is waited for (peerGone).
type readyConn struct {
	winConn
	canRead, canWrite bool
	peerGone          bool
	goneWith          syscall.Errno // the error of FD_CLOSE
}

// note takes over what the system reports.
func (c *readyConn) note(events int32, closeError int32) {
	if events&fdRead != 0 {
		c.canRead = true
	}
	if events&fdWrite != 0 {
		c.canWrite = true
	}
	if events&fdClose != 0 {
		c.canRead, c.canWrite, c.peerGone = true, true, true
		c.goneWith = syscall.Errno(closeError)
	}
	c.mu.Lock()
	c.kickLocked()
	c.mu.Unlock()
}

// read receives into buf what is there, within bounds, and hands it over.
func (c *readyConn) read(buf []byte) {
	for range readRounds {
		c.mu.Lock()
		wants := c.wantsReadLocked()
		c.mu.Unlock()
		if !wants || !c.canRead {
			return
		}
		n, no := recvSocket(c.sock, buf)
		switch {
		case no == windows.WSAEWOULDBLOCK && c.peerGone && c.goneWith != 0:
			c.readFailed("recv", c.goneWith)
		case no == windows.WSAEWOULDBLOCK:
			// After FD_CLOSE, too: it was then a late message for an earlier socket
			// that had the same number.
			c.canRead, c.peerGone = false, false
		case no == 0 && n == 0:
			c.readEnded("recv")
		case no != 0:
			c.readFailed("recv", no)
		default:
			c.received(buf[:n])
			if n < len(buf) && !c.peerGone {
				c.canRead = false // what comes now is announced again
			}
		}
	}
}

// settle carries out what has been asked of the connection: it sends, closes and
// resumes. It is true when the connection has come to its end and been freed.
func (c *readyConn) settle(buf []byte) bool {
	c.read(buf) // what the program asks for meanwhile is done right below
	if c.peerGone && c.goneWith != 0 {
		c.resetWhilePaused()
	}
	c.mu.Lock()
	c.kicked = false
	c.write()
	c.boundLocked()
	c.progressLocked(c.out.pending(&c.k.casts) == 0)
	if c.dead {
		c.done = true
		c.mu.Unlock()
		c.finish()
		return true
	}
	if c.canRead && c.wantsReadLocked() {
		c.kickLocked() // its turn was over before its data
	}
	c.mu.Unlock()
	return false
}

// resetWhilePaused ends a connection that the peer has reset while nothing is read.
func (c *readyConn) resetWhilePaused() {
	c.mu.Lock()
	gone := !c.dead && !c.readEnd && !c.wantsReadLocked()
	c.mu.Unlock()
	if gone {
		c.readFailed("recv", c.goneWith)
	}
}

// write sends what is queued until the system refuses. c.mu is held; a
// non-blocking send takes microseconds.
func (c *readyConn) write() {
	var room [streamParts][]byte
	for c.canWrite && !c.dead && !c.broken {
		parts := c.out.parts(room[:0], &c.k.casts)
		if len(parts) == 0 {
			c.stalled = false
			return
		}
		n, no := sendParts(c.sock, parts)
		switch {
		case no == 0:
			c.out.sent(n, &c.k.casts)
		case no == windows.WSAEWOULDBLOCK:
			c.canWrite, c.stalled = false, true
		default:
			c.writeFailedLocked("send", no)
		}
	}
}

// sendParts sends parts, at most streamParts of them, as far as the system takes them.
func sendParts(s windows.Handle, parts [][]byte) (int, syscall.Errno) {
	if len(parts) == 1 {
		return sendSocket(s, parts[0])
	}
	var bufs [streamParts]windows.WSABuf
	for i, p := range parts {
		bufs[i] = windows.WSABuf{Len: uint32(len(p)), Buf: unsafe.SliceData(p)}
	}
	var n uint32
	r, _, no := syscall.SyscallN(procWSASend.addr(), uintptr(s), uintptr(unsafe.Pointer(&bufs)), uintptr(len(parts)),
		uintptr(unsafe.Pointer(&n)), 0, 0, 0)
	if int32(r) != 0 {
		return 0, no
	}
	return int(n), 0
}
