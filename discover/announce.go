package discover

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// rescan is how often the interfaces are looked at again: a laptop joins a network after the
// server has started.
const rescan = 15 * time.Second

// Announce makes a service known on all networks of this computer until ctx ends, when it says
// goodbye. Networks that come and go are followed. The error is of the service: nothing is to be had
// on a loopback address, or of a name without a letter.
func Announce(ctx context.Context, s Service, log *slog.Logger) error {
	if s.TCP.Port() == 0 || s.TCP.Addr().IsLoopback() {
		return fmt.Errorf("discover: others cannot reach %s", s.TCP)
	}
	if s.Name == "" {
		host, err := os.Hostname()
		if err != nil {
			return fmt.Errorf("discover: the computer's name: %w", err)
		}
		s.Name, _, _ = strings.Cut(host, ".")
	}
	if label(s.Name) == "" {
		return fmt.Errorf("discover: %q is no name", s.Name)
	}
	for ctx.Err() == nil {
		all, err := links()
		if err != nil {
			log.Warn("listing the network interfaces failed", "error", err)
		}
		now, stop := context.WithCancel(ctx)
		var group sync.WaitGroup
		for _, l := range all {
			group.Go(func() { s.onLink(now, l, log) })
		}
		changed := waitForChange(ctx, describe(all))
		stop()
		group.Wait()
		if changed {
			log.Info("the networks have changed and are told again")
		}
	}
	return nil
}

// waitForChange returns when the interfaces are others than before, or ctx ends.
func waitForChange(ctx context.Context, before string) bool {
	for pause(ctx, rescan) {
		if all, err := links(); err == nil && describe(all) != before {
			return true
		}
	}
	return false
}

func describe(all []link) string {
	var b strings.Builder
	for _, l := range all {
		fmt.Fprintln(&b, l.network, l.ifi.Index, l.ifi.Name, l.prefixes)
	}
	return b.String()
}

// records are what the service is on l; false if it cannot be reached there.
func (s Service) records(l link) (*records, bool) {
	r := &records{port: s.TCP.Port()}
	for _, p := range l.prefixes {
		if a := s.TCP.Addr(); a.IsUnspecified() && (a.Is6() || p.Addr().Is4()) || a.WithZone("") == p.Addr() {
			r.addrs = append(r.addrs, p.Addr())
		}
	}
	name := s.Name
	if s.TCP.Port() != 9000 { // several servers on one computer have names of their own
		name += ":" + strconv.Itoa(int(s.TCP.Port()))
	}
	instance := label(name)
	host := "hansu-" + strconv.Itoa(int(s.TCP.Port())) + "-" + hostLabel(instance)
	var err [4]error
	r.instance, err[0] = dnsmessage.NewName(instance + "." + serviceName)
	r.host, err[1] = dnsmessage.NewName(label(host) + ".local.")
	r.service, err[2] = dnsmessage.NewName(serviceName)
	r.browse, err[3] = dnsmessage.NewName(browseName)
	r.text = []string{"txtvers=1"}
	if s.HTTP.Port() != 0 && (s.HTTP.Addr().IsUnspecified() || s.HTTP.Addr() == s.TCP.Addr()) {
		scheme := "http="
		if s.TLS {
			scheme = "https="
		}
		r.text = append(r.text, scheme+strconv.Itoa(int(s.HTTP.Port())))
	}
	return r, len(r.addrs) > 0 && err == [4]error{}
}

// hostLabel keeps of a name what a host's name may have.
func hostLabel(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, s), "-")
}

// onLink announces the service on one link and answers there until ctx ends.
func (s Service) onLink(ctx context.Context, l link, log *slog.Logger) {
	r, ok := s.records(l)
	if !ok {
		return
	}
	conn, err := l.listen()
	if err != nil {
		log.Warn("announcing is not possible on a network", "interface", l.ifi.Name, "network", l.network, "error", err)
		return
	}
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() {
		defer conn.Close() // ends the answering
		// Twice, a second apart (RFC 6762, 8.3), and a goodbye (10.1).
		r.tell(conn, l, false)
		if pause(ctx, time.Second) {
			r.tell(conn, l, false)
		}
		<-ctx.Done()
		r.tell(conn, l, true)
	})
	log.Debug("announcing on a network", "interface", l.ifi.Name, "network", l.network)
	buf := make([]byte, packetMax)
	for ctx.Err() == nil {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if err == nil {
			r.reply(conn, l, buf[:n], from)
		} else if !pause(ctx, time.Second) {
			return
		}
	}
}

// tell says to all on the link that the service is there, or gone.
func (r *records) tell(conn *net.UDPConn, l link, gone bool) {
	if packet, err := r.answer(asked{service: true}, false, gone); err == nil {
		conn.WriteToUDPAddrPort(packet, l.to()) // who misses it can ask
	}
}

// reply answers a query: to everybody, or to the asker alone where that is wished, or where its
// port says that it is no full mDNS implementation.
func (r *records) reply(conn *net.UDPConn, l link, packet []byte, from netip.AddrPort) {
	a, ok := r.read(packet)
	if !ok {
		return
	}
	legacy := from.Port() != port
	answer, err := r.answer(a, legacy, false)
	if err != nil {
		return
	}
	to := l.to()
	if legacy || a.unicast {
		to = from
	}
	conn.WriteToUDPAddrPort(answer, to) // who misses it asks again
}
