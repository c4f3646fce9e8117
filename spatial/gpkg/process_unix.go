//go:build unix

package gpkg

import (
	"errors"
	"syscall"
)

// processAlive reports whether a process of this machine runs; signal 0 only asks.
func processAlive(id int) bool {
	err := syscall.Kill(id, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
