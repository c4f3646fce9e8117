package crs

import (
	"math"
	"strings"
)

// wktMethods names the projection methods by the key of what OGC, GDAL, ESRI and EPSG
// call them.
var wktMethods = map[string]Method{
	"transversemercator": MethodTransverseMercator, "gk": MethodTransverseMercator,
	"transversemercatorcomplex": MethodTransverseMercator,
	"lambertconformalconic1sp":  MethodLambert1SP, "lambertconicconformal1sp": MethodLambert1SP,
	"lambertconformalconic2sp": MethodLambert2SP, "lambertconicconformal2sp": MethodLambert2SP,
	"lambertconformalconic": MethodLambert2SP,
	"obliquestereographic":  MethodObliqueStereographic, "doublestereographic": MethodObliqueStereographic,
	"mercator1sp": MethodMercatorA, "mercatorvarianta": MethodMercatorA,
	"mercator2sp": MethodMercatorB, "mercatorvariantb": MethodMercatorB, "mercator": MethodMercatorB,
	"hotineobliquemercator": MethodObliqueMercatorA, "hotineobliquemercatorvarianta": MethodObliqueMercatorA,
	"hotineobliquemercatorazimuthnaturalorigin": MethodObliqueMercatorA, "rectifiedskeworthomorphicnaturalorigin": MethodObliqueMercatorA,
	"hotineobliquemercatorazimuthcenter": MethodObliqueMercatorB, "hotineobliquemercatorvariantb": MethodObliqueMercatorB, "obliquemercator": MethodObliqueMercatorB,
	"rectifiedskeworthomorphiccenter": MethodObliqueMercatorB, "swissobliquecylindrical": MethodObliqueMercatorB,
	"krovaknorthorientated":   MethodKrovak,
	"mercatorauxiliarysphere": MethodWebMercator, "popularvisualisationpseudomercator": MethodWebMercator,
}

// wktField is where a parameter goes, and whether it is an angle, a length or a ratio.
type wktField struct {
	dimension byte // 'a', 'l' or 'r'
	at        func(*Parameters) *float64
}

// wktParameters names the parameters by the key of what OGC, ESRI and EPSG call them.
var wktParameters = func() map[string]wktField {
	lat0 := wktField{'a', func(p *Parameters) *float64 { return &p.Lat0 }}
	lon0 := wktField{'a', func(p *Parameters) *float64 { return &p.Lon0 }}
	scale := wktField{'r', func(p *Parameters) *float64 { return &p.Scale }}
	sp1 := wktField{'a', func(p *Parameters) *float64 { return &p.Parallel1 }}
	sp2 := wktField{'a', func(p *Parameters) *float64 { return &p.Parallel2 }}
	fe := wktField{'l', func(p *Parameters) *float64 { return &p.FalseEasting }}
	fn := wktField{'l', func(p *Parameters) *float64 { return &p.FalseNorthing }}
	azimuth := wktField{'a', func(p *Parameters) *float64 { return &p.Azimuth }}
	grid := wktField{'a', func(p *Parameters) *float64 { return &p.GridAngle }}
	return map[string]wktField{
		"azimuth": azimuth, "azimuthofinitialline": azimuth, "azimuthatprojectioncentre": azimuth,
		"rectifiedgridangle": grid, "anglefromrectifiedtoskewgrid": grid, "xyplanerotation": grid,
		"latitudeofprojectioncentre": lat0, "longitudeofprojectioncentre": lon0,
		"scalefactoratprojectioncentre": scale, "scalefactoroninitialline": scale, "scalefactoronpseudostandardparallel": scale,
		"eastingatprojectioncentre": fe, "northingatprojectioncentre": fn,
		"colatitudeofconeaxis": sp1, "latitudeofpseudostandardparallel": sp2, "pseudostandardparallel1": sp2,
		"latitudeoforigin": lat0, "latitudeofcenter": lat0, "latitudeofnaturalorigin": lat0, "latitudeoffalseorigin": lat0,
		"centralmeridian": lon0, "longitudeoforigin": lon0, "longitudeofcenter": lon0,
		"longitudeofnaturalorigin": lon0, "longitudeoffalseorigin": lon0,
		"scalefactor": scale, "scalefactoratnaturalorigin": scale,
		"standardparallel1": sp1, "latitudeof1ststandardparallel": sp1,
		"standardparallel2": sp2, "latitudeof2ndstandardparallel": sp2,
		"falseeasting": fe, "eastingatfalseorigin": fe,
		"falsenorthing": fn, "northingatfalseorigin": fn,
	}
}()

// wktProjectedSystem reads a projected system: WKT 1 lists the parameters beside the
// method, WKT 2 gathers both in a conversion.
func wktProjectedSystem(n *wktNode) (*CRS, error) {
	base := n.child("GEOGCS", "BASEGEOGCRS", "BASEGEODCRS", "GEOGCRS", "GEODCRS")
	if base == nil {
		return nil, wktMissing(n, "geographic system")
	}
	datum, declared, err := wktDatum(base)
	if err != nil {
		return nil, err
	}
	angle, err := wktUnit(base, math.Pi/180)
	if err != nil {
		return nil, err
	}
	unit, err := wktUnit(n, 1)
	if err != nil {
		return nil, err
	}
	order, err := wktAxes(n)
	if err != nil {
		return nil, err
	}
	holder := n
	if c := n.child("CONVERSION", "DERIVINGCONVERSION"); c != nil {
		holder = c
	}
	m := holder.child("PROJECTION", "METHOD")
	if m == nil {
		return nil, wktMissing(n, "projection method")
	}
	method, ok := wktMethods[nameKey(m.name())]
	if !ok {
		return nil, unsupported("transform the data to a supported system first, for example EPSG:4326",
			"the projection method %s of %s is not supported", quote(m.name()), quote(n.name()))
	}
	p, err := wktReadParameters(holder, angle.Factor, unit.Factor)
	if err != nil {
		return nil, err
	}
	if method, p, err = wktDialect(n, m, method, p); err != nil {
		return nil, err
	}
	c, err := wktByProjection(n, datum, method, p, unit)
	if err != nil {
		return nil, err
	}
	if c.code == 0 {
		c.order = order
	}
	return withDeclared(c, declared), nil
}

// wktByProjection builds the system; of equal ones in the table it takes the one that the
// text names.
func wktByProjection(n *wktNode, datum *Datum, method Method, p Parameters, unit Unit) (*CRS, error) {
	c, err := ByProjection(n.name(), datum, method, p, unit)
	if err != nil || c.code == 0 {
		return c, err
	}
	probe := *c
	probe.name = n.name()
	return probe.inTable(n.epsg()), nil
}

// wktReadParameters reads every PARAMETER in degrees and metres.
func wktReadParameters(holder *wktNode, angle, length float64) (Parameters, error) {
	p := Parameters{Scale: 1}
	for _, a := range holder.args {
		if a.node == nil || a.node.keyword != "PARAMETER" {
			continue
		}
		key := nameKey(a.node.name())
		v, err := a.node.number(1)
		if err != nil {
			return p, err
		}
		if key == "auxiliaryspheretype" && v == 0 {
			continue
		}
		field, ok := wktParameters[key]
		if !ok {
			return p, unsupported("", "the projection parameter %s is not supported", quote(a.node.name()))
		}
		factor := map[byte]float64{'a': angle, 'l': length, 'r': 1}[field.dimension]
		if u := a.node.child("ANGLEUNIT", "LENGTHUNIT", "SCALEUNIT", "UNIT"); u != nil {
			if factor, err = u.number(1); err != nil {
				return p, err
			}
		}
		if field.dimension == 'a' {
			// Factors of angles are written with 15 digits or so; degrees are meant exactly.
			if math.Abs(factor*180/math.Pi-1) < 1e-9 {
				factor = 1
			} else {
				factor *= 180 / math.Pi
			}
		}
		*field.at(&p) = v * factor
	}
	return p, nil
}

// wktDialect mends what writers express in their own way.
func wktDialect(n, m *wktNode, method Method, p Parameters) (Method, Parameters, error) {
	key := nameKey(m.name())
	switch {
	case method == MethodMercatorA && wktIsWebMercator(n):
		method = MethodWebMercator
	case key == "lambertconformalconic" && (p.Parallel2 == 0 || p.Parallel1 == p.Parallel2):
		// ESRI's conic with one parallel, which it names as such and as the origin.
		method, p.Lat0, p.Parallel1, p.Parallel2 = MethodLambert1SP, p.Parallel1, 0, 0
	}
	if skew := p.Azimuth != 0 || p.GridAngle != 0; skew && method != MethodObliqueMercatorA && method != MethodObliqueMercatorB {
		return method, p, unsupported("", "%s has the parameter \"Azimuth\", which its method %s has not", quote(n.name()), quote(m.name()))
	}
	switch method {
	case MethodObliqueMercatorA, MethodObliqueMercatorB:
		if key == "swissobliquecylindrical" {
			p.Azimuth = 90
		}
		if p.GridAngle == 0 { // ESRI leaves out that it is the azimuth
			p.GridAngle = p.Azimuth
		}
		return method, p, nil
	case MethodKrovak:
		return method, p, nil
	case MethodWebMercator:
		return method, Parameters{Lon0: p.Lon0, FalseEasting: p.FalseEasting, FalseNorthing: p.FalseNorthing}, nil
	case MethodLambert2SP, MethodMercatorB:
		if p.Scale != 1 {
			return method, p, unsupported("", "%s has standard parallels and the scale factor %g at once", quote(n.name()), p.Scale)
		}
		p.Scale = 0
	}
	return method, p, nil
}

// wktIsWebMercator recognises GDAL's writing of it: an ellipsoidal Mercator, with the
// sphere in an extension.
func wktIsWebMercator(n *wktNode) bool {
	ext := n.child("EXTENSION")
	return ext != nil && strings.Contains(ext.text(1), "+a=6378137 +b=6378137 ")
}
