package gpkg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"

	"zombiezen.com/go/sqlite"

	"github.com/shikong-cim/shikong/spatial"
)

// remark is how one SQLite result code is told to people.
type remark struct {
	kind          error
	code          string
	message, hint string
}

// remarks are by primary result code. Codes that are not here are mistakes of this package
// and stay as they are.
var remarks = map[sqlite.ResultCode]remark{
	sqlite.ResultBusy:     {spatial.ErrUnavailable, "store-locked", "the store is locked by another program", "try again when it has finished"},
	sqlite.ResultFull:     {spatial.ErrUnavailable, "store-full", "there is no room left to write to the store", "make room on the disk and repeat; the store is as it was"},
	sqlite.ResultIOErr:    {spatial.ErrUnavailable, "store-io", "the disk with the store does not read or write", "check the disk and the free space; the store is as it was"},
	sqlite.ResultCorrupt:  {spatial.ErrInvalid, "store-corrupt", "the store is damaged", "restore a backup, or import its sources into a new store"},
	sqlite.ResultNotADB:   {spatial.ErrInvalid, "store-corrupt", "the store is damaged", "restore a backup, or import its sources into a new store"},
	sqlite.ResultReadOnly: {spatial.ErrUnavailable, "store-read-only", "the store cannot be written to", "check the rights on the file and its folder"},
	sqlite.ResultCantOpen: {spatial.ErrUnavailable, "store-denied", "the store cannot be opened", "check the rights on the file and its folder"},
	sqlite.ResultPerm:     {spatial.ErrUnavailable, "store-denied", "the store cannot be opened", "check the rights on the file and its folder"},
	sqlite.ResultTooBig:   {spatial.ErrInvalid, "feature-too-big", "a feature is larger than the store can hold", "split it: a geometry or text of at most 1 GB fits"},
	sqlite.ResultNoMem:    {spatial.ErrUnavailable, "store-memory", "there is not enough memory", ""},
}

// problem tells an error of SQLite as a person can use it. A context that has ended explains
// every error that came of it.
func (s *Store) problem(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", op, ctx.Err())
	}
	return problemAt(s.path, op, err)
}

func problemAt(path, op string, err error) error {
	var known *spatial.Problem
	if errors.As(err, &known) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) {
		err = sqlite.ResultFull.ToError() // our own temporary files fill the disk, too
	}
	var file *fs.PathError
	if errors.As(err, &file) {
		if errors.Is(err, fs.ErrNotExist) {
			return &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "store-denied", Message: fmt.Sprintf("%s %s: there is no folder %s", op, path, filepath.Dir(path)),
				Hint: "make the folder first, or name another path"}
		}
		return &spatial.Problem{Kind: spatial.ErrUnavailable, Code: "store-denied", Message: fmt.Sprintf("%s %s: %v", op, path, file.Err),
			Hint: "check the rights on the file and its folder"}
	}
	r, ok := remarks[sqlite.ErrCode(err).ToPrimary()]
	if !ok {
		return fmt.Errorf("%s %s: %w", op, path, err)
	}
	return &told{Problem: spatial.Problem{Kind: r.kind, Code: r.code, Message: fmt.Sprintf("%s %s: %s", op, path, r.message), Hint: r.hint}, cause: err}
}

// told is a Problem that keeps what SQLite said for the log.
type told struct {
	spatial.Problem
	cause error
}

func (t *told) Unwrap() []error { return []error{&t.Problem, t.cause} }

func corrupt(format string, args ...any) error {
	r := remarks[sqlite.ResultCorrupt]
	return &spatial.Problem{Kind: r.kind, Code: r.code, Message: r.message + ": " + fmt.Sprintf(format, args...), Hint: r.hint}
}

func notFound(what, name string) error {
	return &spatial.Problem{Kind: spatial.ErrNotFound, Code: what + "-not-found", Message: fmt.Sprintf("there is no %s %q", what, name)}
}
