package bench

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"hansu/i18n"
)

// words are a kind's own.
type words struct{ title, group, unit i18n.Text }

var kindWords = map[Kind]words{
	KindEcho:  {i18n.BenchEchoTitle, i18n.BenchEchoGroup, i18n.BenchUnitMessage},
	KindChat:  {i18n.BenchChatTitle, i18n.BenchChatGroup, i18n.BenchUnitDelivery},
	KindPlay:  {i18n.BenchPlayTitle, i18n.BenchPlayGroup, i18n.BenchUnitMove},
	KindIdle:  {i18n.BenchIdleTitle, i18n.BenchIdleGroup, i18n.BenchUnitClient},
	KindStore: {i18n.BenchStoreTitle, i18n.BenchStoreGroup, i18n.BenchUnitEvent},
}

// column is one column of figures.
type column struct {
	head string
	cell func(s *Summary) string // "" where there is nothing to show
}

// columns are those in which some row has something to show.
func (r *Report) columns(lang i18n.Lang) []column {
	all := []column{
		{lang.Text(i18n.BenchColRate, lang.Text(kindWords[r.Kind].unit)), func(s *Summary) string { return count(s.PerSecond) }},
		{"p50", func(s *Summary) string { return span(s.P50) }},
		{"p99", func(s *Summary) string { return span(s.P99) }},
		{"p99.9", func(s *Summary) string { return span(s.P999) }},
		{lang.Text(i18n.BenchColLast), func(s *Summary) string { return span(s.Last99) }},
		{lang.Text(i18n.BenchColCPU), func(s *Summary) string { return fixed(s.CPU) }},
		{lang.Text(i18n.BenchColQuotient), func(s *Summary) string { return fixed(s.Quotient) }},
		{lang.Text(i18n.BenchColRelative, r.Base), func(s *Summary) string { return fixed(s.Relative) }},
		{lang.Text(i18n.BenchColMemory), func(s *Summary) string { return memory(s.Memory) }},
	}
	var used []column
	for _, c := range all {
		for i := range r.Rows {
			if c.cell(&r.Rows[i].Summary) != "" {
				used = append(used, c)
				break
			}
		}
	}
	return used
}

// Table writes the summaries for a terminal, a table for each group of rows.
func (r *Report) Table(w io.Writer, lang i18n.Lang) error {
	columns := r.columns(lang)
	lines := [][]string{{lang.Text(i18n.BenchColTarget)}}
	for _, c := range columns {
		lines[0] = append(lines[0], c.head)
	}
	for i := range r.Rows {
		line := []string{r.Rows[i].Target}
		for _, c := range columns {
			line = append(line, orDash(c.cell(&r.Rows[i].Summary)))
		}
		lines = append(lines, line)
	}
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], width(cell))
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n", lang.Text(kindWords[r.Kind].title), lang.Text(kindWords[r.Kind].group))
	for _, group := range r.groups() {
		fmt.Fprintf(&b, "\n%s\n", group)
		writeLine(&b, lines[0], widths)
		for i := range r.Rows {
			if r.Rows[i].Group == group {
				writeLine(&b, lines[i+1], widths)
			}
		}
	}
	for i, note := range r.Notes {
		if i == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintln(&b, note)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeLine writes names to the left, figures to the right.
func writeLine(b *strings.Builder, line []string, widths []int) {
	for i, cell := range line {
		pad := strings.Repeat(" ", widths[i]-width(cell))
		if i == 0 {
			b.WriteString("  " + cell + pad)
		} else {
			b.WriteString("  " + pad + cell)
		}
	}
	b.WriteByte('\n')
}

// width is the number of columns that s takes in a terminal: letters of Hangul take two.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if unicode.Is(unicode.Hangul, r) {
			n++
		}
	}
	return n
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// count writes a number with its thousands apart.
func count(v float64) string {
	if v <= 0 {
		return ""
	}
	if v < 100 && v != math.Trunc(v) {
		return fixed(v)
	}
	s := strconv.FormatInt(int64(math.Round(v)), 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// fixed writes three significant digits.
func fixed(v float64) string {
	switch {
	case v <= 0 || math.IsNaN(v) || math.IsInf(v, 0):
		return ""
	case v < 0.1:
		return strconv.FormatFloat(v, 'g', 2, 64)
	case v < 10:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 100:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return count(v)
}

// span writes a time with three digits and its unit.
func span(d time.Duration) string {
	v := float64(d)
	switch {
	case d <= 0:
		return ""
	case d < time.Microsecond:
		return fixed(v) + " ns"
	case d < time.Millisecond:
		return fixed(v/1e3) + " µs"
	case d < time.Second:
		return fixed(v/1e6) + " ms"
	}
	return fixed(v/1e9) + " s"
}

// memory writes bytes; 0 is a figure, below 0 is unknown.
func memory(v float64) string {
	switch {
	case v < 0:
		return ""
	case v < 10_000:
		return strconv.FormatFloat(v, 'f', 0, 64) + " B"
	case v < 10_000_000:
		return fixed(v/1e3) + " KB"
	}
	return fixed(v/1e6) + " MB"
}
