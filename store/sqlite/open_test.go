package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"hansu/store"
)

// edit runs SQL on the database of a directory that nobody has open.
func edit(t *testing.T, dir, script string) {
	t.Helper()
	conn, err := sqlite.OpenConn(filepath.Join(dir, FileName), sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	if err := sqlitex.ExecuteScript(conn, script, nil); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
}

// fresh makes a directory with some records and closes it.
func fresh(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "made", "on", "the", "way")
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	appendKillRecords(t, s, 1, 1, 5)
	appendKillRecords(t, s, 2, 1, 3)
	appendKillRecords(t, s, 1, 6, 9)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func appendKillRecords(t testing.TB, s *Store, id store.TableID, from, to uint32) {
	t.Helper()
	for seq := from; seq <= to; seq++ {
		if err := s.Append(context.Background(), []store.Write{{Record: killRecord(id, seq)}}); err != nil {
			t.Fatal(err)
		}
	}
}

// wantOpenError opens dir, which must fail with want (if not nil) and say text
// and the directory's name; and must not have left the lock behind.
func wantOpenError(t *testing.T, dir string, want error, text string) {
	t.Helper()
	s, err := Open(context.Background(), dir, Options{})
	if err == nil {
		s.Close()
		t.Fatal("opened")
	}
	if want != nil && !errors.Is(err, want) {
		t.Errorf("error is %v, want %v", err, want)
	}
	if !strings.Contains(err.Error(), text) || !strings.Contains(err.Error(), dir) {
		t.Errorf("error %q does not say %q and %q", err, text, dir)
	}
}

func TestLocked(t *testing.T) {
	dir := fresh(t)
	s := openTest(t, dir)
	wantOpenError(t, dir, store.ErrLocked, "in use by another server")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := openTest(t, dir)
	wantKillRecords(t, again, 1)
}

func TestNewer(t *testing.T) {
	dir := fresh(t)
	edit(t, dir, "PRAGMA user_version = 99;")
	wantOpenError(t, dir, store.ErrNewer, "schema 99")
	edit(t, dir, "PRAGMA user_version = 1;")
	openTest(t, dir)
}

func TestNotOurs(t *testing.T) {
	dir := t.TempDir()
	edit(t, dir, "CREATE TABLE theirs (x); PRAGMA user_version = 1;")
	wantOpenError(t, dir, nil, "not a database of hansu")
	dir = fresh(t)
	edit(t, dir, "PRAGMA application_id = 7;")
	wantOpenError(t, dir, nil, "not a database of hansu")
	dir = t.TempDir()
	garbage := strings.Repeat("this is no database. ", 1000)
	if err := os.WriteFile(filepath.Join(dir, FileName), []byte(garbage), 0o600); err != nil {
		t.Fatal(err)
	}
	wantOpenError(t, dir, nil, "not a database")
	if kept, err := os.ReadFile(filepath.Join(dir, FileName)); err != nil || string(kept) != garbage {
		t.Errorf("a file that is not ours was changed (%v)", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantOpenError(t, file, nil, "directory")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, t.TempDir(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want context.Canceled", err)
	}
}

// TestModes: others on the machine cannot read names, chat or hashes.
func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no file modes")
	}
	dir := fresh(t)
	openTest(t, dir)
	for name, want := range map[string]os.FileMode{
		"": 0o700, FileName: 0o600, FileName + "-wal": 0o600, FileName + "-shm": 0o600, LockName: 0o600,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%q has mode %o, want %o", name, got, want)
		}
	}
}

// TestSettings: what durability stands on is what SQLite really has.
func TestSettings(t *testing.T) {
	s := openTest(t, t.TempDir())
	for query, want := range map[string]int64{
		"PRAGMA synchronous": 2,
		"SELECT journal_mode = 'wal' FROM pragma_journal_mode":            1,
		"PRAGMA application_id":                                           applicationID,
		"PRAGMA page_size":                                                pageSize,
		"SELECT sqlite_version() >= '3.51.3'":                             1, // older ones may corrupt on log reset
		"SELECT count(*) FROM pragma_table_info('records')":               8,
		"SELECT count(*) = 1 AND max(one) = 1 FROM service":               1,
		"SELECT count(*) FROM pragma_user_version WHERE user_version = 1": 1,
	} {
		var got int64
		if err := queryInt(s.writer.conn, query, &got); err != nil || got != want {
			t.Errorf("%s: %d, want %d (%v)", query, got, want, err)
		}
	}
}

func TestMigrate(t *testing.T) {
	ctx := context.Background()
	dir := fresh(t)
	next := append(migrations[:len(migrations):len(migrations)],
		"CREATE TABLE extra (x INTEGER); INSERT INTO extra VALUES (7);",
		"ALTER TABLE extra ADD COLUMN y INTEGER NOT NULL DEFAULT 8;")

	broken := append(next[:len(next):len(next)], "CREATE TABLE half (x); CREATE TABLE half (x);")
	if s, err := open(ctx, dir, Options{}, broken); err == nil {
		s.Close()
		t.Fatal("opened with a broken migration")
	} else if !strings.Contains(err.Error(), "migration 4") {
		t.Errorf("error %q does not say which migration", err)
	}
	s := openTest(t, dir) // at the old version still, untouched
	wantKillRecords(t, s, 1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	for range 2 { // the second time there is nothing to do
		s, err := open(ctx, dir, Options{}, next)
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		if err := queryInt(s.writer.conn, "SELECT sum(x + y) FROM extra", &sum); err != nil || sum != 15 {
			t.Errorf("sum is %d, want 15 (%v)", sum, err)
		}
		if last := wantKillRecords(t, s, 1); last != 9 {
			t.Errorf("last record is %d, want 9", last)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	wantOpenError(t, dir, store.ErrNewer, "schema 3")
}

// TestFrozenSchemas opens databases as each released schema wrote them:
// testdata/schemaN.sql is a dump that is never edited.
func TestFrozenSchemas(t *testing.T) {
	files, err := filepath.Glob("testdata/schema*.sql")
	if err != nil || len(files) != len(migrations) {
		t.Fatalf("%d frozen schemas for %d migrations (%v)", len(files), len(migrations), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			dump, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			edit(t, dir, string(dump))
			s, ctx := openTest(t, dir), context.Background()
			objects, want := schemaOf(t, s), schemaOf(t, openTest(t, t.TempDir()))
			if objects != want {
				t.Errorf("schema after migration:\n%s\nwant:\n%s", objects, want)
			}
			sum, err := s.Table(ctx, "k7wq2m")
			if err != nil || sum.Table != 3 || sum.LastSeq != 3 || sum.Deadline != 1_790_000_060_000 || sum.State != store.Active {
				t.Errorf("table %+v, %v", sum, err)
			}
			var data []string
			err = s.Records(ctx, 3, 1, func(r store.Record) error { data = append(data, string(r.Data)); return nil })
			if got := strings.Join(data, " "); err != nil || got != "one two three" {
				t.Errorf("records %q, %v", got, err)
			}
			g, err := s.Game(ctx, "k7wq2m", 1)
			if err != nil || g.Names != [2]string{"player 1", "player 2"} || g.Plies != 42 || string(g.Moves) != "moves" {
				t.Errorf("game %+v, %v", g, err)
			}
			if beat, err := s.LastBeat(ctx); err != nil || beat != 1_790_000_001_000 {
				t.Errorf("LastBeat = %d, %v", beat, err)
			}
			noProblems(t, dir)
		})
	}
}

// schemaOf returns what the database's tables and indexes are declared as.
func schemaOf(t *testing.T, s *Store) string {
	t.Helper()
	var objects strings.Builder
	err := sqlitex.ExecuteTransient(s.writer.conn, "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY name",
		&sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
			objects.WriteString(stmt.ColumnText(0) + "\n")
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	return objects.String()
}
