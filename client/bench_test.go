package client

import "testing"

// BenchmarkRecord measures what one move of the opponent costs a client: its packet is cut, its
// rules are checked, and a table with the new position is made.
func BenchmarkRecord(b *testing.B) {
	stream := opening(b, 1)
	whole := new(answers)
	const moves = 100 // without five in a row of either
	for i := range uint16(moves) {
		whole.record(5, uint32(3+i), stone(i+1, uint8(i%14), uint8(i/14*2)))
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(whole.bytes) / moves))
	for n := 0; n < b.N; n += moves {
		b.StopTimer()
		c := newCore(b)
		receive(b, c, stream)
		b.StartTimer()
		if got := receive(b, c, whole); len(got) != moves {
			b.Fatal(len(got))
		}
	}
}
