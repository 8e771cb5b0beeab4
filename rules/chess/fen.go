package chess

import (
	"fmt"
	"strconv"
	"strings"

	"hansu/rules"
)

// maxFEN bounds a FEN's length in bytes; the longest meaningful one has 92.
const maxFEN = 200

// FENError says which part of a FEN is wrong.
type FENError struct {
	Field string // board, turn, castling, en passant, half-moves, move number
	Text  string // what it says
	Why   string
}

func (e *FENError) Error() string {
	return fmt.Sprintf("chess: FEN %s %q: %s", e.Field, e.Text, e.Why)
}

// ParseFEN reads a position in Forsyth-Edwards Notation. Castling rights may be
// written as in FEN and X-FEN (KQkq mean the outermost rook) or as in Shredder-FEN
// (the rook's file); rights that orthodox chess cannot have make it a Chess960
// position. Fields missing at the end are taken as "w - - 0 1".
func ParseFEN(fen string) (Position, error) {
	s, err := ParseSetup(fen)
	if err != nil {
		return Position{}, err
	}
	p, err := s.Position()
	if err != nil {
		return Position{}, err
	}
	p.settle()
	return p, nil
}

// ParseSetup reads a FEN without asking whether the position is possible.
func ParseSetup(fen string) (Setup, error) {
	s := Setup{Turn: rules.White, Number: 1}
	if len(fen) > maxFEN {
		return s, &FENError{"board", fen[:16] + "…", "too long"}
	}
	fields := strings.Fields(fen)
	if len(fields) == 0 || len(fields) > 6 {
		return s, &FENError{"board", fen, "needs one to six fields"}
	}
	readers := []func(*Setup, string) error{readBoard, readTurn, readCastling, readPassant, readQuiet, readNumber}
	for i, f := range fields {
		if err := readers[i](&s, f); err != nil {
			return s, err
		}
	}
	return s, nil
}

func readBoard(s *Setup, text string) error {
	bad := func(why string) error { return &FENError{"board", text, why} }
	ranks := strings.Split(text, "/")
	if len(ranks) != 8 {
		return bad(fmt.Sprintf("%d ranks instead of 8", len(ranks)))
	}
	for i, rank := range ranks {
		row, col := 7-i, 0
		for _, c := range []byte(rank) {
			if c >= '1' && c <= '8' {
				col += int(c - '0')
				continue
			}
			piece := pieceOf(c)
			if piece == NoPiece {
				return bad(fmt.Sprintf("unknown piece %q", c))
			}
			side := rules.White
			if c >= 'a' {
				side = rules.Black
			}
			if col < 8 {
				s.Board[at(col, row)] = Man{piece, side}
			}
			col++
		}
		if col != 8 {
			return bad(fmt.Sprintf("rank %d has %d squares", row+1, col))
		}
	}
	return nil
}

func readTurn(s *Setup, text string) error {
	switch text {
	case "w":
		s.Turn = rules.White
	case "b":
		s.Turn = rules.Black
	default:
		return &FENError{"turn", text, "neither w nor b"}
	}
	return nil
}

func readCastling(s *Setup, text string) error {
	if text == "-" {
		return nil
	}
	if len(text) > 4 {
		return &FENError{"castling", text, "more than four rights"}
	}
	for _, c := range []byte(text) {
		pt, ok := s.castlingRook(c)
		if !ok {
			return &FENError{"castling", text, fmt.Sprintf("no king and rook for %q", c)}
		}
		s.Rooks = append(s.Rooks, pt)
	}
	return nil
}

// castlingRook returns the square of the rook that a letter of the castling field means.
func (s *Setup) castlingRook(c byte) (rules.Point, bool) {
	row, side := 0, rules.White
	if c >= 'a' {
		row, side = 7, rules.Black
	}
	king := -1
	for f := range 8 {
		if s.Board[at(f, row)] == (Man{King, side}) {
			king = f
		}
	}
	isRook := func(f int) bool { return s.Board[at(f, row)] == Man{Rook, side} }
	letter := c | 0x20
	switch {
	case king < 0:
	case letter == 'k':
		for f := 7; f > king; f-- {
			if isRook(f) {
				return at(f, row).point(), true
			}
		}
	case letter == 'q':
		for f := range king {
			if isRook(f) {
				return at(f, row).point(), true
			}
		}
	case letter >= 'a' && letter <= 'h' && isRook(int(letter-'a')):
		return at(int(letter-'a'), row).point(), true
	}
	return rules.Point{}, false
}

func readPassant(s *Setup, text string) error {
	if text == "-" {
		return nil
	}
	pt, err := rules.ParsePoint(text, 8)
	if err != nil || pt.Row != 2 && pt.Row != 5 {
		return &FENError{"en passant", text, "no square of the third or sixth rank"}
	}
	s.Passant = pt
	return nil
}

func readQuiet(s *Setup, text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxQuiet {
		return &FENError{"half-moves", text, fmt.Sprintf("not a number within 0 to %d", maxQuiet)}
	}
	s.Quiet = n
	return nil
}

// readNumber takes 0 for 1, as some programs write it.
func readNumber(s *Setup, text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > maxNumber {
		return &FENError{"move number", text, fmt.Sprintf("not a number within 1 to %d", maxNumber)}
	}
	s.Number = max(n, 1)
	return nil
}

// FEN returns p in Forsyth-Edwards Notation. Castling rights are written as X-FEN
// does: KQkq, or the rook's file where another rook stands farther out. The passed square is
// written only where a pawn stands ready to take.
func (p *Position) FEN() string {
	b := make([]byte, 0, 96)
	for row := 7; row >= 0; row-- {
		empty := byte('0')
		for col := range 8 {
			s := at(col, row)
			piece := p.pieceAt(s)
			if piece == NoPiece {
				empty++
				continue
			}
			if empty > '0' {
				b = append(b, empty)
				empty = '0'
			}
			letter := piece.Letter()
			if p.sides[black].has(s) {
				letter |= 0x20
			}
			b = append(b, letter)
		}
		if empty > '0' {
			b = append(b, empty)
		}
		if row > 0 {
			b = append(b, '/')
		}
	}
	b = append(b, ' ', "wb"[p.turn&1], ' ')
	b = p.appendCastling(b)
	b = append(b, ' ')
	if p.passant < noSquare {
		b = append(b, p.passant.String()...)
	} else {
		b = append(b, '-')
	}
	b = append(b, ' ')
	b = strconv.AppendUint(b, uint64(p.quiet), 10)
	b = append(b, ' ')
	return string(strconv.AppendUint(b, uint64(p.number), 10))
}

func (p *Position) appendCastling(b []byte) []byte {
	if p.rooks == 0 {
		return append(b, '-')
	}
	for _, c := range [2]colour{white, black} {
		below := p.king(c).bit() - 1
		rooks := p.pieces[Rook] & p.sides[c] & homeRank(c)
		if r := p.rooks & rooks &^ below; r != 0 {
			b = append(b, castlingLetter('K', c, r, rooks&^(r|(r-1))))
		}
		if r := p.rooks & rooks & below; r != 0 {
			b = append(b, castlingLetter('Q', c, r, rooks&(r-1)))
		}
	}
	return b
}

// castlingLetter names the right to castle with the rook r: by the wing, or by its
// file if there are rooks farther out.
func castlingLetter(wing byte, c colour, r, outer bitboard) byte {
	letter := wing
	if outer != 0 {
		letter = byte('A' + r.first().file())
	}
	if c == black {
		letter |= 0x20
	}
	return letter
}
