package kernel

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Face is a planar polygon in space given by point numbers, with holes. Its front
// is the side from which Outer runs counter-clockwise; holes may run either way.
type Face struct {
	Outer []uint32
	Holes [][]uint32
}

// Faces triangulates polygons over shared points. Faces without area are left
// out; skipped says how many there were. Points are not welded.
func (s Settings) Faces(points []Vec3, faces []Face) (m *mesh.Mesh, skipped int, err error) {
	m = &mesh.Mesh{Positions: make([]float64, 0, 3*len(points)), Triangles: make([]uint32, 0, 6*len(faces))}
	for i, p := range points {
		if !p.IsFinite() {
			return nil, 0, fmt.Errorf("faces: %w: point %d is %v", ErrInvalid, i, p)
		}
		m.Positions = append(m.Positions, p[:]...)
	}
	var room Ring
	for i := range faces {
		if err := s.Budget.Spend(len(faces[i].Outer)); err != nil {
			return nil, 0, fmt.Errorf("faces: %w", err)
		}
		ok, err := s.addFace(m, points, &faces[i], &room)
		if err != nil {
			return nil, 0, fmt.Errorf("face %d: %w", i, err)
		}
		if !ok {
			skipped++
		}
	}
	return m, skipped, nil
}

// addFace adds the triangles of a face to m and reports whether there are any. It may use
// and replace room.
func (s Settings) addFace(m *mesh.Mesh, points []Vec3, f *Face, room *Ring) (bool, error) {
	if err := f.check(len(points)); err != nil {
		return false, err
	}
	o := f.Outer
	if len(f.Holes) == 0 && len(o) == 3 {
		if o[0] == o[1] || o[1] == o[2] || o[2] == o[0] {
			return false, nil
		}
		m.Triangles = append(m.Triangles, o...)
		return true, nil
	}
	normal := newell(points, o)
	if normal == (Vec3{}) {
		return false, nil
	}
	u, v, _ := planeAxes(normal)
	origin := points[o[0]]
	flat := func(r Ring, list []uint32) Ring {
		for _, k := range list {
			d := points[k].Sub(origin)
			r = append(r, Vec2{d.Dot(u), d.Dot(v)})
		}
		return r
	}
	*room = flat((*room)[:0], o)
	p := Profile{Outer: *room}
	if len(f.Holes) == 0 && isConvex(p.Outer, s.merge()) {
		// Most faces are: the points of the filling are those of the face.
		at := len(m.Triangles)
		m.Triangles = appendConvex(m.Triangles, p.Outer)
		for i, k := range m.Triangles[at:] {
			m.Triangles[at+i] = o[k]
		}
		return true, nil
	}
	for _, h := range f.Holes {
		p.Holes = append(p.Holes, flat(nil, h))
	}
	r, err := s.Fill(p)
	if err != nil {
		return false, noArea(err)
	}
	s.lift(m, r, f, &p, func(q Vec2) Vec3 { return origin.Add(u.Scale(q[0])).Add(v.Scale(q[1])) })
	return true, nil
}

// check says whether the face names a point that is not there.
func (f *Face) check(points int) error {
	for k := -1; k < len(f.Holes); k++ {
		list := f.Outer
		if k >= 0 {
			list = f.Holes[k]
		}
		for _, i := range list {
			if uint64(i) >= uint64(points) {
				return fmt.Errorf("%w: point number %d of %d", ErrInvalid, i, points)
			}
		}
	}
	return nil
}

// noArea turns an invalid face into no face; a spent budget stays an error.
func noArea(err error) error {
	if isBudget(err) {
		return err
	}
	return nil
}

// lift adds the triangles of a filled face to m. Points of the region that are
// points of the face keep their numbers; points that the filling made get the
// place that put gives them.
func (s Settings) lift(m *mesh.Mesh, r *Region, f *Face, p *Profile, put func(Vec2) Vec3) {
	number := make(map[Vec2]uint32, len(r.Points))
	note := func(ring Ring, list []uint32) {
		for i, q := range ring {
			if _, ok := number[q]; !ok {
				number[q] = list[i]
			}
		}
	}
	note(p.Outer, f.Outer)
	for i, h := range p.Holes {
		note(h, f.Holes[i])
	}
	for _, i := range r.Triangles {
		q := r.Points[i]
		n, ok := number[q]
		if !ok {
			n = uint32(m.NumPoints())
			at := put(q)
			m.Positions = append(m.Positions, at[:]...)
			number[q] = n
		}
		m.Triangles = append(m.Triangles, n)
	}
}

// newell returns the unit normal of a polygon in space, exact for planar and the
// best guess for warped ones; zero when the polygon has no area.
func newell(points []Vec3, list []uint32) Vec3 {
	if len(list) < 3 {
		return Vec3{}
	}
	var n Vec3
	o := points[list[0]]
	size := 0.0
	for i := 1; i+1 < len(list); i++ {
		a, b := points[list[i]].Sub(o), points[list[i+1]].Sub(o)
		n = n.Add(a.Cross(b))
		size = math.Max(size, math.Max(a.Dot(a), b.Dot(b)))
	}
	if n.Len() <= 1e-12*size {
		return Vec3{}
	}
	return n.Unit()
}

// planeAxes returns unit axes u and v of the plane with the unit normal w, so that
// u × v = w.
func planeAxes(w Vec3) (u, v, n Vec3) {
	switch {
	case math.Abs(w[2]) > 0.999999999:
		u = Vec3{1, 0, 0}
	default:
		u = Vec3{0, 0, 1}.Cross(w).Unit()
	}
	u = u.Sub(w.Scale(u.Dot(w))).Unit()
	return u, w.Cross(u), w
}
