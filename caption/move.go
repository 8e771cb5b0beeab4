package caption

import (
	"errors"
	"strings"

	"hansu/client"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
)

const codeGameOver = 62 // docs/protocol.md

// Short cuts what is quoted back.
func Short(text string) string {
	const most = 40
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}

// Wrong says in the user's language why text is no move at t.
func Wrong(lang i18n.Lang, text string, t *client.Table, err error) string {
	text = Short(text)
	var illegal *rules.Illegal
	var inOmok *omok.ParseError
	var inChess *chess.ParseError
	switch {
	case errors.As(err, &illegal):
		return lang.Text(i18n.PlayWrong, text, lang.Problem(uint8(illegal.Problem)))
	case errors.As(err, &inOmok):
		if inOmok.Kind == omok.OutsideBoard {
			far := uint8(inOmok.Size - 1)
			return lang.Text(i18n.PlayOutside, text, rules.Point{Col: far, Row: far})
		}
		return lang.Text(i18n.PlayNotOmok, text)
	case errors.As(err, &inChess):
		return explainChess(lang, text, t, inChess)
	case t.Position == nil:
		return lang.Text(i18n.PlayNoBoard)
	}
	return lang.Text(i18n.PlayWrong, text, err.Error())
}

func explainChess(lang i18n.Lang, text string, t *client.Table, e *chess.ParseError) string {
	switch e.Kind {
	case chess.Ended:
		return lang.Text(i18n.PlayWrong, text, lang.Error(codeGameOver, 0))
	case chess.Ambiguous:
		return lang.Text(i18n.PlayAmbiguous, text, strings.Join(e.Candidates, ", "))
	case chess.NotPromoted:
		return lang.Text(i18n.PlayPromote, text, strings.Join(e.Candidates, ", "))
	case chess.NoSuchMove:
		problem := e.Problem
		if problem == rules.NoProblem {
			problem = rules.CannotMove
		}
		if to, ok := square(text); ok && problem == rules.CannotMove {
			return lang.Text(noMoveTo(t, to), text)
		}
		return lang.Text(i18n.PlayWrong, text, lang.Problem(uint8(problem)))
	}
	return lang.Text(i18n.PlayNotChess, text)
}

// square reads the name of a square of chess, and nothing else.
func square(text string) (rules.Point, bool) {
	text = strings.ToLower(text)
	if len(text) != 2 || text[0] < 'a' || text[0] > 'h' || text[1] < '1' || text[1] > '8' {
		return rules.Point{}, false
	}
	return rules.Point{Col: text[0] - 'a', Row: text[1] - '1'}, true
}

// noMoveTo says why a square alone, which stands for a pawn's move, is no move.
func noMoveTo(t *client.Table, to rules.Point) i18n.Text {
	if g, ok := t.Position.(*chess.Game); ok {
		for _, m := range g.Legal(nil) {
			if m.To == to {
				return i18n.PlayNoPawn
			}
		}
	}
	return i18n.PlayNoReach
}
