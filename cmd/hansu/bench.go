package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"hansu/bench"
	"hansu/i18n"
	"hansu/netio"
)

type benchCmd struct {
	Echo    benchEchoCmd    `cmd:"" help:"${help_bench_echo}"`
	Chat    benchChatCmd    `cmd:"" help:"${help_bench_chat}"`
	Play    benchPlayCmd    `cmd:"" help:"${help_bench_play}"`
	Idle    benchIdleCmd    `cmd:"" help:"${help_bench_idle}"`
	Store   benchStoreCmd   `cmd:"" help:"${help_bench_store}"`
	Start   benchStartCmd   `cmd:"" help:"${help_bench_start}"`
	Hostile benchHostileCmd `cmd:"" help:"${help_bench_hostile}"`
	Child   benchChildCmd   `cmd:"" hidden:"" help:"${help_bench_child}"`
}

// benchFlags are what all measurements have in common.
type benchFlags struct {
	Duration time.Duration `default:"3s" placeholder:"TIME" help:"${help_bench_duration}"`
	Warmup   time.Duration `default:"500ms" placeholder:"TIME" help:"${help_bench_warmup}"`
	Rounds   int           `default:"3" placeholder:"N" help:"${help_bench_rounds}"`
	Loops    int           `placeholder:"N" help:"${help_bench_loops}"`
	Threads  int           `placeholder:"N" help:"${help_bench_threads}"`
	Split    bool          `help:"${help_bench_split}"`
	JSON     string        `name:"json" type:"path" placeholder:"FILE" help:"${help_bench_json}"`
	HTML     string        `name:"html" type:"path" placeholder:"FILE" help:"${help_bench_html}"`
}

type benchEchoCmd struct {
	Models   string  `placeholder:"M,M…" help:"${help_bench_models}"`
	Clients  string  `default:"1,100,1000" placeholder:"N,N…" help:"${help_bench_clients}"`
	Depth    string  `default:"1" placeholder:"N,N…" help:"${help_bench_depth}"`
	Size     int     `default:"64" placeholder:"BYTES" help:"${help_bench_size}"`
	Rate     float64 `placeholder:"N" help:"${help_bench_rate}"`
	Baseline bool    `help:"${help_bench_baseline}"`
	benchFlags
}

func (c *benchEchoCmd) Run(e *env) error {
	clients, err := numbers(e, "--clients", c.Clients)
	if err != nil {
		return err
	}
	depths, err := numbers(e, "--depth", c.Depth)
	if err != nil {
		return err
	}
	models, err := modelNames(e, c.Models)
	if err != nil {
		return err
	}
	if err := c.check(e, c.Size); err != nil {
		return err
	}
	targets, notes, done, err := bench.Targets(e.ctx, "echo", models, c.Baseline)
	defer done()
	if err != nil {
		return err
	}
	var cases []bench.Case
	for _, depth := range depths {
		for _, n := range clients {
			for _, t := range targets {
				if t.Serve.Model == netio.Blocking && n > 1 {
					if note := e.lang.Text(i18n.BenchSkipped, t.Name); !slices.Contains(notes, note) {
						notes = append(notes, note)
					}
					continue
				}
				cases = append(cases, bench.Case{
					Group: bench.GroupOf(n, depth), Target: t,
					Load:  bench.Load{Program: "echo", Clients: n, Size: c.Size, Depth: depth},
					Phase: bench.Phase{Duration: c.Duration, Rate: c.Rate},
				})
			}
		}
	}
	return c.measure(e, bench.KindEcho, cases, notes)
}

// check looks at what kong cannot.
func (f *benchFlags) check(e *env, more ...int) error {
	for _, n := range append(more, f.Rounds, int(f.Duration)) {
		if n < 1 {
			return usageError{errors.New(e.lang.Text(i18n.BenchBadList, "--size, --rounds, --duration"))}
		}
	}
	return nil
}

// measure runs the cases and shows what came of them.
func (f *benchFlags) measure(e *env, kind bench.Kind, cases []bench.Case, notes []string) error {
	if len(cases) == 0 {
		return usageError{errors.New(strings.Join(append(notes, e.lang.Text(i18n.BenchNone)), "\n"))}
	}
	h, err := f.harness(e)
	if err != nil {
		return err
	}
	r := bench.NewReport(kind, append([]string{"hansu"}, withoutFiles(e.args)...))
	r.Seconds, r.Notes = f.Duration.Seconds(), notes
	samples, err := h.Rounds(e.ctx, cases, f.Rounds)
	if err != nil {
		return err
	}
	for i, c := range cases {
		r.Add(c.Target.Name, c.Group, samples[i])
	}
	r.Finish(bench.BaselineEpoll)
	return f.show(e, r)
}

// withoutFiles leaves out where results are written: that does not change them.
func withoutFiles(args []string) []string {
	var kept []string
	for i := 0; i < len(args); i++ {
		switch name, _, whole := strings.Cut(args[i], "="); {
		case name != "--html" && name != "--json":
			kept = append(kept, args[i])
		case !whole:
			i++
		}
	}
	return kept
}

func (f *benchFlags) harness(e *env) (*bench.Harness, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return &bench.Harness{
		Self: []string{self, "bench", "child"}, Loops: f.Loops, Threads: f.Threads, Split: f.Split, Warmup: f.Warmup,
		Progress: func(done, of int, c bench.Case) {
			fmt.Fprintln(e.err, e.lang.Text(i18n.BenchProgress, done+1, of, c.Target.Name, c.Group))
		},
	}, nil
}

// show prints the table and writes the files that were asked for.
func (f *benchFlags) show(e *env, r *bench.Report) error {
	if err := r.Table(e.out, e.lang); err != nil {
		return err
	}
	if err := writeFile(e, f.JSON, r.JSON); err != nil {
		return err
	}
	return writeFile(e, f.HTML, func(w io.Writer) error { return r.HTML(w, e.lang) })
}

func writeFile(e *env, path string, write func(io.Writer) error) error {
	if path == "" {
		return nil
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	fmt.Fprintln(e.err, e.lang.Text(i18n.BenchWritten, path))
	return nil
}

// numbers reads a list such as 1,100,1000.
func numbers(e *env, flag, list string) ([]int, error) {
	var all []int
	for _, word := range strings.Split(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 1 {
			return nil, usageError{errors.New(e.lang.Text(i18n.BenchBadList, flag))}
		}
		all = append(all, n)
	}
	return all, nil
}

// modelNames reads a list such as events,completion. None is all.
func modelNames(e *env, list string) ([]netio.Model, error) {
	if list == "" {
		return nil, nil
	}
	var all []netio.Model
	for _, word := range strings.Split(list, ",") {
		m := netio.Model(strings.TrimSpace(word))
		if !slices.ContainsFunc(netio.Models(), func(i netio.ModelInfo) bool { return i.Model == m }) {
			return nil, usageError{errors.New(e.lang.Text(i18n.BenchBadModel, m))}
		}
		all = append(all, m)
	}
	return all, nil
}

// benchChildCmd is a process of a measurement: a server or its clients.
type benchChildCmd struct{}

func (benchChildCmd) Run(e *env) error { return bench.Child(e.ctx, e.in, e.out, benchHost) }
