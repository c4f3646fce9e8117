package ifc

import (
	"math"

	sf "github.com/peterstace/simplefeatures/geom"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// unmapped are the classes that have no geometry of their own on a map: they are holes in,
// or seams between, what is drawn.
var unmapped = []schema.Type{schema.IfcFeatureElementSubtraction, schema.IfcVirtualElement, schema.IfcPort}

// outlineTolerances are the sizes in metres below which a footprint's detail is dropped,
// tried one after the other: rounding to degrees can make rings cross that came within a
// hair of each other, and what is coarser keeps its distance.
var outlineTolerances = [...]float64{0.002, 0.005, 0.02, 0.06}

// outline puts the footprint into the feature.
func (w *worker) outline(r *made, product model.Entity, instances []mesh.Instance, box mesh.Box) {
	for _, class := range unmapped {
		if w.d.model.Is(product, class) {
			return
		}
	}
	solid := false
	for _, in := range instances {
		solid = solid || in.Mesh.NumTriangles() > 0
	}
	if !solid {
		w.earth(r, product, linesOf(instances))
		return
	}
	base, size := tidy(box.Min[2]), box.Size()
	for _, tolerance := range outlineTolerances {
		w.kernel.Budget = nil
		outline, err := w.kernel.Footprint(instances, tolerance)
		if err != nil || len(outline.Polygons) == 0 {
			break
		}
		g := polygonsOf(outline.Polygons, base)
		if g == nil || !w.earth(r, product, g) {
			break
		}
		written(g)
		ok := validArea(g)
		if !ok {
			r.feature.Geometry, ok = united(g)
		}
		if ok {
			if outline.Hull {
				w.issue(r, product, codeHull, "the outline was too costly to find; its convex hull stands in for it", "")
			}
			return
		}
	}
	g := flatOf(instances, base)
	if w.earth(r, product, g) && len(g.FlatCoords()) > 2*g.Stride() && math.Hypot(size[0], size[1]) > speck {
		w.issue(r, product, codeHull, "no simple outline was found; its convex hull stands in for it", "")
	}
}

// writtenDigits is what a degree is multiplied by to be written: nine decimals, 0.1 mm.
const writtenDigits = 1e9

// written rounds longitudes and latitudes to what answers carry, so that an outline which is
// valid here stays so on its way.
func written(g geom.T) {
	flat, stride := g.FlatCoords(), g.Stride()
	for i := 0; i+1 < len(flat); i += stride {
		flat[i], flat[i+1] = math.Round(flat[i]*writtenDigits)/writtenDigits, math.Round(flat[i+1]*writtenDigits)/writtenDigits
	}
}

// speck is the size in metres of a thing whose outline nobody misses.
const speck = 0.1

// earth takes a geometry in model metres to Earth, in place, and puts it into the feature.
func (w *worker) earth(r *made, product model.Entity, g geom.T) bool {
	if g == nil {
		return false
	}
	err := w.d.place.Apply(g.FlatCoords(), g.Stride())
	if err == nil {
		err = spatial.CheckCoordinates(g)
	}
	if err != nil {
		w.issue(r, product, codeEarth, err.Error(), "")
		return false
	}
	r.feature.Geometry = g
	return true
}

// validArea reports whether an area is valid by the rules of OGC Simple Features.
func validArea(g geom.T) bool {
	flat, stride := g.FlatCoords(), g.Stride()
	switch g := g.(type) {
	case *geom.Polygon:
		return areaOf(flat, stride, 0, g.Ends()).Validate() == nil
	case *geom.MultiPolygon:
		var parts []sf.Polygon
		start := 0
		for _, ends := range g.Endss() {
			parts = append(parts, areaOf(flat, stride, start, ends))
			start = ends[len(ends)-1]
		}
		return sf.NewMultiPolygon(parts).Validate() == nil
	}
	return false
}

// maxUnited bounds the positions of polygons that are put together: the search for
// crossings is quadratic.
const maxUnited = 4096

// united returns polygons that touch along an edge as one area.
func united(g geom.T) (geom.T, bool) {
	m, ok := g.(*geom.MultiPolygon)
	if !ok || len(m.FlatCoords()) > maxUnited*m.Stride() {
		return nil, false
	}
	total, start := sf.Geometry{}, 0
	for _, ends := range m.Endss() {
		part := areaOf(m.FlatCoords(), m.Stride(), start, ends)
		start = ends[len(ends)-1]
		if part.Validate() != nil {
			return nil, false
		}
		var err error
		if total, err = sf.Union(total, part.AsGeometry()); err != nil {
			return nil, false
		}
	}
	out := fromArea(total, m.FlatCoords()[2])
	return out, out != nil && validArea(out)
}

// fromArea returns polygons at a height; nil for anything else.
func fromArea(g sf.Geometry, z float64) geom.T {
	var parts []sf.Polygon
	if p, ok := g.AsPolygon(); ok {
		parts = []sf.Polygon{p}
	} else if m, ok := g.AsMultiPolygon(); ok {
		for i := range m.NumPolygons() {
			parts = append(parts, m.PolygonN(i))
		}
	}
	var flat []float64
	var endss [][]int
	for _, p := range parts {
		var ends []int
		for _, ring := range p.ForceCCW().DumpRings() {
			seq := ring.Coordinates()
			for i := range seq.Length() {
				xy := seq.GetXY(i)
				flat = append(flat, xy.X, xy.Y, z)
			}
			ends = append(ends, len(flat))
		}
		endss = append(endss, ends)
	}
	return spatial.AreaOf(geom.XYZ, flat, endss)
}

func areaOf(flat []float64, stride, start int, ends []int) sf.Polygon {
	rings := make([]sf.LineString, 0, len(ends))
	for _, end := range ends {
		xy := make([]float64, 0, (end-start)/stride*2)
		for i := start; i < end; i += stride {
			xy = append(xy, flat[i], flat[i+1])
		}
		rings = append(rings, sf.NewLineString(sf.NewSequence(xy, sf.DimXY)))
		start = end
	}
	return sf.NewPolygon(rings)
}

func appendRing(flat []float64, r kernel.Ring, z float64) []float64 {
	for _, p := range r {
		flat = append(flat, p[0], p[1], z)
	}
	return append(flat, r[0][0], r[0][1], z)
}

func polygonsOf(list []kernel.Polygon, z float64) geom.T {
	var flat []float64
	endss := make([][]int, 0, len(list))
	for _, p := range list {
		if len(p.Outer) < 3 {
			continue
		}
		flat = appendRing(flat, p.Outer, z)
		ends := []int{len(flat)}
		for _, h := range p.Holes {
			if len(h) < 3 {
				continue
			}
			flat = appendRing(flat, h, z)
			ends = append(ends, len(flat))
		}
		endss = append(endss, ends)
	}
	return spatial.AreaOf(geom.XYZ, flat, endss)
}

// flatGrid is the spacing in metres to which points of flat shapes are brought, so that
// those in line are.
const flatGrid = 0.002

// flatOf returns what a solid without extent on the plane leaves: the line of a wall without
// thickness, the point of a pole without one.
func flatOf(instances []mesh.Instance, z float64) geom.T {
	var points []kernel.Vec2
	for _, in := range instances {
		for i := range in.Mesh.NumPoints() {
			p := in.Transform.Apply(in.Mesh.Point(uint32(i)))
			points = append(points, kernel.Vec2{math.Round(p[0]/flatGrid) * flatGrid, math.Round(p[1]/flatGrid) * flatGrid})
		}
	}
	hull := kernel.ConvexHull(points)
	switch len(hull) {
	case 0:
		return nil
	case 1:
		return geom.NewPointFlat(geom.XYZ, []float64{hull[0][0], hull[0][1], z})
	case 2:
		return geom.NewLineStringFlat(geom.XYZ, []float64{hull[0][0], hull[0][1], z, hull[1][0], hull[1][1], z})
	}
	return polygonsOf([]kernel.Polygon{{Outer: hull}}, z)
}

// linesOf returns the line segments of meshes, joined where one goes on from the last, each
// point at its own height; nil when there are none.
func linesOf(instances []mesh.Instance) geom.T {
	var l lines
	for _, in := range instances {
		last := -1
		for i := 0; i+1 < len(in.Mesh.Lines); i += 2 {
			a, b := in.Mesh.Lines[i], in.Mesh.Lines[i+1]
			if int(a) != last {
				l.end()
				l.add(in.Transform.Apply(in.Mesh.Point(a)))
			}
			l.add(in.Transform.Apply(in.Mesh.Point(b)))
			last = int(b)
		}
		l.end()
	}
	switch len(l.ends) {
	case 0:
		return nil
	case 1:
		return geom.NewLineStringFlat(geom.XYZ, l.flat)
	}
	return geom.NewMultiLineStringFlat(geom.XYZ, l.flat, l.ends)
}

// lines gathers lines point by point.
type lines struct {
	flat  []float64
	ends  []int
	start int  // of the line at hand
	long  bool // it has two different positions on the plane
}

// add appends a point to the line at hand; a point that stays where the last one is adds
// nothing.
func (l *lines) add(p mesh.Vec3) {
	if n := len(l.flat); n > l.start {
		if l.flat[n-3] == p[0] && l.flat[n-2] == p[1] && l.flat[n-1] == p[2] {
			return
		}
		l.long = l.long || l.flat[n-3] != p[0] || l.flat[n-2] != p[1]
	}
	l.flat = append(l.flat, p[:]...)
}

// end ends the line at hand. One that is a point on the plane, such as a vertical one, is no
// line on a map and is left out.
func (l *lines) end() {
	if l.long {
		l.ends = append(l.ends, len(l.flat))
	} else {
		l.flat = l.flat[:l.start]
	}
	l.start, l.long = len(l.flat), false
}
