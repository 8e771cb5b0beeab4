package discover

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// A question is repeated, for packets get lost and servers are started late: after the first
// pause, then with the pauses doubled (RFC 6762, 5.2).
const (
	askFirst = time.Second
	askMost  = 20 * time.Second
)

// Find asks the network for servers until ctx ends. It calls found, one call at a time, with all
// servers heard of so far, by name, whenever there is another one or a better way to one. The error
// says that no interface could be asked; having found nothing is no error.
func Find(ctx context.Context, found func([]Server)) error {
	all, err := links()
	if err != nil {
		return fmt.Errorf("discover: listing the network interfaces: %w", err)
	}
	s := search{found: found, servers: map[string]ranked{}}
	var group sync.WaitGroup
	var failed error
	asked := 0
	for _, l := range all {
		conn, err := l.ephemeral()
		if err != nil {
			failed = fmt.Errorf("discover: asking on %s: %w", l.ifi.Name, err)
			continue
		}
		asked++
		group.Go(func() { s.ask(ctx, l, conn) })
	}
	group.Wait()
	if asked > 0 {
		return nil
	}
	return failed
}

// search is one Find.
type search struct {
	mu      sync.Mutex // of what follows, and of the calls of found
	servers map[string]ranked
	found   func([]Server)
}

// ranked is a server with how good its address is; less is better.
type ranked struct {
	Server
	rank int
}

// ask asks on one link and collects what is answered there.
func (s *search) ask(ctx context.Context, l link, conn *net.UDPConn) {
	defer conn.Close()
	var group sync.WaitGroup
	defer group.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group.Go(func() {
		defer conn.Close() // ends the reading
		query, err := question(true)
		for pause := askFirst; err == nil; pause = min(2*pause, askMost) {
			conn.WriteToUDPAddrPort(query, l.to()) // what cannot be sent now is sent again
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
	})
	buf := make([]byte, packetMax)
	for {
		n, _, err := conn.ReadFromUDPAddrPort(buf)
		if err != nil && ctx.Err() != nil {
			return
		}
		if err != nil { // Windows reports here what became of a packet that was sent
			if pause(ctx, time.Second) {
				continue
			}
			return
		}
		if h, ok := listen(buf[:n]); ok {
			s.heard(l, h)
		}
	}
}

// pause waits and reports whether ctx still goes on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// heard takes what one answer says.
func (s *search) heard(l link, h heard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := false
	for _, instance := range h.instances {
		key := strings.ToLower(instance)
		server, ok := h.server(l, instance)
		before, known := s.servers[key]
		if !ok || known && before.rank <= server.rank || !known && len(s.servers) >= serversMax {
			continue
		}
		s.servers[key] = server
		changed = true
	}
	if !changed {
		return
	}
	var list []Server
	for _, r := range s.servers {
		list = append(list, r.Server)
	}
	slices.SortFunc(list, func(a, b Server) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address))
	})
	s.found(list)
}

// server puts together what an answer on l says of an instance.
func (h heard) server(l link, instance string) (ranked, bool) {
	key := strings.ToLower(instance)
	name := clean(strings.TrimSuffix(instance, "."+serviceName))
	srv, ok := h.srv[key]
	if !ok || srv.Port == 0 || name == "" {
		return ranked{}, false
	}
	best, rank := netip.Addr{}, 0
	for _, a := range h.addrs[strings.ToLower(srv.Target.String())] {
		a = a.Unmap()
		if r := l.rank(a); r > 0 && (rank == 0 || r < rank) {
			best, rank = a, r
		}
	}
	if rank == 0 {
		return ranked{}, false
	}
	if best.IsLinkLocalUnicast() && best.Is6() {
		best = best.WithZone(l.ifi.Name)
	}
	r := ranked{Server{Name: name, Address: netip.AddrPortFrom(best, srv.Port).String()}, rank}
	for _, scheme := range []string{"http", "https"} {
		if p := portOf(value(h.text[key], scheme)); p != 0 && best.Zone() == "" {
			r.Page = scheme + "://" + netip.AddrPortFrom(best, p).String()
		}
	}
	return r, true
}

// rank says how good an address is that was heard on l, from 1, the best; 0 is of no use.
func (l link) rank(a netip.Addr) int {
	switch {
	case !a.IsValid() || a.IsUnspecified() || a.IsMulticast() || a.IsLoopback():
		return 0
	case a.Is4() && l.has(a):
		return 1
	case a.Is6() && !a.IsLinkLocalUnicast():
		return 2
	case a.Is4():
		return 3
	}
	return 4
}
