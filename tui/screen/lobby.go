package screen

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
)

// lobby is the screen from which games are begun, joined and watched.
type lobby struct {
	form          form
	code          line
	at            int // of items
	waiting       bool
	listed        []client.Entry // has come, its answer not yet
	open, running []client.Entry
	known         bool // the lists have come
	asked         time.Time
}

// refresh asks for the lists again when it is time.
func (l *lobby) refresh(m *model) {
	if !m.link.up || m.now.Sub(l.asked) < listEvery {
		return
	}
	l.asked = m.now
	m.want(send{client.List{}})
	m.want(send{client.List{Running: true}})
}

// take assigns the list that has come.
func (l *lobby) take(running bool) {
	if running {
		l.running, l.known = l.listed, true
	} else {
		l.open = l.listed
	}
	l.listed = nil
}

// part is a part of the lobby's screen.
type part uint8

const (
	ofForm part = iota
	ofButtons
	ofCode
	ofMine
	ofOpen
	ofRunning
)

// item is something that can be chosen in the lobby.
type item struct {
	part
	label, value string
	do           func(*model)
	turn         func(f *form, by int)
}

// items are everything that can be chosen, from top to bottom.
func (m *model) items() []item {
	l := &m.lobby
	var list []item
	for _, fd := range l.form.fields(m.lang) {
		list = append(list, item{part: ofForm, label: fd.label, value: fd.value, turn: fd.turn, do: (*model).find})
	}
	list = append(list,
		item{part: ofButtons, label: m.lang.Text(i18n.ScreenFind), do: (*model).find},
		item{part: ofButtons, label: m.lang.Text(i18n.ScreenFriend), do: func(m *model) {
			m.request(client.Open{Variant: m.lobby.form.variant(), Time: m.lobby.form.control(), Private: true})
		}},
		item{part: ofCode, label: m.lang.Text(i18n.ScreenCode), do: func(m *model) { m.request(client.Enter{Code: m.lobby.code.text()}) }})
	for _, id := range slices.Sorted(maps.Keys(m.tables)) {
		t := m.tables[id]
		list = append(list, item{part: ofMine, label: m.opponents(t), value: m.brief(t.Variant, t.Time),
			do: func(m *model) { m.enter(m.tables[t.ID]) }})
	}
	for _, e := range l.open {
		list = append(list, item{part: ofOpen, label: cmpName(e.Names), value: m.brief(e.Variant, e.Time),
			do: func(m *model) { m.request(client.Enter{Code: e.Code}) }})
	}
	for _, e := range l.running {
		list = append(list, item{part: ofRunning, label: e.Names[0] + " – " + e.Names[1],
			value: m.brief(e.Variant, e.Time),
			do:    func(m *model) { m.request(client.Watch{Code: e.Code}) }})
	}
	return list
}

// cmpName is the name of the one who waits.
func cmpName(names [2]string) string {
	if names[0] != "" {
		return names[0]
	}
	return names[1]
}

// opponents names the players of a table of one's own.
func (m *model) opponents(t *client.Table) string {
	var names []string
	for s := client.SeatOne; s <= client.SeatTwo; s++ {
		if p := t.Player(s); p.Here && s != t.Seat {
			names = append(names, p.Name)
		}
	}
	text := t.Code
	for _, n := range names {
		text += " · " + n
	}
	if t.MyTurn() {
		text += " " + m.mark("◀", "<")
	}
	return text
}

func (m *model) find() {
	m.request(client.Join{Variant: m.lobby.form.variant(), Time: m.lobby.form.control()})
}

// request asks for a table, once: a second click while the first is on its way asks for nothing.
func (m *model) request(c client.Command) {
	if m.lobby.waiting {
		return
	}
	m.lobby.waiting = true
	m.want(send{c})
}

// move moves the choice.
func (l *lobby) move(m *model, by int) {
	l.at = min(max(0, l.at+by), len(m.items())-1)
}

func (m *model) lobbyKey(k tea.KeyPressMsg) {
	l := &m.lobby
	items := m.items()
	l.at = min(l.at, len(items)-1)
	at := items[l.at]
	switch s := k.String(); s {
	case "esc":
		if len(l.code.runes) > 0 {
			l.code.clear()
			return
		}
		m.quit()
	case "up", "shift+tab":
		l.move(m, -1)
	case "down":
		l.move(m, 1)
	case "tab":
		l.at = m.nextPart(items, at.part)
	case "left", "right":
		m.turn(at, k)
	case "enter":
		at.do(m)
	case "space":
		if at.turn != nil {
			at.turn(&l.form, 1)
		}
	default:
		if l.code.key(k) { // what is typed is a code
			l.at = slices.IndexFunc(items, func(i item) bool { return i.part == ofCode })
		}
	}
}

// turn changes a field with the arrows, and moves in the code.
func (m *model) turn(at item, k tea.KeyPressMsg) {
	by := 1
	if k.String() == "left" {
		by = -1
	}
	switch {
	case at.turn != nil:
		at.turn(&m.lobby.form, by)
	case at.part == ofCode:
		m.lobby.code.key(k)
	default:
		m.lobby.move(m, by)
	}
}

// nextPart is the first item of the next list, and after the last the form.
func (m *model) nextPart(items []item, from part) int {
	for i, it := range items {
		if it.part > max(from, ofCode) {
			return i
		}
	}
	return 0
}

// brief says what is played in few words.
func (m *model) brief(v rules.Variant, tc rules.TimeControl) string {
	v = variants.Normal(v)
	text := m.lang.Ruleset(uint8(v.Rules))
	if game := m.lang.Game(uint8(v.Kind)); v.Kind == rules.Chess && !strings.Contains(text, game) {
		text = game + " " + text
	}
	if v.Kind == rules.Omok && v.Size != 15 {
		text += fmt.Sprintf(" %d×%d", v.Size, v.Size)
	}
	if v.Opening != rules.FreeOpening {
		text += " " + m.lang.Opening(uint8(v.Opening))
	}
	if tc.Timing != rules.Untimed {
		text = tc.String() + " " + text
	}
	return text
}

func (m *model) drawLobby(f *frame) {
	left := min(46, f.w/2)
	y := 2
	section := part(255)
	rightY, rightX := 2, left+3
	items := m.items()
	m.lobby.at = min(m.lobby.at, len(items)-1)
	titles := map[part]i18n.Text{ofMine: i18n.ScreenMine, ofOpen: i18n.ScreenOpenSeats, ofRunning: i18n.ScreenRunning}
	f.put(2, y, left, m.look.title, m.lang.Text(i18n.ScreenPlay))
	y += 2
	for i, it := range items {
		if it.part <= ofCode {
			if it.part != section && i > 0 {
				y++
			}
			m.drawLeft(f, 2, y, left-2, i, it)
			y++
		} else {
			if it.part != section {
				rightY = m.listTitle(f, rightX, rightY, titles[it.part])
			}
			if rightY < f.h-2 {
				m.drawRow(f, rightX, rightY, f.w-rightX-2, i, it)
			}
			rightY++
		}
		section = it.part
	}
	m.emptyLists(f, rightX, rightY)
	f.put(2, f.h-1, f.w-1, m.look.dim, m.lang.Text(i18n.ScreenLobbyKeys))
}

func (m *model) listTitle(f *frame, x, y int, t i18n.Text) int {
	if y > 2 {
		y++
	}
	if y < f.h-3 {
		f.put(x, y, f.w-1, m.look.title, m.lang.Text(t))
	}
	return y + 1
}

// emptyLists says so where nobody waits and nothing is played.
func (m *model) emptyLists(f *frame, x, y int) {
	for _, l := range []struct {
		list        []client.Entry
		title, none i18n.Text
	}{
		{m.lobby.open, i18n.ScreenOpenSeats, i18n.ScreenNoSeats},
		{m.lobby.running, i18n.ScreenRunning, i18n.ScreenNoGames},
	} {
		if len(l.list) == 0 && m.lobby.known {
			y = m.listTitle(f, x, y, l.title)
			for _, text := range wrap(m.lang.Text(l.none), f.w-x-2) {
				f.put(x, y, f.w-1, m.look.dim, text)
				y++
			}
		}
	}
}

// drawLeft writes a line of the form, a button or the line for a code.
func (m *model) drawLeft(f *frame, x, y, end, i int, it item) {
	t, chosen := m.look, i == m.lobby.at
	if chosen {
		f.put(x-2, y, x, t.accent, m.mark("›", ">"))
	}
	here := func(m *model) { m.lobby.at = i }
	switch it.part {
	case ofForm:
		look := t.button
		if chosen {
			look = t.hot
		}
		f.put(x, y, end, t.dim, it.label)
		from := x + 10
		f.fill(rect{from, y, end - from, 1}, look)
		f.put(from, y, end, look, m.mark("‹", "<"))
		f.put(from+2, y, end-2, look, it.value)
		f.put(end-1, y, end, look, m.mark("›", ">"))
		f.click(rect{from, y, end - from, 1}, func(m *model) { here(m); it.turn(&m.lobby.form, 1) })
		f.click(rect{from, y, 2, 1}, func(m *model) { here(m); it.turn(&m.lobby.form, -1) })
	case ofButtons:
		look := t.button
		if chosen {
			look = t.hot
		}
		f.fill(rect{x, y, end - x, 1}, look)
		f.put(x+(end-x-width(it.label))/2, y, end, look, it.label)
		f.click(rect{x, y, end - x, 1}, func(m *model) { here(m); it.do(m) })
	case ofCode:
		f.put(x, y, end, t.dim, it.label)
		m.lobby.code.draw(f, x+10, y, end-x-10, t.field, t.fieldDim, m.lang.Text(i18n.ScreenCodeHint), chosen)
		f.click(rect{x, y, end - x, 1}, here)
	}
}

// drawRow writes a table of a list.
func (m *model) drawRow(f *frame, x, y, w, i int, it item) {
	look, dim := m.look.text, m.look.dim
	if i == m.lobby.at {
		look, dim = m.look.hot, m.look.hot
	}
	f.fill(rect{x, y, w, 1}, look)
	name := min(w/2, 30)
	f.put(x+1, y, x+name, look, it.label)
	f.put(x+name+1, y, x+w-1, dim, it.value)
	f.click(rect{x, y, w, 1}, func(m *model) { m.lobby.at = i; it.do(m) })
}
