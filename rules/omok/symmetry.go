package omok

import "hansu/rules"

// Symmetries is how many ways there are to turn and mirror a square board, doing
// nothing included.
const Symmetries = 8

// TurnPoint returns where p comes to lie on a board of size points a side under
// symmetry t: t&1 mirrors left and right, t&2 top and bottom, then t&4 swaps columns and rows.
func TurnPoint(p rules.Point, size, t int) rules.Point {
	if t&1 != 0 {
		p.Col = uint8(size-1) - p.Col
	}
	if t&2 != 0 {
		p.Row = uint8(size-1) - p.Row
	}
	if t&4 != 0 {
		p.Col, p.Row = p.Row, p.Col
	}
	return p
}

// Turn returns the board under symmetry t, see [TurnPoint].
func (b *Board) Turn(t int) Board {
	out := Board{size: b.size}
	for r := range b.Size() {
		for c := range b.Size() {
			p := rules.Point{Col: uint8(c), Row: uint8(r)}
			if s := b.At(p); s != rules.NoSide {
				out.Put(TurnPoint(p, b.Size(), t), s)
			}
		}
	}
	return out
}
