package sqlite

import (
	"context"
	"errors"
	"testing"

	"hansu/store"
	"hansu/store/storetest"
)

var harness = storetest.Harness{
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
}

func TestContract(t *testing.T) { storetest.Run(t, harness) }

// FuzzModel compares the store with a plain model of it.
func FuzzModel(f *testing.F) {
	f.Add([]byte{2, 40, 1, 0, 3, 44, 0, 33, 5, 1, 9, 0xc2, 40, 5, 0x43, 41, 1, 42, 2, 43, 3})
	f.Add([]byte("one call after another, and some of them fail"))
	f.Add([]byte{0xff, 0xfe, 0xfd, 0, 0, 1, 255, 0x42, 0x82, 0xc3, 4, 4, 4})
	f.Fuzz(func(t *testing.T, ops []byte) {
		if len(ops) > 1000 {
			ops = ops[:1000]
		}
		storetest.Model(t, harness, ops)
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
	s.queue.Between(func() {
		s.writer.fault = func(at string) error {
			if at != point {
				return nil
			}
			s.writer.fault = nil
			return errInjected
		}
	})
}
