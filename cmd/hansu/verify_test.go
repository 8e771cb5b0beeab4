package main

import (
	"strings"
	"testing"

	"hansu/rules"
	"hansu/store"
	"hansu/store/sqlite"
	"hansu/table"
)

// TestVerifyFindsDamage changes one thing after the other in sound data: each is found and named.
func TestVerifyFindsDamage(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(w []store.Write)
		want   string
	}{
		{"sound", func([]store.Write) {}, ""},
		{"a move on a taken point", func(w []store.Write) { w[3].Data = w[2].Data }, "record 4"},
		{"bytes that are no record", func(w []store.Write) { w[3].Data = []byte{1, 2, 3} }, "record 4"},
		{"time that goes back", func(w []store.Write) { w[4].At = 1 }, "the record before"},
		{"a game that is not archived", func(w []store.Write) { w[5].Game = nil }, "not in the archive"},
		{"another winner", func(w []store.Write) { w[5].Game.Outcome.Winner = rules.Second }, "another in the archive"},
		{"another name", func(w []store.Write) { w[5].Game.Names[0] = "nobody" }, "another in the archive"},
		{"an old row", func(w []store.Write) { w[1].Summary, w[5].Summary = nil, nil }, "its row says"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			writes := played(t)
			c.damage(writes)
			st, err := sqlite.Open(t.Context(), dir, sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range writes {
				if err := st.Append(t.Context(), []store.Write{w}); err != nil {
					t.Fatal(err)
				}
			}
			var found []string
			v := verifier{problem: func(p string) { found = append(found, p) }}
			if err := v.run(t.Context(), dir); err != nil { // the store is still open: as beside a server
				t.Fatal(err)
			}
			if err := st.Close(); err != nil {
				t.Fatal(err)
			}
			switch all := strings.Join(found, "\n"); {
			case c.want == "" && (all != "" || v.games != 1 || v.records != len(writes)):
				t.Errorf("found %q, %d games, %d records", all, v.games, v.records)
			case !strings.Contains(all, c.want), c.want != "" && v.problems == 0:
				t.Errorf("found %q, want %q", all, c.want)
			}
		})
	}
}

// heard is a viewer that hears nothing.
type heard struct{}

func (heard) Attach(table.Attachment)   {}
func (heard) Deliver([]byte)            {}
func (heard) CaughtUp(table.Attachment) {}
func (heard) Answer(table.Answer)       {}
func (heard) Drop(store.TableID)        {}

// played is a short game as a table stores it: opened, seated, three moves, resigned.
func played(t *testing.T) []store.Write {
	t.Helper()
	core := table.NewCore(table.Config{Encode: func(b []byte, _ *table.Record) []byte { return b }})
	setting := table.Setting{Code: "CODE2345", Variant: rules.Variant{Kind: rules.Omok, Rules: rules.Freestyle, Size: 15}, Public: true}
	stone := func(col uint8) table.Move {
		return table.Move{Move: rules.Move{To: rules.Point{Col: col, Row: 7}}, Ply: table.AnyPly}
	}
	var writes []store.Write
	for i, do := range []table.Action{
		table.Create{Setting: setting, Name: "one"}, table.Sit{Name: "two"},
		stone(7), stone(8), stone(9), table.Resign{},
	} {
		key := table.Key{byte(1 + i%2)}
		b := core.Step(table.Time{Service: rules.Millis(1000 + i), Wall: int64(1e12 + i)}, []table.Command{
			{Table: 1, From: heard{}, Key: key, Instance: uint32(key[0]), Number: uint32(i + 1), Do: do},
		})
		if len(b.Writes) != 1 {
			t.Fatalf("%T makes %d records", do, len(b.Writes))
		}
		w := b.Writes[0]
		w.Data = append([]byte(nil), w.Data...)
		writes = append(writes, w)
		core.Publish(b)
	}
	return writes
}
