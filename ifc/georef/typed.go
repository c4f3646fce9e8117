package georef

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// maxStatement bounds the text of a typed georeference, in bytes.
const maxStatement = 1 << 20

// Typed is a georeference that somebody wrote into a file of its own: in the terms of
// IfcMapConversion, as the place of the model's zero point, or by points whose place was
// measured. Numbers are in metres or degrees, whatever the model counts in.
type Typed struct {
	CRS         string `json:"crs"`          // of the map coordinates
	VerticalCRS string `json:"vertical_crs"` // what heights count from: ellipsoidal, or an EPSG code

	// A map conversion: where the model's zero point is on the map, in the unit of the system.
	Eastings  *float64 `json:"eastings"`
	Northings *float64 `json:"northings"`
	Height    *float64 `json:"orthogonal_height"` // metres
	Abscissa  *float64 `json:"x_axis_abscissa"`
	Ordinate  *float64 `json:"x_axis_ordinate"`

	// Origin is longitude, latitude and height of the model's zero point instead.
	Origin *[3]float64 `json:"origin"`

	// Points are the same points in the model and on the map; Rotation is then only used
	// when there is just one.
	Points []ControlPoint `json:"points"`

	// Rotation is in degrees counter-clockwise from east to the model's x axis.
	Rotation *float64 `json:"rotation"`
	// Scale is how many metres on the map a metre of the model becomes: a number, 1 when it
	// is left out, or "fit" for what fits the points best.
	Scale json.RawMessage `json:"scale"`
	// ModelUnit is what the points' model coordinates count: "m" when it is left out.
	ModelUnit string `json:"model_unit"`
}

// ControlPoint is one point by its two coordinates. Map is easting, northing and height in
// the unit of the system; longitude, latitude and height when the system is geographic or
// none is named.
type ControlPoint struct {
	Name  string     `json:"name"`
	Model mesh.Vec3  `json:"model"`
	Map   [3]float64 `json:"map"`
}

const typedHint = `write {"crs": "EPSG:4547", "eastings": …, "northings": …, "orthogonal_height": …, "rotation": degrees}, {"origin": [lon, lat, h], "rotation": degrees} ` +
	`or {"crs": "EPSG:4547", "points": [{"model": [x, y, z], "map": [e, n, h]}, …]}`

func typedProblem(format string, args ...any) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: CodeTyped, Message: "the georeference file: " + fmt.Sprintf(format, args...), Hint: typedHint}
}

// ParseTyped reads a typed georeference: a JSON object with the members of Typed. Names that
// are not known are errors, so that a misspelt rotation is not taken for none. The error has
// code georef-file-invalid.
func ParseTyped(text []byte) (Typed, error) {
	var t Typed
	if len(text) > maxStatement {
		return t, typedProblem("it is longer than %d bytes", maxStatement)
	}
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	d.DisallowUnknownFields()
	err := d.Decode(&t)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("something follows behind the object")
		}
	}
	if err != nil {
		return t, typedProblem("%v", err)
	}
	return t, t.validate()
}

// validate checks that exactly one thing is said, and all of it.
func (t *Typed) validate() error {
	ways := 0
	for _, said := range []bool{t.Eastings != nil || t.Northings != nil, t.Origin != nil, len(t.Points) > 0} {
		if said {
			ways++
		}
	}
	switch {
	case ways != 1:
		return typedProblem("it must hold eastings and northings, or an origin, or points, and only one of the three")
	case t.Origin == nil && len(t.Points) == 0 && (t.Eastings == nil || t.Northings == nil || t.CRS == ""):
		return typedProblem("eastings, northings and crs go together")
	case (t.Abscissa == nil) != (t.Ordinate == nil) || t.Abscissa != nil && t.Rotation != nil:
		return typedProblem("give x_axis_abscissa and x_axis_ordinate, or rotation")
	case len(t.Points) == 1 && t.Rotation == nil && t.Abscissa == nil:
		return typedProblem("one point does not say how the model is turned: give a second point, or rotation")
	case len(t.Points) > 1 && (t.Rotation != nil || t.Abscissa != nil):
		return typedProblem("several points say how the model is turned; leave out the rotation")
	}
	_, _, err := t.scale()
	if err == nil && t.unit() == 0 {
		err = typedProblem("model_unit %q is no unit of length", t.ModelUnit)
	}
	return err
}

// scale returns the scale that is stated, and whether it is to be fitted.
func (t *Typed) scale() (value float64, fit bool, err error) {
	text := strings.TrimSpace(string(t.Scale))
	switch {
	case text == "" || text == "null":
		return 1, false, nil
	case text == `"fit"`:
		if len(t.Points) < 2 {
			return 0, false, typedProblem("a scale is fitted to two points or more")
		}
		return 1, true, nil
	}
	if json.Unmarshal(t.Scale, &value) != nil || !(value > 0.5 && value < 2) {
		return 0, false, typedProblem(`scale is metres on the map for a metre of the model, such as 0.9996, or "fit"; it is %.40s`, text)
	}
	return value, false, nil
}

// unit returns the metres of the unit of the points' model coordinates, 0 for none.
func (t *Typed) unit() float64 {
	if strings.TrimSpace(t.ModelUnit) == "" {
		return 1
	}
	return namedUnit(t.ModelUnit)
}

// angle returns the rotation in radians.
func (t *Typed) angle() float64 {
	switch {
	case t.Abscissa != nil:
		return math.Atan2(*t.Ordinate, *t.Abscissa)
	case t.Rotation != nil:
		return *t.Rotation * math.Pi / 180
	}
	return 0
}

// typedFile adds the rung of a typed georeference.
func (s *Survey) typedFile() {
	r := Rung{Source: SourceOption}
	t, err := ParseTyped([]byte(s.opt.Georef))
	if err != nil {
		r.err = err
		s.prepend(r)
		return
	}
	r.CRS = t.CRS
	r.place, r.err = s.placeTyped(&t, &r.facts)
	if r.place != nil {
		r.CRS = r.place.CRS
		r.facts.hasHeight, r.facts.elevation = true, r.place.h0
		if t.VerticalCRS != "" {
			label, known := target{vertical: t.VerticalCRS}.verticalOf(nil)
			if !known {
				s.warn(CodeVertical, "heights count from %q, which is not known here", t.VerticalCRS)
			}
			r.place.VerticalCRS = label
		}
	}
	s.prepend(r)
}

// placeTyped makes a place of a typed georeference.
func (s *Survey) placeTyped(t *Typed, f *facts) (*Place, error) {
	f.rotation, f.rotated = t.angle(), true
	if t.Origin != nil {
		if err := s.nearZero("the georeference file"); err != nil {
			return nil, err
		}
		return about(s.opt.Store.Datum(), s.opt, *t.Origin, f.rotation, mesh.Vec3{})
	}
	grid, err := t.grid(s.opt.Store)
	if err != nil {
		return nil, err
	}
	var sim similarity
	if len(t.Points) > 0 {
		if sim, err = s.fitted(t, grid); err != nil {
			return nil, err
		}
	} else {
		sim = t.similarity(grid)
	}
	f.rotation = sim.rotation
	if !finiteAll(sim.east, sim.north, sim.height, sim.rotation) {
		return nil, typedProblem("its numbers are too large")
	}
	if err := s.check(sim, grid); err != nil {
		return nil, problem(err, "")
	}
	p, err := onGrid(grid, s.opt.Store, s.opt.Transforms, sim)
	if err == nil && t.onEarth() {
		p.CRS = ""
	}
	return p, err
}

// onEarth reports whether the points are given in longitude and latitude.
func (t *Typed) onEarth() bool {
	if t.CRS == "" {
		return true
	}
	c, err := crs.Parse(t.CRS)
	return err == nil && c.Geographic()
}

// grid returns the projected system of the map coordinates. Points in longitude and latitude
// get a transverse Mercator about the first of them, and are turned into its coordinates.
func (t *Typed) grid(store *crs.CRS) (*crs.CRS, error) {
	from := store
	if t.CRS != "" {
		c, err := crs.Parse(t.CRS)
		if err != nil {
			return nil, problem(err, crsHint)
		}
		if c.Horizontal().Kind() == crs.Projected {
			return c, nil
		}
		if from = c.Horizontal(); from.Kind() != crs.Geographic || len(t.Points) == 0 {
			return nil, typedProblem("%s has no eastings and northings", c)
		}
	}
	first := t.Points[0].Map
	if !(math.Abs(first[0]) <= 180 && math.Abs(first[1]) < 89.9) {
		return nil, typedProblem("%g, %g is no longitude and latitude; name the system of the map coordinates as crs", first[0], first[1])
	}
	grid, err := crs.TransverseMercator("about the first point", from.Datum(),
		crs.Parameters{Lat0: first[1], Lon0: first[0], Scale: 1 + first[2]/meanRadius(from.Datum().Ellipsoid(), first[1])})
	if err != nil {
		return nil, problem(err, typedHint)
	}
	points := make([]ControlPoint, len(t.Points))
	for i, p := range t.Points {
		if p.Map[0], p.Map[1], _, err = grid.Forward(p.Map[0], p.Map[1], 0); err != nil {
			return nil, problem(err, typedHint)
		}
		points[i] = p
	}
	t.Points = points
	return grid, nil
}

// similarity returns what a typed map conversion states.
func (t *Typed) similarity(grid *crs.CRS) similarity {
	unit := grid.Horizontal().Unit().Factor
	scale, _, _ := t.scale() // validated before
	sim := similarity{east: *t.Eastings * unit, north: *t.Northings * unit, rotation: t.angle(), scale: [3]float64{scale, scale, 1}}
	if t.Height != nil {
		sim.height = *t.Height
	}
	return sim
}

func finiteAll(list ...float64) bool {
	sum := 0.0
	for _, v := range list {
		sum += math.Abs(v)
	}
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}
