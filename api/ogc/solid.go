package ogc

import (
	"fmt"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// solids writes bodies as JSON-FG geometry: closed meshes as polyhedra, whose faces are
// triangles; where one of the meshes is open, all triangles as one MultiPolygon.
type solids struct{ system *system }

// weld is below what separates points of a building, in metres.
const weld = 1e-5

// append appends a body; ok is false when there is none that has a place.
func (s *solids) append(dst []byte, body *spatial.Body) (out []byte, ok bool, err error) {
	if body == nil || body.Frame == nil {
		return dst, false, nil
	}
	var parts []*mesh.Mesh
	closed := true
	for _, i := range body.Instances {
		if i.Mesh.NumTriangles() == 0 {
			continue // lines of annotations
		}
		m := i.Mesh.Moved(i.Transform)
		parts, closed = append(parts, m), closed && i.Mesh.Closed
	}
	if len(parts) == 0 {
		return dst, false, nil
	}
	one := spatial.Decimals{Figure: spatial.PointFigure, Stride: 3, Digits: s.system.digits, ZDigits: s.system.zDigits}
	w := solidWriter{system: s.system, frame: body.Frame, dst: dst, at: s.system.positions(&one, new([2]head))}
	if w.enu, err = crs.NewENU(crs.WGS84().Datum(), w.frame.Origin[0], w.frame.Origin[1], w.frame.Origin[2]); err != nil {
		return dst, false, fmt.Errorf("frame: %w", err)
	}
	if closed {
		w.polyhedra(parts)
	} else {
		w.polygons(parts)
	}
	return w.dst, true, w.err
}

// solidWriter writes one body.
type solidWriter struct {
	system *system
	frame  *spatial.Frame
	enu    *crs.ENU
	at     positions // one
	dst    []byte
	err    error
}

// polyhedra appends each shell as a polyhedron, hollows as the inner shells of the one that
// holds them.
func (w *solidWriter) polyhedra(parts []*mesh.Mesh) {
	var all [][]*mesh.Mesh
	for _, m := range parts {
		all = append(all, nested(shells(m.Welded(weld)))...)
	}
	if len(all) == 1 {
		w.text(`{"type":"Polyhedron","coordinates":`)
		w.polyhedron(all[0])
		w.text("}")
		return
	}
	w.text(`{"type":"MultiPolyhedron","coordinates":[`)
	for i, p := range all {
		w.comma(i)
		w.polyhedron(p)
	}
	w.text("]}")
}

func (w *solidWriter) polyhedron(shells []*mesh.Mesh) {
	w.text("[")
	for i, m := range shells {
		w.comma(i)
		w.text("[")
		w.triangles(m, 0)
		w.text("]")
	}
	w.text("]")
}

func (w *solidWriter) polygons(parts []*mesh.Mesh) {
	w.text(`{"type":"MultiPolygon","coordinates":[`)
	n := 0
	for _, m := range parts {
		n = w.triangles(m, n)
	}
	w.text("]}")
}

// triangles appends each triangle as a polygon; n are before them.
func (w *solidWriter) triangles(m *mesh.Mesh, n int) int {
	for _, t := range m.All() {
		w.comma(n)
		n++
		w.text("[[")
		for i := range 4 {
			w.comma(i)
			w.position(t[i%3])
		}
		w.text("]]")
	}
	return n
}

// position appends a point of the model's local axes.
func (w *solidWriter) position(p mesh.Vec3) {
	a := &w.frame.Axes
	lon, lat, h := w.enu.Inverse(a[0]*p[0]+a[1]*p[1]+a[2]*p[2], a[3]*p[0]+a[4]*p[1]+a[5]*p[2], a[6]*p[0]+a[7]*p[1]+a[8]*p[2])
	at := [3]float64{lon, lat, h}
	if to := w.system.to; to != nil && w.err == nil {
		w.err = to.Apply(at[:], 3)
	}
	w.at.Flat = w.at.Flat[:0]
	w.at.Add(at[:])
	w.dst = w.at.position(w.dst, 0)
}

func (w *solidWriter) text(s string) { w.dst = append(w.dst, s...) }

func (w *solidWriter) comma(i int) {
	if i > 0 {
		w.dst = append(w.dst, ',')
	}
}

// shells parts a mesh into what hangs together by shared points.
func shells(m *mesh.Mesh) []*mesh.Mesh {
	root := make([]uint32, m.NumPoints())
	for i := range root {
		root[i] = uint32(i)
	}
	find := func(i uint32) uint32 {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for i := 0; i < len(m.Triangles); i += 3 {
		a, b, c := find(m.Triangles[i]), find(m.Triangles[i+1]), find(m.Triangles[i+2])
		root[b], root[find(c)] = a, a
	}
	index, out := map[uint32]int{}, []*mesh.Mesh{}
	for i := 0; i < len(m.Triangles); i += 3 {
		r := find(m.Triangles[i])
		n, known := index[r]
		if !known {
			n = len(out)
			index[r] = n
			out = append(out, &mesh.Mesh{Positions: m.Positions, Closed: true})
		}
		out[n].Triangles = append(out[n].Triangles, m.Triangles[i:i+3]...)
	}
	for i, s := range out {
		out[i] = s.Compact()
	}
	return out
}

// nested gives each shell of positive volume the hollows, of negative volume, that lie in
// its bounds; a hollow in none stands for itself.
func nested(list []*mesh.Mesh) (out [][]*mesh.Mesh) {
	var hollows []*mesh.Mesh
	for _, m := range list {
		if m.Volume() < 0 {
			hollows = append(hollows, m)
		} else {
			out = append(out, []*mesh.Mesh{m})
		}
	}
	for _, h := range hollows {
		holder := -1
		for i, o := range out {
			if within(h.Bounds(), o[0].Bounds()) && (holder < 0 || o[0].Volume() < out[holder][0].Volume()) {
				holder = i
			}
		}
		if holder < 0 {
			out = append(out, []*mesh.Mesh{h})
		} else {
			out[holder] = append(out[holder], h)
		}
	}
	return out
}

func within(a, b mesh.Box) bool {
	for i := range 3 {
		if a.Min[i] < b.Min[i] || a.Max[i] > b.Max[i] {
			return false
		}
	}
	return true
}
