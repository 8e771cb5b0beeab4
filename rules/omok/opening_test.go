package omok

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"hansu/rules"
)

// play follows a script: steps such as "1:h8", a player's number and what the player
// types. A step in brackets, "[1:a1]", must be refused.
func play(t *testing.T, v rules.Variant, script string) Game {
	t.Helper()
	g, err := New(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range strings.Fields(script) {
		refused := strings.HasPrefix(step, "[")
		who, text, _ := strings.Cut(strings.Trim(step, "[]"), ":")
		player := map[string]rules.Player{"1": rules.First, "2": rules.Second}[who]
		if g.Turn() != player {
			t.Fatalf("%s: it is the turn of %v", step, g.Turn())
		}
		m, err := g.Parse(text)
		if refused {
			if err == nil {
				t.Fatalf("%s was not refused", step)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		if g, err = g.After(m); err != nil {
			t.Fatalf("%s: %v", step, err)
		}
	}
	return g
}

type openingCase struct {
	name    string
	rules   rules.Ruleset
	opening rules.Opening
	script  string
	black   rules.Player // who has black in the end
	turn    rules.Player
	phase   Phase
	named   string
}

// openingCases go through every step of every protocol, and try what it does not allow.
func openingCases() []openingCase {
	return []openingCase{
		{"free", rules.Freestyle, rules.FreeOpening, "1:a1 2:o15", rules.First, rules.First, Playing, ""},
		{"centre", rules.Standard, rules.Centre, "[1:h9] [1:swap] [1:pass] 1:h8 2:h9 1:i9", rules.First, rules.Second, Playing, "D4"},
		{"Swap2, white", rules.Standard, rules.Swap2,
			"[1:swap] 1:h8 1:a1 [1:white] 1:i9 [2:b2] [2:ten] 2:white 2:j10", rules.First, rules.First, Playing, ""},
		{"Swap2, stay", rules.Korean, rules.Swap2, "1:h8 1:a1 1:i9 2:stay 2:j10", rules.First, rules.First, Playing, ""},
		{"Swap2, black", rules.Standard, rules.Swap2, "1:h8 1:a1 1:i9 2:black 1:j10 2:b1", rules.Second, rules.First, Playing, ""},
		{"Swap2, swap", rules.Caro, rules.Swap2, "1:h8 1:a1 1:i9 2:swap 1:j10", rules.Second, rules.Second, Playing, ""},
		{"Swap2, more, black", rules.Standard, rules.Swap2,
			"1:h8 1:a1 1:i9 2:more [2:black] 2:c3 [2:c3] 2:d4 [1:more] 1:black 2:e5", rules.First, rules.First, Playing, ""},
		{"Swap2, more, white", rules.Standard, rules.Swap2,
			"1:h8 1:a1 1:i9 2:more 2:c3 2:d4 [1:e5] 1:white 1:e5", rules.Second, rules.Second, Playing, ""},
		{"RIF, stay", rules.Renju, rules.RIF,
			"[1:h9] 1:h8 [1:h10] [1:pass] 1:h9 [1:k8] 1:i9 2:stay 2:a1 1:g7 [1:g7] 1:c3 [2:d4] 2:c3 2:o15",
			rules.First, rules.First, Playing, "D4"},
		{"RIF, swap", rules.Renju, rules.RIF, "1:h8 1:i9 1:g7 2:swap 1:g9 [2:pass] 2:a1 2:o14 1:2 1:b2", rules.Second, rules.Second, Playing, "I11"},
		{"RIF, offers mirrored", rules.Renju, rules.RIF,
			// The stones lie on column h: what is mirrored in it is the same move.
			"1:h8 1:h9 1:h7 2:stay 2:h10 1:g8 [1:i8] [1:g8] 1:g7 2:1", rules.First, rules.Second, Playing, "D8"},
		{"Soosorv-8, three", rules.Renju, rules.Soosorv8,
			"1:h8 1:h9 1:i10 2:stay 2:g7 [2:0] [2:9] 2:3 1:stay 1:a1 1:b1 1:c1 2:b1 2:h7", rules.First, rules.First, Playing, "D2"},
		{"Soosorv-8, both swap", rules.Renju, rules.Soosorv8,
			"1:h8 1:h9 1:i10 2:swap 1:g7 1:2 2:swap 1:a1 1:b1 2:2 2:h7", rules.First, rules.First, Playing, "D2"},
		{"Soosorv-8, one", rules.Renju, rules.Soosorv8, "1:h8 1:i9 1:j10 2:stay 2:a2 2:1 1:stay 1:g7 2:pass", rules.First, rules.First, Playing, "I1"},
		{"Soosorv-8, eight", rules.Renju, rules.Soosorv8,
			"1:h8 1:h9 1:i10 2:stay 2:g7 2:8 1:stay 1:a1 1:b1 1:c1 1:d1 1:e1 1:f1 1:g1 1:h1 2:8 2:h7", rules.First, rules.First, Playing, "D2"},
		{"Taraguchi-10, no swap", rules.Renju, rules.Taraguchi10,
			"[1:a1] 1:h8 2:stay [2:h10] 2:h9 1:stay [1:k8] 1:j8 2:stay [2:l8] 2:k8 1:stay [1:m8] 1:l8 2:stay 2:a1",
			rules.First, rules.First, Playing, "D7"},
		{"Taraguchi-10, every swap", rules.Renju, rules.Taraguchi10,
			"1:h8 2:swap 1:h9 2:swap 1:j8 2:swap 1:k8 2:swap 1:l8 2:swap 1:a1", rules.Second, rules.Second, Playing, "D7"},
		{"Taraguchi-10, swap by colour", rules.Renju, rules.Taraguchi10,
			"1:h8 2:black 1:h9 2:black 2:j8 1:black", rules.First, rules.Second, Stone, "D7"},
		{"Taraguchi-10, ten", rules.Renju, rules.Taraguchi10,
			"1:h8 2:stay 2:h9 1:stay 1:i10 2:stay 2:g7 1:ten 1:a1 1:b1 1:c1 1:d1 1:e1 1:f1 1:g1 1:h1 1:i1 [1:a1] 1:j1 [2:k1] [2:11] 2:j1 2:k1",
			rules.First, rules.First, Playing, "D2"},
	}
}

func TestOpenings(t *testing.T) {
	for _, c := range openingCases() {
		t.Run(c.name, func(t *testing.T) {
			g := play(t, rules.Variant{Rules: c.rules, Opening: c.opening}, c.script)
			if g.Side(c.black) != rules.Black || g.Side(c.black.Other()) != rules.White {
				t.Errorf("black is not with %v", c.black)
			}
			if g.Turn() != c.turn || g.Phase() != c.phase {
				t.Errorf("turn %v, phase %d; want %v, %d", g.Turn(), g.Phase(), c.turn, c.phase)
			}
			if n, _ := g.Named(); n.Code != c.named {
				t.Errorf("opening %q, want %q", n.Code, c.named)
			}
		})
	}
}

// TestOpeningState shows what a client is told at each step of a protocol.
func TestOpeningState(t *testing.T) {
	v := rules.Variant{Rules: rules.Renju, Opening: rules.Soosorv8}
	for _, c := range []struct {
		script string
		want   OpeningState
		words  string
	}{
		{"", OpeningState{Phase: Placing, Player: rules.First, Side: rules.Black, Zone: 1}, ""},
		{"1:h8", OpeningState{Phase: Placing, Player: rules.First, Side: rules.White, Zone: 3}, ""},
		{"1:h8 1:h9 1:i10", OpeningState{Phase: Swapping, Player: rules.Second, Side: rules.White}, "swap stay"},
		{"1:h8 1:h9 1:i10 2:swap", OpeningState{Phase: Stone, Player: rules.First, Side: rules.White}, ""},
		{"1:h8 1:h9 1:i10 2:swap 1:g7", OpeningState{Phase: Declaring, Player: rules.First, Side: rules.Black}, "1 2 3 4 5 6 7 8"},
		{"1:h8 1:h9 1:i10 2:swap 1:g7 1:2 2:stay 2:a1",
			OpeningState{Phase: Offering, Player: rules.Second, Side: rules.Black, Wanted: 2, Offered: []rules.Point{{}}}, ""},
		{"1:h8 1:h9 1:i10 2:swap 1:g7 1:2 2:stay 2:a1 2:a2",
			OpeningState{Phase: Picking, Player: rules.First, Side: rules.Black, Wanted: 2, Offered: []rules.Point{{}, {Row: 1}}}, "a1 a2"},
		{"1:h8 1:h9 1:i10 2:swap 1:g7 1:2 2:stay 2:a1 2:a2 1:a2", OpeningState{Phase: Playing, Player: rules.First, Side: rules.White}, ""},
	} {
		got := play(t, v, c.script).Opening()
		var words []string
		for _, o := range got.Options {
			words = append(words, o.Word)
		}
		if got.Phase != c.want.Phase || got.Player != c.want.Player || got.Side != c.want.Side || got.Zone != c.want.Zone ||
			got.Wanted != c.want.Wanted || !slices.Equal(got.Offered, c.want.Offered) || strings.Join(words, " ") != c.words {
			t.Errorf("after %q: %+v, words %q", c.script, got, words)
		}
	}
}

// TestNamedOpenings: all 26 are there, each once, and every start of three stones that the
// RIF rule allows is one of them, in whatever direction.
func TestNamedOpenings(t *testing.T) {
	centre := rules.Point{Col: 7, Row: 7}
	count := map[string]int{}
	for r2 := uint8(6); r2 <= 8; r2++ {
		for c2 := uint8(6); c2 <= 8; c2++ {
			second := rules.Point{Col: c2, Row: r2}
			for r3 := uint8(5); r3 <= 9; r3++ {
				for c3 := uint8(5); c3 <= 9; c3++ {
					third := rules.Point{Col: c3, Row: r3}
					if second == centre || third == centre || third == second {
						continue
					}
					n, ok := NameOpening(15, centre, second, third)
					if !ok {
						t.Errorf("h8 %v %v has no name", second, third)
					}
					if direct := second.Col == 7 || second.Row == 7; direct != strings.HasPrefix(n.Code, "D") {
						t.Errorf("h8 %v %v is %s", second, third, n.Code)
					}
					count[n.Code]++
				}
			}
		}
	}
	total := 0
	for code, n := range count {
		if n != 4 && n != 8 {
			t.Errorf("%s comes %d times", code, n)
		}
		total += n
	}
	if len(count) != 26 || total != 8*23 {
		t.Errorf("%d openings in %d starts", len(count), total)
	}
	for _, p := range []string{"h8 h9 k8", "h8 j8 i9", "h9 h8 h7"} {
		f := strings.Fields(p)
		if n, ok := NameOpening(15, mustPoint(t, f[0], 15), mustPoint(t, f[1], 15), mustPoint(t, f[2], 15)); ok {
			t.Errorf("%s is %s", p, n.Code)
		}
	}
	for _, c := range []struct{ moves, code, name string }{
		{"h9 h10", "D1", "Kansei"}, {"h9 i9", "D4", "Kagetsu"}, {"g8 g7", "D4", "Kagetsu"}, {"h9 h7", "D8", "Shogetsu"},
		{"h9 j6", "D13", "Yusei"}, {"i9 j10", "I1", "Chosei"}, {"i9 i7", "I7", "Hogetsu"}, {"g7 f6", "I1", "Chosei"}, {"i9 f6", "I13", "Suisei"},
		{"i9 h6", "I10", "Myojo"}, {"g9 h10", "I3", "Kosei"},
	} {
		f := strings.Fields(c.moves)
		n, _ := NameOpening(15, centre, mustPoint(t, f[0], 15), mustPoint(t, f[1], 15))
		if n.Code != c.code || n.Name != c.name {
			t.Errorf("h8 %s is %s %s, want %s", c.moves, n.Code, n.Name, c.code)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, v := range []rules.Variant{
		{Kind: rules.Chess}, {Rules: rules.Chess960}, {Rules: 7}, {Size: 16}, {Size: 3}, {Rules: rules.Renju, Size: 19},
		{Opening: 6}, {Opening: rules.RIF}, {Rules: rules.Freestyle, Opening: rules.Taraguchi10}, {Start: 5}, {ForbiddenLoses: true},
		{Rules: rules.Korean, ForbiddenLoses: true},
	} {
		if _, err := New(v); err == nil {
			t.Errorf("%+v was accepted", v)
		}
	}
	g, err := New(rules.Variant{})
	if err != nil || g.Variant() != (rules.Variant{Kind: rules.Omok, Rules: rules.Standard, Size: 15}) {
		t.Errorf("the default is %+v, %v", g.Variant(), err)
	}
}

func TestParseErrors(t *testing.T) {
	g := play(t, rules.Variant{}, "1:h8")
	for _, c := range []struct {
		text    string
		kind    ParseKind
		problem rules.Problem
	}{
		{"", Unreadable, 0}, {"h", Unreadable, 0}, {"8h", Unreadable, 0}, {"hello", Unreadable, 0}, {"h08", Unreadable, 0}, {"h+8", Unreadable, 0},
		{"h256", Unreadable, 0}, {"1", Unreadable, 0}, {"h8 h9", Unreadable, 0}, {strings.Repeat("h", 5000), Unreadable, 0}, {"한수", Unreadable, 0},
		{"p1", OutsideBoard, 0}, {"a16", OutsideBoard, 0}, {"z99", OutsideBoard, 0}, {"h255", OutsideBoard, 0},
		{"h8", 0, rules.Occupied}, {" H8\t", 0, rules.Occupied}, {"swap", 0, rules.WrongKind}, {"PASS", 0, rules.WrongKind},
	} {
		_, err := g.Parse(c.text)
		var pe *ParseError
		var il *rules.Illegal
		switch {
		case c.kind != 0:
			if !errors.As(err, &pe) || pe.Kind != c.kind || len(pe.Text) > 40 {
				t.Errorf("%.20q: %v", c.text, err)
			}
		case !errors.As(err, &il) || il.Problem != c.problem:
			t.Errorf("%q: %v", c.text, err)
		}
	}
	if m, err := g.Parse(" I10\n"); err != nil || m.To != (rules.Point{Col: 8, Row: 9}) {
		t.Errorf("I10: %v, %v", m, err)
	}
}
