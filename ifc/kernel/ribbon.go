package kernel

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// OpenSection is an open line of the plane at a way along a Directrix.
type OpenSection struct {
	Way  float64
	Line []Vec2
}

// Ribbon makes a surface of open lines strung on a curve: between two of them the line
// changes evenly. Lines of equally many points correspond point by point, others by
// the share of their length. place and breaks are as for Strung.
func (s Settings) Ribbon(sections []OpenSection, place func(way float64) mesh.Transform, breaks []float64) (*mesh.Mesh, error) {
	if len(sections) < 2 {
		return nil, fmt.Errorf("ribbon: %w: %d sections", ErrInvalid, len(sections))
	}
	for i, c := range sections {
		if len(c.Line) < 2 || i > 0 && !(c.Way > sections[i-1].Way) {
			return nil, fmt.Errorf("ribbon: %w: section %d has %d points or does not lie beyond the one before", ErrInvalid, i, len(c.Line))
		}
	}
	lines := evened(sections)
	width := len(lines[0])
	ways := between2(breaks, sections[0].Way, sections[len(sections)-1].Way)
	for _, c := range sections {
		ways = append(ways, c.Way)
	}
	sort.Float64s(ways)
	ways, err := s.refineWays(slices.Compact(ways), lines[0], place)
	if err != nil {
		return nil, fmt.Errorf("ribbon: %w", err)
	}
	m := &mesh.Mesh{}
	for row, w := range ways {
		i := min(max(sort.Search(len(sections), func(i int) bool { return sections[i].Way > w }), 1), len(sections)-1)
		t := (w - sections[i-1].Way) / (sections[i].Way - sections[i-1].Way)
		f := place(w)
		for k := range width {
			q := lines[i-1][k].Add(lines[i][k].Sub(lines[i-1][k]).Scale(math.Max(0, math.Min(1, t))))
			p := f.Apply(Vec3{q[0], q[1], 0})
			m.Positions = append(m.Positions, p[:]...)
			if row > 0 && k > 0 {
				a := uint32(row*width + k)
				b := a - uint32(width)
				// Seen from above when the line runs to the left.
				m.Triangles = append(m.Triangles, b-1, a-1, a, b-1, a, b)
			}
		}
	}
	return m, nil
}

// evened gives lines equally many points: every line gets the places of all others, by
// the share of the length.
func evened(sections []OpenSection) [][]Vec2 {
	same := true
	var shares []float64
	for _, c := range sections {
		same = same && len(c.Line) == len(sections[0].Line)
		shares = append(shares, sharesOf(c.Line)...)
	}
	lines := make([][]Vec2, len(sections))
	if same {
		for i, c := range sections {
			lines[i] = c.Line
		}
		return lines
	}
	sort.Float64s(shares)
	const close = 1e-9
	shares = slices.CompactFunc(shares, func(a, b float64) bool { return math.Abs(a-b) < close })
	for i, c := range sections {
		own := sharesOf(c.Line)
		for _, t := range shares {
			k := min(max(sort.SearchFloat64s(own, t), 1), len(own)-1)
			u := 0.0
			if d := own[k] - own[k-1]; d > 0 {
				u = math.Max(0, math.Min(1, (t-own[k-1])/d))
			}
			lines[i] = append(lines[i], c.Line[k-1].Add(c.Line[k].Sub(c.Line[k-1]).Scale(u)))
		}
	}
	return lines
}

// sharesOf returns the share of its length at which each point of a line lies.
func sharesOf(line []Vec2) []float64 {
	l := make([]float64, len(line))
	for i := 1; i < len(line); i++ {
		l[i] = l[i-1] + line[i].Sub(line[i-1]).Len()
	}
	if whole := l[len(l)-1]; whole > 0 {
		for i := range l {
			l[i] /= whole
		}
	}
	return l
}
