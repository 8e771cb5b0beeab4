package screen

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"hansu/client"
	"hansu/discover"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
)

// TestLobby: a game is put together and asked for, a code entered, a table of the list joined, another watched.
func TestLobby(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.Korean)
	d.shows("상대 찾기", "다람쥐")
	d.press("right", "down", "right", "enter") // chess, 960
	join := one[client.Join](d)
	if join.Variant.Kind != rules.Chess || join.Variant.Rules != rules.Chess960 {
		t.Errorf("%+v", join)
	}
	d.press("enter")
	if len(d.sent()) > 0 {
		t.Error("asked for twice")
	}
	d.tell(eventMsg{client.Answer{To: join, Err: &client.Refused{Text: "안 됩니다"}}})
	d.shows("안 됩니다")
	d.press("abcd2345", "enter")
	if got := one[client.Enter](d); got.Code != "abcd2345" {
		t.Errorf("%+v", got)
	}
	d.tell(failedMsg{client.Enter{}, fmt.Errorf("x: %w", client.ErrText)})
	d.shows("코드가 아닙니다")
	open := client.Entry{Code: "AAAA1111", Names: [2]string{"", "고양이"}, Variant: rules.Variant{Kind: rules.Omok}}
	run := client.Entry{Code: "BBBB2222", Names: [2]string{"개", "소"}, Variant: rules.Variant{Kind: rules.Chess}}
	d.tell(eventMsg{client.Listed{Entries: []client.Entry{open}}}, eventMsg{client.Answer{To: client.List{}}})
	d.tell(eventMsg{client.Listed{Entries: []client.Entry{run}}}, eventMsg{client.Answer{To: client.List{Running: true}}})
	d.clickOn("고양이")
	if got := one[client.Enter](d); got.Code != "AAAA1111" {
		t.Errorf("%+v", got)
	}
	d.tell(eventMsg{client.Answer{To: client.Enter{}, Err: errors.New("x")}})
	d.clickOn("개 – 소")
	if got := one[client.Watch](d); got.Code != "BBBB2222" {
		t.Errorf("%+v", got)
	}
}

// TestForm: every game that can be put together is one that can be played, and comes back as it was.
func TestForm(t *testing.T) {
	seen := map[string]bool{}
	for range 4000 {
		f := form{
			chess: rand.IntN(2) == 0, rules: [2]int{rand.IntN(len(omokRules)), rand.IntN(len(chessRules))},
			size: rand.IntN(len(sizes)), opening: rand.IntN(len(openings)), time: rand.IntN(len(times)), loses: rand.IntN(2) == 0,
		}
		v, tc := f.variant(), f.control()
		if err := variants.Check(v); err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		if g := formOf(v, tc); variants.Normal(g.variant()) != variants.Normal(v) || g.control() != tc || tc.String() != times[f.time] {
			t.Fatalf("%+v became %+v", f, g)
		}
		seen[variants.Format(v)] = true
	}
	if len(seen) < 40 {
		t.Errorf("only %d games", len(seen))
	}
}

// TestPicker: servers come in while the person looks, and the choice stays where it is.
func TestPicker(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.m.place, d.m.link = atPicker, link{}
	d.shows("Looking for servers", "localhost:9000")
	d.tell(foundMsg{{Name: "b", Address: "10.0.0.2:9000"}})
	d.tell(foundMsg{{Name: "a", Address: "10.0.0.1:9000"}, {Name: "b", Address: "10.0.0.2:9000"}})
	d.tell(foundMsg{{Name: "a", Address: "10.0.0.1:9000"}, {Name: "b", Address: "10.0.0.3:9000"}}) // a better way to it
	d.press("enter")
	if got := d.effects[len(d.effects)-1]; got != (dial{"10.0.0.3:9000"}) {
		t.Errorf("%+v", got)
	}
	d.shows("Connecting to 10.0.0.3:9000")
	d.tell(dialledMsg{errors.New("no way")})
	d.shows("no way")
	d.press("ctrl+u", "example.org", "enter")
	if got := d.effects[len(d.effects)-1]; got != (dial{"example.org:9000"}) {
		t.Errorf("%+v", got)
	}
	d.tell(foundMsg(make([]discover.Server, 60))) // more than fit
	d.tell(eventMsg{client.Online{}})
	if d.m.place != atLobby {
		t.Error(d.screen())
	}
}

// TestResume: the tables of a token come in any order; the running game is shown, and what is over is left.
func TestResume(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.m.goal = client.Join{}
	d.tell(eventMsg{client.Online{Tables: 2}})
	one[client.Resume](d)
	over := position(t, "omok", "h8", "a1", "h9", "a2", "h10", "a3", "h11", "a4", "h12")
	over.ID, over.Seat = 3, client.SeatOne
	runs := position(t, "omok", "h8")
	runs.Seat = client.SeatTwo
	d.tell(eventMsg{client.Sat{Table: over}}, eventMsg{client.Sat{Table: runs}}, eventMsg{client.Answer{To: client.Resume{}}})
	if got := one[client.Leave](d); got.Table != 3 {
		t.Errorf("%+v", got)
	}
	d.shows("Your game goes on", "1 h8")
	late := newDesk(t, 80, 24, i18n.English)
	late.m.goal = client.Join{}
	late.tell(eventMsg{client.Online{Tables: 1}}, eventMsg{client.Answer{To: client.Resume{}}})
	late.sent()
	late.now = late.now.Add(seekTime + 1)
	late.tell(tickMsg{})
	if got := late.sent(); got[0] != (client.Join{}) {
		t.Errorf("%+v", got)
	}
}

var profiles = []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor}

// TestEverySize: every screen is drawn in every size, look and language, no line is longer than the
// screen, and nothing can be clicked outside of it.
func TestEverySize(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {40, 10}, {80, 24}, {132, 43}, {200, 60}} {
		for _, lang := range []i18n.Lang{i18n.Korean, i18n.English} {
			for _, profile := range profiles {
				for _, ascii := range []bool{false, true} {
					everyScreen(t, size[0], size[1], lang, profile, ascii)
				}
			}
		}
	}
}

func everyScreen(t *testing.T, w, h int, lang i18n.Lang, profile colorprofile.Profile, ascii bool) {
	for what, do := range map[string]func(*desk){
		"lobby":  func(d *desk) {},
		"picker": func(d *desk) { d.m.place = atPicker },
		"help":   func(d *desk) { d.press("f1") },
		"omok":   func(d *desk) { d.sit("omok:renju", client.SeatOne, "h8", "a1", "i8", "a15", "j7", "o1", "j6", "o15") },
		"big":    func(d *desk) { d.sit("omok:freestyle:20", client.SeatTwo, "h8") },
		"chess":  func(d *desk) { d.sit("chess", client.SeatTwo, "e4"); d.press("enter") },
		"quit":   func(d *desk) { d.sit("omok", client.SeatOne); d.press("ctrl+c") },
		"end": func(d *desk) {
			d.sit("chess", client.SeatOne, "f3", "e5", "g4", "Qh4#")
			d.m.tell(true, strings.Repeat("a long notice ", 20))
		},
	} {
		d := newDesk(t, w, h, lang)
		d.m.shade.ascii = ascii
		d.tell(tea.ColorProfileMsg{Profile: profile})
		do(d)
		f := d.m.draw()
		for i, row := range strings.Split(strings.TrimSuffix(f.text(), "\n"), "\n") {
			if width(row) > w {
				t.Errorf("%s at %dx%d: line %d is %d wide: %q", what, w, h, i, width(row), row)
			}
			if ascii && lang == i18n.English && strings.ContainsFunc(row, func(r rune) bool { return r > '~' && !unicode.Is(unicode.Hangul, r) }) {
				t.Errorf("%s at %dx%d: no ASCII: %q", what, w, h, row)
			}
		}
		for _, z := range f.zones {
			if z.x < 0 || z.y < 0 || z.y+z.h > h {
				t.Errorf("%s at %dx%d: a zone at %+v", what, w, h, z.rect)
			}
		}
		if out := f.String(); profile == colorprofile.ASCII && strings.Contains(out, "[38;") {
			t.Errorf("%s: colours without colours", what)
		}
	}
}

// TestPure: a model is not changed by what becomes of it, and the same message does the same again.
func TestPure(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	keys := []string{"enter", "esc", "tab", "up", "down", "left", "right", "f2", "f4", "f5", "f6", "f7", "f8", "f10", "1", "2", "h8", "e4", "한", "/draw", "space", "backspace", "pgup", "?"}
	for _, game := range []string{"omok", "chess", "omok:swap2", "omok:renju:taraguchi10"} {
		d := newDesk(t, 80, 24, i18n.Korean)
		d.sit(game, client.SeatOne)
		for range 300 {
			before := d.m
			was := before.draw().text()
			var msgs []tea.Msg
			if r.IntN(3) == 0 {
				msgs = append(msgs, tea.MouseClickMsg{X: r.IntN(80), Y: r.IntN(24), Button: tea.MouseLeft})
			} else {
				d.press(keys[r.IntN(len(keys))])
			}
			d.tell(msgs...)
			if before.draw().text() != was {
				t.Fatalf("%s: an earlier model has changed from\n%s\nto\n%s", game, was, before.draw().text())
			}
			for _, msg := range msgs {
				again, _ := before.update(d.now, msg)
				if again.draw().text() != d.screen() {
					t.Fatalf("%s: the same message did something else", game)
				}
			}
			if d.m.place != atTable {
				d.sit(game, client.SeatOne)
			}
		}
	}
}

func TestLine(t *testing.T) {
	d := newDesk(t, 80, 24, i18n.English)
	d.press("abcd", "left", "left", "backspace", "X", "home", "delete", "end", "Z")
	if got := d.m.lobby.code.text(); got != "XcdZ" {
		t.Errorf("%q", got)
	}
	d.press("ctrl+u")
	d.tell(tea.PasteMsg{Content: "\nab\x1b[31mc\nrm -rf"})
	if got := d.m.lobby.code.text(); got != "ab[31mc" {
		t.Errorf("%q", got)
	}
	l := line{most: 10}
	l.insert("가나다라마바사아자차카")
	if text, column := l.window(9); text != "사아자차" || column != 8 {
		t.Errorf("%q, %d", text, column)
	}
}

func TestFrame(t *testing.T) {
	f := newFrame(6, 1)
	f.put(0, 0, 6, style{}, "한글말")
	f.put(1, 0, 2, style{}, "x")
	f.put(4, 0, 6, style{}, "yz")
	if got := f.text(); got != " x글yz\n" {
		t.Errorf("%q", got)
	}
	f.put(0, 0, 5, style{}, "긴 글이다")
	if got := f.text(); !strings.HasPrefix(got, "긴 …") {
		t.Errorf("%q", got)
	}
}
