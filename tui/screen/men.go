package screen

import "hansu/rules/chess"

// The chess men for large squares, eight by eight dots; two rows of them make one of the screen.
var bigMen = map[chess.Piece][8]string{
	chess.Pawn: {
		"........",
		"...##...",
		"..####..",
		"..####..",
		"...##...",
		"..####..",
		".######.",
		".######.",
	},
	chess.Knight: {
		"...##...",
		"..#####.",
		".##.####",
		".#######",
		"###.####",
		"...####.",
		"..#####.",
		".######.",
	},
	chess.Bishop: {
		"...##...",
		"..##.#..",
		".##.###.",
		".######.",
		"..####..",
		"...##...",
		"..####..",
		".######.",
	},
	chess.Rook: {
		".#.##.#.",
		".######.",
		"..####..",
		"..####..",
		"..####..",
		"..####..",
		".######.",
		"########",
	},
	chess.Queen: {
		"...##...",
		"#..##..#",
		"##.##.##",
		"########",
		".######.",
		"..####..",
		"..####..",
		".######.",
	},
	chess.King: {
		"...##...",
		".######.",
		"...##...",
		"##.##.##",
		"########",
		".######.",
		"..####..",
		".######.",
	},
}

// bigMan draws a man in half blocks in the middle of a square.
func (m *model) bigMan(f *frame, r rect, look style, piece chess.Piece) {
	dots := bigMen[piece]
	x, y := r.x+(r.w-8)/2, r.y+(r.h-4+1)/2
	look.bold = false
	for row := range 4 {
		for col := range 8 {
			upper, lower := dots[2*row][col] == '#', dots[2*row+1][col] == '#'
			switch {
			case upper && lower:
				f.put(x+col, y+row, f.w, look, "█")
			case upper:
				f.put(x+col, y+row, f.w, look, "▀")
			case lower:
				f.put(x+col, y+row, f.w, look, "▄")
			}
		}
	}
}
