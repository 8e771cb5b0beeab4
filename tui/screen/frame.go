package screen

import (
	"image/color"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/rivo/uniseg"
)

// style is how a cell looks. It is comparable, so that cells that look alike are written together.
type style struct {
	fg, bg                          color.Color
	bold, faint, reverse, underline bool
}

func (s style) on(bg color.Color) style { s.bg = bg; return s }

func (s style) lipgloss() lipgloss.Style {
	l := lipgloss.NewStyle().Inline(true).Bold(s.bold).Faint(s.faint).Reverse(s.reverse).Underline(s.underline)
	if s.fg != nil {
		l = l.Foreground(s.fg)
	}
	if s.bg != nil {
		l = l.Background(s.bg)
	}
	return l
}

// cell is one place of the screen. The second place of a wide character has an empty text.
type cell struct {
	text string
	look style
}

// rect is a part of the screen.
type rect struct{ x, y, w, h int }

func (r rect) contains(x, y int) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }

// zone is a part of the screen that does something when it is clicked.
type zone struct {
	rect
	do func(*model)
}

// frame is a screen being drawn: cells, what a click on them does, and where the cursor stands.
// What does not fit is cut off.
type frame struct {
	w, h   int
	ascii  bool // what texts have besides ASCII and letters is replaced
	cells  []cell
	zones  []zone
	cursor *tea.Cursor
}

func newFrame(w, h int) *frame {
	f := &frame{w: w, h: h, cells: make([]cell, w*h)}
	for i := range f.cells {
		f.cells[i].text = " "
	}
	return f
}

// put writes text from x, y on, at most to column end, and returns the column after it. What is too
// long ends in an ellipsis.
func (f *frame) put(x, y, end int, look style, text string) int {
	end = min(end, f.w)
	if y < 0 || y >= f.h {
		return x
	}
	if x+width(text) > end {
		text = cut(text, end-x)
	}
	for text != "" {
		var cluster string
		cluster, text, _, _ = uniseg.FirstGraphemeClusterInString(text, -1)
		if plain, ok := inASCII[cluster]; ok && f.ascii {
			cluster = plain
		}
		n := width(cluster)
		if n == 0 || x < 0 || x+n > end {
			continue
		}
		f.set(x, y, cell{cluster, look})
		for i := 1; i < n; i++ {
			f.cells[y*f.w+x+i] = cell{"", look}
		}
		x += n
	}
	return x
}

// inASCII are the signs of our texts that some terminals draw two cells wide.
var inASCII = map[string]string{"·": "-", "…": ".", "×": "x", "–": "-", "↑": "^", "↓": "v", "←": "<", "→": ">", "◀": "<", "●": "*"}

// set writes one cell, and blanks the other half of a wide character that it cuts in two.
func (f *frame) set(x, y int, c cell) {
	if x < 0 || x >= f.w || y < 0 || y >= f.h {
		return
	}
	at := y*f.w + x
	for i := at; i > y*f.w && f.cells[i].text == ""; i-- {
		f.cells[i-1].text = " "
	}
	if x+1 < f.w && f.cells[at+1].text == "" && width(c.text) < 2 {
		f.cells[at+1].text = " "
	}
	f.cells[at] = c
}

// fill colours a part of the screen and blanks it.
func (f *frame) fill(r rect, look style) {
	for y := r.y; y < r.y+r.h; y++ {
		for x := r.x; x < r.x+r.w; x++ {
			f.set(x, y, cell{" ", look})
		}
	}
}

// right writes text so that it ends before column end.
func (f *frame) right(y, end int, look style, text string) {
	f.put(max(0, end-width(text)), y, end, look, text)
}

// click makes a part of the screen do something.
func (f *frame) click(r rect, do func(*model)) { f.zones = append(f.zones, zone{r, do}) }

// hit returns what a click does: what was drawn last counts.
func (f *frame) hit(x, y int) func(*model) {
	for i := len(f.zones) - 1; i >= 0; i-- {
		if f.zones[i].contains(x, y) {
			return f.zones[i].do
		}
	}
	return nil
}

// String returns the screen with its escape sequences, in full colour.
func (f *frame) String() string {
	var b strings.Builder
	looks := map[style]lipgloss.Style{}
	for y := range f.h {
		if y > 0 {
			b.WriteByte('\n')
		}
		row := f.cells[y*f.w : (y+1)*f.w]
		for start := 0; start < len(row); {
			end := start
			var run strings.Builder
			for end < len(row) && row[end].look == row[start].look {
				run.WriteString(row[end].text)
				end++
			}
			look := row[start].look
			if look == (style{}) {
				b.WriteString(run.String())
			} else {
				l, ok := looks[look]
				if !ok {
					l = look.lipgloss()
					looks[look] = l
				}
				b.WriteString(l.Render(run.String()))
			}
			start = end
		}
	}
	return b.String()
}

// Text returns the screen without its looks, for tests and for reading.
func (f *frame) text() string {
	var b strings.Builder
	for y := range f.h {
		var row strings.Builder
		for _, c := range f.cells[y*f.w : (y+1)*f.w] {
			row.WriteString(c.text)
		}
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	return b.String()
}

// width is how many cells text takes: two for a Hangul syllable, one for a stone.
func width(text string) int { return ansi.StringWidthWc(text) }

// cut shortens text to w cells.
func cut(text string, w int) string { return ansi.TruncateWc(text, max(0, w), "…") }

// wrap breaks text into lines of at most w cells, between words where it can.
func wrap(text string, w int) []string {
	if w <= 0 {
		return nil
	}
	const joined = "\u2011" // a command is not broken at its hyphens
	text = ansi.WrapWc(strings.ReplaceAll(text, "-", joined), w, "")
	return strings.Split(strings.ReplaceAll(text, joined, "-"), "\n")
}

// pad fills text up to w cells, or cuts it.
func pad(text string, w int) string {
	text = cut(text, w)
	return text + strings.Repeat(" ", max(0, w-width(text)))
}
