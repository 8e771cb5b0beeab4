package chess

import (
	"math/bits"

	"hansu/rules"
)

// bitboard is a set of squares: bit 0 is a1, bit 7 h1, bit 63 h8.
type bitboard uint64

// square numbers a square as its bit in a bitboard.
type square uint8

// noSquare stands for "no square", as when there is nothing to take en passant.
const noSquare square = 64

// colour indexes tables by side. It is not a rules.Side so that it can be
// flipped with one XOR and used as an index.
type colour uint8

const (
	white colour = 0
	black colour = 1
)

const (
	fileA bitboard = 0x0101010101010101
	fileH bitboard = fileA << 7
	rank1 bitboard = 0xff
	rank3 bitboard = rank1 << 16
	rank6 bitboard = rank1 << 40
	rank8 bitboard = rank1 << 56
	// light is the set of light squares, of which h1 is one.
	light bitboard = 0x55aa55aa55aa55aa
)

func (s square) bit() bitboard { return 1 << (s & 63) }
func (s square) file() int     { return int(s & 7) }
func (s square) rank() int     { return int(s >> 3) }

func (s square) point() rules.Point {
	return rules.Point{Col: uint8(s & 7), Row: uint8(s >> 3)}
}

func (s square) String() string { return s.point().String() }

// at returns the square in the given file and rank, both 0 to 7.
func at(file, rank int) square { return square(rank<<3 | file) }

// squareOf returns the square at p, and noSquare for a point off the board.
func squareOf(p rules.Point) square {
	if p.Col > 7 || p.Row > 7 {
		return noSquare
	}
	return square(p.Row<<3 | p.Col)
}

// first returns the lowest square of a set that is not empty.
func (b bitboard) first() square { return square(bits.TrailingZeros64(uint64(b))) }

func (b bitboard) count() int { return bits.OnesCount64(uint64(b)) }

// many reports whether the set has more than one square.
func (b bitboard) many() bool { return b&(b-1) != 0 }

func (b bitboard) has(s square) bool { return b>>(s&63)&1 != 0 }

// homeRank is the rank on which a side's pieces start.
func homeRank(c colour) bitboard {
	if c == white {
		return rank1
	}
	return rank8
}

func (c colour) side() rules.Side {
	if c == white {
		return rules.White
	}
	return rules.Black
}

// colourOf is the inverse of side, for one of the two sides.
func colourOf(s rules.Side) colour {
	if s == rules.White {
		return white
	}
	return black
}
