package observe

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestPrintable(t *testing.T) {
	for _, test := range []struct {
		in   string
		most int
		want string
	}{
		{"hello", 99, "hello"},
		{"TEXT\x00", 99, `TEXT\x00`},
		{"a\tb\r\n", 99, `a\tb\r\n`},
		{`back\slash`, 99, `back\\slash`},
		{"한수", 99, "한수"},
		{"\xb0\xa1", 99, `\xb0\xa1`}, // 가 in CP949
		{"\x1b[2J", 99, `\x1b[2J`},
		{"\u202e", 99, `\xe2\x80\xae`}, // would turn the line around
		{"abcdef", 3, "abc…"},
		{"한수", 4, "한…"},
		{"", 0, ""},
	} {
		if got := Printable([]byte(test.in), test.most); got != test.want {
			t.Errorf("Printable(%q, %d) = %q, want %q", test.in, test.most, got, test.want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add([]byte("한\x00\xff\n"), 4)
	f.Fuzz(func(t *testing.T, p []byte, most int) {
		got := Printable(p, most)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("Printable(%q) = %q", p, got)
		}
	})
}
