package chess

import "hansu/rules"

// Format writes a legal move in Standard Algebraic Notation, as of before it is
// played. A move that is not legal is written in coordinates.
func (g *Game) Format(m rules.Move) string { return g.pos.SAN(m) }

// UCI writes a legal move as the UCI protocol does: e2e4, e7e8q, e1g1.
func (g *Game) UCI(m rules.Move) string { return g.pos.UCI(m) }

// LAN writes a legal move in Long Algebraic Notation: Ng1-f3, e4xd5, e7-e8=Q+.
func (g *Game) LAN(m rules.Move) string { return g.pos.LAN(m) }

// SAN writes a legal move of p in Standard Algebraic Notation.
func (p *Position) SAN(rm rules.Move) string {
	m, problem := p.find(rm)
	if problem != rules.NoProblem {
		return plain(rm)
	}
	var buf [maxMoves]move
	return string(p.appendSAN(nil, m, p.moves(buf[:0])))
}

// UCI writes a legal move of p as the UCI protocol does.
func (p *Position) UCI(rm rules.Move) string {
	m, problem := p.find(rm)
	if problem != rules.NoProblem {
		return plain(rm)
	}
	return p.uci(m)
}

// LAN writes a legal move of p in Long Algebraic Notation.
func (p *Position) LAN(rm rules.Move) string {
	m, problem := p.find(rm)
	if problem != rules.NoProblem {
		return plain(rm)
	}
	if m.castles() {
		return string(p.appendCheck(appendCastles(nil, m), m))
	}
	var b []byte
	if m.piece() != Pawn {
		b = append(b, m.piece().Letter())
	}
	b = append(b, m.from().String()...)
	sep := byte('-')
	if p.captures(m) {
		sep = 'x'
	}
	b = append(b, sep)
	b = append(b, m.to().String()...)
	return string(p.appendCheck(appendPromotion(b, m), m))
}

// plain writes the coordinates of a move that is not known to be legal.
func plain(m rules.Move) string {
	s := m.From.String() + m.To.String()
	if piece := Piece(m.Arg); piece >= Knight && piece <= Queen {
		s += string(piece.Letter() | 0x20)
	}
	return s
}

func (p *Position) captures(m move) bool {
	return m.passant() || !m.castles() && p.occupied().has(m.to())
}

func appendCastles(b []byte, m move) []byte {
	if m.to() > m.from() {
		return append(b, "O-O"...)
	}
	return append(b, "O-O-O"...)
}

func appendPromotion(b []byte, m move) []byte {
	if m.promotion() != NoPiece {
		b = append(b, '=', m.promotion().Letter())
	}
	return b
}

// appendSAN appends m, one of the legal moves of p.
func (p *Position) appendSAN(b []byte, m move, legal []move) []byte {
	switch {
	case m.castles():
		b = appendCastles(b, m)
	case m.piece() == Pawn:
		if p.captures(m) {
			b = append(b, 'a'+byte(m.from().file()), 'x')
		}
		b = append(b, m.to().String()...)
		b = appendPromotion(b, m)
	default:
		b = append(b, m.piece().Letter())
		b = appendOrigin(b, m, legal)
		if p.captures(m) {
			b = append(b, 'x')
		}
		b = append(b, m.to().String()...)
	}
	return p.appendCheck(b, m)
}

// appendOrigin appends as much of m's origin as tells it from the other legal moves:
// the file if that does, else the rank, else both.
func appendOrigin(b []byte, m move, legal []move) []byte {
	var rivals, sameFile, sameRank bool
	for _, o := range legal {
		if o.piece() != m.piece() || o.to() != m.to() || o.from() == m.from() || o.castles() {
			continue
		}
		rivals = true
		sameFile = sameFile || o.from().file() == m.from().file()
		sameRank = sameRank || o.from().rank() == m.from().rank()
	}
	if rivals && (!sameFile || sameRank) {
		b = append(b, 'a'+byte(m.from().file()))
	}
	if sameFile {
		b = append(b, '1'+byte(m.from().rank()))
	}
	return b
}

// appendCheck appends + or # if m gives check or mate.
func (p *Position) appendCheck(b []byte, m move) []byte {
	next := *p
	next.apply(m)
	if !next.Check() {
		return b
	}
	if next.countMoves() == 0 {
		return append(b, '#')
	}
	return append(b, '+')
}
