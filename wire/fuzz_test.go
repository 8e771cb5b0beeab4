package wire

import (
	"bytes"
	"testing"
)

// FuzzDecode gives every decoder any bytes. A body that decodes must encode to bytes that decode to the
// same packet and encode to the same again; apart from reserved bytes they are the bytes that came.
func FuzzDecode(f *testing.F) {
	for _, v := range vectors(f) {
		raw := unhex(f, v.Hex)
		f.Add(raw[2], raw[HeaderSize:])
	}
	f.Add(uint8(200), []byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, typ uint8, body []byte) {
		p := New(Type(typ))
		if p == nil {
			return
		}
		// The decoder must neither read behind the body nor change it.
		guarded := append(bytes.Clone(body), 0xde, 0xad)
		if err := p.Decode(guarded[:len(body):len(body)]); err != nil {
			if code := CodeOf(err); code != BadPacket && code != TooLong {
				t.Fatalf("%v: %v is reported as %v", p.Type(), err, code)
			}
			return
		}
		if !bytes.Equal(guarded[:len(body)], body) {
			t.Fatalf("%v: decoding changed the body", p.Type())
		}
		got := p.Append(nil, Header{Table: 1, Number: 2})
		h, again, n, err := Cut(got)
		if err != nil || n != len(got) || h.Type != Type(typ) || len(again) != len(body) {
			t.Fatalf("%v: encoded as %+v, %d of %d bytes, %v", p.Type(), h, n, len(got), err)
		}
		keep := meaningful(Type(typ), len(body))
		for i := range body {
			if again[i] != body[i]&keep[i] {
				t.Fatalf("%v: byte %d was %#x and comes back as %#x", p.Type(), i, body[i], again[i])
			}
		}
	})
}

// meaningful returns a mask with 0xff where a body's byte has a meaning and 0 where it is reserved.
func meaningful(typ Type, size int) []byte {
	p := New(typ)
	if p.Decode(bytes.Repeat([]byte{0xff}, size)) != nil {
		return make([]byte, size)
	}
	return p.Append(nil, Header{})[HeaderSize:]
}

// FuzzCut finds that a cut packet lies within its buffer, and that more bytes behind it change nothing.
func FuzzCut(f *testing.F) {
	all, _ := stream(f)
	f.Add(all[:200])
	f.Add([]byte{0, 11, 1})
	f.Add([]byte{0x10, 0})
	f.Fuzz(func(t *testing.T, buf []byte) {
		h, body, n, err := Cut(buf)
		switch {
		case err != nil:
			if n != 0 || body != nil {
				t.Fatalf("an error with %d bytes", n)
			}
			return
		case n == 0:
			if len(buf) >= MaxPacket {
				t.Fatalf("more than %d bytes asked for", len(buf))
			}
			return
		}
		if n != int(h.Size) || n > len(buf) || len(body) != n-HeaderSize || cap(body) != len(body) {
			t.Fatalf("%+v: cut %d, body %d of %d", h, n, len(body), len(buf))
		}
		h2, body2, n2, err2 := Cut(append(bytes.Clone(buf), 1, 2, 3))
		if h2 != h || !bytes.Equal(body2, body) || n2 != n || err2 != nil {
			t.Fatalf("more bytes behind it change the packet")
		}
		var head [HeaderSize]byte
		h.put(&head)
		if !bytes.Equal(head[:], buf[:HeaderSize]) {
			t.Fatalf("header %+v comes back as %x, was %x", h, head, buf[:HeaderSize])
		}
	})
}

// FuzzDecoder feeds a stream in two ways, whole and in pieces: packets and error must agree.
func FuzzDecoder(f *testing.F) {
	all, _ := stream(f)
	f.Add(all, uint8(1))
	f.Add(all[:500], uint8(7))
	f.Add([]byte{0, 12, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 9}, uint8(5))
	f.Fuzz(func(t *testing.T, stream []byte, piece uint8) {
		feed := func(n int) (out []byte, pending int, err error) {
			var d Decoder
			for p := stream; len(p) > 0; p = p[min(n, len(p)):] {
				err = d.Feed(p[:min(n, len(p))], func(h Header, body []byte) error {
					out = append(out, byte(h.Size>>8), byte(h.Size), byte(h.Type))
					out = append(out, body...)
					return nil
				})
				if d.Pending() > MaxPacket {
					t.Fatalf("%d bytes held", d.Pending())
				}
			}
			return out, d.Pending(), err
		}
		whole, held, err := feed(len(stream) + 1)
		parts, held2, err2 := feed(int(piece) + 1)
		if !bytes.Equal(whole, parts) || held != held2 || CodeOf(err) != CodeOf(err2) {
			t.Fatalf("whole: %d bytes, %d held, %v; in pieces: %d, %d, %v", len(whole), held, err, len(parts), held2, err2)
		}
	})
}
