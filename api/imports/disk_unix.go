//go:build linux || darwin

package imports

import (
	"errors"
	"os"
	"syscall"
)

// lockFile takes the file for this process; the system gives it back when the process ends.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// free returns the bytes that are left on the disk of the folder, -1 for unknown.
func (s spool) free() int64 {
	var st syscall.Statfs_t
	if syscall.Statfs(s.dir, &st) != nil {
		return -1
	}
	return int64(st.Bavail) * int64(st.Bsize) //nolint:unconvert // another type on other systems
}

func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
