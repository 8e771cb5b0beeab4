package web_test

import (
	"testing"

	"hansu/server"
)

// TestOmokByClicking: two browsers play omok to five, in Korean and in English, each within two
// clicks from the address that the server prints.
func TestOmokByClicking(t *testing.T) {
	s := serve(t, server.Config{})
	a, b := s.browser("ko-KR", desktop), s.browser("en-GB", desktop)
	a.open("/")
	a.name("하나")
	a.shot("lobby")
	a.click("#play")
	a.code()
	a.wait(`document.querySelector(".invite")`)
	a.shot("waiting")
	b.open("/")
	b.name("Two")
	b.click("#play")
	for _, x := range []*browser{a, b} {
		x.wait(`document.querySelector(".turn")`)
	}
	for i, m := range []string{"h8", "a1", "i8", "c2", "j8", "e4", "k8", "f6", "l8"} {
		p := []*browser{a, b}[i%2]
		p.plies(i)
		p.press(m)
		p.plies(i + 1)
	}
	for _, x := range []*browser{a, b} {
		x.wait(`document.querySelector(".winner .name")?.textContent === "하나" && document.querySelector("line.row")`)
		x.shot("five")
	}
}

// TestChessByClicking: to mate, by clicking and by dragging.
func TestChessByClicking(t *testing.T) {
	s := serve(t, server.Config{})
	a, b := s.browser("en-GB", desktop), s.browser("ko-KR", desktop)
	for _, x := range []*browser{a, b} {
		x.open("/")
		x.click(`[data-kind="2"]`)
		x.click("#play")
		x.code()
	}
	a.wait(`document.querySelector(".turn")`)
	moves := [][2]string{{"e2", "e4"}, {"e7", "e5"}, {"f1", "c4"}, {"b8", "c6"}, {"d1", "h5"}, {"g8", "f6"}}
	for i, m := range moves {
		p := []*browser{a, b}[i%2]
		p.plies(i)
		if i < 2 {
			p.drag(m[0], m[1])
		} else {
			p.press(m[0])
			p.press(m[1])
		}
		p.plies(i + 1)
	}
	a.plies(6)
	a.press("h5")
	a.shot("selected")
	a.press("f7")
	for _, x := range []*browser{a, b} {
		x.plies(7)
		x.wait(`document.querySelector('.moves [data-ply="7"]').textContent === "Qxf7#" && document.querySelector(".winner")`)
		x.shot("mate")
	}
}
