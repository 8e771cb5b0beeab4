package discover

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// Times to live in seconds (RFC 6762, 10), and the top bit of a class: in a question it asks
// for an answer to the sender alone, in a record it says that older ones are void.
const (
	ttlHost    = 120
	ttlService = 4500
	topBit     = 1 << 15
)

// records is what answers for a service on one link.
type records struct {
	instance, host, service, browse dnsmessage.Name
	port                            uint16
	addrs                           []netip.Addr
	text                            []string
}

// question writes the query for servers. With unicast the answer is wanted at the sender's
// port alone, which need not be 5353.
func question(unicast bool) ([]byte, error) {
	name, err := dnsmessage.NewName(serviceName)
	if err != nil {
		return nil, err
	}
	q := dnsmessage.Question{Name: name, Type: dnsmessage.TypePTR, Class: dnsmessage.ClassINET}
	if unicast {
		q.Class |= topBit
	}
	return (&dnsmessage.Message{Questions: []dnsmessage.Question{q}}).Pack()
}

// asked is what a query wants of the records.
type asked struct {
	id      uint16
	unicast bool // every question asks for an answer to the sender alone
	service bool // the records of the service
	browse  bool // its type
}

// read reads a query. It reports false for everything that is not one for r.
func (r *records) read(packet []byte) (asked, bool) {
	var p dnsmessage.Parser
	head, err := p.Start(packet)
	if err != nil || head.Response || head.OpCode != 0 || head.RCode != 0 {
		return asked{}, false
	}
	a := asked{id: head.ID, unicast: true}
	questions, err := p.AllQuestions()
	if err != nil || len(questions) > recordsMax {
		return asked{}, false
	}
	for _, q := range questions {
		any := q.Type == dnsmessage.TypeALL
		mine := false
		switch {
		case same(q.Name, r.service) && (any || q.Type == dnsmessage.TypePTR),
			same(q.Name, r.instance) && (any || q.Type == dnsmessage.TypeSRV || q.Type == dnsmessage.TypeTXT),
			same(q.Name, r.host) && (any || q.Type == dnsmessage.TypeA || q.Type == dnsmessage.TypeAAAA):
			a.service, mine = true, true
		case same(q.Name, r.browse) && (any || q.Type == dnsmessage.TypePTR):
			a.browse, mine = true, true
		}
		if mine {
			a.unicast = a.unicast && q.Class&topBit != 0
		}
	}
	if a.service && r.known(&p) && len(questions) == 1 {
		a.service = false
	}
	return a, a.service || a.browse
}

// known reports whether the asker has heard of the service already (RFC 6762, 7.1).
func (r *records) known(p *dnsmessage.Parser) bool {
	for range recordsMax {
		h, err := p.AnswerHeader()
		if err != nil {
			return false
		}
		if h.Type != dnsmessage.TypePTR {
			if p.SkipAnswer() != nil {
				return false
			}
			continue
		}
		ptr, err := p.PTRResource()
		if err != nil {
			return false
		}
		if same(ptr.PTR, r.instance) && h.TTL >= ttlService/2 {
			return true
		}
	}
	return false
}

// answer writes the answer to a. To a legacy asker, whose port is not 5353, it repeats the number
// and leaves the top bit alone (RFC 6762, 6.7). Gone says goodbye instead: times to live are 0.
func (r *records) answer(a asked, legacy, gone bool) ([]byte, error) {
	class := dnsmessage.ClassINET | topBit
	m := dnsmessage.Message{Header: dnsmessage.Header{Response: true, Authoritative: true}}
	if legacy {
		class, m.ID = dnsmessage.ClassINET, a.id
	}
	add := func(name dnsmessage.Name, t dnsmessage.Type, c dnsmessage.Class, ttl uint32, body dnsmessage.ResourceBody) {
		if gone {
			ttl = 0
		}
		m.Answers = append(m.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: name, Type: t, Class: c, TTL: ttl}, Body: body,
		})
	}
	if a.browse {
		add(r.browse, dnsmessage.TypePTR, dnsmessage.ClassINET, ttlService, &dnsmessage.PTRResource{PTR: r.service})
	}
	if a.service {
		add(r.service, dnsmessage.TypePTR, dnsmessage.ClassINET, ttlService, &dnsmessage.PTRResource{PTR: r.instance})
		add(r.instance, dnsmessage.TypeSRV, class, ttlHost, &dnsmessage.SRVResource{Port: r.port, Target: r.host})
		add(r.instance, dnsmessage.TypeTXT, class, ttlService, &dnsmessage.TXTResource{TXT: r.text})
		for _, addr := range r.addrs {
			if addr.Is4() {
				add(r.host, dnsmessage.TypeA, class, ttlHost, &dnsmessage.AResource{A: addr.As4()})
			} else {
				add(r.host, dnsmessage.TypeAAAA, class, ttlHost, &dnsmessage.AAAAResource{AAAA: addr.As16()})
			}
		}
	}
	return m.Pack()
}

// heard is what one answer says of the service: by instance, and by host.
type heard struct {
	instances []string // of the service, in their order
	srv       map[string]dnsmessage.SRVResource
	text      map[string][]string
	addrs     map[string][]netip.Addr
}

// listen reads an answer. It reports false for everything that is none.
func listen(packet []byte) (heard, bool) {
	h := heard{srv: map[string]dnsmessage.SRVResource{}, text: map[string][]string{}, addrs: map[string][]netip.Addr{}}
	var m dnsmessage.Message
	if err := m.Unpack(packet); err != nil || !m.Response {
		return h, false
	}
	all := slices.Concat(m.Answers, m.Additionals)
	for _, r := range all[:min(len(all), recordsMax)] {
		name := strings.ToLower(r.Header.Name.String())
		if r.Header.TTL == 0 { // a goodbye
			continue
		}
		switch body := r.Body.(type) {
		case *dnsmessage.PTRResource:
			if name == serviceName {
				h.instances = append(h.instances, body.PTR.String())
			}
		case *dnsmessage.SRVResource:
			h.srv[name] = *body
		case *dnsmessage.TXTResource:
			h.text[name] = body.TXT
		case *dnsmessage.AResource:
			h.addrs[name] = append(h.addrs[name], netip.AddrFrom4(body.A))
		case *dnsmessage.AAAAResource:
			h.addrs[name] = append(h.addrs[name], netip.AddrFrom16(body.AAAA))
		}
	}
	return h, true
}

// value is what a TXT record says of key, as in key=value (RFC 6763, 6.3).
func value(text []string, key string) string {
	for _, s := range text {
		k, v, ok := strings.Cut(s, "=")
		if ok && strings.EqualFold(k, key) {
			return v
		}
	}
	return ""
}

// portOf reads a port; 0 is none.
func portOf(s string) uint16 {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

// same compares domain names, in which capitals do not count.
func same(a, b dnsmessage.Name) bool { return strings.EqualFold(a.String(), b.String()) }
