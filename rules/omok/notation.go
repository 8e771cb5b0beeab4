package omok

import (
	"strconv"
	"strings"

	"hansu/rules"
)

// ParseKind says why a text is not a move.
type ParseKind uint8

// The kinds. The numbers are stable.
const (
	Unreadable   ParseKind = 1 // neither a point nor a word of the notation
	OutsideBoard ParseKind = 2 // a point, but not on this board
)

// ParseError is the error of a text that is not a move. A text that is one, but is not
// legal now, gives an *rules.Illegal.
type ParseError struct {
	Kind ParseKind
	Text string // at most the first 40 bytes of it
	Size int    // points a side
}

func (e *ParseError) Error() string {
	if e.Kind == OutsideBoard {
		return "omok: " + strconv.Quote(e.Text) + " is outside the board of " + strconv.Itoa(e.Size) + "×" + strconv.Itoa(e.Size)
	}
	return "omok: " + strconv.Quote(e.Text) + " is no move: a point such as h8, or pass, or an opening's choice"
}

// words are the names of the choices in the notation, by number.
var words = [...]string{TakeBlack: "black", TakeWhite: "white", AddTwo: "more", SwapSides: "swap", KeepSides: "stay", OfferTen: "ten"}

// word returns choice a of the present phase in the notation.
func (g *Game) word(a uint8) string {
	switch {
	case g.phase == Picking && a >= 1 && a <= g.offered:
		return g.offers[a-1].String()
	case g.phase == Declaring || g.phase == Picking:
		return strconv.Itoa(int(a))
	case a >= 1 && int(a) < len(words):
		return words[a]
	}
	return strconv.Itoa(int(a))
}

// Format writes a legal move: a stone as its point, h8; pass; a choice as its word,
// black, white, more, swap, stay, ten; the declared number of fifth moves as a number; an
// offered fifth move and the pick of one as their point. Within a game's moves that
// is unambiguous: Parse reads each in the phase it was made in.
func (g Game) Format(m rules.Move) string {
	switch m.Kind {
	case rules.Pass:
		return "pass"
	case rules.Choose:
		return g.word(m.Arg)
	}
	return m.To.String()
}

// Parse reads what Format writes, in small or capital letters, with blanks around
// it. In Swap2's choices swap is black and stay is white, and where the sides may be swapped
// black and white name the colour wanted. An offered move may be picked
// by its number as well.
//
// The error is a *ParseError for a text that is no move at all, and an *rules.Illegal for a
// move that is not legal now.
func (g Game) Parse(text string) (rules.Move, error) {
	m, err := g.read(text)
	if err != nil {
		return rules.Move{}, err
	}
	if p := g.Check(m); p != rules.NoProblem {
		return rules.Move{}, &rules.Illegal{Problem: p, Move: m}
	}
	return m, nil
}

// read returns the move that text means in the present phase, legal or not.
func (g *Game) read(text string) (rules.Move, error) {
	s := strings.TrimSpace(text)
	if len(s) <= 8 {
		s = strings.ToLower(s)
		if s == "pass" {
			return rules.Move{Kind: rules.Pass}, nil
		}
		for a, w := range words {
			if a > 0 && s == w {
				return rules.Move{Kind: rules.Choose, Arg: g.synonym(uint8(a))}, nil
			}
		}
		if n, err := strconv.ParseUint(s, 10, 8); err == nil && (g.phase == Declaring || g.phase == Picking) {
			return rules.Move{Kind: rules.Choose, Arg: uint8(n)}, nil
		}
		if p, ok := readPoint(s); ok {
			return g.readPlace(s, p)
		}
	}
	return rules.Move{}, &ParseError{Kind: Unreadable, Text: clip(text), Size: g.Size()}
}

// readPoint reads a letter and a number from 1 to 255, wherever on the plane that is.
func readPoint(s string) (rules.Point, bool) {
	if len(s) < 2 || s[0] < 'a' || s[0] > 'z' || s[1] == '0' || s[1] == '+' {
		return rules.Point{}, false
	}
	n, err := strconv.ParseUint(s[1:], 10, 8)
	if err != nil || n == 0 {
		return rules.Point{}, false
	}
	return rules.Point{Col: s[0] - 'a', Row: uint8(n - 1)}, true
}

// readPlace returns what naming point p means in the present phase.
func (g *Game) readPlace(text string, p rules.Point) (rules.Move, error) {
	if !g.board.Contains(p) {
		return rules.Move{}, &ParseError{Kind: OutsideBoard, Text: text, Size: g.Size()}
	}
	switch g.phase {
	case Offering:
		return rules.Move{Kind: rules.Offer, To: p}, nil
	case Picking:
		for i, q := range g.offers[:g.offered] {
			if p == q {
				return rules.Move{Kind: rules.Choose, Arg: uint8(i + 1)}, nil
			}
		}
	}
	return rules.Move{To: p}, nil
}

// synonym translates between the two ways to say which side one wants.
func (g *Game) synonym(a uint8) uint8 {
	switch g.phase {
	case Deciding, Colouring:
		switch a {
		case SwapSides:
			return g.colour(g.Side(g.turn).Other())
		case KeepSides:
			return g.colour(g.Side(g.turn))
		}
	case Swapping, Branching:
		switch {
		case a != TakeBlack && a != TakeWhite:
		case a == g.colour(g.Side(g.turn)):
			return KeepSides
		default:
			return SwapSides
		}
	}
	return a
}

// colour returns the choice that takes side s.
func (g *Game) colour(s rules.Side) uint8 {
	if s == rules.Black {
		return TakeBlack
	}
	return TakeWhite
}

// clip shortens a text that is to be quoted.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40]
	}
	return s
}
