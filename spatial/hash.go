package spatial

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Hash identifies content: the first 16 bytes of a SHA-256.
type Hash [16]byte

// String returns the hash in lower-case hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Hasher computes content hashes and keeps its buffer between calls, and the hashes of
// meshes, which many instances share. Its zero value works; it is not for more than one
// goroutine.
type Hasher struct {
	buf    []byte
	meshes map[*mesh.Mesh][32]byte
	held   int // numbers in meshes
}

// maxHashedMeshes and maxHashedNumbers bound the meshes that a Hasher keeps alive.
const (
	maxHashedMeshes  = 4096
	maxHashedNumbers = 8 << 20
)

// Mesh returns the hash of a mesh, see mesh.Mesh.Hash, and reckons it once as long as it is
// asked for again soon.
func (h *Hasher) Mesh(m *mesh.Mesh) [32]byte {
	if sum, ok := h.meshes[m]; ok {
		return sum
	}
	numbers := len(m.Positions) + len(m.Triangles) + len(m.Lines)
	if h.meshes == nil || len(h.meshes) == maxHashedMeshes || h.held+numbers > maxHashedNumbers {
		h.meshes, h.held = map[*mesh.Mesh][32]byte{}, 0
	}
	sum := m.Hash()
	h.meshes[m] = sum
	h.held += numbers
	return sum
}

// Content returns the hash of what a feature says: kind, name, geometry, heights, storey,
// properties and body. Its id, model, validity and times of recording are not content.
func (h *Hasher) Content(f *Feature) Hash {
	b := append(h.buf[:0], 1) // version of this form
	b = appendText(b, f.Kind)
	b = appendText(b, f.Name)
	b = appendText(b, f.Storey)
	b = append(b, byte(f.Underground), boolByte(f.Z.Known))
	if f.Z.Known {
		b = appendFloats(b, []float64{f.Z.Min, f.Z.Max})
	}
	b = appendGeometry(b, f.Geometry)
	b = f.Properties.AppendJSON(b)
	if f.Body != nil {
		for _, in := range f.Body.Instances {
			mh := h.Mesh(in.Mesh)
			b = append(b, mh[:]...)
			b = appendFloats(b, in.Transform[:])
			b = appendText(b, in.Material.Name)
			for _, c := range in.Material.RGBA {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(c))
			}
		}
	}
	h.buf = b
	sum := sha256.Sum256(b)
	return Hash(sum[:16])
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendFloats(b []byte, list []float64) []byte {
	for _, v := range list {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v+0)) // -0 and 0 are the same place
	}
	return b
}

// appendGeometry appends type, layout, structure and coordinates.
func appendGeometry(b []byte, g geom.T) []byte {
	if g == nil {
		return append(b, 0)
	}
	b = append(b, geometryTag(g), byte(g.Layout()))
	if c, ok := g.(*geom.GeometryCollection); ok {
		b = binary.AppendUvarint(b, uint64(c.NumGeoms()))
		for _, m := range c.Geoms() {
			b = appendGeometry(b, m)
		}
		return b
	}
	for _, end := range g.Ends() {
		b = binary.AppendUvarint(b, uint64(end))
	}
	for _, ends := range g.Endss() {
		b = binary.AppendUvarint(b, uint64(len(ends)))
		for _, end := range ends {
			b = binary.AppendUvarint(b, uint64(end))
		}
	}
	b = binary.AppendUvarint(b, uint64(len(g.FlatCoords())))
	return appendFloats(b, g.FlatCoords())
}

// geometryTag returns the OGC type number: 1 point … 7 collection.
func geometryTag(g geom.T) byte {
	switch g.(type) {
	case *geom.Point:
		return 1
	case *geom.LineString, *geom.LinearRing:
		return 2
	case *geom.Polygon:
		return 3
	case *geom.MultiPoint:
		return 4
	case *geom.MultiLineString:
		return 5
	case *geom.MultiPolygon:
		return 6
	}
	return 7
}
