package omok

import (
	"errors"
	"fmt"
	"math/bits"

	"hansu/rules"
)

// MinSize and MaxSize bound the boards that a [Board] can be. A [Game] takes fewer
// sizes, see [New].
const (
	MinSize = 5
	MaxSize = 26
)

// Board is stones on a square board. It is a small value without pointers: copying
// it is how a position is kept, == compares two. The zero value has no points;
// [NewBoard] makes an empty one.
type Board struct {
	// rows[0] are black's stones, rows[1] white's: bit c of word r is the point in
	// column c of row r. Bits outside the board are always 0.
	rows  [2][MaxSize]uint32
	size  uint8
	count uint16
}

// NewBoard returns an empty board of size points a side.
func NewBoard(size int) (Board, error) {
	if size < MinSize || size > MaxSize {
		return Board{}, fmt.Errorf("omok: board of %d points a side; %d to %d are possible", size, MinSize, MaxSize)
	}
	return Board{size: uint8(size)}, nil
}

// Size returns how many points a side has.
func (b *Board) Size() int { return int(b.size) }

// Stones returns how many stones lie on the board.
func (b *Board) Stones() int { return int(b.count) }

// Full reports whether no point is empty.
func (b *Board) Full() bool { return int(b.count) == b.Size()*b.Size() }

// Contains reports whether p is on the board.
func (b *Board) Contains(p rules.Point) bool { return p.Col < b.size && p.Row < b.size }

// At returns whose stone lies on p: NoSide for an empty point and for one outside.
func (b *Board) At(p rules.Point) rules.Side {
	if !b.Contains(p) {
		return rules.NoSide
	}
	switch bit := uint32(1) << p.Col; {
	case b.rows[0][p.Row]&bit != 0:
		return rules.Black
	case b.rows[1][p.Row]&bit != 0:
		return rules.White
	}
	return rules.NoSide
}

// Put lays a stone of side s on p, or with NoSide empties p. A point outside the
// board is left alone. No rule is asked: boards are also set up by hand.
func (b *Board) Put(p rules.Point, s rules.Side) {
	if !b.Contains(p) {
		return
	}
	bit := uint32(1) << p.Col
	if (b.rows[0][p.Row]|b.rows[1][p.Row])&bit != 0 {
		b.count--
	}
	b.rows[0][p.Row] &^= bit
	b.rows[1][p.Row] &^= bit
	switch s {
	case rules.Black:
		b.rows[0][p.Row] |= bit
		b.count++
	case rules.White:
		b.rows[1][p.Row] |= bit
		b.count++
	}
}

// Empty appends the empty points to dst, by row, then column.
func (b *Board) Empty(dst []rules.Point) []rules.Point {
	for r := range b.Size() {
		for w := b.emptyRow(r); w != 0; w &= w - 1 {
			dst = append(dst, rules.Point{Col: uint8(bits.TrailingZeros32(w)), Row: uint8(r)})
		}
	}
	return dst
}

// emptyRow returns row r's empty points, bit c for column c.
func (b *Board) emptyRow(r int) uint32 {
	return ^(b.rows[0][r] | b.rows[1][r]) & (1<<b.size - 1)
}

// ErrBoard is wrapped by the errors of [ParseBoard].
var ErrBoard = errors.New("omok: not a board")

// ParseBoard reads a board from its rows, the highest row first, as a diagram is
// printed: X or x a black stone, O or o a white one, '.' (or '-', '_', '+') an empty point. There
// must be as many rows as columns, 5 to 26.
func ParseBoard(rows []string) (Board, error) {
	b, err := NewBoard(len(rows))
	if err != nil {
		return Board{}, fmt.Errorf("%w: %d rows; %d to %d are possible", ErrBoard, len(rows), MinSize, MaxSize)
	}
	for i, text := range rows {
		if len(text) != len(rows) {
			return Board{}, fmt.Errorf("%w: row %d has %d points, the board has %d rows", ErrBoard, len(rows)-i, len(text), len(rows))
		}
		for c, ch := range []byte(text) {
			p := rules.Point{Col: uint8(c), Row: uint8(len(rows) - 1 - i)}
			switch ch {
			case 'X', 'x':
				b.Put(p, rules.Black)
			case 'O', 'o':
				b.Put(p, rules.White)
			case '.', '-', '_', '+':
			default:
				return Board{}, fmt.Errorf("%w: %q on %v; X, O and . are possible", ErrBoard, ch, p)
			}
		}
	}
	return b, nil
}

// String draws the board as [ParseBoard] reads it, each row ended by a newline.
func (b *Board) String() string {
	out := make([]byte, 0, (b.Size()+1)*b.Size())
	for r := b.Size() - 1; r >= 0; r-- {
		for c := range b.Size() {
			switch b.At(rules.Point{Col: uint8(c), Row: uint8(r)}) {
			case rules.Black:
				out = append(out, 'X')
			case rules.White:
				out = append(out, 'O')
			default:
				out = append(out, '.')
			}
		}
		out = append(out, '\n')
	}
	return string(out)
}
