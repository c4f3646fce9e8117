//go:build unix

package step

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps a file into memory; a file system that cannot do so is read instead.
func mapFile(in *os.File, size int) ([]byte, func() error, error) {
	data, err := unix.Mmap(int(in.Fd()), 0, size, unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		data, err := io.ReadAll(in)
		return data, nil, err
	}
	return data, func() error { return unix.Munmap(data) }, nil
}
