//go:build unix

package netio

import (
	"errors"
	"syscall"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// errName gives the symbolic name of a system error number, or "".
func errName(no syscall.Errno) string { return unix.ErrnoName(no) }

// errText gives the system's text as strerror writes it, with a capital: Go's
// table holds the same texts in lower case.
func errText(no syscall.Errno) string {
	text := no.Error()
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

// errnoOf gives the number in err, or EIO when there is none.
func errnoOf(err error) syscall.Errno {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno
	}
	return unix.EIO
}
