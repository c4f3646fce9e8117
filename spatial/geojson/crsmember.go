package geojson

import (
	"fmt"

	"github.com/go-faster/jx"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// crsMember reads the crs member of the 2008 form of GeoJSON: {"type":"name",
// "properties":{"name":…}}, or null. The axis order of its coordinates is east, north
// whatever the authority says, as every writer has it.
func (r *Reader) crsMember(d *jx.Decoder, late bool) error {
	raw, err := d.Raw()
	if err != nil || r.in.Fixed() || string(raw) == "null" {
		return err
	}
	name := ""
	err = jx.DecodeBytes(raw).ObjBytes(func(d *jx.Decoder, key []byte) error {
		if string(key) != "properties" || d.Next() != jx.Object {
			return d.Skip()
		}
		return d.ObjBytes(func(d *jx.Decoder, key []byte) (err error) {
			if string(key) != "name" || d.Next() != jx.String {
				return d.Skip()
			}
			name, err = d.Str()
			return err
		})
	})
	if err != nil || name == "" {
		return &spatial.Problem{Kind: spatial.ErrUnsupported, Code: crs.CodeUnsupported,
			Message: fmt.Sprintf("the crs member %.120s names no reference system", raw), Hint: "name it with --crs EPSG:…"}
	}
	before := r.in.CRS()
	if err := r.in.Use(name); err != nil {
		return err
	}
	if late && r.Count() > 0 && before != r.CRS() {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "crs-after-features",
			Message: fmt.Sprintf("the file says only behind its features that they are in %s", name),
			Hint:    fmt.Sprintf("import it with --crs %s", r.CRS())}
	}
	return nil
}
