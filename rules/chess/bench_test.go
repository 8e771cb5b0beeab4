package chess

import (
	"testing"

	"hansu/rules"
)

const kiwipete = "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1"

// benchPerft reports positions a second.
func benchPerft(b *testing.B, p Position, depth int, count func(Position, int) uint64) {
	var nodes uint64
	b.ReportAllocs()
	for b.Loop() {
		nodes += count(p, depth)
	}
	b.ReportMetric(float64(nodes)/b.Elapsed().Seconds()/1e6, "Mnodes/s")
}

func BenchmarkPerft(b *testing.B) {
	for _, c := range []struct {
		name string
		p    Position
		deep int
	}{{"start", Start(), 5}, {"kiwipete", mustFEN(b, kiwipete), 4}} {
		b.Run(c.name+"/bulk", func(b *testing.B) { benchPerft(b, c.p, c.deep, PerftBulk) })
		b.Run(c.name+"/play", func(b *testing.B) { benchPerft(b, c.p, c.deep, Perft) })
	}
}

// BenchmarkPlay measures one checked move by coordinates, end of game and
// repetitions included, over a historic game's length.
func BenchmarkPlay(b *testing.B) {
	start, moves := longGame(b)
	b.ReportAllocs()
	i, g := 0, rules.Game(start)
	for b.Loop() {
		next, err := g.Play(moves[i])
		if err != nil {
			b.Fatal(err)
		}
		if g, i = next, i+1; i == len(moves) {
			g, i = start, 0
		}
	}
}

func BenchmarkParseSAN(b *testing.B) {
	p := mustFEN(b, kiwipete)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Parse("Nxd7"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFormatSAN(b *testing.B) {
	p := mustFEN(b, kiwipete)
	m, err := p.Parse("Nxd7")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if p.SAN(m) == "" {
			b.Fatal("nothing written")
		}
	}
}

// longGame returns a game of 104 half-moves.
func longGame(tb testing.TB) (*Game, []rules.Move) {
	tb.Helper()
	g, err := New(rules.Variant{Kind: rules.Chess})
	if err != nil {
		tb.Fatal(err)
	}
	start := g
	var moves []rules.Move
	rng := newRand(1)
	for len(moves) < 104 {
		legal := g.Legal(nil)
		if len(legal) == 0 {
			g, moves = start, moves[:0]
			continue
		}
		m := legal[rng.IntN(len(legal))]
		moves = append(moves, m)
		if g, err = g.Move(m); err != nil {
			tb.Fatal(err)
		}
	}
	return start, moves
}
