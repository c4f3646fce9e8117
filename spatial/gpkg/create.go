package gpkg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/shikong-cim/shikong/spatial"
)

// create makes a store beside the path and moves it there in one step, so that a store is
// there whole or not at all. It reports whether the store there is the one that it made.
func create(path string, d datum) (made bool, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return false, err
	}
	temporary := f.Name()
	defer func() {
		if err != nil {
			_ = os.Remove(temporary) // the first error is the one to tell
		}
	}()
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return false, err
	}
	c, err := sqlite.OpenConn(temporary, sqlite.OpenReadWrite)
	if err != nil {
		return false, err
	}
	if err := errors.Join(initialize(c, d), c.Close()); err != nil {
		return false, err
	}
	// A link never replaces: of two processes that create the store one opens the other's.
	if err := os.Link(temporary, path); err == nil || errors.Is(err, fs.ErrExist) {
		return err == nil, os.Remove(temporary)
	}
	return true, os.Rename(temporary, path)
}

func initialize(c *sqlite.Conn, d datum) (err error) {
	for _, pragma := range []string{
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", userVersion),
	} {
		if err := execute(c, pragma); err != nil {
			return err
		}
	}
	done, err := sqlitex.ImmediateTransaction(c)
	if err != nil {
		return err
	}
	if err = migrate(c, 0); err == nil {
		err = insertSRS(c)
	}
	if err == nil {
		err = execute(c, "INSERT INTO shikong_store VALUES (1, ?, ?, ?, 0, NULL, 0, 0)", schemaVersion, d.name, d.srs)
	}
	if done(&err); err != nil {
		return err
	}
	return execute(c, "PRAGMA journal_mode = wal")
}

// withdraw removes the file of a store into which nothing was written, unless somebody has it
// open. What prevents that is no matter: an empty store is a store.
func withdraw(uri, path string) {
	c, err := sqlite.OpenConn(uri, sqlite.OpenReadWrite, sqlite.OpenURI)
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }() // with which the lock goes, so that nobody opens what is being removed
	c.SetBusyTimeout(0)
	empty := false
	// In this mode the first look takes the whole file, which fails while another connection is open,
	// and nobody else is let in until this one closes.
	err = execute(c, "PRAGMA locking_mode = exclusive")
	if err == nil {
		err = query(c, "SELECT revision = 0 AND NOT EXISTS (SELECT 1 FROM shikong_style) FROM shikong_store", nil, func(r *sqlite.Stmt) error {
			empty = r.ColumnBool(0)
			return nil
		})
	}
	if err != nil || !empty {
		return
	}
	// Without a log: the end of this connection would remove it by its name, when it can be another's.
	// The next writer gives it one again if this process ends here.
	if err := execute(c, "PRAGMA journal_mode = delete"); err == nil {
		_ = os.Remove(path)
	}
}

// taken reports whether somebody who had made the store took it away again while it was being
// opened: it is not the file at its path, or opening it failed as it does then, and has to be tried
// again to know. Once a store is open nobody takes its file away, see withdraw.
func (s *Store) taken(opening error) bool {
	if opening != nil {
		var p *spatial.Problem
		return errors.As(opening, &p) && (p.Code == "store-denied" || p.Code == "store-io")
	}
	now, err := os.Stat(s.path)
	return err != nil || s.file == nil || !os.SameFile(s.file, now)
}
