package chess

import "testing"

// walk finds a slider's attacks step by step.
func walk(s square, dirs [4][2]int, occ bitboard) bitboard {
	var a bitboard
	for _, d := range dirs {
		for i := 1; ; i++ {
			b := offset(s, i*d[0], i*d[1])
			a |= b
			if b == 0 || occ&b != 0 {
				break
			}
		}
	}
	return a
}

// TestSliders compares the tables with a walk, for every square and every
// occupation of the squares that matter, and with others at random.
func TestSliders(t *testing.T) {
	rng := newRand(2)
	for s := range square(64) {
		for _, c := range []struct {
			name    string
			e       *slider
			dirs    [4][2]int
			attacks func(square, bitboard) bitboard
		}{{"rook", &rooks[s], straight, rookAttacks}, {"bishop", &bishops[s], diagonal, bishopAttacks}} {
			for occ := bitboard(0); ; {
				noise := bitboard(rng.Uint64()) &^ c.e.mask
				if got, want := c.attacks(s, occ|noise), walk(s, c.dirs, occ|noise); got != want {
					t.Fatalf("%s on %v with %#x: %#x, want %#x", c.name, s, occ|noise, got, want)
				}
				if occ = (occ - c.e.mask) & c.e.mask; occ == 0 {
					break
				}
			}
		}
	}
}

func TestBetween(t *testing.T) {
	for a := range square(64) {
		for b := range square(64) {
			var want bitboard
			for _, dirs := range [][4][2]int{straight, diagonal} {
				if walk(a, dirs, 0).has(b) {
					want = walk(a, dirs, b.bit()) & walk(b, dirs, a.bit())
					// Only the line between the two, not the crossings of other lines.
					want &^= a.bit() | b.bit()
					want = sameLine(a, b, want)
				}
			}
			if between[a][b] != want {
				t.Fatalf("between %v and %v: %#x, want %#x", a, b, between[a][b], want)
			}
		}
	}
}

// sameLine keeps the squares c of set for which a, c, b lie on one line.
func sameLine(a, b square, set bitboard) bitboard {
	var kept bitboard
	for ; set != 0; set &= set - 1 {
		c := set.first()
		df, dr := b.file()-a.file(), b.rank()-a.rank()
		if (c.file()-a.file())*dr == (c.rank()-a.rank())*df {
			kept |= c.bit()
		}
	}
	return kept
}
