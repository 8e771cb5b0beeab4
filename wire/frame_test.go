package wire

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// tails says which packets end in a variable tail.
var tails = map[Type]int{TypeSay: MaxChat, TypeSaid: MaxChat, TypeError: MaxChat}

// fixed returns the size of a packet's fixed body: what a zero packet has.
func fixed(typ Type) int { return len(New(typ).Append(nil, Header{})) - HeaderSize }

// TestBodySizes decodes each type from every size around its bounds.
func TestBodySizes(t *testing.T) {
	for _, typ := range Types() {
		low, high := fixed(typ), fixed(typ)+tails[typ]
		for _, n := range []int{0, low - 1, low, low + 1, high - 1, high, high + 1, MaxPacket - HeaderSize} {
			if n < 0 {
				continue
			}
			p := New(typ)
			err := p.Decode(make([]byte, n))
			if n >= low && n <= high {
				if err != nil {
					t.Errorf("%v of %d bytes: %v", typ, n, err)
				}
				continue
			}
			var size *SizeError
			if !errors.As(err, &size) || *size != (SizeError{typ, n, low, high}) {
				t.Errorf("%v of %d bytes: %v, want a SizeError for %d to %d", typ, n, err, low, high)
				continue
			}
			want := BadPacket
			if tails[typ] > 0 && n > high {
				want = TooLong
			}
			if got := CodeOf(fmt.Errorf("packet: %w", err)); got != want {
				t.Errorf("%v of %d bytes is reported as %v, want %v", typ, n, got, want)
			}
			if !reflect.DeepEqual(p, New(typ)) {
				t.Errorf("%v of %d bytes: refused, but the packet has changed", typ, n)
			}
		}
	}
}

// TestReserved sets every byte of each body in turn and finds that the codec brings back
// each of them but those that are reserved, which it sends as zero.
func TestReserved(t *testing.T) {
	reserved := map[Type]int{
		TypeHello: 1, TypeJoin: 2, TypeOpen: 5, TypePropose: 3, TypeReply: 2, TypeList: 3,
		TypeSeat: 4, TypeSeated: 3, TypeStarted: 5, TypeMoved: 5, TypeProposed: 2,
		TypeReplied: 1, TypeTookBack: 4, TypeEnded: 4, TypeSaid: 3, TypeAway: 3, TypeBack: 3,
		TypeLeft: 3, TypeError: 1, TypeEntry: 2, TypeBye: 2, TypeClock: 7, TypeForbidden: 1, TypeViewers: 2,
	}
	for _, typ := range Types() {
		zeroed := 0
		for i := range fixed(typ) {
			body := make([]byte, fixed(typ))
			body[i] = 0xa5
			p := New(typ)
			if err := p.Decode(body); err != nil {
				t.Fatal(err)
			}
			got := p.Append(nil, Header{})[HeaderSize:]
			if bytes.Equal(got, body) {
				continue
			}
			zeroed++
			if !bytes.Equal(got, make([]byte, len(body))) {
				t.Errorf("%v: byte %d comes back as %x", typ, i, got)
			}
		}
		if zeroed != reserved[typ] {
			t.Errorf("%v loses %d bytes, want %d reserved ones", typ, zeroed, reserved[typ])
		}
	}
}

// TestAppendOverOldBytes encodes into a buffer that was used before: nothing of it may show.
func TestAppendOverOldBytes(t *testing.T) {
	buf := bytes.Repeat([]byte{0xff}, MaxPacket)
	for _, typ := range Types() {
		got := New(typ).Append(buf[:0], Header{})
		if want := New(typ).Append(nil, Header{}); !bytes.Equal(got, want) {
			t.Errorf("%v: %x, want %x", typ, got, want)
		}
		copy(buf[:cap(buf)], bytes.Repeat([]byte{0xff}, MaxPacket))
	}
}

func TestTailIsBounded(t *testing.T) {
	for _, test := range []struct {
		name string
		text string
		want int // bytes of the tail
	}{
		{"fits", strings.Repeat("x", MaxChat), MaxChat},
		{"one byte over", strings.Repeat("x", MaxChat+1), MaxChat},
		{"a character across the limit", strings.Repeat("x", MaxChat-1) + "한", MaxChat - 1},
		{"a wider one", strings.Repeat("x", MaxChat-3) + "😀", MaxChat - 3},
		{"not UTF-8", strings.Repeat("\x80", MaxChat+1), MaxChat},
		{"far over", strings.Repeat("한", 40000), 999},
	} {
		for _, p := range []Packet{&Say{Text: []byte(test.text)}, &Said{Text: []byte(test.text)}, &Error{Text: []byte(test.text)}} {
			got := p.Append(nil, Header{})
			if n := len(got) - HeaderSize - fixed(p.Type()); n != test.want {
				t.Errorf("%s: %v has %d bytes of text, want %d", test.name, p.Type(), n, test.want)
			}
			if h, _, n, err := Cut(got); err != nil || n != len(got) || int(h.Size) != n {
				t.Errorf("%s: %v cannot be cut: %v", test.name, p.Type(), err)
			}
		}
	}
}

func TestDecodeAliasesTheTailAlone(t *testing.T) {
	body := []byte{2, 0, 0, 0, 'h', 'i'}
	var p Said
	if err := p.Decode(body); err != nil {
		t.Fatal(err)
	}
	body[0], body[4] = 1, 'H'
	if p.Seat != 2 || string(p.Text) != "Hi" {
		t.Errorf("seat %d, text %q: want the fixed part copied and the tail shared", p.Seat, p.Text)
	}
}

func TestCutKeepsToThePacket(t *testing.T) {
	p := Ping{Value: 7}
	buf := p.Append(nil, Header{})
	buf = p.Append(buf, Header{Number: 9})
	_, body, n, err := Cut(buf)
	if err != nil || n != 16 {
		t.Fatal(n, err)
	}
	if cap(body) != len(body) {
		t.Error("the body can be appended to and would overwrite the next packet")
	}
	if &body[0] != &buf[HeaderSize] {
		t.Error("the body is a copy")
	}
}

// stream returns every golden vector one after another, and how many there are.
func stream(t testing.TB) (all []byte, count int) {
	vs := vectors(t)
	for _, v := range vs {
		all = append(all, unhex(t, v.Hex)...)
	}
	return all, len(vs)
}

// TestDecoderPieces feeds one stream in pieces of every size that matters: the packets must be the same.
func TestDecoderPieces(t *testing.T) {
	all, count := stream(t)
	random := rand.New(rand.NewPCG(1, 2))
	pieces := map[string]func() int{
		"whole": func() int { return len(all) }, "bytes": func() int { return 1 },
		"twos": func() int { return 2 }, "odd": func() int { return 13 },
		"random": func() int { return 1 + random.IntN(400) },
	}
	for name, next := range pieces {
		var d Decoder
		var got []byte
		packets := 0
		rest := all
		for len(rest) > 0 {
			n := min(next(), len(rest))
			piece := bytes.Clone(rest[:n])
			err := d.Feed(piece, func(h Header, body []byte) error {
				var head [HeaderSize]byte
				h.put(&head)
				got = append(append(got, head[:]...), body...)
				packets++
				return nil
			})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for i := range piece {
				piece[i] = 0xee // the loop's buffer is used again
			}
			rest = rest[n:]
			if len(got)+d.Pending() != len(all)-len(rest) {
				t.Fatalf("%s: %d bytes given, %d pending of %d", name, len(got), d.Pending(), len(all)-len(rest))
			}
		}
		if packets != count || !bytes.Equal(got, all) {
			t.Errorf("%s: %d packets of %d, or other bytes", name, packets, count)
		}
	}
}

// TestDecoderCopiesNothingWhole feeds 1,000 packets at once: each body is a part of what was fed.
func TestDecoderCopiesNothingWhole(t *testing.T) {
	all := manyMoved(1000)
	var d Decoder
	at, count := 0, 0
	err := d.Feed(all, func(h Header, body []byte) error {
		if &body[0] != &all[at+HeaderSize] {
			t.Fatalf("packet %d is a copy", count)
		}
		at += int(h.Size)
		count++
		return nil
	})
	if err != nil || count != 1000 || at != len(all) {
		t.Errorf("%d packets of 1000, %d bytes of %d, %v", count, at, len(all), err)
	}
}

func TestDecoderStopsForGood(t *testing.T) {
	ping := (&Ping{}).Append(nil, Header{})
	stop := errors.New("enough")
	for _, test := range []struct {
		name string
		feed []byte
		f    func(Header, []byte) error
		want error
	}{
		{"size too small", []byte{0, 11}, nil, &FrameError{11}},
		{"size too large", []byte{0x10, 0x01}, nil, &FrameError{4097}},
		{"the handler's error", ping, func(Header, []byte) error { return stop }, stop},
	} {
		for _, whole := range []bool{true, false} {
			var d Decoder
			var err error
			if whole {
				err = d.Feed(test.feed, test.f)
			} else {
				for i := range test.feed {
					err = d.Feed(test.feed[i:i+1], test.f)
				}
			}
			if !reflect.DeepEqual(err, test.want) {
				t.Errorf("%s: %v, want %v", test.name, err, test.want)
			}
			again := d.Feed(ping, func(Header, []byte) error { t.Errorf("%s: read on", test.name); return nil })
			if !reflect.DeepEqual(again, test.want) || d.Pending() != 0 {
				t.Errorf("%s: then %v with %d bytes held", test.name, again, d.Pending())
			}
		}
	}
}

// TestDecoderMemory holds the decoder to what it says about its memory.
func TestDecoderMemory(t *testing.T) {
	var d Decoder
	big := append([]byte{0x10, 0x00, 200, 0, 0, 0, 0, 0, 0, 0, 0, 0}, make([]byte, MaxPacket-HeaderSize)...)
	none := func(Header, []byte) error { return nil }
	for range 3 {
		for i := range big {
			if err := d.Feed(big[i:i+1], none); err != nil {
				t.Fatal(err)
			}
			if cap(d.part) > 2*MaxPacket {
				t.Fatalf("%d bytes held for a packet of %d", cap(d.part), MaxPacket)
			}
		}
		if cap(d.part) > keepBytes {
			t.Fatalf("%d bytes kept after a large packet", cap(d.part))
		}
	}
}

func TestTypes(t *testing.T) {
	types := Types()
	for i, typ := range types {
		if i > 0 && types[i-1] >= typ {
			t.Errorf("%v is not in order", typ)
		}
		p := New(typ)
		if p == nil || p.Type() != typ {
			t.Fatalf("New(%v) gives %v", typ, p)
		}
		if name := reflect.TypeOf(p).Elem().Name(); typ.String() != name {
			t.Errorf("type %d is called %v, its struct %s", typ, typ, name)
		}
		if p.Type().ToServer() != (typ < 64) {
			t.Errorf("%v goes the wrong way", typ)
		}
	}
	for typ := range 256 {
		if p := New(Type(typ)); p == nil && Type(typ).String() != fmt.Sprintf("type %d", typ) {
			t.Errorf("unknown type %d is called %v", typ, Type(typ))
		}
	}
}
