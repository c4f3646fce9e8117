package cityjson

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-faster/jx"

	"github.com/shikong-cim/shikong/spatial"
)

// object is one city object.
type object struct {
	typ        string
	of         string // the city object that this is a state of, "" when it does not say
	geometries []*geometry
	properties []spatial.Property
}

// readObject reads a city object. A geometry that cannot be read is handed to report and left
// out.
func readObject(raw jx.Raw, report func(error)) (*object, error) {
	o := &object{}
	err := jx.DecodeBytes(raw).ObjBytes(func(d *jx.Decoder, key []byte) (err error) {
		switch string(key) {
		case "type":
			o.typ, err = d.Str()
			return err
		case "cityobject_id":
			if d.Next() != jx.String {
				return d.Skip()
			}
			o.of, err = d.Str()
			return err
		case "attributes":
			return o.readAttributes(d)
		case "geometry":
			return o.readGeometries(d, report)
		case "parents", "children", "address":
			return o.keep(d, string(key))
		}
		return d.Skip()
	})
	if err == nil && o.typ == "" {
		err = invalid("missing-type", "the city object has no type")
	}
	return o, err
}

func (o *object) readAttributes(d *jx.Decoder) error {
	if d.Next() != jx.Object {
		return d.Skip()
	}
	return d.ObjBytes(func(d *jx.Decoder, key []byte) error { return o.keep(d, string(key)) })
}

// keep keeps a value as a property.
func (o *object) keep(d *jx.Decoder, name string) error {
	v, err := spatial.DecodeValue(d)
	if err == nil {
		o.properties = append(o.properties, spatial.Property{Name: name, Value: v})
	}
	return err
}

func (o *object) readGeometries(d *jx.Decoder, report func(error)) error {
	if d.Next() != jx.Array {
		return d.Skip()
	}
	return d.Arr(func(d *jx.Decoder) error {
		raw, err := d.Raw()
		if err != nil {
			return err
		}
		g, err := readGeometry(raw)
		if err != nil {
			report(err)
			return nil
		}
		o.geometries = append(o.geometries, g)
		return nil
	})
}

// lodNumber orders levels of detail; one that is no number comes first.
func lodNumber(lod string) float64 {
	v, err := strconv.ParseFloat(lod, 64)
	if err != nil {
		return -1
	}
	return v
}

// byDetail sorts geometries from the finest to the coarsest; of equal ones a solid comes
// before surfaces.
func byDetail(list []placedGeometry) {
	slices.SortStableFunc(list, func(a, b placedGeometry) int {
		solid := map[bool]int{true: 1}
		return cmp.Or(cmp.Compare(lodNumber(b.lod), lodNumber(a.lod)), solid[solidKinds[b.typ]]-solid[solidKinds[a.typ]])
	})
}

// lods returns the levels of detail that an object has, as the text of a property.
func lods(list []placedGeometry) string {
	text := ""
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].lod != "" && (i == len(list)-1 || list[i].lod != list[i+1].lod) {
			if text != "" {
				text += ", "
			}
			text += list[i].lod
		}
	}
	return text
}

// codeOf returns the code and message of an error about a part of an object.
func codeOf(err error) (code, message string) {
	if p, ok := err.(*spatial.Problem); ok { //nolint:errorlint // made in this package, never wrapped
		return p.Code, p.Message
	}
	return "invalid-geometry", fmt.Sprint(err)
}
