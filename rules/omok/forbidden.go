package omok

import (
	"math/bits"

	"hansu/rules"
)

// Problem returns why a stone of side s may not be laid on p under rule set rs:
// OffBoard, Occupied, DoubleThree, DoubleFour, Overline, or NoProblem. Where several
// kinds apply in renju, Overline is named before DoubleFour before DoubleThree.
func (b *Board) Problem(rs rules.Ruleset, s rules.Side, p rules.Point) rules.Problem {
	switch {
	case !b.Contains(p):
		return rules.OffBoard
	case b.At(p) != rules.NoSide:
		return rules.Occupied
	case !restricted(rs, s) || b.near(s, p) < 4:
		return rules.NoProblem
	}
	var l lines
	l.fill(b, s)
	return l.problem(rs, cell{int(p.Col), int(p.Row)})
}

// Forbidden appends to dst the empty points that rule set rs forbids to side s, by
// row, then column.
func (b *Board) Forbidden(dst []rules.Point, rs rules.Ruleset, s rules.Side) []rules.Point {
	if !restricted(rs, s) {
		return dst
	}
	var l lines
	l.fill(b, s)
	for r := range b.Size() {
		for w := b.emptyRow(r); w != 0; w &= w - 1 {
			p := cell{bits.TrailingZeros32(w), r}
			if l.quiet(p) {
				continue
			}
			if l.problem(rs, p) != rules.NoProblem {
				dst = append(dst, rules.Point{Col: uint8(p.col), Row: uint8(p.row)})
			}
		}
	}
	return dst
}

// restricted says whether rule set rs forbids side s any empty point.
func restricted(rs rules.Ruleset, s rules.Side) bool {
	switch rs {
	case rules.Renju:
		return s == rules.Black
	case rules.Korean:
		return s == rules.Black || s == rules.White
	}
	return false
}

// near counts the stones of side s on the eight rays of four points from p. Fewer
// than four make nothing that is forbidden.
func (b *Board) near(s rules.Side, p rules.Point) int {
	own := &b.rows[s-1]
	// The row's window has p's column at bit 4 and the four points either side.
	window := func(w uint32) uint32 { return uint32(uint64(w) << 4 >> p.Col) }
	n := bits.OnesCount32(window(own[p.Row]) & 0x1ef)
	for i := 1; i <= 4; i++ {
		mask := uint32(1<<4 | 1<<(4-i) | 1<<(4+i))
		if r := int(p.Row) + i; r < b.Size() {
			n += bits.OnesCount32(window(own[r]) & mask)
		}
		if r := int(p.Row) - i; r >= 0 {
			n += bits.OnesCount32(window(own[r]) & mask)
		}
	}
	return n
}

// quiet reports, quickly and for most points, that a stone on p makes nothing that is
// forbidden: a double three or four in two lines needs two stones within four points in
// each, and one line alone needs four stones within five points.
func (l *lines) quiet(p cell) bool {
	busy := 0
	for d := range 4 {
		i, at := p.on(d)
		switch near := bits.OnesCount32(l.own[d][i] >> (at - 5) & 0x7ff); {
		case near >= 4:
			return false
		case near >= 2:
			busy++
		}
	}
	return busy < 2
}

// problem judges an own stone on the free point p. For renju own is black.
func (l *lines) problem(rs rules.Ruleset, p cell) rules.Problem {
	v := calm
	if rs == rules.Renju {
		v = l.renju(p)
	} else {
		v = l.korean(p)
	}
	switch v {
	case overline:
		return rules.Overline
	case doubleFour:
		return rules.DoubleFour
	case doubleThree:
		return rules.DoubleThree
	}
	return rules.NoProblem
}

// verdict is what a stone makes, as far as the rules that forbid points care.
type verdict uint8

const (
	calm verdict = iota // none of the following
	five
	overline
	doubleFour
	doubleThree
)

// renju judges a black stone on the free point p by the RIF rules, section 9.
func (l *lines) renju(p cell) verdict {
	var made [4]shape
	fours, threes, over := 0, 0, false
	for d := range made {
		made[d] = l.look(d, p)
		switch s := &made[d]; {
		case s.run == 5:
			return five // whatever else it makes
		case s.run > 5:
			over = true
		default:
			fours += s.fours
			if s.three {
				threes++
			}
		}
	}
	switch {
	case over:
		return overline
	case fours >= 2:
		return doubleFour
	case threes < 2:
		return calm
	}
	// 9.3: the double three is allowed if at most one of its threes can become a straight
	// four by a stone that makes no five, no overline and no double four there, and no double
	// three that is itself forbidden, which is the same question one stone further on. The depth is
	// bounded by the stones that fit: each level lays one more and needs two new threes through it.
	l.put(p)
	able := 0
	for d := range made {
		s := &made[d]
		if (s.low && l.renju(p.along(d, s.lowAt)) == calm) ||
			(s.high && l.renju(p.along(d, s.highAt)) == calm) {
			able++
		}
	}
	l.take(p)
	if able >= 2 {
		return doubleThree
	}
	return calm
}

// korean judges an own stone on the free point p by the house rule: two threes,
// counted by shape alone, unless a five is made.
func (l *lines) korean(p cell) verdict {
	threes := 0
	for d := range 4 {
		s := l.look(d, p)
		if s.run == 5 {
			return five
		}
		if s.three {
			threes++
		}
	}
	if threes >= 2 {
		return doubleThree
	}
	return calm
}
