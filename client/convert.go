package client

import (
	"strings"
	"unicode/utf8"

	"hansu/rules"
	"hansu/wire"
)

// forbiddenLoses is the bit of wire.Variant.Flags.
const forbiddenLoses = 1

func toVariant(v rules.Variant) wire.Variant {
	w := wire.Variant{Kind: uint8(v.Kind), Rules: uint8(v.Rules), Size: v.Size, Opening: uint8(v.Opening), Start: v.Start}
	if v.ForbiddenLoses {
		w.Flags = forbiddenLoses
	}
	return w
}

func fromVariant(w wire.Variant) rules.Variant {
	return rules.Variant{
		Kind: rules.Kind(w.Kind), Rules: rules.Ruleset(w.Rules), Size: w.Size,
		Opening: rules.Opening(w.Opening), Start: w.Start, ForbiddenLoses: w.Flags&forbiddenLoses != 0,
	}
}

func toTiming(tc rules.TimeControl) wire.Timing {
	return wire.Timing{
		Kind: uint8(tc.Timing), Periods: tc.Periods, Stones: tc.Stones,
		Main: uint32(tc.Main), Extra: uint32(tc.Extra),
	}
}

func fromTiming(w wire.Timing) rules.TimeControl {
	return rules.TimeControl{
		Timing: rules.Timing(w.Kind), Periods: w.Periods, Stones: w.Stones,
		Main: rules.Millis(w.Main), Extra: rules.Millis(w.Extra),
	}
}

func toMove(m rules.Move) wire.Move {
	return wire.Move{
		Kind: uint8(m.Kind), Col: m.To.Col, Row: m.To.Row,
		FromCol: m.From.Col, FromRow: m.From.Row, Arg: m.Arg,
	}
}

func fromMove(w wire.Move) rules.Move {
	return rules.Move{
		Kind: rules.MoveKind(w.Kind), To: rules.Point{Col: w.Col, Row: w.Row},
		From: rules.Point{Col: w.FromCol, Row: w.FromRow}, Arg: w.Arg,
	}
}

func fromLeft(w wire.TimeLeft) rules.TimeLeft {
	return rules.TimeLeft{
		Main: rules.Millis(w.Main), Extra: rules.Millis(w.Extra), Periods: w.Periods, Stones: w.Stones,
	}
}

// clean makes text that another sent fit for a screen: valid UTF-8 without control
// characters. A server should have refused such text; a client does not rely on it.
func clean(s string) string {
	if utf8.ValidString(s) && wire.CheckText([]byte(s)) == nil {
		return s
	}
	return strings.Map(func(r rune) rune {
		if wire.CheckText([]byte("x"+string(r))) != nil {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

func fromName(n wire.Name) string { return clean(n.String()) }

func fromCode(c wire.Code) string { return clean(c.String()) }
