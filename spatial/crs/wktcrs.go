package crs

import (
	"math"
	"strconv"
	"strings"
)

// wktKind is what a keyword stands for.
type wktKind int

const (
	wktUnknown wktKind = iota
	wktProjected
	wktGeodetic
	wktCompound
	wktBound
	wktOther // a vertical, engineering or other system that has no place on Earth
)

// wktSystems names the keywords of WKT 1 and 2 that a text may begin with.
var wktSystems = map[string]wktKind{
	"PROJCS": wktProjected, "PROJCRS": wktProjected, "PROJECTEDCRS": wktProjected,
	"GEOGCS": wktGeodetic, "GEOGCRS": wktGeodetic, "GEOGRAPHICCRS": wktGeodetic,
	"GEOCCS": wktGeodetic, "GEODCRS": wktGeodetic, "GEODETICCRS": wktGeodetic,
	"BASEGEOGCRS": wktGeodetic, "BASEGEODCRS": wktGeodetic,
	"COMPD_CS": wktCompound, "COMPOUNDCRS": wktCompound,
	"BOUNDCRS": wktBound,
	"VERT_CS":  wktOther, "VERTCS": wktOther, "VERTCRS": wktOther, "VERTICALCRS": wktOther,
	"LOCAL_CS": wktOther, "ENGCRS": wktOther, "ENGINEERINGCRS": wktOther, "FITTED_CS": wktOther,
	"DERIVEDPROJCRS": wktOther, "TIMECRS": wktOther, "PARAMETRICCRS": wktOther, "IMAGECRS": wktOther,
}

// ParseWKT reads well-known text of version 1 (OGC, GDAL, ESRI's .prj) or 2 (ISO 19162).
// It goes by the parameters: when the table has the same system its code comes with it,
// whatever the text calls itself. Errors have code crs-unsupported.
func ParseWKT(text string) (*CRS, error) {
	if len(text) > maxText {
		return nil, unsupported("", "the WKT is %d bytes long, more than %d", len(text), maxText)
	}
	roots, err := parseWKTNodes(strings.TrimSpace(text))
	if err != nil {
		return nil, err
	}
	c, err := wktSystem(roots[0])
	if err != nil || len(roots) == 1 {
		return c, err
	}
	return withVertical(c, roots[1], "")
}

func wktSystem(n *wktNode) (*CRS, error) {
	switch wktSystems[n.keyword] {
	case wktProjected:
		return wktProjectedSystem(n)
	case wktGeodetic:
		return wktGeodeticSystem(n)
	case wktCompound:
		return wktCompoundSystem(n)
	case wktBound:
		// The transform of a BOUNDCRS is left aside like TOWGS84.
		if source := n.child("SOURCECRS"); source != nil && len(source.args) > 0 && source.args[0].node != nil {
			return wktSystem(source.args[0].node)
		}
		return nil, wktMissing(n, "source system")
	}
	return nil, unsupported("give a geographic or projected system", "WKT: a %s does not say where on Earth it is", quote(n.keyword))
}

// wktGeodeticSystem reads a geographic or geocentric system.
func wktGeodeticSystem(n *wktNode) (*CRS, error) {
	datum, declared, err := wktDatum(n)
	if err != nil {
		return nil, err
	}
	kind := "geo2"
	cs := n.child("CS")
	switch {
	case n.keyword == "GEOCCS" || cs != nil && strings.EqualFold(cs.name(), "Cartesian"):
		kind = "cart"
	case cs != nil && cs.text(1) == "3":
		kind = "geo3"
	}
	if kind != "cart" {
		if unit, err := wktUnit(n, math.Pi/180); err != nil {
			return nil, err
		} else if math.Abs(unit.Factor*180/math.Pi-1) > 1e-9 {
			return nil, unsupported("give coordinates in degrees", "the angles of %s are in %s", quote(n.name()), quote(unit.Name))
		}
	}
	c := &CRS{name: n.name(), datum: datum, unit: Degree, dimension: 2}
	record{}.geodetic(c, kind)
	if kind == "cart" {
		c.unit = Metre
	}
	if c.order == EastNorth {
		if c.order, err = wktAxes(n); err != nil {
			return nil, err
		}
	}
	if known := geodeticInTable(datum, kind, n.epsg()); known != nil {
		c = known
	}
	return withDeclared(c, declared), nil
}

// geodeticInTable returns the table's geographic or geocentric system of a datum.
func geodeticInTable(datum *Datum, kind string, prefer int) *CRS {
	var best *CRS
	for _, r := range records() {
		if f := strings.SplitN(r.line, "\t", colName+1); f[colKind] != kind || f[colDatum] != strconv.Itoa(datum.code) {
			continue
		}
		if c, err := r.crs(); err == nil && (best == nil || c.code == prefer) {
			best = c
		}
	}
	return best
}

// wktDatum reads the datum of a geodetic system, and its TOWGS84 if there is one. A datum
// is recognised by its name, by the system's name or by its code, but only with the
// ellipsoid that belongs to it; any other is a datum of its own that goes nowhere.
func wktDatum(n *wktNode) (*Datum, *Helmert, error) {
	d := n.child("DATUM", "ENSEMBLE", "TRF", "GEODETICDATUM")
	if d == nil {
		return nil, nil, wktMissing(n, "datum")
	}
	e := d.child("SPHEROID", "ELLIPSOID")
	if e == nil {
		return nil, nil, wktMissing(d, "ellipsoid")
	}
	ell, err := wktEllipsoid(e)
	if err != nil {
		return nil, nil, err
	}
	if pm := n.child("PRIMEM", "PRIMEMERIDIAN"); pm != nil {
		if v, err := pm.number(1); err != nil || v != 0 {
			return nil, nil, unsupported("give longitudes from Greenwich", "the prime meridian %s of %s is not supported", quote(pm.name()), quote(n.name()))
		}
	}
	found := wktKnownDatum(n, d, ell)
	if found == nil {
		found = &Datum{name: d.name(), ellipsoid: ell}
	}
	h, err := wktDeclared(d, found)
	return found, h, err
}

func wktKnownDatum(n, d *wktNode, ell Ellipsoid) *Datum {
	candidates := []*Datum{datumNamed(d.name()), datumNamed(n.name())}
	if byCode, err := DatumByCode(d.epsg()); err == nil {
		candidates = append(candidates, byCode)
	}
	if code := n.epsg(); code != 0 {
		if c, err := ByCode(code); err == nil {
			candidates = append(candidates, c.datum)
		}
	}
	for _, c := range candidates {
		if c != nil && c.ellipsoid.sameAs(ell) {
			return c
		}
	}
	return nil
}

func wktEllipsoid(e *wktNode) (Ellipsoid, error) {
	a, err := e.number(1)
	if err != nil {
		return Ellipsoid{}, err
	}
	invF, err := e.number(2)
	if err != nil {
		return Ellipsoid{}, err
	}
	if u := e.child("LENGTHUNIT", "UNIT"); u != nil {
		factor, err := u.number(1)
		if err != nil {
			return Ellipsoid{}, err
		}
		a *= factor
	}
	ell := Ellipsoid{e.name(), a, invF}
	if !ell.valid() {
		return ell, unsupported("", "the ellipsoid %s with semi-major axis %g and inverse flattening %g is not one of the Earth", quote(ell.Name), a, invF)
	}
	return ell, nil
}

// wktDeclared reads TOWGS84[dx,dy,dz,rx,ry,rz,ppm], which turns positions (OGC 01-009).
func wktDeclared(d *wktNode, from *Datum) (*Helmert, error) {
	t := d.child("TOWGS84")
	if t == nil || from.code == 6326 || len(t.args) != 3 && len(t.args) != 7 {
		return nil, nil //nolint:nilnil // most texts declare none
	}
	var p [7]float64
	for i := range t.args {
		v, err := t.number(i)
		if err != nil {
			return nil, err
		}
		p[i] = v
	}
	h := &Helmert{
		Name: "TOWGS84 of " + d.name(), From: from, To: mustByCode(4326).datum, DX: p[0], DY: p[1], DZ: p[2],
		RX: p[3], RY: p[4], RZ: p[5], ScalePPM: p[6], Convention: PositionVector,
	}
	return h, h.Validate()
}

// withDeclared returns the system with the transform that its text declared.
func withDeclared(c *CRS, h *Helmert) *CRS {
	if h == nil {
		return c
	}
	with := *c
	with.declared = h
	return &with
}

// wktUnit reads the unit of a node, or of its first axis; factor is what is assumed
// without one.
func wktUnit(n *wktNode, factor float64) (Unit, error) {
	u := n.child("UNIT", "LENGTHUNIT", "ANGLEUNIT")
	if u == nil {
		if axis := n.child("AXIS"); axis != nil {
			u = axis.child("UNIT", "LENGTHUNIT", "ANGLEUNIT")
		}
	}
	if u == nil {
		return Unit{"", factor}, nil
	}
	f, err := u.number(1)
	if err == nil && !(f > 1e-6 && f < 1e6) {
		err = unsupported("", "the unit %s of %s has the factor %g", quote(u.name()), quote(n.name()), f)
	}
	return Unit{u.name(), f}, err
}

// wktAxes reads the order of the first two axes; without any it is east first.
func wktAxes(n *wktNode) (AxisOrder, error) {
	var order string
	for _, a := range n.args {
		if a.node != nil && a.node.keyword == "AXIS" && len(order) < 2 {
			order += strings.ToLower(a.node.text(1) + " ")[:1]
		}
	}
	switch order {
	case "", "en":
		return EastNorth, nil
	case "ne":
		return NorthEast, nil
	}
	return 0, unsupported("give coordinates with axes to the east and north", "the axes of %s do not point east and north", quote(n.name()))
}

// wktCompoundSystem reads a horizontal and a vertical system.
func wktCompoundSystem(n *wktNode) (*CRS, error) {
	var parts []*wktNode
	for _, a := range n.args {
		if a.node != nil && wktSystems[a.node.keyword] != wktUnknown {
			parts = append(parts, a.node)
		}
	}
	if len(parts) != 2 {
		return nil, wktMissing(n, "pair of a horizontal and a vertical system")
	}
	c, err := wktSystem(parts[0])
	if err != nil {
		return nil, err
	}
	if known, err := ByCode(n.epsg()); err == nil && known.Horizontal().code == c.code && c.code != 0 && known.vertical.Code != 0 {
		return withDeclared(known, c.declared), nil
	}
	return withVertical(c, parts[1], n.name())
}

// withVertical adds a vertical system to a horizontal one.
func withVertical(h *CRS, v *wktNode, name string) (*CRS, error) {
	if wktSystems[v.keyword] != wktOther || h.dimension == 3 {
		return nil, unsupported("", "%s and %s make no compound system", h, quote(v.keyword))
	}
	unit, err := wktUnit(v, 1)
	if err != nil {
		return nil, err
	}
	if math.Abs(unit.Factor-1) > 1e-9 {
		return nil, unsupported("give heights in metres", "the heights of %s are in %s", quote(v.name()), quote(unit.Name))
	}
	if c := compoundInTable(h, v); c != nil {
		return withDeclared(c, h.declared), nil
	}
	if name == "" {
		name = h.name + " + " + v.name()
	}
	c := *h
	c.code, c.id, c.name, c.dimension, c.horizontal = 0, "", name, 3, h
	// ESRI gives ellipsoidal heights a geodetic datum; OGC 01-009 the datum type 2002.
	d := v.child("VERT_DATUM", "DATUM", "VDATUM")
	ellipsoidal := d != nil && (d.keyword == "DATUM" || d.text(1) == "2002")
	c.vertical = Vertical{Code: v.epsg(), Name: v.name(), Ellipsoidal: ellipsoidal}
	return &c, nil
}

// compoundInTable finds the compound of a system with a code and a vertical system that
// is given by its code or, as ESRI does, by its name.
func compoundInTable(h *CRS, v *wktNode) *CRS {
	if h.code == 0 {
		return nil
	}
	if code := v.epsg(); code != 0 {
		if c, err := combine(h.code, code); err == nil {
			return c
		}
	}
	key := strings.TrimSuffix(nameKey(v.name()), "height")
	for _, r := range records() {
		f := strings.SplitN(r.line, "\t", colLon0)
		if f[colKind] != "comp" || f[colLat0] != strconv.Itoa(h.code) {
			continue
		}
		_, vertical, _ := strings.Cut(f[colName], " + ")
		if strings.TrimSuffix(nameKey(vertical), "height") == key {
			return mustByCode(r.code)
		}
	}
	return nil
}
