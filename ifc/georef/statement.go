package georef

import (
	"math"
	"strconv"
	"strings"

	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// statement is what a map conversion says, in the numbers of the file.
type statement struct {
	east, north, height float64
	abscissa, ordinate  float64
	hasAxis             bool
	scale               float64
	factor              [3]float64 // IfcMapConversionScaled
	mapUnit             float64    // metres; 0 when not given
	hasHeight           bool
	heightUnit          float64 // metres, of an IfcGeographicCRS; 0 when not given
	angles              bool    // east and north are longitude and latitude in degrees
}

func (st statement) rotation() (float64, bool) {
	if !st.hasAxis || !(math.Hypot(st.abscissa, st.ordinate) > 0) || math.IsInf(math.Hypot(st.abscissa, st.ordinate), 0) {
		return 0, !st.hasAxis
	}
	return math.Atan2(st.ordinate, st.abscissa), true
}

// finite reports whether all numbers are usable.
func (st statement) finite() bool {
	sum := st.east + st.north + st.height + st.scale + st.factor[0] + st.factor[1] + st.factor[2] + st.abscissa + st.ordinate
	return !math.IsNaN(sum) && !math.IsInf(sum, 0) && st.scale > 0 && st.factor[0] > 0 && st.factor[1] > 0 && st.factor[2] > 0
}

// target is what a file says about the system of its map coordinates.
type target struct {
	name, description, datum, vertical, projection, zone, wkt string
}

func (t target) isEmpty() bool {
	return strings.TrimSpace(t.name+t.wkt+t.projection) == ""
}

// label is what the file calls the system.
func (t target) label() string {
	for _, s := range []string{t.name, t.description, t.projection + " " + t.zone} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// resolve returns the system that is meant: by its name, by its well-known text, by what
// its description names, or by datum, projection and zone.
func (t target) resolve() (*crs.CRS, error) {
	name := strings.TrimSpace(t.name)
	c, err := crs.Parse(name)
	if err == nil {
		return c, nil
	}
	if w := strings.TrimSpace(t.wkt); w != "" {
		c, wktErr := crs.ParseWKT(w)
		if wktErr == nil {
			return c, nil
		}
		if name == "" || strings.EqualFold(name, "wkt") {
			return nil, problem(wktErr, crsHint)
		}
	}
	if c, ok := t.byParameters(); ok {
		return c, nil
	}
	if code, ok := leadingCode(t.description); ok && !isCode(name) {
		if c, err := crs.Parse(code); err == nil {
			return c, nil
		}
	}
	return nil, problem(err, crsHint)
}

// isCode reports whether the name is an EPSG code: then it means that and nothing else.
func isCode(name string) bool {
	_, ok := leadingCode(name)
	return ok
}

// leadingCode returns the EPSG code that a text begins with.
func leadingCode(text string) (string, bool) {
	rest, ok := cutPrefixFold(strings.TrimSpace(text), "EPSG:")
	if !ok {
		return "", false
	}
	rest = strings.TrimLeft(rest, ": ")
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	return "EPSG:" + rest[:n], n > 0
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// byParameters understands the projections that are families of zones.
func (t target) byParameters() (*crs.CRS, bool) {
	if isCode(t.name) {
		return nil, false
	}
	datum, err := crs.DatumByName(strings.TrimSpace(t.datum))
	if err != nil {
		return nil, false
	}
	zone, south, ok := zoneOf(t.zone)
	if !ok {
		return nil, false
	}
	p := strings.ToLower(t.projection)
	var c *crs.CRS
	switch {
	case strings.Contains(p, "utm"), strings.Contains(p, "mga"):
		if strings.Contains(p, "mga") || strings.HasPrefix(datum.Name(), "Geocentric Datum of Australia") {
			south = true
		}
		c, err = crs.UTM(datum, zone, south)
	case strings.Contains(p, "gauss"), strings.Contains(p, "3-degree"), strings.Contains(p, "3 degree"):
		c, err = crs.GaussKruger(datum, float64(3*zone), zone)
	case strings.Contains(p, "6-degree"), strings.Contains(p, "6 degree"):
		c, err = crs.GaussKruger(datum, float64(6*zone-3), zone)
	default:
		return nil, false
	}
	return c, err == nil
}

// zoneOf reads "33N", "UTM32", "56", "zone 18 S".
func zoneOf(text string) (zone int, south, ok bool) {
	i := strings.IndexAny(text, "0123456789")
	if i < 0 {
		return 0, false, false
	}
	rest := text[i:]
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		zone = min(zone*10+int(rest[n]-'0'), 1000)
		n++
	}
	south = strings.HasPrefix(strings.ToUpper(strings.TrimSpace(rest[n:])), "S")
	return zone, south, zone >= 1 && zone <= 120
}

// verticals are names of vertical datums that are met in models.
var verticals = map[string]string{
	"ellipsoid": "ellipsoidal", "ellipsoidal": "ellipsoidal", "wgs84": "ellipsoidal", "wgs 84": "ellipsoidal",
	"1985国家高程基准": "EPSG:5737", "国家85高程基准": "EPSG:5737", "1985 national height datum": "EPSG:5737", "yellow sea 1985": "EPSG:5737",
	"1956黄海高程系": "EPSG:5736", "yellow sea 1956": "EPSG:5736", "yellow sea": "EPSG:5736",
	"n2000": "EPSG:3900", "dhhn92": "EPSG:5783", "dhhn2016": "EPSG:7837", "dhhn12": "EPSG:7699", "nap": "EPSG:5709",
	"navd88": "EPSG:5703", "ahd": "EPSG:5711", "evrf2007": "EPSG:5621", "nn2000": "EPSG:5941", "rh2000": "EPSG:5613",
	"ln02": "EPSG:5728", "odn": "EPSG:5701", "newlyn": "EPSG:5701", "ngf-ign69": "EPSG:5720", "ign69": "EPSG:5720",
}

// verticalOf returns what heights count from: by the file's word for its vertical datum,
// else by the compound system that it names.
func (t target) verticalOf(c *crs.CRS) (label string, known bool) {
	text := strings.TrimSpace(t.vertical)
	if code, ok := leadingCode(text); ok {
		return code, true
	}
	if v, ok := verticals[strings.ToLower(text)]; ok {
		return v, true
	}
	if c != nil {
		switch v := c.Vertical(); {
		case v.Ellipsoidal:
			return "ellipsoidal", true
		case v.Code != 0:
			return "EPSG:" + strconv.Itoa(v.Code), true
		}
	}
	return "", text == ""
}

// textOf returns a text attribute without the blanks around it.
func textOf(m *model.Model, e model.Entity, name string) string {
	return strings.TrimSpace(m.Attr(e, name).Text())
}
