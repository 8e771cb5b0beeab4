//go:build unix

package postgres

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"hansu/store"
	"hansu/store/postgres/postgrestest"
)

// TestFrozenSchemas opens databases as each released schema wrote them: testdata/schemaN.sql is a dump that is
// never edited.
func TestFrozenSchemas(t *testing.T) {
	files, err := filepath.Glob("testdata/schema*.sql")
	if err != nil || len(files) != len(migrations) {
		t.Fatalf("%d frozen schemas for %d migrations (%v)", len(files), len(migrations), err)
	}
	server := postgrestest.Shared(t)
	want := schemaOf(t, openTest(t, server.Database(t), "new"))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			dump, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			url := server.Database(t)
			restore(t, url, string(dump))
			s, ctx := openTest(t, url, "new"), t.Context()
			if objects := schemaOf(t, s); objects != want {
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
			seats := 0
			err = s.TablesOf(ctx, []byte("key 1"), func(store.Summary) error { seats++; return nil })
			if err != nil || seats != 1 {
				t.Errorf("%d tables of a player, %v", seats, err)
			}
			if own, err := s.Claim(ctx, 3, 1_790_000_002_000); err != nil || own.Epoch != 2 {
				t.Errorf("claimed %+v, %v", own, err)
			}
			p, err := s.Pair(ctx, store.Wish{Kind: []byte("kind"), Key: []byte("key 5"), Table: 9, Code: "new"})
			if err != nil || p.How != store.Opened || p.Table != 9 {
				t.Errorf("place %+v, %v", p, err)
			}
		})
	}
}

// restore runs a dump in an empty database.
func restore(t *testing.T, url, dump string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	if _, err := conn.Exec(t.Context(), dump, pgx.QueryExecModeSimpleProtocol); err != nil {
		t.Fatal(err)
	}
}

// schemaOf returns what the database's columns, indexes and functions are declared as.
func schemaOf(t *testing.T, s *Store) string {
	t.Helper()
	rows, err := s.pool.Query(t.Context(), `
		SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') || ' ' || is_identity
		FROM information_schema.columns WHERE table_schema = 'hansu'
		UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'hansu'
		UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'hansu'::regnamespace
		ORDER BY 1`)
	var all []string
	if err == nil {
		all, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}
