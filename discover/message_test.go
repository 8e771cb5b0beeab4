package discover

import (
	"bytes"
	"net"
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// testLink is an interface that no computer needs to have.
func testLink(prefixes ...string) link {
	l := link{family: ip4, ifi: net.Interface{Index: 7, Name: "test0"}}
	for _, p := range prefixes {
		l.prefixes = append(l.prefixes, netip.MustParsePrefix(p))
	}
	return l
}

func mustRecords(t *testing.T, s Service, l link) *records {
	t.Helper()
	r, ok := s.records(l)
	if !ok {
		t.Fatalf("%+v cannot be announced on %v", s, l.prefixes)
	}
	return r
}

var club = Service{
	Name: "한수 동아리 v1.2", TCP: netip.MustParseAddrPort("[::]:9001"),
	HTTP: netip.MustParseAddrPort("[::]:8443"), TLS: true,
}

// TestAnswerIsHeard: what one side writes, the other reads.
func TestAnswerIsHeard(t *testing.T) {
	l := testLink("10.1.0.1/24", "192.168.7.1/16")
	r := mustRecords(t, club, l)
	query, err := question(true)
	if err != nil {
		t.Fatal(err)
	}
	a, ok := r.read(query)
	if !ok || !a.service || a.browse || !a.unicast {
		t.Fatalf("the question was read as %+v, %v", a, ok)
	}
	packet, err := r.answer(a, true, false)
	if err != nil {
		t.Fatal(err)
	}
	for asker, want := range map[string]Server{
		"10.1.0.9/24":    {"한수 동아리 v1 2:9001", "10.1.0.1:9001", "https://10.1.0.1:8443"},
		"192.168.9.9/16": {"한수 동아리 v1 2:9001", "192.168.7.1:9001", "https://192.168.7.1:8443"},
	} {
		var got []Server
		s := search{servers: map[string]ranked{}, found: func(list []Server) { got = list }}
		h, ok := listen(packet)
		if !ok {
			t.Fatal("the answer is none")
		}
		s.heard(testLink(asker), h)
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s hears %+v, want %+v", asker, got, want)
		}
	}
}

func TestGoodbyeIsNoServer(t *testing.T) {
	l := testLink("10.1.0.1/24")
	packet, err := mustRecords(t, club, l).answer(asked{service: true}, false, true)
	if err != nil {
		t.Fatal(err)
	}
	s := search{servers: map[string]ranked{}, found: func(list []Server) { t.Errorf("found %v", list) }}
	if h, ok := listen(packet); ok {
		s.heard(l, h)
	} else {
		t.Error("a goodbye is an answer, too")
	}
}

// TestRead: which queries are answered, and to whom.
func TestRead(t *testing.T) {
	r := mustRecords(t, club, testLink("10.1.0.1/24"))
	name := dnsmessage.MustNewName
	ptr := func(ttl uint32) dnsmessage.Resource {
		return dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: r.service, Type: dnsmessage.TypePTR, Class: dnsmessage.ClassINET, TTL: ttl},
			Body:   &dnsmessage.PTRResource{PTR: r.instance},
		}
	}
	ask := func(n dnsmessage.Name, ty dnsmessage.Type) []dnsmessage.Question {
		return []dnsmessage.Question{{Name: n, Type: ty, Class: dnsmessage.ClassINET}}
	}
	for what, c := range map[string]struct {
		m    dnsmessage.Message
		want asked
		ok   bool
	}{
		"the service":       {dnsmessage.Message{Questions: ask(r.service, dnsmessage.TypePTR)}, asked{service: true}, true},
		"in capitals":       {dnsmessage.Message{Questions: ask(name("_HANSU._TCP.Local."), dnsmessage.TypePTR)}, asked{service: true}, true},
		"everything":        {dnsmessage.Message{Questions: ask(r.service, dnsmessage.TypeALL)}, asked{service: true}, true},
		"types of service":  {dnsmessage.Message{Questions: ask(r.browse, dnsmessage.TypePTR)}, asked{browse: true}, true},
		"one instance":      {dnsmessage.Message{Questions: ask(r.instance, dnsmessage.TypeSRV)}, asked{service: true}, true},
		"its host":          {dnsmessage.Message{Questions: ask(r.host, dnsmessage.TypeA)}, asked{service: true}, true},
		"another service":   {dnsmessage.Message{Questions: ask(name("_ipp._tcp.local."), dnsmessage.TypePTR)}, asked{}, false},
		"another type":      {dnsmessage.Message{Questions: ask(r.service, dnsmessage.TypeA)}, asked{}, false},
		"known long":        {dnsmessage.Message{Questions: ask(r.service, dnsmessage.TypePTR), Answers: []dnsmessage.Resource{ptr(ttlService)}}, asked{}, false},
		"known, but fading": {dnsmessage.Message{Questions: ask(r.service, dnsmessage.TypePTR), Answers: []dnsmessage.Resource{ptr(9)}}, asked{service: true}, true},
		"an answer":         {dnsmessage.Message{Header: dnsmessage.Header{Response: true}, Questions: ask(r.service, dnsmessage.TypePTR)}, asked{}, false},
	} {
		packet, err := c.m.Pack()
		if err != nil {
			t.Fatal(what, err)
		}
		got, ok := r.read(packet)
		if c.ok {
			c.want.unicast = false
		}
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%s: %+v, %v, want %+v, %v", what, got, ok, c.want, c.ok)
		}
	}
}

// TestLegacy: an asker that is no full implementation gets its number back and plain classes.
func TestLegacy(t *testing.T) {
	r := mustRecords(t, club, testLink("10.1.0.1/24"))
	for _, legacy := range []bool{true, false} {
		packet, err := r.answer(asked{id: 77, service: true}, legacy, false)
		if err != nil {
			t.Fatal(err)
		}
		var m dnsmessage.Message
		if err := m.Unpack(packet); err != nil {
			t.Fatal(err)
		}
		if got := m.ID == 77; got != legacy {
			t.Errorf("legacy %v: number %d", legacy, m.ID)
		}
		srv := m.Answers[1].Header
		if flush := srv.Class&topBit != 0; srv.Type != dnsmessage.TypeSRV || flush == legacy {
			t.Errorf("legacy %v: %v", legacy, srv)
		}
	}
}

func TestRecordsWhereReachable(t *testing.T) {
	for what, c := range map[string]struct {
		tcp, link string
		want      bool
	}{
		"all addresses":     {"[::]:9000", "10.1.0.1/24", true},
		"all IPv4":          {"0.0.0.0:9000", "10.1.0.1/24", true},
		"all IPv4, by IPv6": {"0.0.0.0:9000", "fd00::1/64", false},
		"this one":          {"10.1.0.1:9000", "10.1.0.1/24", true},
		"another one":       {"10.1.0.2:9000", "10.1.0.1/24", false},
	} {
		s := Service{Name: "x", TCP: netip.MustParseAddrPort(c.tcp)}
		if _, ok := s.records(testLink(c.link)); ok != c.want {
			t.Errorf("%s: %v", what, ok)
		}
	}
}

func TestLabel(t *testing.T) {
	for in, want := range map[string]string{
		"a.b":                     "a b",
		" \x1b[31mred\a ":         "[31mred",
		strings.Repeat("한", 30):   strings.Repeat("한", 21),
		"\xff\xfe":                "",
		"e\u200bx\u202ee":         "exe",
		strings.Repeat("ab ", 40): strings.Repeat("ab ", 20) + "ab",
	} {
		if got := label(in); got != want {
			t.Errorf("label(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSearchIsBounded(t *testing.T) {
	s := search{servers: map[string]ranked{}, found: func([]Server) {}}
	l := testLink("10.1.0.1/24")
	for i := range 2 * serversMax {
		service := Service{Name: "x", TCP: netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(1+i))}
		packet, err := mustRecords(t, service, l).answer(asked{service: true}, true, false)
		if err != nil {
			t.Fatal(err)
		}
		if h, ok := listen(packet); ok {
			s.heard(l, h)
		}
	}
	if len(s.servers) != serversMax {
		t.Errorf("%d servers are kept", len(s.servers))
	}
}

// FuzzPacket: nothing that comes from a network stops either side, and what is reported can be shown.
func FuzzPacket(f *testing.F) {
	l := testLink("10.1.0.1/24")
	r, _ := club.records(l)
	query, _ := question(true)
	answer, _ := r.answer(asked{service: true, browse: true}, true, false)
	f.Add(query)
	f.Add(answer)
	f.Add(bytes.Repeat([]byte{0xc0}, 64))
	f.Fuzz(func(t *testing.T, packet []byte) {
		if a, ok := r.read(packet); ok {
			if _, err := r.answer(a, true, false); err != nil {
				t.Error(err)
			}
		}
		s := search{servers: map[string]ranked{}, found: func(list []Server) {
			for _, server := range list {
				if _, err := netip.ParseAddrPort(server.Address); err != nil || clean(server.Name) != server.Name {
					t.Errorf("%+v", server)
				}
			}
		}}
		if h, ok := listen(packet); ok {
			s.heard(l, h)
		}
	})
}
