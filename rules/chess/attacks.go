package chess

// slider says where a rook's or bishop's attacks from one square are found.
type slider struct {
	mask   bitboard // the squares whose occupation matters: the lines without their ends
	factor uint64
	offset uint32 // of its part of sliderAttacks
	shift  uint8
}

// sliderEntries is the sum over both pieces and all squares of two to the power of
// the number of squares that matter.
const sliderEntries = 102400 + 5248

// The tables are filled once, in about a millisecond, and never written again.
var (
	rooks         [64]slider
	bishops       [64]slider
	sliderAttacks [sliderEntries]bitboard
	knightMoves   [64]bitboard
	kingMoves     [64]bitboard
	pawnAttacks   [2][64]bitboard
	// between has the squares strictly between two squares of one line, else none.
	between [64][64]bitboard
)

var (
	straight = [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}}
	diagonal = [4][2]int{{1, 1}, {-1, -1}, {1, -1}, {-1, 1}}
)

func init() {
	for s := range square(64) {
		for df := -2; df <= 2; df++ {
			for dr := -2; dr <= 2; dr++ {
				b := offset(s, df, dr)
				switch df*df + dr*dr {
				case 5:
					knightMoves[s] |= b
				case 1, 2:
					kingMoves[s] |= b
				}
			}
		}
		pawnAttacks[white][s] = offset(s, -1, 1) | offset(s, 1, 1)
		pawnAttacks[black][s] = offset(s, -1, -1) | offset(s, 1, -1)
		fillBetween(s)
	}
	next := fillSliders(&rooks, &rookFactors, straight, 0)
	fillSliders(&bishops, &bishopFactors, diagonal, next)
}

// offset returns the square df files and dr ranks from s as a set, empty when it
// is off the board.
func offset(s square, df, dr int) bitboard {
	f, r := s.file()+df, s.rank()+dr
	if f < 0 || f > 7 || r < 0 || r > 7 {
		return 0
	}
	return at(f, r).bit()
}

// ray returns the squares from s to the edge in one direction.
func ray(s square, d [2]int) bitboard {
	var b bitboard
	for i := 1; i < 8; i++ {
		b |= offset(s, i*d[0], i*d[1])
	}
	return b
}

func fillBetween(s square) {
	for _, dirs := range [2][4][2]int{straight, diagonal} {
		for _, d := range dirs {
			var path bitboard
			for i := 1; i < 8; i++ {
				b := offset(s, i*d[0], i*d[1])
				if b == 0 {
					break
				}
				between[s][b.first()] = path
				path |= b
			}
		}
	}
}

// fillSliders fills one piece's part of sliderAttacks from next on and returns
// where it ends.
func fillSliders(t *[64]slider, factors *[64]uint64, dirs [4][2]int, next uint32) uint32 {
	for s := range square(64) {
		var rays [4]bitboard
		var mask bitboard
		for i, d := range dirs {
			rays[i] = ray(s, d)
			mask |= rays[i] &^ lastOf(rays[i], d)
		}
		n := mask.count()
		e := slider{mask: mask, factor: factors[s], offset: next, shift: uint8(64 - n)}
		t[s] = e
		// Every subset of mask, by the carry of a subtraction.
		for occ := bitboard(0); ; {
			sliderAttacks[e.index(occ)] = slide(rays, dirs, occ)
			if occ = (occ - mask) & mask; occ == 0 {
				break
			}
		}
		next += 1 << n
	}
	return next
}

// lastOf returns the square of a ray that is farthest from its start.
func lastOf(ray bitboard, d [2]int) bitboard {
	if ray == 0 {
		return 0
	}
	if rising(d) {
		return highest(ray)
	}
	return ray & -ray
}

func rising(d [2]int) bool { return d[1] > 0 || (d[1] == 0 && d[0] > 0) }

func highest(b bitboard) bitboard {
	for b.many() {
		b &= b - 1
	}
	return b
}

// slide returns the squares of the rays up to and including the first occupied one.
func slide(rays [4]bitboard, dirs [4][2]int, occ bitboard) bitboard {
	var attacks bitboard
	for i, r := range rays {
		blockers := r & occ
		switch {
		case blockers == 0:
			attacks |= r
		case rising(dirs[i]):
			b := blockers & -blockers
			attacks |= r & (b | (b - 1))
		default:
			b := highest(blockers)
			attacks |= r &^ (b - 1)
		}
	}
	return attacks
}

func (e *slider) index(occ bitboard) uint32 {
	return e.offset + uint32(uint64(occ&e.mask)*e.factor>>(e.shift&63))
}

// rookAttacks returns what a rook on s attacks on a board occupied as occ says.
func rookAttacks(s square, occ bitboard) bitboard {
	return sliderAttacks[rooks[s&63].index(occ)]
}

// bishopAttacks returns what a bishop on s attacks.
func bishopAttacks(s square, occ bitboard) bitboard {
	return sliderAttacks[bishops[s&63].index(occ)]
}
