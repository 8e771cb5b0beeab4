package omok

import (
	"math/bits"

	"hansu/rules"
)

// pad is how many zero bits lie below a line's first point, so that the cells
// beyond the edge can be looked at like any other: neither a stone nor free.
// MaxSize+pad is 32, a word.
const pad = 6

// lines is a board seen by one side, as lines of bits in all four directions:
// what own stones and free points there are, at bit pad+position. It lives on the
// stack of whoever asks for forbidden points.
type lines struct {
	own, free [4][2*MaxSize - 1]uint32
}

// fill fills l, which must be zero, with the board as side s sees it.
func (l *lines) fill(b *Board, s rules.Side) {
	for r := range b.Size() {
		bit := uint32(1) << (r + pad)
		own, free := b.rows[s-1][r], b.emptyRow(r)
		l.own[0][r], l.free[0][r] = own<<pad, free<<pad
		for ; own != 0; own &= own - 1 {
			c := bits.TrailingZeros32(own)
			l.own[1][c] |= bit
			l.own[2][c-r+MaxSize-1] |= bit
			l.own[3][c+r] |= bit
		}
		for ; free != 0; free &= free - 1 {
			c := bits.TrailingZeros32(free)
			l.free[1][c] |= bit
			l.free[2][c-r+MaxSize-1] |= bit
			l.free[3][c+r] |= bit
		}
	}
}

// cell is a point as column and row.
type cell struct{ col, row int }

// on returns the line in direction d that p is on, and p's bit number in it.
func (p cell) on(d int) (line, bit int) {
	switch d {
	case 0:
		return p.row, p.col + pad
	case 1:
		return p.col, p.row + pad
	case 2:
		return p.col - p.row + MaxSize - 1, p.row + pad
	}
	return p.col + p.row, p.row + pad
}

// along returns the point n bits further on in direction d.
func (p cell) along(d, n int) cell {
	return cell{p.col + n*steps[d].col, p.row + n*steps[d].row}
}

// put lays an own stone on the free point p; take takes it away again.
func (l *lines) put(p cell) {
	for d := range 4 {
		i, bit := p.on(d)
		l.own[d][i] |= 1 << bit
		l.free[d][i] &^= 1 << bit
	}
}

func (l *lines) take(p cell) {
	for d := range 4 {
		i, bit := p.on(d)
		l.own[d][i] &^= 1 << bit
		l.free[d][i] |= 1 << bit
	}
}

// shape is what a stone makes in one direction.
type shape struct {
	run   int // stones in the unbroken row through it
	fours int // fours it is part of: 0, 1 or 2
	three bool
	// low and high: if three, whether the free point next to the row at its lower
	// or upper end makes a straight four, and how far that point is from the stone.
	low, high     bool
	lowAt, highAt int
}

// look returns what an own stone on the free point p makes in direction d.
//
// Every four and three through the stone is completed on one of the two points next
// to the unbroken row through it, low and high: a five contains the stone
// and the point that completes it, with nothing but own stones between.
func (l *lines) look(d int, p cell) shape {
	i, at := p.on(d)
	own, free := l.own[d][i]|1<<at, l.free[d][i]
	up := bits.TrailingZeros32(^(own >> at))
	down := bits.LeadingZeros32(^(own << (31 - at)))
	s := shape{run: up + down - 1, lowAt: -down, highAt: up}
	if s.run >= 5 {
		return s
	}
	low, high := at-down, at+up
	lowFree, highFree := free>>low&1 != 0, free>>high&1 != 0
	var below, above int // own stones behind the low and the high point
	if lowFree {
		below = bits.LeadingZeros32(^(own << (32 - low)))
	}
	if highFree {
		above = bits.TrailingZeros32(^(own >> (high + 1)))
	}
	lowFour, highFour := lowFree && s.run+1+below == 5, highFree && s.run+1+above == 5
	switch {
	case lowFour && highFour && s.run < 4:
		s.fours = 2 // two sets of four stones that share the row
	case lowFour || highFour:
		s.fours = 1 // with run 4 and both ends: a straight four, one four
	}
	if lowFree && highFree {
		// A straight four is an unbroken row of four with a free point at each end, and no own
		// stone behind either: that would make six, not five.
		s.low = s.run+1+below == 4 && open(own, free, low-below-1, -1) && above == 0
		s.high = s.run+1+above == 4 && open(own, free, high+above+1, 1) && below == 0
		s.three = s.low || s.high
	}
	return s
}

// open reports whether bit end is free and the one behind it is no own stone.
func open(own, free uint32, end, outwards int) bool {
	return free>>end&1 != 0 && own>>(end+outwards)&1 == 0
}
