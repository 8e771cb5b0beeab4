package wire

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// NameOf returns the name's fixed field. The error is a *ValueError with BadName, as
// CheckName gives it.
func NameOf(s string) (Name, error) {
	var n Name
	if err := CheckName(s); err != nil {
		return n, err
	}
	copy(n[:], s)
	return n, nil
}

// String returns the name without its padding. It may be anything a peer sent: see CheckName.
func (n Name) String() string { return unpad(n[:]) }

// CheckName says whether s may be a player's name: 1 to NameRunes characters of UTF-8 in at
// most NameBytes bytes, something to see, no control characters, no space at either end.
// The error is a *ValueError with BadName.
func CheckName(s string) error {
	switch {
	case blank(s):
		return &ValueError{BadName, "the name is empty"}
	case len(s) > NameBytes || utf8.RuneCountInString(s) > NameRunes:
		return &ValueError{BadName, "the name is longer than 32 characters"}
	case !utf8.ValidString(s):
		return &ValueError{BadName, "the name is not UTF-8"}
	case hasControl(s):
		return &ValueError{BadName, "the name has control characters"}
	case strings.TrimSpace(s) != s:
		return &ValueError{BadName, "the name has spaces around it"}
	}
	return nil
}

// CheckText says whether text may be a line of chat: 1 to MaxChat bytes of UTF-8, more
// than spaces, no control characters (so one line). The error is a *ValueError with BadText or TooLong.
func CheckText(text []byte) error {
	switch {
	case len(text) > MaxChat:
		return &ValueError{TooLong, "the text is longer than 1000 bytes"}
	case !utf8.Valid(text):
		return &ValueError{BadText, "the text is not UTF-8"}
	case blank(string(text)):
		return &ValueError{BadText, "the text is empty"}
	case hasControl(string(text)):
		return &ValueError{BadText, "the text has control characters"}
	}
	return nil
}

// hasControl reports characters that could garble another person's screen: controls,
// line and paragraph separators, and the marks that reverse the direction of text.
// Joiners, which some scripts and emoji need, are allowed.
func hasControl(s string) bool {
	for _, r := range s {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == '\ufeff',
			r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return true
		}
	}
	return false
}

// blank reports whether nothing of s can be seen. The fillers count as letters in Unicode, but show as
// nothing: U+3164 is how Korean players make names that look empty.
func blank(s string) bool {
	for _, r := range s {
		switch r {
		case '\u115f', '\u1160', '\u2800', '\u3164', '\uffa0':
			continue
		}
		if unicode.IsGraphic(r) && !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// unpad returns a fixed text field up to its first NUL.
func unpad(field []byte) string {
	if i := bytes.IndexByte(field, 0); i >= 0 {
		field = field[:i]
	}
	return string(field)
}

// TableCode returns the code's fixed field. Case is kept as given. The error is a *ValueError with
// NoTable: a code that breaks the form names no table.
func TableCode(s string) (Code, error) {
	var c Code
	if s == "" || len(s) > CodeBytes {
		return c, &ValueError{NoTable, "a table's code has 1 to 12 letters and digits"}
	}
	for i := range len(s) {
		if b := s[i]; (b < '0' || b > '9') && (b < 'A' || b > 'Z') && (b < 'a' || b > 'z') {
			return c, &ValueError{NoTable, "a table's code has only letters and digits"}
		}
	}
	copy(c[:], s)
	return c, nil
}

// String returns the code without its padding. It may be anything a peer sent: see TableCode.
func (c Code) String() string { return unpad(c[:]) }

// NewToken returns a token that nobody can guess.
func NewToken() Token {
	var t Token
	rand.Read(t[:]) // never fails: the standard library ends the program first
	return t
}

// IsZero reports whether the client has no token yet.
func (t Token) IsZero() bool { return t == Token{} }

// String hides the secret, so that no log or error message gives it away. See Hex.
func (t Token) String() string {
	if t.IsZero() {
		return "no token"
	}
	return "secret token"
}

// Hex returns the token as 32 hexadecimal digits, to be kept in a file that only its
// owner can read.
func (t Token) Hex() string { return hex.EncodeToString(t[:]) }

// ParseToken reads what Hex wrote. The error is a *ValueError with BadValue.
func ParseToken(s string) (Token, error) {
	var t Token
	if b, err := hex.DecodeString(s); err == nil && len(b) == TokenBytes {
		return Token(b), nil
	}
	return t, &ValueError{BadValue, "a token is 32 hexadecimal digits"}
}
