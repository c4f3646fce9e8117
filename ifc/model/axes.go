package model

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// faults collects what is wrong with a placement while it is read; a nil one forgets.
type faults struct {
	add func(code string, e Entity, message string)
}

func (f *faults) report(code string, e Entity, message string) {
	if f != nil {
		f.add(code, e, message)
	}
}

// Point returns an IfcCartesianPoint in metres; a point of fewer than three coordinates
// gets zeros. It is false for anything else and for coordinates that are not finite.
func (m *Model) Point(e Entity) (mesh.Vec3, bool) {
	if m.Type(e) != schema.IfcCartesianPoint {
		return mesh.Vec3{}, false
	}
	var buf [4]float64
	c := m.Arg(e, 0).Floats(buf[:0])
	if len(c) == 0 {
		return mesh.Vec3{}, false
	}
	var p mesh.Vec3
	copy(p[:], c)
	p = p.Scale(m.units.Length)
	return p, p.IsFinite()
}

// Direction returns an IfcDirection at unit length; false when it has none.
func (m *Model) Direction(e Entity) (mesh.Vec3, bool) {
	if m.Type(e) != schema.IfcDirection {
		return mesh.Vec3{}, false
	}
	var buf [4]float64
	var d mesh.Vec3
	copy(d[:], m.Arg(e, 0).Floats(buf[:0]))
	d = unit(d)
	return d, d != mesh.Vec3{}
}

// unit returns a at length 1, whatever its length was; zero when it has none.
func unit(a mesh.Vec3) mesh.Vec3 {
	largest := max(math.Abs(a[0]), math.Abs(a[1]), math.Abs(a[2]))
	if largest == 0 || !a.IsFinite() {
		return mesh.Vec3{}
	}
	// Direction ratios are no lengths: 1e-200 and 1e200 are directions too.
	return mesh.Vec3{a[0] / largest, a[1] / largest, a[2] / largest}.Unit()
}

// parallel is the sine below which two directions count as one.
const parallel = 1e-9

// across returns what of v is perpendicular to z, at unit length; zero when nothing is.
func across(v, z mesh.Vec3) mesh.Vec3 {
	p := v.Sub(z.Scale(v.Dot(z)))
	if p.Len() < parallel {
		return mesh.Vec3{}
	}
	return p.Unit()
}

// firstAxis returns the x axis to a z axis: the standard's IfcFirstProjAxis. Without a
// usable reference direction it is the projection of the global x, or of y where z is x.
func firstAxis(z, ref mesh.Vec3) mesh.Vec3 {
	for _, v := range [...]mesh.Vec3{ref, {1, 0, 0}, {0, 1, 0}} {
		if x := across(v, z); x != (mesh.Vec3{}) {
			return x
		}
	}
	return mesh.Vec3{1, 0, 0} // z was none
}

// Axis returns the map from the coordinates of an IfcAxis1Placement, IfcAxis2Placement2D
// or IfcAxis2Placement3D to those it is given in, in metres. Axes that are missing get the
// standard's defaults, axes that are not perpendicular are made so. None gives the
// identity.
func (m *Model) Axis(e Entity) mesh.Transform {
	t, _ := m.axis(e, nil)
	return t
}

func (m *Model) axis(e Entity, f *faults) (mesh.Transform, bool) {
	if e == 0 {
		return mesh.Identity(), false
	}
	t := m.Type(e)
	location := m.Attr(e, "Location").Entity()
	origin, ok := m.Point(location)
	if !ok && t != schema.IfcAxis2PlacementLinear {
		f.report(CodeLocation, e, "the location has no usable coordinates; 0, 0, 0 is used")
	}
	switch t {
	case schema.IfcAxis2Placement3D, schema.IfcAxis2PlacementLinear:
		z := m.given(e, "Axis", mesh.Vec3{0, 0, 1}, f)
		ref := m.given(e, "RefDirection", mesh.Vec3{}, f)
		x := firstAxis(z, ref)
		if ref != (mesh.Vec3{}) && across(ref, z) == (mesh.Vec3{}) {
			f.report(CodeAxes, e, "axis and reference direction are parallel; the reference direction is replaced")
		}
		return mesh.Frame(origin, x, z.Cross(x), z), ok
	case schema.IfcAxis2Placement2D:
		x := m.given(e, "RefDirection", mesh.Vec3{1, 0, 0}, f)
		x[2] = 0
		if x = unit(x); x == (mesh.Vec3{}) {
			x = mesh.Vec3{1, 0, 0}
		}
		return mesh.Frame(origin, x, mesh.Vec3{-x[1], x[0], 0}, mesh.Vec3{0, 0, 1}), ok
	case schema.IfcAxis1Placement:
		z := m.given(e, "Axis", mesh.Vec3{0, 0, 1}, f)
		x := firstAxis(z, mesh.Vec3{})
		return mesh.Frame(origin, x, z.Cross(x), z), ok
	}
	return mesh.Identity(), false
}

// given returns the direction of an attribute, or def when it is not given or has no
// length.
func (m *Model) given(e Entity, name string, def mesh.Vec3, f *faults) mesh.Vec3 {
	v := m.Attr(e, name)
	if v.IsNull() {
		return def
	}
	d, ok := m.Direction(v.Entity())
	if !ok {
		f.report(CodeAxes, e, name+" has no direction; the default is used")
		return def
	}
	return d
}

// Operator returns the map of an IfcCartesianTransformationOperator2D or 3D, uniform or
// not, in metres. It may mirror. It is false for anything else, and for a scale that is
// zero or not finite.
func (m *Model) Operator(e Entity) (mesh.Transform, bool) {
	if !m.Is(e, schema.IfcCartesianTransformationOperator) {
		return mesh.Identity(), false
	}
	origin, ok := m.Point(m.Attr(e, "LocalOrigin").Entity())
	scale := m.Attr(e, "Scale").FloatOr(1)
	scales := mesh.Vec3{scale, m.Attr(e, "Scale2").FloatOr(scale), m.Attr(e, "Scale3").FloatOr(scale)}
	var x, y, z mesh.Vec3
	if m.Is(e, schema.IfcCartesianTransformationOperator2D) {
		x, y = m.baseAxes2D(e)
		z, scales[2] = mesh.Vec3{0, 0, 1}, 1
	} else {
		z = m.given(e, "Axis3", mesh.Vec3{0, 0, 1}, nil)
		x = firstAxis(z, m.given(e, "Axis1", mesh.Vec3{}, nil))
		y = z.Cross(x)
		// The second axis may say that the operator mirrors.
		if m.given(e, "Axis2", y, nil).Dot(y) < 0 {
			y = y.Scale(-1)
		}
	}
	ok = ok && scales.IsFinite() && scales[0]*scales[1]*scales[2] != 0
	return mesh.Frame(origin, x.Scale(scales[0]), y.Scale(scales[1]), z.Scale(scales[2])), ok
}

// baseAxes2D returns the axes of a 2D operator: the standard's IfcBaseAxis.
func (m *Model) baseAxes2D(e Entity) (x, y mesh.Vec3) {
	first := m.given(e, "Axis1", mesh.Vec3{}, nil)
	second := m.given(e, "Axis2", mesh.Vec3{}, nil)
	first[2], second[2] = 0, 0
	if x = unit(first); x == (mesh.Vec3{}) {
		if y = unit(second); y == (mesh.Vec3{}) {
			return mesh.Vec3{1, 0, 0}, mesh.Vec3{0, 1, 0}
		}
		return mesh.Vec3{y[1], -y[0], 0}, y
	}
	y = mesh.Vec3{-x[1], x[0], 0}
	if second.Dot(y) < 0 {
		y = y.Scale(-1)
	}
	return x, y
}
