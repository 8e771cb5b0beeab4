package variants

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"hansu/rules"
)

// textMax bounds what is read, in bytes.
const textMax = 64

// forbiddenLoses is the part that sets Variant.ForbiddenLoses.
const forbiddenLoses = "forbidden-loses"

// Parse reads a variant as the package's documentation shows it; upper and lower
// case are the same. The result is Normal and has passed Check, except that a
// Chess960 start position that was not chosen is AnyStart.
func Parse(s string) (rules.Variant, error) {
	if len(s) > textMax {
		return rules.Variant{}, fmt.Errorf("variant: a text of %d bytes is none", len(s))
	}
	v, err := parse(strings.Split(strings.ToLower(strings.TrimSpace(s)), ":"))
	if err != nil {
		return rules.Variant{}, fmt.Errorf("%q: %w", s, err)
	}
	return v, nil
}

func parse(parts []string) (rules.Variant, error) {
	p := parser{}
	set := p.setOmok
	switch parts[0] {
	case "omok":
		p.v.Kind = rules.Omok
	case "chess":
		p.v.Kind, set = rules.Chess, p.setChess
	default:
		return rules.Variant{}, errors.New("the game must be omok or chess")
	}
	for _, part := range parts[1:] {
		if err := set(part); err != nil {
			return rules.Variant{}, err
		}
	}
	v := Normal(p.v)
	if err := Check(v); err != nil {
		return rules.Variant{}, err
	}
	if v.Rules == rules.Chess960 && !p.start {
		v.Start = AnyStart
	}
	return v, nil
}

// parser is a variant being read, and which of its fields the text has set.
type parser struct {
	v                           rules.Variant
	rules, size, opening, start bool
}

func (p *parser) setOmok(part string) error {
	if rs, err := ParseRules(rules.Omok, part); err == nil {
		p.v.Rules = rs
		return once(&p.rules, part)
	}
	for o := rules.FreeOpening; o <= rules.Taraguchi10; o++ {
		if part == o.String() {
			p.v.Opening = o
			return once(&p.opening, part)
		}
	}
	if n, err := strconv.ParseUint(part, 10, 8); err == nil && n > 0 {
		p.v.Size = uint8(n)
		return once(&p.size, part)
	}
	if part == forbiddenLoses {
		return once(&p.v.ForbiddenLoses, part)
	}
	return fmt.Errorf("%q is no rule set, board size or opening of omok", part)
}

func (p *parser) setChess(part string) error {
	// A number is the rule set first, then the start position: chess:960:518.
	if rs, err := ParseRules(rules.Chess, part); err == nil && !p.rules {
		p.v.Rules = rs
		return once(&p.rules, part)
	}
	n, err := strconv.ParseUint(part, 10, 16)
	if err != nil || n >= startCount || p.v.Rules != rules.Chess960 {
		return fmt.Errorf("%q is no rule set of chess and no start position from 0 to 959", part)
	}
	p.v.Start = uint16(n)
	return once(&p.start, part)
}

// once marks a field as set; the error says that it was already.
func once(set *bool, part string) error {
	if *set {
		return fmt.Errorf("%q sets again what another part has set", part)
	}
	*set = true
	return nil
}

// ParseRules reads the name of one of a game's rule sets, in lower case: freestyle,
// standard, renju, omok (or korean), caro, caro-exact; orthodox, 960 (or chess960).
func ParseRules(game rules.Kind, s string) (rules.Ruleset, error) {
	first, last := rules.Freestyle, rules.CaroExact
	if game == rules.Chess {
		first, last = rules.Orthodox, rules.Chess960
	}
	for rs := first; rs <= last; rs++ {
		if s == rs.String() {
			return rs, nil
		}
	}
	switch {
	case game == rules.Omok && s == "korean":
		return rules.Korean, nil
	case game == rules.Chess && s == "chess960":
		return rules.Chess960, nil
	}
	return 0, fmt.Errorf("%q is no rule set of %v", s, game)
}

// Format writes v, which has passed Check, in the shortest text from which Parse
// gives Normal(v) again.
func Format(v rules.Variant) string {
	open := v.Start >= startCount
	v = Normal(v)
	parts := []string{v.Kind.String()}
	switch {
	case v.Kind == rules.Chess && v.Rules == rules.Chess960:
		parts = append(parts, v.Rules.String())
		if !open {
			parts = append(parts, strconv.Itoa(int(v.Start)))
		}
	case v.Kind == rules.Omok:
		if v.Rules != rules.Standard {
			parts = append(parts, v.Rules.String())
		}
		if v.Size != 15 {
			parts = append(parts, strconv.Itoa(int(v.Size)))
		}
		if v.Opening != rules.FreeOpening {
			parts = append(parts, v.Opening.String())
		}
		if v.ForbiddenLoses {
			parts = append(parts, forbiddenLoses)
		}
	}
	return strings.Join(parts, ":")
}
