package sqlite

import (
	"context"
	"errors"
	"sync"

	"zombiezen.com/go/sqlite"

	"hansu/store"
)

// maxReaders bounds the connections that read; who comes later waits.
const maxReaders = 8

// pool keeps the reading connections. A reader holds one for a bounded number
// of rows, never while a caller's function runs: a slow caller neither keeps the
// log from being checkpointed nor blocks those it calls.
type pool struct {
	path  string
	slots chan struct{} // a token for each connection in use

	mu     sync.Mutex
	idle   []*sqlite.Conn
	closed bool
}

func (p *pool) init(path string) {
	p.path = path
	p.slots = make(chan struct{}, maxReaders)
}

// with calls f in a read transaction: f sees one state of the database.
func (p *pool) with(ctx context.Context, f func(*sqlite.Conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.slots }()
	conn, err := p.get()
	if err != nil {
		return err
	}
	if err := transaction(conn, f); err != nil {
		// A connection that has seen an error of the engine is not used again.
		return errors.Join(err, conn.Close())
	}
	return p.put(conn)
}

func transaction(conn *sqlite.Conn, f func(*sqlite.Conn) error) error {
	if err := execute(conn, "BEGIN"); err != nil {
		return err
	}
	if err := f(conn); err != nil {
		return err
	}
	return execute(conn, "COMMIT")
}

// execute runs a prepared statement that returns nothing.
func execute(conn *sqlite.Conn, query string) error {
	stmt, err := conn.Prepare(query)
	if err != nil {
		return err
	}
	return run(stmt)
}

func (p *pool) get() (*sqlite.Conn, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, store.ErrClosed
	}
	if n := len(p.idle); n > 0 {
		conn := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return conn, nil
	}
	p.mu.Unlock()
	conn, err := connect(p.path)
	if err != nil {
		return nil, err
	}
	if err := pragma(conn, "query_only = ON"); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

func (p *pool) put(conn *sqlite.Conn) error {
	p.mu.Lock()
	if !p.closed {
		p.idle = append(p.idle, conn)
		p.mu.Unlock()
		return nil
	}
	p.mu.Unlock()
	return conn.Close()
}

// close waits for the readers under way and closes every connection.
func (p *pool) close() error {
	p.mu.Lock()
	p.closed = true
	idle := p.idle
	p.idle = nil
	p.mu.Unlock()
	var errs []error
	for _, conn := range idle {
		errs = append(errs, conn.Close())
	}
	for range maxReaders {
		p.slots <- struct{}{}
	}
	for range maxReaders {
		<-p.slots
	}
	return errors.Join(errs...)
}
