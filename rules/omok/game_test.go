package omok

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"hansu/rules"
)

// variants lists every combination that New takes on 15×15, and the other sizes once.
func variants() []rules.Variant {
	var out []rules.Variant
	for rs := rules.Freestyle; rs <= rules.CaroExact; rs++ {
		for o := rules.FreeOpening; o <= rules.Taraguchi10; o++ {
			for _, size := range []uint8{15, 19, 20} {
				for _, loses := range []bool{false, true} {
					v := rules.Variant{Kind: rules.Omok, Rules: rs, Size: size, Opening: o, ForbiddenLoses: loses}
					if _, err := New(v); err == nil && (size == 15 || o <= rules.Centre) {
						out = append(out, v)
					}
				}
			}
		}
	}
	return out
}

// everyMove calls f with every move there could be on a board of the size, and some that
// are malformed.
func everyMove(size int, f func(rules.Move)) {
	for kind := rules.Play; kind <= rules.Offer+1; kind++ {
		for arg := range uint8(13) {
			f(rules.Move{Kind: kind, Arg: arg})
		}
		for r := range uint8(size + 1) {
			for c := range uint8(size + 1) {
				f(rules.Move{Kind: kind, To: rules.Point{Col: c, Row: r}})
			}
		}
		f(rules.Move{Kind: kind, To: rules.Point{Col: 255, Row: 255}, Arg: 255})
		f(rules.Move{Kind: kind, From: rules.Point{Col: 1}, To: rules.Point{Col: 3, Row: 3}})
	}
}

// checkPosition holds a game to what is true of every game.
func checkPosition(t *testing.T, g Game) []rules.Move {
	t.Helper()
	listed := g.Legal(nil)
	set := map[rules.Move]bool{}
	for _, m := range listed {
		if set[m] {
			t.Fatalf("%v is listed twice", m)
		}
		set[m] = true
	}
	before := g
	everyMove(g.Size(), func(m rules.Move) {
		after, err := g.Play(m)
		if (err == nil) != set[m] {
			t.Fatalf("%v: listed %v, played with error %v in phase %d of\n%s", m, set[m], err, g.Phase(), g.board.String())
		}
		var illegal *rules.Illegal
		if err != nil && (!errors.As(err, &illegal) || illegal.Problem == rules.NoProblem || illegal.Move != m || after != rules.Game(g)) {
			t.Fatalf("%v: error %v, game changed: %v", m, err, after != rules.Game(g))
		}
	})
	if g != before {
		t.Fatal("playing changed the game played from")
	}
	for _, m := range listed {
		text := g.Format(m)
		if back, err := g.Parse(text); err != nil || back != m {
			t.Fatalf("%v is written %q and read as %v, %v", m, text, back, err)
		}
	}
	forbidden := g.Forbidden(nil)
	for _, p := range forbidden {
		m := rules.Move{To: p}
		if set[m] != g.variant.ForbiddenLoses {
			t.Fatalf("%v is forbidden; listed: %v", p, set[m])
		}
	}
	if over := g.Outcome().Over(); over != (len(listed) == 0) || over != (g.Turn() == rules.NoPlayer) {
		t.Fatalf("over %v, %d moves, turn %v", over, len(listed), g.Turn())
	}
	if w := g.Outcome().Winner; w != rules.NoPlayer && (g.CanWin(w.Other()) || !g.CanWin(w)) {
		t.Fatal("who has won can win, and nobody else")
	}
	if g.Side(rules.First) == g.Side(rules.Second) || g.Side(rules.NoPlayer) != rules.NoSide {
		t.Fatal("the sides are not shared out")
	}
	return listed
}

// TestLegalIffListed plays random games of every variant: a move is accepted if and
// only if it is listed, what is written is read back, and the same moves give the same game.
func TestLegalIffListed(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 2))
	for _, v := range variants() {
		g, err := New(v)
		if err != nil {
			t.Fatal(err)
		}
		var moves []rules.Move
		for i := 0; g.Turn() != rules.NoPlayer; i++ {
			var listed []rules.Move
			if i < 20 || i%29 == 0 { // all of the opening, then now and then
				listed = checkPosition(t, g)
			} else {
				listed = g.Legal(nil)
			}
			m := listed[rnd.IntN(len(listed))]
			if next := g.Next(); g.Phase() == Playing && m.Kind == rules.Play {
				// Near other stones more often than not, so that rows come about.
				for range 4 {
					if x := listed[rnd.IntN(len(listed))]; x.Kind == rules.Play && g.board.near(next, x.To) > g.board.near(next, m.To) {
						m = x
					}
				}
			}
			if g, err = g.After(m); err != nil {
				t.Fatalf("%v: %v", m, err)
			}
			moves = append(moves, m)
		}
		checkPosition(t, g)
		again, err := New(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range moves {
			if again, err = again.After(m); err != nil {
				t.Fatal(err)
			}
		}
		if again != g {
			t.Fatalf("%+v: the same %d moves gave another game", v, len(moves))
		}
	}
}

// fullBoard fills a board without any five: pairs along the rows, shifted in every other row.
// Points for which skip is true stay empty.
func fullBoard(size int, skip func(p rules.Point) bool) Board {
	b, err := NewBoard(size)
	if err != nil {
		panic(err)
	}
	for r := range size {
		for c := range size {
			p := rules.Point{Col: uint8(c), Row: uint8(r)}
			if !skip(p) {
				b.Put(p, rules.Black+rules.Side((c/2+r)%2))
			}
		}
	}
	return b
}

func TestFullBoardIsADraw(t *testing.T) {
	for _, size := range []uint8{15, 19, 20} {
		g, err := New(rules.Variant{Rules: rules.Freestyle, Size: size})
		if err != nil {
			t.Fatal(err)
		}
		full := fullBoard(int(size), func(rules.Point) bool { return false })
		for g.Turn() != rules.NoPlayer {
			stones := g.Stones()
			for _, m := range g.Legal(nil) {
				if full.At(m.To) == g.Next() {
					if g, err = g.After(m); err != nil {
						t.Fatal(err)
					}
					break
				}
			}
			if g.Stones() == stones { // all of one colour are laid: 20×20 and 15×15 share them out evenly
				t.Fatalf("%d stones and no point left for %v", stones, g.Next())
			}
		}
		if g.Outcome() != (rules.Outcome{Reason: rules.BoardFull}) || !g.Outcome().Draw() || g.CanWin(rules.First) {
			t.Errorf("size %d: %+v", size, g.Outcome())
		}
	}
}

func TestPasses(t *testing.T) {
	renju := rules.Variant{Rules: rules.Renju}
	g := play(t, renju, "[1:pass] 1:h8 2:pass 1:a1 2:pass 1:pass")
	if g.Outcome() != (rules.Outcome{Reason: rules.Passes}) || g.Stones() != 2 {
		t.Errorf("two passes: %+v", g.Outcome())
	}
	// After white's pass black lays a second stone in a row.
	g = play(t, renju, "1:h8 2:pass 1:h9 2:a1 1:pass 2:a2")
	if g.Outcome().Over() || g.At(rules.Point{Col: 7, Row: 8}) != rules.Black || g.At(rules.Point{Row: 1}) != rules.White || g.Turn() != rules.First {
		t.Errorf("passes in between: %+v", g.Outcome())
	}
	play(t, rules.Variant{Rules: rules.Renju, Opening: rules.RIF}, "1:h8 [1:pass] 1:h9 1:h10 [2:pass] 2:stay [2:pass] 2:a1 [1:pass] 1:b1 1:b2 [2:pass] 2:1 2:pass")
	for _, rs := range []rules.Ruleset{rules.Freestyle, rules.Standard, rules.Korean, rules.Caro, rules.CaroExact} {
		play(t, rules.Variant{Rules: rs}, "1:h8 [2:pass]")
	}
}

func TestHowGamesEnd(t *testing.T) {
	for _, c := range []struct {
		rules  rules.Ruleset
		script string
		want   rules.Outcome
		line   string
	}{
		{rules.Standard, "1:h8 2:a1 1:i8 2:a2 1:j8 2:a3 1:k8 2:a4 1:l8", rules.Outcome{Reason: rules.Five, Winner: rules.First}, "h8 i8 j8 k8 l8"},
		{rules.Standard, "1:a1 2:h8 1:a2 2:i9 1:a4 2:k11 1:a5 2:l12 1:a7 2:j10", rules.Outcome{Reason: rules.Five, Winner: rules.Second}, "h8 i9 j10 k11 l12"},
		// Six in a row: nothing, a win, a win of white only.
		{rules.Standard, "1:a1 2:o1 1:b1 2:o3 1:c1 2:o5 1:e1 2:o7 1:f1 2:o9 1:d1", rules.Outcome{}, ""},
		{rules.Korean, "1:a1 2:o1 1:b1 2:o3 1:c1 2:o5 1:e1 2:o7 1:f1 2:o9 1:d1", rules.Outcome{}, ""},
		{rules.Freestyle, "1:a1 2:o1 1:b1 2:o3 1:c1 2:o5 1:e1 2:o7 1:f1 2:o9 1:d1", rules.Outcome{Reason: rules.Five, Winner: rules.First}, "a1 b1 c1 d1 e1 f1"},
		{rules.Renju, "1:a1 2:o1 1:b1 2:o3 1:c1 2:o5 1:e1 2:o7 1:f1 2:o9 [1:d1]", rules.Outcome{}, ""},
		{rules.Renju, "1:o1 2:a1 1:o3 2:b1 1:o5 2:c1 1:o7 2:e1 1:o9 2:f1 1:o11 2:d1", rules.Outcome{Reason: rules.Five, Winner: rules.Second}, "a1 b1 c1 d1 e1 f1"},
		// Caro: five between two enemies does not win, five at the edge does.
		{rules.Caro, "1:b1 2:a1 1:c1 2:g1 1:d1 2:o5 1:e1 2:o7 1:f1", rules.Outcome{}, ""},
		{rules.Caro, "1:a1 2:f1 1:b1 2:o3 1:c1 2:o5 1:d1 2:o7 1:e1", rules.Outcome{Reason: rules.Five, Winner: rules.First}, "a1 b1 c1 d1 e1"},
		{rules.CaroExact, "1:a1 2:o1 1:b1 2:o3 1:c1 2:o5 1:e1 2:o7 1:f1 2:o9 1:d1", rules.Outcome{}, ""},
	} {
		g := play(t, rules.Variant{Rules: c.rules}, c.script)
		var line string
		for _, p := range g.WinningLine(nil) {
			line += " " + p.String()
		}
		if g.Outcome() != c.want || (line != "" && line[1:] != c.line) || (line == "") != (c.line == "") {
			t.Errorf("%v, %q: %+v by%s", c.rules, c.script, g.Outcome(), line)
		}
		if c.want.Over() {
			m := rules.Move{To: rules.Point{Col: 9, Row: 13}}
			var illegal *rules.Illegal
			if _, err := g.Play(m); !errors.As(err, &illegal) || illegal.Problem != rules.GameOver {
				t.Errorf("%v after the end: %v", m, err)
			}
		}
	}
}

// A Swap2 swap changes who wins by black's five.
func TestWinnerAfterSwap(t *testing.T) {
	g := play(t, rules.Variant{Opening: rules.Swap2}, "1:h8 1:a1 1:i8 2:black 1:a2 2:j8 1:a3 2:k8 1:a4 2:l8")
	if g.Outcome() != (rules.Outcome{Reason: rules.Five, Winner: rules.Second}) {
		t.Errorf("%+v", g.Outcome())
	}
}

func TestForbiddenLoses(t *testing.T) {
	const cross = "1:h8 2:a1 1:i8 2:a3 1:j9 2:a5 1:j10 2:a7 "
	strict := play(t, rules.Variant{Rules: rules.Renju}, cross+"[1:j8]")
	if f := strict.Forbidden(nil); !slices.Contains(f, rules.Point{Col: 9, Row: 7}) {
		t.Errorf("forbidden: %v", f)
	}
	loses := rules.Variant{Rules: rules.Renju, ForbiddenLoses: true}
	g := play(t, loses, cross)
	if f := g.Forbidden(nil); !slices.Contains(f, rules.Point{Col: 9, Row: 7}) || g.ForbiddenPlayed() {
		t.Errorf("forbidden: %v", f)
	}
	g = play(t, loses, cross+"1:j8")
	if !g.ForbiddenPlayed() || g.Foul() != rules.DoubleThree || g.Turn() != rules.Second || g.Outcome().Over() {
		t.Errorf("played: foul %v, outcome %+v", g.Foul(), g.Outcome())
	}
	for _, answer := range []string{"2:b2", "2:pass"} {
		if g := play(t, loses, cross+"1:j8 "+answer); g.ForbiddenPlayed() || g.Foul() != rules.NoProblem {
			t.Errorf("after %s the stone can still be claimed", answer)
		}
	}
	g = play(t, loses, "1:a1 2:o1 1:b1 2:o3 1:c1 2:o5 1:e1 2:o7 1:f1 2:o9 1:d1")
	if g.Foul() != rules.Overline || g.Outcome().Over() {
		t.Errorf("an overline: foul %v, outcome %+v", g.Foul(), g.Outcome())
	}
	g = play(t, loses, "1:a1 2:o1 1:b1 2:o3 1:c1 2:o5 1:d2 2:o7 1:d3 2:o9 1:d4 2:n2 1:d5 2:n4 1:d1")
	if g.Foul() != rules.NoProblem || g.Outcome().Reason != rules.Five {
		t.Errorf("five and a four: foul %v, outcome %+v", g.Foul(), g.Outcome())
	}
}

// A forbidden stone on the last empty point can still be claimed; if white passes
// instead, the board is full.
func TestForbiddenStoneFillsTheBoard(t *testing.T) {
	g, err := New(rules.Variant{Rules: rules.Renju, ForbiddenLoses: true})
	if err != nil {
		t.Fatal(err)
	}
	last := rules.Point{Col: 2, Row: 0}
	g.board = fullBoard(15, func(p rules.Point) bool { return p == last })
	for c := range uint8(6) {
		if p := (rules.Point{Col: c}); p != last {
			g.board.Put(p, rules.Black)
		}
	}
	if g, err = g.After(rules.Move{To: last}); err != nil {
		t.Fatal(err)
	}
	if !g.ForbiddenPlayed() || g.Foul() != rules.Overline || g.Turn() != rules.Second {
		t.Fatalf("foul %v, outcome %+v", g.Foul(), g.Outcome())
	}
	if moves := g.Legal(nil); len(moves) != 1 || moves[0].Kind != rules.Pass {
		t.Fatalf("legal: %v", moves)
	}
	if g, err = g.After(rules.Move{Kind: rules.Pass}); err != nil || g.Outcome().Reason != rules.BoardFull {
		t.Errorf("after the pass: %+v, %v", g.Outcome(), err)
	}
}

func TestCanWin(t *testing.T) {
	row := func(from, to uint8) func(rules.Point) bool {
		return func(p rules.Point) bool { return p.Row == 7 && p.Col >= from && p.Col <= to }
	}
	for _, c := range []struct {
		name         string
		rules        rules.Ruleset
		empty        func(rules.Point) bool
		first, other bool
	}{
		{"nothing empty in a line", rules.Freestyle, func(p rules.Point) bool { return p.Col%5 == 0 && p.Row%5 == 0 }, false, false},
		{"five empty in a line, shared", rules.Freestyle, row(3, 7), false, false},
		{"ten empty, half of them each", rules.Freestyle, row(3, 12), true, true},
		{"five empty in a line, the other passes", rules.Renju, row(3, 7), true, true},
		{"all empty", rules.Caro, func(rules.Point) bool { return true }, true, true},
	} {
		g, err := New(rules.Variant{Rules: c.rules})
		if err != nil {
			t.Fatal(err)
		}
		g.board = fullBoard(15, c.empty)
		if got, other := g.CanWin(rules.First), g.CanWin(rules.Second); got != c.first || other != c.other {
			t.Errorf("%s: first %v, second %v", c.name, got, other)
		}
	}
}

func TestNewFrom(t *testing.T) {
	b := mustBoard(t, []string{
		"...............", "...............", "...............", "...............", "...............",
		"...............", "...............", "....XXXX.......", "...............", "...............",
		"...............", "...............", "...............", "...............", "OOO.OO.........",
	})
	for _, c := range []struct {
		v    rules.Variant
		next rules.Side
		play string
		want rules.Outcome
	}{
		{rules.Variant{}, rules.Black, "i8", rules.Outcome{Reason: rules.Five, Winner: rules.First}},
		{rules.Variant{}, rules.White, "d1", rules.Outcome{}},
		{rules.Variant{Rules: rules.Renju}, rules.White, "d1", rules.Outcome{Reason: rules.Five, Winner: rules.Second}},
	} {
		g, err := NewFrom(c.v, b, c.next)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := g.Last(); ok || g.Next() != c.next || g.Side(g.Turn()) != c.next || g.Claim() != rules.NoReason {
			t.Errorf("last %v, next %v, turn %v", ok, g.Next(), g.Turn())
		}
		m, err := g.Parse(c.play)
		if err != nil {
			t.Fatal(err)
		}
		after, err := g.After(m)
		if p, ok := after.Last(); err != nil || !ok || p != m.To || after.Outcome() != c.want || after.Board() == b {
			t.Errorf("%s: %v, %+v", c.play, err, after.Outcome())
		}
		checkPosition(t, g)
	}
	full := fullBoard(15, func(rules.Point) bool { return false })
	if g, err := NewFrom(rules.Variant{}, full, rules.Black); err != nil || g.Outcome().Reason != rules.BoardFull || g.Turn() != rules.NoPlayer {
		t.Errorf("a full board: %v, %+v", err, g.Outcome())
	}
	for _, c := range []struct {
		v    rules.Variant
		next rules.Side
	}{{rules.Variant{Size: 19}, rules.Black}, {rules.Variant{Opening: rules.Centre}, rules.Black}, {rules.Variant{}, rules.NoSide}, {rules.Variant{Rules: 99}, rules.Black}} {
		if _, err := NewFrom(c.v, b, c.next); err == nil {
			t.Errorf("%+v with %v was accepted", c.v, c.next)
		}
	}
}

func TestBoardText(t *testing.T) {
	text := ".X.O.\nxo-_+\n.....\n.....\nX...O\n"
	rows := []string{".X.O.", "xo-_+", ".....", ".....", "X...O"}
	b := mustBoard(t, rows)
	if b.At(rules.Point{}) != rules.Black || b.At(rules.Point{Col: 1, Row: 3}) != rules.White || b.Stones() != 6 {
		t.Errorf("read as\n%s", b.String())
	}
	again := mustBoard(t, []string{".X.O.", "XO...", ".....", ".....", "X...O"})
	if again != b || again.String() == text {
		t.Errorf("read as\n%s", again.String())
	}
	for _, rows := range [][]string{nil, {"...", "...", "..."}, {".....", ".....", ".....", ".....", "...."}, {".....", ".....", "..Q..", ".....", "....."}} {
		if _, err := ParseBoard(rows); !errors.Is(err, ErrBoard) {
			t.Errorf("%q: %v", rows, err)
		}
	}
	b.Put(rules.Point{}, rules.NoSide)
	b.Put(rules.Point{}, rules.NoSide)
	b.Put(rules.Point{Col: 1, Row: 3}, rules.Black)
	b.Put(rules.Point{Col: 200, Row: 3}, rules.Black)
	if b.Stones() != 5 || b.At(rules.Point{Col: 1, Row: 3}) != rules.Black {
		t.Errorf("after taking and changing:\n%s", b.String())
	}
}

// FuzzParse: whatever is typed, in whatever phase, gives a legal move or an error.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"h8", "H8", " pass ", "swap", "stay", "black", "white", "more", "ten", "3", "p16", "z255", "\xff", "h8 h9", ""} {
		f.Add(text, uint8(0), uint16(7))
	}
	all := variants()
	f.Fuzz(func(t *testing.T, text string, which uint8, seed uint16) {
		g, err := New(all[int(which)%len(all)])
		if err != nil {
			t.Fatal(err)
		}
		rnd := rand.New(rand.NewPCG(uint64(seed), 0))
		for range seed % 24 {
			legal := g.Legal(nil)
			if len(legal) == 0 {
				break
			}
			if g, err = g.After(legal[rnd.IntN(len(legal))]); err != nil {
				t.Fatal(err)
			}
		}
		m, err := g.Parse(text)
		var pe *ParseError
		var illegal *rules.Illegal
		switch {
		case err == nil:
			if !slices.Contains(g.Legal(nil), m) {
				t.Fatalf("%q is read as %v, which is not legal", text, m)
			}
		case !errors.As(err, &pe) && !errors.As(err, &illegal):
			t.Fatalf("%q: %T", text, err)
		}
	})
}
