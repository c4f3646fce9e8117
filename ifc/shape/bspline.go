package shape

import (
	"github.com/shikong-cim/shikong/ifc/kernel"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// bspline reads a B-spline curve.
func (b *Builder) bspline(e model.Entity) (*kernel.BSpline, error) {
	pts, err := b.points(e, "ControlPointsList")
	if err != nil {
		return nil, err
	}
	degree := b.m.Attr(e, "Degree").IntOr(0)
	c := &kernel.BSpline{Degree: degree, Points: pts}
	switch {
	case b.m.Is(e, schema.IfcBSplineCurveWithKnots):
		c.Knots = kernel.Knots(b.m.Attr(e, "Knots").Floats(nil), b.m.Attr(e, "KnotMultiplicities").Ints(nil))
	default:
		c.Knots = bezierKnots(degree, len(pts))
	}
	if w := b.m.Attr(e, "WeightsData"); !w.IsNull() {
		c.Weights = w.Floats(nil)
	}
	if err := c.Validate(); err != nil {
		return nil, kernelErr(err, CodeInvalidItem, e)
	}
	return c, nil
}

// bezierKnots are the knots of a curve that is given without any: a Bézier curve,
// in pieces when it has more points than its degree needs.
func bezierKnots(degree, points int) []float64 {
	if degree < 1 || points < degree+1 || (points-1)%degree != 0 {
		return nil
	}
	knots := []float64{0}
	for i := 0; i <= (points-1)/degree; i++ {
		for range degree {
			knots = append(knots, float64(i))
		}
	}
	return append(knots, float64((points-1)/degree))
}

func (b *Builder) bsplineCurve(e model.Entity) ([]mesh.Vec3, error) {
	c, err := b.bspline(e)
	if err != nil {
		return nil, err
	}
	pts, err := c.Polyline(b.kernel)
	return pts, kernelErr(err, CodeInvalidItem, e)
}
