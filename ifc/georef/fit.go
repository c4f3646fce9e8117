package georef

import (
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// residualSlack is how many metres a control point may be off before the report warns.
const residualSlack = 0.1

// fitSlack is how far the scale that fits control points best may be from the stated one:
// projections and heights change lengths by less.
const fitSlack = 0.002

// fitted returns the similarity that brings the points of the model to those on the map with
// the least squares of what remains, and keeps what remains for the report. Heights are
// moved as a whole.
func (s *Survey) fitted(t *Typed, grid *crs.CRS) (similarity, error) {
	unit := grid.Horizontal().Unit().Factor
	from, to := make([]mesh.Vec3, len(t.Points)), make([]mesh.Vec3, len(t.Points))
	for i, p := range t.Points {
		from[i] = p.Model.Scale(t.unit())
		to[i] = mesh.Vec3{p.Map[0] * unit, p.Map[1] * unit, p.Map[2]}
		if !from[i].IsFinite() || !to[i].IsFinite() {
			return similarity{}, typedProblem("point %d is no point", i+1)
		}
	}
	scale, fit, _ := t.scale() // validated before
	a, b := middle(from), middle(to)
	rotation := t.angle()
	if len(from) > 1 {
		var best float64
		var ok bool
		if rotation, best, ok = turn(from, to, a, b); !ok {
			return similarity{}, typedProblem("the points lie on one another, so that they do not say how the model is turned")
		}
		if fit {
			scale = best
		}
		if math.Abs(best/scale-1) > fitSlack {
			if err := wrongUnit(best); err != nil {
				return similarity{}, err
			}
			s.warn(CodeResidual, "a scale of %.6f would fit the control points best, %.6f is used", best, scale)
		}
	}
	sin, cos := math.Sincos(rotation)
	sim := similarity{rotation: rotation, scale: [3]float64{scale, scale, 1}, height: b[2] - a[2],
		east: b[0] - scale*(cos*a[0]-sin*a[1]), north: b[1] - scale*(sin*a[0]+cos*a[1])}
	s.remain(t, sim, from, to)
	return sim, nil
}

// wrongUnit returns an error when the ratio of lengths is one of units rather than of maps.
func wrongUnit(scale float64) error {
	for _, r := range unitRatios {
		if nearly(scale, r) {
			return typedProblem("lengths on the map are %.4g times those of the model, which is a matter of units: say what the model counts with model_unit, such as \"mm\"", scale)
		}
	}
	return nil
}

// turn returns the rotation and the scale of the best similarity between points, false when
// one side has no extent.
func turn(from, to []mesh.Vec3, a, b mesh.Vec3) (rotation, scale float64, ok bool) {
	var dot, cross, square float64
	for i := range from {
		p, q := from[i].Sub(a), to[i].Sub(b)
		dot += p[0]*q[0] + p[1]*q[1]
		cross += p[0]*q[1] - p[1]*q[0]
		square += p[0]*p[0] + p[1]*p[1]
	}
	length := math.Hypot(dot, cross)
	if !(square > 1e-6 && length > 1e-6) {
		return 0, 0, false
	}
	return math.Atan2(cross, dot), length / square, true
}

func middle(points []mesh.Vec3) mesh.Vec3 {
	var sum mesh.Vec3
	for _, p := range points {
		sum = sum.Add(p)
	}
	return sum.Scale(1 / float64(len(points)))
}

// remain keeps by how much each control point is missed.
func (s *Survey) remain(t *Typed, sim similarity, from, to []mesh.Vec3) {
	var worst float64
	name := ""
	for i := range from {
		e, n := sim.of(from[i])
		r := spatial.Residual{Point: t.Points[i].Name, East: to[i][0] - e, North: to[i][1] - n, Height: to[i][2] - from[i][2] - sim.height}
		if r.Point == "" {
			r.Point = fmt.Sprint(i + 1)
		}
		s.residuals = append(s.residuals, r)
		if d := math.Sqrt(r.East*r.East + r.North*r.North + r.Height*r.Height); d > worst {
			worst, name = d, r.Point
		}
	}
	if worst > residualSlack {
		s.warn(CodeResidual, "control point %s is missed by %s; see the residuals", name, metres(worst))
	}
}
