package tokens

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"
)

// File checks tokens against a file. It is safe for use by many goroutines.
type File struct {
	path string

	mu    sync.Mutex
	stamp stamp
	list  []Token
}

// stamp tells one state of a file from another.
type stamp struct {
	modified time.Time
	size     int64
	mode     fs.FileMode
}

// Open returns the tokens of the file. A file that is not there holds none, and is read once
// somebody makes it; one that others may read, or that is damaged, is ErrInvalid.
func Open(path string) (*File, error) {
	f := &File{path: path}
	if err := f.refresh(); err != nil {
		return nil, err
	}
	return f, nil
}

// refresh reads the file when it is not the one read last. After an error no token is valid.
func (f *File) refresh() error {
	info, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		f.stamp, f.list = stamp{}, nil
		return nil
	}
	if err != nil {
		f.stamp, f.list = stamp{}, nil
		return fmt.Errorf("token file: %w", err)
	}
	s := stamp{info.ModTime(), info.Size(), info.Mode()}
	if s == f.stamp {
		return nil
	}
	f.stamp = stamp{}
	if f.list, err = List(f.path); err != nil {
		f.list = nil
		return err
	}
	f.stamp = s
	return nil
}

// Check returns the name of a valid token. It looks at every token in constant time, so that
// time tells nothing.
func (f *File) Check(_ context.Context, token string) (name string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refresh() != nil {
		return "", false
	}
	hash := hashOf(token)
	for _, t := range f.list {
		if subtle.ConstantTimeCompare(hash[:], t.Hash[:]) == 1 && t.Revoked.IsZero() {
			name, ok = t.Name, true
		}
	}
	return name, ok
}

// Any reports whether there is a valid token at all: without one nobody can write.
func (f *File) Any() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refresh() != nil {
		return false
	}
	for _, t := range f.list {
		if t.Revoked.IsZero() {
			return true
		}
	}
	return false
}
