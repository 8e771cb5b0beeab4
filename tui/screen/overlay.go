package screen

import (
	"strconv"
	"strings"

	"hansu/i18n"
)

// box draws a frame in the middle of the screen and returns its inside.
func (m *model) box(f *frame, w, h int) rect {
	w, h = min(w+4, f.w), min(h+2, f.h)
	r := rect{(f.w - w) / 2, (f.h - h) / 2, w, h}
	f.fill(r, style{})
	f.zones = nil // what lies below cannot be clicked
	f.cursor = nil
	corner := []string{"╭", "╮", "╰", "╯", "─", "│"}
	if m.look.ascii {
		corner = []string{"+", "+", "+", "+", "-", "|"}
	}
	look := m.look.accent
	f.put(r.x, r.y, f.w, look, corner[0]+strings.Repeat(corner[4], w-2)+corner[1])
	f.put(r.x, r.y+h-1, f.w, look, corner[2]+strings.Repeat(corner[4], w-2)+corner[3])
	for y := r.y + 1; y < r.y+h-1; y++ {
		f.put(r.x, y, f.w, look, corner[5])
		f.put(r.x+w-1, y, f.w, look, corner[5])
	}
	return rect{r.x + 2, r.y + 1, w - 4, h - 2}
}

func (m *model) drawDialog(f *frame) {
	d := m.dialog
	title := wrap(d.title, 56)
	w := 30
	for _, l := range title {
		w = max(w, width(l))
	}
	for _, o := range d.options {
		w = max(w, width(o.label)+6)
	}
	r := m.box(f, w, len(title)+1+len(d.options))
	for i, l := range title {
		f.put(r.x, r.y+i, r.x+r.w, m.look.strong, l)
	}
	y := r.y + len(title) + 1
	for i, o := range d.options {
		look := m.look.button
		if i == d.at {
			look = m.look.hot
		}
		f.fill(rect{r.x, y, r.w, 1}, look)
		f.put(r.x+1, y, r.x+r.w, look, strconv.Itoa(i+1)+"  "+o.label)
		f.click(rect{r.x, y, r.w, 1}, func(m *model) { m.decide(i) })
		y++
	}
}

// drawHelp lists the keys and the commands.
func (m *model) drawHelp(f *frame) {
	w := 0
	for _, k := range i18n.ScreenHelp {
		w = max(w, 14+width(m.lang.Text(k.Text)))
	}
	w = min(w, f.w-4)
	r := m.box(f, w, len(i18n.ScreenHelp)+2)
	for i, k := range i18n.ScreenHelp {
		f.put(r.x, r.y+i, r.x+14, m.look.accent, m.mark(k.Key, strings.Replace(k.Key, "↑↓←→", "arrows", 1)))
		f.put(r.x+14, r.y+i, r.x+r.w, m.look.text, m.lang.Text(k.Text))
	}
	f.put(r.x, r.y+r.h-1, r.x+r.w, m.look.dim, m.lang.Text(i18n.ScreenHelpClose))
	f.click(rect{0, 0, f.w, f.h}, func(m *model) { m.help = false })
}
