package chess

// Piece is a kind of piece, whatever its side.
type Piece uint8

// The pieces. The numbers are stable: those of the promotion pieces are sent as a
// move's Arg.
const (
	NoPiece Piece = iota
	Pawn
	Knight
	Bishop
	Rook
	Queen
	King
)

const pieceLetters = " PNBRQK"

// Letter returns the piece's letter in English notation, P for a pawn, and a
// space for NoPiece.
func (p Piece) Letter() byte {
	if p > King {
		return ' '
	}
	return pieceLetters[p]
}

func (p Piece) String() string {
	switch p {
	case Pawn:
		return "pawn"
	case Knight:
		return "knight"
	case Bishop:
		return "bishop"
	case Rook:
		return "rook"
	case Queen:
		return "queen"
	case King:
		return "king"
	}
	return "no piece"
}

// pieceOf returns the piece of an English letter in either case, or NoPiece.
func pieceOf(letter byte) Piece {
	switch letter | 0x20 {
	case 'p':
		return Pawn
	case 'n':
		return Knight
	case 'b':
		return Bishop
	case 'r':
		return Rook
	case 'q':
		return Queen
	case 'k':
		return King
	}
	return NoPiece
}
