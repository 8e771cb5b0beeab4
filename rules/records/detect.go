package records

import (
	"bytes"
	"regexp"
	"strings"

	"hansu/rules"
)

// Detect finds out the format of a file from its first bytes and, where these leave it open, from its
// name and from what game is expected: lines of moves may be of omok or of chess. Auto
// means that it is no text, or has nothing in it that could be a game.
func Detect(name string, head []byte, expected rules.Kind) Format {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(head, 0) >= 0 && !utf16(head) {
		return Auto
	}
	text := bytes.TrimLeft(head, " \t\r\n")
	for _, s := range signs {
		if s.sign.Match(text) {
			return s.format
		}
	}
	ending := ""
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		ending = strings.ToLower(name[i+1:])
	}
	if f, ok := endings[ending]; ok && (f != JSON || !bytes.HasPrefix(text, []byte("["))) {
		return f // an array is JSON, but none of ours
	}
	if expected == rules.Chess || expected == 0 && chessMove.Match(text) {
		return PGN
	}
	switch {
	case offsets.Match(text):
		return Offsets
	case isList(text):
		return Moves
	}
	return Auto
}

// isList reports whether text begins, after blank lines and comments, with a line that says what is
// played or whose first word is a move's number, a move or a choice.
func isList(text []byte) bool {
	for line := range bytes.Lines(text) {
		line = bytes.TrimSpace(line)
		if bytes.HasPrefix(line, []byte("#!")) {
			return true
		}
		if line, _, _ = bytes.Cut(line, []byte("#")); len(line) > 0 {
			return listWord.Match(line)
		}
	}
	return true // no game yet
}

// signs are what files of a format begin with.
var signs = []struct {
	format Format
	sign   *regexp.Regexp
}{
	{PGN, regexp.MustCompile(`^(%[^\n]*\n|;[^\n]*\n|\s+|\{[^}]*\}\s*)*\[\s*\w+\s+"`)},
	{JSON, regexp.MustCompile(`^\{\s*"`)},
	{SGF, regexp.MustCompile(`^\(\s*;`)},
	{PSQ, regexp.MustCompile(`^Piskvorky `)},
	{Openings, regexp.MustCompile(`^eco\tname\tpgn\r?\n`)},
}

// endings are the names' endings of the formats that have one of their own.
var endings = map[string]Format{"pgn": PGN, "sgf": SGF, "psq": PSQ, "json": JSON, "jsonl": JSON}

var (
	// chessMove is a word that chess has and omok has not, or a result.
	chessMove = regexp.MustCompile(`(?m)(^|[\s.])([KQRBN][a-h]?[1-8]?x?[a-h][1-8]|[a-h]x[a-h][1-8]|O-O|1-0|0-1|1/2-1/2)([\s+#=]|$)`)
	// listWord is the first word of a line of moves.
	listWord = regexp.MustCompile(`(?i)^(\d+\.+)?([a-z][1-9]\d?|pass|swap|stay|black|white)?([\s,]|$)`)
	// offsets is a first line of numbers and commas, as lists of openings are.
	offsets = regexp.MustCompile(`^(#[^\n]*\n|\s+)*-?\d+\s*,[-0-9, \t\r]*(\n|$)`)
)

func utf16(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
}
