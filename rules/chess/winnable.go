package chess

// canMate reports whether a series of legal moves in which c mates may exist.
func (p *Position) canMate(c colour) bool { return p.enough(c) }

// dead reports whether neither side can mate any more, as far as can be proved.
func (p *Position) dead() bool { return !p.canMate(white) && !p.canMate(black) }
