package plain

import (
	"fmt"
	"strings"

	"hansu/client"
	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
)

// A board in text is one character a point or square with one between them; the
// last move stands in brackets:
//
//	9 . . . . . . . . .
//	8 . . . ●(○). . . .
//	  a b c d e f g h i

// glyphs are the characters of stones and points.
type glyphs struct{ black, white, empty, star, forbidden rune }

var (
	symbols = glyphs{black: '●', white: '○', empty: '.', star: '+', forbidden: '!'}
	letters = glyphs{black: 'X', white: 'O', empty: '.', star: '+', forbidden: '!'}
)

// grid is a board to be drawn: cells by row and column as the eye sees them, top
// left first, with their names along the edges.
type grid struct {
	cells   [][]rune
	columns []string
	rows    []string
	marked  map[[2]int]bool // row, column: the last move
}

// drawBoard returns the lines of the position at t as its viewer sees it, and nothing if there is
// none to draw.
func drawBoard(t *client.Table, ascii bool) []string {
	switch g := t.Position.(type) {
	case omok.Game:
		set := symbols
		if ascii {
			set = letters
		}
		return omokGrid(g, t.MyTurn(), set).lines()
	case *chess.Game:
		return chessGrid(g, t.Side(t.Seat) == rules.Black).lines()
	}
	return nil
}

// omokGrid shows forbidden points to the player whom they bind.
func omokGrid(g omok.Game, showForbidden bool, set glyphs) grid {
	size := g.Size()
	forbidden := map[rules.Point]bool{}
	if showForbidden {
		for _, p := range g.Forbidden(nil) {
			forbidden[p] = true
		}
	}
	b := newGrid(size, false)
	for row := range size {
		for col := range size {
			p := rules.Point{Col: uint8(col), Row: uint8(size - 1 - row)}
			c := set.empty
			switch {
			case g.At(p) == rules.Black:
				c = set.black
			case g.At(p) == rules.White:
				c = set.white
			case forbidden[p]:
				c = set.forbidden
			case star(size, p):
				c = set.star
			}
			b.cells[row][col] = c
		}
	}
	if p, ok := g.Last(); ok {
		b.marked[[2]int{size - 1 - int(p.Row), int(p.Col)}] = true
	}
	return b
}

// star reports the points that boards mark so that the eye finds its way: the centre and four
// around it.
func star(size int, p rules.Point) bool {
	edge, last := 3, size-1
	if size%2 == 0 { // a board without a centre
		return false
	}
	on := func(n uint8) bool { return int(n) == edge || int(n) == last-edge || int(n) == last/2 }
	corner := int(p.Col) == last/2 == (int(p.Row) == last/2)
	return on(p.Col) && on(p.Row) && (corner || size > 15)
}

// chessGrid draws White's men as capitals and Black's as small letters, as FEN does.
func chessGrid(g *chess.Game, flipped bool) grid {
	const size = 8
	b := newGrid(size, flipped)
	place := func(p rules.Point) (row, col int) {
		if flipped {
			return int(p.Row), size - 1 - int(p.Col)
		}
		return size - 1 - int(p.Row), int(p.Col)
	}
	for i := range size * size {
		p := rules.Point{Col: uint8(i % size), Row: uint8(i / size)}
		row, col := place(p)
		piece, side := g.PieceAt(p)
		c := '.'
		if piece != chess.NoPiece {
			c = rune(strings.ToUpper(string(rune(piece.Letter())))[0])
			if side == rules.Black {
				c += 'a' - 'A'
			}
		}
		b.cells[row][col] = c
	}
	if m, ok := g.Last(); ok {
		for _, p := range [...]rules.Point{m.From, m.To} {
			row, col := place(p)
			b.marked[[2]int{row, col}] = true
		}
	}
	return b
}

// newGrid returns a grid with its edges named: rows from the top down to 1, or with flipped
// as the player on the other side sees them.
func newGrid(size int, flipped bool) grid {
	b := grid{marked: map[[2]int]bool{}}
	for i := range size {
		b.cells = append(b.cells, make([]rune, size))
		col, row := i, size-i
		if flipped {
			col, row = size-1-i, i+1
		}
		b.columns = append(b.columns, string(rune('a'+col)))
		b.rows = append(b.rows, fmt.Sprintf("%2d", row))
	}
	return b
}

func (b grid) lines() []string {
	edge := "   " + " " + strings.Join(b.columns, " ")
	lines := []string{edge}
	for row, cells := range b.cells {
		var s strings.Builder
		s.WriteString(" " + b.rows[row])
		for col, c := range cells {
			s.WriteByte(b.between(row, col))
			s.WriteRune(c)
		}
		s.WriteByte(b.between(row, len(cells)))
		lines = append(lines, s.String()+b.rows[row])
	}
	return append(lines, edge)
}

// between is the character in front of a cell: a bracket where a marked one begins or ends.
func (b grid) between(row, col int) byte {
	left, right := b.marked[[2]int{row, col - 1}], b.marked[[2]int{row, col}]
	switch {
	case left && right:
		return '|'
	case left:
		return ')'
	case right:
		return '('
	}
	return ' '
}
