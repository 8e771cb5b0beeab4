package chess

// maxMoves bounds the legal moves of a position that can arise in a game (218 are
// the most). In a set-up position there may be more: then a list grows, at the
// price of an allocation.
const maxMoves = 256

// view is what every move of a position depends on: who is where, and what checks
// and pins allow.
type view struct {
	us, them       colour
	king           square
	own, opp, occ  bitboard
	checkers       bitboard
	target         bitboard // where pieces other than the king may go
	pinned         bitboard // pieces and squares of all pin lines, the pinning pieces included
	pinHV, pinDiag bitboard // the same by direction
}

// look computes the view of p.
func (p *Position) look(v *view) {
	us := p.turn & 1
	them := us ^ 1
	own, opp := p.sides[us], p.sides[them]
	king := (p.pieces[King] & own).first() & 63
	v.us, v.them, v.king = us, them, king
	v.own, v.opp, v.occ = own, opp, own|opp

	checkers := (pawnAttacks[us][king]&p.pieces[Pawn] | knightMoves[king]&p.pieces[Knight]) & opp
	target := checkers
	var pinHV, pinDiag bitboard
	queens := p.pieces[Queen]
	// A slider that would attack the king through own pieces checks if there is
	// none between, and pins if there is one.
	for s := rookAttacks(king, opp) & (p.pieces[Rook] | queens) & opp; s != 0; s &= s - 1 {
		line := between[king][s.first()&63]
		switch inner := line & own; {
		case inner == 0:
			checkers |= s & -s
			target |= line | s&-s
		case !inner.many():
			pinHV |= line | s&-s
		}
	}
	for s := bishopAttacks(king, opp) & (p.pieces[Bishop] | queens) & opp; s != 0; s &= s - 1 {
		line := between[king][s.first()&63]
		switch inner := line & own; {
		case inner == 0:
			checkers |= s & -s
			target |= line | s&-s
		case !inner.many():
			pinDiag |= line | s&-s
		}
	}
	v.checkers, v.pinHV, v.pinDiag, v.pinned = checkers, pinHV, pinDiag, pinHV|pinDiag
	switch {
	case checkers == 0:
		v.target = ^own
	case checkers.many():
		v.target = 0
	default:
		v.target = target
	}
}

// kingTargets returns where the king may step.
func (p *Position) kingTargets(v *view) bitboard {
	var safe bitboard
	without := v.occ ^ v.king.bit()
	for t := kingMoves[v.king&63] &^ v.own; t != 0; t &= t - 1 {
		if !p.attacked(v.them, t.first(), without) {
			safe |= t & -t
		}
	}
	return safe
}

// lineTargets returns where the rook on s, which no diagonal pins, may go;
// diagonalTargets where the bishop on s, which no rank or file pins, may go.
func (v *view) lineTargets(s square) bitboard {
	t := rookAttacks(s, v.occ) & v.target
	if v.pinHV.has(s) {
		t &= v.pinHV
	}
	return t
}

func (v *view) diagonalTargets(s square) bitboard {
	t := bishopAttacks(s, v.occ) & v.target
	if v.pinDiag.has(s) {
		t &= v.pinDiag
	}
	return t
}

// pawnTargets are the squares that pawns may go to, by the way they get there.
type pawnTargets struct {
	one, two   bitboard
	west, east bitboard // captures towards the a-file and the h-file
}

// forward moves a set of squares one rank ahead as c sees it.
func forward(b bitboard, c colour) bitboard {
	if c == white {
		return b << 8
	}
	return b >> 8
}

// pawns computes the pawns' targets, all but en passant, for all pawns at once.
// A pawn that is pinned may only stay on its line, and no capture or push leads
// from one pin line to another, so that one mask for each direction is exact.
func (p *Position) pawns(v *view, t *pawnTargets) {
	pawns := p.pieces[Pawn] & v.own
	free := pawns &^ v.pinned
	empty := ^v.occ
	rank := rank3
	if v.us == black {
		rank = rank6
	}
	one := (forward(free, v.us) | forward(pawns&v.pinHV, v.us)&v.pinHV) & empty
	t.one = one & v.target
	t.two = forward(one&rank, v.us) & empty & v.target
	goal := v.opp & v.target
	ahead, pinned := forward(free, v.us), forward(pawns&v.pinDiag, v.us)
	t.west = (ahead&^fileA>>1 | pinned&^fileA>>1&v.pinDiag) & goal
	t.east = (ahead&^fileH<<1 | pinned&^fileH<<1&v.pinDiag) & goal
}

// passants returns the pawns that may legally take en passant. Two pawns leave
// their lines at once, so the position afterwards is looked at.
func (p *Position) passants(v *view) bitboard {
	if p.passant >= noSquare {
		return 0
	}
	var ok bitboard
	to := p.passant & 63
	taken := (to ^ 8).bit()
	queens := p.pieces[Queen]
	for s := pawnAttacks[v.them&1][to] & p.pieces[Pawn] & v.own; s != 0; s &= s - 1 {
		occ := v.occ ^ s&-s ^ taken | to.bit()
		if rookAttacks(v.king, occ)&(p.pieces[Rook]|queens)&v.opp != 0 ||
			bishopAttacks(v.king, occ)&(p.pieces[Bishop]|queens)&v.opp != 0 ||
			v.checkers&(p.pieces[Knight]|p.pieces[Pawn])&^taken != 0 {
			continue
		}
		ok |= s & -s
	}
	return ok
}

// castlings returns the rooks with which the king may castle now.
func (p *Position) castlings(v *view) bitboard {
	if v.checkers != 0 {
		return 0
	}
	var ok bitboard
	for r := p.rooks & v.own; r != 0; r &= r - 1 {
		if p.mayCastle(v, r.first()) {
			ok |= r & -r
		}
	}
	return ok
}

// mayCastle reports whether the king, which is not in check, may castle with the
// rook: every square that one of them crosses or comes to is empty but for the
// two, and none that the king crosses or comes to is attacked.
func (p *Position) mayCastle(v *view, rook square) bool {
	king := v.king
	kingTo, rookTo := castled(king, rook)
	walk := between[king&63][kingTo&63] | kingTo.bit()
	path := walk | between[rook&63][rookTo&63] | rookTo.bit()
	others := v.occ &^ (king.bit() | rook.bit())
	if path&others != 0 {
		return false
	}
	// The castled rook shields the king or, in Chess960, no longer does.
	if p.attacked(v.them, kingTo, others|rookTo.bit()) {
		return false
	}
	for w := walk &^ kingTo.bit(); w != 0; w &= w - 1 {
		if p.attacked(v.them, w.first(), others|rook.bit()) {
			return false
		}
	}
	return true
}

// moves appends every legal move of p to dst.
func (p *Position) moves(dst []move) []move {
	var v view
	p.look(&v)
	if v.target != 0 {
		dst = p.pawnMoves(&v, dst)
		dst = p.pieceMoves(&v, dst)
	}
	for t := p.kingTargets(&v); t != 0; t &= t - 1 {
		dst = append(dst, newMove(v.king, t.first(), King))
	}
	if p.rooks&v.own != 0 {
		for r := p.castlings(&v); r != 0; r &= r - 1 {
			dst = append(dst, newMove(v.king, r.first(), King)|moveCastle)
		}
	}
	return dst
}

func (p *Position) pieceMoves(v *view, dst []move) []move {
	for s := p.pieces[Knight] & v.own &^ v.pinned; s != 0; s &= s - 1 {
		from := s.first() & 63
		for t := knightMoves[from] & v.target; t != 0; t &= t - 1 {
			dst = append(dst, newMove(from, t.first(), Knight))
		}
	}
	for s := p.pieces[Bishop] & v.own &^ v.pinHV; s != 0; s &= s - 1 {
		from := s.first()
		for t := v.diagonalTargets(from); t != 0; t &= t - 1 {
			dst = append(dst, newMove(from, t.first(), Bishop))
		}
	}
	for s := p.pieces[Rook] & v.own &^ v.pinDiag; s != 0; s &= s - 1 {
		from := s.first()
		for t := v.lineTargets(from); t != 0; t &= t - 1 {
			dst = append(dst, newMove(from, t.first(), Rook))
		}
	}
	for s := p.pieces[Queen] & v.own; s != 0; s &= s - 1 {
		from := s.first()
		for t := v.queenTargets(from); t != 0; t &= t - 1 {
			dst = append(dst, newMove(from, t.first(), Queen))
		}
	}
	return dst
}

// queenTargets returns where the queen on s may go.
func (v *view) queenTargets(s square) bitboard {
	switch {
	case v.pinHV.has(s):
		return rookAttacks(s, v.occ) & v.target & v.pinHV
	case v.pinDiag.has(s):
		return bishopAttacks(s, v.occ) & v.target & v.pinDiag
	}
	return (rookAttacks(s, v.occ) | bishopAttacks(s, v.occ)) & v.target
}

func (p *Position) pawnMoves(v *view, dst []move) []move {
	var t pawnTargets
	p.pawns(v, &t)
	// Where a pawn came from, as what to add to its target modulo 64.
	back := square(56) // White: one rank down
	if v.us == black {
		back = 8
	}
	dst = appendPawns(dst, t.one, back)
	for b := t.two; b != 0; b &= b - 1 {
		to := b.first()
		dst = append(dst, newMove((to+2*back)&63, to, Pawn)|moveDouble)
	}
	dst = appendPawns(dst, t.west, back+1)
	dst = appendPawns(dst, t.east, back-1)
	for s := p.passants(v); s != 0; s &= s - 1 {
		dst = append(dst, newMove(s.first(), p.passant, Pawn)|movePassant)
	}
	return dst
}

// appendPawns appends the pawn moves to the squares of targets from back beyond
// them; on the last rank all four promotions.
func appendPawns(dst []move, targets bitboard, back square) []move {
	const last = rank1 | rank8
	for b := targets &^ last; b != 0; b &= b - 1 {
		to := b.first()
		dst = append(dst, newMove((to+back)&63, to, Pawn))
	}
	for b := targets & last; b != 0; b &= b - 1 {
		to := b.first()
		m := newMove((to+back)&63, to, Pawn)
		dst = append(dst, m.promoting(Queen), m.promoting(Rook), m.promoting(Bishop), m.promoting(Knight))
	}
	return dst
}

// countMoves returns the number of legal moves without listing them.
func (p *Position) countMoves() int {
	var v view
	p.look(&v)
	n := p.kingTargets(&v).count()
	if v.target == 0 {
		return n
	}
	if p.rooks&v.own != 0 {
		n += p.castlings(&v).count()
	}
	var t pawnTargets
	p.pawns(&v, &t)
	const last = rank1 | rank8
	n += t.one.count() + t.two.count() + t.west.count() + t.east.count()
	if (t.one|t.west|t.east)&last != 0 {
		n += 3 * ((t.one & last).count() + (t.west & last).count() + (t.east & last).count())
	}
	if p.passant != noSquare {
		n += p.passants(&v).count()
	}
	for s := p.pieces[Knight] & v.own &^ v.pinned; s != 0; s &= s - 1 {
		n += (knightMoves[s.first()&63] & v.target).count()
	}
	for s := p.pieces[Bishop] & v.own &^ v.pinHV; s != 0; s &= s - 1 {
		n += v.diagonalTargets(s.first()).count()
	}
	for s := p.pieces[Rook] & v.own &^ v.pinDiag; s != 0; s &= s - 1 {
		n += v.lineTargets(s.first()).count()
	}
	for s := p.pieces[Queen] & v.own; s != 0; s &= s - 1 {
		n += v.queenTargets(s.first()).count()
	}
	return n
}
