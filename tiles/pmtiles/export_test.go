package pmtiles

// AppendDirectory writes a directory.
func AppendDirectory(b []byte, list []Entry) []byte { return appendDirectory(b, list) }

// ParseDirectory reads a directory.
func ParseDirectory(data []byte) ([]Entry, error) { return parseDirectory(data) }

// Leaves returns how many leaf directories there are.
func (r *Reader) Leaves() int {
	n := 0
	for _, e := range r.root {
		if e.Run == 0 {
			n++
		}
	}
	return n
}
