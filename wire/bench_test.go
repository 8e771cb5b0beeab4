package wire

import "testing"

// moved is a move as it comes in the middle of a game with a clock.
func moved() Moved {
	return Moved{
		Seat: 1, Next: 2, Black: 1, Ply: 41,
		Move: Move{Col: 7, Row: 7},
		Left: [2]TimeLeft{{Main: 301_250}, {Main: 288_040}},
	}
}

func BenchmarkEncodeMoved(b *testing.B) {
	m := moved()
	buf := make([]byte, 0, MaxPacket)
	b.ReportAllocs()
	for b.Loop() {
		buf = m.Append(buf[:0], Header{Table: 12, Number: 44})
	}
}

func BenchmarkDecodeMoved(b *testing.B) {
	m := moved()
	buf := m.Append(nil, Header{Table: 12, Number: 44})
	var got Moved
	b.ReportAllocs()
	for b.Loop() {
		_, body, _, err := Cut(buf)
		if err != nil {
			b.Fatal(err)
		}
		if err := got.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCut1000 cuts a stream of 1,000 packets that is there whole.
func BenchmarkCut1000(b *testing.B) {
	stream := manyMoved(1000)
	var d Decoder
	count := 0
	each := func(Header, []byte) error { count++; return nil }
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		count = 0
		if err := d.Feed(stream, each); err != nil || count != 1000 {
			b.Fatal(count, err)
		}
	}
}

// BenchmarkCut1000Pieces cuts the same stream arriving in pieces of 1,460 bytes.
func BenchmarkCut1000Pieces(b *testing.B) {
	stream := manyMoved(1000)
	var d Decoder
	count := 0
	each := func(Header, []byte) error { count++; return nil }
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		count = 0
		for p := stream; len(p) > 0; p = p[min(1460, len(p)):] {
			if err := d.Feed(p[:min(1460, len(p))], each); err != nil {
				b.Fatal(err)
			}
		}
		if count != 1000 {
			b.Fatal(count)
		}
	}
}

func manyMoved(n int) []byte {
	m := moved()
	var stream []byte
	for i := range n {
		stream = m.Append(stream, Header{Table: 12, Number: uint32(i + 1)})
	}
	return stream
}

func TestHotPathAllocatesNothing(t *testing.T) {
	m, got := moved(), Moved{}
	buf := make([]byte, 0, MaxPacket)
	stream := manyMoved(100)
	var d Decoder
	each := func(_ Header, body []byte) error { return got.Decode(body) }
	n := testing.AllocsPerRun(100, func() {
		buf = m.Append(buf[:0], Header{Table: 1, Number: 2})
		if err := got.Decode(buf[HeaderSize:]); err != nil {
			t.Fatal(err)
		}
		if err := d.Feed(stream, each); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("encoding, decoding and cutting allocate %v times", n)
	}
	if got != m {
		t.Errorf("decoded %+v, want %+v", got, m)
	}
}
