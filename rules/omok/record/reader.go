package record

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// Reader reads the games of one file. It is for one goroutine.
type Reader struct {
	src    source
	format Format
	begun  bool
	lists  listState
	giveUp int // how many more games without an end are looked into
}

// NewReader reads games from r. With Auto the format is found out from the first bytes.
func NewReader(r io.Reader, f Format) *Reader {
	return &Reader{src: source{br: bufio.NewReaderSize(r, 16<<10), line: 1}, format: f, giveUp: 64}
}

// Format returns the format read, Auto as long as it is not known: before the first Next.
func (r *Reader) Format() Format { return r.format }

// Next returns the next game. At the end of the file the error is io.EOF. An *Error is a game
// that cannot be read: call Next again for the one after it. Any other error is the
// file's own and ends the reading.
func (r *Reader) Next() (*Record, error) {
	if !r.begun {
		if err := r.begin(); err != nil {
			return nil, err
		}
	}
	switch r.format {
	case SGF:
		return r.nextSGF()
	case PSQ:
		return r.nextPSQ()
	}
	return r.nextList()
}

// begin drops a byte order mark and finds out the format.
func (r *Reader) begin() error {
	r.begun = true
	head, err := r.src.br.Peek(2048)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		if _, err := r.src.br.Discard(3); err != nil {
			return err
		}
		head = head[3:]
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		r.src.drop()
		return broken(1, "the file is UTF-16; UTF-8 and Latin-1 are read")
	}
	if r.format == Auto {
		r.format = detect(head)
	}
	return nil
}

// detect finds out the format from a file's first bytes.
func detect(head []byte) Format {
	text := bytes.TrimSpace(head)
	if bytes.HasPrefix(text, []byte("Piskvorky")) {
		return PSQ
	}
	if bytes.HasPrefix(text, []byte("(")) {
		return SGF
	}
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if bytes.HasPrefix(line, []byte("(;")) {
			return SGF
		}
		if offsetLine(line) {
			return Offsets
		}
	}
	return Moves
}

// offsetLine reports whether a line is made of numbers and commas, as opening files are.
func offsetLine(line []byte) bool {
	return bytes.ContainsRune(line, ',') && len(bytes.Trim(line, "-0123456789, \t\r\n")) == 0
}

// source is the file with a line count and a place for bytes that were read too far.
type source struct {
	br   *bufio.Reader
	back []byte // bytes to be read again, from at on
	at   int
	line int // of the next byte
}

// readByte returns the next byte.
func (s *source) readByte() (byte, error) {
	var b byte
	if s.at < len(s.back) {
		b = s.back[s.at]
		s.at++
	} else {
		var err error
		if b, err = s.br.ReadByte(); err != nil {
			return 0, err
		}
	}
	if b == '\n' {
		s.line++
	}
	return b, nil
}

// unread puts bytes back in front. They must be the last ones read.
func (s *source) unread(p []byte) {
	s.line -= bytes.Count(p, []byte("\n"))
	if bytes.HasSuffix(s.back[:s.at], p) { // they are here still: no copy for each byte
		s.at -= len(p)
		return
	}
	s.back, s.at = append(bytes.Clone(p), s.back[s.at:]...), 0
}

// drop forgets the rest of the file.
func (s *source) drop() {
	s.back, s.at = nil, 0
	s.br.Reset(bytes.NewReader(nil))
}

// readLine returns the next line without its end, and its number. A line over
// MaxLine is skipped and gives an *Error.
func (s *source) readLine() (string, int, error) {
	at := s.line
	var line []byte
	long := false
	for n := 0; ; n++ {
		b, err := s.readByte()
		if err != nil {
			if errors.Is(err, io.EOF) && n > 0 {
				break
			}
			return "", at, err
		}
		if b == '\n' {
			break
		}
		if len(line) >= MaxLine {
			long = true
			continue
		}
		line = append(line, b)
	}
	if long {
		return "", at, broken(at, "the line is longer than %d bytes", MaxLine)
	}
	return decode(bytes.TrimSuffix(line, []byte("\r"))), at, nil
}

// decode returns text as UTF-8: as it is if it is valid, else taken for Latin-1.
func decode(text []byte) string {
	if utf8.Valid(text) {
		return string(text)
	}
	out := make([]rune, len(text))
	for i, b := range text {
		out[i] = rune(b)
	}
	return string(out)
}
