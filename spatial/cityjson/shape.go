package cityjson

import (
	"math"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/intake"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// details are the sizes in metres below which a footprint's detail is dropped, tried one after
// the other: rings that come within a hair of each other cross where positions are rounded,
// and what is coarser keeps its distance.
var details = [...]float64{0.01, 0.03, 0.1}

// placedGeometry is a geometry whose vertices are on Earth.
type placedGeometry struct {
	*geometry
	earth []float64 // longitude, latitude, height of the vertices that boundaries name
}

// faces returns the polygons of the wanted surfaces from ≤ s < to, all for a nil wanted.
func (g *placedGeometry) faces(from, to int, wanted func(int) bool) []kernel.Face {
	var faces []kernel.Face
	for s := from; s < to; s++ {
		if wanted != nil && !wanted(s) {
			continue
		}
		var f kernel.Face
		first, last := span(g.boundaries.surfaces, s)
		for r := first; r < last; r++ {
			a, b := span(g.boundaries.rings, r)
			if r == first {
				f.Outer = g.boundaries.vertices[a:b]
			} else {
				f.Holes = append(f.Holes, g.boundaries.vertices[a:b])
			}
		}
		if len(f.Outer) >= 3 {
			faces = append(faces, f)
		}
	}
	return faces
}

// solidKinds are the types whose shells bound a volume.
var solidKinds = map[string]bool{"Solid": true, "MultiSolid": true, "CompositeSolid": true}

// instances makes a mesh for each solid, or for all surfaces of a surface model. Open says that a shell of a solid does not close.
func (g *placedGeometry) instances(frame *crs.ENU) (list []mesh.Instance, open bool, err error) {
	points := make([]kernel.Vec3, len(g.earth)/3)
	for i := range points {
		e, n, u := frame.Forward(g.earth[3*i], g.earth[3*i+1], g.earth[3*i+2])
		points[i] = kernel.Vec3{e, n, u}
	}
	from := 0
	for _, to := range g.boundaries.solids {
		faces := g.faces(from, to, nil)
		from = to
		if len(faces) == 0 {
			continue
		}
		var settings kernel.Settings
		m, _, err := settings.Faces(points, faces)
		if err != nil {
			return nil, false, err
		}
		tidy := settings.Shell
		if solidKinds[g.typ] {
			tidy = settings.Solid
		}
		if m, err = tidy(m); err != nil {
			return nil, false, err
		}
		if m.IsEmpty() {
			continue
		}
		open = open || solidKinds[g.typ] && !m.Closed
		list = append(list, mesh.Instance{Mesh: m, Transform: mesh.Identity()})
	}
	return list, open, nil
}

// heights returns the range of the heights of the vertices that are used.
func (g *placedGeometry) heights() spatial.ZRange {
	z := spatial.ZRange{}
	for _, v := range g.boundaries.vertices {
		h := g.earth[3*v+2]
		z = z.Extend(spatial.ZRange{Min: h, Max: h, Known: true})
	}
	return z
}

// plane is a flat metric map about a position, good for one object: it keeps straight what
// is straight in longitude and latitude.
type plane struct{ lon, lat, perLon, perLat float64 }

// metresPerDegree is a degree of a meridian of a sphere of 6371 km; only the tolerance of the
// outline hangs on it.
const metresPerDegree = 111194.93

func planeAbout(lon, lat float64) plane {
	return plane{lon, lat, metresPerDegree * max(math.Cos(lat*math.Pi/180), 1e-6), metresPerDegree}
}

// footprint returns the outline on the ground of the wanted surfaces: their union, at the
// given height.
func (g *placedGeometry) footprint(wanted func(int) bool, base float64) geom.T {
	if len(g.earth) < 3 || len(g.boundaries.vertices) == 0 {
		return nil
	}
	v := g.boundaries.vertices[0]
	p := planeAbout(g.earth[3*v], g.earth[3*v+1])
	points := make([]kernel.Vec3, len(g.earth)/3)
	for i := range points {
		points[i] = kernel.Vec3{(g.earth[3*i] - p.lon) * p.perLon, (g.earth[3*i+1] - p.lat) * p.perLat, g.earth[3*i+2]}
	}
	var settings kernel.Settings
	m, _, err := settings.Faces(points, g.faces(0, len(g.boundaries.surfaces), wanted))
	if err != nil || m.IsEmpty() {
		return nil
	}
	var area geom.T
	for _, detail := range details {
		outline, err := settings.Footprint([]mesh.Instance{{Mesh: m, Transform: mesh.Identity()}}, detail)
		if err != nil || len(outline.Polygons) == 0 {
			break
		}
		if area = p.polygons(outline.Polygons, base); intake.ValidArea(area) {
			break
		}
	}
	return area
}

func (p plane) polygons(list []kernel.Polygon, z float64) geom.T {
	var flat []float64
	var endss [][]int
	ring := func(r kernel.Ring) int {
		for i := range len(r) + 1 {
			q := r[i%len(r)]
			flat = append(flat, p.lon+q[0]/p.perLon, p.lat+q[1]/p.perLat, z)
		}
		return len(flat)
	}
	for _, q := range list {
		ends := []int{ring(q.Outer)}
		for _, h := range q.Holes {
			ends = append(ends, ring(h))
		}
		endss = append(endss, ends)
	}
	return spatial.AreaOf(geom.XYZ, flat, endss)
}

// simple returns the geometry of points and lines, nil for others.
func (g *placedGeometry) simple() geom.T {
	var flat []float64
	for _, v := range g.boundaries.vertices {
		flat = append(flat, g.earth[3*v:3*v+3]...)
	}
	if len(flat) == 0 {
		return nil
	}
	switch g.typ {
	case "MultiPoint":
		return geom.NewMultiPointFlat(geom.XYZ, flat)
	case "MultiLineString":
		ends := make([]int, len(g.boundaries.rings))
		for i, e := range g.boundaries.rings {
			ends[i] = 3 * e
		}
		return geom.NewMultiLineStringFlat(geom.XYZ, flat, ends)
	}
	return nil
}

// edges returns the outer rings of all surfaces as lines: what a wall without thickness shows
// on the ground.
func (g *placedGeometry) edges() geom.T {
	var flat []float64
	var ends []int
	for _, f := range g.faces(0, len(g.boundaries.surfaces), nil) {
		for i := range len(f.Outer) + 1 {
			v := f.Outer[i%len(f.Outer)]
			flat = append(flat, g.earth[3*v:3*v+3]...)
		}
		ends = append(ends, len(flat))
	}
	if len(ends) == 0 {
		return nil
	}
	return geom.NewMultiLineStringFlat(geom.XYZ, flat, ends)
}
