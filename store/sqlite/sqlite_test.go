package sqlite

import (
	"context"
	"errors"
	"testing"

	"hansu/store"
	"hansu/store/storetest"
)

func TestContract(t *testing.T) {
	storetest.Run(t, storetest.Harness{
		Open: func(t testing.TB) store.Store { return openTest(t, t.TempDir()) },
		Reopen: func(t testing.TB, s store.Store) store.Store {
			dir := s.(*Store).dir
			if err := s.Close(); err != nil {
				t.Fatalf("Close: %v", err)
			}
			return openTest(t, dir)
		},
		FailCommit: func(s store.Store, stored bool) {
			point := "commit"
			if stored {
				point = "committed"
			}
			failOnce(s.(*Store), point)
		},
	})
}

// openTest opens dir and closes it when the test ends.
func openTest(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

var errInjected = errors.New("injected")

// failOnce makes the next commit fail at the point. It must not be called while
// another call is under way.
func failOnce(s *Store, point string) {
	s.queue.mu.Lock() // the writer takes it before each commit, and so sees the field
	defer s.queue.mu.Unlock()
	s.writer.fault = func(at string) error {
		if at != point {
			return nil
		}
		s.writer.fault = nil
		return errInjected
	}
}
