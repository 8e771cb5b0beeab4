package chess

// enough reports whether c's men, with the help of the other side's, can give
// mate in some arrangement. It looks at material alone:
//
//   - a queen, a rook or a pawn suffices, and so do two knights, a knight and a
//     bishop, or bishops on squares of both colours;
//   - a single knight needs an enemy man that can stand in its own king's way without
//     guarding against the mate: a pawn, a knight, a bishop or a rook, not queens alone;
//   - bishops on squares of one colour need an enemy pawn, knight, or bishop on
//     squares of the other colour, not rooks, queens and bishops of the same colour alone;
//   - a lone king never mates.
func (p *Position) enough(c colour) bool {
	own, opp := p.sides[c&1], p.sides[c&1^1]
	if own&(p.pieces[Pawn]|p.pieces[Rook]|p.pieces[Queen]) != 0 {
		return true
	}
	knights, bishops := p.pieces[Knight]&own, p.pieces[Bishop]&own
	switch {
	case knights.many() || knights != 0 && bishops != 0:
		return true
	case knights != 0:
		return opp&^(p.pieces[King]|p.pieces[Queen]) != 0
	case bishops == 0:
		return false
	case bishops&light != 0 && bishops&^light != 0:
		return true
	}
	other := light
	if bishops&light != 0 {
		other = ^light
	}
	return opp&(p.pieces[Pawn]|p.pieces[Knight]|p.pieces[Bishop]&other) != 0
}
