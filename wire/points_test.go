package wire

import "testing"

// TestBits adds every point alone: the set has it, nothing else, in the bit that the document names.
func TestBits(t *testing.T) {
	for row := range uint8(BoardSide + 2) {
		for col := range uint8(BoardSide + 2) {
			var b, want Bits
			b.Add(col, row)
			inside := col < BoardSide && row < BoardSide
			if inside {
				n := 20*int(row) + int(col)
				want[n/8] = 1 << (n % 8)
			}
			if b != want {
				t.Fatalf("(%d, %d) gives %x, want %x", col, row, b, want)
			}
			for r := range uint8(BoardSide + 2) {
				for c := range uint8(BoardSide + 2) {
					if got := b.Has(c, r); got != (inside && c == col && r == row) {
						t.Fatalf("the set of (%d, %d): Has(%d, %d) is %v", col, row, c, r, got)
					}
				}
			}
		}
	}
}
