package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hansu/rules"
	"hansu/store"
)

// moveBytes is the size of the benchmarks' records: larger than most moves, and
// what the figures of other stores were measured with.
const moveBytes = 70

// benchRecord is a record as a table in play writes it: service time in Unix
// milliseconds, a deadline minutes ahead.
func benchRecord(table store.TableID, seq uint32, data []byte) store.Record {
	at := rules.Millis(1_790_000_000_000 + int64(seq)*10_000 + int64(table))
	return store.Record{Table: table, Seq: seq, Epoch: 1, At: at, Deadline: at + 300_000, Data: data}
}

// BenchmarkAppend has so many callers, each with one table and one record at a
// time, each waiting for its own durable acknowledgement.
func BenchmarkAppend(b *testing.B) {
	for _, callers := range []int{1, 16, 256, 2000} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			benchAppend(b, callers, 1)
		})
	}
}

// BenchmarkAppendBatch is four shards that append what their tables did in one
// tick: 64 tables' records in one call.
func BenchmarkAppendBatch(b *testing.B) { benchAppend(b, 4, 64) }

func benchAppend(b *testing.B, callers, batch int) {
	dir := b.TempDir()
	s := openTest(b, dir)
	ctx := context.Background()
	var turn atomic.Int64
	latencies := make([][]time.Duration, callers)
	var wg sync.WaitGroup
	b.ReportAllocs()
	b.ResetTimer()
	cpu := cpuTime()
	for c := range callers {
		wg.Go(func() {
			data := make([]byte, moveBytes)
			writes := make([]store.Write, batch)
			for seq := uint32(1); turn.Add(int64(batch)) < int64(b.N+batch); seq++ {
				for i := range writes {
					writes[i].Record = benchRecord(store.TableID(c*batch+i+1), seq, data)
				}
				start := time.Now()
				if err := s.Append(ctx, writes); err != nil {
					b.Errorf("append: %v", err)
					return
				}
				latencies[c] = append(latencies[c], time.Since(start))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	cpu = cpuTime() - cpu
	all := slices.Concat(latencies...)
	slices.Sort(all)
	b.ReportMetric(float64(len(all)*batch)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(cpu.Microseconds())/float64(len(all)*batch), "cpu-µs/record")
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(all)*batch)/float64(s.writer.commits), "records/commit")
	info, err := os.Stat(filepath.Join(dir, FileName))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/float64(len(all)*batch), "file-B/record")
}

// BenchmarkReplay reads a game of 200 records whose neighbours in the file are
// those of other tables.
func BenchmarkReplay(b *testing.B) {
	s := openTest(b, b.TempDir())
	ctx := context.Background()
	const tables, moves = 100, 200
	writes := make([]store.Write, tables)
	for seq := uint32(1); seq <= moves; seq++ {
		for i := range writes {
			writes[i].Record = benchRecord(store.TableID(i+1), seq, make([]byte, moveBytes))
		}
		if err := s.Append(ctx, writes); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		n := 0
		err := s.Records(ctx, store.TableID(i%tables+1), 1, func(store.Record) error { n++; return nil })
		if err != nil || n != moves {
			b.Fatalf("%d records, %v", n, err)
		}
	}
}

// BenchmarkStart opens a data directory with 100,000 running tables of 20
// records each, reads what start-up reads of them, and closes it.
func BenchmarkStart(b *testing.B) {
	const tables, moves = 100_000, 20
	ctx := context.Background()
	dir := b.TempDir()
	s := openTest(b, dir)
	writes := make([]store.Write, 1000)
	for seq := uint32(1); seq <= moves; seq++ {
		for first := 1; first <= tables; first += len(writes) {
			for i := range writes {
				id := store.TableID(first + i)
				writes[i] = store.Write{Record: benchRecord(id, seq, make([]byte, moveBytes))}
				if seq == 1 {
					writes[i].Summary = &store.Summary{
						Table: id, Code: fmt.Sprintf("%08x", uint32(id)*2654435761), State: store.Active,
						Seats: [2][]byte{make([]byte, 32), make([]byte, 32)}, Data: make([]byte, 60),
					}
				}
			}
			if err := s.Append(ctx, writes); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s, err := Open(ctx, dir, Options{})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		if err := s.Tables(ctx, func(store.Summary) error { n++; return nil }); err != nil || n != tables {
			b.Fatalf("%d tables, %v", n, err)
		}
		if _, err := s.LastTable(ctx); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen opens an empty data directory.
func BenchmarkOpen(b *testing.B) {
	parent := b.TempDir()
	for i := 0; b.Loop(); i++ {
		s, err := Open(context.Background(), filepath.Join(parent, fmt.Sprint(i)), Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
