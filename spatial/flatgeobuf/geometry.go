package flatgeobuf

import (
	"math"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/wkb"
)

// Fields of the table Geometry (feature.fbs).
const (
	geometryEnds  = 0
	geometryXY    = 1
	geometryZ     = 2
	geometryType  = 6
	geometryParts = 7
)

// isEmpty says whether there is no position in g, which may be nil. FlatGeobuf has no such
// geometry, so a feature goes without and a member is left out.
func isEmpty(g geom.T) bool { return spatial.BoxOf(g).IsEmpty() }

// geometry writes g, which is not empty; its types are numbered as those of WKB. With z all
// have heights: not-a-number where g has none, since readers refuse a geometry without.
func (b *buffer) geometry(slot int, g geom.T, typed, z bool) error {
	kind, err := wkb.Type(g)
	if err != nil {
		return err
	}
	fields := make([]field, 0, 4)
	if typed {
		fields = append(fields, field{id: geometryType, size: 1, value: uint64(kind)})
	}
	if parts := partsOf(g); parts != nil {
		return b.parts(slot, parts, append(fields, field{id: geometryParts, size: 4}), kind == wkb.Collection, z)
	}
	ends := endsOf(g)
	fields = append(fields, field{id: geometryXY, size: 4})
	xy := len(fields) - 1
	if z {
		fields = append(fields, field{id: geometryZ, size: 4})
	}
	if ends != nil {
		fields = append(fields, field{id: geometryEnds, size: 4})
	}
	b.table(slot, fields)
	if ends != nil {
		b.vector(fields[len(fields)-1].slot, 4, len(ends))
		for _, end := range ends {
			b.b = le.AppendUint32(b.b, uint32(end))
		}
	}
	flat, stride := g.FlatCoords(), g.Stride()
	n := len(flat) / stride
	b.vector(fields[xy].slot, 8, 2*n)
	for i := 0; i < len(flat); i += stride {
		b.float(flat[i])
		b.float(flat[i+1])
	}
	if z {
		b.vector(fields[xy+1].slot, 8, n)
		for i := 0; i < len(flat); i += stride {
			if stride < 3 {
				b.float(math.NaN())
			} else {
				b.float(flat[i+2])
			}
		}
	}
	return nil
}

// parts writes a geometry of others; only those of a collection say their types.
func (b *buffer) parts(slot int, parts []geom.T, fields []field, typed, z bool) error {
	b.table(slot, fields)
	first := b.references(fields[len(fields)-1].slot, len(parts))
	for i, part := range parts {
		if err := b.geometry(first+4*i, part, typed, z); err != nil {
			return err
		}
	}
	return nil
}

// partsOf returns the members that are geometries of their own in FlatGeobuf, nil for a
// geometry that is written flat.
func partsOf(g geom.T) (parts []geom.T) {
	switch g := g.(type) {
	case *geom.MultiPolygon:
		for i := range g.NumPolygons() {
			if p := g.Polygon(i); len(p.FlatCoords()) > 0 {
				parts = append(parts, p)
			}
		}
	case *geom.GeometryCollection:
		for _, m := range g.Geoms() {
			if !isEmpty(m) {
				parts = append(parts, m)
			}
		}
	}
	return parts
}

// endsOf returns at which position each ring or line ends, nil when that need not be said. The
// schema would have it that one line needs no end either, but GDAL 3.6 refuses it without.
func endsOf(g geom.T) (ends []int) {
	_, lines := g.(*geom.MultiLineString)
	if _, rings := g.(*geom.Polygon); !rings && !lines {
		return nil
	}
	last := 0
	for _, end := range g.Ends() {
		if end > last {
			ends = append(ends, end/g.Stride())
		}
		last = end
	}
	if len(ends) == 1 && !lines {
		return nil
	}
	return ends
}
