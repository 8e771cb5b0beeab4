package screen

import (
	"image"
	"image/color"

	"hansu/window/paint"
)

// The colours: paper, ink and celadon, as on the page.
var (
	paper    = paint.RGB(0xf5f2ea)
	card     = paint.RGB(0xfffdf8)
	line     = paint.RGB(0xddd6c6)
	ink      = paint.RGB(0x22262a)
	soft     = paint.RGB(0x5d625f)
	accent   = paint.RGB(0x2f6b5c)
	onAccent = paint.RGB(0xffffff)
	tint     = paint.RGB(0xe2ece6)
	red      = paint.RGB(0xa83a26)
	lines    = paint.RGB(0x4b3415) // of omok's board
	lastMark = paint.RGB(0xd24a30)
	lightSq  = paint.RGB(0xece4d2)
	darkSq   = paint.RGB(0x8ba394)
)

// Paper is the window's background, and Field that of a line to type in.
var (
	Paper = paper
	Field = card
	Ink   = ink
)

// State is how a button is at the moment.
type State struct{ Hover, Pressed, Focus bool }

// ButtonText is the colour of a button's text.
func ButtonText(c Control) color.NRGBA {
	switch {
	case c.Off:
		return paint.Fade(soft, 0.55)
	case c.Kind == Primary:
		return onAccent
	case c.Kind == Danger:
		return red
	case c.Kind == Option && c.On:
		return accent
	}
	return ink
}

// DrawButton draws a button into a canvas of its size; dpi is the screen's. The text is the system's business.
func DrawButton(to *paint.Canvas, c Control, s State, dpi int) {
	k := float64(dpi) / 96
	b := to.Bounds()
	under := paper
	if c.onCard() {
		under = card
	}
	to.Box(b, under)
	w, h := float64(b.Dx()), float64(b.Dy())
	edge, fill := line, card
	switch {
	case c.Kind == Primary:
		edge, fill = accent, accent
	case c.Kind == Option && c.On:
		edge, fill = accent, tint
	case c.Kind == Danger:
		edge = paint.Fade(red, 0.45)
	}
	switch {
	case c.Off:
		edge, fill = paint.Fade(edge, 0.6), paint.Fade(fill, 0.5)
	case s.Pressed && c.Kind == Primary:
		fill = paint.RGB(0x235247)
	case s.Hover && c.Kind == Primary:
		fill = paint.RGB(0x3a7a6a)
	case s.Pressed:
		fill = tint
	case s.Hover:
		edge = accent
	}
	r := 7 * k
	to.Fill(paint.Round(0, 0, w, h, r), edge)
	to.Fill(paint.Round(k, k, w-2*k, h-2*k, r-k), under)
	to.Fill(paint.Round(k, k, w-2*k, h-2*k, r-k), fill)
	if s.Focus {
		to.Stroke(paint.Round(2.5*k, 2.5*k, w-5*k, h-5*k, r-2.5*k), 1.5*k, paint.Fade(ButtonText(c), 0.55))
	}
	if c.Kind == Choice { // what opens a menu
		x, y := w-16*k, h/2
		to.Stroke(paint.Polyline(paint.Pt{X: x - 4*k, Y: y - 2*k}, paint.Pt{X: x, Y: y + 2*k}, paint.Pt{X: x + 4*k, Y: y - 2*k}), 1.6*k, ButtonText(c))
	}
}

// onCard reports whether a control stands on a card rather than on the window's paper.
func (c Control) onCard() bool { return c.ID < LogID || c.ID >= ServerID && c.ID < OptionID }

// cardBox draws a card.
func (a *App) cardBox(c *paint.Canvas, r image.Rectangle) {
	k := a.scale()
	x, y, w, h := float64(r.Min.X), float64(r.Min.Y), float64(r.Dx()), float64(r.Dy())
	c.Shadow(x, y, w, h, 12*k, 8*k)
	c.Fill(paint.Round(x, y, w, h, 12*k), line)
	c.Fill(paint.Round(x+1, y+1, w-2, h-2, 12*k-1), card)
}

// fieldBox draws the frame of a line to type in.
func (a *App) fieldBox(c *paint.Canvas, r image.Rectangle, on bool) {
	k := a.scale()
	edge := line
	if on {
		edge = accent
	}
	x, y, w, h := float64(r.Min.X), float64(r.Min.Y), float64(r.Dx()), float64(r.Dy())
	c.Fill(paint.Round(x, y, w, h, 7*k), edge)
	c.Fill(paint.Round(x+k, y+k, w-2*k, h-2*k, 6*k), card)
}
