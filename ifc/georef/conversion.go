package georef

import (
	"math"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// conversions reads IfcMapConversion, IfcMapConversionScaled and IfcRigidOperation.
func (s *Survey) conversions(typed *crs.CRS) {
	e, several := s.operation()
	if e == 0 {
		return
	}
	if several {
		s.warn(CodeSeveral, "the file has several coordinate operations that differ; #%d is used", s.m.Number(e))
	}
	source, st := SourceMapConversion, s.mapConversion(e)
	if s.m.Is(e, schema.IfcRigidOperation) {
		source, st = SourceRigidOperation, s.rigidOperation(e)
	}
	to := s.m.Attr(e, "TargetCRS").Entity()
	t := s.target(to)
	if u, ok := s.m.Unit(s.m.Attr(to, "MapUnit").Entity()); ok && u.Factor > 0 {
		st.mapUnit = u.Factor
	}
	s.state(source, st, t, typed)
}

// operation returns the coordinate operation of the model's context, the first of several,
// and whether they differ.
func (s *Survey) operation() (best model.Entity, differ bool) {
	for e := range s.m.All(schema.IfcMapConversion, schema.IfcRigidOperation) {
		switch {
		case best == 0:
			best = e
		case s.mapConversion(e) != s.mapConversion(best) || s.rigidOperation(e) != s.rigidOperation(best):
			differ = true
			if s.rank(e) > s.rank(best) {
				best = e
			}
		}
	}
	return best, differ
}

// rank prefers the context of solids over those of plans.
func (s *Survey) rank(operation model.Entity) int {
	if s.m.Attr(s.m.Attr(operation, "SourceCRS").Entity(), "ContextType").Text() == "Model" {
		return 1
	}
	return 0
}

func (s *Survey) mapConversion(e model.Entity) statement {
	f := func(name string, def float64) float64 { return s.m.Attr(e, name).FloatOr(def) }
	st := statement{
		east: f("Eastings", 0), north: f("Northings", 0), height: f("OrthogonalHeight", 0),
		abscissa: f("XAxisAbscissa", 0), ordinate: f("XAxisOrdinate", 0), scale: f("Scale", 1),
		factor: [3]float64{f("FactorX", 1), f("FactorY", 1), f("FactorZ", 1)},
	}
	st.hasHeight = !s.m.Attr(e, "OrthogonalHeight").IsNull()
	st.hasAxis = !s.m.Attr(e, "XAxisAbscissa").IsNull() || !s.m.Attr(e, "XAxisOrdinate").IsNull()
	return st
}

func (s *Survey) rigidOperation(e model.Entity) statement {
	first, second := s.m.Attr(e, "FirstCoordinate"), s.m.Attr(e, "SecondCoordinate")
	st := statement{east: first.FloatOr(0), north: second.FloatOr(0), height: s.m.Attr(e, "Height").FloatOr(0),
		scale: 1, factor: [3]float64{1, 1, 1}, hasHeight: !s.m.Attr(e, "Height").IsNull()}
	if t, _ := first.Typed(); t == schema.IfcPlaneAngleMeasure || s.m.Is(s.m.Attr(e, "TargetCRS").Entity(), schema.IfcGeographicCRS) {
		unit := s.m.Units().PlaneAngle
		if u, ok := s.m.Unit(s.m.Attr(s.m.Attr(e, "TargetCRS").Entity(), "AngleUnit").Entity()); ok && u.Factor > 0 {
			unit = u.Factor
		}
		if u, ok := s.m.Unit(s.m.Attr(s.m.Attr(e, "TargetCRS").Entity(), "HeightUnit").Entity()); ok && u.Factor > 0 {
			st.heightUnit = u.Factor
		}
		st.angles = true
		st.east, st.north = st.east*unit*180/math.Pi, st.north*unit*180/math.Pi
	}
	return st
}

// target reads an IfcProjectedCRS or IfcGeographicCRS with its well-known text.
func (s *Survey) target(e model.Entity) target {
	t := target{
		name: textOf(s.m, e, "Name"), description: textOf(s.m, e, "Description"), datum: textOf(s.m, e, "GeodeticDatum"),
		vertical: textOf(s.m, e, "VerticalDatum"), projection: textOf(s.m, e, "MapProjection"), zone: textOf(s.m, e, "MapZone"),
	}
	for w := range s.m.All(schema.IfcWellKnownText) {
		if s.m.Attr(w, "CoordinateReferenceSystem").Entity() == e {
			t.wkt = s.m.Attr(w, "WellKnownText").Text()
		}
	}
	return t
}

// state adds the rung of a statement in map coordinates.
func (s *Survey) state(source string, st statement, t target, typed *crs.CRS) {
	r := Rung{Source: source, CRS: t.label(), facts: facts{statement: st, stated: true}}
	r.facts.rotation, _ = st.rotation()
	r.facts.rotated = st.hasAxis
	grid := typed
	if grid == nil {
		if t.isEmpty() && st.east == 0 && st.north == 0 {
			s.warn(CodeEmpty, "the map conversion has neither coordinates nor the name of a system")
			return
		}
		if grid, r.err = t.resolve(); r.err != nil {
			s.Rungs = append(s.Rungs, r)
			return
		}
	}
	r.CRS = nameOf(grid)
	if !st.finite() {
		r.err = &spatial.Problem{Kind: spatial.ErrInvalid, Code: CodeScale, Message: "the map conversion has numbers that are none, or a scale that is not positive", Hint: originHint}
		s.Rungs = append(s.Rungs, r)
		return
	}
	if r.place, r.err = s.solve(st, grid); r.place != nil {
		label, known := t.verticalOf(grid)
		if !known {
			s.warn(CodeVertical, "heights count from %q, which is not known here; name it with --vertical-crs", t.vertical)
		}
		r.place.VerticalCRS = label
		r.facts.elevation, r.facts.hasHeight = r.place.h0, st.hasHeight
	}
	s.Rungs = append(s.Rungs, r)
	if typed != nil && !t.isEmpty() {
		s.overridden(r, st, t)
	}
}

// overridden warns when the system that was typed moves the model away from where the
// file's own would put it.
func (s *Survey) overridden(r Rung, st statement, t target) {
	own, err := t.resolve()
	if err != nil || r.place == nil {
		return
	}
	quiet := *s
	quiet.Warnings = nil
	if p, err := quiet.solve(st, own); err == nil {
		if d := apart(p, r.place, s.anchor); d > contradiction {
			s.warn(CodeOverrides, "--crs %s puts the model %s away from where the file's %s does", s.opt.CRS, metres(d), t.label())
		}
	}
}
