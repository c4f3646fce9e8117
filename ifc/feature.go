package ifc

import (
	"fmt"
	"math"
	"time"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/schema"
	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh"
)

// The issues about features.
const (
	codeHull  = "footprint-hull"    // the footprint is only the convex hull of the shape
	codeEarth = "footprint-outside" // the shape cannot be put on Earth
)

// make builds the feature of a product. It always returns: a panic costs the product its
// shape.
func (w *worker) make(t task) (r made) {
	defer func() {
		if p := recover(); p != nil {
			r = made{feature: spatial.Feature{ID: t.id, Kind: w.d.model.Type(t.product).String()}, outcome: shape.None}
			w.issue(&r, t.product, shape.CodePanic, fmt.Sprint(p), shape.None.String())
		}
	}()
	m := w.d.model
	res := w.shapes.Product(t.product)
	r = made{outcome: res.Outcome, body: res.Body, skip: m.Is(t.product, schema.IfcStructuralActivity)}
	if res.Outcome != shape.Exact {
		w.issue(&r, t.product, res.Code, blame(m, t.product, res), res.Outcome.String())
	}
	if t.code != "" {
		w.issue(&r, t.product, t.code, fmt.Sprintf("GlobalId %.60q; the feature's id is %.100q", m.GlobalID(t.product), t.id), "")
	}
	if r.skip {
		return r
	}
	r.feature = spatial.Feature{
		ID: t.id, Kind: m.Type(t.product).String(), Name: nameOf(m, t.product),
		Storey: nameOf(m, m.Storey(t.product)), Properties: w.properties(t.product),
	}
	if w.d.tasks != nil {
		r.planned = w.time(&r.feature, t.product)
	}
	w.place(&r, t.product, res)
	return r
}

// time puts the actual dates of a product's tasks into its validity, unless the import has a
// date of its own, and the scheduled ones into its properties; with Planned they stand in for
// actual ones that nobody gave. It reports whether there are scheduled dates only, which
// nothing was made of.
func (w *worker) time(f *spatial.Feature, product model.Entity) bool {
	l := w.d.tasks.of(product)
	list := f.Properties
	add := func(name string, at time.Time) {
		if !at.IsZero() {
			list = append(list, spatial.Property{Name: name, Value: spatial.StringOf(spatial.FormatTime(at))})
		}
	}
	add("planned_from", l.planned.Start)
	add("planned_to", l.planned.End)
	only := l.actual.IsAll() && !l.planned.IsAll()
	valid := l.actual
	if w.d.opt.Planned {
		valid = orderly(spatial.Interval{Start: firstTime(valid.Start, l.planned.Start), End: firstTime(valid.End, l.planned.End)})
	}
	if w.d.opt.From.IsZero() {
		f.Valid = valid
	} else {
		add("built", valid.Start)
		add("removed", valid.End)
	}
	f.Properties = spatial.NewProperties(list)
	return only && !w.d.opt.Planned
}

func (w *worker) issue(r *made, product model.Entity, code, message, outcome string) {
	r.issues = append(r.issues, spatial.Issue{Entity: int64(w.d.model.Number(product)), GlobalID: clean(w.d.model.GlobalID(product)),
		Class: w.d.model.Type(product).String(), Outcome: outcome, Code: code, Message: clean(message)})
}

// blame says what is at fault when it is not the product itself.
func blame(m *model.Model, product model.Entity, res shape.Result) string {
	if res.Entity == 0 || res.Entity == product {
		return res.Message
	}
	return fmt.Sprintf("%s #%d: %s", m.Type(res.Entity), m.Number(res.Entity), res.Message)
}

func nameOf(m *model.Model, e model.Entity) string {
	if e == 0 {
		return ""
	}
	name := m.Name(e)
	if name == "" {
		name = m.Attr(e, "LongName").Text()
	}
	return clean(name)
}

// place puts body, heights and footprint into the feature.
func (w *worker) place(r *made, product model.Entity, res shape.Result) {
	box := mesh.Bounds(res.Instances)
	f := &r.feature
	f.Underground = w.underground(product, box)
	if f.Storey == "" && !w.d.model.Is(product, schema.IfcSite) && !w.d.model.Is(product, schema.IfcBuilding) {
		if f.Storey = w.d.floors.of(box); f.Storey != "" {
			f.Properties = spatial.NewProperties(append(f.Properties, spatial.Property{Name: "storey_rebuilt", Value: spatial.BoolOf(true)}))
		}
	}
	if w.d.place != nil {
		f.Z = w.heights(product, box)
		w.outline(r, product, res.Instances, box)
	}
	if len(res.Instances) > 0 {
		f.Body = &spatial.Body{Frame: w.d.Frame, Instances: w.local(res.Instances)}
	}
}

// local returns the instances in the frame's coordinates.
func (w *worker) local(instances []mesh.Instance) []mesh.Instance {
	if w.d.place == nil || w.d.survey.Zero() == (mesh.Vec3{}) {
		return instances
	}
	back := mesh.Translation(w.d.survey.Zero().Scale(-1))
	out := make([]mesh.Instance, len(instances))
	for i, in := range instances {
		in.Transform = back.Mul(in.Transform)
		out[i] = in
	}
	return out
}

// heights returns the range of heights of a solid; of a storey without one, its floor.
func (w *worker) heights(product model.Entity, box mesh.Box) spatial.ZRange {
	low, high := box.Min[2], box.Max[2]
	if box.IsEmpty() {
		if !w.d.model.Is(product, schema.IfcBuildingStorey) {
			return spatial.ZRange{}
		}
		low = w.d.model.Placement(product)[11]
		high = low
	}
	low, high = tidy(w.d.place.Height(low)), tidy(w.d.place.Height(high))
	// Written so that NaN fails.
	if !(low <= high && low > -1e5 && high < 1e5) {
		return spatial.ZRange{}
	}
	return spatial.ZRange{Min: low, Max: high, Known: true}
}

// tidy rounds a height to a hundredth of a millimetre, so that the grid that solids are
// snapped to does not show.
func tidy(h float64) float64 { return math.Round(h*1e5) / 1e5 }

// groundSlack is how far a thing below ground may stand out of it, in metres.
const groundSlack = 0.05

// underground tells whether a solid lies below the ground, by the level of the building
// that it stands in. Where no building says what its level is, nobody knows.
func (w *worker) underground(product model.Entity, box mesh.Box) spatial.Truth {
	if box.IsEmpty() || len(w.d.ground) == 0 {
		return spatial.Unknown
	}
	for _, e := range append([]model.Entity{product}, w.d.model.Ancestors(product)...) {
		if level, ok := w.d.ground[e]; ok {
			return spatial.TruthOf(box.Max[2] <= level+groundSlack)
		}
		if w.d.model.Is(e, schema.IfcSite) || w.d.model.Is(e, schema.IfcBuilding) {
			break
		}
	}
	return spatial.Unknown
}

// groundFloor is how far from a building's zero, in metres, its ground floor may lie.
const groundFloor = 1.5

// groundLevels returns the z of the ground in model metres at each building that has one:
// where the file says both how high the terrain and how high the building's zero is, or else
// where a storey lies about that zero. That is then the floor of its entrance rather than
// the terrain, which models seldom hold.
func groundLevels(m *model.Model) map[model.Entity]float64 {
	levels := map[model.Entity]float64{}
	for _, s := range m.Storeys() {
		if s.Building == 0 || !s.Stated || s.Elevation < -groundFloor || s.Elevation > groundFloor {
			continue
		}
		// The storey's placement says where the elevation is; its own height is the level.
		z := m.Placement(s.Entity)[11] - s.Elevation
		levels[s.Building] = z
	}
	for b := range m.All(schema.IfcBuilding) {
		terrain, ok1 := m.Attr(b, "ElevationOfTerrain").Float()
		zero, ok2 := m.Attr(b, "ElevationOfRefHeight").Float()
		// Programs write two zeros when nobody said.
		if above := (terrain - zero) * m.Units().Length; ok1 && ok2 && terrain != zero && math.Abs(above) < terrainReach {
			levels[b] = m.Placement(b)[11] + above
		}
	}
	return levels
}

// terrainReach is how far from a building's zero, in metres, its terrain may lie.
const terrainReach = 50
