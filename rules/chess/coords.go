package chess

import "hansu/rules"

// public returns m in coordinates: castling is the king moving two squares, or in
// Chess960 the king taking its own rook.
func (p *Position) public(m move) rules.Move {
	to := m.to()
	if m.castles() && !p.shuffled {
		to, _ = castled(m.from(), m.to())
	}
	return rules.Move{From: m.from().point(), To: to.point(), Arg: uint8(m.promotion())}
}

// uci returns m as the UCI protocol writes it.
func (p *Position) uci(m move) string {
	pub := p.public(m)
	s := pub.From.String() + pub.To.String()
	if m.promotion() != NoPiece {
		s += string(m.promotion().Letter() | 0x20)
	}
	return s
}

// Legal appends every legal move to dst.
func (p *Position) Legal(dst []rules.Move) []rules.Move {
	var buf [maxMoves]move
	for _, m := range p.moves(buf[:0]) {
		dst = append(dst, p.public(m))
	}
	return dst
}

// find returns the legal move that rm means, or what is wrong with it.
func (p *Position) find(rm rules.Move) (move, rules.Problem) {
	if rm.Kind != rules.Play {
		return 0, rules.WrongKind
	}
	from, to := squareOf(rm.From), squareOf(rm.To)
	if from == noSquare || to == noSquare {
		return 0, rules.OffBoard
	}
	if !p.sides[p.turn&1].has(from) {
		return 0, rules.NoPiece
	}
	var buf [maxMoves]move
	legal := p.moves(buf[:0])
	promotes := false
	for _, m := range legal {
		if m.from() != from || m.castles() || m.to() != to {
			continue
		}
		if uint8(m.promotion()) == rm.Arg {
			return m, rules.NoProblem
		}
		promotes = true
	}
	if promotes {
		return 0, rules.PromotionPiece
	}
	for _, m := range legal {
		if m.castles() && m.from() == from && p.meansCastling(m, to) {
			if rm.Arg != 0 {
				return 0, rules.PromotionPiece
			}
			return m, rules.NoProblem
		}
	}
	return 0, p.problem(from, to)
}

// meansCastling reports whether a king's move to the square to, which is no
// ordinary move, stands for the castling move m.
func (p *Position) meansCastling(m move, to square) bool {
	if p.shuffled && to == m.to() {
		return true
	}
	kingTo, _ := castled(m.from(), m.to())
	step := int(kingTo) - int(m.from())
	return to == kingTo && (step > 1 || step < -1)
}

// problem says why the piece on from may not go to to: it does not move like that,
// or its king would be in check.
func (p *Position) problem(from, to square) rules.Problem {
	var v view
	p.look(&v)
	var reach bitboard
	switch p.pieceAt(from) {
	case Pawn:
		reach = pawnAttacks[v.us][from]&v.opp | pawnPushes(from, v.us, v.occ)
		if p.passant < noSquare {
			reach |= pawnAttacks[v.us][from] & p.passant.bit()
		}
	case Knight:
		reach = knightMoves[from]
	case Bishop:
		reach = bishopAttacks(from, v.occ)
	case Rook:
		reach = rookAttacks(from, v.occ)
	case Queen:
		reach = rookAttacks(from, v.occ) | bishopAttacks(from, v.occ)
	case King:
		reach = kingMoves[from]
	}
	if (reach &^ v.own).has(to) || p.castlesIntoCheck(&v, from, to) {
		return rules.LeavesCheck
	}
	return rules.CannotMove
}

// pawnPushes returns where a pawn could advance if checks did not matter.
func pawnPushes(s square, c colour, occ bitboard) bitboard {
	one := forward(s.bit(), c) &^ occ
	rank := rank3
	if c == black {
		rank = rank6
	}
	return one | forward(one&rank, c)&^occ
}

// castlesIntoCheck reports whether from to to is a castling move that only checks
// forbid: out of one, through one or into one.
func (p *Position) castlesIntoCheck(v *view, from, to square) bool {
	if from != v.king {
		return false
	}
	for r := p.rooks & v.own; r != 0; r &= r - 1 {
		m := newMove(from, r.first(), King) | moveCastle
		if !p.meansCastling(m, to) {
			continue
		}
		kingTo, rookTo := castled(from, r.first())
		path := between[from][kingTo] | kingTo.bit() | between[r.first()][rookTo] | rookTo.bit()
		if path&v.occ&^(from.bit()|r&-r) == 0 {
			return true
		}
	}
	return false
}
