package screen

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// line is a line of text being typed: a value.
type line struct {
	runes []rune
	at    int // where the next one goes
	most  int // runes; more are not taken
}

func (l line) text() string { return string(l.runes) }

func (l *line) clear() { l.runes, l.at = nil, 0 }

func (l *line) set(s string) {
	l.clear()
	l.insert(s)
}

// insert takes text that was typed or pasted: its first line, without control characters.
func (l *line) insert(s string) {
	s, _, _ = strings.Cut(strings.TrimLeft(s, "\r\n"), "\n")
	for _, r := range s {
		if unicode.IsControl(r) || len(l.runes) >= l.most {
			continue
		}
		l.runes = slices.Insert(slices.Clone(l.runes), l.at, r)
		l.at++
	}
}

// remove takes out the runes from..to.
func (l *line) remove(from, to int) {
	from, to = max(0, from), min(to, len(l.runes))
	if from < to {
		l.runes = slices.Delete(slices.Clone(l.runes), from, to)
		l.at = from
	}
}

// word is where the word before the cursor begins.
func (l line) word() int {
	i := l.at
	for i > 0 && l.runes[i-1] == ' ' {
		i--
	}
	for i > 0 && l.runes[i-1] != ' ' {
		i--
	}
	return i
}

// key edits the line and reports whether the key was for it.
func (l *line) key(k tea.KeyPressMsg) bool {
	switch k.String() {
	case "left":
		l.at = max(0, l.at-1)
	case "right":
		l.at = min(len(l.runes), l.at+1)
	case "home", "ctrl+a":
		l.at = 0
	case "end", "ctrl+e":
		l.at = len(l.runes)
	case "backspace", "ctrl+h":
		l.remove(l.at-1, l.at)
	case "delete":
		l.remove(l.at, l.at+1)
	case "ctrl+w", "alt+backspace":
		l.remove(l.word(), l.at)
	case "ctrl+u":
		l.remove(0, l.at)
	case "ctrl+k":
		l.remove(l.at, len(l.runes))
	default:
		if k.Text == "" {
			return false
		}
		l.insert(k.Text)
	}
	return true
}

// window is the part of the line that fits into w cells with the cursor in it, and the cursor's column.
func (l line) window(w int) (text string, column int) {
	start := 0
	for width(string(l.runes[start:l.at])) >= w && start < l.at {
		start++
	}
	shown := string(l.runes[start:])
	return cut(shown, w), width(string(l.runes[start:l.at]))
}

// draw writes the line into a field, with the terminal's own cursor in it, so that an input method
// shows what is being composed in the right place.
func (l line) draw(f *frame, x, y, w int, look, dim style, hint string, focused bool) {
	f.fill(rect{x, y, w, 1}, look)
	text, column := l.window(w - 1)
	if len(l.runes) == 0 {
		f.put(x, y, x+w, dim, hint)
	}
	f.put(x, y, x+w, look, text)
	if focused {
		f.cursor = tea.NewCursor(min(x+column, f.w-1), y)
		f.cursor.Shape = tea.CursorBar
	}
}
