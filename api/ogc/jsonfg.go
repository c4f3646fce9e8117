package ogc

import (
	"fmt"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

// fgConforms are the classes of JSON-FG 1.0 (OGC 21-045r1) that the documents follow.
var fgConforms = []string{
	"http://www.opengis.net/spec/json-fg-1/1.0/conf/core",
	"http://www.opengis.net/spec/json-fg-1/1.0/conf/types-schemas",
	"http://www.opengis.net/spec/json-fg-1/1.0/conf/polyhedra",
}

// featuresAndGeometries is JSON-FG: GeoJSON with the time in which a feature stands, and a
// place beside the geometry. The place is the solid, or the geometry in the reference system
// that was asked for; null where it would only repeat the geometry.
type featuresAndGeometries struct {
	enc    Encoder // whose geometry stays in longitude and latitude
	system system
	refsys any // of the place: a URI, or two of a compound system
	schema string
	name   string
	solids solids
}

func newFeaturesAndGeometries(c echo.Context, a *ask) *featuresAndGeometries {
	shape := a.shape
	shape.system = plainSystem
	e := &featuresAndGeometries{enc: NewEncoder(shape), system: a.shape.system, name: a.coll.Name,
		schema: collectionURL(c, a.coll.Name) + "/schema"}
	e.refsys = refsysOf(&e.system, &a.coll)
	e.solids = solids{system: &e.system}
	return e
}

// refsysOf names the system of a place: where heights have a system of their own, together
// with it.
func refsysOf(s *system, coll *spatial.Collection) any {
	code, ok := strings.CutPrefix(coll.VerticalCRS, "EPSG:")
	if !ok || (s.to != nil && s.to.To().Dimension() == 3) {
		return s.uri
	}
	return []string{s.uri, "http://www.opengis.net/def/crs/EPSG/0/" + code}
}

// head are the members that a document has once.
func (e *featuresAndGeometries) head(dst []byte) []byte {
	for _, m := range []struct {
		name  string
		value any
	}{{"conformsTo", fgConforms}, {"featureType", e.name}, {"featureSchema", e.schema}, {"coordRefSys", e.refsys}} {
		text, _ := rest.JSONText(m.value) // texts and lists of texts: cannot fail
		dst = append(append(append(append(dst, ",\""...), m.name...), "\":"...), text...)
	}
	return dst
}

func (e *featuresAndGeometries) open(dst []byte) []byte {
	dst = e.head(append(dst, `{"type":"FeatureCollection"`...))
	return append(dst, `,"features":[`...)
}

func (e *featuresAndGeometries) feature(dst []byte, f *spatial.Feature, first bool) ([]byte, error) {
	if !first {
		dst = append(dst, ',')
	}
	dst, err := e.members(dst, f, false)
	return append(dst, '}', '\n'), err
}

// members appends a feature without the brace that closes it.
func (e *featuresAndGeometries) members(dst []byte, f *spatial.Feature, alone bool) ([]byte, error) {
	dst = append(dst, `{"type":"Feature"`...)
	if alone {
		dst = e.head(dst)
	}
	dst = append(dst, `,"id":`...)
	dst = spatial.StringOf(f.ID).AppendJSON(dst)
	dst = appendFGTime(append(dst, `,"time":`...), f.Valid)
	dst = append(dst, `,"geometry":`...)
	dst = AppendGeometry(dst, f.Geometry)
	dst, err := e.place(append(dst, `,"place":`...), f)
	if err != nil {
		return dst, outsideSystem(&e.system, f, err)
	}
	if e.enc.distance {
		dst = append(dst, `,"distance":`...)
		dst = appendFixed(dst, f.Distance, metreDigits)
	}
	return e.enc.properties(append(dst, `,"properties":`...), f), nil
}

// place appends the solid, or the geometry in another system than longitude and latitude.
func (e *featuresAndGeometries) place(dst []byte, f *spatial.Feature) ([]byte, error) {
	out, ok, err := e.solids.append(dst, f.Body)
	switch {
	case err != nil || ok:
		return out, err
	case e.system.to == nil && !e.system.swap:
		return append(dst, "null"...), nil
	}
	g, err := e.system.geometry(f.Geometry)
	if err != nil {
		return dst, err
	}
	return e.system.appendGeometry(dst, g), nil
}

// appendFGTime appends when a feature stands: an interval, ".." for an open side, or null.
func appendFGTime(dst []byte, valid spatial.Interval) []byte {
	if valid.IsAll() {
		return append(dst, "null"...)
	}
	side := func(text string) string {
		if text == "" {
			return ".."
		}
		return text
	}
	return fmt.Appendf(dst, `{"interval":["%s","%s"]}`, side(spatial.FormatTime(valid.Start)), side(spatial.FormatTime(valid.End)))
}

func (e *featuresAndGeometries) end(dst []byte, t tail) ([]byte, error) { return endOf(dst, t) }

func (e *featuresAndGeometries) linked() bool { return false }
