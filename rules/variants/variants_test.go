package variants

import (
	"strings"
	"testing"

	"hansu/rules"
)

// Short names for the table below.
type variant = rules.Variant

func TestParse(t *testing.T) {
	omok := variant{Kind: rules.Omok, Rules: rules.Standard, Size: 15}
	chess := variant{Kind: rules.Chess, Rules: rules.Orthodox, Size: 8, Start: OrthodoxStart}
	with := func(v variant, change func(*variant)) variant {
		change(&v)
		return v
	}
	for _, c := range []struct {
		in, text string
		want     variant
	}{
		{"omok", "omok", omok},
		{" Omok ", "omok", omok},
		{"omok:standard:15:free", "omok", omok},
		{"omok:renju", "omok:renju", with(omok, func(v *variant) { v.Rules = rules.Renju })},
		{"omok:omok", "omok:omok", with(omok, func(v *variant) { v.Rules = rules.Korean })},
		{"omok:korean", "omok:omok", with(omok, func(v *variant) { v.Rules = rules.Korean })},
		{"omok:caro-exact", "omok:caro-exact", with(omok, func(v *variant) { v.Rules = rules.CaroExact })},
		{"omok:freestyle:19", "omok:freestyle:19", with(omok, func(v *variant) { v.Rules, v.Size = rules.Freestyle, 19 })},
		{"omok:19:freestyle", "omok:freestyle:19", with(omok, func(v *variant) { v.Rules, v.Size = rules.Freestyle, 19 })},
		{"omok:centre", "omok:centre", with(omok, func(v *variant) { v.Opening = rules.Centre })},
		{"omok:renju:swap2", "omok:renju:swap2", with(omok, func(v *variant) { v.Rules, v.Opening = rules.Renju, rules.Swap2 })},
		{"omok:renju:taraguchi10:forbidden-loses", "omok:renju:taraguchi10:forbidden-loses",
			with(omok, func(v *variant) { v.Rules, v.Opening, v.ForbiddenLoses = rules.Renju, rules.Taraguchi10, true })},
		{"chess", "chess", chess},
		{"chess:orthodox", "chess", chess},
		{"chess:960", "chess:960", with(chess, func(v *variant) { v.Rules, v.Start = rules.Chess960, AnyStart })},
		{"chess:chess960:0", "chess:960:0", with(chess, func(v *variant) { v.Rules, v.Start = rules.Chess960, 0 })},
		{"chess:960:518", "chess:960:518", with(chess, func(v *variant) { v.Rules, v.Start = rules.Chess960, 518 })},
		{"chess:960:959", "chess:960:959", with(chess, func(v *variant) { v.Rules, v.Start = rules.Chess960, 959 })},
	} {
		got, err := Parse(c.in)
		if err != nil || got != c.want {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", c.in, got, err, c.want)
			continue
		}
		if text := Format(got); text != c.text {
			t.Errorf("Format of %q = %q, want %q", c.in, text, c.text)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, in := range []string{
		"", ":", "go", "omok:", "omok:chess", "omok:renju:renju", "omok:standard:renju", "omok:15:19", "omok:17", "omok:0", "omok:256",
		"omok:renju:19", "omok:rif", "omok:swap2:centre", "omok:forbidden-loses", "omok:renju:forbidden-loses:forbidden-loses",
		"omok:-15", "omok:+15", "omok: renju", "omok:960", "chess:renju", "chess:8", "chess:518", "chess:960:960", "chess:960:-1",
		"chess:960:1:2", "chess:960:960:1", "chess:orthodox:518", "chess:960:orthodox", "chess:swap2", strings.Repeat("omok:", 1000),
	} {
		if got, err := Parse(in); err == nil || got != (variant{}) {
			t.Errorf("Parse(%.40q) = %+v, %v; want an error", in, got, err)
		}
	}
}

// every calls f with each variant of small numbers, sensible or not.
func every(f func(variant)) {
	for kind := range rules.Kind(4) {
		for rs := range rules.Ruleset(36) {
			for _, size := range []uint8{0, 8, 15, 16, 19, 20, 255} {
				for opening := range rules.Opening(8) {
					for _, start := range []uint16{0, 1, 518, 959, 960, AnyStart} {
						for _, loses := range []bool{false, true} {
							f(variant{Kind: kind, Rules: rs, Size: size, Opening: opening, Start: start, ForbiddenLoses: loses})
						}
					}
				}
			}
		}
	}
}

// Every variant that passes Check starts, is written in a text that reads back, and
// plays as its Normal does; every other one does not start.
func TestEveryVariant(t *testing.T) {
	passed := map[variant]bool{}
	every(func(v variant) {
		if err := Check(v); err != nil {
			if g, startErr := Start(v); g != nil || startErr == nil {
				t.Errorf("%+v starts although %v", v, err)
			}
			return
		}
		n := Normal(v)
		if Normal(n) != n || Check(n) != nil || n.Rules == 0 || n.Size == 0 {
			t.Errorf("Normal(%+v) = %+v is not normal", v, n)
		}
		again, err := Parse(Format(v))
		if err != nil || Normal(again) != n {
			t.Errorf("%+v is written %q, which reads %+v, %v", v, Format(v), again, err)
		}
		if passed[n] {
			return
		}
		passed[n] = true
		g, err := Start(v)
		if err != nil {
			t.Errorf("%+v passes Check but does not start: %v", v, err)
			return
		}
		if g.Turn() != rules.First || g.Outcome().Over() || len(g.Legal(nil)) == 0 {
			t.Errorf("%+v starts with %v to move, outcome %v, %d legal moves", v, g.Turn(), g.Outcome(), len(g.Legal(nil)))
		}
	})
	// 5 rule sets × 3 sizes × 3 openings; renju: 6 openings, twice; orthodox chess; 4 of Chess960.
	if want := 5*3*3 + 6*2 + 1 + 4; len(passed) != want {
		t.Errorf("%d variants pass Check, want %d", len(passed), want)
	}
}

// Each game starts with its own rules, not merely with some.
func TestStart(t *testing.T) {
	for _, c := range []struct {
		in    string
		first rules.Side
		legal int
	}{
		{"omok", rules.Black, 225},
		{"omok:freestyle:19", rules.Black, 361},
		{"omok:20", rules.Black, 400},
		{"omok:centre", rules.Black, 1},
		{"chess", rules.White, 20},
		{"chess:960:518", rules.White, 20},
		{"chess:960:0", rules.White, 20},
	} {
		v, err := Parse(c.in)
		if err != nil {
			t.Fatal(err)
		}
		g, err := Start(v)
		if err != nil {
			t.Fatal(err)
		}
		if g.Side(rules.First) != c.first || len(g.Legal(nil)) != c.legal {
			t.Errorf("%s: %v moves first with %d moves; want %v with %d", c.in, g.Side(rules.First), len(g.Legal(nil)), c.first, c.legal)
		}
	}
	// Position 0 has its knights on d1 and e1.
	for text, legal := range map[string]bool{"chess:960:0": true, "chess:960:518": false, "chess": false} {
		v, _ := Parse(text)
		g, err := Start(v)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := g.Parse("Ne3"); (err == nil) != legal {
			t.Errorf("%s: Ne3 reads as %v, %v; legal is %v", text, m, err, legal)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"omok", "omok:renju", "omok:freestyle:19", "omok:renju:swap2:forbidden-loses", "chess", "chess:960", "chess:960:518", "omok::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := Parse(s)
		if err != nil {
			return
		}
		if err := Check(v); err != nil {
			t.Errorf("%q passes Parse, not Check: %v", s, err)
		}
		if again, err := Parse(Format(v)); err != nil || again != v {
			t.Errorf("%q is %+v, written %q, which reads %+v, %v", s, v, Format(v), again, err)
		}
	})
}
