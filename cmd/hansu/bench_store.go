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
	"hansu/store/postgres"
	"hansu/store/sqlite"
)

type benchStoreCmd struct {
	Submitters string        `default:"1,16,256,2000" placeholder:"N,N…" help:"${help_bench_submitters}"`
	Bytes      int           `default:"70" placeholder:"BYTES" help:"${help_bench_bytes}"`
	Duration   time.Duration `default:"3s" placeholder:"TIME" help:"${help_bench_duration}"`
	Rounds     int           `default:"3" placeholder:"N" help:"${help_bench_rounds}"`
	Data       string        `type:"path" placeholder:"DIR" help:"${help_bench_data}"`
	DB         string        `name:"db" placeholder:"postgres://…" help:"${help_bench_db}"`
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
	targets := []storeTarget{{"SQLite", c.sqlite}}
	if c.DB != "" {
		targets = append(targets, storeTarget{"PostgreSQL", c.postgres})
	}
	samples := make([][]bench.Sample, len(submitters)*len(targets))
	for round := range c.Rounds {
		for i := range samples {
			n, t := submitters[i/len(targets)], targets[i%len(targets)]
			fmt.Fprintln(e.err, e.lang.Text(i18n.BenchProgress, round*len(samples)+i+1, c.Rounds*len(samples), t.name, bench.GroupOf(n, 0)))
			s, err := t.measure(e.ctx, n)
			if err != nil {
				return err
			}
			samples[i] = append(samples[i], s)
		}
	}
	for i := range samples {
		r.Add(targets[i%len(targets)].name, bench.GroupOf(submitters[i/len(targets)], 0), samples[i])
	}
	r.Finish("")
	return flags.show(e, r)
}

// storeTarget is a kind of store to measure.
type storeTarget struct {
	name    string
	measure func(ctx context.Context, submitters int) (bench.Sample, error)
}

// sqlite measures a new store in a directory.
func (c *benchStoreCmd) sqlite(ctx context.Context, submitters int) (s bench.Sample, err error) {
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
	return c.submit(ctx, st, 1, submitters)
}

// leaseTime is the lease of the node as which a database is measured: longer than anybody measures, for nothing here renews it.
const leaseTime = 24 * time.Hour

// postgres measures a database as one of several nodes writes to it, every record fenced. The records stay in it.
func (c *benchStoreCmd) postgres(ctx context.Context, submitters int) (s bench.Sample, err error) {
	st, err := postgres.Open(ctx, c.DB, postgres.Options{Lease: leaseTime})
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, st.Release(context.WithoutCancel(ctx), 0), st.Close()) }()
	first, err := st.Reserve(ctx, submitters)
	if err != nil {
		return s, err
	}
	return c.submit(ctx, st, first, submitters)
}

// submit measures a store: each submitter has a table of its own, from first on, and appends one record at a time.
func (c *benchStoreCmd) submit(ctx context.Context, st store.Store, first store.TableID, submitters int) (bench.Sample, error) {
	data := make([]byte, c.Bytes)
	writes := make([]store.Write, submitters)
	return bench.Submit(ctx, submitters, c.Duration, func(submitter int, number uint32) error {
		at := rules.Millis(1_790_000_000_000 + int64(number)*10_000)
		w := writes[submitter : submitter+1]
		w[0].Record = store.Record{Table: first + store.TableID(submitter), Seq: number, Epoch: 1, At: at, Deadline: at + 300_000, Data: data}
		return st.Append(ctx, w)
	})
}
