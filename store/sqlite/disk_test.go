//go:build unix

package sqlite

import (
	"context"
	"errors"
	"fmt"

	"hansu/store"
)

// Children in which the disk fails; files for one system make it fail.

// failAndRecover appends until the disk fails, sees that it keeps failing and
// that nothing is lost from sight meanwhile, mends the disk, and goes on with the
// identical call.
func failAndRecover(dir string, fail, mend func() error) error {
	ctx := context.Background()
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	const each = 5
	next := uint32(1)
	call := func() []store.Write {
		var writes []store.Write
		for seq := next; seq < next+each; seq++ {
			writes = append(writes, store.Write{Record: killRecord(1, seq)})
		}
		return writes
	}
	appendSome := func(n int) error {
		for range n {
			if err := s.Append(ctx, call()); err != nil {
				return err
			}
			next += each
		}
		return nil
	}
	for range 3 {
		if err := appendSome(20); err != nil {
			return fmt.Errorf("while the disk works: %w", err)
		}
		if err := fail(); err != nil {
			return err
		}
		err = appendSome(100_000)
		if err := wantUnknown(err); err != nil {
			return err
		}
		for range 3 {
			if err := wantUnknown(s.Append(ctx, call())); err != nil {
				return err
			}
			if err := wantUnknown(s.Beat(ctx, 1<<40)); err != nil {
				return err
			}
		}
		if err := mend(); err != nil {
			return err
		}
		if err := appendSome(20); err != nil {
			return fmt.Errorf("after the disk was mended: %w", err)
		}
	}
	if err := wantEnd(s, next-1); err != nil {
		return err
	}
	return s.Close()
}

// wantEnd checks that table 1 is sound and ends with the record that was
// acknowledged last. Problems go to standard output.
func wantEnd(s *Store, acknowledged uint32) error {
	ctx, last := context.Background(), uint32(0)
	err := s.Records(ctx, 1, 1, func(r store.Record) error { last = r.Seq; return nil })
	if err != nil || last != acknowledged {
		return fmt.Errorf("last record is %d, acknowledged is %d: %w", last, acknowledged, err)
	}
	return s.Check(ctx, func(problem string) { fmt.Println(problem) })
}

func wantUnknown(err error) error {
	if !errors.Is(err, store.ErrUnknown) {
		return fmt.Errorf("error is %v, want ErrUnknown", err)
	}
	return nil
}
