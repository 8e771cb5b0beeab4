package omok

import (
	"math/rand/v2"
	"testing"

	"hansu/rules"
)

// midgame is a renju position of 60 stones from a game between two defenders: black to move.
func midgame(b *testing.B, rs rules.Ruleset) Game {
	b.Helper()
	g, err := New(rules.Variant{Rules: rs, Opening: rules.Centre})
	if err != nil {
		b.Fatal(err)
	}
	pl := player{rand.New(rand.NewPCG(7, 7)), 130, 10}
	for range 60 {
		if g, err = g.After(pl.move(g)); err != nil {
			b.Fatal(err)
		}
	}
	if g.Outcome().Over() {
		b.Fatal("the game is over before its middle")
	}
	return g
}

// busy has double threes that must be looked into several stones deep.
var busy = []string{
	".............X.",
	"..X....X..X...X",
	".X.X....X.X.X.X",
	"..X..X...XX....",
	"..............X",
	".........X....X",
	".....O........X",
	"...............",
	"...............",
	"...............",
	"....X.........X",
	".OXX..........X",
	".X.XX.........X",
	".XXO..........X",
	"X..............",
}

func BenchmarkForbiddenRenju(b *testing.B) {
	for _, c := range []struct {
		name  string
		board Board
	}{{"midgame", midgame(b, rules.Renju).board}, {"busy", mustBoard(b, busy)}} {
		b.Run(c.name, func(b *testing.B) {
			var dst [MaxSize * MaxSize]rules.Point
			b.ReportAllocs()
			for b.Loop() {
				c.board.Forbidden(dst[:0], rules.Renju, rules.Black)
			}
		})
	}
}

func BenchmarkForbiddenKorean(b *testing.B) {
	board := midgame(b, rules.Korean).board
	var dst [MaxSize * MaxSize]rules.Point
	b.ReportAllocs()
	for b.Loop() {
		board.Forbidden(dst[:0], rules.Korean, rules.White)
	}
}

// BenchmarkWins takes the mean over the empty points of a mid-game.
func BenchmarkWins(b *testing.B) {
	for _, rs := range []rules.Ruleset{rules.Freestyle, rules.Standard, rules.Caro} {
		b.Run(rs.String(), func(b *testing.B) {
			board := midgame(b, rs).board
			empty := board.Empty(nil)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				board.Wins(rs, rules.Black, empty[i%len(empty)])
			}
		})
	}
}

// played keeps the compiler from seeing that a game is not used.
var played rules.Game

// BenchmarkPlay is a move through the rules.Game interface: checked, applied, a new value.
func BenchmarkPlay(b *testing.B) {
	for _, rs := range []rules.Ruleset{rules.Standard, rules.Renju, rules.Korean} {
		b.Run(rs.String(), func(b *testing.B) {
			var g rules.Game = midgame(b, rs)
			moves := g.Legal(nil)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				var err error
				if played, err = g.Play(moves[i%len(moves)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLegal(b *testing.B) {
	g := midgame(b, rules.Renju)
	var dst [MaxSize * MaxSize]rules.Move
	b.ReportAllocs()
	for b.Loop() {
		g.Legal(dst[:0])
	}
}
