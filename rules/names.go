package rules

import "fmt"

// The names below are stable English identifiers for logs, JSON and files. What a
// person reads comes from the catalogue of texts instead.

// String returns the reason's name, such as "checkmate".
func (r Reason) String() string {
	switch r {
	case NoReason:
		return "none"
	case Checkmate:
		return "checkmate"
	case Five:
		return "five"
	case Resignation:
		return "resignation"
	case Flag:
		return "flag"
	case Agreement:
		return "agreement"
	case Threefold:
		return "threefold repetition"
	case Fivefold:
		return "fivefold repetition"
	case FiftyMoves:
		return "fifty moves"
	case SeventyFive:
		return "seventy-five moves"
	case Stalemate:
		return "stalemate"
	case DeadPosition:
		return "dead position"
	case FlagDraw:
		return "flag draw"
	case BoardFull:
		return "board full"
	case Passes:
		return "passes"
	case ForbiddenMove:
		return "forbidden move"
	case Abandoned:
		return "abandoned"
	case AbandonedDraw:
		return "abandoned draw"
	case Aborted:
		return "aborted"
	}
	return unnamed("reason", uint8(r))
}

// String returns the problem's name, such as "double three".
func (p Problem) String() string {
	switch p {
	case NoProblem:
		return "none"
	case OffBoard:
		return "off board"
	case Occupied:
		return "occupied"
	case DoubleThree:
		return "double three"
	case DoubleFour:
		return "double four"
	case Overline:
		return "overline"
	case WrongKind:
		return "wrong kind"
	case OpeningPoint:
		return "opening point"
	case NoPiece:
		return "no piece"
	case CannotMove:
		return "cannot move"
	case LeavesCheck:
		return "leaves check"
	case PromotionPiece:
		return "promotion piece"
	case GameOver:
		return "game over"
	}
	return unnamed("problem", uint8(p))
}

// String returns the kind of move's name: play, pass, choose or offer.
func (k MoveKind) String() string {
	switch k {
	case Play:
		return "play"
	case Pass:
		return "pass"
	case Choose:
		return "choose"
	case Offer:
		return "offer"
	}
	return unnamed("move kind", uint8(k))
}

// String returns the game's name: omok or chess.
func (k Kind) String() string {
	switch k {
	case Omok:
		return "omok"
	case Chess:
		return "chess"
	}
	return unnamed("game", uint8(k))
}

// String returns the rule set's name. 0, the game's default, is "default".
func (r Ruleset) String() string {
	switch r {
	case 0:
		return "default"
	case Freestyle:
		return "freestyle"
	case Standard:
		return "standard"
	case Renju:
		return "renju"
	case Korean:
		return "omok"
	case Caro:
		return "caro"
	case CaroExact:
		return "caro-exact"
	case Orthodox:
		return "orthodox"
	case Chess960:
		return "960"
	}
	return unnamed("ruleset", uint8(r))
}

// String returns the opening's name, such as "swap2".
func (o Opening) String() string {
	switch o {
	case FreeOpening:
		return "free"
	case Centre:
		return "centre"
	case Swap2:
		return "swap2"
	case RIF:
		return "rif"
	case Soosorv8:
		return "soosorv8"
	case Taraguchi10:
		return "taraguchi10"
	}
	return unnamed("opening", uint8(o))
}

// String returns the timing's name, such as "byo-yomi".
func (t Timing) String() string {
	switch t {
	case Untimed:
		return "none"
	case Fischer:
		return "fischer"
	case Delay:
		return "delay"
	case Byoyomi:
		return "byo-yomi"
	case Canadian:
		return "canadian"
	case PerMove:
		return "per move"
	case Correspondence:
		return "correspondence"
	}
	return unnamed("timing", uint8(t))
}

// unnamed stands for a number that this version does not know.
func unnamed(what string, n uint8) string { return fmt.Sprintf("%s(%d)", what, n) }
