package omok

import "hansu/rules"

// Phase says what kind of action the game waits for.
type Phase uint8

// The phases. The numbers are stable.
const (
	Playing   Phase = iota // stones in turn, no opening rule applies any more
	Placing                // the first player lays the opening's three stones, of both colours
	Adding                 // Swap2: the second player adds a white and a black stone
	Stone                  // an opening stone by the player who has its colour
	Swapping               // a player may swap the sides
	Deciding               // Swap2: the second player takes white or black, or adds two stones
	Colouring              // Swap2, after Adding: the first player takes black or white
	Declaring              // Soosorv-8: white says how many fifth moves black offers
	Branching              // Taraguchi-10: black swaps, stays, or offers ten fifth moves
	Offering               // black offers fifth moves
	Picking                // white picks one of the fifth moves offered
)

// stone reports whether the phase waits for a stone.
func (p Phase) stone() bool { return p <= Stone }

// The choices: values of Arg in a Move of kind Choose. In the phase Declaring Arg
// is the number of fifth moves instead, 1 to 8; in Picking it is the number of the offered
// move, from 1. The numbers are stable: they are stored and sent.
const (
	TakeBlack uint8 = 1 // Deciding, Colouring
	TakeWhite uint8 = 2 // Deciding, Colouring
	AddTwo    uint8 = 3 // Deciding: a white and a black stone more, then the other chooses a colour
	SwapSides uint8 = 4 // Swapping, Branching
	KeepSides uint8 = 5 // Swapping, Branching
	OfferTen  uint8 = 6 // Branching: keep the sides and offer ten fifth moves
)

const (
	maxDeclared = 8  // Soosorv-8
	maxOffers   = 10 // Taraguchi-10
)

// Option is one choice that can be made now.
type Option struct {
	Arg   uint8       // for the Move of kind Choose
	Word  string      // what Parse reads and Format writes: black, swap, 3, h7
	Point rules.Point // in Picking: the move offered
}

// OpeningState describes what the opening's protocol asks for now, so that a client can show it.
type OpeningState struct {
	Phase   Phase
	Player  rules.Player  // who acts
	Side    rules.Side    // the colour of the next stone
	Zone    int           // side of the central square in which the next stone must be; 0: anywhere
	Wanted  int           // Offering, Picking: how many fifth moves are offered in all
	Offered []rules.Point // Offering, Picking: those offered so far
	Options []Option      // the choices, in phases that wait for one
}

// Phase returns what kind of action the game waits for.
func (g Game) Phase() Phase { return g.phase }

// Opening describes what the opening's protocol asks for now. The slices are the caller's.
func (g Game) Opening() OpeningState {
	st := OpeningState{Phase: g.phase, Player: g.turn, Side: g.next}
	if g.outcome.Over() {
		return st
	}
	if g.phase.stone() {
		st.Zone = g.zone()
		return st
	}
	if g.phase == Offering || g.phase == Picking {
		st.Wanted = int(g.wanted)
		st.Offered = append(st.Offered, g.offers[:g.offered]...)
	}
	var args [maxOffers]uint8
	for _, a := range g.args(args[:0]) {
		o := Option{Arg: a, Word: g.word(a)}
		if g.phase == Picking {
			o.Point = g.offers[a-1]
		}
		st.Options = append(st.Options, o)
	}
	return st
}

// args appends the choices of the present phase.
func (g *Game) args(dst []uint8) []uint8 {
	switch g.phase {
	case Swapping:
		return append(dst, SwapSides, KeepSides)
	case Deciding:
		return append(dst, TakeBlack, TakeWhite, AddTwo)
	case Colouring:
		return append(dst, TakeBlack, TakeWhite)
	case Branching:
		return append(dst, SwapSides, KeepSides, OfferTen)
	case Declaring:
		for n := uint8(1); n <= maxDeclared; n++ {
			dst = append(dst, n)
		}
	case Picking:
		for n := uint8(1); n <= g.offered; n++ {
			dst = append(dst, n)
		}
	}
	return dst
}

// choosable reports whether a is a choice of the present phase.
func (g *Game) choosable(a uint8) bool {
	var args [maxOffers]uint8
	for _, x := range g.args(args[:0]) {
		if x == a {
			return true
		}
	}
	return false
}

// firstPhase returns the phase an empty board is in.
func (g *Game) firstPhase() Phase {
	switch g.variant.Opening {
	case rules.Swap2, rules.RIF, rules.Soosorv8:
		return Placing
	case rules.Taraguchi10:
		return Stone
	}
	return Playing
}

// zone returns the side of the central square in which the next stone must be, or 0.
func (g *Game) zone() int {
	n := g.board.Stones()
	switch g.variant.Opening {
	case rules.Centre:
		if n == 0 {
			return 1
		}
	case rules.RIF, rules.Soosorv8:
		if n < 3 {
			return 2*n + 1
		}
	case rules.Taraguchi10:
		if n < 5 {
			return 2*n + 1
		}
	}
	return 0
}

// inZone reports whether the opening allows the next stone on p. A board with an even
// number of lines has four points in its centre.
func (g *Game) inZone(p rules.Point) bool {
	z := g.zone()
	if z == 0 {
		return true
	}
	reach := z - 1 + 1 - g.Size()%2
	off := func(x uint8) int { return max(2*int(x)-(g.Size()-1), g.Size()-1-2*int(x)) }
	return off(p.Col) <= reach && off(p.Row) <= reach
}

// afterOpeningStone hands the turn on after a stone that was part of the opening.
func (g *Game) afterOpeningStone() {
	n := g.board.Stones()
	switch g.variant.Opening {
	case rules.Swap2:
		switch n {
		case 3:
			g.wait(Deciding, rules.Second)
		case 5:
			g.wait(Colouring, rules.First)
		}
	case rules.RIF:
		switch n {
		case 3:
			g.wait(Swapping, rules.Second)
		case 4:
			g.offering(2)
		}
	case rules.Soosorv8:
		switch n {
		case 3:
			g.wait(Swapping, rules.Second)
		case 4:
			g.wait(Declaring, g.holder(rules.White))
		case 5: // the one fifth move that was declared
			g.wait(Playing, g.holder(g.next))
		}
	case rules.Taraguchi10:
		if n == 4 {
			g.wait(Branching, g.holder(rules.Black))
			return
		}
		g.wait(Swapping, g.holder(g.next))
	}
}

// wait makes the game wait for p in a phase.
func (g *Game) wait(ph Phase, p rules.Player) { g.phase, g.turn = ph, p }

// offering makes the game wait for n fifth moves to be offered by black.
func (g *Game) offering(n uint8) {
	g.wanted, g.offered = n, 0
	g.wait(Offering, g.holder(rules.Black))
}

// choose carries out a choice of the present phase.
func (g *Game) choose(a uint8) {
	chooser := g.turn
	switch g.phase {
	case Deciding, Colouring:
		if a == AddTwo {
			g.wait(Adding, chooser)
			return
		}
		g.black = chooser
		if a == TakeWhite {
			g.black = chooser.Other()
		}
		g.wait(Playing, g.holder(g.next))
	case Swapping:
		if a == SwapSides {
			g.black = g.black.Other()
		}
		g.afterSwap()
	case Branching:
		if a == OfferTen {
			g.offering(maxOffers)
			return
		}
		if a == SwapSides {
			g.black = g.black.Other()
		}
		g.wait(Stone, g.holder(g.next))
	case Declaring:
		g.wanted = a
		g.wait(Swapping, chooser.Other())
	case Picking:
		p := g.offers[a-1]
		g.phase = Playing
		g.wanted, g.offered, g.offers = 0, 0, [maxOffers]rules.Point{}
		g.lay(p)
	}
}

// afterSwap goes on after a player swapped the sides or kept them.
func (g *Game) afterSwap() {
	n := g.board.Stones()
	switch {
	case n == 5: // Taraguchi-10, after the fifth stone in the 9×9 square
		g.wait(Playing, g.holder(g.next))
	case n == 4 && g.wanted > 1: // Soosorv-8
		g.offering(g.wanted)
	default:
		g.wanted = 0
		g.wait(Stone, g.holder(g.next))
	}
}

// checkOffer judges a fifth move offered on m.To.
func (g *Game) checkOffer(m rules.Move) rules.Problem {
	switch {
	case g.phase != Offering || m.Arg != 0:
		return rules.WrongKind
	case !g.board.Contains(m.To):
		return rules.OffBoard
	case g.board.At(m.To) != rules.NoSide:
		return rules.Occupied
	case g.repeats(m.To):
		return rules.OpeningPoint
	}
	return rules.NoProblem
}

// repeats reports whether a black stone on p gives a position that one of the offered
// moves gives too, turned or mirrored: offers must differ in every respect.
func (g *Game) repeats(p rules.Point) bool {
	with := g.board
	with.Put(p, rules.Black)
	for _, q := range g.offers[:g.offered] {
		other := g.board
		other.Put(q, rules.Black)
		for t := range Symmetries {
			if other.Turn(t) == with {
				return true
			}
		}
	}
	return false
}

// legalOffers appends the fifth moves that may be offered now.
func (g *Game) legalOffers(dst []rules.Move) []rules.Move {
	// The positions that may not come again, in all their turns.
	var taken [maxOffers * Symmetries]Board
	n := 0
	for _, q := range g.offers[:g.offered] {
		other := g.board
		other.Put(q, rules.Black)
		for t := range Symmetries {
			taken[n] = other.Turn(t)
			n++
		}
	}
	var points [MaxSize * MaxSize]rules.Point
next:
	for _, p := range g.board.Empty(points[:0]) {
		with := g.board
		with.Put(p, rules.Black)
		for i := range taken[:n] {
			if taken[i] == with {
				continue next
			}
		}
		dst = append(dst, rules.Move{Kind: rules.Offer, To: p})
	}
	return dst
}
