package filter

import (
	"math"
	"strings"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// geometryNames are the types that a geometry can be written as.
var geometryNames = map[string]func(p *wkt) (geom.T, error){
	"point":              (*wkt).point,
	"linestring":         (*wkt).line,
	"polygon":            (*wkt).polygon,
	"multipoint":         (*wkt).multiPoint,
	"multilinestring":    (*wkt).multiLine,
	"multipolygon":       (*wkt).multiPolygon,
	"geometrycollection": nil,
}

// ParseWKT reads a geometry alone in Well-Known Text (06-103r4 §7), within the limits of a
// condition. Errors are SyntaxErrors.
func ParseWKT(text string) (geom.T, error) {
	if len(text) > MaxBytes {
		return nil, wrong(place{offset: MaxBytes}, "", "the geometry is longer than %d bytes", MaxBytes)
	}
	p := parser{lex: lexer{text: text}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	at, name := p.here(), lower(p.token)
	if _, ok := geometryNames[name]; !ok {
		return nil, p.expected("the type of a geometry")
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	g, err := p.shape(at, name, 0)
	if err == nil && p.token.kind != tokenEnd {
		err = p.expected("the end")
	}
	return g, err
}

// geometry reads Well-Known Text (06-103r4 §7) behind the name of its type.
func (p *parser) geometry(at place, name string) (Expr, error) {
	g, err := p.shape(at, name, 0)
	if err != nil {
		return nil, err
	}
	return &Geometry{Shape: g}, nil
}

func (p *parser) shape(at place, name string, depth int) (geom.T, error) {
	if depth > MaxDepth {
		return nil, tooDeep(at)
	}
	if _, err := p.take("z"); err != nil {
		return nil, err
	}
	if name == "geometrycollection" {
		return p.collection(depth)
	}
	w := wkt{parser: p, at: at}
	return geometryNames[name](&w)
}

func (p *parser) collection(depth int) (geom.T, error) {
	c := geom.NewGeometryCollection()
	empty, err := p.take("empty")
	if empty || err != nil {
		return c, err
	}
	if err := p.must("("); err != nil {
		return nil, err
	}
	for {
		at, name := p.here(), lower(p.token)
		if _, ok := geometryNames[name]; !ok {
			return nil, p.expected("a geometry")
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		g, err := p.shape(at, name, depth+1)
		if err != nil {
			return nil, err
		}
		if err := c.Push(g); err != nil {
			return nil, wrong(at, "give all of it heights or none", "geometries with and without heights are mixed")
		}
		if more, err := p.take(","); err != nil {
			return nil, err
		} else if !more {
			return c, p.must(")")
		}
	}
}

// wkt reads the coordinates of one geometry.
type wkt struct {
	*parser
	at     place
	flat   []float64
	stride int // 0 before the first position
}

func (w *wkt) layout() geom.Layout {
	if w.stride == 3 {
		return geom.XYZ
	}
	return geom.XY
}

// parts reads EMPTY, or what each reads between parentheses and commas.
func (w *wkt) parts(each func() error) error {
	if empty, err := w.take("empty"); empty || err != nil {
		return err
	}
	if err := w.must("("); err != nil {
		return err
	}
	for {
		if err := each(); err != nil {
			return err
		}
		if more, err := w.take(","); err != nil {
			return err
		} else if !more {
			return w.must(")")
		}
	}
}

func (w *wkt) position() error {
	at, start, n := w.here(), len(w.flat), 0
	for ; n < 3; n++ {
		if n >= 2 && !w.token.is("-") && !w.token.is("+") && w.token.kind != tokenNumber {
			break
		}
		v, err := w.coordinate()
		if err != nil {
			return err
		}
		w.flat = append(w.flat, v)
	}
	if err := w.vertex(at, w.flat[start:]); err != nil {
		return err
	}
	if w.stride == 0 {
		w.stride = n
	}
	if n != w.stride {
		return wrong(w.here(), "give all of them heights or none", "positions with and without heights are mixed")
	}
	return nil
}

// coordinate reads a number with its sign.
func (p *parser) coordinate() (float64, error) {
	negative, err := p.take("-")
	if err != nil {
		return 0, err
	}
	if !negative {
		if _, err := p.take("+"); err != nil {
			return 0, err
		}
	}
	if p.token.kind != tokenNumber {
		return 0, p.expected("a number")
	}
	v, err := numberOf(p.token, negative)
	if err != nil {
		return 0, err
	}
	return v.Float(), p.advance()
}

func (w *wkt) point() (geom.T, error) {
	if err := w.parts(w.position); err != nil {
		return nil, err
	}
	switch len(w.flat) {
	case 0:
		return geom.NewPointEmpty(geom.XY), nil
	case w.stride:
		return geom.NewPointFlat(w.layout(), w.flat), nil
	}
	return nil, wrong(w.at, "several points are a MULTIPOINT", "a POINT has one position")
}

// run reads the positions of a line and returns where in flat it ends.
func (w *wkt) run(least int, closed bool) (int, error) {
	start := len(w.flat)
	if err := w.parts(w.position); err != nil {
		return 0, err
	}
	return len(w.flat), checkRun(w.at, w.flat[start:], w.stride, least, closed)
}

func checkRun(at place, flat []float64, stride, least int, closed bool) error {
	n := 0
	if stride > 0 {
		n = len(flat) / stride
	}
	if n == 0 {
		return nil
	}
	if n < least {
		return wrong(at, "", "a run of %d positions is too short, it takes %d", n, least)
	}
	if last := len(flat) - stride; closed && (flat[0] != flat[last] || flat[1] != flat[last+1]) {
		return wrong(at, "repeat the first position at the end", "a ring does not end where it begins")
	}
	return nil
}

func (w *wkt) line() (geom.T, error) {
	if _, err := w.run(2, false); err != nil {
		return nil, err
	}
	return geom.NewLineStringFlat(w.layout(), w.flat), nil
}

// runs reads lines or rings in parentheses and returns where in flat they end.
func (w *wkt) runs(least int, closed bool) (ends []int, err error) {
	err = w.parts(func() error {
		end, err := w.run(least, closed)
		if n := len(ends); end > 0 && (n == 0 || end > ends[n-1]) {
			ends = append(ends, end)
		}
		return err
	})
	return ends, err
}

func (w *wkt) polygon() (geom.T, error) {
	ends, err := w.runs(4, true)
	if err != nil {
		return nil, err
	}
	return geom.NewPolygonFlat(w.layout(), w.flat, ends), nil
}

func (w *wkt) multiLine() (geom.T, error) {
	ends, err := w.runs(2, false)
	if err != nil {
		return nil, err
	}
	return geom.NewMultiLineStringFlat(w.layout(), w.flat, ends), nil
}

// multiPoint takes the positions with parentheses of their own or without.
func (w *wkt) multiPoint() (geom.T, error) {
	err := w.parts(func() error {
		own, err := w.take("(")
		if err != nil {
			return err
		}
		if err := w.position(); err != nil || !own {
			return err
		}
		return w.must(")")
	})
	if err != nil {
		return nil, err
	}
	return geom.NewMultiPointFlat(w.layout(), w.flat), nil
}

func (w *wkt) multiPolygon() (geom.T, error) {
	var endss [][]int
	last := 0
	err := w.parts(func() error {
		ends, err := w.runs(4, true)
		if n := len(ends); n > 0 && ends[n-1] > last {
			// runs compares with its own ends only: an empty ring at the beginning repeats the
			// end of the polygon before.
			for len(ends) > 0 && ends[0] <= last {
				ends = ends[1:]
			}
			endss, last = append(endss, ends), ends[len(ends)-1]
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return geom.NewMultiPolygonFlat(w.layout(), w.flat, endss), nil
}

// bbox reads BBOX(…) behind the parenthesis.
func (p *parser) bbox(at place) (Expr, error) {
	var v []float64
	for {
		f, err := p.coordinate()
		if err != nil {
			return nil, err
		}
		v = append(v, f)
		if more, err := p.take(","); err != nil {
			return nil, err
		} else if !more {
			break
		}
		if len(v) == 6 {
			return nil, p.expected("“)” behind six numbers")
		}
	}
	if err := p.must(")"); err != nil {
		return nil, err
	}
	return boxOf(at, v)
}

func boxOf(at place, v []float64) (Expr, error) {
	var b spatial.Box
	switch len(v) {
	case 4:
		b = spatial.Box2D(v[0], v[1], v[2], v[3])
	case 6:
		b = spatial.Box{Min: [3]float64(v[:3]), Max: [3]float64(v[3:])}
	default:
		return nil, wrong(at, "give west,south,east,north or west,south,low,east,north,high", "a BBOX has 4 or 6 numbers, not %d", len(v))
	}
	if err := checkCoordinates(at, v); err != nil {
		return nil, err
	}
	for i := range 3 {
		if math.IsNaN(b.Min[i]) || math.IsNaN(b.Max[i]) || (i > 0 && b.Min[i] > b.Max[i]) {
			return nil, wrong(at, "give west,south,east,north or west,south,low,east,north,high", "the BBOX runs backwards")
		}
	}
	return &BBox{Box: b}, nil
}

func lower(t token) string {
	if t.kind != tokenWord {
		return ""
	}
	return strings.ToLower(t.text)
}
