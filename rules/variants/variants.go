// Package variants starts any game from a [rules.Variant], and writes variants as
// short texts for flags, files and links:
//
//	omok                      standard rules, 15×15, free opening
//	omok:renju
//	omok:freestyle:19
//	omok:renju:swap2
//	omok:renju:forbidden-loses
//	chess
//	chess:960                 Chess960, start position not chosen
//	chess:960:0               Chess960, start position 0 (BBQNNRKR)
//
// The parts after the game may come in any order.
package variants

import (
	"fmt"

	"hansu/rules"
	"hansu/rules/chess"
	"hansu/rules/omok"
)

// OrthodoxStart is the number that Chess960 gives to the start position of orthodox chess.
const OrthodoxStart = 518

// AnyStart in a Chess960 variant's Start says that no position was chosen: a server
// may draw one before the game. Played as it is, it is OrthodoxStart.
const AnyStart = 1<<16 - 1

// startCount is the number of Chess960 start positions.
const startCount = 960

// Start returns the game that v describes, before its first move. Defaults need not
// be written out. The error says what makes no sense: a number without meaning, or a
// combination that no rules describe.
func Start(v rules.Variant) (rules.Game, error) {
	v = Normal(v)
	switch v.Kind {
	case rules.Omok:
		// Not returned as one: an error must come with a nil interface.
		g, err := omok.New(v)
		if err != nil {
			return nil, err
		}
		return g, nil
	case rules.Chess:
		g, err := chess.New(v)
		if err != nil {
			return nil, err
		}
		return g, nil
	}
	return nil, fmt.Errorf("variant: there is no game number %d", uint8(v.Kind))
}

// Check returns Start's error.
func Check(v rules.Variant) error {
	_, err := Start(v)
	return err
}

// Normal returns v with every default written out and what its game does not look at
// cleared, so that two variants that play alike compare equal. What Check refuses
// is refused afterwards, too.
func Normal(v rules.Variant) rules.Variant {
	switch v.Kind {
	case rules.Omok:
		if v.Rules == 0 {
			v.Rules = rules.Standard
		}
		if v.Size == 0 {
			v.Size = 15
		}
	case rules.Chess:
		if v.Rules == 0 {
			v.Rules = rules.Orthodox
		}
		if v.Size == 0 {
			v.Size = 8
		}
		if v.Start >= startCount || v.Rules == rules.Orthodox {
			v.Start = OrthodoxStart
		}
		v.ForbiddenLoses = false
	}
	return v
}
