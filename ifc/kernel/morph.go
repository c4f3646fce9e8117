package kernel

import (
	"fmt"
	"math"
	"sort"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Section is a profile at a way along a Directrix.
type Section struct {
	Way     float64
	Profile Profile
}

// Strung makes a solid of sections strung on a curve: between two of them the
// profile changes evenly. place says where the plane of the profile (x, y) is at a
// way. Sections have to be in rising order of their ways and have equally many
// holes; rings are matched as in Taper. breaks are ways that have to be met.
func (s Settings) Strung(sections []Section, place func(way float64) mesh.Transform, breaks []float64) (*mesh.Mesh, error) {
	if len(sections) < 2 {
		return nil, fmt.Errorf("sections: %w: %d of them", ErrInvalid, len(sections))
	}
	r, err := s.Fill(sections[0].Profile)
	if err != nil {
		return nil, fmt.Errorf("sections: %w", err)
	}
	outlines := make([][]Vec2, len(sections))
	for i := range sections {
		if i > 0 && !(sections[i].Way > sections[i-1].Way) {
			return nil, fmt.Errorf("sections: %w: section %d does not lie beyond the one before", ErrInvalid, i)
		}
		if outlines[i], err = partners(r, sections[0].Profile, sections[i].Profile); err != nil {
			return nil, fmt.Errorf("section %d: %w", i, err)
		}
	}
	at := func(way float64) []Vec2 {
		i := min(max(sort.Search(len(sections), func(i int) bool { return sections[i].Way > way }), 1), len(sections)-1)
		p, q := sections[i-1], sections[i]
		t := math.Max(0, math.Min(1, (way-p.Way)/(q.Way-p.Way)))
		out := make([]Vec2, len(r.Points))
		for k := range out {
			out[k] = outlines[i-1][k].Add(outlines[i][k].Sub(outlines[i-1][k]).Scale(t))
		}
		return out
	}
	ways := between2(breaks, sections[0].Way, sections[len(sections)-1].Way)
	for _, c := range sections {
		ways = append(ways, c.Way)
	}
	sort.Float64s(ways)
	if ways, err = s.refineWays(ways, outlines[0], place); err != nil {
		return nil, fmt.Errorf("sections: %w", err)
	}
	var points []Vec3
	for _, w := range ways {
		f := place(w)
		for _, p := range at(w) {
			points = append(points, f.Apply(Vec3{p[0], p[1], 0}))
		}
	}
	return s.loft(r, points, len(ways), false)
}

// Joined makes a solid of sections, each put in its place by a frame, that are joined
// straight from one to the next. Rings are matched as in Taper.
func (s Settings) Joined(sections []Section, frames []mesh.Transform) (*mesh.Mesh, error) {
	if len(sections) < 2 || len(sections) != len(frames) {
		return nil, fmt.Errorf("sections: %w: %d of them at %d places", ErrInvalid, len(sections), len(frames))
	}
	r, err := s.Fill(sections[0].Profile)
	if err != nil {
		return nil, fmt.Errorf("sections: %w", err)
	}
	var points []Vec3
	for i, c := range sections {
		outline, err := partners(r, sections[0].Profile, c.Profile)
		if err != nil {
			return nil, fmt.Errorf("section %d: %w", i, err)
		}
		for _, p := range outline {
			points = append(points, frames[i].Apply(Vec3{p[0], p[1], 0}))
		}
	}
	return s.loft(r, points, len(frames), false)
}

// partners returns, for each point of a region filled from profile p, the point of
// q that corresponds to it.
func partners(r *Region, p, q Profile) ([]Vec2, error) {
	if len(p.Holes) != len(q.Holes) {
		return nil, fmt.Errorf("%w: %d holes and %d holes", ErrInvalid, len(p.Holes), len(q.Holes))
	}
	partner := make(map[Vec2]Vec2)
	pair := func(a, b Ring) error {
		if len(a) < 3 || len(b) < 3 {
			return fmt.Errorf("%w: rings of %d and %d points", ErrInvalid, len(a), len(b))
		}
		b = matched(a, b)
		for i, v := range a {
			if _, ok := partner[v]; !ok {
				partner[v] = b[i]
			}
		}
		return nil
	}
	if err := pair(p.Outer, q.Outer); err != nil {
		return nil, err
	}
	for i := range p.Holes {
		if err := pair(p.Holes[i], q.Holes[i]); err != nil {
			return nil, err
		}
	}
	out := make([]Vec2, len(r.Points))
	for i, v := range r.Points {
		to, ok := partner[v]
		if !ok {
			return nil, fmt.Errorf("%w: the profile crosses itself", ErrInvalid)
		}
		out[i] = to
	}
	return out, nil
}

// refineWays adds ways until the points of an outline, moved along, stay within the
// tolerances of straight lines.
func (s Settings) refineWays(ways []float64, outline []Vec2, place func(float64) mesh.Transform) ([]float64, error) {
	lo, hi, _ := ringBounds(outline)
	corners := [4]Vec3{{lo[0], lo[1], 0}, {hi[0], lo[1], 0}, {hi[0], hi[1], 0}, {lo[0], hi[1], 0}}
	out := []float64{ways[0]}
	var split func(a, b float64, depth int) error
	split = func(a, b float64, depth int) error {
		if err := s.Budget.Spend(8); err != nil {
			return err
		}
		fa, fm, fb := place(a), place((a+b)/2), place(b)
		flat := depth >= 14
		if !flat {
			flat = math.Acos(math.Max(-1, math.Min(1, fa.Axis(2).Dot(fb.Axis(2))))) <= s.maxTurn()
			for _, c := range corners {
				flat = flat && fa.Apply(c).Lerp(fb.Apply(c), 0.5).Sub(fm.Apply(c)).Len() <= s.chord()
			}
		}
		if flat {
			out = append(out, b)
			return nil
		}
		if err := split(a, (a+b)/2, depth+1); err != nil {
			return err
		}
		return split((a+b)/2, b, depth+1)
	}
	for i := 1; i < len(ways); i++ {
		if ways[i]-ways[i-1] < 1e-6 {
			continue
		}
		if err := split(ways[i-1], ways[i], 0); err != nil {
			return nil, err
		}
	}
	return out, nil
}
