package screen

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// desk is a model with its time, as a test drives it.
type desk struct {
	t       *testing.T
	m       model
	now     time.Time
	effects []effect // of all messages
}

func newDesk(t *testing.T, w, h int, lang i18n.Lang) *desk {
	t.Helper()
	o := Options{
		Client: client.Config{Address: "localhost", Name: "다람쥐"}, Lang: lang, Start: "hansu serve",
		Game: rules.Variant{Kind: rules.Omok}, Invite: func(a string) string { return "hansu play " + a },
	}
	d := &desk{t: t, m: start(o), now: noon}
	d.tell(tea.WindowSizeMsg{Width: w, Height: h}, tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	d.tell(eventMsg{client.Online{Server: 1}})
	d.effects = nil
	return d
}

func (d *desk) tell(list ...tea.Msg) {
	for _, msg := range list {
		var effects []effect
		d.m, effects = d.m.update(d.now, msg)
		d.effects = append(d.effects, effects...)
	}
}

// press sends keys by their names, and single characters as typed.
func (d *desk) press(keys ...string) {
	named := map[string]tea.Key{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab}, "backspace": {Code: tea.KeyBackspace},
		"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
		"space": {Code: tea.KeySpace, Text: " "}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown},
		"f1": {Code: tea.KeyF1}, "f2": {Code: tea.KeyF2}, "f3": {Code: tea.KeyF3}, "f4": {Code: tea.KeyF4}, "f5": {Code: tea.KeyF5},
		"f6": {Code: tea.KeyF6}, "f7": {Code: tea.KeyF7}, "f8": {Code: tea.KeyF8}, "f10": {Code: tea.KeyF10},
		"ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+z": {Code: 'z', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
		"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "delete": {Code: tea.KeyDelete},
	}
	for _, key := range keys {
		if k, ok := named[key]; ok {
			d.tell(tea.KeyPressMsg(k))
			continue
		}
		for _, r := range key {
			d.tell(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
}

func (d *desk) click(x, y int) { d.tell(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }

// clickOn clicks on the middle of a text of the screen.
func (d *desk) clickOn(text string) {
	d.t.Helper()
	for y, row := range strings.Split(d.screen(), "\n") {
		if i := strings.Index(row, text); i >= 0 {
			d.click(width(row[:i])+width(text)/2, y)
			return
		}
	}
	d.t.Fatalf("no %q on the screen:\n%s", text, d.screen())
}

func (d *desk) screen() string { return d.m.draw().text() }

// shows fails unless all texts are on the screen.
func (d *desk) shows(texts ...string) {
	d.t.Helper()
	s := d.screen()
	for _, text := range texts {
		if !strings.Contains(s, text) {
			d.t.Errorf("no %q on the screen:\n%s", text, s)
		}
	}
}

// sent returns the commands since the last call.
func (d *desk) sent() []client.Command {
	var list []client.Command
	for _, e := range d.effects {
		if s, ok := e.(send); ok {
			list = append(list, s.Command)
		}
	}
	d.effects = nil
	return list
}

// one returns the only command that was sent.
func one[T client.Command](d *desk) T {
	d.t.Helper()
	list := d.sent()
	if len(list) == 1 {
		if c, ok := list[0].(T); ok {
			return c
		}
	}
	d.t.Fatalf("sent %+v\n%s", list, d.screen())
	panic("unreachable")
}

// sit shows a table with a running game after some moves, with the client on a seat.
func (d *desk) sit(game string, seat client.Seat, moves ...string) *client.Table {
	d.t.Helper()
	t := position(d.t, game, moves...)
	t.Seat = seat
	d.tell(eventMsg{client.Sat{Table: t}}, eventMsg{client.Record{Table: t, Number: 1}})
	d.effects = nil
	return t
}

// position is a table with a game; seat 1 acts first.
func position(t *testing.T, game string, moves ...string) *client.Table {
	t.Helper()
	v, err := variants.Parse(game)
	if err != nil {
		t.Fatal(err)
	}
	g, err := variants.Start(v)
	if err != nil {
		t.Fatal(err)
	}
	tb := &client.Table{ID: 7, Code: "ABCD2345", Variant: v, Number: 1, First: client.SeatOne, Seen: 1}
	for _, text := range moves {
		m, err := g.Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		tb.Moves = append(tb.Moves, client.Ply{Seat: tb.SeatOf(g.Turn()), Move: m, Text: g.Format(m)})
		if g, err = g.Play(m); err != nil {
			t.Fatal(text, err)
		}
	}
	tb.Position, tb.Turn = g, tb.SeatOf(g.Turn())
	tb.Black = client.SeatOne
	if g.Side(rules.First) != rules.Black {
		tb.Black = client.SeatTwo
	}
	if o := g.Outcome(); o.Over() {
		tb.Reason, tb.Winner, tb.Turn = o.Reason, tb.SeatOf(o.Winner), client.NoSeat
	}
	return tb
}

func at(t *testing.T, s string) rules.Point {
	t.Helper()
	p, err := rules.ParsePoint(s, 26)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
