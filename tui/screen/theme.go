package screen

import (
	"image/color"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// theme is how everything looks.
type theme struct {
	ascii bool // no characters but ASCII: no stones, lines or chess men
	plain bool // no colours: what colours say elsewhere is said by marks
	// outlined: small men and stones of White are outlines in black ink. No ground of the palette is dark enough for
	// white ones and light enough for black ones on every terminal.
	outlined bool

	text, dim, strong, title      style
	bar, barDim                   style // the line at the top
	accent, good, bad, warn       style
	button, hot                   style // hot: chosen
	field, fieldDim               style // of the input line
	clock, running, low           style
	own, other, event             style // of the talk
	wood, line, star              style // the board of omok
	black, white                  color.Color
	last, cursor, forbidden, win  color.Color
	zone                          color.Color
	light, dark                   color.Color // squares of chess
	lastLight, lastDark, from     color.Color
	whiteMan, blackMan, dot, edge style
	check                         color.Color
}

// newTheme returns the looks for a terminal with these colours on a dark or a light ground.
func newTheme(p colorprofile.Profile, onDark, ascii bool) *theme {
	var t *theme
	switch {
	case p <= colorprofile.ASCII:
		t = plainTheme()
	case p == colorprofile.ANSI:
		t = sixteen(onDark)
	default:
		t = colours(onDark)
	}
	t.ascii = ascii
	return t
}

// hex is a colour; on terminals with 256 of them the nearest is taken.
func hex(s string) color.Color { return lipgloss.Color(s) }

func colours(onDark bool) *theme {
	pick := func(light, dark string) color.Color {
		if onDark {
			return hex(dark)
		}
		return hex(light)
	}
	text, dim := pick("#262626", "#dadada"), pick("#6c6c6c", "#949494")
	accent, good, bad, warn := pick("#0b6bcb", "#6cb6ff"), pick("#1a7f37", "#6bc46d"), pick("#c62828", "#ff7b72"), pick("#9a6700", "#e3b341")
	panel := pick("#e4e4e4", "#303030")
	wood := hex("#e0b872")
	return &theme{
		text: style{fg: text}, dim: style{fg: dim}, strong: style{fg: text, bold: true}, title: style{fg: accent, bold: true},
		bar: style{fg: hex("#ffffff"), bg: hex("#1f4e79"), bold: true}, barDim: style{fg: hex("#c5d9ec"), bg: hex("#1f4e79")},
		accent: style{fg: accent}, good: style{fg: good, bold: true}, bad: style{fg: bad, bold: true}, warn: style{fg: warn, bold: true},
		button: style{fg: text, bg: panel}, hot: style{fg: hex("#ffffff"), bg: hex("#1f6feb"), bold: true},
		field: style{fg: text, bg: panel}, fieldDim: style{fg: dim, bg: panel},
		clock: style{fg: text, bg: panel}, running: style{fg: hex("#0b1a0e"), bg: hex("#6bc46d"), bold: true}, low: style{fg: hex("#ffffff"), bg: hex("#d1242f"), bold: true},
		own: style{fg: accent}, other: style{fg: warn}, event: style{fg: dim},
		wood: style{fg: hex("#8a6430"), bg: wood}, line: style{fg: hex("#8a6430"), bg: wood}, star: style{fg: hex("#4a3310"), bg: wood, bold: true},
		black: hex("#101010"), white: hex("#ffffff"),
		last: hex("#f6893d"), cursor: hex("#b3001b"), forbidden: hex("#c00000"), win: hex("#7fd069"), zone: hex("#f3d9a4"),
		light: hex("#e9d8b4"), dark: hex("#a97b50"), lastLight: hex("#e8d45a"), lastDark: hex("#c4a632"), from: hex("#7fa650"),
		whiteMan: style{fg: hex("#ffffff"), bold: true}, blackMan: style{fg: hex("#14110f"), bold: true}, dot: style{fg: hex("#2f6f2f"), bold: true},
		edge: style{fg: dim}, check: hex("#e5484d"),
	}
}

// sixteen uses the colours of the terminal's own palette, and of those the ones that are read on its ground: cyan, green and
// yellow on a dark one, blue and magenta on a light one.
func sixteen(onDark bool) *theme {
	c := func(n int) color.Color { return lipgloss.ANSIColor(n) }
	accent, good, warn := c(6), c(2), c(3)
	if !onDark {
		accent, good, warn = c(4), c(4), c(5)
	}
	return &theme{
		outlined: true,
		dim:      style{faint: true}, strong: style{bold: true}, title: style{fg: accent, bold: true},
		bar: style{fg: c(15), bg: c(4), bold: true}, barDim: style{fg: c(7), bg: c(4)},
		accent: style{fg: accent}, good: style{fg: good, bold: true}, bad: style{fg: c(1), bold: true}, warn: style{fg: warn, bold: true},
		button: style{reverse: true}, hot: style{fg: c(15), bg: c(4), bold: true},
		field: style{underline: true}, fieldDim: style{faint: true, underline: true},
		clock: style{bold: true}, running: style{fg: c(0), bg: c(2)}, low: style{fg: c(15), bg: c(1), bold: true},
		own: style{fg: accent}, other: style{fg: warn}, event: style{faint: true},
		wood: style{fg: c(0), bg: c(3)}, line: style{fg: c(0), bg: c(3)}, star: style{fg: c(0), bg: c(3), bold: true},
		black: c(0), white: c(15),
		last: c(6), cursor: c(1), forbidden: c(1), win: c(2), zone: c(11),
		light: c(6), dark: c(2), lastLight: c(5), lastDark: c(5), from: c(3),
		whiteMan: style{fg: c(15), bold: true}, blackMan: style{fg: c(0)}, dot: style{fg: c(0), bold: true},
		edge: style{faint: true}, check: c(1),
	}
}

// plainTheme has no colours (NO_COLOR, https://no-color.org): bold, faint and reverse remain.
func plainTheme() *theme {
	faint, bold, reverse := style{faint: true}, style{bold: true}, style{reverse: true}
	return &theme{
		plain: true, dim: faint, strong: bold, title: bold, bar: style{reverse: true, bold: true}, barDim: reverse,
		accent: bold, good: bold, bad: bold, warn: bold, button: style{underline: true}, hot: style{reverse: true, bold: true},
		field: style{underline: true}, fieldDim: style{faint: true, underline: true}, clock: bold, running: style{reverse: true, bold: true},
		low: style{reverse: true, bold: true}, own: bold, event: faint, line: faint, star: bold, edge: faint, whiteMan: bold, blackMan: style{},
		dot: bold,
	}
}
