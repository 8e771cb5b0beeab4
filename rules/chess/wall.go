package chess

// man is one of the men on the board in the proof that a wall holds.
type man struct {
	piece  Piece
	colour colour
	home   square   // where it stands now
	reach  bitboard // where it may ever stand, home included
	taken  bool     // it may ever be captured
}

// fixed reports whether the man stands where it does for ever. Kings never count:
// they must not shield each other's squares.
func (m *man) fixed() bool {
	return m.piece != King && !m.taken && m.reach == m.home.bit()
}

// wall computes what every man may ever reach, too much rather than too little:
// men move as if nobody were in the way but the fixed men, checks and pins do not
// matter, and the other side helps. Only three things are held against a move: a
// fixed man of one's own on the target, a fixed man on the way, and for a king, a
// square that a fixed pawn or knight of the other side guards.
//
// It starts with all men fixed and lets them loose as moves appear, until nothing
// changes. A game's first move that left what was computed would have to be one
// that the last round has missed; so there is none, and what is not reached here
// is never reached in a game.
type wall struct {
	men     [32]man
	n       int
	solid   [2]bitboard // squares of the fixed men
	guarded [2]bitboard // squares that fixed pawns and knights of a side guard
	anyOf   [2]bitboard // where a side's men but the king may ever stand
}

// walledOff reports whether it is proved that c can never mate because the men
// cannot get at each other. It does not look at positions in which somebody may castle or
// take en passant, and gives up as soon as a pawn may promote.
func (p *Position) walledOff(c colour) bool {
	if p.rooks != 0 || p.passant != noSquare || p.pieces[Pawn] == 0 {
		return false
	}
	var w wall
	for b := p.occupied(); b != 0; b &= b - 1 {
		if w.n == len(w.men) {
			return false
		}
		s := b.first()
		side := white
		if p.sides[black].has(s) {
			side = black
		}
		w.men[w.n] = man{piece: p.pieceAt(s), colour: side, home: s, reach: s.bit()}
		w.n++
	}
	for changed := true; changed; {
		w.survey()
		changed = false
		for i := range w.men[:w.n] {
			if w.loosen(&w.men[i]) {
				changed = true
			}
		}
		if w.promotes() {
			return false
		}
	}
	return !w.mateFits(c)
}

// survey brings the summaries up to date with the men.
func (w *wall) survey() {
	w.solid, w.guarded, w.anyOf = [2]bitboard{}, [2]bitboard{}, [2]bitboard{}
	for i := range w.men[:w.n] {
		m := &w.men[i]
		if m.piece != King {
			w.anyOf[m.colour] |= m.reach
		}
		if !m.fixed() {
			continue
		}
		w.solid[m.colour] |= m.home.bit()
		switch m.piece {
		case Pawn:
			w.guarded[m.colour] |= pawnAttacks[m.colour][m.home]
		case Knight:
			w.guarded[m.colour] |= knightMoves[m.home]
		}
	}
}

// loosen adds the moves that m may make from where it may stand, and reports
// whether anything is new.
func (w *wall) loosen(m *man) bool {
	us, them := m.colour, m.colour^1
	targets := w.attacks(m)
	changed := false
	switch m.piece {
	case King:
		targets &^= w.guarded[them]
	case Pawn:
		targets &= w.anyOf[them]
	}
	// Whoever may stand on a square that m attacks may be captured there.
	for i := range w.men[:w.n] {
		o := &w.men[i]
		if o.colour == them && o.piece != King && !o.taken && o.reach&targets != 0 {
			o.taken = true
			changed = true
		}
	}
	if m.piece == Pawn {
		solid := w.solid[white] | w.solid[black]
		one := forward(m.reach, us) &^ solid
		rank := rank3
		if us == black {
			rank = rank6
		}
		targets |= one | forward(one&rank, us)&^solid
	}
	targets &^= w.solid[us]
	if targets&^m.reach != 0 {
		m.reach |= targets
		changed = true
	}
	return changed
}

// attacks returns the squares that m attacks from wherever it may stand, with only
// the fixed men in the way.
func (w *wall) attacks(m *man) bitboard {
	solid := w.solid[white] | w.solid[black]
	var a bitboard
	for b := m.reach; b != 0; b &= b - 1 {
		s := b.first() & 63
		switch m.piece {
		case Pawn:
			a |= pawnAttacks[m.colour&1][s]
		case Knight:
			a |= knightMoves[s]
		case Bishop:
			a |= bishopAttacks(s, solid)
		case Rook:
			a |= rookAttacks(s, solid)
		case Queen:
			a |= rookAttacks(s, solid) | bishopAttacks(s, solid)
		case King:
			a |= kingMoves[s]
		}
	}
	return a
}

// promotes reports whether a pawn may reach its last rank.
func (w *wall) promotes() bool {
	for i := range w.men[:w.n] {
		if w.men[i].piece == Pawn && w.men[i].reach&(rank1|rank8) != 0 {
			return true
		}
	}
	return false
}

// mateFits reports whether there is a square that the enemy king may stand on, that a man of c
// may attack, and around which every square may be attacked by c or taken by a
// man of the king's own: what any mate needs.
func (w *wall) mateFits(c colour) bool {
	w.survey()
	var checks, guards, king bitboard
	for i := range w.men[:w.n] {
		m := &w.men[i]
		switch {
		case m.colour != c && m.piece == King:
			king = m.reach
		case m.colour == c:
			a := w.attacks(m)
			guards |= a
			if m.piece != King {
				checks |= a
			}
		}
	}
	closed := guards | w.anyOf[c^1]
	for b := king & checks; b != 0; b &= b - 1 {
		if kingMoves[b.first()&63]&^closed == 0 {
			return true
		}
	}
	return false
}
