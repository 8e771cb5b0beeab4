//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package netio

import (
	"net/netip"
	"strconv"

	"golang.org/x/sys/unix"
)

// socketAddr gives the address that fd is bound to.
func socketAddr(fd int) netip.AddrPort {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return netip.AddrPort{}
	}
	return sockaddrPort(sa)
}

// sockaddrPort takes an IPv4 address out of the IPv6 one that a socket for both gives.
func sockaddrPort(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		a := netip.AddrFrom16(sa.Addr).Unmap()
		if sa.ZoneId != 0 && a.Is6() {
			a = a.WithZone(strconv.Itoa(int(sa.ZoneId)))
		}
		return netip.AddrPortFrom(a, uint16(sa.Port))
	}
	return netip.AddrPort{}
}
