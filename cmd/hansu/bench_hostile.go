package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"hansu/bench"
	"hansu/i18n"
)

type benchHostileCmd struct {
	Attacks  string        `placeholder:"A,A…" help:"${help_bench_attacks}"`
	Games    int           `default:"100" placeholder:"N" help:"${help_bench_games}"`
	Interval time.Duration `default:"1s" placeholder:"TIME" help:"${help_bench_interval}"`
	Clients  int           `default:"500" placeholder:"N" help:"${help_bench_attackers}"`
	Duration time.Duration `default:"10s" placeholder:"TIME" help:"${help_bench_duration}"`
	Model    string        `default:"events" help:"${help_model}"`
	Data     string        `type:"path" placeholder:"DIR" help:"${help_bench_data}"`
}

// Run measures honest games on a quiet server, and again under each attack.
func (c *benchHostileCmd) Run(e *env) error {
	attacks, err := c.attacks(e)
	if err != nil {
		return err
	}
	if c.Games < 1 || c.Clients < 1 || c.Interval < time.Millisecond || c.Duration < time.Second {
		return usageError{errors.New(e.lang.Text(i18n.BenchBadList, "--games, --clients, --interval, --duration"))}
	}
	targets, notes, done, err := gameTargets(e, c.Model, c.Data)
	defer done()
	if err != nil {
		return err
	}
	if len(targets) != 1 {
		return usageError{errors.New(strings.Join(append(notes, e.lang.Text(i18n.BenchNone)), "\n"))}
	}
	targets[0].Serve.Program = "guarded game"
	h, err := (&benchFlags{Warmup: time.Second}).harness(e)
	if err != nil {
		return err
	}
	out := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, e.lang.Text(i18n.BenchHostileHead)+"\t")
	var quiet time.Duration
	for i, name := range append([]string{""}, attacks...) {
		load := players(c.Games)
		rate := float64(c.Games) / c.Interval.Seconds()
		measured := bench.Case{Group: name, Target: targets[0], Load: load, Phase: bench.Phase{Duration: c.Duration, Rate: rate}}
		fmt.Fprintln(e.err, e.lang.Text(i18n.BenchProgress, i+1, len(attacks)+1, c.Model, name))
		s, err := h.Besiege(e.ctx, measured, bench.Attack{Kind: name, Clients: c.Clients})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		p99 := s.Latency.Quantile(0.99)
		if i == 0 {
			quiet, name = p99, e.lang.Text(i18n.BenchHostileQuiet)
		}
		fmt.Fprintf(out, "%s\t%d\t%v\t%v\t%.1f\t%d\t%.1f\t%.1f\t\n", name, s.Received, round(s.Latency.Quantile(0.5)), round(p99),
			float64(p99)/float64(quiet), s.Connections, float64(s.Bytes)/1e6, float64(s.ServerMemory)/1e6)
	}
	return out.Flush()
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

// attacks reads the list of those that are wanted; none is all.
func (c *benchHostileCmd) attacks(e *env) ([]string, error) {
	if c.Attacks == "" {
		return bench.Attacks(), nil
	}
	list := strings.Split(c.Attacks, ",")
	for _, name := range list {
		if !slices.Contains(bench.Attacks(), name) {
			return nil, usageError{errors.New(e.lang.Text(i18n.BenchBadAttack, name, strings.Join(bench.Attacks(), ", ")))}
		}
	}
	return list, nil
}
