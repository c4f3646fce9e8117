package filter

import (
	"math"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// Expr is a node of a condition: one of the types below. Nodes are not changed once made.
type Expr interface{ isExpr() }

// Literal is a text, a number or a truth value.
type Literal struct{ Value spatial.Value }

// Property is what a feature has under a name.
type Property struct {
	Name string
	at   place
}

// Call is an operator or function with its operands. Op is the name in CQL2 JSON ("and",
// "like", "s_intersects", "+"), or that of a function outside the standard, as written.
type Call struct {
	Op   string
	Args []Expr
	at   place
}

// Array is a list of values.
type Array struct{ Items []Expr }

// Instant is a date or a timestamp.
type Instant struct {
	// Date says that it is a whole day.
	Date bool
	// Time is the instant, or the first one of the Beijing day.
	Time time.Time
}

// Interval is the time from Start to End, both of them in it. Each is an *Instant, a
// *Property, a *Call, or nil for an open side.
type Interval struct{ Start, End Expr }

// Geometry is a geometry given in the condition.
type Geometry struct{ Shape geom.T }

// BBox is a rectangle given in the condition, as spatial.Box; heights are unbounded where
// it has none.
type BBox struct{ Box spatial.Box }

func (*Literal) isExpr()  {}
func (*Property) isExpr() {}
func (*Call) isExpr()     {}
func (*Array) isExpr()    {}
func (*Instant) isExpr()  {}
func (*Interval) isExpr() {}
func (*Geometry) isExpr() {}
func (*BBox) isExpr()     {}

// Walk calls f with the expression and everything in it, parents first, until f returns
// false.
func Walk(e Expr, f func(Expr) bool) bool {
	if e == nil {
		return true
	}
	if !f(e) {
		return false
	}
	for _, c := range children(e) {
		if !Walk(c, f) {
			return false
		}
	}
	return true
}

func children(e Expr) []Expr {
	switch e := e.(type) {
	case *Call:
		return e.Args
	case *Array:
		return e.Items
	case *Interval:
		return []Expr{e.Start, e.End}
	}
	return nil
}

// Transform returns the expression with every position of its geometries changed by f,
// which gets and gives longitude or easting first. A BBox becomes a polygon, with as many
// positions along its sides as it takes to follow what f bends.
func Transform(e Expr, f func(x, y float64) (float64, float64, error)) (Expr, error) {
	var err error
	list := func(in []Expr) []Expr {
		out := make([]Expr, len(in))
		for i := range in {
			if in[i] == nil || err != nil {
				continue
			}
			out[i], err = Transform(in[i], f)
		}
		return out
	}
	switch e := e.(type) {
	case *Call:
		return &Call{Op: e.Op, Args: list(e.Args), at: e.at}, err
	case *Array:
		return &Array{Items: list(e.Items)}, err
	case *BBox:
		shape, err := outline(e.Box, f)
		return &Geometry{Shape: shape}, err
	case *Geometry:
		shape, err := moved(e.Shape, f)
		return &Geometry{Shape: shape}, err
	}
	return e, nil
}

// outline returns what f makes of a rectangle.
func outline(b spatial.Box, f func(x, y float64) (float64, float64, error)) (geom.T, error) {
	if b.Min[0] == b.Max[0] || b.Min[1] == b.Max[1] {
		return moved(rectangle(b), f)
	}
	corners := [][2]float64{{b.Min[0], b.Min[1]}, {b.Max[0], b.Min[1]}, {b.Max[0], b.Max[1]}, {b.Min[0], b.Max[1]}, {b.Min[0], b.Min[1]}}
	s := side{f: f}
	for i := range 4 {
		s.follow(corners[i], corners[i+1])
	}
	if s.err != nil {
		return nil, s.err
	}
	flat := append(s.flat, s.flat[0], s.flat[1])
	return geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}), nil
}

// side gathers what f makes of straight lines.
type side struct {
	f    func(x, y float64) (float64, float64, error)
	flat []float64
	err  error
}

func (s *side) at(p, q [2]float64, t float64) (out [2]float64) {
	if s.err == nil {
		out[0], out[1], s.err = s.f(p[0]+t*(q[0]-p[0]), p[1]+t*(q[1]-p[1]))
	}
	return out
}

// follow appends the line from p to q without its end, in halves until what f makes of them is
// straight to a millimetre, or there are a thousand.
func (s *side) follow(p, q [2]float64) {
	const straight, most = 1e-8, 10 // degrees, and times that a line is halved
	var halve func(from, to float64, a, b [2]float64, depth int)
	halve = func(from, to float64, a, b [2]float64, depth int) {
		bent := false
		for _, t := range []float64{0.25, 0.5, 0.75} {
			m := s.at(p, q, from+t*(to-from))
			bent = bent || math.Abs(m[0]-a[0]-t*(b[0]-a[0])) > straight || math.Abs(m[1]-a[1]-t*(b[1]-a[1])) > straight
		}
		if !bent || depth == most || s.err != nil {
			s.flat = append(s.flat, a[0], a[1])
			return
		}
		middle := s.at(p, q, (from+to)/2)
		halve(from, (from+to)/2, a, middle, depth+1)
		halve((from+to)/2, to, middle, b, depth+1)
	}
	halve(0, 1, s.at(p, q, 0), s.at(p, q, 1), 0)
}

// OnEarth returns a SyntaxError for a geometry with a position that is no longitude and
// latitude.
func OnEarth(e Expr) (err error) {
	at := place{}
	check := func(x, y float64) (float64, float64, error) {
		if !(x >= -180 && x <= 180 && y >= -90 && y <= 90) {
			return x, y, wrong(at, "longitude comes first; coordinates of other systems need filter-crs", "%g,%g is no longitude and latitude", x, y)
		}
		return x, y, nil
	}
	Walk(e, func(e Expr) bool {
		switch e := e.(type) {
		case *Call:
			at = e.at
		case *BBox:
			if _, _, err = check(e.Box.Min[0], e.Box.Min[1]); err == nil {
				_, _, err = check(e.Box.Max[0], e.Box.Max[1])
			}
		case *Geometry:
			err = eachPosition(e.Shape, check)
		}
		return err == nil
	})
	return err
}

func moved(g geom.T, f func(x, y float64) (float64, float64, error)) (geom.T, error) {
	if c, ok := g.(*geom.GeometryCollection); ok {
		out := geom.NewGeometryCollection()
		for _, m := range c.Geoms() {
			moved, err := moved(m, f)
			if err != nil {
				return nil, err
			}
			if err := out.Push(moved); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	g = clone(g)
	return g, eachPosition(g, f)
}

// eachPosition changes every position of a geometry in its place.
func eachPosition(g geom.T, f func(x, y float64) (float64, float64, error)) (err error) {
	if c, ok := g.(*geom.GeometryCollection); ok {
		for _, m := range c.Geoms() {
			if err = eachPosition(m, f); err != nil {
				return err
			}
		}
		return nil
	}
	flat, stride := g.FlatCoords(), g.Stride()
	for i := 0; i+stride <= len(flat) && err == nil; i += stride {
		flat[i], flat[i+1], err = f(flat[i], flat[i+1])
	}
	return err
}

func clone(g geom.T) geom.T {
	switch g := g.(type) {
	case *geom.Point:
		return g.Clone()
	case *geom.LineString:
		return g.Clone()
	case *geom.Polygon:
		return g.Clone()
	case *geom.MultiPoint:
		return g.Clone()
	case *geom.MultiLineString:
		return g.Clone()
	case *geom.MultiPolygon:
		return g.Clone()
	}
	return g
}
