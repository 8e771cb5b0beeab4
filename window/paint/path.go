package paint

import (
	"fmt"
	"math"
	"strconv"
)

// Pt is a point in pixels; y grows downwards.
type Pt struct{ X, Y float64 }

// Path is lines and curves, flattened to polygons as they are added. The zero value is empty.
type Path struct {
	polys  [][]Pt
	closed []bool
	at     Pt
	bend   Pt // the last control point of the last curve
}

// MoveTo begins a new polygon.
func (p *Path) MoveTo(x, y float64) {
	p.at = Pt{x, y}
	p.polys, p.closed = append(p.polys, []Pt{p.at}), append(p.closed, false)
}

// LineTo adds a straight line.
func (p *Path) LineTo(x, y float64) {
	p.at = Pt{x, y}
	last := len(p.polys) - 1
	p.polys[last] = append(p.polys[last], p.at)
}

// curveSteps is how many lines stand for a curve: at the sizes drawn here none is seen.
const curveSteps = 16

// CubeTo adds a cubic Bézier curve.
func (p *Path) CubeTo(x1, y1, x2, y2, x, y float64) {
	from := p.at
	for i := 1; i <= curveSteps; i++ {
		t := float64(i) / curveSteps
		u := 1 - t
		a, b, c, d := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		p.LineTo(a*from.X+b*x1+c*x2+d*x, a*from.Y+b*y1+c*y2+d*y)
	}
	p.bend = Pt{x2, y2}
}

// Close joins the polygon's end with its beginning.
func (p *Path) Close() {
	if last := len(p.polys) - 1; last >= 0 {
		p.closed[last] = true
		p.at = p.polys[last][0]
	}
}

// Circle returns a circle.
func Circle(x, y, r float64) *Path {
	p := &Path{}
	p.arc(x, y, r, 0, 2*math.Pi)
	p.Close()
	return p
}

// arc adds points of a circle from one angle to another, beginning a polygon if there is none.
func (p *Path) arc(x, y, r, from, to float64) {
	steps := max(4, int(math.Abs(to-from)*math.Sqrt(max(r, 1))*3))
	for i := 0; i <= steps; i++ {
		a := from + (to-from)*float64(i)/float64(steps)
		px, py := x+r*math.Cos(a), y+r*math.Sin(a)
		if len(p.polys) == 0 {
			p.MoveTo(px, py)
			continue
		}
		p.LineTo(px, py)
	}
}

// Round returns a rectangle with round corners.
func Round(x, y, w, h, r float64) *Path {
	r = min(r, w/2, h/2)
	p := &Path{}
	p.arc(x+w-r, y+r, r, -math.Pi/2, 0)
	p.arc(x+w-r, y+h-r, r, 0, math.Pi/2)
	p.arc(x+r, y+h-r, r, math.Pi/2, math.Pi)
	p.arc(x+r, y+r, r, math.Pi, 3*math.Pi/2)
	p.Close()
	return p
}

// Polyline returns straight lines through the points.
func Polyline(points ...Pt) *Path {
	p := &Path{}
	p.MoveTo(points[0].X, points[0].Y)
	for _, q := range points[1:] {
		p.LineTo(q.X, q.Y)
	}
	return p
}

// Scaled returns the path stretched by k and then moved.
func (p *Path) Scaled(k, dx, dy float64) *Path {
	q := &Path{closed: p.closed}
	for _, poly := range p.polys {
		moved := make([]Pt, len(poly))
		for i, pt := range poly {
			moved[i] = Pt{pt.X*k + dx, pt.Y*k + dy}
		}
		q.polys = append(q.polys, moved)
	}
	return q
}

// parsePath reads the data of an SVG path of the commands M, L, H, V, C, S after C, A (half circles
// only) and Z in either case.
func parsePath(d string) (*Path, error) {
	s := scanner{text: d}
	p := &Path{}
	command := byte(0)
	for {
		s.blank()
		if s.end() {
			return p, nil
		}
		if c := s.text[s.at]; c >= 'A' {
			command = c
			s.at++
		}
		if command == 'z' || command == 'Z' {
			p.Close()
			command = 0
			continue
		}
		if err := s.segment(p, command); err != nil {
			return nil, fmt.Errorf("path %q at %d: %w", d, s.at, err)
		}
		switch command {
		case 'm':
			command = 'l'
		case 'M':
			command = 'L'
		}
	}
}

// segment reads what follows one command.
func (s *scanner) segment(p *Path, command byte) error {
	relative := command >= 'a'
	var base Pt
	if relative {
		base = p.at
	}
	counts := map[byte]int{'m': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'a': 7}
	n, known := counts[command|0x20]
	if !known {
		return fmt.Errorf("command %q", command)
	}
	var v [7]float64
	for i := range n {
		var err error
		if v[i], err = s.number(); err != nil {
			return err
		}
	}
	switch command | 0x20 {
	case 'm':
		p.MoveTo(base.X+v[0], base.Y+v[1])
	case 'l':
		p.LineTo(base.X+v[0], base.Y+v[1])
	case 'h':
		p.LineTo(base.X+v[0], p.at.Y)
	case 'v':
		p.LineTo(p.at.X, base.Y+v[0])
	case 'c':
		p.CubeTo(base.X+v[0], base.Y+v[1], base.X+v[2], base.Y+v[3], base.X+v[4], base.Y+v[5])
	case 's': // goes on as the curve before has ended
		p.CubeTo(2*p.at.X-p.bend.X, 2*p.at.Y-p.bend.Y, base.X+v[0], base.Y+v[1], base.X+v[2], base.Y+v[3])
	case 'a':
		to := Pt{base.X + v[5], base.Y + v[6]}
		cx, cy := (p.at.X+to.X)/2, (p.at.Y+to.Y)/2
		from := math.Atan2(p.at.Y-cy, p.at.X-cx)
		turn := math.Pi
		if v[4] == 0 {
			turn = -turn
		}
		p.arc(cx, cy, v[0], from, from+turn)
		p.at = to
	}
	return nil
}

// scanner reads numbers, which in SVG need nothing between them where they are told apart anyway.
type scanner struct {
	text string
	at   int
}

func (s *scanner) end() bool { return s.at >= len(s.text) }

func (s *scanner) blank() {
	for !s.end() && (s.text[s.at] == ' ' || s.text[s.at] == ',') {
		s.at++
	}
}

func (s *scanner) number() (float64, error) {
	s.blank()
	from, point := s.at, false
	for ; !s.end(); s.at++ {
		c := s.text[s.at]
		switch {
		case c >= '0' && c <= '9', c == '-' && s.at == from:
			continue
		case c == '.' && !point:
			point = true
			continue
		}
		break
	}
	return strconv.ParseFloat(s.text[from:s.at], 64)
}
