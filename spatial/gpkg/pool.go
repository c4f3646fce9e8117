package gpkg

import (
	"context"
	"errors"
	"sync"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/shikong-cim/shikong/spatial"
)

// keepIdle bounds the connections that wait for the next reader.
const keepIdle = 8

// pool keeps connections for readers. It opens as many as are asked for at once: an answer
// may be read while another is, and a bound would be a deadlock.
type pool struct {
	open func() (*sqlite.Conn, error)

	mu     sync.Mutex
	idle   []*sqlite.Conn
	out    int
	closed bool
	empty  chan struct{} // closed when the last one comes back to a closed pool
}

var errClosed = &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "store-closed", Message: "the store is closed"}

func (p *pool) get() (*sqlite.Conn, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errClosed
	}
	p.out++
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		return c, nil
	}
	p.mu.Unlock()
	c, err := p.open()
	if err != nil {
		p.gone()
	}
	return c, err
}

func (p *pool) put(c *sqlite.Conn) {
	p.mu.Lock()
	if !p.closed && len(p.idle) < keepIdle {
		p.idle = append(p.idle, c)
		c = nil
	}
	p.mu.Unlock()
	if c != nil {
		// A reader has nothing to lose.
		_ = c.Close()
	}
	p.gone()
}

func (p *pool) gone() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out--; p.out == 0 && p.closed && p.empty != nil {
		close(p.empty)
		p.empty = nil
	}
}

// close waits for readers to come back and closes their connections.
func (p *pool) close() error {
	p.mu.Lock()
	p.closed = true
	idle := p.idle
	p.idle = nil
	var wait chan struct{}
	if p.out > 0 {
		p.empty = make(chan struct{})
		wait = p.empty
	}
	p.mu.Unlock()
	if wait != nil {
		<-wait
	}
	var err error
	for _, c := range idle {
		err = errors.Join(err, c.Close())
	}
	return err
}

// read runs f on one snapshot of the store.
func (s *Store) read(ctx context.Context, op string, f func(*sqlite.Conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := s.readers.get()
	if err != nil {
		return s.problem(ctx, op, err)
	}
	defer s.readers.put(c)
	c.SetInterrupt(ctx.Done())
	defer c.SetInterrupt(nil)
	if err = run(c, "BEGIN"); err == nil {
		err = f(c)
		c.SetInterrupt(nil) // or the end of the snapshot would be interrupted, too
		err = errors.Join(err, run(c, "ROLLBACK"))
	}
	return s.problem(ctx, op, err)
}

// run runs a statement without parameters and rows that is worth keeping prepared.
func run(c *sqlite.Conn, text string) error {
	return sqlitex.Execute(c, text, nil)
}

// query runs a prepared statement and calls f for each row.
func query(c *sqlite.Conn, text string, args []any, f func(*sqlite.Stmt) error) error {
	return sqlitex.Execute(c, text, &sqlitex.ExecOptions{Args: args, ResultFunc: f})
}
