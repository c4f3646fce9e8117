package shapefile

import (
	"slices"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// ring is a ring of a polygon with what is needed to sort it in.
type ring struct {
	flat                   []float64
	area                   float64 // twice, negative when clockwise
	minX, minY, maxX, maxY float64
	holes                  []int
}

func newRing(flat []float64, stride int) ring {
	r := ring{flat: flat, minX: flat[0], maxX: flat[0], minY: flat[1], maxY: flat[1]}
	for i := stride; i < len(flat); i += stride {
		r.area += (flat[i-stride]-flat[0])*(flat[i+1]-flat[1]) - (flat[i]-flat[0])*(flat[i-stride+1]-flat[1])
		r.minX, r.maxX = min(r.minX, flat[i]), max(r.maxX, flat[i])
		r.minY, r.maxY = min(r.minY, flat[i+1]), max(r.maxY, flat[i+1])
	}
	return r
}

// encloses reports whether the box of o lies in that of r and the first position of o that is
// not on an edge's end lies inside.
func (r *ring) encloses(o *ring, stride int) bool {
	if o.minX < r.minX || o.maxX > r.maxX || o.minY < r.minY || o.maxY > r.maxY {
		return false
	}
	// By majority over some positions, since a hole may touch its shell in one of them.
	in, tried := 0, 0
	step := max(stride, len(o.flat)/stride/5*stride)
	for i := 0; i < len(o.flat) && tried < 5; i += step {
		tried++
		if inside(r.flat, stride, o.flat[i], o.flat[i+1]) {
			in++
		}
	}
	return 2*in > tried
}

func inside(ring []float64, stride int, x, y float64) bool {
	in := false
	for i := stride; i < len(ring); i += stride {
		x0, y0, x1, y1 := ring[i-stride], ring[i-stride+1], ring[i], ring[i+1]
		if (y0 > y) != (y1 > y) && x < x0+(y-y0)/(y1-y0)*(x1-x0) {
			in = !in
		}
	}
	return in
}

// polygons puts rings together: a clockwise ring is a shell, another one a hole in the
// smallest shell around it; one that lies in no shell is a shell that was turned the wrong way.
func (s *shape) polygons(flats [][]float64) geom.T {
	stride := s.stride()
	rings := make([]ring, 0, len(flats))
	var shells, holes []int
	for i, flat := range flats {
		rings = append(rings, newRing(flat, stride))
		if rings[i].area <= 0 {
			shells = append(shells, i)
		} else {
			holes = append(holes, i)
		}
	}
	for _, h := range holes {
		best := -1
		for _, i := range shells {
			if rings[i].encloses(&rings[h], stride) && (best < 0 || rings[i].area > rings[best].area) {
				best = i
			}
		}
		if best < 0 {
			shells = append(shells, h)
			continue
		}
		rings[best].holes = append(rings[best].holes, h)
	}
	slices.Sort(shells)
	var flat []float64
	var endss [][]int
	for _, i := range shells {
		var ends []int
		for _, n := range append([]int{i}, rings[i].holes...) {
			flat = append(flat, rings[n].flat...)
			ends = append(ends, len(flat))
		}
		endss = append(endss, ends)
	}
	return spatial.AreaOf(s.layout(), flat, endss)
}

// The types of part of a multipatch.
const (
	triangleStrip = 0
	triangleFan   = 1
)

// patches makes polygons of the parts of a multipatch: the triangles of strips and fans, and
// rings as they are. Their heights stay; walls enclose no area on the ground and fall away
// when the polygons are mended.
func (s *shape) patches() geom.T {
	stride, start := s.stride(), 0
	var out [][]float64
	for i, end := range s.ends() {
		part := s.flat[start:end]
		start = end
		if i >= len(s.types) || s.types[i] > triangleFan {
			out = append(out, part)
			continue
		}
		n := len(part) / stride
		for k := 2; k < n; k++ {
			first := k - 2
			if s.types[i] == triangleFan {
				first = 0
			}
			t := make([]float64, 0, 4*stride)
			for _, v := range []int{first, k - 1, k, first} {
				t = append(t, part[v*stride:(v+1)*stride]...)
			}
			out = append(out, t)
		}
	}
	var flat []float64
	var endss [][]int
	for _, p := range out {
		if newRing(p, stride).area == 0 {
			continue // a wall
		}
		flat = append(flat, p...)
		endss = append(endss, []int{len(flat)})
	}
	if len(endss) == 0 {
		return nil
	}
	return geom.NewMultiPolygonFlat(s.layout(), flat, endss)
}
