package pmtiles

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial"
)

const (
	headerBytes = 127
	// rootEnd is where the root directory ends at the latest, so that a client can read it
	// with the header at once.
	rootEnd = 16_384
	magic   = "PMTiles"
)

// Compression says how tiles or directories are compressed.
type Compression uint8

// The compressions of the format.
const (
	Unknown Compression = iota
	None
	Gzip
	Brotli
	Zstd
)

// String returns the name of the compression.
func (c Compression) String() string { return word(c, "unknown", "none", "gzip", "brotli", "zstd") }

// Kind says what the tiles are.
type Kind uint8

// The kinds of tile of the format.
const (
	Other Kind = iota
	MVT
	PNG
	JPEG
	WebP
	AVIF
	MLT
)

// String returns the name of the kind.
func (k Kind) String() string { return word(k, "other", "MVT", "PNG", "JPEG", "WebP", "AVIF", "MLT") }

func word[T ~uint8](n T, words ...string) string {
	if int(n) < len(words) {
		return words[n]
	}
	return fmt.Sprintf("number %d", n)
}

// span is a part of the file.
type span struct{ Offset, Length uint64 }

func (s span) end() uint64 { return s.Offset + s.Length }

// Header says what is in an archive.
type Header struct {
	Addressed, Entries, Contents uint64 // tiles that have content, runs of the same, different ones
	Clustered                    bool   // tiles lie in the order of their numbers
	Internal, Tiles              Compression
	Kind                         Kind
	MinZoom, MaxZoom             uint8
	Bounds                       [4]float64 // west, south, east, north in degrees
	CenterZoom                   uint8
	Center                       [2]float64 // longitude, latitude

	root, metadata, leaves, data span
}

// append writes the header (Header).
func (h *Header) append(b []byte) []byte {
	b = append(append(b, magic...), 3)
	for _, s := range [...]span{h.root, h.metadata, h.leaves, h.data} {
		b = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, s.Offset), s.Length)
	}
	for _, n := range [...]uint64{h.Addressed, h.Entries, h.Contents} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	clustered := byte(0)
	if h.Clustered {
		clustered = 1
	}
	b = append(b, clustered, byte(h.Internal), byte(h.Tiles), byte(h.Kind), h.MinZoom, h.MaxZoom)
	degrees := func(list ...float64) {
		for _, v := range list {
			b = binary.LittleEndian.AppendUint32(b, uint32(int32(math.Round(v*e7))))
		}
	}
	degrees(h.Bounds[:]...)
	b = append(b, h.CenterZoom)
	degrees(h.Center[:]...)
	return b
}

// e7 is how many units of the header a degree has.
const e7 = 1e7

func broken(code, format string, args ...any) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: code, Message: "the PMTiles archive " + fmt.Sprintf(format, args...),
		Hint: "check it with pmtiles verify, or make it again"}
}

// parseHeader reads the header of a file of a size.
func parseHeader(b []byte, size int64) (h Header, err error) {
	switch {
	case len(b) == 0:
		return h, broken("pmtiles-empty", "is empty")
	case len(b) < 8 || string(b[:7]) != magic:
		return h, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-pmtiles", Message: "this is no PMTiles archive: it does not begin with PMTiles"}
	case b[7] != 3:
		return h, &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "pmtiles-version", Message: fmt.Sprintf("the PMTiles archive is of version %d", b[7]),
			Hint: "version 3 can be read; convert it with pmtiles convert"}
	case len(b) < headerBytes:
		return h, broken("pmtiles-truncated", "ends in its header, after %d bytes", len(b))
	}
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8+8*i:]) }
	for i, s := range [...]*span{&h.root, &h.metadata, &h.leaves, &h.data} {
		*s = span{word(2 * i), word(2*i + 1)}
		if s.Offset > uint64(size) || s.Length > uint64(size)-s.Offset {
			return h, broken("pmtiles-truncated", "has %d bytes, but its %s end at %d", size, [...]string{"root directory", "metadata", "leaf directories", "tiles"}[i], s.end())
		}
	}
	h.Addressed, h.Entries, h.Contents = word(8), word(9), word(10)
	rest := b[96:headerBytes]
	h.Clustered, h.Internal, h.Tiles, h.Kind = rest[0] == 1, Compression(rest[1]), Compression(rest[2]), Kind(rest[3])
	h.MinZoom, h.MaxZoom, h.CenterZoom = rest[4], rest[5], rest[22]
	degrees := func(at int) float64 { return float64(int32(binary.LittleEndian.Uint32(rest[at:]))) / e7 }
	for i := range h.Bounds {
		h.Bounds[i] = degrees(6 + 4*i)
	}
	h.Center = [2]float64{degrees(23), degrees(27)}
	return h, h.check()
}

func (h *Header) check() error {
	switch {
	case h.root.Length == 0 || h.root.Offset < headerBytes || h.root.end() > rootEnd:
		return broken("pmtiles-root", "has its root directory at %d to %d, which must lie between %d and %d", h.root.Offset, h.root.end(), headerBytes, rootEnd)
	case h.MinZoom > h.MaxZoom || h.MaxZoom > MaxZoom:
		return broken("pmtiles-zoom", "runs from zoom %d to %d", h.MinZoom, h.MaxZoom)
	case h.Internal != None && h.Internal != Gzip:
		return &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "pmtiles-compression",
			Message: fmt.Sprintf("the directories of the PMTiles archive are compressed with %s", h.Internal), Hint: "make it with gzip"}
	}
	return nil
}
