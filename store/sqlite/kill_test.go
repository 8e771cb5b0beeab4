package sqlite

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"hansu/rules"
	"hansu/store"
)

// killTables is how many tables the child appends to, each from a goroutine of
// its own: two of them in calls of several records.
const killTables = 6

// killRecord is what the child stores: every field follows from table and seq.
func killRecord(table store.TableID, seq uint32) store.Record {
	return store.Record{
		Table: table, Seq: seq, Epoch: 1, At: rules.Millis(seq), Deadline: rules.Millis(seq) + 7,
		Data: bytes.Repeat([]byte{byte(table), byte(seq)}, 10+int(seq%200)),
	}
}

// appendUntilKilled goes on where the directory's tables end, and writes a line
// "table number" to standard output for each record that is acknowledged.
func appendUntilKilled(dir string) error {
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		return err
	}
	var out sync.Mutex
	failed := make(chan error, killTables)
	for id := store.TableID(1); id <= killTables; id++ {
		go func() {
			last := uint32(0)
			err := s.Records(context.Background(), id, 1, func(r store.Record) error { last = r.Seq; return nil })
			for err == nil {
				writes := []store.Write{{Record: killRecord(id, last+1)}}
				if id <= 2 {
					writes = append(writes, store.Write{Record: killRecord(id, last+2)})
					writes[1].Summary = &store.Summary{Table: id, Code: fmt.Sprint(id), State: store.Active, Data: fmt.Append(nil, last+2)}
				}
				if err = s.Append(context.Background(), writes); err != nil {
					break
				}
				last += uint32(len(writes))
				out.Lock()
				_, err = fmt.Printf("%d %d\n", id, last)
				out.Unlock()
			}
			failed <- err
		}()
	}
	return <-failed
}

// TestKilled kills a process with SIGKILL while it appends, again and again, and
// looks after each time whether all that it acknowledged is there, and nothing is
// there in part. Then the end of the log is damaged, as a machine that loses its power may
// leave it: what remains must be a state that was.
func TestKilled(t *testing.T) {
	rounds := 5
	if soak() {
		rounds = 100
	}
	dir := t.TempDir()
	acknowledged := make(map[store.TableID]uint32)
	for round := range rounds {
		lines := 50 + rand.IntN(1500)
		runAndKill(t, dir, lines, acknowledged)
		tearLog(t, dir)
		verifyKilled(t, dir, acknowledged)
		t.Logf("round %d: killed after %d acknowledgements; tables are at %v", round, lines, acknowledged)
	}
}

// runAndKill notes what the child acknowledged.
func runAndKill(t *testing.T, dir string, lines int, acknowledged map[store.TableID]uint32) {
	t.Helper()
	cmd := child(t, "append", dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	note := func() error {
		line, err := in.ReadString('\n')
		if err != nil {
			return err // a line cut short was never read by anybody
		}
		var id store.TableID
		var seq uint32
		if _, err := fmt.Sscanf(line, "%d %d\n", &id, &seq); err != nil {
			return err
		}
		acknowledged[id] = max(acknowledged[id], seq)
		return nil
	}
	for range lines {
		if err := note(); err != nil {
			t.Errorf("the child stopped by itself: %v", err)
			break
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for err == nil {
		err = note() // what was acknowledged before the kill and not yet read
	}
	if err != io.EOF {
		t.Errorf("reading acknowledgements: %v", err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the child ended well, it was not killed")
	}
}

func verifyKilled(t *testing.T, dir string, acknowledged map[store.TableID]uint32) {
	t.Helper()
	ctx := context.Background()
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	for id := store.TableID(1); id <= killTables; id++ {
		last := wantKillRecords(t, s, id)
		if last < acknowledged[id] {
			t.Errorf("table %d: %d was acknowledged, the last is %d", id, acknowledged[id], last)
		}
		if id > 2 {
			continue
		}
		sum, err := s.Table(ctx, fmt.Sprint(id))
		if err != nil || string(sum.Data) != fmt.Sprint(last) || last%2 != 0 {
			t.Errorf("table %d: summary says %q, the last record is %d (%v)", id, sum.Data, last, err)
		}
	}
	noProblems(t, dir)
}

// wantKillRecords checks that the table holds what the child stores, and returns
// its last number.
func wantKillRecords(t *testing.T, s *Store, id store.TableID) uint32 {
	t.Helper()
	seq := uint32(0)
	err := s.Records(context.Background(), id, 1, func(r store.Record) error {
		seq++
		want := killRecord(id, seq)
		if !bytes.Equal(r.Data, want.Data) || r.Seq != seq || r.At != want.At || r.Deadline != want.Deadline {
			return fmt.Errorf("record %d is %+v", seq, r)
		}
		return nil
	})
	if err != nil {
		t.Errorf("table %d: %v", id, err)
	}
	return seq
}

// noProblems checks the directory with Check.
func noProblems(t *testing.T, dir string) {
	t.Helper()
	err := Check(context.Background(), dir, func(problem string) { t.Errorf("check: %s", problem) })
	if err != nil {
		t.Error(err)
	}
}

// tearLog opens copies of what a killed process left, with the log cut short or
// overwritten at random places. What has been copied into the database file was
// synced before, and no loss of power can touch it: only what follows is torn.
func tearLog(t *testing.T, dir string) {
	t.Helper()
	db, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(dir, FileName+"-wal"))
	if err != nil {
		t.Fatal(err)
	}
	shared, err := os.ReadFile(filepath.Join(dir, FileName+"-shm"))
	if err != nil {
		t.Fatal(err)
	}
	// https://www.sqlite.org/walformat.html: nBackfill is at 96 in the shared
	// memory, in the machine's order; the log has 32 bytes, then 24 and a page each.
	copied := 32 + int(binary.NativeEndian.Uint32(shared[96:]))*(24+pageSize)
	if copied >= len(log) {
		return
	}
	for _, cut := range []bool{true, false} {
		torn := bytes.Clone(log)
		at := copied + rand.IntN(len(log)-copied)
		if cut {
			torn = torn[:at]
		} else {
			for i := at; i < min(len(torn), at+4096); i++ {
				torn[i] ^= 0x55
			}
		}
		other := t.TempDir()
		for name, data := range map[string][]byte{FileName: db, FileName + "-wal": torn} {
			if err := os.WriteFile(filepath.Join(other, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		verifyKilled(t, other, nil)
		if t.Failed() {
			t.Fatalf("log of %d bytes, torn at %d (cut: %v)", len(log), at, cut)
		}
	}
}
