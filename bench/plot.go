package bench

import (
	"fmt"
	"html"
	"math"
	"strings"
	"time"
)

// The plots are SVG written here, in the units of their viewBox. Colours are classes (s0 … s9) of the
// page's style sheet, so that light and dark are its affair.

const (
	plotWidth = 460
	barStep   = 28  // from one bar to the next
	barLabel  = 104 // room for names
	barValue  = 84  // room for figures
)

// bar is one bar of a chart.
type bar struct {
	name, value  string
	v, low, high float64 // low and high: 0 for no whisker
	series       int
}

// bars draws horizontal bars from zero. It is empty when no bar has a value.
func bars(label string, all []bar) string {
	most := 0.0
	for _, b := range all {
		most = max(most, b.v, b.high)
	}
	if most <= 0 {
		return ""
	}
	const room = plotWidth - barLabel - barValue
	var s strings.Builder
	openSVG(&s, label, len(all)*barStep+6)
	fmt.Fprintf(&s, `<line class="axis" x1="%d" y1="0" x2="%d" y2="%d"/>`, barLabel, barLabel, len(all)*barStep+4)
	for i, b := range all {
		y := i*barStep + 5
		fmt.Fprintf(&s, `<text class="name" x="%d" y="%d" text-anchor="end">%s</text>`, barLabel-8, y+14, html.EscapeString(b.name))
		w := b.v / most * room
		fmt.Fprintf(&s, `<rect class="fill s%d" x="%d" y="%d" width="%.1f" height="19" rx="2"><title>%s</title></rect>`,
			b.series, barLabel, y, max(w, 1), html.EscapeString(b.name+": "+b.value))
		end := w
		if b.high > b.low && b.low > 0 {
			from, to := barLabel+b.low/most*room, barLabel+b.high/most*room
			d := fmt.Sprintf("M%.1f %dH%.1fM%.1f %dv8M%.1f %dv8", from, y+10, to, from, y+6, to, y+6)
			fmt.Fprintf(&s, `<path class="halo" d="%s"/><path class="whisker" d="%s"/>`, d, d)
			end = max(w, b.high/most*room)
		}
		fmt.Fprintf(&s, `<text class="figure" x="%.1f" y="%d">%s</text>`, barLabel+end+7, y+14, html.EscapeString(b.value))
	}
	s.WriteString("</svg>")
	return s.String()
}

// line is one curve; its points are in the plot's own scales, from 0 to 1.
type line struct {
	name   string
	series int
	points [][2]float64
	dots   bool
}

// tick is a place on an axis, from 0 to 1.
type tick struct {
	at   float64
	text string
}

const (
	lineHeight = 276
	lineLeft   = 62
	lineBottom = 40
	lineTop    = 10
	lineRight  = 12
)

// lines draws curves over a grid.
func lines(label string, all []line, xs, ys []tick) string {
	if len(all) == 0 {
		return ""
	}
	const w, h = plotWidth - lineLeft - lineRight, lineHeight - lineTop - lineBottom
	x := func(v float64) float64 { return lineLeft + v*w }
	y := func(v float64) float64 { return lineTop + (1-v)*h }
	var s strings.Builder
	openSVG(&s, label, lineHeight)
	for _, t := range ys {
		fmt.Fprintf(&s, `<path class="grid" d="M%d %.1fH%d"/><text class="tick" x="%d" y="%.1f" text-anchor="end">%s</text>`,
			lineLeft, y(t.at), plotWidth-lineRight, lineLeft-7, y(t.at)+4, html.EscapeString(t.text))
	}
	for i, t := range xs {
		anchor, below := "middle", 18
		if t.at > 0.95 {
			anchor = "end"
		}
		if len(xs) > 5 { // too many for one row
			below += i % 2 * 14
		}
		fmt.Fprintf(&s, `<path class="grid" d="M%.1f %dV%d"/><text class="tick" x="%.1f" y="%d" text-anchor="%s">%s</text>`,
			x(t.at), lineTop, lineHeight-lineBottom, x(t.at), lineHeight-lineBottom+below, anchor, html.EscapeString(t.text))
	}
	for _, l := range all {
		var d strings.Builder
		for i, p := range l.points {
			fmt.Fprintf(&d, "%c%.1f %.1f", "ML"[min(i, 1)], x(p[0]), y(p[1]))
		}
		fmt.Fprintf(&s, `<path class="line s%d" d="%s"><title>%s</title></path>`, l.series, d.String(), html.EscapeString(l.name))
		for _, p := range l.points {
			if l.dots {
				fmt.Fprintf(&s, `<circle class="fill s%d" cx="%.1f" cy="%.1f" r="3.5"/>`, l.series, x(p[0]), y(p[1]))
			}
		}
	}
	s.WriteString("</svg>")
	return s.String()
}

func openSVG(s *strings.Builder, label string, height int) {
	fmt.Fprintf(s, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, plotWidth, height, html.EscapeString(label))
}

// scale is a logarithmic axis that covers what it has seen.
type scale struct{ low, high float64 }

func (s *scale) see(v float64) {
	if v <= 0 {
		return
	}
	if s.low == 0 || v < s.low {
		s.low = v
	}
	s.high = max(s.high, v)
}

// round widens the scale to 1, 2 or 5 times a power of ten.
func (s *scale) round() {
	s.low = step(s.low, false)
	if s.high = step(s.high, true); s.high <= s.low {
		s.high = 2 * s.low
	}
}

// step gives the nearest 1, 2 or 5 × 10^n that is not above v, or not below it.
func step(v float64, up bool) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)))
	found := power
	for _, m := range []float64{1, 2, 5, 10} {
		if up && m*power >= v*0.999999 {
			return m * power
		}
		if !up && m*power <= v*1.000001 {
			found = m * power
		}
	}
	return found
}

func (s *scale) at(v float64) float64 {
	return math.Log(min(max(v, s.low), s.high)/s.low) / math.Log(s.high/s.low)
}

// ticks gives the 1, 2, 5 of each power of ten, or only the 1 when these are too many.
func (s *scale) ticks(text func(float64) string) []tick {
	var all []tick
	steps := []float64{1, 2, 5}
	if s.high/s.low > 2000 {
		steps = steps[:1]
	}
	for power := math.Pow(10, math.Floor(math.Log10(s.low)+1e-9)); power <= s.high*1.000001; power *= 10 {
		for _, m := range steps {
			if v := m * power; v >= s.low*0.999999 && v <= s.high*1.000001 {
				all = append(all, tick{s.at(v), text(v)})
			}
		}
	}
	return all
}

// shares are the quantiles of the latency plot's axis: each nine more is as long as the one before.
var shares = []struct {
	q    float64
	text string
}{{0.5, "50 %"}, {0.9, "90 %"}, {0.99, "99 %"}, {0.999, "99.9 %"}, {0.9999, "99.99 %"}}

const mostNines = 4

// nines gives the place of a quantile.
func nines(q float64) float64 { return -math.Log10(1-q) / mostNines }

// latencies draws the quantiles of each series.
func latencies(label string, names []string, series []int, all []*Histogram) string {
	var y scale
	var curves []line
	for i, h := range all {
		if h.Count() == 0 {
			continue
		}
		l := line{name: names[i], series: series[i]}
		for x := 0.0; x <= 1; x += 1.0 / 96 {
			q := 1 - math.Pow(10, -x*mostNines)
			if float64(h.Count())*(1-q) < 1 && x > 0 {
				break // beyond what so few can say
			}
			v := float64(h.Quantile(q))
			y.see(v)
			l.points = append(l.points, [2]float64{x, v})
		}
		curves = append(curves, l)
	}
	if len(curves) == 0 || y.low == 0 {
		return ""
	}
	y.round()
	for _, l := range curves {
		for i := range l.points {
			l.points[i][1] = y.at(l.points[i][1])
		}
	}
	var xs []tick
	for _, s := range shares {
		xs = append(xs, tick{nines(s.q), s.text})
	}
	return lines(label, curves, xs, y.ticks(briefNanos))
}

// briefSpan is span without digits that say nothing: 50 µs.
func briefSpan(d time.Duration) string {
	s := d.String()
	unit := strings.TrimLeft(s, "0123456789.")
	return strings.TrimSuffix(s, unit) + " " + unit
}
