//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package netio

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// acceptor accepts from a non-blocking socket.
type acceptor struct{}

// accept takes one client that waits. These systems have no accept4 for all,
// no MSG_NOSIGNAL on some, and do not inherit every option.
func (*acceptor) accept(lfd int) (int, netip.AddrPort, error) {
	fd, sa, err := unix.Accept(lfd)
	if err != nil {
		return -1, netip.AddrPort{}, err
	}
	unix.CloseOnExec(fd)
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return -1, netip.AddrPort{}, unix.ECONNABORTED
	}
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	keepAlive(fd)
	return fd, sockaddrPort(sa), nil
}

// acceptBlocking waits for a client and gives a descriptor that blocks.
func acceptBlocking(lfd int) (int, unix.Sockaddr, error) {
	fd, sa, err := unix.Accept(lfd)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	return fd, sa, err
}
