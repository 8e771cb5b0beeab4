package omok

import (
	"fmt"

	"hansu/rules"
)

// Game is a game of omok: a position, what the opening asks for next, and the
// outcome. It is a value without pointers and implements [rules.Game]; == compares two
// games, and games with the same variant and the same moves are equal. Make one with [New].
type Game struct {
	board   Board
	variant rules.Variant
	phase   Phase
	next    rules.Side   // the colour of the next stone
	black   rules.Player // who has black now
	turn    rules.Player
	outcome rules.Outcome
	foul    rules.Problem // what the last stone made that black may not (ForbiddenLoses)
	passed  bool          // the last action was a pass
	last    rules.Point   // the last stone, if there is one
	first   [2]rules.Point
	set     uint16 // stones that lay there before the first move, see NewFrom
	named   uint8  // number of the renju opening in namedOpenings, from 1; 0: none
	wanted  uint8  // fifth moves to be offered
	offered uint8
	offers  [maxOffers]rules.Point
}

var _ rules.Game = Game{}

// New starts a game of the variant. Zero fields mean the default: standard rules,
// 15 points a side, free opening. Freestyle, standard, Korean and caro take 15, 19 and 20 points;
// renju takes 15, and only renju takes RIF, Soosorv8 and Taraguchi10 and ForbiddenLoses. Kind must be
// Omok or zero, Start zero.
func New(v rules.Variant) (Game, error) {
	v, err := normal(v)
	if err != nil {
		return Game{}, err
	}
	g := Game{variant: v, next: rules.Black, black: rules.First, turn: rules.First}
	g.board.size = v.Size
	g.phase = g.firstPhase()
	return g, nil
}

// NewFrom starts a game of the variant on a board that has stones already, as a
// problem or a record with set-up stones does; side next moves. The variant's size, if not zero, must be the board's and its
// opening free. The stones are not judged: a row that is there already has won nothing.
func NewFrom(v rules.Variant, b Board, next rules.Side) (Game, error) {
	if v.Size == 0 {
		v.Size = b.size
	}
	g, err := New(v)
	switch {
	case err != nil:
		return Game{}, err
	case v.Size != b.size:
		return Game{}, fmt.Errorf("omok: the board has %d points a side, the variant %d", b.size, v.Size)
	case v.Opening != rules.FreeOpening:
		return Game{}, fmt.Errorf("omok: a board with stones has no opening %v", v.Opening)
	case next != rules.Black && next != rules.White:
		return Game{}, fmt.Errorf("omok: either black or white moves next")
	}
	g.board, g.next, g.turn = b, next, g.holder(next)
	g.set = b.count
	if b.Full() {
		g.end(rules.BoardFull, rules.NoPlayer)
	}
	return g, nil
}

// normal fills in the defaults and refuses what is not possible.
func normal(v rules.Variant) (rules.Variant, error) {
	if v.Kind == 0 {
		v.Kind = rules.Omok
	}
	if v.Rules == 0 {
		v.Rules = rules.Standard
	}
	if v.Size == 0 {
		v.Size = 15
	}
	switch {
	case v.Kind != rules.Omok:
		return v, fmt.Errorf("omok: kind %d is another game", v.Kind)
	case v.Rules < rules.Freestyle || v.Rules > rules.CaroExact:
		return v, fmt.Errorf("omok: there is no rule set %d", v.Rules)
	case v.Rules == rules.Renju && v.Size != 15:
		return v, fmt.Errorf("omok: renju is played on 15×15, not %d×%d", v.Size, v.Size)
	case v.Size != 15 && v.Size != 19 && v.Size != 20:
		return v, fmt.Errorf("omok: no board of %d×%d; 15, 19 and 20 are possible", v.Size, v.Size)
	case v.Opening > rules.Taraguchi10:
		return v, fmt.Errorf("omok: there is no opening %d", v.Opening)
	case v.Opening >= rules.RIF && v.Rules != rules.Renju:
		return v, fmt.Errorf("omok: opening %d is for renju only", v.Opening)
	case v.Start != 0:
		return v, fmt.Errorf("omok: a start number (%d) is for Chess960 only", v.Start)
	case v.ForbiddenLoses && v.Rules != rules.Renju:
		return v, fmt.Errorf("omok: losing by a forbidden move is for renju only")
	}
	return v, nil
}

// Variant returns what is played, with the defaults filled in.
func (g Game) Variant() rules.Variant { return g.variant }

// Size returns how many points a side of the board has.
func (g Game) Size() int { return g.board.Size() }

// At returns whose stone lies on p, NoSide for an empty point.
func (g Game) At(p rules.Point) rules.Side { return g.board.At(p) }

// Board returns the stones.
func (g Game) Board() Board { return g.board }

// Stones returns how many stones lie on the board.
func (g Game) Stones() int { return g.board.Stones() }

// Last returns the stone laid last, and false if there is none.
func (g Game) Last() (rules.Point, bool) { return g.last, g.board.count > g.set }

// WinningLine appends the points of the row that won the game, from one end to the
// other; nothing if no row did.
func (g Game) WinningLine(dst []rules.Point) []rules.Point {
	if g.outcome.Reason != rules.Five {
		return dst
	}
	return g.board.WinningLine(dst, g.variant.Rules, g.board.At(g.last), g.last)
}

// Turn returns who acts next, and NoPlayer once the board says the game is over.
func (g Game) Turn() rules.Player { return g.turn }

// Next returns the colour of the stone that comes next.
func (g Game) Next() rules.Side { return g.next }

// Side returns the colour p has now. Openings that swap change it.
func (g Game) Side(p rules.Player) rules.Side {
	switch {
	case p == rules.NoPlayer:
		return rules.NoSide
	case p == g.black:
		return rules.Black
	}
	return rules.White
}

// holder returns who has side s now.
func (g *Game) holder(s rules.Side) rules.Player {
	if s == rules.Black {
		return g.black
	}
	return g.black.Other()
}

// Outcome returns what the board says: a row that wins, a full board, two passes.
func (g Game) Outcome() rules.Outcome { return g.outcome }

// Claim returns NoReason: omok has no draw that must be claimed. What can be claimed
// is a win, see [Game.ForbiddenPlayed].
func (g Game) Claim() rules.Reason { return rules.NoReason }

// ForbiddenPlayed reports whether the last stone was on a forbidden point and may be
// claimed now, by the player whose turn it is and until that player acts: the game is
// then won by that player, rules.Outcome{Reason: rules.ForbiddenMove, Winner: g.Turn()}. It is
// only ever true in variants with ForbiddenLoses. Without a claim the stone stands, as in the
// federation's tournaments.
func (g Game) ForbiddenPlayed() bool { return g.foul != rules.NoProblem && !g.outcome.Over() }

// Foul returns what the last stone made that was forbidden: DoubleThree, DoubleFour or
// Overline, and NoProblem if it was none.
func (g Game) Foul() rules.Problem { return g.foul }

// CanWin reports whether player p could still make a winning row by some series of
// legal moves, the opponent helping. It is false only where the stones leave no
// line for it; a doubt counts as yes.
func (g Game) CanWin(p rules.Player) bool {
	s := g.Side(p)
	if s == rules.NoSide {
		return false
	}
	if g.outcome.Over() {
		return g.outcome.Winner == p
	}
	if g.phase != Playing {
		return true // the sides may still swap, and the board is all but empty
	}
	stones := g.Size()*g.Size() - g.board.Stones()
	if g.variant.Rules != rules.Renju && g.variant.Rules != rules.Korean {
		// Nobody passes: the empty points are shared in turn.
		if g.turn == p {
			stones++
		}
		stones /= 2
	}
	return g.board.canFive(g.variant.Rules, s, stones)
}

// Play returns the game after m by the player whose turn it is. On an error, an
// *rules.Illegal, it returns the game unchanged. Fields that m's kind does not need
// must be zero.
func (g Game) Play(m rules.Move) (rules.Game, error) {
	after, err := g.After(m)
	return after, err
}

// After is Play without the interface around it: it allocates nothing unless m is illegal.
func (g Game) After(m rules.Move) (Game, error) {
	if p := g.Check(m); p != rules.NoProblem {
		return g, &rules.Illegal{Problem: p, Move: m}
	}
	g.do(m)
	return g, nil
}

// Check returns why m is not legal now, or NoProblem.
func (g *Game) Check(m rules.Move) rules.Problem {
	if g.outcome.Over() {
		return rules.GameOver
	}
	if m.From != (rules.Point{}) {
		return rules.WrongKind
	}
	switch m.Kind {
	case rules.Play:
		return g.checkStone(m)
	case rules.Pass:
		if m.To != (rules.Point{}) || m.Arg != 0 || !g.mayPass() {
			return rules.WrongKind
		}
		return rules.NoProblem
	case rules.Choose:
		if m.To != (rules.Point{}) || !g.choosable(m.Arg) {
			return rules.WrongKind
		}
		return rules.NoProblem
	case rules.Offer:
		return g.checkOffer(m)
	}
	return rules.WrongKind
}

// checkStone judges a stone on m.To.
func (g *Game) checkStone(m rules.Move) rules.Problem {
	switch {
	case !g.phase.stone() || m.Arg != 0:
		return rules.WrongKind
	case !g.board.Contains(m.To):
		return rules.OffBoard
	case g.board.At(m.To) != rules.NoSide:
		return rules.Occupied
	case !g.inZone(m.To):
		return rules.OpeningPoint
	case g.variant.ForbiddenLoses:
		return rules.NoProblem
	}
	return g.board.Problem(g.variant.Rules, g.next, m.To)
}

// mayPass: in renju a player may pass (RIF rules: a move is a stone or giving it up) once the opening is over; in the
// other rule sets only who has no legal point left must.
func (g *Game) mayPass() bool {
	if g.phase != Playing || g.board.count == 0 {
		return false
	}
	if g.variant.Rules == rules.Renju {
		return true
	}
	return g.variant.Rules == rules.Korean && !g.anyPoint()
}

// anyPoint reports whether the side to move may lay a stone anywhere.
func (g *Game) anyPoint() bool {
	for r := range g.Size() {
		for c := range g.Size() {
			p := rules.Point{Col: uint8(c), Row: uint8(r)}
			if g.board.At(p) == rules.NoSide && g.board.Problem(g.variant.Rules, g.next, p) == rules.NoProblem {
				return true
			}
		}
	}
	return false
}

// do carries out the legal move m.
func (g *Game) do(m rules.Move) {
	switch m.Kind {
	case rules.Play:
		g.lay(m.To)
	case rules.Pass:
		g.pass()
	case rules.Choose:
		g.choose(m.Arg)
	case rules.Offer:
		g.offers[g.offered] = m.To
		g.offered++
		if g.offered == g.wanted {
			g.phase, g.turn = Picking, g.black.Other()
		}
	}
}

// lay puts the next stone on p and hands the turn on.
func (g *Game) lay(p rules.Point) {
	s := g.next
	won := g.board.Wins(g.variant.Rules, s, p)
	g.foul = rules.NoProblem
	if g.variant.ForbiddenLoses && !won {
		g.foul = g.board.Problem(g.variant.Rules, s, p)
	}
	g.board.Put(p, s)
	g.last, g.passed, g.next = p, false, s.Other()
	g.name(p)
	switch {
	case won:
		g.end(rules.Five, g.holder(s))
	case g.board.Full() && g.foul == rules.NoProblem:
		g.end(rules.BoardFull, rules.NoPlayer)
	case g.phase == Playing:
		g.turn = g.holder(g.next)
	default:
		g.afterOpeningStone()
	}
}

// pass hands the turn on without a stone.
func (g *Game) pass() {
	g.foul = rules.NoProblem
	switch {
	case g.board.Full(): // a forbidden stone filled it, and it was not claimed
		g.end(rules.BoardFull, rules.NoPlayer)
	case g.passed:
		g.end(rules.Passes, rules.NoPlayer)
	default:
		g.passed, g.next = true, g.next.Other()
		g.turn = g.holder(g.next)
	}
}

// end ends the game.
func (g *Game) end(r rules.Reason, winner rules.Player) {
	g.outcome = rules.Outcome{Reason: r, Winner: winner}
	g.turn, g.phase = rules.NoPlayer, Playing
}

// Legal appends every legal move to dst: stones by row, then column; a pass last.
func (g Game) Legal(dst []rules.Move) []rules.Move {
	if g.outcome.Over() {
		return dst
	}
	switch {
	case g.phase == Offering:
		return g.legalOffers(dst)
	case !g.phase.stone():
		var args [maxOffers]uint8
		for _, a := range g.args(args[:0]) {
			dst = append(dst, rules.Move{Kind: rules.Choose, Arg: a})
		}
		return dst
	}
	dst = g.legalStones(dst)
	if g.mayPass() {
		dst = append(dst, rules.Move{Kind: rules.Pass})
	}
	return dst
}

// legalStones appends the stones that may be laid now.
func (g *Game) legalStones(dst []rules.Move) []rules.Move {
	var points, refused [MaxSize * MaxSize]rules.Point
	empty := g.board.Empty(points[:0])
	var forbidden []rules.Point
	if !g.variant.ForbiddenLoses {
		forbidden = g.board.Forbidden(refused[:0], g.variant.Rules, g.next)
	}
	for _, p := range empty {
		if len(forbidden) > 0 && forbidden[0] == p { // both lists are in the same order
			forbidden = forbidden[1:]
			continue
		}
		if g.inZone(p) {
			dst = append(dst, rules.Move{To: p})
		}
	}
	return dst
}

// Forbidden appends the empty points that the rules forbid to the side to move: in
// renju to black, by the Korean rule to both; also where such a move may be
// played and loses. Nothing while a choice is to be made, and nothing after the end.
func (g Game) Forbidden(dst []rules.Point) []rules.Point {
	if g.outcome.Over() || !g.phase.stone() {
		return dst
	}
	return g.board.Forbidden(dst, g.variant.Rules, g.next)
}
