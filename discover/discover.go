// Package discover finds Hansu servers on the local network, and makes one known there: DNS-SD
// (RFC 6763) over multicast DNS (RFC 6762) with the service type _hansu._tcp, as printers and
// loudspeakers do it. Avahi, Bonjour and every other browser of services show the servers, too.
//
//	Find      asks the network and reports the servers it has heard of so far
//	Announce  answers for one server until it is told to stop
//
// Both use every network interface that is up and can do multicast, each with sockets of its own,
// so that a computer in two networks tells each of them the address that is valid there. What comes
// from the network is not trusted: names are cleaned for a screen, and everything is bounded.
package discover

import (
	"net"
	"net/netip"
	"strings"
	"unicode"
)

// The names that everybody uses, and the bounds of what is kept.
const (
	serviceName = "_hansu._tcp.local."
	browseName  = "_services._dns-sd._udp.local." // asks for all types of service (RFC 6763, 9)
	port        = 5353
	serversMax  = 64
	recordsMax  = 256  // of one packet
	packetMax   = 9000 // bytes, RFC 6762, 17
	labelMax    = 63   // bytes, RFC 1035, 2.3.4
)

// Server is a server that was found.
type Server struct {
	Name    string // for people: of the computer, or what the host has chosen
	Address string // host:port of the packet port, to be dialled as it is
	Page    string // URL of the page, or empty
}

// Service is a server to be made known.
type Service struct {
	Name string         // what people see; empty: the computer's name
	TCP  netip.AddrPort // where it listens; an unspecified address stands for all
	HTTP netip.AddrPort // the same for the page; the zero value: there is none
	TLS  bool           // the page is https
}

// family is one of the two versions of IP.
type family struct {
	network string // for package net
	group   netip.AddrPort
}

var (
	ip4 = family{"udp4", netip.AddrPortFrom(netip.MustParseAddr("224.0.0.251"), port)}
	ip6 = family{"udp6", netip.AddrPortFrom(netip.MustParseAddr("ff02::fb"), port)}
)

// link is an interface with its addresses of one family.
type link struct {
	family
	ifi      net.Interface
	prefixes []netip.Prefix
}

// to is the group as this interface reaches it.
func (l link) to() netip.AddrPort {
	if l.group.Addr().Is6() {
		return netip.AddrPortFrom(l.group.Addr().WithZone(l.ifi.Name), port)
	}
	return l.group
}

// links lists the interfaces that can do multicast now, once for each family they have.
func links() ([]link, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var all []link
	for _, ifi := range interfaces {
		if ifi.Flags&net.FlagUp == 0 || ifi.Flags&net.FlagMulticast == 0 || ifi.Flags&net.FlagLoopback != 0 {
			continue
		}
		addrs, err := ifi.Addrs()
		if err != nil {
			continue // it has gone meanwhile
		}
		l4, l6 := link{family: ip4, ifi: ifi}, link{family: ip6, ifi: ifi}
		for _, a := range addrs {
			p, err := netip.ParsePrefix(a.String())
			switch {
			case err != nil:
			case p.Addr().Is4():
				l4.prefixes = append(l4.prefixes, p)
			default:
				l6.prefixes = append(l6.prefixes, p)
			}
		}
		for _, l := range []link{l4, l6} {
			if len(l.prefixes) > 0 {
				all = append(all, l)
			}
		}
	}
	return all, nil
}

// has reports whether a is in one of the interface's networks.
func (l link) has(a netip.Addr) bool {
	for _, p := range l.prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// clean makes a name that somebody sent fit for a screen.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(s)
}

// label makes a name fit for one label of a domain name: without dots, which separate labels, and
// of at most 63 bytes.
func label(s string) string {
	s = clean(strings.ReplaceAll(s, ".", " "))
	for len(s) > labelMax {
		runes := []rune(s)
		s = strings.TrimSpace(string(runes[:len(runes)-1]))
	}
	return s
}
