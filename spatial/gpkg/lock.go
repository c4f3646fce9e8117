package gpkg

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// holder says who holds the write lock. It is written beside the store while a write goes
// on, only for those who wait; the lock itself is SQLite's. After a crash the file stays and
// means nothing.
type holder struct {
	Process int       `json:"process"`
	Host    string    `json:"host"`
	Program string    `json:"program"`
	Since   time.Time `json:"since"`
}

func (s *Store) holderPath() string { return s.path + "-writer" }

// write lets the caller in as the only writer and runs f in a transaction: all of it, or on
// any error nothing.
func (s *Store) write(ctx context.Context, op string, f func(*sqlite.Conn) error) error {
	tx, err := s.begin(ctx, op)
	if err != nil {
		return err
	}
	defer tx.abandon()
	return tx.end(f(tx.c))
}

// transaction is a write that is under way. It ends with end or cancel; abandon is deferred
// for the case that neither is reached, because somebody else's code panics.
type transaction struct {
	s    *Store
	ctx  context.Context
	op   string
	c    *sqlite.Conn
	done bool
}

// begin waits for the write lock and begins a transaction.
func (s *Store) begin(ctx context.Context, op string) (*transaction, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.readOnly {
		return nil, &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "store-read-only", Message: fmt.Sprintf("the store %s is open for reading only", s.path)}
	}
	deadline, cancel := context.WithTimeout(ctx, s.lockWait)
	defer cancel()
	if err := s.enter(ctx, deadline); err != nil {
		return nil, err
	}
	if s.writer == nil {
		c, err := s.connect(sqlite.OpenReadWrite, writerCacheMB)
		if err != nil {
			<-s.writing
			return nil, s.problem(ctx, op, err)
		}
		// Best effort: another program, or a withdrawal that was cut off, can have taken the log from
		// the store, and it is as sound without one.
		_ = execute(c, "PRAGMA journal_mode = wal")
		s.writer = c
	}
	if err := s.lock(ctx, deadline, s.writer); err != nil {
		<-s.writing
		return nil, err
	}
	s.writer.SetInterrupt(ctx.Done())
	s.sign()
	return &transaction{s: s, ctx: ctx, op: op, c: s.writer}, nil
}

// end commits when err is nil and the context lives, and rolls back otherwise.
func (t *transaction) end(err error) error {
	if err == nil {
		err = t.ctx.Err()
	}
	defer t.settle()()
	if err == nil {
		err = run(t.c, "COMMIT")
	}
	if err != nil && !t.c.AutocommitEnabled() {
		err = errors.Join(err, run(t.c, "ROLLBACK"))
	}
	return t.s.problem(t.ctx, t.op, err)
}

// cancel rolls back what turned out to change nothing.
func (t *transaction) cancel() error {
	defer t.settle()()
	return t.s.problem(context.WithoutCancel(t.ctx), t.op, run(t.c, "ROLLBACK"))
}

// settle lets nothing interrupt the end any more, and returns what lets the next one in.
func (t *transaction) settle() (leave func()) {
	t.done = true
	t.c.SetInterrupt(nil)
	// Gone before the lock is, or it could be the next one's that is removed.
	_ = os.Remove(t.s.holderPath())
	return func() { <-t.s.writing }
}

func (t *transaction) abandon() {
	if !t.done {
		_ = t.cancel() // a panic is on its way already
	}
}

// enter waits for the other goroutines of this process.
func (s *Store) enter(ctx, deadline context.Context) error {
	select {
	case <-s.done:
		return errClosed
	default:
	}
	select {
	case s.writing <- struct{}{}:
		return nil
	default:
	}
	select {
	case s.writing <- struct{}{}:
		return nil
	case <-s.done:
		return errClosed
	case <-deadline.Done():
		return s.locked(ctx)
	}
}

// lock takes SQLite's write lock, waiting until the deadline.
func (s *Store) lock(ctx, deadline context.Context, c *sqlite.Conn) error {
	c.SetInterrupt(nil)
	if s.lockWait == 0 {
		c.SetBusyTimeout(0)
	} else {
		c.SetInterrupt(deadline.Done())
		c.SetBlockOnBusy() // until the deadline interrupts
	}
	err := run(c, "BEGIN IMMEDIATE")
	c.SetInterrupt(nil)
	c.SetBusyTimeout(time.Second)
	if err == nil {
		return nil
	}
	if primary := sqlite.ErrCode(err).ToPrimary(); primary == sqlite.ResultBusy || primary == sqlite.ResultInterrupt {
		return s.locked(ctx)
	}
	return s.problem(ctx, "lock", err)
}

// locked tells who holds the lock, unless it was the caller who gave up.
func (s *Store) locked(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p := &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "store-locked",
		Message: fmt.Sprintf("the store %s is being written by another program", s.path), Hint: "try again when it has finished"}
	text, err := os.ReadFile(s.holderPath())
	var h holder
	if err == nil && json.Unmarshal(text, &h) == nil && h.alive() {
		p.Message = fmt.Sprintf("the store %s is being written by process %d (%s) on %s since %s",
			s.path, h.Process, h.Program, h.Host, h.Since.Local().Format(time.DateTime))
	}
	return p
}

// sign writes who holds the lock. Failing to is no reason not to write.
func (s *Store) sign() {
	text, err := json.Marshal(holder{Process: os.Getpid(), Host: hostName(), Program: programName(), Since: time.Now().UTC()})
	if err == nil {
		_ = os.WriteFile(s.holderPath(), text, 0o644)
	}
}

// alive is false for a note that a process of this machine left when it was killed.
func (h *holder) alive() bool {
	return h.Host != hostName() || processAlive(h.Process)
}
