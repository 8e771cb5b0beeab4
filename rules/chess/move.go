package chess

// move is a legal or nearly legal move in 20 bits: from where, to where, the piece
// that moves, the piece it promotes to, and whether it castles or takes en passant.
// A castling move's target is the square of its own rook, in orthodox chess too.
type move uint32

const (
	moveCastle  move = 1 << 18
	movePassant move = 1 << 19
)

func newMove(from, to square, p Piece) move {
	return move(from) | move(to)<<6 | move(p)<<12
}

func (m move) promoting(p Piece) move { return m | move(p)<<15 }

func (m move) from() square     { return square(m & 63) }
func (m move) to() square       { return square(m >> 6 & 63) }
func (m move) piece() Piece     { return Piece(m >> 12 & 7) }
func (m move) promotion() Piece { return Piece(m >> 15 & 7) }
func (m move) castles() bool    { return m&moveCastle != 0 }
func (m move) passant() bool    { return m&movePassant != 0 }
