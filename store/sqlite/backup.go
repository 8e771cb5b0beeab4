package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"zombiezen.com/go/sqlite"
)

// Backup writes a copy of the data in directory dir to file, which must not
// exist: one database file, compact, of one moment. It does not need the
// directory's lock: a server may be serving it, in this process or another, and
// goes on doing so. To restore, put the copy as hansu.db into an empty directory.
//
// While it runs, the server's log cannot be written from its start again and grows.
func Backup(ctx context.Context, dir, file string) error {
	if err := backup(ctx, dir, file); err != nil {
		return fmt.Errorf("back up %s to %s: %w", dir, file, err)
	}
	return nil
}

// backup makes the copy under another name, so that file is there only when it
// is whole and durable.
func backup(ctx context.Context, dir, file string) error {
	if _, err := os.Lstat(file); err == nil {
		return os.ErrExist
	}
	// VACUUM INTO takes an empty file; making it first gives it its mode.
	partial, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".partial-*")
	if err != nil {
		return err
	}
	err = copyTo(ctx, dir, partial.Name())
	if err == nil {
		err = partial.Sync()
	}
	if err = errors.Join(err, partial.Close()); err == nil {
		// A link, unlike a rename, never replaces what somebody put there meanwhile.
		err = os.Link(partial.Name(), file)
		if err != nil && !errors.Is(err, os.ErrExist) { // a file system without links
			return errors.Join(os.Rename(partial.Name(), file), syncDir(filepath.Dir(file)))
		}
	}
	return errors.Join(err, os.Remove(partial.Name()), syncDir(filepath.Dir(file)))
}

// copyTo copies the data in directory dir into the empty file.
func copyTo(ctx context.Context, dir, file string) (err error) {
	conn, err := inspect(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	stmt, err := conn.Prepare("VACUUM INTO ?")
	if err != nil {
		return err
	}
	stmt.BindText(1, file)
	return run(stmt)
}

// inspect opens a connection to dir's database for a look, without the
// directory's lock. The connection is interrupted when ctx is done.
func inspect(ctx context.Context, dir string) (*sqlite.Conn, error) {
	conn, err := sqlite.OpenConn(filepath.Join(dir, FileName), sqlite.OpenReadWrite)
	if err != nil {
		return nil, err
	}
	conn.SetBusyTimeout(busyTimeout)
	conn.SetInterrupt(ctx.Done())
	if _, err := version(conn, migrations); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// maxProblems bounds what one of Check's questions reports.
const maxProblems = 100

// checks are questions whose every row is a problem. Together they say that each
// table's chain runs from its tail to its record 1 through every number, and
// that no record is outside such a chain.
var checks = []string{
	// SQLite's own check answers "ok" if it finds nothing.
	`SELECT 'database file: ' || integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'`,
	`SELECT format('table %d: record %d (id %d) does not follow record %d', r.tbl, r.seq, r.id, r.seq - 1)
		FROM records AS r LEFT JOIN records AS p ON p.id = r.id - r.back
		WHERE (r.seq = 1 AND r.back <> 0)
		OR (r.seq <> 1 AND (r.back <= 0 OR p.id IS NULL OR p.tbl <> r.tbl OR p.seq <> r.seq - 1))
		LIMIT 100`,
	`SELECT format('table %d: its last record %d is not at id %d', t.tbl, t.seq, t.last)
		FROM tails AS t LEFT JOIN records AS r ON r.id = t.last
		WHERE r.id IS NULL OR r.tbl <> t.tbl OR r.seq <> t.seq OR t.due IS NOT r.at + r.due
		LIMIT 100`,
	`SELECT format('%d records, but the tables'' last numbers add up to %d', n, sum)
		FROM (SELECT (SELECT count(*) FROM records) AS n, (SELECT coalesce(sum(seq), 0) FROM tails) AS sum)
		WHERE n <> sum`,
	`SELECT format('table %d (%s): has a summary and no record', id, code)
		FROM tables WHERE id NOT IN (SELECT tbl FROM tails) LIMIT 100`,
	`SELECT format('table %d (%s): game %d is in the archive and no record', tbl, code, number)
		FROM games WHERE tbl NOT IN (SELECT tbl FROM tails) LIMIT 100`,
}

// Check looks for damage in the data in directory dir: in the database file, and
// in the numbering of the records. It calls report with each problem found, at most a hundred of a
// kind. What the records say is not looked at. Like [Backup] it needs no lock.
// The error is about the check itself: damage can be so bad that it cannot go on.
func Check(ctx context.Context, dir string, report func(problem string)) error {
	problems, err := inspectAll(ctx, dir)
	for _, p := range problems {
		report(p)
	}
	if err != nil {
		return fmt.Errorf("check %s: %w", dir, err)
	}
	return nil
}

func inspectAll(ctx context.Context, dir string) (problems []string, err error) {
	conn, err := inspect(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	err = transaction(conn, func(conn *sqlite.Conn) error {
		for _, query := range checks {
			stmt, err := conn.Prepare(query)
			if err != nil {
				return err
			}
			found, err := rows(stmt, nil, func(stmt *sqlite.Stmt) string { return stmt.ColumnText(0) })
			problems = append(problems, found[:min(len(found), maxProblems)]...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return slices.Clip(problems), err
}

// Backup is [Backup] of the directory that s has open.
func (s *Store) Backup(ctx context.Context, file string) error {
	return Backup(ctx, s.dir, file)
}

// Check is [Check] of the directory that s has open.
func (s *Store) Check(ctx context.Context, report func(problem string)) error {
	return Check(ctx, s.dir, report)
}
