package screen

import (
	"image"

	"hansu/rules"
)

// Grid says where on the window the points or squares of a board are.
type Grid struct {
	Size    int  // points or squares a side
	Chess   bool // squares; else points where lines cross
	Flipped bool // black is below
	Cell    int  // from one point to the next, in pixels
	Rect    image.Rectangle
	first   image.Point // the centre of the point in the upper left corner
}

// NewGrid fits a board into the square that begins at corner.
func NewGrid(size int, chess, flipped bool, corner image.Point, side int) Grid {
	g := Grid{Size: size, Chess: chess, Flipped: flipped}
	n := size + 1
	if chess {
		n = size
	}
	g.Cell = max(side/n, 4)
	if chess {
		side = g.Cell * size
	}
	g.Rect = image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))}
	margin := (side - (size-1)*g.Cell) / 2
	g.first = corner.Add(image.Pt(margin, margin))
	return g
}

// Centre returns where a point's middle is.
func (g Grid) Centre(p rules.Point) image.Point {
	col, row := int(p.Col), g.Size-1-int(p.Row)
	if g.Flipped {
		col, row = g.Size-1-col, g.Size-1-row
	}
	return g.first.Add(image.Pt(col*g.Cell, row*g.Cell))
}

// At returns the point whose middle is nearest, unless it is off the board.
func (g Grid) At(p image.Point) (rules.Point, bool) {
	p = p.Sub(g.first).Add(image.Pt(g.Cell/2, g.Cell/2))
	if p.X < 0 || p.Y < 0 || p.X >= g.Size*g.Cell || p.Y >= g.Size*g.Cell {
		return rules.Point{}, false
	}
	col, row := p.X/g.Cell, p.Y/g.Cell
	if g.Flipped {
		col, row = g.Size-1-col, g.Size-1-row
	}
	return rules.Point{Col: uint8(col), Row: uint8(g.Size - 1 - row)}, true
}

// stars are the marked points of a board of this size.
func stars(size int) []rules.Point {
	if size%2 == 0 || size < 13 {
		return nil
	}
	mid, far := size/2, size-4
	marks := []int{3, far}
	if size >= 19 {
		marks = []int{3, mid, far}
	}
	all := []rules.Point{}
	for _, col := range marks {
		for _, row := range marks {
			all = append(all, rules.Point{Col: uint8(col), Row: uint8(row)})
		}
	}
	if size < 19 {
		all = append(all, rules.Point{Col: uint8(mid), Row: uint8(mid)})
	}
	return all
}
