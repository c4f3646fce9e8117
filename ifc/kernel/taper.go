package kernel

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Taper joins profiles p and q through frames: the section changes evenly from p
// in the first frame to q in the last. Rings with equally many points correspond
// point by point; otherwise the ring of q is divided anew, as the ring of p is,
// beginning at the point that lies in the same direction.
func (s Settings) Taper(p, q Profile, frames []mesh.Transform) (*mesh.Mesh, error) {
	r, err := s.Fill(p)
	if err != nil {
		return nil, fmt.Errorf("taper: %w", err)
	}
	ends, err := partners(r, p, q)
	if err != nil {
		return nil, fmt.Errorf("taper: %w", err)
	}
	sections := make([]Vec3, 0, len(frames)*len(r.Points))
	for k, f := range frames {
		t := float64(k) / float64(max(len(frames)-1, 1))
		for i, v := range r.Points {
			at := v.Add(ends[i].Sub(v).Scale(t))
			sections = append(sections, f.Apply(Vec3{at[0], at[1], 0}))
		}
	}
	m, err := s.loft(r, sections, len(frames), false)
	if err != nil {
		return nil, fmt.Errorf("taper: %w", err)
	}
	return m, nil
}

// matched returns ring b with a point for each point of a.
func matched(a, b Ring) Ring {
	if (a.Area() < 0) != (b.Area() < 0) {
		b = b.Reversed()
	}
	if len(a) == len(b) {
		return b
	}
	mid := func(r Ring) (c Vec2) {
		for _, p := range r {
			c = c.Add(p.Scale(1 / float64(len(r))))
		}
		return c
	}
	dir := a[0].Sub(mid(a)).Unit()
	start, best := 0, math.Inf(-1)
	for i, p := range b {
		if d := p.Sub(mid(b)).Unit().Dot(dir); d > best {
			start, best = i, d
		}
	}
	out := make(Ring, len(a))
	la, lb := ringLengths(a, 0), ringLengths(b, start)
	k := 0
	for i := range a {
		share := la[i] / la[len(a)] * lb[len(b)]
		for k+1 < len(b) && lb[k+1] < share {
			k++
		}
		from, to := b[(start+k)%len(b)], b[(start+k+1)%len(b)]
		t := 0.0
		if d := lb[k+1] - lb[k]; d > 0 {
			t = (share - lb[k]) / d
		}
		out[i] = from.Add(to.Sub(from).Scale(t))
	}
	return out
}

// ringLengths returns the way along a ring from a start to each point and around.
func ringLengths(r Ring, start int) []float64 {
	l := make([]float64, len(r)+1)
	for i := range r {
		l[i+1] = l[i] + r[(start+i+1)%len(r)].Sub(r[(start+i)%len(r)]).Len()
	}
	return l
}
