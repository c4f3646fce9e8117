package crs

import (
	_ "embed"
	"fmt"
	"iter"
	"math"
	"sort"
	"strconv"
	"strings"
	"sync"
)

//go:embed epsg.tsv
var epsgTable string

// record is one row of the table, not yet parsed but for its code.
type record struct {
	code int
	line string
}

// The columns of epsg.tsv.
const (
	colCode = iota
	colKind
	colDatum
	colName
	colLat0 // of a compound row: the horizontal code
	colLon0 // of a compound row: the vertical code
	colScale
	colParallel1
	colParallel2
	colFE
	colFN
	colUnit
	colAxes
	colWest
	colSouth
	colEast
	colNorth
	columns
)

// kindMethods translates the kind column of projected rows.
var kindMethods = map[string]Method{
	"tmerc": MethodTransverseMercator, "lcc1": MethodLambert1SP, "lcc2": MethodLambert2SP,
	"sterea": MethodObliqueStereographic, "merc1": MethodMercatorA, "merc2": MethodMercatorB,
	"webmerc": MethodWebMercator, "omerca": MethodObliqueMercatorA, "omercb": MethodObliqueMercatorB, "krovak": MethodKrovak,
}

var tableUnits = map[string]Unit{"m": Metre, "ft": Foot, "ftUS": USSurveyFoot, "deg": Degree}

// records splits the table once, on first use.
var records = sync.OnceValue(func() []record {
	var rows []record
	for line := range strings.Lines(epsgTable) {
		if line[0] == '#' {
			continue
		}
		line = strings.TrimSuffix(line, "\n")
		code, _, _ := strings.Cut(line, "\t")
		n, err := strconv.Atoi(code)
		if err != nil || len(rows) > 0 && n <= rows[len(rows)-1].code {
			panic("crs: epsg.tsv is embedded and sorted by code: " + line) //nolint:forbidigo // only a broken build has another
		}
		rows = append(rows, record{n, line})
	}
	return rows
})

// codeAliases are codes in use for systems that EPSG knows under another number.
var codeAliases = map[int]int{900913: 3857, 3785: 3857, 102100: 3857, 102113: 3857}

// Codes returns every EPSG code that ByCode knows, ascending.
func Codes() []int {
	rows := records()
	codes := make([]int, len(rows))
	for i, r := range rows {
		codes[i] = r.code
	}
	return codes
}

// ByCode returns the system with an EPSG code, or an error with code crs-unsupported.
func ByCode(code int) (*CRS, error) {
	if to, ok := codeAliases[code]; ok {
		code = to
	}
	rows := records()
	i := sort.Search(len(rows), func(i int) bool { return rows[i].code >= code })
	if i == len(rows) || rows[i].code != code {
		return nil, unsupported("transform the data to a supported system first, for example EPSG:4326, or give the projection's parameters as WKT",
			"the coordinate reference system EPSG:%d is not supported", code)
	}
	return rows[i].crs()
}

// mustByCode is for codes that the table is known to have.
func mustByCode(code int) *CRS {
	c, err := ByCode(code)
	if err != nil {
		panic(err) //nolint:forbidigo // the table is embedded
	}
	return c
}

var (
	wgs84       = sync.OnceValue(func() *CRS { return mustByCode(4326) })
	cgcs2000    = sync.OnceValue(func() *CRS { return mustByCode(4490) })
	webMercator = sync.OnceValue(func() *CRS { return mustByCode(3857) })
)

// WGS84 returns longitude, latitude on WGS 84, EPSG:4326.
func WGS84() *CRS { return wgs84() }

// CGCS2000 returns longitude, latitude on China Geodetic Coordinate System 2000, EPSG:4490.
func CGCS2000() *CRS { return cgcs2000() }

// WebMercator returns the system of web maps, EPSG:3857.
func WebMercator() *CRS { return webMercator() }

// crs builds the system of a row.
func (r record) crs() (*CRS, error) {
	c, err := r.describe()
	if err != nil || c.conv != nil {
		return c, err
	}
	proj, err := newProjection(c.method, c.datum.ellipsoid, c.params)
	if err != nil {
		return nil, fmt.Errorf("crs: row %d of epsg.tsv: %w", r.code, err)
	}
	c.conv = &plane{projection: proj, unit: c.unit.Factor}
	return c, nil
}

// describe reads a row; a projected system has no converter yet.
func (r record) describe() (*CRS, error) {
	f := strings.Split(r.line, "\t")
	if len(f) != columns {
		return nil, fmt.Errorf("crs: row %d of epsg.tsv has %d columns", r.code, len(f))
	}
	num := func(i int) float64 {
		v, _ := strconv.ParseFloat(f[i], 64) // an empty column is 0
		return v
	}
	area := Box{num(colWest), num(colSouth), num(colEast), num(colNorth)}
	if f[colKind] == "comp" {
		return compound(r.code, f[colName], int(num(colLat0)), int(num(colLon0)), area)
	}
	datum, err := DatumByCode(int(num(colDatum)))
	if err != nil {
		return nil, fmt.Errorf("crs: row %d of epsg.tsv: %w", r.code, err)
	}
	c := &CRS{code: r.code, name: f[colName], datum: datum, area: area, unit: tableUnits[f[colUnit]], dimension: 2}
	if f[colAxes] == "ne" {
		c.order = NorthEast
	}
	if r.geodetic(c, f[colKind]) {
		return c, nil
	}
	c.kind, c.method = Projected, kindMethods[f[colKind]]
	c.params = Parameters{
		Lat0: num(colLat0), Lon0: num(colLon0), Scale: num(colScale), Parallel1: num(colParallel1), Parallel2: num(colParallel2),
		FalseEasting: num(colFE) * c.unit.Factor, FalseNorthing: num(colFN) * c.unit.Factor,
	}
	if c.method == MethodObliqueMercatorA || c.method == MethodObliqueMercatorB {
		c.params.Azimuth, c.params.GridAngle, c.params.Parallel1, c.params.Parallel2 = c.params.Parallel1, c.params.Parallel2, 0, 0
	}
	return c, nil
}

// geodetic completes a system that has no projection and reports whether it was one.
func (record) geodetic(c *CRS, kind string) bool {
	switch kind {
	case "geo2":
		c.conv = lonLat{}
	case "geo3":
		c.conv, c.dimension, c.vertical = lonLat{}, 3, Vertical{Ellipsoidal: true}
	case "cart":
		c.kind, c.order, c.dimension, c.vertical = Geocentric, XYZ, 3, Vertical{Ellipsoidal: true}
		c.conv = geocentric{c.datum.ellipsoid}
	default:
		return false
	}
	return true
}

// compound joins a horizontal system and the code of a vertical one.
func compound(code int, name string, horizontal, vertical int, area Box) (*CRS, error) {
	h, err := ByCode(horizontal)
	if err != nil {
		return nil, err
	}
	if h.dimension == 3 {
		return nil, unsupported("combine it with a 2D system", "%s has heights of its own and cannot be combined with a vertical system", h)
	}
	c := *h
	_, vname, _ := strings.Cut(name, " + ")
	c.code, c.name, c.dimension, c.horizontal = code, name, 3, h
	c.vertical = Vertical{Code: vertical, Name: vname}
	if area != (Box{}) {
		c.area = area
	}
	return &c, nil
}

// ByProjection returns a projected system by its parameters. When the table has the same
// one its code and area come with it. Parameters are in degrees and metres, whatever the
// unit. Errors have code crs-unsupported and name the parameter.
func ByProjection(name string, datum *Datum, method Method, p Parameters, unit Unit) (*CRS, error) {
	if datum == nil {
		return nil, unsupported("", "the projected system %s has no datum", quote(name))
	}
	if !(unit.Factor > 1e-6 && unit.Factor < 1e6) {
		return nil, unsupported("", "the unit %s of %g m of the projected system %s is none", quote(unit.Name), unit.Factor, quote(name))
	}
	proj, err := newProjection(method, datum.ellipsoid, p)
	if err != nil {
		return nil, err
	}
	c := &CRS{
		name: name, kind: Projected, datum: datum, unit: unit, dimension: 2, method: method, params: p,
		conv: &plane{projection: proj, unit: unit.Factor},
	}
	if known := c.inTable(0); known != nil {
		return known, nil
	}
	return c, nil
}

// TransverseMercator returns the Gauss-Krüger or transverse Mercator system in metres with
// the given parameters, as ByProjection does.
func TransverseMercator(name string, datum *Datum, p Parameters) (*CRS, error) {
	return ByProjection(name, datum, MethodTransverseMercator, p, Metre)
}

// UTM returns the zone of Universal Transverse Mercator on a datum, 1 to 60.
func UTM(datum *Datum, zone int, south bool) (*CRS, error) {
	if zone < 1 || zone > 60 {
		return nil, unsupported("give a zone from 1 to 60", "UTM has no zone %d", zone)
	}
	p := Parameters{Lon0: float64(zone)*6 - 183, Scale: 0.9996, FalseEasting: 500000}
	hemisphere := "N"
	if south {
		p.FalseNorthing, hemisphere = 1e7, "S"
	}
	return TransverseMercator(fmt.Sprintf("UTM zone %d%s", zone, hemisphere), datum, p)
}

// GaussKruger returns the Gauss-Krüger system about a central meridian in degrees on a
// datum; a zone that is not 0 stands in front of the easting.
func GaussKruger(datum *Datum, meridian float64, zone int) (*CRS, error) {
	p := Parameters{Lon0: meridian, Scale: 1, FalseEasting: float64(zone)*millions + 500000}
	return TransverseMercator(fmt.Sprintf("Gauss-Kruger CM %g", meridian), datum, p)
}

// inTable returns the table's system with the same datum, method, parameters and unit:
// the one with the preferred code, else the one of the same name, else the lowest code
// with the east axis first, else the lowest; nil when there is none.
func (c *CRS) inTable(prefer int) *CRS {
	var best *CRS
	rank := -1
	for t := range c.relatives() {
		if !c.params.same(t.params) || math.Abs(c.unit.Factor/t.unit.Factor-1) > 1e-8 {
			continue
		}
		r := 0
		switch {
		case t.code == prefer:
			r = 3
		case nameKey(t.name) == nameKey(c.name):
			r = 2
		case t.order == EastNorth:
			r = 1
		}
		if r > rank {
			best, rank = t, r
		}
	}
	if best == nil {
		return nil
	}
	return mustByCode(best.code)
}

// described holds the table's projected systems, which cannot convert yet, for searches by
// parameters; one pass over it costs less than parsing its rows again.
var described = sync.OnceValue(func() []*CRS {
	var all []*CRS
	for _, r := range records() {
		if c, err := r.describe(); err == nil && c.kind == Projected && c.conv == nil {
			all = append(all, c)
		}
	}
	return all
})

// relatives yields the table's systems with the same datum and method, by code. They
// cannot convert yet.
func (c *CRS) relatives() iter.Seq[*CRS] {
	return func(yield func(*CRS) bool) {
		for _, t := range described() {
			if t.method == c.method && t.datum.same(c.datum) && !yield(t) {
				return
			}
		}
	}
}

// same compares to the digits that files carry: 1e-9 degrees and 0.1 mm are 0.1 mm.
func (p Parameters) same(o Parameters) bool {
	near := func(a, b, eps float64) bool { return math.Abs(a-b) <= eps }
	return near(p.Lat0, o.Lat0, 1e-9) && near(p.Lon0, o.Lon0, 1e-9) && near(p.Scale, o.Scale, 1e-11) &&
		near(p.Azimuth, o.Azimuth, 1e-9) && near(p.GridAngle, o.GridAngle, 1e-9) && near(p.Parallel1, o.Parallel1, 1e-9) && near(p.Parallel2, o.Parallel2, 1e-9) &&
		near(p.FalseEasting, o.FalseEasting, 1e-4) && near(p.FalseNorthing, o.FalseNorthing, 1e-4)
}
