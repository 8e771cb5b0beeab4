package sqlite

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the database/sql driver
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// The benchmarks behind docs/decisions/0002-sqlite-driver.md: 256 records of 256
// tables in each transaction, by one goroutine, without queue or contract.

const designTables = 256

// What a step's statement has as its parameters, in this order; data comes last.
const (
	tblArg = iota
	seqArg
	atArg
	idArg
	backArg
)

// step is a statement that is run for each record.
type step struct {
	query string
	args  []int
	data  bool
}

// design is one way to store records.
type design struct {
	schema string
	steps  []step
}

var designs = map[string]design{
	// The unique index makes every record write a page of its own.
	"index": {
		`CREATE TABLE r (id INTEGER PRIMARY KEY, tbl INTEGER, seq INTEGER, epoch INTEGER, at INTEGER, due INTEGER, data BLOB);
		CREATE UNIQUE INDEX r_seq ON r (tbl, seq);`,
		[]step{{"INSERT INTO r (tbl, seq, at, id, epoch, due, data) VALUES (?, ?, ?, ?, 1, 60000, ?)",
			[]int{tblArg, seqArg, atArg, idArg}, true}},
	},
	"without-rowid": {
		`CREATE TABLE r (tbl INTEGER, seq INTEGER, epoch INTEGER, at INTEGER, due INTEGER, data BLOB,
			PRIMARY KEY (tbl, seq)) WITHOUT ROWID;`,
		[]step{{"INSERT INTO r (tbl, seq, at, epoch, due, data) VALUES (?, ?, ?, 1, 60000, ?)",
			[]int{tblArg, seqArg, atArg}, true}},
	},
	// Ours.
	"chain": {
		`CREATE TABLE r (id INTEGER PRIMARY KEY, tbl INTEGER, seq INTEGER, epoch INTEGER, at INTEGER, due INTEGER,
			back INTEGER, data BLOB);
		CREATE TABLE t (tbl INTEGER PRIMARY KEY, seq INTEGER, last INTEGER, due INTEGER);
		WITH RECURSIVE n (x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n WHERE x < 256)
			INSERT INTO t SELECT x, 0, 0, 0 FROM n;`,
		[]step{
			{"INSERT INTO r (tbl, seq, at, id, back, epoch, due, data) VALUES (?, ?, ?, ?, ?, 1, 60000, ?)",
				[]int{tblArg, seqArg, atArg, idArg, backArg}, true},
			{"UPDATE t SET seq = seq + 1, due = ?, last = ? WHERE tbl = ? AND seq = ? - 1",
				[]int{atArg, idArg, tblArg, seqArg}, false},
		},
	},
}

// BenchmarkDesign compares the designs through the driver that we use.
func BenchmarkDesign(b *testing.B) {
	for name, d := range designs {
		b.Run(name, func(b *testing.B) {
			conn := designConn(b, d.schema)
			stmts := make([]*sqlite.Stmt, len(d.steps))
			for i, step := range d.steps {
				stmts[i] = conn.Prep(step.query)
			}
			transact := func(query string) {
				if err := run(conn.Prep(query)); err != nil {
					b.Fatal(err)
				}
			}
			benchDesign(b, func() { transact("BEGIN") }, func() { transact("COMMIT") }, func(values [5]int64, data []byte) {
				for i, step := range d.steps {
					for n, arg := range step.args {
						stmts[i].BindInt64(n+1, values[arg])
					}
					if step.data {
						stmts[i].BindBytes(len(step.args)+1, data)
					}
					if err := run(stmts[i]); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// BenchmarkDatabaseSQL is our design through database/sql.
func BenchmarkDatabaseSQL(b *testing.B) {
	d := designs["chain"]
	file := filepath.Join(b.TempDir(), FileName)
	if err := create(file); err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + d.schema); err != nil {
		b.Fatal(err)
	}
	stmts := make([]*sql.Stmt, len(d.steps))
	for i, step := range d.steps {
		if stmts[i], err = db.Prepare(step.query); err != nil {
			b.Fatal(err)
		}
	}
	var tx *sql.Tx
	begin := func() {
		if tx, err = db.Begin(); err != nil {
			b.Fatal(err)
		}
	}
	commit := func() {
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	benchDesign(b, begin, commit, func(values [5]int64, data []byte) {
		for i, step := range d.steps {
			var args []any
			for _, arg := range step.args {
				args = append(args, values[arg])
			}
			if step.data {
				args = append(args, data)
			}
			if _, err := tx.Stmt(stmts[i]).Exec(args...); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// designConn opens an empty database with the settings of ours.
func designConn(b *testing.B, schema string) *sqlite.Conn {
	b.Helper()
	file := filepath.Join(b.TempDir(), FileName)
	if err := create(file); err != nil {
		b.Fatal(err)
	}
	conn, err := connect(file)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := conn.Close(); err != nil {
			b.Error(err)
		}
	})
	if err := sqlitex.ExecuteScript(conn, schema, nil); err != nil {
		b.Fatal(err)
	}
	return conn
}

// benchDesign stores b.N records.
func benchDesign(b *testing.B, begin, commit func(), put func(values [5]int64, data []byte)) {
	data := make([]byte, moveBytes)
	records := 0
	b.ResetTimer()
	cpu := cpuTime()
	for seq := int64(1); records < b.N; seq++ {
		begin()
		for tbl := int64(1); tbl <= designTables; tbl++ {
			records++
			put([5]int64{tblArg: tbl, seqArg: seq, atArg: 1_790_000_000_000 + seq, idArg: int64(records), backArg: designTables}, data)
		}
		commit()
	}
	b.StopTimer()
	b.ReportMetric(float64((cpuTime()-cpu).Nanoseconds())/1000/float64(records), "cpu-µs/record")
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
}
