package pmtiles

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/klauspost/compress/gzip"
)

const (
	// mostDirectory bounds what a directory or the metadata may unpack to.
	mostDirectory = 64 << 20
	// heldEntries bounds the entries of leaf directories that a reader remembers: 24 MB.
	heldEntries = 1 << 20
)

// Reader finds tiles in an archive. It is safe for many goroutines.
type Reader struct {
	Header

	from io.ReaderAt
	root []Entry

	mu     sync.Mutex
	leaves map[uint64][]Entry // by offset
	held   int
}

// NewReader reads the header and the root directory of an archive of a size in bytes. What
// is wrong with it is ErrInvalid, with a code; what is right but not known here is
// ErrUnsupported.
func NewReader(from io.ReaderAt, size int64) (*Reader, error) {
	head := make([]byte, min(headerBytes, size))
	if _, err := from.ReadAt(head, 0); err != nil && len(head) > 0 {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	h, err := parseHeader(head, size)
	if err != nil {
		return nil, err
	}
	r := &Reader{Header: h, from: from, leaves: map[uint64][]Entry{}}
	if r.root, err = r.directory(h.root); err != nil {
		return nil, fmt.Errorf("root directory: %w", err)
	}
	return r, nil
}

// Metadata returns the JSON that says what the archive holds, "{}" where there is none.
func (r *Reader) Metadata() ([]byte, error) {
	if r.metadata.Length == 0 {
		return []byte("{}"), nil
	}
	data, err := r.unpack(r.metadata)
	if err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	return data, nil
}

// deepest is how many directories may lie above one another (Leaf Directories).
const deepest = 4

// Tile returns the bytes of a tile as they lie in the archive, compressed as Tiles says;
// nil where there is none.
func (r *Reader) Tile(z uint8, x, y uint32) ([]byte, error) {
	at, ok, err := r.Find(z, x, y)
	if err != nil || !ok {
		return nil, err
	}
	return r.Read(at)
}

// Find returns the entry of a tile.
func (r *Reader) Find(z uint8, x, y uint32) (Entry, bool, error) {
	if z < r.MinZoom || z > r.MaxZoom || uint64(x)>>z != 0 || uint64(y)>>z != 0 {
		return Entry{}, false, nil
	}
	id := ID(z, x, y)
	list := r.root
	for range deepest {
		e, ok := find(list, id)
		if !ok || e.Run > 0 {
			return e, ok, nil
		}
		var err error
		if list, err = r.leaf(e); err != nil {
			return Entry{}, false, fmt.Errorf("tile %d/%d/%d: leaf directory: %w", z, x, y, err)
		}
	}
	return Entry{}, false, broken("pmtiles-directory", "has more than %d directories above one another", deepest)
}

// Read returns the bytes of an entry that Find gave.
func (r *Reader) Read(e Entry) ([]byte, error) {
	if e.Offset > r.data.Length || uint64(e.Length) > r.data.Length-e.Offset {
		return nil, broken("pmtiles-directory", "has a tile %d that lies beyond its tiles", e.ID)
	}
	return r.bytes(span{r.data.Offset + e.Offset, uint64(e.Length)})
}

// Runs calls f with every run of tiles in order until it returns false.
func (r *Reader) Runs(f func(Entry) bool) error {
	_, err := r.walk(r.root, deepest, f)
	return err
}

func (r *Reader) walk(list []Entry, levels int, f func(Entry) bool) (goOn bool, err error) {
	if levels == 0 {
		return false, broken("pmtiles-directory", "has more than %d directories above one another", deepest)
	}
	for _, e := range list {
		if e.Run > 0 {
			if !f(e) {
				return false, nil
			}
			continue
		}
		leaf, err := r.leaf(e)
		if err != nil {
			return false, err
		}
		if goOn, err := r.walk(leaf, levels-1, f); err != nil || !goOn {
			return false, err
		}
	}
	return true, nil
}

func (r *Reader) leaf(e Entry) ([]Entry, error) {
	r.mu.Lock()
	list, ok := r.leaves[e.Offset]
	r.mu.Unlock()
	if ok {
		return list, nil
	}
	if e.Offset > r.Header.leaves.Length || uint64(e.Length) > r.Header.leaves.Length-e.Offset {
		return nil, broken("pmtiles-directory", "has a leaf directory that lies beyond its leaf directories")
	}
	list, err := r.directory(span{r.Header.leaves.Offset + e.Offset, uint64(e.Length)})
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held += len(list); r.held > heldEntries {
		clear(r.leaves)
		r.held = len(list)
	}
	r.leaves[e.Offset] = list
	return list, nil
}

func (r *Reader) directory(at span) ([]Entry, error) {
	data, err := r.unpack(at)
	if err != nil {
		return nil, err
	}
	return parseDirectory(data)
}

func (r *Reader) bytes(at span) ([]byte, error) {
	if at.Offset > math.MaxInt64 || at.Length > mostDirectory {
		return nil, broken("pmtiles-size", "has a part of %d bytes", at.Length)
	}
	out := make([]byte, at.Length)
	if n, err := r.from.ReadAt(out, int64(at.Offset)); err != nil && n < len(out) {
		return nil, fmt.Errorf("read %d bytes at %d: %w", at.Length, at.Offset, err)
	}
	return out, nil
}

// unpack reads a directory or the metadata.
func (r *Reader) unpack(at span) ([]byte, error) {
	packed, err := r.bytes(at)
	if err != nil || r.Internal == None {
		return packed, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, broken("pmtiles-directory", "says that its directories are gzip, and they are not")
	}
	out, err := io.ReadAll(io.LimitReader(z, mostDirectory+1))
	switch {
	case err != nil:
		return nil, broken("pmtiles-directory", "has a directory that cannot be unpacked: %v", err)
	case len(out) > mostDirectory:
		return nil, broken("pmtiles-size", "has a directory of more than %d bytes", mostDirectory)
	}
	return out, nil
}
