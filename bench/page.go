package bench

import (
	_ "embed"
	"html/template"
	"io"
	"slices"
	"strconv"
	"time"

	"hansu/i18n"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// figure is one plot with its words.
type figure struct {
	Title, Hint string
	SVG         template.HTML
}

type section struct {
	Title   string
	Figures []figure
	Lines   []tableLine
}

type tableLine struct {
	Series int
	Cells  []string // the target's name first
}

type legendEntry struct {
	Series int
	Name   string
}

type pageData struct {
	Lang, Title, Group, Machine, When, Method, Shared, Repeat, Command string
	Table, Notes                                                       string
	Legend                                                             []legendEntry
	Trend                                                              []figure
	Sections                                                           []section
	Head                                                               []string
	NoteLines                                                          []string
	Colours                                                            [colours]struct{}
}

// HTML writes a page that needs nothing else: its style and its plots are inside.
func (r *Report) HTML(w io.Writer, lang i18n.Lang) error {
	own := kindWords[r.Kind]
	m := r.Machine
	d := pageData{
		Lang: lang.String(), Title: lang.Text(own.title), Group: lang.Text(own.group),
		Machine: lang.Text(i18n.BenchPageMachine, m.OS, m.Arch, m.Processors, orDash(m.CPU), orDash(m.Kernel), m.Go, orDash(m.Load)),
		When:    r.When.Format("2006-01-02 15:04 -0700"),
		Method:  lang.Text(i18n.BenchPageMethod, r.Seconds, r.Rounds), Shared: lang.Text(i18n.BenchPageShared),
		Repeat: lang.Text(i18n.BenchPageRepeat), Command: r.Command,
		Table: lang.Text(i18n.BenchPageTable), Notes: lang.Text(i18n.BenchPageNotes), NoteLines: r.Notes,
		Head: []string{lang.Text(i18n.BenchColTarget)},
	}
	for _, name := range r.targets() {
		d.Legend = append(d.Legend, legendEntry{r.series(name), name})
	}
	columns := r.columns(lang)
	for _, c := range columns {
		d.Head = append(d.Head, c.head)
	}
	for _, t := range []struct {
		title, hint i18n.Text
		value       func(s *Summary) float64
		text        func(float64) string
	}{
		{i18n.BenchPlotTrend, i18n.BenchPlotTrendTip, func(s *Summary) float64 { return s.CPU }, briefNumber},
		{i18n.BenchPlotWait, i18n.BenchPlotWaitTip, func(s *Summary) float64 { return float64(s.P99) }, briefNanos},
	} {
		title := lang.Text(t.title)
		if svg := r.trend(title, t.value, t.text); svg != "" {
			d.Trend = append(d.Trend, figure{title, lang.Text(t.hint), template.HTML(svg)})
		}
	}
	for _, group := range r.groups() {
		d.Sections = append(d.Sections, r.section(group, columns, lang))
	}
	return page.Execute(w, d)
}

// section is what the page shows of one load.
func (r *Report) section(group string, columns []column, lang i18n.Lang) section {
	s := section{Title: lang.Text(i18n.BenchPageGroup, group)}
	var cpu, rate, mem []bar
	var names []string
	var series []int
	var curves []*Histogram
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Group != group {
			continue
		}
		x, n := &row.Summary, r.series(row.Target)
		cpu = append(cpu, bar{row.Target, fixed(x.CPU), x.CPU, x.CPUMin, x.CPUMax, n})
		rate = append(rate, bar{name: row.Target, value: count(x.PerSecond), v: x.PerSecond, series: n})
		mem = append(mem, bar{name: row.Target, value: memory(x.Memory), v: x.Memory, series: n})
		all := new(Histogram)
		for j := range row.Samples {
			all.Merge(&row.Samples[j].Latency)
		}
		names, series, curves = append(names, row.Target), append(series, n), append(curves, all)
		line := tableLine{n, []string{row.Target}}
		for _, c := range columns {
			line.Cells = append(line.Cells, orDash(c.cell(x)))
		}
		s.Lines = append(s.Lines, line)
	}
	for _, f := range []struct {
		title, hint i18n.Text
		svg         func(label string) string
	}{
		{i18n.BenchPlotCPU, i18n.BenchPlotCPUHint, func(l string) string { return bars(l, cpu) }},
		{i18n.BenchPlotLatency, i18n.BenchPlotLatTip, func(l string) string { return latencies(l, names, series, curves) }},
		{i18n.BenchPlotRate, i18n.BenchPlotRateTip, func(l string) string { return bars(l, rate) }},
		{i18n.BenchPlotMemory, i18n.BenchPlotMemTip, func(l string) string { return bars(l, mem) }},
	} {
		title := lang.Text(f.title)
		if svg := f.svg(title + ": " + group); svg != "" {
			s.Figures = append(s.Figures, figure{title, lang.Text(f.hint), template.HTML(svg)})
		}
	}
	return s
}

// trend draws a figure of each target over the groups, when there are some.
func (r *Report) trend(label string, value func(*Summary) float64, text func(float64) string) string {
	groups := r.groups()
	if len(groups) < 2 {
		return ""
	}
	var y scale
	for i := range r.Rows {
		y.see(value(&r.Rows[i].Summary))
	}
	if y.low == 0 {
		return ""
	}
	y.round()
	place := func(group string) float64 {
		return (float64(slices.Index(groups, group)) + 0.5) / float64(len(groups))
	}
	var all []line
	for _, name := range r.targets() {
		l := line{name: name, series: r.series(name), dots: true}
		for i := range r.Rows {
			row := &r.Rows[i]
			if v := value(&row.Summary); row.Target == name && v > 0 {
				l.points = append(l.points, [2]float64{place(row.Group), y.at(v)})
			}
		}
		all = append(all, l)
	}
	var xs []tick
	for _, group := range groups {
		xs = append(xs, tick{place(group), group})
	}
	return lines(label, all, xs, y.ticks(text))
}

// briefNumber is a number of an axis: 0.5, 20.
func briefNumber(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

func briefNanos(v float64) string { return briefSpan(time.Duration(v)) }

// known gives the models and baselines the same colour on every page.
var known = []string{
	BaselineEpoll, BaselineUring, BaselineNet, "blocking", "threads", "events", "completion", BaselineNetpoll, BaselineBareEpoll, BaselineBareUring,
}

// series is the number of a target's colour.
func (r *Report) series(name string) int {
	if i := slices.Index(known, name); i >= 0 {
		return i
	}
	return (len(known) + slices.Index(r.targets(), name)) % colours
}

// colours is how many classes the style sheet has.
const colours = 10
