// Package wirerules turns the values of rules into the structs of wire and back, for
// both ends of a connection. The two packages know nothing of each other.
package wirerules

import (
	"hansu/rules"
	"hansu/wire"
)

// forbiddenLoses is the bit of wire.Variant.Flags.
const forbiddenLoses = 1

// ToVariant returns the struct for v.
func ToVariant(v rules.Variant) wire.Variant {
	w := wire.Variant{Kind: uint8(v.Kind), Rules: uint8(v.Rules), Size: v.Size, Opening: uint8(v.Opening), Start: v.Start}
	if v.ForbiddenLoses {
		w.Flags = forbiddenLoses
	}
	return w
}

// Variant returns what w says; it may be no variant that exists.
func Variant(w wire.Variant) rules.Variant {
	return rules.Variant{
		Kind: rules.Kind(w.Kind), Rules: rules.Ruleset(w.Rules), Size: w.Size,
		Opening: rules.Opening(w.Opening), Start: w.Start, ForbiddenLoses: w.Flags&forbiddenLoses != 0,
	}
}

// ToTiming returns the struct for tc, which must have passed its Check.
func ToTiming(tc rules.TimeControl) wire.Timing {
	return wire.Timing{
		Kind: uint8(tc.Timing), Periods: tc.Periods, Stones: tc.Stones,
		Main: uint32(tc.Main), Extra: uint32(tc.Extra),
	}
}

// Timing returns what w says; it may not pass Check.
func Timing(w wire.Timing) rules.TimeControl {
	return rules.TimeControl{
		Timing: rules.Timing(w.Kind), Periods: w.Periods, Stones: w.Stones,
		Main: rules.Millis(w.Main), Extra: rules.Millis(w.Extra),
	}
}

// ToMove returns the struct for m.
func ToMove(m rules.Move) wire.Move {
	return wire.Move{
		Kind: uint8(m.Kind), Col: m.To.Col, Row: m.To.Row,
		FromCol: m.From.Col, FromRow: m.From.Row, Arg: m.Arg,
	}
}

// Move returns what w says.
func Move(w wire.Move) rules.Move {
	return rules.Move{
		Kind: rules.MoveKind(w.Kind), To: rules.Point{Col: w.Col, Row: w.Row},
		From: rules.Point{Col: w.FromCol, Row: w.FromRow}, Arg: w.Arg,
	}
}

// ToLeft returns the struct for a time left. Times beyond 49 days are sent as 49 days.
func ToLeft(l rules.TimeLeft) wire.TimeLeft {
	return wire.TimeLeft{
		Main: ToMillis(l.Main), Extra: ToMillis(l.Extra), Periods: l.Periods, Stones: l.Stones,
	}
}

// Left returns what w says.
func Left(w wire.TimeLeft) rules.TimeLeft {
	return rules.TimeLeft{
		Main: rules.Millis(w.Main), Extra: rules.Millis(w.Extra), Periods: w.Periods, Stones: w.Stones,
	}
}

// ToMillis returns m within the 32 bits of a packet's field.
func ToMillis(m rules.Millis) uint32 { return uint32(min(max(m, 0), 1<<32-1)) }
