package spatial

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial/mesh"
)

// Feature is one version of one thing that stands somewhere for some time.
type Feature struct {
	Collection string
	ID         string // the source's id, unique in the collection at any one time
	Num        uint64 // stable surrogate of (collection, id) below 2^53, given by the store
	Model      string // the model that delivered it
	Kind       string // its class, such as IfcWall, or "" when the source has none
	Name       string // what people call it, or ""

	// Geometry is the footprint, line or point in longitude, latitude and, where the source
	// knows heights, height in metres: layout XY or XYZ. A height that nobody gave is never
	// invented. Nil for a feature without a place (Collection.Local, failed products).
	Geometry geom.T
	// Z is the range of heights that the thing fills, unknown when nobody said.
	Z ZRange
	// Underground says whether the thing lies below the ground.
	Underground Truth
	// Storey is the name of the storey that holds it, or "".
	Storey string

	// Body is the solid; nil unless the query asked with Query.Body and there is one.
	Body *Body

	Valid    Interval // when it stands
	Recorded Interval // when the store knew this version; given by the store

	// Hash is the hash of the content, see ContentHash; given by the store.
	Hash       Hash
	Properties Properties

	// Distance in metres from Query.Near or else from Query.Within; 0 in other answers.
	Distance float64
}

// Truth is yes, no or unknown; the zero value is unknown.
type Truth int8

// The values of Truth.
const (
	Unknown Truth = 0
	No      Truth = 1
	Yes     Truth = 2
)

// TruthOf returns Yes or No.
func TruthOf(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

// Body is the solid of a feature: mesh instances in the metric frame of its model.
type Body struct {
	// Frame places the meshes on Earth; nil for a local model. Given by the store from the
	// model's frame at the time asked for.
	Frame     *Frame
	Instances []mesh.Instance
}

// Frame places a model's local metric axes on Earth: a local point p is at
// Axes·p metres east, north and up of Origin. Axes is row-major, orthonormal but for a
// scale that the model's map conversion asks for.
type Frame struct {
	Origin [3]float64 // longitude, latitude in degrees, height in metres
	Axes   [9]float64 // local → east, north, up
}

// MaxIDLength bounds ids, and names of collections and models, in bytes.
const MaxIDLength = 1024

// Validate returns ErrInvalid when a feature cannot be stored: no id, an empty interval,
// coordinates that are NaN or off the Earth, a z range that runs backwards, a geometry that
// is neither all XY nor all XYZ.
func (f *Feature) Validate() error {
	if f.ID == "" || len(f.ID) > MaxIDLength || !utf8.ValidString(f.ID) || strings.ContainsRune(f.ID, 0) {
		return &Problem{Kind: ErrInvalid, Code: "invalid-id", Message: fmt.Sprintf("the id %.60q is empty, longer than %d bytes or no UTF-8 text", f.ID, MaxIDLength)}
	}
	if err := f.Valid.Validate(); err != nil {
		return fmt.Errorf("feature %q: %w", f.ID, err)
	}
	if f.Z.Known && !(f.Z.Min <= f.Z.Max) {
		return &Problem{Kind: ErrInvalid, Code: "invalid-z", Message: fmt.Sprintf("feature %q: heights run from %g to %g", f.ID, f.Z.Min, f.Z.Max)}
	}
	if f.Geometry == nil {
		return nil
	}
	if !hasLayout(f.Geometry, f.Geometry.Layout()) {
		return &Problem{Kind: ErrInvalid, Code: "invalid-geometry", Message: fmt.Sprintf("feature %q: the geometry is neither all XY nor all XYZ", f.ID)}
	}
	if err := CheckCoordinates(f.Geometry); err != nil {
		return fmt.Errorf("feature %q: %w", f.ID, err)
	}
	return nil
}

// hasLayout reports whether a geometry and all its members are of the layout, which must be
// XY or XYZ; a collection of nothing has none and passes.
func hasLayout(g geom.T, layout geom.Layout) bool {
	c, ok := g.(*geom.GeometryCollection)
	if !ok {
		return g.Layout() == layout && (layout == geom.XY || layout == geom.XYZ)
	}
	for _, m := range c.Geoms() {
		if !hasLayout(m, layout) {
			return false
		}
	}
	return true
}

// CheckCoordinates returns ErrInvalid when a coordinate is no finite number or lies off
// the Earth: beyond ±180°, ±90° or 100 km of height.
func CheckCoordinates(g geom.T) error {
	var err error
	flatEach(g, func(flat []float64, stride int, hasZ bool) {
		for i := 0; i+stride <= len(flat) && err == nil; i += stride {
			lon, lat, z := flat[i], flat[i+1], 0.0
			if hasZ {
				z = flat[i+2]
			}
			// Written so that NaN fails.
			if !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90 && z >= -1e5 && z <= 1e5) {
				err = &Problem{Kind: ErrInvalid, Code: "outside-earth",
					Message: fmt.Sprintf("position %d (%g, %g) is no longitude and latitude", i/stride, lon, lat),
					Hint:    "if the file is in a projected system name it with --crs EPSG:…"}
			}
		}
	})
	return err
}
