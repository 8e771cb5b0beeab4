package bench

import (
	"testing"

	peer "github.com/corentings/chess/v2"

	"hansu/rules/chess"
)

// BenchmarkPerft counts positions with this project's rules and with those of the only other
// chess library in Go that the module proxy serves, one after the other: play makes every move to the last ply,
// bulk counts the last ply's moves.
func BenchmarkPerft(b *testing.B) {
	for _, p := range []struct {
		name, fen   string
		depth, peer int
	}{
		{"start", "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1", 5, 4},
		{"kiwipete", "r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1", 4, 3},
	} {
		ours, err := chess.ParseFEN(p.fen)
		if err != nil {
			b.Fatal(err)
		}
		fen, err := peer.FEN(p.fen)
		if err != nil {
			b.Fatal(err)
		}
		theirs := peer.NewGame(fen).Position()
		for _, way := range []struct {
			name  string
			count func() uint64
		}{
			{"play/hansu", func() uint64 { return chess.Perft(ours, p.depth) }},
			{"play/corentings", func() uint64 { return peerPerft(theirs, p.peer, 0) }},
			{"bulk/hansu", func() uint64 { return chess.PerftBulk(ours, p.depth) }},
			{"bulk/corentings", func() uint64 { return peerPerft(theirs, p.peer, 1) }},
		} {
			b.Run(p.name+"/"+way.name, func(b *testing.B) {
				var nodes uint64
				for b.Loop() {
					nodes += way.count()
				}
				b.ReportMetric(float64(nodes)/b.Elapsed().Seconds()/1e6, "Mnodes/s")
			})
		}
	}
}

// peerPerft counts with the other library; the moves at depth bulk are counted without being played.
func peerPerft(p *peer.Position, depth, bulk int) uint64 {
	if depth == 0 {
		return 1
	}
	moves := p.ValidMoves()
	if depth == bulk {
		return uint64(len(moves))
	}
	var n uint64
	for i := range moves {
		n += peerPerft(p.Update(&moves[i]), depth-1, bulk)
	}
	return n
}
