package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	for _, test := range []struct {
		name string
		good bool
	}{
		{"a", true},
		{"기사", true},
		{"Ann of the Hill", true},
		{"👩‍👩‍👧", true}, // joined by U+200D
		{strings.Repeat("한", NameRunes), true},
		{strings.Repeat("😀", NameRunes), true}, // 128 bytes: the field is full
		{strings.Repeat("한", NameRunes+1), false},
		{strings.Repeat("x", NameRunes+1), false},
		{strings.Repeat("x", NameBytes+1), false},
		{"", false},
		{" ", false},
		{"\u3164", false}, // HANGUL FILLER
		{"\u200b\u2800", false},
		{"\u3164a", true},
		{" a", false},
		{"a ", false},
		{"a\u3000", false}, // ideographic space
		{"a\x00b", false},
		{"a\nb", false},
		{"a\x1b[31m", false},
		{"a\x7f", false},
		{"a\u0085b", false},
		{"a\u202eb", false}, // reverses what follows
		{"a\u2066b", false},
		{"a\u2028b", false},
		{"\xb1\xe2\xbb\xe7", false}, // CP949
		{"a\xff", false},
		{"\xed\xa0\x80", false}, // half a surrogate pair
	} {
		n, err := NameOf(test.name)
		if (err == nil) != test.good {
			t.Errorf("%q: %v", test.name, err)
			continue
		}
		if test.good && n.String() != test.name {
			t.Errorf("%q comes back as %q", test.name, n)
		}
		if !test.good && (CodeOf(err) != BadName || n != Name{}) {
			t.Errorf("%q: code %v, name %q", test.name, CodeOf(err), n)
		}
	}
}

func TestNameOfAPeer(t *testing.T) {
	n := Name{'a', 0, 'b'}
	if n.String() != "a" {
		t.Errorf("what follows the first NUL shows: %q", n)
	}
	n = Name([]byte(strings.Repeat("z", NameBytes)))
	if len(n.String()) != NameBytes {
		t.Errorf("a name without padding has %d bytes", len(n.String()))
	}
	if err := CheckName(n.String()); CodeOf(err) != BadName {
		t.Errorf("a name of 128 characters: %v", err)
	}
}

func TestCheckText(t *testing.T) {
	for _, test := range []struct {
		text string
		want ErrorCode
	}{
		{"hello", NoError},
		{" 좋은 수네요! ", NoError},
		{strings.Repeat("x", MaxChat), NoError},
		{strings.Repeat("x", MaxChat+1), TooLong},
		{strings.Repeat("한", 333) + "x", NoError},
		{"", BadText},
		{"   ", BadText},
		{"\u3164\u200b", BadText},
		{"two\nlines", BadText},
		{"tab\t", BadText},
		{"\x1b]0;title\x07", BadText},
		{"\u202eabc", BadText},
		{"\xc1\xc1\xc0\xba", BadText}, // CP949
		{"half \xed\x95", BadText},
	} {
		if got := CodeOf(CheckText([]byte(test.text))); got != test.want {
			t.Errorf("%.40q: %v, want %v", test.text, got, test.want)
		}
	}
}

func TestTableCode(t *testing.T) {
	for _, test := range []struct {
		code string
		good bool
	}{
		{"H7K2PQ", true}, {"a", true}, {"ABCDEFGHJKMN", true},
		{"", false}, {"ABCDEFGHJKMNP", false}, {"AB-CD", false}, {"AB CD", false}, {"한수", false}, {"A\x00", false},
	} {
		c, err := TableCode(test.code)
		if (err == nil) != test.good {
			t.Errorf("%q: %v", test.code, err)
		}
		if test.good && c.String() != test.code {
			t.Errorf("%q comes back as %q", test.code, c)
		}
		if !test.good && CodeOf(err) != NoTable {
			t.Errorf("%q: %v", test.code, CodeOf(err))
		}
	}
}

func TestToken(t *testing.T) {
	a, b := NewToken(), NewToken()
	if a == b || a.IsZero() || !(Token{}).IsZero() {
		t.Fatal("tokens are not random")
	}
	if back, err := ParseToken(a.Hex()); err != nil || back != a {
		t.Errorf("%v, %v", back, err)
	}
	for _, s := range []string{"", "00", a.Hex() + "00", strings.Repeat("zz", TokenBytes)} {
		if got, err := ParseToken(s); CodeOf(err) != BadValue || !got.IsZero() {
			t.Errorf("%q: %v", s, err)
		}
	}
	if s := fmt.Sprintf("%v %s", a, a); strings.Contains(s, a.Hex()) {
		t.Error("printing a token gives the secret away")
	}
}

func TestCodeOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		want ErrorCode
	}{
		{nil, NoError},
		{&FrameError{5}, BadPacket},
		{&FrameError{MaxPacket + 1}, TooLong},
		{&SizeError{TypePing, 5, 4, 4}, BadPacket},
		{&SizeError{TypeSay, 1001, 0, 1000}, TooLong},
		{&SizeError{TypeSaid, 3, 4, 1004}, BadPacket},
		{&ValueError{BadTiming, "x"}, BadTiming},
		{errors.New("x"), Internal},
	} {
		if got := CodeOf(test.err); got != test.want {
			t.Errorf("%v: %v, want %v", test.err, got, test.want)
		}
		if test.err != nil {
			if got := CodeOf(fmt.Errorf("reading: %w", test.err)); got != test.want {
				t.Errorf("wrapped %v: %v, want %v", test.err, got, test.want)
			}
		}
	}
	if BadPacket.String() != "BadPacket" || ErrorCode(9999).String() != "error 9999" {
		t.Errorf("codes are called %v and %v", BadPacket, ErrorCode(9999))
	}
}
