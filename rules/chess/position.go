package chess

import "hansu/rules"

// Position is a legal chess position: what is where, whose turn it is, which
// castling rights are left, what can be taken en passant, and the two counters. It
// is a small comparable value (88 bytes), and copying it is how a move is tried. Its zero value is no
// position; it comes from [Start], [Start960], [ParseFEN] or [Setup.Position].
type Position struct {
	pieces [7]bitboard // by Piece; the first is unused
	sides  [2]bitboard // by colour
	// rooks has the rooks that may still castle with their king.
	rooks bitboard
	// quiet counts half-moves since the last capture or pawn move.
	quiet uint16
	// number is that of the move to come, counting from 1, going up after Black's.
	number uint16
	turn   colour
	// passant is the square a pawn has just passed over, if an enemy pawn stands
	// beside it; else noSquare. A Game keeps it only if a legal capture exists.
	passant square
	// shuffled says that castling moves are written as the king taking its rook.
	shuffled bool
}

// Turn returns the side to move.
func (p *Position) Turn() rules.Side { return p.turn.side() }

// Shuffled reports whether castling moves are written the Chess960 way, as the
// king taking its own rook.
func (p *Position) Shuffled() bool { return p.shuffled }

// Quiet returns the number of half-moves since the last capture or pawn move.
func (p *Position) Quiet() int { return int(p.quiet) }

// Number returns the number of the move to come, as it is written in a list of moves.
func (p *Position) Number() int { return int(p.number) }

// At returns the piece on a square and its side: NoPiece and NoSide for an empty
// one or a point off the board.
func (p *Position) At(pt rules.Point) (Piece, rules.Side) {
	s := squareOf(pt)
	piece := p.pieceAt(s)
	switch {
	case piece == NoPiece:
		return NoPiece, rules.NoSide
	case p.sides[white].has(s):
		return piece, rules.White
	}
	return piece, rules.Black
}

// pieceAt returns the piece on s, of whatever side; s may be noSquare.
func (p *Position) pieceAt(s square) Piece {
	if s >= noSquare {
		return NoPiece
	}
	b := s.bit()
	if (p.sides[white]|p.sides[black])&b == 0 {
		return NoPiece
	}
	for i := Pawn; i < King; i++ {
		if p.pieces[i]&b != 0 {
			return i
		}
	}
	return King
}

// King returns the square of a side's king.
func (p *Position) King(s rules.Side) rules.Point {
	return p.king(colourOf(s)).point()
}

func (p *Position) king(c colour) square {
	return (p.pieces[King] & p.sides[c&1]).first()
}

// Check reports whether the side to move is in check.
func (p *Position) Check() bool {
	return p.attackers(p.turn^1, p.king(p.turn), p.occupied()) != 0
}

// MayCastle reports whether s still has the right to castle on its king's side or
// its queen's side, whether or not it could at once.
func (p *Position) MayCastle(s rules.Side) (kingside, queenside bool) {
	c := colourOf(s)
	rights := p.rooks & p.sides[c]
	below := p.king(c).bit() - 1
	return rights&^below != 0, rights&below != 0
}

func (p *Position) occupied() bitboard { return p.sides[white] | p.sides[black] }

// attackers returns the pieces of by that attack s on a board occupied as occ says.
func (p *Position) attackers(by colour, s square, occ bitboard) bitboard {
	by &= 1
	s &= 63
	queens := p.pieces[Queen]
	return p.sides[by] & (pawnAttacks[by^1][s]&p.pieces[Pawn] |
		knightMoves[s]&p.pieces[Knight] |
		kingMoves[s]&p.pieces[King] |
		bishopAttacks(s, occ)&(p.pieces[Bishop]|queens) |
		rookAttacks(s, occ)&(p.pieces[Rook]|queens))
}

// attacked reports whether by attacks s on a board occupied as occ says. The cheap
// looks come first.
func (p *Position) attacked(by colour, s square, occ bitboard) bool {
	by &= 1
	s &= 63
	them := p.sides[by]
	if (pawnAttacks[by^1][s]&p.pieces[Pawn]|knightMoves[s]&p.pieces[Knight]|
		kingMoves[s]&p.pieces[King])&them != 0 {
		return true
	}
	queens := p.pieces[Queen]
	return bishopAttacks(s, occ)&(p.pieces[Bishop]|queens)&them != 0 ||
		rookAttacks(s, occ)&(p.pieces[Rook]|queens)&them != 0
}

// put places a piece on an empty square.
func (p *Position) put(s square, piece Piece, c colour) {
	p.pieces[piece] |= s.bit()
	p.sides[c] |= s.bit()
}

// same reports whether two positions are the same for the counting of
// repetitions (FIDE 9.2.3): same side to move, same pieces on the same squares,
// same castling rights, same captures en passant.
func (p *Position) same(q *Position) bool {
	return p.sides == q.sides && p.pieces == q.pieces && p.rooks == q.rooks &&
		p.turn == q.turn && p.passant == q.passant
}
