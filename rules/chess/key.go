package chess

// Key returns the position's key as the Polyglot book format defines it: equal
// positions have equal keys, different ones nearly always different keys. Counters
// do not enter it. A key is computed when asked for, so that moves need not keep
// one up to date.
func (p *Position) Key() uint64 {
	var key uint64
	for piece := Pawn; piece <= King; piece++ {
		for c, side := range p.sides {
			kind := 2*int(piece-Pawn) + 1 - c
			for b := p.pieces[piece] & side; b != 0; b &= b - 1 {
				key ^= pieceKeys[kind][b.first()&63]
			}
		}
	}
	for c := range p.sides {
		below := p.king(colour(c)).bit() - 1
		rights := p.rooks & p.sides[c]
		if rights&^below != 0 {
			key ^= castleKeys[2*c]
		}
		if rights&below != 0 {
			key ^= castleKeys[2*c+1]
		}
	}
	if p.passant < noSquare {
		key ^= passantKeys[p.passant.file()]
	}
	if p.turn == white {
		key ^= whiteKey
	}
	return key
}
