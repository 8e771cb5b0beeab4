package screen

import (
	tea "charm.land/bubbletea/v2"

	"hansu/client"
)

// key acts on a key: first those that mean the same everywhere, then what is on top of the screen.
func (m *model) key(k tea.KeyPressMsg) {
	switch k.String() {
	case "ctrl+c", "ctrl+q":
		m.quit()
		return
	case "ctrl+z":
		m.want(pause{})
		return
	}
	switch {
	case m.help:
		m.help = false
	case m.dialog != nil:
		m.dialogKey(k)
	case k.String() == "f1", k.String() == "?" && len(m.typed().runes) == 0 && !m.play.chatting:
		m.help = true
	case m.place == atPicker:
		m.pickerKey(k)
	case m.place == atLobby:
		m.lobbyKey(k)
	default:
		m.tableKey(k)
	}
}

func (m *model) wheel(msg tea.MouseWheelMsg) {
	by := 1
	if msg.Button == tea.MouseWheelDown {
		by = -1
	}
	switch m.place {
	case atTable:
		m.play.scrollBy(by)
	case atLobby:
		m.lobby.move(m, -by)
	}
}

// dialog is a question with options to choose from.
type dialog struct {
	title    string
	options  []option
	at       int
	quitting bool
}

type option struct {
	label string
	do    func(*model)
}

func (m *model) ask(title string, options ...option) {
	m.dialog = &dialog{title: title, options: options}
}

func (m *model) dialogKey(k tea.KeyPressMsg) {
	d := *m.dialog
	n := len(d.options)
	switch s := k.String(); s {
	case "esc":
		m.dialog = nil
		return
	case "up", "left", "shift+tab":
		d.at = (d.at + n - 1) % n
	case "down", "right", "tab":
		d.at = (d.at + 1) % n
	case "enter", "space":
		m.decide(d.at)
		return
	default:
		if len(s) == 1 && s[0] >= '1' && int(s[0]-'1') < n {
			m.decide(int(s[0] - '1'))
			return
		}
	}
	m.dialog = &d
}

// decide takes option i of the dialog.
func (m *model) decide(i int) {
	do := m.dialog.options[i].do
	m.dialog = nil
	do(m)
}

// function keys of the table and what they do.
var functionKeys = map[string]func(*model){
	"f2":  func(m *model) { m.propose(client.DrawOffer) },
	"f3":  func(m *model) { m.propose(client.TakebackOffer) },
	"f4":  (*model).resign,
	"f5":  func(m *model) { m.propose(client.RematchOffer) },
	"f6":  func(m *model) { m.play.flipped = !m.play.flipped },
	"f7":  (*model).yes,
	"f8":  (*model).no,
	"f10": (*model).leave,
}

// tableKey acts on a key at a table: the board has the arrows, everything that can be typed goes
// to the line below.
func (m *model) tableKey(k tea.KeyPressMsg) {
	s := k.String()
	if do := functionKeys[s]; do != nil {
		do(m)
		return
	}
	p := &m.play
	typing := p.chatting || len(p.typing.runes) > 0
	switch s {
	case "tab", "shift+tab":
		p.chatting, p.passing = !p.chatting, false
	case "esc":
		m.back()
	case "pgup":
		p.scrollBy(5)
	case "pgdown":
		p.scrollBy(-5)
	case "up", "down":
		m.steer(s)
	case "left", "right":
		if typing {
			p.typing.key(k)
		} else {
			m.steer(s)
		}
	case "enter":
		m.enterKey()
	case "space":
		if typing {
			p.typing.insert(" ")
		} else {
			m.point(p.cursor)
		}
	default:
		m.typeKey(k)
	}
}

// typeKey takes what is typed. What cannot begin a move begins a line of talk: a Korean sentence
// needs no other key before it.
func (m *model) typeKey(k tea.KeyPressMsg) {
	p := &m.play
	if len(p.typing.runes) == 0 && !p.chatting && k.Text != "" {
		if n := m.choiceOf(k.Text); n >= 0 {
			m.chooseOpening(n)
			return
		}
		p.chatting = []rune(k.Text)[0] > '~'
		p.passing = p.chatting
	}
	p.typing.key(k)
}

// back undoes what was begun, or leaves the table.
func (m *model) back() {
	p := &m.play
	switch {
	case len(p.typing.runes) > 0:
		p.typing.clear()
	case p.chatting:
		p.chatting, p.passing = false, false
	case p.holding:
		p.holding = false
	default:
		m.leave()
	}
}
