package chess

import (
	"fmt"

	"hansu/rules"
)

// Game is a position with as much of its past as the rules need. It is immutable:
// Play returns a new one. It implements [rules.Game].
//
// A Game refers to the one before it only while the position could still be
// repeated, so that what it holds in memory is bounded by the 75-move rule, however long the
// game.
type Game struct {
	pos      Position
	before   *Game // nil at the start and after a capture or a pawn move
	outcome  rules.Outcome
	seen     uint8  // how often this position has occurred, now included
	opened   colour // the side of rules.First
	ruleset  rules.Ruleset
	captured [2][King]uint8 // by the side captured from; by Piece, the first unused
	last     rules.Move
	ply      uint16
}

var _ rules.Game = (*Game)(nil)

// New returns the start of a game of orthodox chess or Chess960. The error says
// which field of v makes no sense for chess.
func New(v rules.Variant) (*Game, error) {
	if err := checkVariant(v); err != nil {
		return nil, err
	}
	if v.Rules != rules.Chess960 {
		return begin(Start(), rules.Orthodox), nil
	}
	number := int(v.Start)
	if number > 959 {
		number = 518
	}
	p, err := Start960(number)
	if err != nil {
		return nil, err
	}
	return begin(p, rules.Chess960), nil
}

// FromFEN returns a game that starts at a position in Forsyth-Edwards Notation.
// First is the player to move there. With rules.Chess960 castling is written as the king taking its
// rook; with rules.Orthodox (or 0) castling rights that orthodox chess cannot have are an error.
func FromFEN(ruleset rules.Ruleset, fen string) (*Game, error) {
	if err := checkVariant(rules.Variant{Kind: rules.Chess, Rules: ruleset}); err != nil {
		return nil, err
	}
	p, err := ParseFEN(fen)
	if err != nil {
		return nil, err
	}
	return FromPosition(ruleset, p)
}

// FromPosition returns a game that starts at p, like [FromFEN].
func FromPosition(ruleset rules.Ruleset, p Position) (*Game, error) {
	switch {
	case p.pieces[King].count() != 2:
		return nil, fmt.Errorf("chess: not a position")
	case ruleset == rules.Chess960:
		p.shuffled = true
	case p.shuffled && !p.orthodoxRights():
		return nil, fmt.Errorf("chess: these castling rights need Chess960")
	default:
		ruleset = rules.Orthodox
		p.shuffled = false
	}
	p.settle()
	return begin(p, ruleset), nil
}

// orthodoxRights reports whether all castling rights are those of kings on e and
// rooks on a and h.
func (p *Position) orthodoxRights() bool {
	for c, side := range p.sides {
		if rights := p.rooks & side; rights != 0 &&
			(rights&^(fileA|fileH) != 0 || p.king(colour(c)).file() != 4) {
			return false
		}
	}
	return true
}

func checkVariant(v rules.Variant) error {
	switch {
	case v.Kind != rules.Chess:
		return fmt.Errorf("chess: variant of kind %d is not chess", v.Kind)
	case v.Rules != 0 && v.Rules != rules.Orthodox && v.Rules != rules.Chess960:
		return fmt.Errorf("chess: rule set %d is not one of chess", v.Rules)
	case v.Size != 0 && v.Size != 8:
		return fmt.Errorf("chess: board of %d squares a side", v.Size)
	case v.Opening != rules.FreeOpening:
		return fmt.Errorf("chess: opening %d is one of omok", v.Opening)
	}
	return nil
}

func begin(p Position, ruleset rules.Ruleset) *Game {
	g := &Game{pos: p, seen: 1, opened: p.turn, ruleset: ruleset}
	g.outcome = g.judge()
	return g
}

// Turn returns who acts next, and NoPlayer once the game is over.
func (g *Game) Turn() rules.Player {
	if g.outcome.Over() {
		return rules.NoPlayer
	}
	return g.player(g.pos.turn)
}

// Side returns the colour of p: First's is the one that moved first.
func (g *Game) Side(p rules.Player) rules.Side {
	switch p {
	case rules.First:
		return g.opened.side()
	case rules.Second:
		return (g.opened ^ 1).side()
	}
	return rules.NoSide
}

func (g *Game) player(c colour) rules.Player {
	if c == g.opened {
		return rules.First
	}
	return rules.Second
}

// Play returns the game after m. The error is a *rules.Illegal. It allocates the
// new Game, 128 bytes, and nothing else.
func (g *Game) Play(m rules.Move) (rules.Game, error) {
	next, err := g.Move(m)
	if err != nil {
		return nil, err
	}
	return next, nil
}

// Move is Play with the type of this package.
func (g *Game) Move(m rules.Move) (*Game, error) {
	if g.outcome.Over() {
		return nil, &rules.Illegal{Problem: rules.GameOver, Move: m}
	}
	found, problem := g.pos.find(m)
	if problem != rules.NoProblem {
		return nil, &rules.Illegal{Problem: problem, Move: m}
	}
	return g.play(found), nil
}

// PlayOn is Move for records of games that went on after the laws had ended them
// in a draw: it asks only whether the move is legal in the position. Repetitions
// are counted anew from there.
func (g *Game) PlayOn(m rules.Move) (*Game, error) {
	found, problem := g.pos.find(m)
	if problem != rules.NoProblem {
		return nil, &rules.Illegal{Problem: problem, Move: m}
	}
	return g.play(found), nil
}

// play returns the game after a legal move.
func (g *Game) play(m move) *Game {
	next := *g
	next.before = g
	next.last = g.pos.public(m)
	next.ply++
	if !m.castles() {
		taken := g.pos.pieceAt(m.to())
		if m.passant() {
			taken = Pawn
		}
		next.captured[g.pos.turn^1][taken%King]++
	}
	next.pos.apply(m)
	next.pos.settle()
	if next.pos.quiet == 0 || g.outcome.Over() {
		next.before = nil
	}
	next.seen = next.occurrences()
	next.outcome = next.judge()
	return &next
}

// occurrences counts how often the position has occurred, as far as it matters.
func (g *Game) occurrences() uint8 {
	past := g.before
	for past != nil && past.before != nil {
		past = past.before // the same side was to move
		if past.pos.same(&g.pos) {
			return min(past.seen, endRepeat) + 1
		}
		past = past.before
	}
	return 1
}

// Legal appends every legal move to dst: none once the game is over.
func (g *Game) Legal(dst []rules.Move) []rules.Move {
	if g.outcome.Over() {
		return dst
	}
	return g.pos.Legal(dst)
}

// Forbidden returns dst: chess forbids no points.
func (g *Game) Forbidden(dst []rules.Point) []rules.Point { return dst }

// Position returns the present position.
func (g *Game) Position() Position { return g.pos }

// FEN returns the present position in Forsyth-Edwards Notation.
func (g *Game) FEN() string { return g.pos.FEN() }

// Ruleset returns rules.Orthodox or rules.Chess960.
func (g *Game) Ruleset() rules.Ruleset { return g.ruleset }

// PieceAt returns the piece on a square and its side: NoPiece and NoSide for an
// empty one or a point off the board.
func (g *Game) PieceAt(pt rules.Point) (Piece, rules.Side) { return g.pos.At(pt) }

// ToMove returns the side that is to move, or would be if the game were not over.
func (g *Game) ToMove() rules.Side { return g.pos.turn.side() }

// Check reports whether the side to move is in check.
func (g *Game) Check() bool { return g.pos.Check() }

// King returns the square of a side's king.
func (g *Game) King(s rules.Side) rules.Point { return g.pos.King(s) }

// Ply returns the number of moves played since the game's start.
func (g *Game) Ply() int { return int(g.ply) }

// Number returns the number of the move to come as it is written in a list of moves.
func (g *Game) Number() int { return g.pos.Number() }

// Repetitions returns how often the present position has occurred, now included.
func (g *Game) Repetitions() int { return int(g.seen) }

// Last returns the move played last, and false at the game's start.
func (g *Game) Last() (rules.Move, bool) { return g.last, g.ply > 0 }

// Captured returns how many pieces of each kind the side s has lost since the
// game's start, by Piece.
func (g *Game) Captured(s rules.Side) [King + 1]int {
	var n [King + 1]int
	for piece, count := range g.captured[colourOf(s)] {
		if Piece(piece) != NoPiece {
			n[piece] = int(count)
		}
	}
	return n
}
