package screen

import (
	"image"
	"image/color"
	"slices"
	"strconv"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
	"hansu/window/paint"
)

// Marks are what a board shows besides the position.
type Marks struct {
	Hover   *rules.Point // under the mouse, or under the keyboard's cursor
	Cursor  bool         // Hover is the keyboard's
	Picked  *rules.Point // chess: the man that is to move
	Promote *rules.Move  // chess: the move that waits for the choice of a man
	Waiting *rules.Move  // sent, and not yet answered
}

// promotions are the choices for a pawn, in the order in which they are shown.
var promotions = []chess.Piece{chess.Queen, chess.Rook, chess.Bishop, chess.Knight}

// Board draws boards, and keeps what is drawn again and again.
type Board struct {
	grid   Grid // of ground
	ground *image.RGBA
	stones map[bool]*image.RGBA
	men    map[man]*image.RGBA
}

type man struct {
	kind  chess.Piece
	white bool
}

// prepare draws what stays the same.
func (b *Board) prepare(g Grid) {
	if b.ground != nil && b.grid == g {
		return
	}
	b.grid, b.stones, b.men = g, map[bool]*image.RGBA{}, map[man]*image.RGBA{}
	c := paint.NewCanvas(g.Rect.Dx(), g.Rect.Dy())
	local := g
	local.Rect, local.first = g.Rect.Sub(g.Rect.Min), g.first.Sub(g.Rect.Min)
	if g.Chess {
		for i := range 64 {
			square := local.square(rules.Point{Col: uint8(i % 8), Row: uint8(i / 8)})
			c.Box(square, [...]color.NRGBA{darkSq, lightSq}[(i%8+i/8)%2])
		}
	} else {
		local.lines(c)
	}
	b.ground = c.RGBA
}

func (g Grid) lines(c *paint.Canvas) {
	c.Wood(g.Rect)
	far := uint8(g.Size - 1)
	for i := range uint8(g.Size) {
		a, z := g.Centre(rules.Point{Col: i}), g.Centre(rules.Point{Col: i, Row: far})
		width := max(1, g.Cell/34)
		if i == 0 || i == far {
			width = max(2, g.Cell/20)
		}
		r := image.Rect(a.X, min(a.Y, z.Y), a.X+1, max(a.Y, z.Y)+1)
		c.Box(wider(r, width), lines)
		a, z = g.Centre(rules.Point{Row: i}), g.Centre(rules.Point{Row: i, Col: far})
		r = image.Rect(min(a.X, z.X), a.Y, max(a.X, z.X)+1, a.Y+1)
		c.Box(wider(r, width), lines)
	}
	for _, p := range stars(g.Size) {
		at := g.Centre(p)
		c.Fill(paint.Circle(float64(at.X)+0.5, float64(at.Y)+0.5, max(3, float64(g.Cell)/11)), lines)
	}
}

// wider makes a line of one pixel wider, about its middle.
func wider(r image.Rectangle, width int) image.Rectangle {
	before := (width - 1) / 2
	r.Min = r.Min.Sub(image.Pt(before, before))
	r.Max = r.Max.Add(image.Pt(width-1-before, width-1-before))
	return r
}

func (g Grid) square(p rules.Point) image.Rectangle {
	at := g.Centre(p).Sub(image.Pt(g.Cell/2, g.Cell/2))
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(g.Cell, g.Cell))}
}

// Draw draws the table's position.
func (b *Board) Draw(c *paint.Canvas, g Grid, t *client.Table, m Marks) {
	b.prepare(g)
	c.Put(b.ground, g.Rect.Min.X, g.Rect.Min.Y, 1)
	switch p := t.Position.(type) {
	case omok.Game:
		b.omok(c, g, t, p, m)
	case *chess.Game:
		b.chess(c, g, t, p, m)
	}
}

func (b *Board) stone(c *paint.Canvas, g Grid, p rules.Point, white bool, alpha float64) {
	s := b.stones[white]
	if s == nil {
		s = paint.Stone(white, float64(g.Cell)*0.47)
		b.stones[white] = s
	}
	at := g.Centre(p)
	c.Put(s, at.X-s.Rect.Dx()/2, at.Y-s.Rect.Dy()/2, alpha)
}

func (b *Board) omok(c *paint.Canvas, g Grid, t *client.Table, p omok.Game, m Marks) {
	opening := p.Opening()
	k := float64(g.Cell) / 40
	for i := range g.Size * g.Size {
		at := rules.Point{Col: uint8(i % g.Size), Row: uint8(i / g.Size)}
		if side := p.At(at); side != rules.NoSide {
			b.stone(c, g, at, side == rules.White, 1)
		}
	}
	for _, at := range opening.Offered {
		b.stone(c, g, at, false, 0.5)
	}
	mid := func(at rules.Point) (float64, float64) {
		q := g.Centre(at)
		return float64(q.X) + 0.5, float64(q.Y) + 0.5
	}
	if t.MyTurn() {
		for _, at := range p.Forbidden(nil) {
			x, y := mid(at)
			c.Stroke(paint.Polyline(paint.Pt{X: x - 6*k, Y: y - 6*k}, paint.Pt{X: x + 6*k, Y: y + 6*k}), 2.6*k, lastMark)
			c.Stroke(paint.Polyline(paint.Pt{X: x - 6*k, Y: y + 6*k}, paint.Pt{X: x + 6*k, Y: y - 6*k}), 2.6*k, lastMark)
		}
	}
	if at, ok := p.Last(); ok && p.At(at) != rules.NoSide {
		x, y := mid(at)
		c.Fill(paint.Circle(x, y, 5.2*k), lastMark)
	}
	if row := p.WinningLine(nil); len(row) > 0 {
		for _, at := range row {
			x, y := mid(at)
			c.Stroke(paint.Circle(x, y, 17.2*k), 2.6*k, lastMark)
		}
	}
	if w := m.Waiting; w != nil && (w.Kind == rules.Play || w.Kind == rules.Offer) && p.At(w.To) == rules.NoSide {
		b.stone(c, g, w.To, p.Next() == rules.White, 0.6)
	}
	if m.Hover == nil {
		return
	}
	if t.MyTurn() && m.Waiting == nil && p.At(*m.Hover) == rules.NoSide && (opening.Phase <= omok.Stone || opening.Phase == omok.Offering) {
		b.stone(c, g, *m.Hover, p.Next() == rules.White, 0.5)
	}
	if m.Cursor {
		b.cursor(c, g, *m.Hover)
	}
}

// cursor is where the keyboard is.
func (b *Board) cursor(c *paint.Canvas, g Grid, p rules.Point) {
	r := g.square(p)
	w := max(2, float64(g.Cell)/18)
	c.Stroke(paint.Round(float64(r.Min.X)+w, float64(r.Min.Y)+w, float64(r.Dx())-2*w, float64(r.Dy())-2*w, w*2), w, accent)
}

func (b *Board) chess(c *paint.Canvas, g Grid, t *client.Table, p *chess.Game, m Marks) {
	if last, ok := p.Last(); ok {
		for _, at := range []rules.Point{last.From, last.To} {
			c.Box(g.square(at), paint.Fade(paint.RGB(0xd9b13b), 0.5))
		}
	}
	if p.Check() {
		c.Box(g.square(p.King(p.ToMove())), paint.Fade(paint.RGB(0xd0392b), 0.72))
	}
	if m.Picked != nil {
		c.Box(g.square(*m.Picked), paint.Fade(accent, 0.8))
	}
	for i := range 64 {
		at := rules.Point{Col: uint8(i % 8), Row: uint8(i / 8)}
		if kind, side := p.PieceAt(at); kind != chess.NoPiece {
			alpha := 1.0
			if m.Waiting != nil && m.Waiting.From == at {
				alpha = 0.5
			}
			b.man(c, g, at, man{kind, side == rules.White}, alpha)
		}
	}
	if m.Picked != nil && m.Promote == nil {
		for _, at := range targets(p, *m.Picked) {
			b.target(c, g, p, at, m.Hover != nil && *m.Hover == at)
		}
	}
	if m.Promote != nil {
		b.promotion(c, g, t, m)
	} else if m.Cursor && m.Hover != nil {
		b.cursor(c, g, *m.Hover)
	}
}

// target marks a square that the picked man can go to.
func (b *Board) target(c *paint.Canvas, g Grid, p *chess.Game, at rules.Point, hover bool) {
	q := g.Centre(at)
	x, y, k := float64(q.X), float64(q.Y), float64(g.Cell)/50
	col := paint.Fade(paint.RGB(0x1d3f35), 0.42)
	if hover {
		col = paint.Fade(paint.RGB(0x1d3f35), 0.8)
	}
	if kind, _ := p.PieceAt(at); kind != chess.NoPiece {
		c.Stroke(paint.Circle(x, y, 22*k), 4*k, col)
		return
	}
	c.Fill(paint.Circle(x, y, 7*k), col)
}

func (b *Board) man(c *paint.Canvas, g Grid, at rules.Point, m man, alpha float64) {
	p := b.men[m]
	if p == nil {
		p = paint.Man(int(m.kind), m.white, g.Cell)
		b.men[m] = p
	}
	r := g.square(at)
	c.Put(p, r.Min.X, r.Min.Y, alpha)
}

// promotion lets the player choose what a pawn becomes: a column of men from its square on.
func (b *Board) promotion(c *paint.Canvas, g Grid, t *client.Table, m Marks) {
	c.Box(g.Rect, paint.Fade(paint.RGB(0x1c1810), 0.45))
	for i, kind := range promotions {
		at := promotionAt(m.Promote.To, i)
		r := g.square(at)
		c.Box(r, card)
		if m.Hover != nil && *m.Hover == at {
			c.Box(r, tint)
			c.Box(r, paint.Fade(accent, 0.25))
		}
		b.man(c, g, at, man{kind, t.Side(t.Seat) == rules.White}, 1)
	}
}

// promotionAt is where the i-th choice stands.
func promotionAt(to rules.Point, i int) rules.Point {
	if to.Row == 0 {
		return rules.Point{Col: to.Col, Row: uint8(i)}
	}
	return rules.Point{Col: to.Col, Row: to.Row - uint8(i)}
}

// targets are where the man on from can go.
func targets(p *chess.Game, from rules.Point) []rules.Point {
	var all []rules.Point
	for _, m := range p.Legal(nil) {
		if m.From == from && !slices.Contains(all, m.To) {
			all = append(all, m.To)
		}
	}
	return all
}

// coordinates are the letters and numbers at the board's edges.
func (g Grid) coordinates() []Text {
	var all []Text
	for i := range uint8(g.Size) {
		col, row := string(rune('a'+i)), strconv.Itoa(int(i)+1)
		if g.Chess {
			all = append(all, g.chessCoordinates(i, col, row)...)
			continue
		}
		below, left := g.Centre(rules.Point{Col: i}), g.Centre(rules.Point{Row: i})
		out := (g.Rect.Max.Y - g.Centre(rules.Point{}).Y) * 37 / 100 // between the stones at the edge and the board's
		box := image.Rect(-g.Cell, -g.Cell/2, g.Cell, g.Cell/2)
		all = append(all,
			Text{Rect: box.Add(image.Pt(below.X, g.Rect.Max.Y-out)), Text: col, Font: Coordinate, Color: paint.RGB(0x54380f), Align: Centre},
			Text{Rect: box.Add(image.Pt(g.Rect.Min.X+out, left.Y)), Text: row, Font: Coordinate, Color: paint.RGB(0x54380f), Align: Centre})
	}
	return all
}

// chessCoordinates stand in the corners of the squares at the edges.
func (g Grid) chessCoordinates(i uint8, col, row string) []Text {
	colour := func(p rules.Point) color.NRGBA {
		if (p.Col+p.Row)%2 == 0 {
			return paint.RGB(0xfffdf4)
		}
		return paint.RGB(0x3d5448)
	}
	lowest, rightmost := rules.Point{Col: i}, rules.Point{Row: i, Col: 7}
	if g.Flipped {
		lowest.Row, rightmost.Col = 7, 0
	}
	edge, size := g.Cell/18, g.Cell*2/7
	low, right := g.square(lowest).Inset(edge), g.square(rightmost).Inset(edge)
	return []Text{
		{Rect: image.Rect(low.Min.X, low.Max.Y-size, low.Max.X, low.Max.Y), Text: col, Font: Coordinate, Color: colour(lowest)},
		{Rect: image.Rect(right.Min.X, right.Min.Y, right.Max.X, right.Min.Y+size), Text: row, Font: Coordinate, Color: colour(rightmost), Align: Right},
	}
}
