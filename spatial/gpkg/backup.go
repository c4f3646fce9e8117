package gpkg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// Backup writes a copy of the store, as it is at this moment, to a new file at path, while
// others read and write. The copy is compact, a store of its own, and appears whole or not
// at all. A file that is there is not replaced: ErrConflict with the code backup-exists.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	there := &spatial.Problem{Kind: spatial.ErrConflict, Code: "backup-exists", Message: fmt.Sprintf("there is already a file %s", path), Hint: "name another file, or remove it"}
	if exists(path) {
		return there
	}
	if path, err = filepath.Abs(path); err != nil { // SQLite must not take it for a URI
		return problemAt(path, "back up to", err)
	}
	temporary := path + ".part"
	if err := removeIfThere(temporary); err != nil {
		return problemAt(path, "back up to", err)
	}
	defer func() { err = errors.Join(err, removeIfThere(temporary)) }()
	if err := s.copyTo(ctx, temporary); err != nil {
		return err
	}
	if err := finishCopy(temporary); err != nil {
		return problemAt(path, "back up to", err)
	}
	if err := os.Link(temporary, path); err == nil {
		return nil
	} else if errors.Is(err, fs.ErrExist) {
		return there
	}
	if err := os.Rename(temporary, path); err != nil {
		return problemAt(path, "back up to", err)
	}
	return nil
}

// copyTo copies one snapshot. VACUUM cannot run within a transaction; it is one.
func (s *Store) copyTo(ctx context.Context, path string) error {
	c, err := s.readers.get()
	if err != nil {
		return err
	}
	defer s.readers.put(c)
	// Writing another file is writing, too.
	if err := execute(c, "PRAGMA query_only = OFF"); err != nil {
		return s.problem(ctx, "back up", err)
	}
	c.SetInterrupt(ctx.Done())
	err = query(c, "VACUUM INTO ?", []any{path}, nil)
	c.SetInterrupt(nil)
	return s.problem(ctx, "back up", errors.Join(err, execute(c, "PRAGMA query_only = ON")))
}

// finishCopy gives the copy its log and brings it to disk.
func finishCopy(path string) error {
	c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return err
	}
	if err := errors.Join(execute(c, "PRAGMA journal_mode = wal"), c.Close()); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
