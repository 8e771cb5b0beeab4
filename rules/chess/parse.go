package chess

import (
	"fmt"
	"strings"

	"hansu/rules"
)

// ParseKind says why a text is no move.
type ParseKind uint8

// The kinds.
const (
	Unreadable  ParseKind = iota + 1 // no notation of a move
	NoSuchMove                       // read, but not legal: see Problem
	Ambiguous                        // several legal moves: see Candidates
	NotPromoted                      // a pawn reaches the last rank, and the piece is missing or wrong: see Candidates
	Ended                            // the game is over
)

// ParseError is the error of a text that is no legal move.
type ParseError struct {
	Kind       ParseKind
	Text       string        // what was read, at most 16 bytes of it
	Problem    rules.Problem // of NoSuchMove
	Piece      Piece         // of NoSuchMove: what was to move
	Candidates []string      // of Ambiguous and NotPromoted: the moves that could be meant, in SAN
}

func (e *ParseError) Error() string {
	switch e.Kind {
	case Ended:
		return "the game is over"
	case Ambiguous:
		return fmt.Sprintf("%q could be %s", e.Text, strings.Join(e.Candidates, " or "))
	case NotPromoted:
		return fmt.Sprintf("%q: say what the pawn becomes: %s", e.Text, strings.Join(e.Candidates, ", "))
	case NoSuchMove:
		return fmt.Sprintf("%q is not legal: %s", e.Text, e.why())
	}
	return fmt.Sprintf("%q is no move: write e4, Nf3, O-O, e8=Q, or squares as in e2e4", e.Text)
}

func (e *ParseError) why() string {
	switch e.Problem {
	case rules.LeavesCheck:
		return "the king would be in check"
	case rules.NoPiece:
		return "there is no piece of one's own on that square"
	}
	return fmt.Sprintf("no %v can move like that", e.Piece)
}

// written is what a notation says of a move; what it leaves open is -1 or NoPiece.
type written struct {
	piece              Piece
	fromFile, fromRank int
	to                 square
	promotion          Piece
	wing               int // castling: +1 king's side, -1 queen's side
}

// Parse reads a move as a person types it: SAN with or without its x, =, + and #,
// LAN, or coordinates as in UCI. The error is a *ParseError; the move is legal.
func (g *Game) Parse(s string) (rules.Move, error) {
	if g.outcome.Over() {
		return rules.Move{}, &ParseError{Kind: Ended, Text: clip(s)}
	}
	return g.pos.Parse(s)
}

// Parse reads a legal move of p, like [Game.Parse].
func (p *Position) Parse(s string) (rules.Move, error) {
	var buf [maxMoves]move
	legal := p.moves(buf[:0])
	m, err := p.parse(s, legal)
	if err != nil {
		return rules.Move{}, err
	}
	return p.public(m), nil
}

// clip shortens a text for an error.
func clip(s string) string {
	if len(s) > 16 {
		return strings.ToValidUTF8(s[:16], "") + "…"
	}
	return s
}

func (p *Position) parse(s string, legal []move) (move, error) {
	w, ok := read(s)
	if !ok {
		return 0, &ParseError{Kind: Unreadable, Text: clip(s)}
	}
	if m, ok := p.castlingInCoordinates(w, legal); ok {
		return m, nil
	}
	matches := p.matching(w, legal, nil)
	// A small b is a file, but people also write bc4 for the bishop's move.
	if len(matches) == 0 && w.piece == Pawn && w.fromFile == 1 && w.fromRank < 0 && strings.HasPrefix(strings.TrimSpace(s), "b") {
		bishop := w
		bishop.piece, bishop.fromFile = Bishop, -1
		matches = p.matching(bishop, legal, nil)
	}
	switch len(matches) {
	case 1:
		return matches[0], nil
	case 0:
		return 0, p.refuse(s, w, legal)
	}
	e := &ParseError{Kind: Ambiguous, Text: clip(s)}
	if w.promotion == NoPiece && matches[0].promotion() != NoPiece {
		e.Kind = NotPromoted
	}
	e.Candidates = p.sans(matches, legal)
	return 0, e
}

func (p *Position) sans(moves, legal []move) []string {
	var texts []string
	for _, m := range moves {
		texts = append(texts, string(p.appendSAN(nil, m, legal)))
	}
	return texts
}

// matching appends the legal moves that w can mean.
func (p *Position) matching(w written, legal, dst []move) []move {
	for _, m := range legal {
		switch {
		case w.wing != 0 || m.castles():
			if m.castles() && (w.wing > 0) == (m.to() > m.from()) && w.wing != 0 {
				dst = append(dst, m)
			}
			continue
		case m.to() != w.to,
			w.piece != NoPiece && m.piece() != w.piece,
			w.fromFile >= 0 && m.from().file() != w.fromFile,
			w.fromRank >= 0 && m.from().rank() != w.fromRank,
			w.promotion != NoPiece && m.promotion() != w.promotion,
			// Without its file, a pawn's move is no capture: d6 is not exd6 en passant.
			w.piece == Pawn && w.fromFile < 0 && m.from().file() != w.to.file():
			continue
		}
		dst = append(dst, m)
	}
	return dst
}

// castlingInCoordinates finds the castling move meant by a king's move in
// coordinates, if no ordinary move is.
func (p *Position) castlingInCoordinates(w written, legal []move) (move, bool) {
	if w.wing != 0 || w.fromFile < 0 || w.fromRank < 0 || w.promotion != NoPiece {
		return 0, false
	}
	from := at(w.fromFile, w.fromRank)
	if from != p.king(p.turn) || w.piece != NoPiece && w.piece != King {
		return 0, false
	}
	for _, m := range legal {
		if m.from() == from && !m.castles() && m.to() == w.to {
			return 0, false
		}
	}
	for _, m := range legal {
		if m.castles() && p.meansCastling(m, w.to) {
			return m, true
		}
	}
	return 0, false
}

// refuse says why no legal move is meant by w.
func (p *Position) refuse(s string, w written, legal []move) error {
	open := w
	open.promotion = NoPiece
	if others := p.matching(open, legal, nil); w.promotion != NoPiece && len(others) > 0 && others[0].promotion() != NoPiece {
		return &ParseError{Kind: NotPromoted, Text: clip(s), Candidates: p.sans(others, legal)}
	}
	e := &ParseError{Kind: NoSuchMove, Text: clip(s), Problem: rules.CannotMove, Piece: w.piece}
	if w.wing != 0 {
		e.Piece = King
		e.Problem = p.castlingProblem(w.wing)
		return e
	}
	if w.fromFile >= 0 && w.fromRank >= 0 {
		from := at(w.fromFile, w.fromRank)
		e.Piece = p.pieceAt(from)
		if !p.sides[p.turn].has(from) || w.piece != NoPiece && w.piece != e.Piece {
			e.Problem = rules.NoPiece
			return e
		}
		e.Problem = p.problem(from, w.to)
		return e
	}
	// Some piece of that kind may reach the square, were it not for the check.
	for b := p.pieces[w.piece] & p.sides[p.turn]; b != 0; b &= b - 1 {
		from := b.first()
		if w.fromFile >= 0 && from.file() != w.fromFile || w.fromRank >= 0 && from.rank() != w.fromRank {
			continue
		}
		if p.problem(from, w.to) == rules.LeavesCheck {
			e.Problem = rules.LeavesCheck
		}
	}
	return e
}

// castlingProblem says why castling on a wing is not possible.
func (p *Position) castlingProblem(wing int) rules.Problem {
	var v view
	p.look(&v)
	for r := p.rooks & v.own; r != 0; r &= r - 1 {
		rook := r.first()
		if (rook > v.king) != (wing > 0) {
			continue
		}
		kingTo, _ := castled(v.king, rook)
		to := kingTo
		if p.shuffled {
			to = rook
		}
		if p.castlesIntoCheck(&v, v.king, to) {
			return rules.LeavesCheck
		}
	}
	return rules.CannotMove
}

// read reads a notation without asking whether the move is legal.
func read(s string) (written, bool) {
	w := written{fromFile: -1, fromRank: -1, to: noSquare}
	s = strings.TrimSpace(s)
	if len(s) > 16 {
		return w, false
	}
	s = strings.TrimRight(s, "+#!?")
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(s, "e.p."), "ep"))
	if w.wing = wing(s); w.wing != 0 {
		return w, true
	}
	s = w.readPromotion(s)
	if s == "" {
		return w, false
	}
	w.piece = Pawn
	lettered := false
	if piece := pieceOf(s[0]); piece != NoPiece && s[0] != 'b' {
		w.piece = piece
		s, lettered = s[1:], true
	}
	if !w.readSquares(s) {
		return w, false
	}
	if !lettered && w.fromFile >= 0 && w.fromRank >= 0 {
		w.piece = NoPiece // coordinates alone may mean any piece
	}
	return w, true
}

// readPromotion takes a promotion off the end: e8=Q, e8Q, e8(Q), e8/Q, e7e8q.
func (w *written) readPromotion(s string) string {
	s = strings.TrimSuffix(s, ")")
	if len(s) < 3 {
		return s
	}
	piece := pieceOf(s[len(s)-1])
	if piece < Knight || piece > Queen {
		return s
	}
	rest := strings.TrimRight(s[:len(s)-1], "=(/")
	if len(rest) < 2 || rest[len(rest)-1] != '8' && rest[len(rest)-1] != '1' {
		return s
	}
	w.promotion = piece
	return rest
}

// wing returns +1 for castling on the king's side, as O-O, 0-0 or oo, -1 for the
// queen's side, and 0 for anything else.
func wing(s string) int {
	circles := 0
	for i := range len(s) {
		switch s[i] {
		case 'O', '0', 'o':
			circles++
		case '-':
			if i == 0 || i == len(s)-1 || s[i-1] == '-' {
				return 0
			}
		default:
			return 0
		}
	}
	switch {
	case circles == 2 && len(s) <= 3:
		return 1
	case circles == 3 && (len(s) == 3 || len(s) == 5):
		return -1
	}
	return 0
}

// readSquares reads what follows the piece's letter: the target, and before it as
// much of the origin as is given.
func (w *written) readSquares(s string) bool {
	var squares [4]byte
	n := 0
	for _, c := range []byte(s) {
		switch {
		case c == 'x' || c == '-' || c == ':':
		case n == len(squares):
			return false
		default:
			squares[n] = c
			n++
		}
	}
	if n < 2 || !isFile(squares[n-2]) || !isRank(squares[n-1]) {
		return false
	}
	w.to = at(int(squares[n-2]-'a'), int(squares[n-1]-'1'))
	origin := squares[:n-2]
	if len(origin) > 0 && isFile(origin[0]) {
		w.fromFile = int(origin[0] - 'a')
		origin = origin[1:]
	}
	if len(origin) > 0 && isRank(origin[0]) {
		w.fromRank = int(origin[0] - '1')
		origin = origin[1:]
	}
	return len(origin) == 0
}

func isFile(c byte) bool { return c >= 'a' && c <= 'h' }
func isRank(c byte) bool { return c >= '1' && c <= '8' }
