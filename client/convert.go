package client

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"hansu/wire"
)

// toCode reads a table's code as a person types it: in any case, with spaces or hyphens.
func toCode(s string) (wire.Code, error) {
	code, err := wire.TableCode(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.ToUpper(s)))
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrText, err)
	}
	return code, err
}

// clean makes text that another sent fit for a screen: valid UTF-8 without control
// characters. A server should have refused such text; a client does not rely on it.
func clean(s string) string {
	if wire.CheckText([]byte(s)) == nil {
		return s
	}
	return strings.Map(func(r rune) rune {
		if wire.CheckText([]byte("x"+string(r))) != nil {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

func fromName(n wire.Name) string { return clean(n.String()) }

func fromCode(c wire.Code) string { return clean(c.String()) }
