package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"hansu/store"
)

// View reads a data directory without its lock, as [Backup] does: a server may be serving it, in
// this process or another, and goes on doing so. What it reads has been committed. Its
// methods may be called from any goroutine.
type View struct{ s Store }

// OpenView opens a view of the data in directory dir, which must be there. The error wraps
// fs.ErrNotExist if it is not, and [store.ErrNewer] if a newer version wrote it; data that an
// older version wrote has to be served once before.
func OpenView(ctx context.Context, dir string) (*View, error) {
	v, err := openView(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("read data in %s: %w", dir, err)
	}
	return v, nil
}

func openView(ctx context.Context, dir string) (*View, error) {
	path := filepath.Join(dir, FileName)
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	conn, err := inspect(ctx, dir)
	if err != nil {
		return nil, err
	}
	have, err := version(conn, migrations)
	if err == nil && have < len(migrations) {
		err = fmt.Errorf("schema %d of an older version: let a server of this version open it once", have)
	}
	if err := errors.Join(err, conn.Close()); err != nil {
		return nil, err
	}
	v := &View{s: Store{dir: dir}}
	v.s.pool.init(path)
	return v, nil
}

// Games is [store.Store]'s method.
func (v *View) Games(ctx context.Context, beforeTable store.TableID, beforeNumber uint16, f func(store.Game) error) error {
	return v.s.Games(ctx, beforeTable, beforeNumber, f)
}

// Game is [store.Store]'s method.
func (v *View) Game(ctx context.Context, code string, number uint16) (store.Game, error) {
	return v.s.Game(ctx, code, number)
}

// Records is [store.Store]'s method.
func (v *View) Records(ctx context.Context, id store.TableID, from uint32, f func(store.Record) error) error {
	return v.s.Records(ctx, id, from, f)
}

// Close waits for readers under way and closes the view.
func (v *View) Close() error { return v.s.pool.close() }

// Tables is [store.Store]'s method.
func (v *View) Tables(ctx context.Context, f func(store.Summary) error) error {
	return v.s.Tables(ctx, f)
}

// LastTable is [store.Store]'s method.
func (v *View) LastTable(ctx context.Context) (store.TableID, error) { return v.s.LastTable(ctx) }
