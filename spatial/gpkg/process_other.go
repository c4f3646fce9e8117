//go:build !unix

package gpkg

import "os"

// processAlive reports whether a process of this machine runs; here finding it is asking.
func processAlive(id int) bool {
	p, err := os.FindProcess(id)
	if err != nil {
		return false
	}
	return p.Release() == nil
}
