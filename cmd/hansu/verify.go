package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"hansu/i18n"
	"hansu/store"
	"hansu/store/sqlite"
	"hansu/table"
)

type verifyCmd struct {
	Data string `type:"path" placeholder:"DIR" help:"${help_verify_data}"`
}

func (c *verifyCmd) Run(e *env) error {
	dir, err := chosenData(e, c.Data)
	if err != nil {
		return err
	}
	v := verifier{problem: func(text string) { fmt.Fprintln(e.out, text) }}
	if err := v.run(e.ctx, dir); err != nil {
		return errors.New(e.lang.Text(i18n.VerifyStopped, err))
	}
	fmt.Fprintln(e.out, e.lang.Text(i18n.VerifyCounted, v.tables, v.records, v.games))
	if v.problems > 0 {
		return errors.New(e.lang.Text(i18n.VerifyProblems, v.problems))
	}
	return nil
}

// verifier looks through a data directory, beside a server that may be serving it.
type verifier struct {
	problem                          func(text string)
	tables, records, games, problems int
}

func (v *verifier) report(format string, args ...any) {
	v.problems++
	v.problem(fmt.Sprintf(format, args...))
}

// run checks the database file, then every table. The error is of the check itself.
func (v *verifier) run(ctx context.Context, dir string) (err error) {
	view, err := sqlite.OpenView(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, view.Close()) }()
	if err := sqlite.Check(ctx, dir, func(p string) { v.report("%s", p) }); err != nil {
		return err
	}
	// Rows first: a server that goes on only adds records to what they say.
	rows := map[store.TableID]store.Summary{}
	if err := view.Tables(ctx, func(s store.Summary) error { rows[s.Table] = s; return nil }); err != nil {
		return err
	}
	last, err := view.LastTable(ctx)
	if err != nil {
		return err
	}
	for id := store.TableID(1); id <= last; id++ {
		if err := v.table(ctx, view, id, rows[id]); err != nil {
			return err
		}
	}
	return nil
}

// table replays one table, and compares what its records tell with its row and with the archive.
func (v *verifier) table(ctx context.Context, view *sqlite.View, id store.TableID, row store.Summary) error {
	var recs []store.Record
	err := view.Records(ctx, id, 1, func(r store.Record) error {
		if row.Table == 0 || r.Seq <= row.LastSeq { // newer than the row
			r.Data = append([]byte(nil), r.Data...)
			recs = append(recs, r)
		}
		return nil
	})
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && len(recs) == 0:
		return nil // a number that was never used; a row without records is found by Check
	case ctx.Err() != nil:
		return err
	case err != nil:
		v.report("table %d: %v", id, err)
		return nil
	}
	v.tables++
	v.records += len(recs)
	story, err := table.Replay(id, recs)
	if err != nil {
		v.report("table %d (%s): %v", id, story.Info.Setting.Code, err)
		return nil
	}
	v.row(story.Info, row)
	for _, g := range story.Games {
		v.games++
		stored, err := view.Game(ctx, g.Code, g.Number)
		switch {
		case errors.Is(err, store.ErrNotFound):
			v.report("table %d (%s): game %d has ended and is not in the archive", id, g.Code, g.Number)
		case err != nil:
			return err
		case !reflect.DeepEqual(stored, g):
			v.report("table %d (%s): game %d is another in the archive: %+v, by its records %+v", id, g.Code, g.Number, stored, g)
		}
	}
	return nil
}

// row compares a table's row with what its records tell. Tables that are shut are not listed.
func (v *verifier) row(told table.Info, row store.Summary) {
	if row.Table == 0 {
		if told.Phase != table.Shut {
			v.report("table %d (%s): it is not listed, and by its records it is not shut", told.ID, told.Setting.Code)
		}
		return
	}
	listed, err := table.InfoOf(row)
	if err != nil {
		v.report("%v", err)
		return
	}
	told.Game, told.Seq = 0, listed.Seq // rows do not say the one, and have the last record of all as the other
	for i := range listed.Seats {       // rows of earlier versions do not have these
		if listed.Seats[i].Number == 0 {
			told.Seats[i].Instance, told.Seats[i].Number = 0, 0
		}
	}
	if listed != told {
		v.report("table %d (%s): its row says %+v, its records %+v", told.ID, told.Setting.Code, listed, told)
	}
}
