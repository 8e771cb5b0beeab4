// Package storetest holds every implementation of [store.Store] to its contract.
//
// An implementation is done when Run passes with the race detector on.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"hansu/rules"
	"hansu/store"
)

// Harness is how the tests get at an implementation.
type Harness struct {
	// Open returns an empty store. The harness cleans up what it stood on.
	Open func(t testing.TB) store.Store
	// Reopen closes s and opens what it stored once more, as a restart does.
	Reopen func(t testing.TB, s store.Store) store.Store
	// FailCommit makes the next commit of s fail: before the data is stored, or after.
	// If nil, what needs it is skipped.
	FailCommit func(s store.Store, stored bool)
	// Slow shortens what opens a store again and again: each time costs a connection or more.
	Slow bool
}

// Run runs all tests.
func Run(t *testing.T, h Harness) {
	for name, test := range map[string]func(*testing.T, Harness){
		"Empty":              testEmpty,
		"Numbering":          testNumbering,
		"Identical":          testIdentical,
		"Conflict":           testConflict,
		"CallIsOneUnit":      testCallIsOneUnit,
		"OverlappingCall":    testOverlappingCall,
		"RecordFields":       testRecordFields,
		"LargeRecords":       testLargeRecords,
		"LongTable":          testLongTable,
		"RecordsStop":        testRecordsStop,
		"ReadWithinRead":     testReadWithinRead,
		"Summary":            testSummary,
		"SummaryNotOlder":    testSummaryNotOlder,
		"CodeTaken":          testCodeTaken,
		"Tables":             testTables,
		"TablesMany":         testTablesMany,
		"LastTable":          testLastTable,
		"Game":               testGame,
		"GamesPaging":        testGamesPaging,
		"GameTaken":          testGameTaken,
		"Beat":               testBeat,
		"Reopen":             testReopen,
		"Concurrent":         testConcurrent,
		"ConcurrentConflict": testConcurrentConflict,
		"Cancelled":          testCancelled,
		"Refused":            testRefused,
		"UnknownOutcome":     testUnknownOutcome,
		"Closed":             testClosed,
		"Model":              testModel,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, h)
		})
	}
}

// record makes a record whose every field is a function of table and seq.
func record(table store.TableID, seq uint32) store.Record {
	return store.Record{
		Table: table, Seq: seq, Epoch: 1,
		At:       rules.Millis(1000*int64(seq) + int64(table)),
		Deadline: rules.Millis(1000*int64(seq) + 60_000),
		Data:     fmt.Appendf(nil, "table %d, record %d", table, seq),
	}
}

func write(table store.TableID, seq uint32) store.Write {
	return store.Write{Record: record(table, seq)}
}

func summary(table store.TableID, state store.State, data string) *store.Summary {
	return &store.Summary{
		Table: table, Code: fmt.Sprintf("code-%d", table), State: state, Public: table%2 == 0,
		Opened: 1_790_000_000_000 + int64(table), Data: []byte(data),
		Seats: [2][]byte{[]byte("hash one"), nil},
	}
}

func game(table store.TableID, number uint16) *store.Game {
	return &store.Game{
		Table: table, Number: number, Code: fmt.Sprintf("code-%d", table),
		Variant: rules.Variant{Kind: rules.Chess, Rules: rules.Chess960, Size: 8, Opening: rules.Swap2, Start: 959, ForbiddenLoses: true},
		Time:    rules.TimeControl{Timing: rules.Byoyomi, Main: 600_000, Extra: 30_000, Periods: 5, Stones: 25},
		Names:   [2]string{"하나", "two"},
		Outcome: rules.Outcome{Reason: rules.Checkmate, Winner: rules.Second},
		Started: 1_790_000_000_000, Ended: 1_790_000_600_000 + int64(number),
		Moves: []byte{0, 1, 2, 255}, Plies: 60_000,
	}
}

func mustAppend(t testing.TB, s store.Store, writes ...store.Write) {
	t.Helper()
	if err := s.Append(context.Background(), writes); err != nil {
		t.Fatalf("Append: %v", err)
	}
}

// fill appends records from up to to, one call each.
func fill(t testing.TB, s store.Store, table store.TableID, from, to uint32) {
	t.Helper()
	for seq := from; seq <= to; seq++ {
		mustAppend(t, s, write(table, seq))
	}
}

// records returns copies of what the table holds from number from on.
func records(t testing.TB, s store.Store, table store.TableID, from uint32) []store.Record {
	t.Helper()
	var all []store.Record
	err := s.Records(context.Background(), table, from, func(r store.Record) error {
		r.Data = append([]byte(nil), r.Data...)
		all = append(all, r)
		return nil
	})
	if err != nil {
		t.Fatalf("Records(%d, %d): %v", table, from, err)
	}
	return all
}

// wantRecords checks that the table holds exactly what record makes, from to to.
func wantRecords(t testing.TB, s store.Store, table store.TableID, from, to uint32) {
	t.Helper()
	got := records(t, s, table, from)
	if len(got) != int(to-from+1) {
		t.Fatalf("table %d has %d records from %d on, want %d", table, len(got), from, to-from+1)
	}
	for i, r := range got {
		if want := record(table, from+uint32(i)); !reflect.DeepEqual(r, want) {
			t.Fatalf("record %+v, want %+v", r, want)
		}
	}
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}

func tables(t testing.TB, s store.Store) []store.Summary {
	t.Helper()
	var all []store.Summary
	err := s.Tables(context.Background(), func(sum store.Summary) error {
		all = append(all, sum)
		return nil
	})
	if err != nil {
		t.Fatalf("Tables: %v", err)
	}
	return all
}

func games(t testing.TB, s store.Store, beforeTable store.TableID, beforeNumber uint16, limit int) []store.Game {
	t.Helper()
	var all []store.Game
	err := s.Games(context.Background(), beforeTable, beforeNumber, func(g store.Game) error {
		all = append(all, g)
		if len(all) == limit {
			return store.ErrStop
		}
		return nil
	})
	if err != nil {
		t.Fatalf("Games: %v", err)
	}
	return all
}
