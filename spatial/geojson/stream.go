package geojson

import (
	"fmt"

	"github.com/go-faster/jx"

	"github.com/shikong-cim/shikong/spatial"
)

// object is what was gathered of one JSON object until its end, since members come in any
// order.
type object struct {
	typ         string
	id          string
	geometry    geometry
	bare        geometry // coordinates or geometries at the top level
	properties  []spatial.Property
	hasFeatures bool
	hasCRS      bool
}

// text reads one top-level object: a FeatureCollection, a Feature or a geometry.
func (r *Reader) text() error {
	var o object
	err := r.dec.ObjBytes(func(d *jx.Decoder, key []byte) error {
		switch string(key) {
		case "features":
			o.hasFeatures = true
			return r.features(d)
		case "crs":
			o.hasCRS = true
			return r.crsMember(d, o.hasFeatures)
		}
		return r.member(d, &o, key)
	})
	if err != nil {
		return err
	}
	switch {
	case o.typ == "Feature" && !o.hasFeatures:
		return r.emit(&o)
	case o.typ == "FeatureCollection" && o.hasFeatures:
		return nil
	case geometryTypes[o.typ] != 0 && !o.hasFeatures:
		o.bare.typ = geometryTypes[o.typ]
		o.geometry = o.bare
		return r.emit(&o)
	case o.typ == "FeatureCollection":
		return notGeoJSON(`a FeatureCollection without "features"`)
	}
	if o.typ == "CityJSON" {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-geojson", Message: "the file is CityJSON, not GeoJSON", Hint: "say so with --format cityjson, or call it .city.json"}
	}
	if o.typ == "" {
		return notGeoJSON("an object without a type")
	}
	return notGeoJSON(fmt.Sprintf("an object of the type %.40q", o.typ))
}

func notGeoJSON(what string) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-geojson", Message: what + " is no GeoJSON",
		Hint: "give a FeatureCollection, a Feature, or one of them a line"}
}

// features reads the array of a FeatureCollection.
func (r *Reader) features(d *jx.Decoder) error {
	return d.Arr(func(d *jx.Decoder) error {
		if d.Next() != jx.Object {
			return fmt.Errorf("a member of \"features\" is no object")
		}
		var o object
		if err := d.ObjBytes(func(d *jx.Decoder, key []byte) error { return r.member(d, &o, key) }); err != nil {
			return err
		}
		if o.typ != "Feature" {
			return notGeoJSON(fmt.Sprintf("a member of \"features\" of the type %.40q", o.typ))
		}
		return r.emit(&o)
	})
}

// member reads one member of a Feature or geometry.
func (r *Reader) member(d *jx.Decoder, o *object, key []byte) error {
	switch string(key) {
	case "type":
		s, err := d.Str()
		o.typ = s
		return err
	case "id":
		return r.idMember(d, o)
	case "geometry":
		return o.geometry.read(d, 0)
	case "properties":
		return r.propertiesMember(d, o)
	case "coordinates":
		return o.bare.readCoordinates(d)
	case "geometries":
		return o.bare.readMembers(d, 0)
	}
	return d.Skip() // a foreign member, RFC 7946 §6.1
}

func (r *Reader) idMember(d *jx.Decoder, o *object) error {
	v, err := spatial.DecodeValue(d)
	if err != nil {
		return err
	}
	switch v.Kind() {
	case spatial.Null:
	case spatial.String, spatial.Int, spatial.Float:
		o.id = v.Text()
	default:
		return notGeoJSON("an id that is neither a string nor a number")
	}
	return nil
}

// maxDepth bounds the nesting of geometry collections.
const maxDepth = 64

func (r *Reader) propertiesMember(d *jx.Decoder, o *object) error {
	if d.Next() == jx.Null {
		return d.Null()
	}
	o.properties = make([]spatial.Property, 0, 8)
	return d.ObjBytes(func(d *jx.Decoder, key []byte) error {
		// The key is only lent; names repeat on every feature, so one copy of each is kept.
		name, ok := r.keys[string(key)]
		if !ok {
			name = string(key)
			if len(r.keys) < 1<<16 {
				r.keys[name] = name
			}
		}
		v, err := spatial.DecodeValue(d)
		if err != nil {
			return fmt.Errorf("property %.60q: %w", name, err)
		}
		o.properties = append(o.properties, spatial.Property{Name: name, Value: v})
		return nil
	})
}

// emit finishes a feature and hands it on.
func (r *Reader) emit(o *object) error {
	g, err := o.geometry.build(r)
	if err != nil {
		return err
	}
	f, keep, err := r.in.Take(o.id, g, o.properties)
	if err != nil {
		return err
	}
	if keep && !r.yield(f, nil) {
		return errStop
	}
	return nil
}
