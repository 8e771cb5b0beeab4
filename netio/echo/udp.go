package echo

import (
	"context"
	"errors"
	"net"
	"net/netip"

	"hansu/netio"
	"hansu/netio/observe"
)

// datagramMax is the largest payload of a UDP datagram over IPv4 and more, in bytes.
const datagramMax = 65535

// UDP is an echo server over datagrams: each comes back as one, to where it came from.
// There is no connection, so nobody connects or leaves, and what is lost is lost.
type UDP struct {
	conn    *net.UDPConn
	observe observe.Func
}

// ListenUDP binds addr, "host:port" or ":port".
func ListenUDP(addr string, watch observe.Func) (*UDP, error) {
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		return nil, netio.NewError("bind", err)
	}
	return &UDP{conn: conn.(*net.UDPConn), observe: watch}, nil
}

// Addr is the address bound, with the real port.
func (u *UDP) Addr() netip.AddrPort { return u.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// Serve echoes until ctx ends; then it returns nil. An error of one datagram,
// such as the news that an earlier one did not arrive, is passed over.
func (u *UDP) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = u.conn.Close() })
	defer stop()
	buf := make([]byte, datagramMax)
	for {
		n, from, err := u.conn.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			continue
		}
		if u.observe != nil {
			u.observe(observe.Event{Kind: observe.Data, Remote: netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), Data: buf[:n]})
		}
		_, _ = u.conn.WriteToUDPAddrPort(buf[:n], from)
	}
}
