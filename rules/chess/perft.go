package chess

import "hansu/rules"

// Perft counts the positions after depth half-moves of every kind, playing every
// move to the last ply.
func Perft(p Position, depth int) uint64 { return countTree(p, depth, 0) }

// PerftBulk counts like [Perft], but takes the number of moves at the last ply
// without playing them.
func PerftBulk(p Position, depth int) uint64 { return countTree(p, depth, 1) }

// maxDepth bounds a tree's depth; no machine counts that far, but a position with one
// move at each ply is soon counted.
const maxDepth = 64

// tree is the room in which a count happens, allocated once: a position for each
// ply, and the move lists of all plies one after another.
type tree struct {
	positions [maxDepth + 1]Position // by depth still to go
	bulk      int                    // the depth at which moves are counted, not played
}

// countTree counts the positions depth half-moves deep, at most maxDepth.
func countTree(p Position, depth, bulk int) uint64 {
	if depth <= 0 {
		return 1
	}
	depth = min(depth, maxDepth)
	t := &tree{bulk: bulk}
	t.positions[depth] = p
	return t.count(depth, make([]move, 0, maxMoves*min(depth, 8)))
}

// count counts below the position at depth; its moves go behind those in list.
func (t *tree) count(depth int, list []move) uint64 {
	p := &t.positions[depth]
	if depth == t.bulk {
		return uint64(p.countMoves())
	}
	all := p.moves(list)
	next := &t.positions[depth-1]
	var nodes uint64
	for _, m := range all[len(list):] {
		next.become(p, m)
		if depth == 1 {
			nodes++
			continue
		}
		nodes += t.count(depth-1, all)
	}
	return nodes
}

// Branch is one root move of a [Divide] and the positions below it.
type Branch struct {
	Move  rules.Move
	UCI   string
	Nodes uint64
}

// Divide counts depth half-moves deep (at least 1) for each legal move on its own.
// With bulk the last ply is counted without playing it.
func Divide(p Position, depth int, bulk bool) []Branch {
	count := Perft
	if bulk {
		count = PerftBulk
	}
	var branches []Branch
	for _, m := range p.moves(nil) {
		next := p
		next.apply(m)
		branches = append(branches, Branch{p.public(m), p.uci(m), count(next, depth-1)})
	}
	return branches
}
