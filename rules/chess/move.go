package chess

// move is a legal or nearly legal move in 21 bits: from where, to where, the piece
// that moves, whether it castles, steps two squares with a pawn or takes en passant, and
// the piece it promotes to. A castling move's target is the square of its own rook, in orthodox chess too.
type move uint32

const (
	moveCastle  move = 1 << 15
	moveDouble  move = 1 << 16 // this and all above: a pawn's moves that do more than step or capture
	movePassant move = 1 << 17
)

func newMove(from, to square, p Piece) move {
	return move(from) | move(to)<<6 | move(p)<<12
}

func (m move) promoting(p Piece) move { return m | move(p)<<18 }

func (m move) from() square     { return square(m & 63) }
func (m move) to() square       { return square(m >> 6 & 63) }
func (m move) piece() Piece     { return Piece(m >> 12 & 7) }
func (m move) promotion() Piece { return Piece(m >> 18 & 7) }
func (m move) castles() bool    { return m&moveCastle != 0 }
func (m move) passant() bool    { return m&movePassant != 0 }
