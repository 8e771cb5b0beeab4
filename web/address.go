package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// remote returns who sent a request. Behind trusted proxies that is the last address of
// X-Forwarded-For which is not one of them: what stands before it may be invented.
func (s *Site) remote(r *http.Request) netip.AddrPort {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.AddrPort{}
	}
	at := peer.Addr().Unmap()
	port := peer.Port()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.trusts(at); i-- {
		before, err := hop(hops[i])
		if err != nil {
			break
		}
		at, port = before.Unmap(), 0
	}
	return netip.AddrPortFrom(at, port)
}

// hop reads one entry of X-Forwarded-For: an address, with a port or without.
func hop(s string) (netip.Addr, error) {
	s = strings.TrimSpace(s)
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return a, nil
	}
	ap, err := netip.ParseAddrPort(s)
	return ap.Addr(), err
}

func (s *Site) trusts(a netip.Addr) bool {
	for _, p := range s.cfg.Trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// secure says whether the client's end of the connection is https.
func (s *Site) secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && s.trusts(peer.Addr().Unmap()) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// origin says whether a WebSocket may be opened from where the request says it comes
// from. Browsers always say it; other programs need not.
func (s *Site) origin(r *http.Request) bool {
	o := r.Header.Get("Origin")
	if o == "" {
		return true
	}
	for _, allowed := range s.cfg.Origins {
		if strings.EqualFold(o, allowed) {
			return true
		}
	}
	u, err := url.Parse(o)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}
