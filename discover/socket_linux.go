package discover

import (
	"net"

	"golang.org/x/sys/unix"
)

// onlyOwnGroups keeps a socket from hearing the groups that other sockets have joined on other
// interfaces, which is what Linux does unless told otherwise (ip(7), IP_MULTICAST_ALL). A kernel
// that does not know the option for IPv6 (before 4.20) goes without.
func onlyOwnGroups(conn *net.UDPConn, six bool) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		if six {
			failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_ALL, 0)
			if failed == unix.ENOPROTOOPT {
				failed = nil
			}
			return
		}
		failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0)
	})
	if err != nil {
		return err
	}
	return failed
}
