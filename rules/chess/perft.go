package chess

import "hansu/rules"

// Perft counts the positions after depth half-moves of every kind, playing every
// move to the last ply.
func Perft(p Position, depth int) uint64 {
	if depth <= 0 {
		return 1
	}
	return p.perft(depth, 0, make([]move, 0, maxMoves*min(depth, 16)))
}

// PerftBulk counts like [Perft], but takes the number of moves at the last ply
// without playing them.
func PerftBulk(p Position, depth int) uint64 {
	if depth <= 0 {
		return 1
	}
	return p.perft(depth, 1, make([]move, 0, maxMoves*min(depth, 16)))
}

// perft counts the positions depth half-moves deep; from depth bulk down they are
// only counted. The lists of all plies lie one after another in list, from its
// length on.
func (p *Position) perft(depth, bulk int, list []move) uint64 {
	if depth == 0 {
		return 1
	}
	if depth == bulk {
		return uint64(p.countMoves())
	}
	var nodes uint64
	all := p.moves(list)
	for _, m := range all[len(list):] {
		next := *p
		next.apply(m)
		nodes += next.perft(depth-1, bulk, all)
	}
	return nodes
}

// Branch is one root move of a [Divide] and the positions below it.
type Branch struct {
	Move  rules.Move
	UCI   string
	Nodes uint64
}

// Divide counts depth half-moves deep (at least 1) for each legal move on its own. With bulk the
// last ply is counted without playing it.
func Divide(p Position, depth int, bulk bool) []Branch {
	var branches []Branch
	for _, m := range p.moves(nil) {
		next := p
		next.apply(m)
		count := Perft
		if bulk {
			count = PerftBulk
		}
		branches = append(branches, Branch{p.public(m), p.uci(m), count(next, depth-1)})
	}
	return branches
}
