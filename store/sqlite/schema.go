package sqlite

import (
	"fmt"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"hansu/store"
)

// applicationID marks the file as ours ("HANS"), so that some other program's
// database is never taken for one: https://www.sqlite.org/pragma.html#pragma_application_id
const applicationID = 0x48414e53

// migrations[i] brings the schema from version i to version i+1; the version is
// SQLite's user_version. A migration that has been released is never edited.
var migrations = []string{schema1}

// schema1 is the first schema.
//
// Records are append-only in commit order; back links each to the one before it
// of the same table, and tails has where each table's chain ends. A commit thus
// writes a few pages at the end of records and the tails of the tables in play,
// where an index by (table, number) writes one page for every record.
// docs/decisions/0002-sqlite-driver.md has the measurement.
const schema1 = `
CREATE TABLE records (
  id    INTEGER PRIMARY KEY, -- order of commit
  tbl   INTEGER NOT NULL,    -- the table's id
  seq   INTEGER NOT NULL,    -- 1, 2, 3 … within the table
  epoch INTEGER NOT NULL,
  at    INTEGER NOT NULL,    -- service time, ms
  due   INTEGER,             -- deadline − at, ms; NULL: never
  back  INTEGER NOT NULL,    -- id − the id of record seq−1; 0 for seq 1
  data  BLOB NOT NULL
);
CREATE TABLE tails (
  tbl  INTEGER PRIMARY KEY,  -- the table's id
  seq  INTEGER NOT NULL,     -- number of its last record
  last INTEGER NOT NULL,     -- id of its last record
  due  INTEGER               -- deadline of its last record, service time, ms; NULL: never
);
CREATE TABLE tables (
  id     INTEGER PRIMARY KEY,
  code   TEXT NOT NULL UNIQUE,
  state  INTEGER NOT NULL,   -- 1 open, 2 active, 3 shut
  public INTEGER NOT NULL,
  opened INTEGER NOT NULL,   -- Unix ms
  seat1  BLOB,
  seat2  BLOB,
  data   BLOB NOT NULL
);
CREATE INDEX tables_running ON tables (id) WHERE state <> 3;
CREATE TABLE games (
  tbl     INTEGER NOT NULL,
  number  INTEGER NOT NULL,
  code    TEXT NOT NULL,
  kind    INTEGER NOT NULL,
  rules   INTEGER NOT NULL,
  size    INTEGER NOT NULL,
  opening INTEGER NOT NULL,
  start   INTEGER NOT NULL,
  forbidden_loses INTEGER NOT NULL,
  timing  INTEGER NOT NULL,
  main    INTEGER NOT NULL,  -- ms
  extra   INTEGER NOT NULL,  -- ms
  periods INTEGER NOT NULL,
  stones  INTEGER NOT NULL,
  first   TEXT NOT NULL,
  second  TEXT NOT NULL,
  reason  INTEGER NOT NULL,
  winner  INTEGER NOT NULL,
  started INTEGER NOT NULL,  -- Unix ms
  ended   INTEGER NOT NULL,  -- Unix ms
  plies   INTEGER NOT NULL,
  moves   BLOB NOT NULL
);
CREATE UNIQUE INDEX games_by_table ON games (tbl, number);
CREATE UNIQUE INDEX games_by_code ON games (code, number);
CREATE TABLE service (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  beat INTEGER NOT NULL,     -- service time, ms, when the server was last known alive
  upto INTEGER NOT NULL      -- records up to this id are no later than beat
);
INSERT INTO service VALUES (1, 0, 0);
`

// migrate brings the database up to the newest schema, in one transaction.
func migrate(conn *sqlite.Conn, steps []string) (err error) {
	end, err := sqlitex.ImmediateTransaction(conn)
	if err != nil {
		return err
	}
	defer end(&err)
	version, err := version(conn, steps)
	if err != nil || version == len(steps) {
		return err
	}
	for i := version; i < len(steps); i++ {
		if err := sqlitex.ExecuteScript(conn, steps[i], nil); err != nil {
			return fmt.Errorf("migration %d: %w", i+1, err)
		}
	}
	err = pragma(conn, fmt.Sprintf("application_id = %d", applicationID))
	if err != nil {
		return err
	}
	return pragma(conn, fmt.Sprintf("user_version = %d", len(steps)))
}

// version returns the schema's version: 0 is an empty file. It fails for a file
// that is not ours, and with store.ErrNewer for one that we cannot read yet.
func version(conn *sqlite.Conn, steps []string) (int, error) {
	var app, version, objects int64
	for query, into := range map[string]*int64{
		"PRAGMA application_id":              &app,
		"PRAGMA user_version":                &version,
		"SELECT count(*) FROM sqlite_schema": &objects,
	} {
		if err := queryInt(conn, query, into); err != nil {
			return 0, err
		}
	}
	switch {
	case app == 0 && version == 0 && objects == 0:
		return 0, nil
	case app != applicationID:
		return 0, fmt.Errorf("%s is not a database of hansu (application id %#x)", FileName, app)
	case version > int64(len(steps)):
		return 0, fmt.Errorf("%w: schema %d, known is %d", store.ErrNewer, version, len(steps))
	}
	return int(version), nil
}

// pragma sets one setting. A setting that SQLite does not take is no error of SQLite's.
func pragma(conn *sqlite.Conn, setting string) error {
	return sqlitex.ExecuteTransient(conn, "PRAGMA "+setting, nil)
}

// queryInt reads the one number that query returns.
func queryInt(conn *sqlite.Conn, query string, into *int64) error {
	return sqlitex.ExecuteTransient(conn, query, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			*into = stmt.ColumnInt64(0)
			return nil
		},
	})
}
