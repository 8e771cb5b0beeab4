package omok

import "hansu/rules"

// The four directions of a line as steps in column and row: along a row, along a
// column, rising and falling diagonal. lines.go numbers them in the same order.
var steps = [4]struct{ col, row int }{{1, 0}, {0, 1}, {1, 1}, {-1, 1}}

// Wins reports whether a stone of side s on p wins under rule set rs. It does not
// matter whether the stone lies there already; other stones do. It does not ask
// whether the move is allowed: a move that wins always is.
func (b *Board) Wins(rs rules.Ruleset, s rules.Side, p rules.Point) bool {
	_, n := b.winning(rs, s, p)
	return n > 0
}

// WinningLine appends to dst the points of the row by which a stone of side s on p
// wins, p among them, from one end to the other; nothing if it does not win.
func (b *Board) WinningLine(dst []rules.Point, rs rules.Ruleset, s rules.Side, p rules.Point) []rules.Point {
	d, n := b.winning(rs, s, p)
	if n == 0 {
		return dst
	}
	st := steps[d]
	back := b.run(s, p, -st.col, -st.row)
	for i := -back; i < n-back; i++ {
		dst = append(dst, rules.Point{Col: uint8(int(p.Col) + i*st.col), Row: uint8(int(p.Row) + i*st.row)})
	}
	return dst
}

// winning returns the direction and length of the first winning row through p, or
// length 0.
func (b *Board) winning(rs rules.Ruleset, s rules.Side, p rules.Point) (dir, length int) {
	if !b.Contains(p) || (s != rules.Black && s != rules.White) {
		return 0, 0
	}
	for d, st := range steps {
		up := b.run(s, p, st.col, st.row)
		down := b.run(s, p, -st.col, -st.row)
		n := up + down + 1
		if n < 5 {
			continue
		}
		switch rs {
		case rules.Freestyle:
			return d, n
		case rules.Renju:
			if n == 5 || s == rules.White {
				return d, n
			}
		case rules.Caro, rules.CaroExact:
			if n > 5 {
				if rs == rules.Caro {
					return d, n
				}
				continue
			}
			enemy := s.Other()
			if b.step(p, st.col, st.row, up+1) != enemy || b.step(p, st.col, st.row, -down-1) != enemy {
				return d, n
			}
		default: // Standard, Korean
			if n == 5 {
				return d, n
			}
		}
	}
	return 0, 0
}

// run counts the stones of side s that follow p without a gap in one direction.
func (b *Board) run(s rules.Side, p rules.Point, col, row int) int {
	own := &b.rows[s-1]
	n, size := 0, uint(b.size)
	c, r := uint(int(p.Col)+col), uint(int(p.Row)+row)
	for c < size && r < size && own[r]>>c&1 != 0 {
		n++
		c += uint(col)
		r += uint(row)
	}
	return n
}

// step returns what lies n steps from p: NoSide also beyond the edge.
func (b *Board) step(p rules.Point, col, row, n int) rules.Side {
	c, r := int(p.Col)+n*col, int(p.Row)+n*row
	if c < 0 || r < 0 || c >= b.Size() || r >= b.Size() {
		return rules.NoSide
	}
	return b.At(rules.Point{Col: uint8(c), Row: uint8(r)})
}

// overlineWins says whether a row of more than five wins for side s.
func overlineWins(rs rules.Ruleset, s rules.Side) bool {
	return rs == rules.Freestyle || rs == rules.Caro || (rs == rules.Renju && s == rules.White)
}

// canFive reports whether side s may still complete a winning row: whether there
// are five points in a line without an enemy stone, few enough of them empty for
// the stones s can still lay. It errs on the side of yes: it does not look for how the points
// around them come to be filled.
func (b *Board) canFive(rs rules.Ruleset, s rules.Side, stones int) bool {
	for r := range b.Size() {
		for c := range b.Size() {
			for _, st := range steps {
				if b.window(rs, s, rules.Point{Col: uint8(c), Row: uint8(r)}, st.col, st.row, stones) {
					return true
				}
			}
		}
	}
	return false
}

// window reports whether the five points from p on can become a win of side s.
func (b *Board) window(rs rules.Ruleset, s rules.Side, p rules.Point, col, row, stones int) bool {
	endC, endR := int(p.Col)+4*col, int(p.Row)+4*row
	if endC < 0 || endC >= b.Size() || endR >= b.Size() {
		return false
	}
	empty := 0
	for i := range 5 {
		switch b.step(p, col, row, i) {
		case s.Other():
			return false
		case rules.NoSide:
			empty++
		}
	}
	if empty == 0 || empty > stones {
		return false
	}
	before, after := b.step(p, col, row, -1), b.step(p, col, row, 5)
	if !overlineWins(rs, s) && (before == s || after == s) {
		return false
	}
	if rs == rules.Caro || rs == rules.CaroExact {
		return before != s.Other() || after != s.Other()
	}
	return true
}
