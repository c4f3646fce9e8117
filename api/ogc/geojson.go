package ogc

import (
	"slices"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// Shape says how features are written.
type Shape struct {
	// Properties are the names to write, nil for all; see Members.
	Properties []string
	// Fields are the collection's. Values in columns of text are written as text, whatever
	// they are in the source, so that a column keeps its type in all rows.
	Fields []spatial.Field
	// Distance says that the features answer a nearest query.
	Distance bool
	// system is that of the coordinates; the zero value gives them as the store has them.
	system system
}

// members are the properties that every feature can have beside those of its source. Where
// a source has a property of the same name, what the store knows wins.
var members = []string{"class", "name", "model", "storey", "z_min", "z_max", "underground",
	"valid_from", "valid_to", "recorded_from", "recorded_to", "distance"}

// Members returns the names of the properties that the server adds to those of the source:
// class, name, model, storey, z_min, z_max (metres), underground, valid_from, valid_to,
// recorded_from, recorded_to, and distance (metres) in a nearest answer.
func Members() []string { return slices.Clone(members) }

// Encoder writes features as GeoJSON (RFC 7946): longitude, latitude and, where the source
// knows heights, metres, or the coordinates of another system in the order of its axes (OGC
// 18-058r1); exterior rings counterclockwise. Make it with NewEncoder; it holds
// no state of a feature and may be used by many goroutines.
type Encoder struct {
	wanted   map[string]bool // nil for all
	texts    map[string]bool // columns of text
	distance bool
	system   system
}

// NewEncoder returns an encoder for the shape.
func NewEncoder(s Shape) Encoder {
	e := Encoder{distance: s.Distance, system: s.system, texts: map[string]bool{}}
	for _, f := range s.Fields {
		if f.Type == spatial.FieldString {
			e.texts[f.Name] = true
		}
	}
	if e.system.uri == "" {
		e.system = plainSystem
	}
	if s.Properties != nil {
		e.wanted = make(map[string]bool, len(s.Properties))
		for _, name := range s.Properties {
			e.wanted[name] = true
		}
	}
	return e
}

// Append appends the feature as one JSON object, in longitude and latitude.
func (e Encoder) Append(dst []byte, f *spatial.Feature) []byte {
	e.system = plainSystem
	dst, _ = e.feature(dst, f) // longitude and latitude show every place
	return dst
}

// feature appends the feature as one JSON object. The error says that it lies where the
// reference system asked for cannot show it.
func (e Encoder) feature(dst []byte, f *spatial.Feature) ([]byte, error) {
	dst, err := e.open(dst, f)
	return append(dst, '}'), err
}

// open appends the feature without the brace that closes it, so that members can follow.
func (e Encoder) open(dst []byte, f *spatial.Feature) ([]byte, error) {
	g, err := e.system.geometry(f.Geometry)
	if err != nil {
		return dst, outsideSystem(&e.system, f, err)
	}
	dst = e.system.appendGeometry(begin(dst, f), g)
	return e.properties(e.middle(dst, f), f), nil
}

// begin appends what stands before the geometry.
func begin(dst []byte, f *spatial.Feature) []byte {
	dst = spatial.StringOf(f.ID).AppendJSON(append(dst, `{"type":"Feature","id":`...))
	return append(dst, `,"geometry":`...)
}

// middle appends what stands between the geometry and the properties.
func (e *Encoder) middle(dst []byte, f *spatial.Feature) []byte {
	if e.distance {
		dst = append(dst, `,"distance":`...)
		dst = appendFixed(dst, f.Distance, metreDigits)
	}
	return append(dst, `,"properties":`...)
}

// properties appends the server's members and then the source's properties.
func (e *Encoder) properties(dst []byte, f *spatial.Feature) []byte {
	w := e.own(dst, f)
	for i := range f.Properties {
		p := &f.Properties[i]
		if !taken(p.Name, f, e.distance) && w.name(p.Name) {
			w.dst = appendValue(w.dst, p.Value, e.texts[p.Name])
		}
	}
	return append(w.dst, '}')
}

// appendValue appends the value of a property, as text in a column of text.
func appendValue(dst []byte, v spatial.Value, text bool) []byte {
	if text {
		return v.AppendJSONText(dst)
	}
	return v.AppendJSON(dst)
}

// own begins an object with the server's members.
func (e *Encoder) own(dst []byte, f *spatial.Feature) object {
	w := object{dst: append(dst, '{'), wanted: e.wanted}
	w.text("class", f.Kind)
	w.text("name", f.Name)
	w.text("model", f.Model)
	w.text("storey", f.Storey)
	if f.Z.Known {
		w.metres("z_min", f.Z.Min)
		w.metres("z_max", f.Z.Max)
	}
	if f.Underground != spatial.Unknown && w.key("underground") {
		w.dst = spatial.BoolOf(f.Underground == spatial.Yes).AppendJSON(w.dst)
	}
	w.time("valid_from", f.Valid.Start)
	w.time("valid_to", f.Valid.End)
	w.time("recorded_from", f.Recorded.Start)
	w.time("recorded_to", f.Recorded.End)
	if e.distance {
		w.metres("distance", f.Distance)
	}
	return w
}

// taken reports whether the server has written a member of that name.
func taken(name string, f *spatial.Feature, distance bool) bool {
	switch name {
	case "class":
		return f.Kind != ""
	case "name":
		return f.Name != ""
	case "model":
		return f.Model != ""
	case "storey":
		return f.Storey != ""
	case "z_min", "z_max":
		return f.Z.Known
	case "underground":
		return f.Underground != spatial.Unknown
	case "valid_from":
		return !f.Valid.Start.IsZero()
	case "valid_to":
		return !f.Valid.End.IsZero()
	case "recorded_from":
		return !f.Recorded.Start.IsZero()
	case "recorded_to":
		return !f.Recorded.End.IsZero()
	case "distance":
		return distance
	}
	return false
}

// object writes the members of a JSON object that are wanted.
type object struct {
	dst    []byte
	wanted map[string]bool
	some   bool
}

func (o *object) comma() {
	if o.some {
		o.dst = append(o.dst, ',')
	}
	o.some = true
}

// key writes a name that needs no escape and reports whether its value is wanted.
func (o *object) key(name string) bool {
	if o.wanted != nil && !o.wanted[name] {
		return false
	}
	o.comma()
	o.dst = append(o.dst, '"')
	o.dst = append(o.dst, name...)
	o.dst = append(o.dst, '"', ':')
	return true
}

// name is key for names out of a file.
func (o *object) name(name string) bool {
	if o.wanted != nil && !o.wanted[name] {
		return false
	}
	o.comma()
	o.dst = append(spatial.StringOf(name).AppendJSON(o.dst), ':')
	return true
}

func (o *object) text(name, v string) {
	if v != "" && o.key(name) {
		o.dst = spatial.StringOf(v).AppendJSON(o.dst)
	}
}

func (o *object) metres(name string, v float64) {
	if o.key(name) {
		o.dst = appendFixed(o.dst, v, metreDigits)
	}
}

func (o *object) time(name string, t time.Time) {
	if !t.IsZero() && o.key(name) {
		o.dst = append(o.dst, '"')
		o.dst = t.UTC().AppendFormat(o.dst, time.RFC3339Nano)
		o.dst = append(o.dst, '"')
	}
}
