package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"hansu/i18n"
	"hansu/store"
	"hansu/store/postgres"
	"hansu/store/sqlite"
	"hansu/table"
)

type migrateCmd struct {
	From string `required:"" placeholder:"sqlite:FILE" help:"${help_migrate_from}"`
	To   string `required:"" env:"HANSU_DB" placeholder:"postgres://…" help:"${help_migrate_to}"`
}

func (c *migrateCmd) Run(e *env) error {
	path, ok := strings.CutPrefix(c.From, "sqlite:")
	if !ok || path == "" {
		return usageError{errors.New(e.lang.Text(i18n.MigrateFrom, c.From))}
	}
	if !isPostgres(c.To) {
		return usageError{errors.New(e.lang.Text(i18n.MigrateTo))}
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		if filepath.Base(path) != sqlite.FileName {
			return usageError{errors.New(e.lang.Text(i18n.MigrateName, path, sqlite.FileName))}
		}
		path = filepath.Dir(path)
	} else if err != nil {
		return errors.New(e.lang.Text(i18n.MigrateFailed, err))
	}
	if _, err := os.Stat(filepath.Join(path, sqlite.FileName)); err != nil { // a store would make a new one
		return errors.New(e.lang.Text(i18n.MigrateFailed, err))
	}
	m, err := migrate(e.ctx, path, c.To)
	switch {
	case errors.Is(err, store.ErrLocked):
		return errors.New(e.lang.Text(i18n.MigrateLocked, path))
	case errors.Is(err, errNotEmpty):
		return errors.New(e.lang.Text(i18n.MigrateNotEmpty))
	case err != nil:
		return errors.New(e.lang.Text(i18n.MigrateFailed, err))
	}
	fmt.Fprintln(e.out, e.lang.Text(i18n.MigrateDone, m.tables, m.records, m.games))
	return nil
}

// isPostgres reports whether an address is one of a PostgreSQL database.
func isPostgres(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}

var errNotEmpty = errors.New("the database has tables already")

// migration copies what one store holds to another, and reads it there again.
type migration struct {
	from                   *sqlite.Store
	to                     *postgres.Store
	tables, records, games int
}

func migrate(ctx context.Context, dir, url string) (_ *migration, err error) {
	from, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	m := &migration{from: from, to: to}
	last, err := m.to.LastTable(ctx)
	if err != nil {
		return nil, err
	}
	if last != 0 {
		return nil, errNotEmpty
	}
	beat, err := m.from.LastBeat(ctx)
	if err != nil {
		return nil, err
	}
	if last, err = m.from.LastTable(ctx); err != nil {
		return nil, err
	}
	for id := store.TableID(1); id <= last; id++ {
		if err := m.table(ctx, id); err != nil {
			return nil, fmt.Errorf("table %d: %w", id, err)
		}
	}
	// Service time goes on from where it was, and the tables have been without an owner since then.
	if err := m.to.SetTime(ctx, beat); err != nil {
		return nil, err
	}
	return m, m.to.Release(ctx, beat)
}

// callRecords is how many records are stored at a time.
const callRecords = 1000

// table copies one table and compares what was written.
func (m *migration) table(ctx context.Context, id store.TableID) error {
	var recs []store.Record
	keep := func(r store.Record) error {
		r.Data = append([]byte(nil), r.Data...)
		recs = append(recs, r)
		return nil
	}
	if err := m.from.Records(ctx, id, 1, keep); err != nil || len(recs) == 0 {
		return err
	}
	story, err := table.Replay(id, recs)
	if err != nil {
		return err
	}
	sum, err := m.from.Table(ctx, story.Info.Setting.Code)
	if err != nil {
		return err
	}
	games := make([]store.Game, len(story.Games))
	writes := make([]store.Write, len(recs))
	for i, r := range recs {
		r.Epoch = 1
		writes[i].Record = r
	}
	for i, g := range story.Games { // one with each of the first records: a game has more than one of them
		if games[i], err = m.from.Game(ctx, g.Code, g.Number); err != nil {
			return err
		}
		writes[i].Game = &games[i]
	}
	writes[len(writes)-1].Summary = &sum
	for rest := writes; len(rest) > 0; {
		n := min(len(rest), callRecords)
		if err := m.to.Append(ctx, rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	m.tables++
	m.records += len(writes)
	m.games += len(games)
	return m.compare(ctx, writes, sum, games)
}

// compare reads back what was written.
func (m *migration) compare(ctx context.Context, writes []store.Write, sum store.Summary, games []store.Game) error {
	n := 0
	err := m.to.Records(ctx, sum.Table, 1, func(r store.Record) error {
		if n >= len(writes) {
			return fmt.Errorf("more than %d records", n)
		}
		w := &writes[n]
		if n++; r.Seq != w.Seq || r.At != w.At || r.Deadline != w.Deadline || !bytes.Equal(r.Data, w.Data) {
			return fmt.Errorf("record %d is another in the database", w.Seq)
		}
		return nil
	})
	if err == nil && n != len(writes) {
		err = fmt.Errorf("%d of %d records are in the database", n, len(writes))
	}
	if err != nil {
		return err
	}
	if got, err := m.to.Table(ctx, sum.Code); err != nil {
		return err
	} else if !reflect.DeepEqual(got, sum) {
		return errors.New("its row is another in the database")
	}
	for _, g := range games {
		if got, err := m.to.Game(ctx, g.Code, g.Number); err != nil {
			return err
		} else if !reflect.DeepEqual(got, g) {
			return fmt.Errorf("game %d is another in the database", g.Number)
		}
	}
	return nil
}
