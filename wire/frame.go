package wire

import "unicode/utf8"

//go:generate go run ./gen

// Packet is implemented by a pointer to each packet struct. The two sides of a codec
// never panic, whatever they are given.
type Packet interface {
	// Type is the packet's type, the same for every value of the struct.
	Type() Type
	// Append appends the whole packet, header and body, to dst and returns the longer
	// slice. It fills in h.Size and h.Type; Flags, Table and Number are sent as given.
	// Reserved bytes are sent as zero. A tail beyond its limit is cut after the last
	// character that fits, so that the frame is always sound: check texts first.
	Append(dst []byte, h Header) []byte
	// Decode sets the packet to what body, a packet without its header, says.
	// A variable tail is not copied: it aliases body and is valid as long as body is.
	// Fixed fields are copied. The error is a *SizeError; the packet is then unchanged.
	// Reserved bytes are ignored. The values are not judged: any bytes of the right
	// size decode.
	Decode(body []byte) error
}

// ToServer reports whether packets of this type go from client to server.
func (t Type) ToServer() bool { return t < 64 }

// Cut takes the first packet off buf. Body is a part of buf, not a copy; n is the
// packet's size and where the next one starts. When buf holds only the beginning of a
// packet, n is 0 and err nil: call again with more bytes. The error is a *FrameError,
// given as soon as the two bytes that tell it are there; the stream cannot be read on.
func Cut(buf []byte) (h Header, body []byte, n int, err error) {
	if len(buf) < 2 {
		return Header{}, nil, 0, nil
	}
	n = int(buf[0])<<8 | int(buf[1])
	if n < HeaderSize || n > MaxPacket {
		return Header{}, nil, 0, &FrameError{n}
	}
	if len(buf) < n {
		return Header{}, nil, 0, nil
	}
	h.get((*[HeaderSize]byte)(buf))
	return h, buf[HeaderSize:n:n], n, nil
}

// keepBytes is the room a Decoder keeps between packets. Nearly every packet fits, and ten
// thousand idle clients cost nothing worth counting.
const keepBytes = 256

// Decoder cuts a byte stream that arrives in any pieces into packets. It holds at
// most one incomplete packet, so at most MaxPacket bytes, and allocates only when a
// packet does not arrive whole. The zero value is ready. One goroutine at a time may use it.
type Decoder struct {
	part []byte // beginning of an incomplete packet
	err  error  // what ended the stream
}

// Feed cuts p, which continues the stream, into packets and calls f for each. Body is
// valid until f returns. Feed keeps nothing of p but a copy of the incomplete packet at
// its end. An error of f, or a *FrameError, ends the stream: it is returned now and
// by every later call, and what follows is not read. f must not call Feed.
func (d *Decoder) Feed(p []byte, f func(h Header, body []byte) error) error {
	if d.err != nil {
		return d.err
	}
	for len(d.part) > 0 && len(p) > 0 {
		p = d.complete(p)
		n, err := d.one(d.part, f)
		if err != nil {
			return err
		}
		if n > 0 {
			d.reset()
		}
	}
	for len(p) > 0 {
		n, err := d.one(p, f)
		if err != nil {
			return err
		}
		if n == 0 {
			d.part = append(d.part, p...)
			return nil
		}
		p = p[n:]
	}
	return nil
}

// Pending returns how many bytes of an incomplete packet are held: what a time limit on
// half a packet asks.
func (d *Decoder) Pending() int { return len(d.part) }

// complete moves bytes from p to the incomplete packet: first up to its size field, then
// up to its end. It returns the rest of p.
func (d *Decoder) complete(p []byte) []byte {
	want := 2
	if len(d.part) >= 2 {
		want = int(d.part[0])<<8 | int(d.part[1])
	}
	n := min(want-len(d.part), len(p))
	d.part = append(d.part, p[:n]...)
	return p[n:]
}

// one hands the first packet of buf to f and returns its size, or 0 if it is incomplete.
func (d *Decoder) one(buf []byte, f func(h Header, body []byte) error) (int, error) {
	h, body, n, err := Cut(buf)
	if err == nil && n > 0 {
		err = f(h, body)
	}
	if err != nil {
		d.err, d.part = err, nil
		return 0, err
	}
	return n, nil
}

func (d *Decoder) reset() {
	if cap(d.part) > keepBytes {
		d.part = nil
		return
	}
	d.part = d.part[:0]
}

// grow lengthens dst by n zero bytes and returns it with the new part.
func grow(dst []byte, n int) (all, tail []byte) {
	all = append(dst, make([]byte, n)...)
	return all, all[len(dst):]
}

// fit cuts text to at most limit bytes without splitting a character.
func fit(text []byte, limit int) []byte {
	if len(text) <= limit {
		return text
	}
	for n := limit; n > limit-utf8.UTFMax; n-- {
		if utf8.RuneStart(text[n]) {
			return text[:n]
		}
	}
	return text[:limit]
}

// bodySize returns the error of a body whose size is not within min to max.
func bodySize(t Type, size, min, max int) error {
	return &SizeError{Type: t, Size: size, Min: min, Max: max}
}
