package screen

import (
	"slices"
	"strconv"

	"hansu/caption"
	"hansu/i18n"
	"hansu/rules"
	"hansu/rules/variants"
)

// form is the game that is wanted, as a choice from lists.
type form struct {
	chess   bool
	rules   [2]int // of omok and of chess
	size    int
	opening int
	time    int
	loses   bool // renju: a forbidden point may be played, and loses when it is claimed
}

var (
	omokRules  = []rules.Ruleset{rules.Standard, rules.Korean, rules.Renju, rules.Freestyle, rules.Caro, rules.CaroExact}
	chessRules = []rules.Ruleset{rules.Orthodox, rules.Chess960}
	sizes      = []uint8{15, 19, 20}
	openings   = []rules.Opening{rules.FreeOpening, rules.Centre, rules.Swap2, rules.RIF, rules.Soosorv8, rules.Taraguchi10}
	// renjuOpenings are those above that only renju has, from this one on.
	renjuOpenings = 3
	times         = []string{"none", "3+2", "5+3", "10+5", "15+10", "10m+3x30s", "20m+5x30s", "10m+25/5m", "30s/move", "1d/move"}
)

// variant is the game of the form.
func (f form) variant() rules.Variant {
	v := rules.Variant{Kind: rules.Chess, Rules: chessRules[f.rules[1]]}
	if f.chess {
		if v.Rules == rules.Chess960 {
			v.Start = variants.AnyStart
		}
		return v
	}
	v = rules.Variant{Kind: rules.Omok, Rules: omokRules[f.rules[0]], Size: sizes[f.size], Opening: openings[f.opening]}
	if v.Rules == rules.Renju {
		v.Size, v.ForbiddenLoses = 15, f.loses
	} else if f.opening >= renjuOpenings {
		v.Opening = rules.FreeOpening
	}
	return v
}

func (f form) control() rules.TimeControl {
	tc, err := rules.ParseTimeControl(times[f.time])
	if err != nil { // held by a test
		return rules.TimeControl{}
	}
	return tc
}

// field is one line of the form.
type field struct {
	label, value string
	turn         func(f *form, by int)
}

// turned is i moved by one within n, round the end.
func turned(i, by, n int) int { return (i + by + n) % n }

func (f form) fields(lang i18n.Lang) []field {
	v := f.variant()
	list := []field{
		{lang.Text(i18n.ScreenGame), lang.Game(uint8(v.Kind)), func(f *form, _ int) { f.chess = !f.chess }},
		{lang.Text(i18n.ScreenRules), lang.Ruleset(uint8(v.Rules)), func(f *form, by int) {
			if f.chess {
				f.rules[1] = turned(f.rules[1], by, len(chessRules))
			} else {
				f.rules[0] = turned(f.rules[0], by, len(omokRules))
			}
		}},
	}
	if !f.chess {
		if v.Rules == rules.Renju {
			forbidden := i18n.ScreenRefused
			if f.loses {
				forbidden = i18n.ScreenLoses
			}
			list = append(list, field{lang.Text(i18n.ScreenForbidden), lang.Text(forbidden), func(f *form, _ int) { f.loses = !f.loses }})
		} else {
			size := strconv.Itoa(int(v.Size))
			list = append(list, field{lang.Text(i18n.ScreenSize), size + "×" + size, func(f *form, by int) {
				f.size = turned(f.size, by, len(sizes))
			}})
		}
		list = append(list, field{lang.Text(i18n.ScreenOpening), lang.Opening(uint8(v.Opening)), func(f *form, by int) {
			n := renjuOpenings
			if omokRules[f.rules[0]] == rules.Renju {
				n = len(openings)
			}
			f.opening = turned(min(f.opening, n-1), by, n)
		}})
	}
	return append(list, field{lang.Text(i18n.ScreenTime), caption.Time(lang, f.control()), func(f *form, by int) {
		f.time = turned(f.time, by, len(times))
	}})
}

// formOf is the form that says v and tc, as far as its lists have them.
func formOf(v rules.Variant, tc rules.TimeControl) form {
	v = variants.Normal(v)
	f := form{chess: v.Kind == rules.Chess, time: max(0, slices.Index(times, tc.String()))}
	if f.chess {
		f.rules[1] = max(0, slices.Index(chessRules, v.Rules))
		return f
	}
	f.rules[0] = max(0, slices.Index(omokRules, v.Rules))
	f.size = max(0, slices.Index(sizes, v.Size))
	f.opening = max(0, slices.Index(openings, v.Opening))
	f.loses = v.ForbiddenLoses
	return f
}
