package paint

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// Canvas is a picture that is drawn into.
type Canvas struct {
	*image.RGBA
	raster vector.Rasterizer
}

// NewCanvas returns a picture of the size w × h, all transparent.
func NewCanvas(w, h int) *Canvas { return &Canvas{RGBA: image.NewRGBA(image.Rect(0, 0, w, h))} }

// RGB returns a colour from its hexadecimal form, 0xrrggbb.
func RGB(c uint32) color.NRGBA { return color.NRGBA{uint8(c >> 16), uint8(c >> 8), uint8(c), 255} }

// Fade returns c with a share of its opacity, 0 to 1.
func Fade(c color.NRGBA, alpha float64) color.NRGBA {
	c.A = uint8(float64(c.A)*alpha + 0.5)
	return c
}

// Box fills a rectangle of whole pixels.
func (c *Canvas) Box(r image.Rectangle, col color.NRGBA) {
	draw.Draw(c.RGBA, r, image.NewUniform(col), image.Point{}, draw.Over)
}

// Fill fills a path. Where its polygons overlap they must turn the same way.
func (c *Canvas) Fill(p *Path, col color.NRGBA) { c.fill(p.polys, col) }

func (c *Canvas) fill(polys [][]Pt, col color.NRGBA) {
	lo, hi := Pt{math.Inf(1), math.Inf(1)}, Pt{math.Inf(-1), math.Inf(-1)}
	for _, poly := range polys {
		for _, q := range poly {
			lo, hi = Pt{min(lo.X, q.X), min(lo.Y, q.Y)}, Pt{max(hi.X, q.X), max(hi.Y, q.Y)}
		}
	}
	if lo.X > hi.X {
		return
	}
	box := image.Rect(int(math.Floor(lo.X)), int(math.Floor(lo.Y)), int(math.Ceil(hi.X)), int(math.Ceil(hi.Y))).Intersect(c.Rect)
	if box.Empty() {
		return
	}
	c.raster.Reset(box.Dx(), box.Dy())
	c.raster.DrawOp = draw.Over
	at := func(q Pt) (float32, float32) {
		return float32(q.X - float64(box.Min.X)), float32(q.Y - float64(box.Min.Y))
	}
	for _, poly := range polys {
		x, y := at(poly[0])
		c.raster.MoveTo(x, y)
		for _, q := range poly[1:] {
			x, y = at(q)
			c.raster.LineTo(x, y)
		}
		c.raster.ClosePath()
	}
	c.raster.Draw(c.RGBA, box, image.NewUniform(col), image.Point{})
}

// Stroke draws along a path with a round pen.
func (c *Canvas) Stroke(p *Path, width float64, col color.NRGBA) {
	var polys [][]Pt
	r := width / 2
	for i, poly := range p.polys {
		n := len(poly)
		last := n - 1
		if p.closed[i] {
			last = n
		}
		for j := range n {
			polys = append(polys, Circle(poly[j].X, poly[j].Y, r).polys[0])
		}
		for j := range last {
			polys = append(polys, bar(poly[j], poly[(j+1)%n], r))
		}
	}
	c.fill(polys, col)
}

// bar is the rectangle around a line, turning as Circle does.
func bar(a, b Pt, r float64) []Pt {
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
	if length == 0 {
		return []Pt{a, a, a}
	}
	nx, ny := -(b.Y-a.Y)/length*r, (b.X-a.X)/length*r
	return []Pt{{a.X - nx, a.Y - ny}, {b.X - nx, b.Y - ny}, {b.X + nx, b.Y + ny}, {a.X + nx, a.Y + ny}}
}

// Put lays a picture over the canvas with its upper left corner at x, y; alpha is its opacity.
func (c *Canvas) Put(p *image.RGBA, x, y int, alpha float64) {
	r := p.Rect.Sub(p.Rect.Min).Add(image.Pt(x, y))
	if alpha >= 1 {
		draw.Draw(c.RGBA, r, p, p.Rect.Min, draw.Over)
		return
	}
	mask := image.NewUniform(color.Alpha{uint8(alpha*255 + 0.5)})
	draw.DrawMask(c.RGBA, r, p, p.Rect.Min, mask, image.Point{}, draw.Over)
}

// Shadow draws a soft shadow around a rounded rectangle, which is drawn over it afterwards: what the rectangle
// covers is left as it is.
func (c *Canvas) Shadow(x, y, w, h, r, depth float64) {
	down := depth * 0.4
	box := image.Rect(int(x-depth), int(y-depth+down), int(math.Ceil(x+w+depth)), int(math.Ceil(y+h+depth+down))).Intersect(c.Rect)
	for py := box.Min.Y; py < box.Max.Y; py++ {
		fy := float64(py) + 0.5
		for px := box.Min.X; px < box.Max.X; px++ {
			fx := float64(px) + 0.5
			if fx > x+r && fx < x+w-r && fy > y && fy < y+h || fx > x && fx < x+w && fy > y+r && fy < y+h-r {
				continue
			}
			dx := max(x+r-fx, fx-(x+w-r), 0)
			dy := max(y+down+r-fy, fy-(y+down+h-r), 0)
			if t := 1 - max(math.Hypot(dx, dy)-r, 0)/depth; t > 0 {
				c.blend(px, py, RGB(0x282010), 0.11*t*t)
			}
		}
	}
}

// blend lays a colour over one pixel.
func (c *Canvas) blend(x, y int, col color.NRGBA, alpha float64) {
	i := c.PixOffset(x, y)
	for j, v := range [4]uint8{col.R, col.G, col.B, 255} {
		c.Pix[i+j] = level(float64(c.Pix[i+j])*(1-alpha) + float64(v)*alpha)
	}
}
