package chess

import "hansu/rules"

// The counts of FIDE 9.3 and 9.6, in half-moves and occurrences.
const (
	claimQuiet  = 100
	endQuiet    = 150
	claimRepeat = 3
	endRepeat   = 5
)

// Outcome returns what the board says: the zero value while the game goes on.
func (g *Game) Outcome() rules.Outcome { return g.outcome }

// judge decides whether the game is over. A mate comes before everything else
// (FIDE 9.6.2); of several reasons for a draw, the one the position itself shows
// comes first. A dead position (FIDE 5.2.2) is one in which neither side has the
// material, or pawn walls keep all men apart; lines of play are not searched for it.
func (g *Game) judge() rules.Outcome {
	draw := func(r rules.Reason) rules.Outcome { return rules.Outcome{Reason: r} }
	if g.pos.countMoves() == 0 {
		if g.pos.Check() {
			return rules.Outcome{Reason: rules.Checkmate, Winner: g.player(g.pos.turn ^ 1)}
		}
		return draw(rules.Stalemate)
	}
	switch {
	case g.pos.dead():
		return draw(rules.DeadPosition)
	case g.seen >= endRepeat:
		return draw(rules.Fivefold)
	case g.pos.quiet >= endQuiet:
		return draw(rules.SeventyFive)
	}
	return rules.Outcome{}
}

// Claim returns the draw that the player to move may claim now, or NoReason. A
// claim that announces a move (FIDE 9.2.1, 9.3.1) is the Claim of the game after that move.
func (g *Game) Claim() rules.Reason {
	switch {
	case g.outcome.Over():
		return rules.NoReason
	case g.seen >= claimRepeat:
		return rules.Threefold
	case g.pos.quiet >= claimQuiet:
		return rules.FiftyMoves
	}
	return rules.NoReason
}

// CanWin reports whether any series of legal moves lets p mate: what a fallen flag
// of the opponent is worth (FIDE 6.9). Once the game is over, it reports whether p
// has won. It is false exactly when one of these proves that p cannot mate:
//
//   - material: a lone king; a king and knight against nothing but queens; a king
//     and bishops on squares of one colour against nothing but queens, rooks and
//     bishops on squares of that colour;
//   - walls: blocked pawns keep the men apart, so that no square the opposing king
//     may ever reach can be attacked with all its flights closed;
//   - moves: every line of play, up to a thousand positions, ends in a stalemate, in
//     the other side's mate, or in one of the above.
//
// In all other positions it is true.
func (g *Game) CanWin(p rules.Player) bool {
	if p != rules.First && p != rules.Second {
		return false
	}
	if g.outcome.Over() {
		return g.outcome.Winner == p
	}
	c := g.opened
	if p == rules.Second {
		c ^= 1
	}
	return g.pos.canMate(c)
}
