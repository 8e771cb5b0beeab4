//go:build unix

package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"testing"
	"time"

	"hansu/store"
	"hansu/store/postgres/postgrestest"
)

// pair is a server, a standby that follows it, and a database of theirs.
type pair struct {
	first, standby *postgrestest.Server
	url            string // of whichever of them takes writes
	after          string // of the standby alone
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{first: postgrestest.Start(t)}
	at, err := url.Parse(p.first.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	p.standby = p.first.Standby(t)
	at.Host = p.standby.Addr()
	p.after = at.String()
	at.Host = p.first.Addr() + "," + p.standby.Addr()
	q := at.Query()
	q.Set("target_session_attrs", "read-write")
	at.RawQuery = q.Encode()
	p.url = at.String()
	return p
}

// change lets the first server's machine die and promotes the standby, which is not running.
func (p *pair) change(t *testing.T) {
	t.Helper()
	p.first.Stop()
	if err := p.standby.Run(); err != nil {
		t.Fatal(err)
	}
	p.standby.Promote(t)
}

// TestLostTail: a standby was promoted that lacked the last records, for no commit waited for it. The owner, which knows of
// them, is not let past the gap, and may go on from what is there. That nothing is lost takes a synchronous standby.
func TestLostTail(t *testing.T) {
	switched(t, "no fence", statements{noFence, insertEvents}, func(t *testing.T, sql statements, safe bool) {
		p := newPair(t)
		s := openWith(t, p.url, "a", sql)
		mustAppend(t, s, record(1, 1))
		mustAppend(t, s, record(2, 1))
		p.first.Sent(t)
		p.standby.Stop()
		mustAppend(t, s, record(3, 1))
		p.change(t)
		err := store.ErrUnknown
		for limit := time.Now().Add(time.Minute); errors.Is(err, store.ErrUnknown) && time.Now().Before(limit); {
			err = s.Append(t.Context(), record(4, 1)) // the connections of before are found out one by one
		}
		after := openTest(t, p.after, "b")
		if all := numbers(t, after); !safe {
			if err != nil || all != "[1 by epoch 1][2 by epoch 1][4 by epoch 1]" {
				t.Errorf("past the gap: %v, stored %s", err, all)
			}
			return
		}
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("past the gap: %v", err)
		}
		anew := record(3, 1)
		anew[0].Data = []byte("3 anew")
		mustAppend(t, s, anew)
		if all := numbers(t, after); all != "[1 by epoch 1][2 by epoch 1][3 anew]" {
			t.Errorf("stored %s", all)
		}
	})
}

// brokenOff appends, and breaks the wait for the standby off.
func brokenOff(t *testing.T, s *Store, writes []store.Write) error {
	t.Helper()
	got := appending(s, writes)
	cancelled := false
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); {
		select {
		case err := <-got:
			if !cancelled {
				t.Errorf("it did not wait for the standby: %v", err)
			}
			return err
		default:
		}
		var now bool // reading waits for no standby
		err := s.pool.QueryRow(t.Context(), `SELECT coalesce(bool_or(pg_cancel_backend(pid)), false) FROM pg_stat_activity
			WHERE wait_event = 'SyncRep' AND pid <> pg_backend_pid()`).Scan(&now)
		if err != nil {
			t.Fatal(err)
		}
		cancelled = cancelled || now
	}
	t.Fatal("it waits for ever")
	return nil
}

// TestWarning: a commit whose wait for the standby was broken off, of which only a warning tells, is not taken for durable. Nor
// is the identical call, which finds the records there, before the standby has them. So the standby that is promoted
// then has all that was acknowledged. Who hears no warnings takes the commit for durable, and it is lost.
func TestWarning(t *testing.T) {
	for _, heard := range []bool{true, false} {
		t.Run(fmt.Sprint("heard ", heard), func(t *testing.T) { testWarning(t, heard) })
	}
}

func testWarning(t *testing.T, heard bool) {
	p := newPair(t)
	s := openTest(t, p.url, "a")
	if !heard {
		s.each(func(w *writer) {
			w.drop()
			w.cfg.OnNotice = nil
		})
	}
	p.first.Await(t)
	mustAppend(t, s, record(1, 1))
	p.standby.Stop()
	err := brokenOff(t, s, record(2, 1))
	want := "[1 by epoch 1]"
	if heard {
		if !errors.Is(err, store.ErrUnknown) {
			t.Errorf("broken off: %v", err)
		}
		if err := brokenOff(t, s, record(2, 1)); !errors.Is(err, store.ErrUnknown) {
			t.Errorf("broken off again: %v", err)
		}
		if err := p.standby.Run(); err != nil {
			t.Fatal(err)
		}
		mustAppend(t, s, record(2, 1))
		p.standby.Stop()
		want += "[2 by epoch 1]"
	} else if err != nil {
		t.Errorf("broken off, and nobody hears of it: %v", err)
	}
	p.change(t)
	if all := numbers(t, openTest(t, p.after, "b")); all != want {
		t.Errorf("the standby has %s", all)
	}
}
