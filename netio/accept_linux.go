package netio

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// rawAddr is room for the address of a peer, used again for each: thousands of clients
// that come at once leave no garbage.
type rawAddr struct {
	sa  unix.RawSockaddrInet6 // or RawSockaddrInet4, which is shorter and begins alike
	len uint32
}

func (r *rawAddr) reset() { r.len = uint32(unsafe.Sizeof(r.sa)) }

// addrPort takes an IPv4 address out of the IPv6 one that a socket for both gives.
func (r *rawAddr) addrPort() netip.AddrPort {
	port := binary.BigEndian.Uint16((*[2]byte)(unsafe.Pointer(&r.sa.Port))[:])
	if r.sa.Family == unix.AF_INET {
		return netip.AddrPortFrom(netip.AddrFrom4((*unix.RawSockaddrInet4)(unsafe.Pointer(&r.sa)).Addr), port)
	}
	a := netip.AddrFrom16(r.sa.Addr).Unmap()
	if r.sa.Scope_id != 0 && a.Is6() {
		a = a.WithZone(strconv.Itoa(int(r.sa.Scope_id)))
	}
	return netip.AddrPortFrom(a, port)
}

// acceptor accepts from a non-blocking socket.
type acceptor struct{ peer rawAddr }

// accept takes one client that waits, as a non-blocking descriptor. TCP_NODELAY is inherited.
func (a *acceptor) accept(lfd int) (int, netip.AddrPort, error) {
	a.peer.reset()
	fd, _, errno := unix.RawSyscall6(unix.SYS_ACCEPT4, uintptr(lfd), uintptr(unsafe.Pointer(&a.peer.sa)),
		uintptr(unsafe.Pointer(&a.peer.len)), unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0, 0)
	if errno != 0 {
		return -1, netip.AddrPort{}, errno
	}
	return int(fd), a.peer.addrPort(), nil
}

// peerOf gives the address of fd's peer, unless it has gone again.
func (r *rawAddr) peerOf(fd int) (netip.AddrPort, syscall.Errno) {
	r.reset()
	_, _, errno := unix.RawSyscall(unix.SYS_GETPEERNAME, uintptr(fd), uintptr(unsafe.Pointer(&r.sa)), uintptr(unsafe.Pointer(&r.len)))
	if errno != 0 {
		return netip.AddrPort{}, errno
	}
	return r.addrPort(), 0
}

// acceptBlocking waits for a client and gives a descriptor that blocks.
func acceptBlocking(lfd int) (int, unix.Sockaddr, error) {
	return unix.Accept4(lfd, unix.SOCK_CLOEXEC)
}
