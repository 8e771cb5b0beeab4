package chess

// apply plays m, which must be legal, on p itself. It neither allocates nor checks.
func (p *Position) apply(m move) {
	us := p.turn & 1
	them := us ^ 1
	p.turn = them
	p.number += uint16(us)
	p.quiet++
	p.passant = noSquare
	if m.castles() {
		p.castle(us, m)
		return
	}
	from, to := m.from(), m.to()
	fromBit, toBit := from.bit(), to.bit()
	piece := m.piece()
	if p.sides[them]&toBit != 0 {
		p.remove(them, toBit)
	}
	p.pieces[piece] ^= fromBit | toBit
	p.sides[us] ^= fromBit | toBit
	p.rooks &^= fromBit | toBit
	switch piece {
	case Pawn:
		p.pawnMoved(us, m)
	case King:
		p.rooks &^= homeRank(us)
	}
}

// remove takes a captured piece, which is no king, off the board.
func (p *Position) remove(them colour, b bitboard) {
	p.quiet = 0
	p.sides[them&1] ^= b
	p.pieces[Pawn] &^= b
	p.pieces[Knight] &^= b
	p.pieces[Bishop] &^= b
	p.pieces[Rook] &^= b
	p.pieces[Queen] &^= b
}

// pawnMoved does what a pawn's move brings with it.
func (p *Position) pawnMoved(us colour, m move) {
	from, to := m.from(), m.to()
	p.quiet = 0
	switch {
	case m.promotion() != NoPiece:
		p.pieces[Pawn] ^= to.bit()
		p.pieces[m.promotion()] |= to.bit()
	case from^to == 16:
		passed := (from + to) / 2
		if pawnAttacks[us&1][passed&63]&p.pieces[Pawn]&p.sides[us^1] != 0 {
			p.passant = passed
		}
	case m.passant():
		taken := (to ^ 8).bit()
		p.pieces[Pawn] ^= taken
		p.sides[us^1] ^= taken
	}
}

// castle moves king and rook; the move's target is the rook's square.
func (p *Position) castle(us colour, m move) {
	king, rook := m.from(), m.to()
	kingTo, rookTo := castled(king, rook)
	// In Chess960 one of them may stay where it is, or come where the other was.
	p.pieces[King] = p.pieces[King]&^king.bit() | kingTo.bit()
	p.pieces[Rook] = p.pieces[Rook]&^rook.bit() | rookTo.bit()
	p.sides[us&1] &^= king.bit() | rook.bit()
	p.sides[us&1] |= kingTo.bit() | rookTo.bit()
	p.rooks &^= homeRank(us)
}

// castled returns where king and rook stand after castling.
func castled(king, rook square) (kingTo, rookTo square) {
	if rook > king {
		return king&56 | 6, king&56 | 5
	}
	return king&56 | 2, king&56 | 3
}
