package netio

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// acceptSocket takes one client that waits, as a non-blocking descriptor. TCP_NODELAY is inherited.
func acceptSocket(lfd int) (int, netip.AddrPort, error) {
	fd, sa, err := unix.Accept4(lfd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
	if err != nil {
		return -1, netip.AddrPort{}, err
	}
	return fd, sockaddrPort(sa), nil
}

// acceptBlocking waits for a client and gives a descriptor that blocks.
func acceptBlocking(lfd int) (int, unix.Sockaddr, error) {
	return unix.Accept4(lfd, unix.SOCK_CLOEXEC)
}
