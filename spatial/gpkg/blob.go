package gpkg

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/wkb"
)

// GeoPackageBinary (OGC 12-128, 2.1.3):
//
//	┌─────┬─────────┬───────┬─────────┬─────────────────────────────────────┬─────┐
//	│ GP  │ version │ flags │ srs_id  │ envelope                            │ WKB │
//	│ 2 B │ 1 B (0) │ 1 B   │ 4 B     │ none, or 4, 6, 6 or 8 doubles       │ …   │
//	└─────┴─────────┴───────┴─────────┴─────────────────────────────────────┴─────┘
//
// flags: bit 0 little endian, bits 1–3 kind of envelope (0 none, 1 minx maxx miny maxy,
// 2 the same and minz maxz, 3 and minm maxm, 4 all), bit 4 empty, bit 5 extended.
// This package writes little endian, envelope 1 or 2, and none for points and empty
// geometries.
const (
	blobHeader   = 8
	flagLittle   = 1
	flagEmpty    = 1 << 4
	flagExtended = 1 << 5
)

// envelopeSize is by the kind of envelope.
var envelopeSize = [8]int{0, 32, 48, 48, 64, -1, -1, -1}

// rect is a rectangle in degrees: minx, maxx, miny, maxy, the order of GeoPackage and its
// R-tree. Its zero value is a point at 0, 0; begin with emptyRect.
type rect [4]float64

func emptyRect() rect {
	inf := math.Inf(1)
	return rect{inf, -inf, inf, -inf}
}

func (r *rect) isEmpty() bool { return !(r[0] <= r[1]) }

func (r *rect) add(o rect) {
	r[0], r[1] = min(r[0], o[0]), max(r[1], o[1])
	r[2], r[3] = min(r[2], o[2]), max(r[3], o[3])
}

// bounds adds the coordinates of g to the rectangle and the range of heights.
func bounds(g geom.T, r *rect, z *[2]float64) {
	if c, ok := g.(*geom.GeometryCollection); ok {
		for _, m := range c.Geoms() {
			bounds(m, r, z)
		}
		return
	}
	flat, stride := g.FlatCoords(), g.Stride()
	for i := 0; i+stride <= len(flat); i += stride {
		x, y := flat[i], flat[i+1]
		r[0], r[1] = min(r[0], x), max(r[1], x)
		r[2], r[3] = min(r[2], y), max(r[3], y)
		if stride == 3 {
			z[0], z[1] = min(z[0], flat[i+2]), max(z[1], flat[i+2])
		}
	}
}

// pointsOf returns the number of positions in g.
func pointsOf(g geom.T) int {
	c, ok := g.(*geom.GeometryCollection)
	if !ok {
		return len(g.FlatCoords()) / max(g.Stride(), 1)
	}
	n := 0
	for _, m := range c.Geoms() {
		n += pointsOf(m)
	}
	return n
}

// appendBlob appends g as GeoPackageBinary and returns the rectangle around it.
func appendBlob(b []byte, g geom.T, srs int32) ([]byte, rect, error) {
	r, z := emptyRect(), [2]float64{math.Inf(1), math.Inf(-1)}
	bounds(g, &r, &z)
	flags := byte(flagLittle)
	_, isPoint := g.(*geom.Point)
	switch {
	case r.isEmpty():
		flags |= flagEmpty
	case isPoint:
	case z[0] <= z[1]:
		flags |= 2 << 1
	default:
		flags |= 1 << 1
	}
	b = append(b, 'G', 'P', 0, flags)
	b = binary.LittleEndian.AppendUint32(b, uint32(srs))
	envelope := [6]float64{r[0], r[1], r[2], r[3], z[0], z[1]}
	for _, v := range envelope[:envelopeSize[flags>>1&7]/8] {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	b, err := wkb.Append(b, g)
	return b, r, err
}

// readBlob returns the geometry in b.
func readBlob(b []byte) (geom.T, error) {
	at, err := wkbStart(b)
	if err != nil {
		return nil, err
	}
	return wkb.Parse(b[at:])
}

// wkbStart checks the header and returns where the WKB begins.
func wkbStart(b []byte) (int, error) {
	if len(b) < blobHeader || b[0] != 'G' || b[1] != 'P' || b[2] != 0 {
		return 0, badGeometry("a geometry does not begin as GeoPackageBinary does")
	}
	size := envelopeSize[b[3]>>1&7]
	if size < 0 || b[3]&flagExtended != 0 {
		return 0, badGeometry("a geometry has the flags %#02x, which are not understood", b[3])
	}
	if len(b) < blobHeader+size {
		return 0, badGeometry("a geometry ends at byte %d in its header", len(b))
	}
	return blobHeader + size, nil
}

// blobBounds returns the rectangle around the geometry in b, from the header where it has
// one. Only the first headBytes of a blob are needed when it has.
func blobBounds(b []byte) (rect, error) {
	at, err := wkbStart(b)
	if err != nil {
		return rect{}, err
	}
	r := emptyRect()
	if b[3]&flagEmpty != 0 {
		return r, nil
	}
	if at > blobHeader && b[3]&flagLittle != 0 {
		for i := range r {
			r[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[blobHeader+8*i:]))
		}
		return r, nil
	}
	g, err := wkb.Parse(b[at:])
	if err != nil {
		return rect{}, err
	}
	var z [2]float64
	bounds(g, &r, &z)
	return r, nil
}

// headBytes is enough of a blob for blobBounds: a header with an envelope, or a whole point.
const headBytes = blobHeader + 64

func badGeometry(format string, args ...any) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-geometry", Message: fmt.Sprintf(format, args...)}
}
