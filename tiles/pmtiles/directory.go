package pmtiles

import (
	"encoding/binary"
	"slices"
	"sort"
)

// Entry is one line of a directory: Run tiles from ID on that are the same, Length bytes
// behind Offset in the tiles; with Run 0 a leaf directory there in the leaf directories.
type Entry struct {
	ID, Offset  uint64
	Length, Run uint32
}

// appendDirectory writes entries, ascending by ID (Encoding).
func appendDirectory(b []byte, list []Entry) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	last := uint64(0)
	for _, e := range list {
		b = binary.AppendUvarint(b, e.ID-last)
		last = e.ID
	}
	for _, e := range list {
		b = binary.AppendUvarint(b, uint64(e.Run))
	}
	for _, e := range list {
		b = binary.AppendUvarint(b, uint64(e.Length))
	}
	for i, e := range list {
		if i > 0 && e.Offset == list[i-1].Offset+uint64(list[i-1].Length) {
			b = append(b, 0)
		} else {
			b = binary.AppendUvarint(b, e.Offset+1)
		}
	}
	return b
}

// columns reads the varints of a directory.
type columns struct {
	data []byte
	err  error
}

func (c *columns) next(most uint64) uint64 {
	u, n := binary.Uvarint(c.data)
	switch {
	case c.err != nil:
		return 0
	case n <= 0:
		c.err = broken("pmtiles-directory", "has a directory that is cut off")
		return 0
	case u > most:
		c.err = broken("pmtiles-directory", "has a number %d in a directory that can be %d at most", u, most)
		return 0
	}
	c.data = c.data[n:]
	return u
}

// fewest is how many bytes an entry takes at least: one in each of four columns.
const fewest = 4

// parseDirectory reads a directory (Decoding).
func parseDirectory(data []byte) ([]Entry, error) {
	c := &columns{data: data}
	n := c.next(uint64(len(data) / fewest))
	if c.err != nil {
		return nil, c.err
	}
	list := make([]Entry, n)
	const most32, most64 = 1<<32 - 1, 1<<63 - 1
	last := uint64(0)
	for i := range list {
		delta := c.next(most64)
		if last += delta; last > most64 || (i > 0 && delta == 0) {
			return nil, broken("pmtiles-directory", "has a directory whose tiles do not ascend")
		}
		list[i].ID = last
	}
	for i := range list {
		list[i].Run = uint32(c.next(most32))
	}
	for i := range list {
		if list[i].Length = uint32(c.next(most32)); list[i].Length == 0 && c.err == nil {
			return nil, broken("pmtiles-directory", "has an entry without content")
		}
	}
	for i := range list {
		switch at := c.next(most64); {
		case at > 0:
			list[i].Offset = at - 1
		case i == 0 && c.err == nil:
			return nil, broken("pmtiles-directory", "has a first entry without a place")
		case i > 0:
			list[i].Offset = list[i-1].Offset + uint64(list[i-1].Length)
		}
	}
	return list, c.err
}

// find returns the entry that holds a tile, or the leaf directory that may.
func find(list []Entry, id uint64) (Entry, bool) {
	i := sort.Search(len(list), func(i int) bool { return list[i].ID > id }) - 1
	if i < 0 {
		return Entry{}, false
	}
	e := list[i]
	return e, e.Run == 0 || id < e.ID+uint64(e.Run)
}

// leafEntries is how many entries a leaf directory has at first.
const leafEntries = 4096

// directories returns the root directory and the leaf directories of a list of entries,
// compressed. The leaves grow until the root has room.
func directories(list []Entry, pack func([]byte) ([]byte, error)) (root, leaves []byte, err error) {
	if root, err = pack(appendDirectory(nil, list)); err != nil || len(root) <= rootEnd-headerBytes {
		return root, nil, err
	}
	for size := leafEntries; ; size += size / 4 {
		var top []Entry
		leaves = leaves[:0]
		for part := range slices.Chunk(list, size) {
			leaf, err := pack(appendDirectory(nil, part))
			if err != nil {
				return nil, nil, err
			}
			top = append(top, Entry{ID: part[0].ID, Offset: uint64(len(leaves)), Length: uint32(len(leaf))})
			leaves = append(leaves, leaf...)
		}
		if root, err = pack(appendDirectory(nil, top)); err != nil || len(root) <= rootEnd-headerBytes {
			return root, leaves, err
		}
	}
}
