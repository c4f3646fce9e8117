package ogc

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// table is CSV (RFC 4180): a row for each feature, its id first, its geometry as WKT last,
// between them what the store knows of every feature and the source's properties by name.
type table struct {
	system system
	names  []string
	// members says which of the columns are the store's own.
	members []bool
	buf     bytes.Buffer
	w       *csv.Writer
	row     []string
}

// tableMembers are the store's own columns.
var tableMembers = []string{"class", "name", "model", "storey", "z_min", "z_max", "underground", "valid_from", "valid_to", "recorded_from"}

func newTable(a *ask) *table {
	t := &table{system: a.shape.system}
	own := slices.Clone(tableMembers)
	if a.shape.Distance {
		own = append(own, "distance")
	}
	for _, name := range own {
		if a.shape.Properties == nil || slices.Contains(a.shape.Properties, name) {
			t.names, t.members = append(t.names, name), append(t.members, true)
		}
	}
	for _, f := range a.coll.Fields {
		if (a.shape.Properties == nil || slices.Contains(a.shape.Properties, f.Name)) && !slices.Contains(t.names, f.Name) {
			t.names, t.members = append(t.names, f.Name), append(t.members, false)
		}
	}
	t.w = csv.NewWriter(&t.buf)
	t.w.UseCRLF = true // RFC 4180 §2.1
	return t
}

func (t *table) linked() bool { return true }

func (t *table) open(dst []byte) []byte {
	dst, _ = t.line(dst, append(append([]string{"id"}, t.names...), "geometry")) // to a buffer
	return dst
}

func (t *table) line(dst []byte, row []string) ([]byte, error) {
	t.buf.Reset()
	err := t.w.Write(row)
	t.w.Flush()
	return append(dst, t.buf.Bytes()...), err
}

func (t *table) feature(dst []byte, f *spatial.Feature, _ bool) ([]byte, error) {
	t.row = append(t.row[:0], f.ID)
	for i, name := range t.names {
		t.row = append(t.row, cellOf(f, name, t.members[i]))
	}
	g, err := t.system.geometry(f.Geometry)
	if err != nil {
		return dst, outsideSystem(&t.system, f, err)
	}
	text, err := t.wkt(g)
	if err != nil {
		return dst, fmt.Errorf("geometry of %s: %w", f.ID, err)
	}
	return t.line(dst, append(t.row, text))
}

// cellOf is what the store knows under a name or, where it knows nothing, the property.
func cellOf(f *spatial.Feature, name string, member bool) string {
	if member {
		switch name {
		case "distance":
			return string(appendFixed(nil, f.Distance, metreDigits))
		case "z_min", "z_max":
			if f.Z.Known {
				return string(appendFixed(nil, f.SortValue(name).Float(), metreDigits))
			}
		case "valid_from":
			return spatial.FormatTime(f.Valid.Start)
		case "valid_to":
			return spatial.FormatTime(f.Valid.End)
		case "recorded_from":
			return spatial.FormatTime(f.Recorded.Start)
		}
		return f.SortValue(name).Text()
	}
	v, _ := f.Properties.Get(name)
	if v.Kind() == spatial.Float {
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	}
	return v.Text()
}

func (t *table) wkt(g geom.T) (string, error) {
	if g == nil {
		return "", nil
	}
	if t.system.swap {
		swapAxes(g) // a copy: the coordinates of such a system are not the store's
	}
	return wkt.NewEncoder(wkt.EncodeOptionWithMaxDecimalDigits(t.system.digits)).Encode(g)
}

func swapAxes(g geom.T) {
	if c, ok := g.(*geom.GeometryCollection); ok {
		for _, m := range c.Geoms() {
			swapAxes(m)
		}
		return
	}
	crs.SwapAxes(g.FlatCoords(), g.Stride())
}

func (t *table) end(dst []byte, _ tail) ([]byte, error) { return dst, nil }
