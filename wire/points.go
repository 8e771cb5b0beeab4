package wire

// Has reports whether the set has the point. Points outside the largest board are in no set.
func (b *Bits) Has(col, row uint8) bool {
	if col >= BoardSide || row >= BoardSide {
		return false
	}
	n := int(row)*BoardSide + int(col)
	return b[n/8]>>(n%8)&1 != 0
}

// Add puts the point into the set. Points outside the largest board are left out.
func (b *Bits) Add(col, row uint8) {
	if col >= BoardSide || row >= BoardSide {
		return
	}
	n := int(row)*BoardSide + int(col)
	b[n/8] |= 1 << (n % 8)
}
