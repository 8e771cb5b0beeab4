package omok

import (
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"testing"

	"hansu/rules"
)

// This file judges points a second time, slowly and straight from the definitions in
// the package's doc: sets of stones, windows of points, no bits. The tests
// compare it with the package on random positions.

// refLine returns the points through p in direction d, from edge to edge.
func refLine(b *Board, p rules.Point, d int) []rules.Point {
	c, r := int(p.Col), int(p.Row)
	inside := func() bool { return c >= 0 && r >= 0 && c < b.Size() && r < b.Size() }
	for inside() {
		c, r = c-steps[d].col, r-steps[d].row
	}
	var line []rules.Point
	for c, r = c+steps[d].col, r+steps[d].row; inside(); c, r = c+steps[d].col, r+steps[d].row {
		line = append(line, rules.Point{Col: uint8(c), Row: uint8(r)})
	}
	return line
}

// refRun returns the unbroken row of side s in direction d that contains the stone on p, nil if p
// has none.
func refRun(b *Board, p rules.Point, d int, s rules.Side) []rules.Point {
	if b.At(p) != s {
		return nil
	}
	at := func(n int) rules.Point { // beyond the edge: a point that has no stone
		return rules.Point{Col: uint8(int(p.Col) + n*steps[d].col), Row: uint8(int(p.Row) + n*steps[d].row)}
	}
	from := 0
	for b.At(at(from-1)) == s {
		from--
	}
	var run []rules.Point
	for ; b.At(at(from)) == s; from++ {
		run = append(run, at(from))
	}
	return run
}

// refFive: a stone of s lies on p and an unbroken row of exactly five contains it, in direction
// d, or with d -1 in any.
func refFive(b *Board, p rules.Point, d int, s rules.Side) bool {
	if d < 0 {
		return refFive(b, p, 0, s) || refFive(b, p, 1, s) || refFive(b, p, 2, s) || refFive(b, p, 3, s)
	}
	return len(refRun(b, p, d, s)) == 5
}

// refNear returns the empty points of the line in direction d that can share five points with
// p, given that at least need more stones of side s lie among the points around.
func refNear(b *Board, p rules.Point, d int, s rules.Side, need int) []rules.Point {
	var empty []rules.Point
	own := 0
	for _, q := range refLine(b, p, d) {
		far := max(int(q.Col)-int(p.Col), int(p.Col)-int(q.Col), int(q.Row)-int(p.Row), int(p.Row)-int(q.Row))
		if far > 4 || far == 0 {
			continue
		}
		switch b.At(q) {
		case rules.NoSide:
			empty = append(empty, q)
		case s:
			own++
		}
	}
	if own < need {
		return nil
	}
	return empty
}

// with returns the board with a stone more.
func with(b *Board, p rules.Point, s rules.Side) *Board {
	out := *b
	out.Put(p, s)
	return &out
}

// refFours returns the fours in direction d that the stone on p is part of: sets of four stones to
// which one stone more makes an unbroken row of exactly five.
func refFours(b *Board, p rules.Point, d int, s rules.Side) map[[4]rules.Point]bool {
	fours := map[[4]rules.Point]bool{}
	for _, q := range refNear(b, p, d, s, 3) {
		row := refRun(with(b, q, s), q, d, s)
		if len(row) != 5 {
			continue
		}
		var four []rules.Point
		holds := false
		for _, x := range row {
			if x != q {
				four = append(four, x)
			}
			holds = holds || x == p
		}
		if holds {
			fours[[4]rules.Point(four)] = true
		}
	}
	return fours
}

// refStraight returns the straight four in direction d that contains the stones on p and q: an
// unbroken row of four to which each of two points makes exactly five.
func refStraight(b *Board, p, q rules.Point, d int, s rules.Side) []rules.Point {
	run := refRun(b, q, d, s)
	if len(run) != 4 {
		return nil
	}
	holds := false
	for _, x := range run {
		holds = holds || x == p
	}
	ways := 0
	for _, x := range refLine(b, p, d) {
		if b.At(x) == rules.NoSide {
			row := refRun(with(b, x, s), x, d, s)
			if len(row) == 5 && contains(row, run) {
				ways++
			}
		}
	}
	if !holds || ways != 2 {
		return nil
	}
	return run
}

func contains(row, part []rules.Point) bool {
	for _, p := range part {
		if !slices.Contains(row, p) {
			return false
		}
	}
	return true
}

// refThrees returns the threes in direction d that the stone on p is part of, each with
// the points that make a straight four of it.
func refThrees(b *Board, p rules.Point, d int, s rules.Side, noFive bool) map[[3]rules.Point][]rules.Point {
	threes := map[[3]rules.Point][]rules.Point{}
	for _, q := range refNear(b, p, d, s, 2) {
		after := with(b, q, s)
		if noFive && refFive(after, q, -1, s) {
			continue
		}
		run := refStraight(after, p, q, d, s)
		if run == nil {
			continue
		}
		var three []rules.Point
		for _, x := range run {
			if x != q {
				three = append(three, x)
			}
		}
		key := [3]rules.Point(three)
		threes[key] = append(threes[key], q)
	}
	return threes
}

// refRenju judges a black stone on the empty point p by the RIF rules.
func refRenju(b *Board, p rules.Point) rules.Problem {
	after := with(b, p, rules.Black)
	if refFive(after, p, -1, rules.Black) {
		return rules.NoProblem
	}
	fours := 0
	var threes [][]rules.Point
	for d := range 4 {
		if len(refRun(after, p, d, rules.Black)) > 5 {
			return rules.Overline
		}
		fours += len(refFours(after, p, d, rules.Black))
		for _, qs := range refThrees(after, p, d, rules.Black, true) {
			threes = append(threes, qs)
		}
	}
	if fours > 1 {
		return rules.DoubleFour
	}
	if len(threes) < 2 {
		return rules.NoProblem
	}
	able := 0
	for _, qs := range threes {
		for _, q := range qs {
			if refRenju(after, q) == rules.NoProblem {
				able++
				break
			}
		}
	}
	if able > 1 {
		return rules.DoubleThree
	}
	return rules.NoProblem
}

// refKorean judges a stone of side s on the empty point p by the house rule.
func refKorean(b *Board, p rules.Point, s rules.Side) rules.Problem {
	after := with(b, p, s)
	if refFive(after, p, -1, s) {
		return rules.NoProblem
	}
	threes := 0
	for d := range 4 {
		threes += len(refThrees(after, p, d, s, false))
	}
	if threes > 1 {
		return rules.DoubleThree
	}
	return rules.NoProblem
}

func refProblem(b *Board, rs rules.Ruleset, s rules.Side, p rules.Point) rules.Problem {
	switch {
	case rs == rules.Renju && s == rules.Black:
		return refRenju(b, p)
	case rs == rules.Korean:
		return refKorean(b, p, s)
	}
	return rules.NoProblem
}

// refWins judges whether a stone of side s on the empty point p wins.
func refWins(b *Board, rs rules.Ruleset, s rules.Side, p rules.Point) bool {
	after := with(b, p, s)
	for d := range 4 {
		run := refRun(after, p, d, s)
		n := len(run)
		blocked := 0
		line := refLine(b, p, d)
		for i, x := range line {
			if i+1 < len(line) && line[i+1] == run[0] && b.At(x) == s.Other() {
				blocked++
			}
			if i > 0 && line[i-1] == run[n-1] && b.At(x) == s.Other() {
				blocked++
			}
		}
		var won bool
		switch rs {
		case rules.Freestyle:
			won = n >= 5
		case rules.Standard, rules.Korean:
			won = n == 5
		case rules.Renju:
			won = n == 5 || n > 5 && s == rules.White
		case rules.Caro:
			won = n > 5 || n == 5 && blocked < 2
		case rules.CaroExact:
			won = n == 5 && blocked < 2
		}
		if won {
			return true
		}
	}
	return false
}

// randomBoard strews stones about a few centres, more of side s than of the other, so
// that rows, crossings of rows and blocked ends are frequent.
func randomBoard(rnd *rand.Rand, size int, s rules.Side) Board {
	b, err := NewBoard(size)
	if err != nil {
		panic(err)
	}
	stones := size + rnd.IntN(size*size/4)
	enemies := rnd.IntN(40)
	centres := make([]rules.Point, 1+rnd.IntN(3))
	for i := range centres {
		centres[i] = rules.Point{Col: uint8(rnd.IntN(size)), Row: uint8(rnd.IntN(size))}
	}
	for range stones {
		at := centres[rnd.IntN(len(centres))]
		spread := 2 + rnd.IntN(size)
		p := rules.Point{Col: uint8(int(at.Col) + rnd.IntN(2*spread+1) - spread), Row: uint8(int(at.Row) + rnd.IntN(2*spread+1) - spread)}
		side := s
		if rnd.IntN(100) < enemies {
			side = s.Other()
		}
		b.Put(p, side)
	}
	return b
}

// randomRows lays unfinished rows of side s across each other, so that one stone makes several
// threes and fours and what the next one makes decides whether they count.
func randomRows(rnd *rand.Rand, size int, s rules.Side) Board {
	b, err := NewBoard(size)
	if err != nil {
		panic(err)
	}
	for range 2 + rnd.IntN(size) {
		col, row, st := rnd.IntN(size), rnd.IntN(size), steps[rnd.IntN(len(steps))]
		for i := range 3 + rnd.IntN(3) {
			if rnd.IntN(5) < 3 {
				b.Put(rules.Point{Col: uint8(col + i*st.col), Row: uint8(row + i*st.row)}, s)
			}
		}
	}
	for range rnd.IntN(size / 2) {
		b.Put(rules.Point{Col: uint8(rnd.IntN(size)), Row: uint8(rnd.IntN(size))}, s.Other())
	}
	return b
}

// sample is how many random boards are looked at where n are asked for: more in a soak run, and otherwise fewer
// with the race detector, which makes this ten times slower and has nothing to look for in it, since nothing is
// shared. The stage "rules" of ./scripts/test runs these tests without it.
func sample(n int) int {
	info, ok := debug.ReadBuildInfo()
	switch {
	case os.Getenv("HANSU_SOAK") == "1":
		return 50 * n
	case ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}):
		return n / 10
	}
	return n
}

// eachRandom calls f with random boards of several sizes, sample(n) in all.
func eachRandom(n int, f func(b *Board, s rules.Side)) {
	n = sample(n)
	rnd := rand.New(rand.NewPCG(20, 26))
	sizes := []int{15, 15, 15, 19, 9, 7, 20, 26, 5}
	for i := range n {
		s := rules.Black
		if i%3 == 2 {
			s = rules.White
		}
		strew := randomBoard
		if i%2 == 1 {
			strew = randomRows
		}
		b := strew(rnd, sizes[i%len(sizes)], s)
		f(&b, s)
	}
}

func TestProblemAgreesWithDefinitions(t *testing.T) {
	const boards = 2500
	seen := map[string]int{}
	eachRandom(boards, func(b *Board, s rules.Side) {
		for _, rs := range []rules.Ruleset{rules.Renju, rules.Korean, rules.Standard} {
			want := []rules.Point{}
			for _, p := range b.Empty(nil) {
				ref := refProblem(b, rs, s, p)
				if got := b.Problem(rs, s, p); got != ref {
					t.Fatalf("%s, %v on %v: problem %d, by definition %d on\n%s", rs, s, p, got, ref, b.String())
				}
				if ref != rules.NoProblem {
					want = append(want, p)
					seen[rs.String()+" "+ref.String()]++
				}
			}
			if got := b.Forbidden(nil, rs, s); !slices.Equal(got, want) {
				t.Fatalf("%s: forbidden %v, by definition %v on\n%s", rs, got, want, b.String())
			}
		}
	})
	for _, kind := range []string{"renju double three", "renju double four", "renju overline", "omok double three"} {
		if seen[kind] < sample(boards)/25 {
			t.Errorf("%d points of kind %s: the positions do not test it", seen[kind], kind)
		}
	}
	t.Logf("forbidden points compared: %v", seen)
}

func TestWinsAgreesWithDefinitions(t *testing.T) {
	won := map[rules.Ruleset]int{}
	eachRandom(300, func(b *Board, _ rules.Side) {
		for _, rs := range []rules.Ruleset{rules.Freestyle, rules.Standard, rules.Renju, rules.Korean, rules.Caro, rules.CaroExact} {
			for _, s := range []rules.Side{rules.Black, rules.White} {
				for _, p := range b.Empty(nil) {
					want := refWins(b, rs, s, p)
					if got := b.Wins(rs, s, p); got != want {
						t.Fatalf("%s, %v on %v: wins %v, by definition %v on\n%s", rs, s, p, got, want, b.String())
					}
					line := b.WinningLine(nil, rs, s, p)
					if want {
						won[rs]++
						if !contains(line, []rules.Point{p}) || len(line) < 5 {
							t.Fatalf("%s, %v on %v wins by %v", rs, s, p, line)
						}
					} else if len(line) != 0 {
						t.Fatalf("%s, %v on %v wins by %v, but does not win", rs, s, p, line)
					}
				}
			}
		}
	})
	t.Logf("winning points compared: %v", won)
}

// TestSymmetry: what is judged does not change when the board is turned or mirrored.
func TestSymmetry(t *testing.T) {
	eachRandom(120, func(b *Board, s rules.Side) {
		for turn := range Symmetries {
			turned := b.Turn(turn)
			for _, p := range b.Empty(nil) {
				q := TurnPoint(p, b.Size(), turn)
				for rs := rules.Freestyle; rs <= rules.CaroExact; rs++ {
					if got, want := turned.Problem(rs, s, q), b.Problem(rs, s, p); got != want {
						t.Fatalf("%s, turn %d: %v is %d, %v was %d on\n%s", rs, turn, q, got, p, want, b.String())
					}
					if turned.Wins(rs, s, q) != b.Wins(rs, s, p) {
						t.Fatalf("%s, turn %d: a win on %v and none on %v on\n%s", rs, turn, q, p, b.String())
					}
				}
			}
		}
	})
}

// TestLineOfStones compares both judgements of the middle of a line of eleven points, with every
// content of the five points on one side of it and a random one on the other.
func TestLineOfStones(t *testing.T) {
	const length = 11
	for code := range 1 << (2 * 5) { // two bits a point: empty, black, white, empty
		rnd := rand.New(rand.NewPCG(uint64(code), 3))
		b, err := NewBoard(15)
		if err != nil {
			t.Fatal(err)
		}
		for i := range length {
			if i == 5 {
				continue
			}
			content := rnd.IntN(3)
			if i < 5 {
				content = code >> (2 * i) & 3 % 3
			}
			b.Put(rules.Point{Col: uint8(i + 2), Row: 7}, rules.Side(content%3))
		}
		// A row across, so that a three or a four in the line makes a double.
		for i := range 2 {
			b.Put(rules.Point{Col: 7, Row: uint8(8 + i)}, rules.Black)
		}
		p := rules.Point{Col: 7, Row: 7}
		for _, rs := range []rules.Ruleset{rules.Renju, rules.Korean} {
			if got, want := b.Problem(rs, rules.Black, p), refProblem(&b, rs, rules.Black, p); got != want {
				t.Fatalf("%s: problem %d, by definition %d on\n%s", rs, got, want, b.String())
			}
		}
	}
}
