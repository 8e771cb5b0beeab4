package chess

import (
	"errors"
	"fmt"

	"hansu/rules"
)

// Man is what stands on a square; the zero value is nothing.
type Man struct {
	Piece Piece
	Side  rules.Side
}

// Setup is any arrangement of pieces, possible or not. [Setup.Position] makes a
// position of it if it obeys the laws.
type Setup struct {
	Board [64]Man    // a1, b1 … h8
	Turn  rules.Side // who is to move
	// Rooks are the squares of the rooks that may still castle.
	Rooks []rules.Point
	// Passant is the square a pawn has just passed over; the zero value, a1, is none.
	Passant rules.Point
	Quiet   int // half-moves since the last capture or pawn move
	Number  int // of the move to come, from 1
	// Shuffled asks for castling in the Chess960 way also where the pieces stand
	// as in orthodox chess.
	Shuffled bool
}

// The largest counters accepted. No game needs more: it is drawn after 75 moves
// each, and no game has 6,000 moves.
const (
	maxQuiet  = 150
	maxNumber = 9999
)

// Start returns the start of orthodox chess.
func Start() Position {
	p, _ := Start960(518)
	p.shuffled = false
	return p
}

// Start960 returns the start position with the given number, 0 to 959, in the
// usual numbering, in which 518 is the orthodox one.
func Start960(number int) (Position, error) {
	if number < 0 || number > 959 {
		return Position{}, fmt.Errorf("chess: Chess960 start %d: not within 0 to 959", number)
	}
	p := Position{turn: white, passant: noSquare, number: 1, shuffled: true}
	for file, piece := range backRank(number) {
		p.put(at(file, 0), piece, white)
		p.put(at(file, 7), piece, black)
	}
	for file := range 8 {
		p.put(at(file, 1), Pawn, white)
		p.put(at(file, 6), Pawn, black)
	}
	p.rooks = p.pieces[Rook]
	return p, nil
}

// knightPairs has the places of the knights among the five files that bishops
// and queen leave free.
var knightPairs = [10][2]int{{0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 2}, {1, 3}, {1, 4}, {2, 3}, {2, 4}, {3, 4}}

// backRank returns the pieces of a Chess960 start from the a-file on, by Reinhard
// Scharnagl's numbering.
func backRank(n int) [8]Piece {
	var rank [8]Piece
	free := func(i int) int { // the file of the i-th free square
		for f, piece := range rank {
			if piece != NoPiece {
				continue
			}
			if i == 0 {
				return f
			}
			i--
		}
		return -1
	}
	rank[n%4*2+1] = Bishop
	n /= 4
	rank[n%4*2] = Bishop
	n /= 4
	rank[free(n%6)] = Queen
	pair := knightPairs[n/6]
	first, second := free(pair[0]), free(pair[1])
	rank[first], rank[second] = Knight, Knight
	rank[free(0)] = Rook
	rank[free(0)] = King
	rank[free(0)] = Rook
	return rank
}

// Position checks s against the laws. It refuses what the rules could not go on
// from: kings missing or doubled, pawns on the last ranks, the side that has moved
// in check, castling rights without king and rook in place, a passed square that no
// pawn has passed. How the men came to be there, and whether so many could, it
// does not ask.
func (s *Setup) Position() (Position, error) {
	p := Position{passant: noSquare, turn: colourOf(s.Turn), shuffled: s.Shuffled}
	if s.Turn != rules.White && s.Turn != rules.Black {
		return Position{}, errors.New("chess: no side to move")
	}
	if s.Quiet < 0 || s.Quiet > maxQuiet {
		return Position{}, fmt.Errorf("chess: half-move clock %d: not within 0 to %d", s.Quiet, maxQuiet)
	}
	if s.Number < 1 || s.Number > maxNumber {
		return Position{}, fmt.Errorf("chess: move number %d: not within 1 to %d", s.Number, maxNumber)
	}
	p.quiet, p.number = uint16(s.Quiet), uint16(s.Number)
	for i, man := range s.Board {
		if man.Piece == NoPiece {
			continue
		}
		if man.Piece > King || man.Side != rules.White && man.Side != rules.Black {
			return Position{}, fmt.Errorf("chess: unknown piece on %v", square(i))
		}
		p.put(square(i), man.Piece, colourOf(man.Side))
	}
	for _, check := range []func(*Setup) error{p.checkMen, p.takeRooks, p.takePassant} {
		if err := check(s); err != nil {
			return Position{}, err
		}
	}
	return p, nil
}

func (p *Position) checkMen(*Setup) error {
	for _, c := range [2]colour{white, black} {
		if n := (p.pieces[King] & p.sides[c]).count(); n != 1 {
			return fmt.Errorf("chess: %v has %d kings", c.side(), n)
		}
	}
	if b := p.pieces[Pawn] & (rank1 | rank8); b != 0 {
		return fmt.Errorf("chess: pawn on %v", b.first())
	}
	if p.attacked(p.turn, p.king(p.turn^1), p.occupied()) {
		return fmt.Errorf("chess: %v is in check, but %v is to move", (p.turn ^ 1).side(), p.turn.side())
	}
	return nil
}

// takeRooks sets the castling rights. Rights that orthodox chess cannot have make
// the position one of Chess960.
func (p *Position) takeRooks(s *Setup) error {
	if len(s.Rooks) > 4 {
		return errors.New("chess: more than four rooks may castle")
	}
	for _, pt := range s.Rooks {
		r := squareOf(pt)
		c := white
		if pt.Row == 7 {
			c = black
		}
		if r == noSquare || !(p.pieces[Rook] & p.sides[c] & homeRank(c)).has(r) {
			return fmt.Errorf("chess: right to castle with %v, where no rook is at home", pt)
		}
		king := p.king(c)
		if !homeRank(c).has(king) {
			return fmt.Errorf("chess: %v may castle, but its king is on %v", c.side(), king)
		}
		if king.file() != 4 || r.file() != 0 && r.file() != 7 {
			p.shuffled = true
		}
		p.rooks |= r.bit()
		below := king.bit() - 1
		if own := p.rooks & p.sides[c]; (own & below).many() || (own &^ below).many() {
			return fmt.Errorf("chess: two rooks on one side of %v's king may castle", c.side())
		}
	}
	return nil
}

// takePassant sets the square just passed over if a pawn of the side to move
// stands ready to take there.
func (p *Position) takePassant(s *Setup) error {
	if s.Passant == (rules.Point{}) {
		return nil
	}
	sq := squareOf(s.Passant)
	row, us := 5, p.turn
	if us == black {
		row = 2
	}
	bad := fmt.Errorf("chess: no pawn can have passed over %v", s.Passant)
	if sq == noSquare || sq.rank() != row {
		return bad
	}
	behind := forward(sq.bit(), us) // where the pawn came from
	ahead := forward(sq.bit(), us^1)
	if p.occupied()&(sq.bit()|behind) != 0 || ahead&p.pieces[Pawn]&p.sides[us^1] == 0 {
		return bad
	}
	if pawnAttacks[us^1][sq]&p.pieces[Pawn]&p.sides[us] != 0 {
		p.passant = sq
	}
	return nil
}

// settle forgets a passed square on which no legal capture is possible, as the
// counting of repetitions and FEN want it.
func (p *Position) settle() {
	if p.passant == noSquare {
		return
	}
	var v view
	p.look(&v)
	if p.passants(&v) == 0 {
		p.passant = noSquare
	}
}
