package discover

import (
	"errors"
	"net"
	"net/netip"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// multicaster is the part of ipv4.PacketConn and ipv6.PacketConn that is wanted here.
type multicaster interface {
	SetMulticastInterface(*net.Interface) error
	SetMulticastLoopback(bool) error
}

// prepare lets what is sent to the group go out on l, and be heard on this computer as well.
func (l link) prepare(conn *net.UDPConn) error {
	var m multicaster = ipv4.NewPacketConn(conn)
	if l.group.Addr().Is6() {
		m = ipv6.NewPacketConn(conn)
	}
	return errors.Join(m.SetMulticastInterface(&l.ifi), m.SetMulticastLoopback(true))
}

// listen opens a socket that hears what is sent to the group on l, and nothing of other links.
func (l link) listen() (*net.UDPConn, error) {
	conn, err := net.ListenMulticastUDP(l.network, &l.ifi, net.UDPAddrFromAddrPort(l.group))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(l.prepare(conn), onlyOwnGroups(conn, l.group.Addr().Is6())); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// ephemeral opens a socket with a port of its own, to ask from.
func (l link) ephemeral() (*net.UDPConn, error) {
	any := netip.IPv4Unspecified()
	if l.group.Addr().Is6() {
		any = netip.IPv6Unspecified()
	}
	conn, err := net.ListenUDP(l.network, net.UDPAddrFromAddrPort(netip.AddrPortFrom(any, 0)))
	if err != nil {
		return nil, err
	}
	if err := l.prepare(conn); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}
