package netio

import "golang.org/x/sys/unix"

// keepAlive makes the system notice a peer that is gone without a word: its machine
// sleeps, or a cable is out. fd may be a listening socket, whose clients inherit it. See tcp(7).
func keepAlive(fd int) {
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, keepAliveIdle)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, keepAliveInterval)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_KEEPCNT, keepAliveCount)
	// Probes are not sent while bytes wait for an acknowledgement; those time out here.
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 1000*(keepAliveIdle+keepAliveCount*keepAliveInterval))
}
