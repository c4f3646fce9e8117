//go:build !unix

package step

import (
	"io"
	"os"
)

// mapFile reads a file.
func mapFile(in *os.File, size int) ([]byte, func() error, error) {
	data := make([]byte, size)
	_, err := io.ReadFull(in, data)
	return data, nil, err
}
