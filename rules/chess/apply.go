package chess

// apply plays m, which must be legal, on p itself. It neither allocates nor checks.
func (p *Position) apply(m move) {
	before := *p
	p.become(&before, m)
}

// become makes p, whose content does not matter, the position after m, which must be
// legal, in before. Everything that most moves do is written once and without a
// branch: what differs from move to move cannot be predicted, and a wrong guess costs more than the work.
func (p *Position) become(before *Position, m move) {
	us := before.turn & 1
	them := us ^ 1
	if m&moveCastle != 0 {
		*p = *before
		p.pass(us)
		p.castle(us, m)
		return
	}
	piece := m.piece() & 7
	from, to := m.from().bit(), m.to().bit()
	both, stay := from|to, ^to
	p.pieces[Pawn] = before.pieces[Pawn] & stay
	p.pieces[Knight] = before.pieces[Knight] & stay
	p.pieces[Bishop] = before.pieces[Bishop] & stay
	p.pieces[Rook] = before.pieces[Rook] & stay
	p.pieces[Queen] = before.pieces[Queen] & stay
	p.pieces[King] = before.pieces[King]
	p.pieces[piece] = before.pieces[piece]&stay ^ both
	p.sides[us] = before.sides[us] ^ both
	p.sides[them] = before.sides[them] & stay
	p.rooks = before.rooks &^ (both | kingRights[us][piece])
	p.quiet = (before.quiet + 1) & lasting(before.sides[them]&to, piece)
	p.number = before.number + uint16(us)
	p.turn, p.passant, p.shuffled = them, noSquare, before.shuffled
	if m >= moveDouble { // also en passant and promotions
		p.pawnMoved(us, m)
	}
}

// kingRights has the squares of the castling rights that a piece's move gives up
// wherever it moves: all of its side's if it is the king.
var kingRights = [2][8]bitboard{{King: rank1}, {King: rank8}}

// lasting returns a mask for the counter of quiet half-moves: none of it lasts when a piece was
// captured or a pawn moved.
func lasting(captured bitboard, piece Piece) uint16 {
	one := uint64(captured) | (uint64(piece^Pawn)-1)>>63
	return uint16((one|-one)>>63) - 1
}

// pass hands the turn on after a move that neither captures nor moves a pawn.
func (p *Position) pass(us colour) {
	p.turn = us ^ 1
	p.number += uint16(us)
	p.quiet++
	p.passant = noSquare
}

// pawnMoved does what a pawn's promotion, double step or capture en passant brings
// with it beyond the step itself.
func (p *Position) pawnMoved(us colour, m move) {
	from, to := m.from(), m.to()
	switch {
	case m.promotion() != NoPiece:
		p.pieces[Pawn] ^= to.bit()
		p.pieces[m.promotion()] |= to.bit()
	case m&moveDouble != 0:
		passed := (from + to) / 2
		if pawnAttacks[us&1][passed&63]&p.pieces[Pawn]&p.sides[us^1] != 0 {
			p.passant = passed
		}
	default:
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
