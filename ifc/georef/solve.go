package georef

import (
	"errors"
	"fmt"
	"math"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// solve makes a place of a statement in a system. Numbers that put the model outside the
// system's area of use are read as what they can only have been meant to be, with a
// warning; when there is no such reading the error says why.
func (s *Survey) solve(st statement, grid *crs.CRS) (*Place, error) {
	if st.angles {
		return s.solveAngles(st, grid)
	}
	if grid.Horizontal().Kind() != crs.Projected {
		return nil, &spatial.Problem{Kind: spatial.ErrUnsupported, Code: crs.CodeUnsupported,
			Message: fmt.Sprintf("%s has no eastings and northings for a map conversion", grid), Hint: crsHint}
	}
	if _, ok := st.rotation(); !ok {
		s.warn(CodeAxes, "XAxisAbscissa and XAxisOrdinate are no direction; the model is not rotated")
	}
	if err := s.zero(st, grid); err != nil {
		return nil, err
	}
	sim, err := s.settle(st, grid)
	if err != nil {
		return nil, err
	}
	return onGrid(grid, s.opt.Store, s.opt.Transforms, sim)
}

// solveAngles makes a place of a longitude and latitude.
func (s *Survey) solveAngles(st statement, geographic *crs.CRS) (*Place, error) {
	lon, lat := st.east, st.north
	// IfcRigidOperation gives the coordinates in the order of the system's axes, which for
	// EPSG's geographic systems is latitude first.
	if geographic.Kind() != crs.Geographic {
		return nil, &spatial.Problem{Kind: spatial.ErrUnsupported, Code: crs.CodeUnsupported,
			Message: fmt.Sprintf("%s has no longitude and latitude for a rigid operation by angles", geographic), Hint: crsHint}
	}
	if geographic.AxisOrder() == crs.NorthEast {
		lon, lat = lat, lon
	}
	if math.Abs(lat) > 90 && math.Abs(lon) <= 90 {
		lon, lat = lat, lon
		s.warn(crs.CodeAxisSwap, "longitude and latitude are exchanged: %g is no latitude", lon)
	}
	if lon == 0 && lat == 0 {
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: CodeZero, Message: "longitude and latitude are 0, which is what exporters write for nothing", Hint: originHint}
	}
	height := st.height * s.m.Units().Length
	if st.heightUnit > 0 {
		height = st.height * st.heightUnit
	}
	p, err := about(geographic.Datum(), s.opt, [3]float64{lon, lat, height}, 0, mesh.Vec3{})
	if p != nil {
		p.CRS = nameOf(geographic)
	}
	return p, err
}

// zero refuses a conversion that moves nothing for a model that stands at its own zero
// point: it is what exporters write when nobody said where the model is.
func (s *Survey) zero(st statement, grid *crs.CRS) error {
	if st.east != 0 || st.north != 0 || math.Hypot(s.anchor[0], s.anchor[1]) > zeroReach || s.world.isFar() {
		return nil
	}
	method, _ := grid.Horizontal().Projection()
	if grid.Horizontal().Check(0, 0) == nil && method != crs.MethodWebMercator {
		s.warn(CodeZero, "eastings and northings are 0: the model stands at the origin of %s", grid)
		return nil
	}
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: CodeZero,
		Message: fmt.Sprintf("eastings and northings are 0 and the model stands at its own zero point, which in %s is nowhere", grid), Hint: originHint}
}

// similarityOf returns what a statement means when its map unit has so many metres.
func (s *Survey) similarityOf(st statement, mapUnit float64) (similarity, *spatial.Warning) {
	scale, warning := s.metricScale(st.scale, mapUnit)
	rotation, _ := st.rotation()
	return similarity{
		east: st.east * mapUnit, north: st.north * mapUnit, height: st.height * mapUnit, rotation: rotation,
		scale: [3]float64{scale * st.factor[0], scale * st.factor[1], scale * st.factor[2]},
	}, warning
}

// settle finds the reading of a statement that puts the model into the system's area.
func (s *Survey) settle(st statement, grid *crs.CRS) (similarity, error) {
	sim, err := s.asStated(st, grid)
	if err == nil {
		s.besideWorld(sim, grid)
		return sim, nil
	}
	for _, unit := range s.mapUnits(st, grid) {
		sim, w := s.similarityOf(st, unit)
		if moved, ok := s.throughWorld(sim, grid); ok {
			s.take(w)
			return moved, nil
		}
	}
	return sim, err
}

// asStated is settle for the coordinates of the model as they are.
func (s *Survey) asStated(st statement, grid *crs.CRS) (similarity, error) {
	units := s.mapUnits(st, grid)
	first, firstWarning := s.similarityOf(st, units[0])
	if sim, ok := s.doubled(first, grid); ok {
		s.take(firstWarning)
		return sim, nil
	}
	var firstErr error
	for i, unit := range units {
		sim, w := s.similarityOf(st, unit)
		err := s.check(sim, grid)
		if err == nil {
			if i > 0 {
				s.warn(CodeMapUnit, "the coordinates only fit %s when they count %s, not %s: MapUnit is %s",
					grid, unitName(unit), unitName(units[0]), missingOrWrong(st.mapUnit == 0))
			}
			s.take(w)
			return sim, nil
		}
		if i == 0 {
			firstErr = err
		}
	}
	sim, err := s.repair(first, grid, firstErr)
	if err == nil {
		s.take(firstWarning)
	}
	return sim, err
}

func (s *Survey) take(w *spatial.Warning) {
	if w != nil {
		s.warn(w.Code, "%s", w.Message)
	}
}

func missingOrWrong(missing bool) string {
	if missing {
		return "missing"
	}
	return "wrong"
}

// check tells whether the model stands in the system's area of use.
func (s *Survey) check(sim similarity, grid *crs.CRS) error {
	e, n := sim.of(s.anchor)
	unit := grid.Horizontal().Unit().Factor
	return grid.Horizontal().Check(e/unit, n/unit)
}

func (sim similarity) of(m mesh.Vec3) (e, n float64) {
	var p Place
	p.unit = 1
	p.set(sim)
	return p.grid(m)
}

// repair mends the mistakes that can be told: a zone number too much or too little in the
// easting, and exchanged axes.
func (s *Survey) repair(sim similarity, grid *crs.CRS, cause error) (similarity, error) {
	fixed := sim
	switch {
	case errors.Is(cause, crs.ErrAxisSwap):
		fixed.east, fixed.north = sim.north, sim.east
		if s.check(fixed, grid) == nil {
			s.warn(crs.CodeAxisSwap, "eastings and northings are exchanged: %.10g is taken as the easting", fixed.east)
			return fixed, nil
		}
	case errors.Is(cause, crs.ErrZonePrefix):
		_, params := grid.Horizontal().Projection()
		own, got := math.Floor(params.FalseEasting/1e6), math.Floor(sim.east/1e6)
		fixed.east += (own - got) * 1e6
		// A zone number must be that of the system's own meridian.
		zone := math.Max(own, got)
		if (own == 0 || got == 0) && (zone*3 == params.Lon0 || zone*6-3 == params.Lon0) && s.check(fixed, grid) == nil {
			s.warn(crs.CodeZonePrefix, "the easting %.10g and %s disagree about the zone number in front; it is taken as %.10g", sim.east, grid, fixed.east)
			return fixed, nil
		}
	}
	return sim, problem(cause, crsHint)
}

// doubled finds a place that is in the file twice: the placements hold map coordinates
// already, and the map conversion would add them again.
func (s *Survey) doubled(sim similarity, grid *crs.CRS) (similarity, bool) {
	offset, own := math.Hypot(sim.east, sim.north), math.Hypot(s.anchor[0], s.anchor[1])
	if offset < zeroReach || own < zeroReach {
		return sim, false
	}
	bare := similarity{scale: [3]float64{1, 1, 1}}
	if s.check(bare, grid) != nil {
		return sim, false
	}
	near := math.Hypot(s.anchor[0]-sim.east, s.anchor[1]-sim.north) < own/5
	if s.check(sim, grid) == nil && !near {
		return sim, false
	}
	s.warn(CodeDoubled, "the placements hold map coordinates (%.0f, %.0f) and the map conversion adds %.0f, %.0f once more; the placements alone are used",
		s.anchor[0], s.anchor[1], sim.east, sim.north)
	if math.Abs(s.anchor[2]) < math.Abs(sim.height)/2 {
		bare.height = sim.height
	}
	return bare, true
}

// mapUnits returns what a map unit may be in metres, the likeliest first: what the file
// says or, by the standard, the project's unit of length; then what the system itself is
// counted in, and what is often meant.
func (s *Survey) mapUnits(st statement, grid *crs.CRS) []float64 {
	own := grid.Horizontal().Unit().Factor
	first := st.mapUnit
	if first == 0 {
		first = s.m.Units().Length
	}
	// International and US survey feet are 2 ppm apart, metres at these coordinates; the
	// system knows which it counts in.
	if math.Abs(first/own-1) < 1e-5 {
		first = own
	}
	list := []float64{first}
	for _, u := range []float64{own, 1, s.m.Units().Length, 0.001, 0.3048} {
		known := false
		for _, o := range list {
			known = known || math.Abs(u/o-1) < 1e-5
		}
		if !known {
			list = append(list, u)
		}
	}
	return list
}

// unitRatios are what a scale is wrong by when it was taken for a factor between units.
var unitRatios = []float64{1000, 0.001, 100, 0.01, 0.3048, 1 / 0.3048, 0.0254, 1 / 0.0254}

// scaleSlack is how far a scale may be from 1, or from a ratio of units: projections and
// heights change lengths by less than this.
const scaleSlack = 0.02

func nearly(a, b float64) bool { return math.Abs(a/b-1) < scaleSlack }

// metricScale returns grid metres per model metre. Scale holds the ratio of the project's
// unit to the map's as well as the map's own scale; exporters leave out the one or the
// other.
func (s *Survey) metricScale(scale, mapUnit float64) (float64, *spatial.Warning) {
	length := s.m.Units().Length
	metric := scale * mapUnit / length
	warn := func(taken float64) (float64, *spatial.Warning) {
		return taken, &spatial.Warning{Code: CodeScale, Message: fmt.Sprintf(
			"Scale is %g, which would make a metre of the model %g m on the map (the project counts %s, the map %s); it is taken as %g",
			scale, metric, unitName(length), unitName(mapUnit), taken)}
	}
	switch {
	case nearly(metric, 1):
		return metric, nil
	case nearly(scale, 1):
		return warn(scale)
	}
	for _, r := range unitRatios {
		if nearly(metric, r) || nearly(scale, r) {
			return warn(1)
		}
	}
	return metric, &spatial.Warning{Code: CodeScale, Message: fmt.Sprintf("Scale is %g: a metre of the model is %g m on the map", scale, metric)}
}

func unitName(metresPer float64) string {
	switch {
	case metresPer == 1:
		return "metres"
	case nearlySame(metresPer, 0.001):
		return "millimetres"
	case nearlySame(metresPer, 0.01):
		return "centimetres"
	case nearlySame(metresPer, 0.3048):
		return "feet"
	case nearlySame(metresPer, 0.0254):
		return "inches"
	}
	return fmt.Sprintf("units of %g m", metresPer)
}

func nearlySame(a, b float64) bool { return math.Abs(a/b-1) < 1e-5 }
