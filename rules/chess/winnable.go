package chess

// Whether a side can still mate is decided by three looks, from cheap to dear. Each
// is sound: when it says no, no series of legal moves mates. Together they are
// exact for material (see enough) and for what walls and forced moves can be shown
// to prevent; in all other positions the answer is yes.
//
// The rules that end a game by themselves after five repetitions or 75 moves are left out of
// account: a series of moves that mates is never asked to be short.

// lookahead bounds how many positions a search for a mate visits.
const lookahead = 1000

// canMate reports whether a series of legal moves in which c mates may exist.
func (p *Position) canMate(c colour) bool {
	return p.enough(c) && !p.walledOff(c) && p.mayReachMate(c)
}

// dead reports whether neither side can mate any more, as far as material and walls
// of pawns show (FIDE 5.2.2). It is asked after every move; only positions in which all pawns
// stand blocked, with no piece left but bishops, are looked at closely.
func (p *Position) dead() bool {
	if !p.enough(white) && !p.enough(black) {
		return true
	}
	if p.pieces[Knight]|p.pieces[Rook]|p.pieces[Queen] != 0 {
		return false
	}
	pawns := p.pieces[Pawn]
	if forward(pawns&p.sides[white], white)&^pawns != 0 || forward(pawns&p.sides[black], black)&^pawns != 0 {
		return false
	}
	for c := white; c <= black; c++ {
		if p.enough(c) && !p.walledOff(c) {
			return false
		}
	}
	return true
}

// mayReachMate searches for a position in which c has mated, through all legal
// moves of both sides. It returns false only if every series of moves has been
// followed to its end or to where c cannot mate; true if a mate was found or the
// search was given up.
func (p *Position) mayReachMate(c colour) bool {
	seen := make(map[Position]struct{}, lookahead)
	open := make([]Position, 0, lookahead)
	visit := func(q Position) {
		q.settle()
		q.quiet, q.number = 0, 0
		if _, again := seen[q]; !again {
			seen[q] = struct{}{}
			open = append(open, q)
		}
	}
	visit(*p)
	var buf [maxMoves]move
	for len(open) > 0 && len(seen) <= lookahead {
		q := open[len(open)-1]
		open = open[:len(open)-1]
		if !q.enough(c) || q.walledOff(c) {
			continue
		}
		moves := q.moves(buf[:0])
		if len(moves) == 0 && q.turn != c && q.Check() {
			return true
		}
		for _, m := range moves {
			next := q
			next.apply(m)
			visit(next)
		}
	}
	return len(open) > 0
}
