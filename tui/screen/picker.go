package screen

import (
	tea "charm.land/bubbletea/v2"

	"hansu/client"
	"hansu/discover"
	"hansu/i18n"
)

// picker is the screen that asks for a server: those found on the network, and a line for an address.
type picker struct {
	servers []discover.Server
	address line
	at      int  // of the list; len(servers) is the line
	chosen  bool // someone has moved: what is found later moves nothing
	dialing string
	problem string
}

const localServer = "localhost:" + client.DefaultPort

func newPicker() picker {
	p := picker{address: line{most: 300}}
	p.address.set(localServer)
	return p
}

// found takes the servers that are known now. What is chosen stays chosen; before anything is, the
// first is.
func (p *picker) found(list []discover.Server) {
	name := ""
	if p.at < len(p.servers) {
		name = p.servers[p.at].Name
	}
	p.servers = list
	p.at = len(list)
	if !p.chosen {
		p.at = 0
	}
	for i, s := range list {
		if s.Name == name {
			p.at = i
		}
	}
}

func (m *model) pickerKey(k tea.KeyPressMsg) {
	p := &m.picker
	last := len(p.servers)
	switch k.String() {
	case "esc":
		m.quit()
	case "up", "shift+tab":
		p.at, p.chosen = max(0, p.at-1), true
	case "down", "tab":
		p.at, p.chosen = min(last, p.at+1), true
	case "enter":
		m.connect()
	default:
		if p.address.key(k) {
			p.at, p.chosen = last, true
		}
	}
}

// connect dials what is chosen.
func (m *model) connect() {
	p := &m.picker
	if p.dialing != "" {
		return
	}
	address := p.address.text()
	if p.at < len(p.servers) {
		address = p.servers[p.at].Address
	}
	p.dialing, p.problem = client.Address(address), ""
	m.link.address = p.dialing
	m.want(dial{p.dialing})
}

// dialled takes the outcome, an error for people. That of a connection shows itself: events come.
func (m *model) dialled(err error) {
	m.picker.dialing = ""
	if err != nil {
		m.picker.problem = err.Error()
	}
}

func (m *model) drawPicker(f *frame) {
	t, p := m.look, &m.picker
	w := min(f.w-4, 76)
	x, y := (f.w-w)/2, max(2, f.h/5)
	f.put(x, y, x+w, t.title, m.lang.Text(i18n.ScreenPick))
	y += 2
	for i, s := range p.servers {
		if y >= f.h-7 {
			break
		}
		look := t.text
		if i == p.at {
			look = t.hot
		}
		f.fill(rect{x, y, w, 1}, look)
		end := f.put(x+1, y, x+w-1, look, pad(s.Name, w/2))
		f.put(end+1, y, x+w-1, look, s.Address)
		f.click(rect{x, y, w, 1}, func(m *model) { m.picker.at = i; m.connect() })
		y++
	}
	if len(p.servers) == 0 {
		f.put(x+1, y, x+w, t.dim, m.lang.Text(i18n.ScreenSearching))
		y++
	}
	y++
	f.put(x, y, x+w, t.text, m.lang.Text(i18n.ScreenAddress))
	onLine := p.at >= len(p.servers)
	look := t.field
	if onLine {
		f.put(x-2, y+1, x, t.accent, m.mark("›", ">"))
	}
	p.address.draw(f, x, y+1, w, look, t.fieldDim, localServer, onLine && p.dialing == "")
	f.click(rect{x, y + 1, w, 1}, func(m *model) { m.picker.at = len(m.picker.servers) })
	y += 3
	switch {
	case p.dialing != "":
		f.put(x, y, x+w, t.accent, m.lang.Text(i18n.ScreenConnecting, p.dialing))
	case p.problem != "":
		for _, l := range wrap(p.problem, w) {
			f.put(x, y, x+w, t.bad, l)
			y++
		}
	default:
		f.put(x, y, x+w, t.dim, m.lang.Text(i18n.ScreenPickKeys))
	}
}

// mark is a character, or what stands for it in ASCII.
func (m *model) mark(s, ascii string) string {
	if m.look.ascii {
		return ascii
	}
	return s
}
