package model

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// gridCurve is the curve of a grid axis in the plane of its grid: a straight line, taken as
// endless, or an arc.
type gridCurve struct {
	p   mesh.Vec3 // a point of the line, or the centre
	dir mesh.Vec3 // of the line
	// radius is 0 for a line. An arc runs counter-clockwise from the angle from over sweep
	// radians, or the other way when clockwise is set.
	radius, from, sweep float64
	clockwise           bool
}

// left returns the curve moved to its left.
func (c gridCurve) left(by float64) gridCurve {
	switch {
	case c.radius == 0:
		c.p = c.p.Add(mesh.Vec3{-c.dir[1], c.dir[0]}.Scale(by))
	case c.clockwise:
		c.radius += by
	default:
		c.radius -= by
	}
	return c
}

// at returns the direction of the curve at a point of it.
func (c gridCurve) at(p mesh.Vec3) mesh.Vec3 {
	if c.radius == 0 {
		return c.dir
	}
	d := unit(p.Sub(c.p))
	if c.clockwise {
		return mesh.Vec3{d[1], -d[0]}
	}
	return mesh.Vec3{-d[1], d[0]}
}

// holds reports whether a point of the whole circle lies on the arc.
func (c gridCurve) holds(p mesh.Vec3) bool {
	if c.radius == 0 {
		return true
	}
	const slack = 1e-6
	turn := math.Mod(math.Atan2(p[1]-c.p[1], p[0]-c.p[0])-c.from, 2*math.Pi)
	if turn < 0 {
		turn += 2 * math.Pi
	}
	return turn <= c.sweep+slack || turn >= 2*math.Pi-slack
}

// meet returns the only point at which two curves meet; false when there is none, or more
// than one, because nothing says which is meant.
func (c gridCurve) meet(o gridCurve) (p mesh.Vec3, ok bool) {
	if c.radius != 0 && o.radius == 0 {
		return o.meet(c)
	}
	var both []mesh.Vec3
	switch {
	case o.radius == 0:
		cross := c.dir[0]*o.dir[1] - c.dir[1]*o.dir[0]
		if math.Abs(cross) < parallel {
			return p, false
		}
		d := o.p.Sub(c.p)
		return c.p.Add(c.dir.Scale((d[0]*o.dir[1] - d[1]*o.dir[0]) / cross)), true
	case c.radius == 0:
		both = onLine(c.p, c.dir, o)
	default:
		// Two circles meet on the line square to that between their centres.
		d := o.p.Sub(c.p)
		l := d.Len()
		if !(l > 0) {
			return p, false
		}
		along := (l*l + c.radius*c.radius - o.radius*o.radius) / (2 * l)
		u := d.Scale(1 / l)
		both = onLine(c.p.Add(u.Scale(along)), mesh.Vec3{-u[1], u[0]}, o)
	}
	for _, q := range both {
		if !c.holds(q) || !o.holds(q) {
			continue
		}
		if ok {
			return mesh.Vec3{}, false
		}
		p, ok = q, true
	}
	return p, ok
}

// onLine returns where a line meets a circle: one point where it touches it.
func onLine(p, dir mesh.Vec3, circle gridCurve) []mesh.Vec3 {
	foot := p.Add(dir.Scale(circle.p.Sub(p).Dot(dir)))
	off := foot.Sub(circle.p).Len()
	const touch = 1e-9
	switch {
	case math.Abs(off-circle.radius) <= touch*circle.radius:
		return []mesh.Vec3{foot}
	case !(off < circle.radius):
		return nil
	}
	half := dir.Scale(math.Sqrt(circle.radius*circle.radius - off*off))
	return []mesh.Vec3{foot.Add(half), foot.Sub(half)}
}

// gridCurve reads the curve of a grid axis.
func (m *Model) gridCurve(axis Entity) (c gridCurve, ok bool) {
	curve := m.Attr(axis, "AxisCurve").Entity()
	if basis := m.Attr(curve, "BasisCurve").Entity(); m.Is(curve, schema.IfcCircle) || m.Is(basis, schema.IfcCircle) {
		c, ok = m.gridArc(curve)
	} else {
		c.p, c.dir, ok = m.gridLine(curve)
	}
	c.p[2], c.dir[2] = 0, 0
	if !m.Attr(axis, "SameSense").BoolOr(true) {
		c.dir = c.dir.Scale(-1)
		c.clockwise = !c.clockwise
	}
	return c, ok && (c.radius > 0 || c.dir != mesh.Vec3{})
}

// gridArc reads an IfcCircle or a part of one.
func (m *Model) gridArc(curve Entity) (c gridCurve, ok bool) {
	circle := curve
	trimmed := m.Is(curve, schema.IfcTrimmedCurve)
	if trimmed {
		circle = m.Attr(curve, "BasisCurve").Entity()
	}
	at := m.Axis(m.Attr(circle, "Position").Entity())
	c = gridCurve{p: at.Origin(), radius: m.Attr(circle, "Radius").FloatOr(0) * m.units.Length, sweep: 2 * math.Pi}
	x := at.Axis(0)
	zero := math.Atan2(x[1], x[0])
	c.from = zero
	if !trimmed {
		return c, c.radius > 0
	}
	from, ok1 := m.gridTrim(curve, "Trim1", c.p, zero)
	to, ok2 := m.gridTrim(curve, "Trim2", c.p, zero)
	if !m.Attr(curve, "SenseAgreement").BoolOr(true) {
		from, to = to, from
		c.clockwise = true
	}
	c.from = from
	if c.sweep = math.Mod(to-from, 2*math.Pi); c.sweep <= 0 {
		c.sweep += 2 * math.Pi
	}
	return c, ok1 && ok2 && c.radius > 0
}

// gridTrim returns the angle at which an arc is trimmed, from the x axis of the grid.
func (m *Model) gridTrim(curve Entity, attribute string, center mesh.Vec3, zero float64) (angle float64, ok bool) {
	points := m.Attr(curve, "MasterRepresentation").EnumIs("CARTESIAN")
	for v := range m.Attr(curve, attribute).Items() {
		if p, is := m.Point(v.Entity()); is {
			if points || !ok {
				angle, ok = math.Atan2(p[1]-center[1], p[0]-center[0]), true
			}
			continue
		}
		if _, inner := v.Typed(); !inner.IsNull() {
			if f, is := inner.Float(); is && (!points || !ok) {
				angle, ok = zero+f*m.units.PlaneAngle, true
			}
		}
	}
	return angle, ok
}
