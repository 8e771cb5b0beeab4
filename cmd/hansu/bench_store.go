package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"hansu/bench"
	"hansu/i18n"
	"hansu/rules"
	"hansu/store"
	"hansu/store/sqlite"
)

type benchStoreCmd struct {
	Submitters string        `default:"1,16,256,2000" placeholder:"N,N…" help:"${help_bench_submitters}"`
	Bytes      int           `default:"70" placeholder:"BYTES" help:"${help_bench_bytes}"`
	Duration   time.Duration `default:"3s" placeholder:"TIME" help:"${help_bench_duration}"`
	Rounds     int           `default:"3" placeholder:"N" help:"${help_bench_rounds}"`
	Data       string        `type:"path" placeholder:"DIR" help:"${help_bench_data}"`
	JSON       string        `name:"json" type:"path" placeholder:"FILE" help:"${help_bench_json}"`
	HTML       string        `name:"html" type:"path" placeholder:"FILE" help:"${help_bench_html}"`
}

func (c *benchStoreCmd) Run(e *env) error {
	submitters, err := numbers(e, "--submitters", c.Submitters)
	if err != nil {
		return err
	}
	flags := benchFlags{Duration: c.Duration, Rounds: c.Rounds, JSON: c.JSON, HTML: c.HTML}
	if err := flags.check(e, c.Bytes); err != nil {
		return err
	}
	r := bench.NewReport(bench.KindStore, append([]string{"hansu"}, withoutFiles(e.args)...))
	r.Seconds = c.Duration.Seconds()
	samples := make([][]bench.Sample, len(submitters))
	for round := range c.Rounds {
		for i, n := range submitters {
			group := bench.GroupOf(n, 0)
			fmt.Fprintln(e.err, e.lang.Text(i18n.BenchProgress, round*len(submitters)+i+1, c.Rounds*len(submitters), "SQLite", group))
			s, err := c.submit(e.ctx, n)
			if err != nil {
				return err
			}
			samples[i] = append(samples[i], s)
		}
	}
	for i, n := range submitters {
		r.Add("SQLite", bench.GroupOf(n, 0), samples[i])
	}
	r.Finish("")
	return flags.show(e, r)
}

// submit measures a new store: each submitter has a table of its own and appends one record at a time.
func (c *benchStoreCmd) submit(ctx context.Context, submitters int) (s bench.Sample, err error) {
	dir, err := os.MkdirTemp(c.Data, "hansu-bench-")
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	st, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	data := make([]byte, c.Bytes)
	writes := make([]store.Write, submitters)
	return bench.Submit(ctx, submitters, c.Duration, func(submitter int, number uint32) error {
		at := rules.Millis(1_790_000_000_000 + int64(number)*10_000)
		w := writes[submitter : submitter+1]
		w[0].Record = store.Record{Table: store.TableID(submitter + 1), Seq: number, Epoch: 1, At: at, Deadline: at + 300_000, Data: data}
		return st.Append(ctx, w)
	})
}
