package filter

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
)

// Text writes a condition as CQL2 text, always in the same way. What CQL2 text cannot say (a
// text that ends in a backslash) makes it JSON.
func Text(e Expr) string {
	w := textWriter{}
	w.expr(e, precOr)
	if w.failed {
		return string(JSON(e))
	}
	return string(w.dst)
}

type textWriter struct {
	dst    []byte
	failed bool
}

func (w *textWriter) put(parts ...string) {
	for _, p := range parts {
		w.dst = append(w.dst, p...)
	}
}

// expr writes an expression, in parentheses where it binds weaker than its place asks.
func (w *textWriter) expr(e Expr, least int) {
	switch e := e.(type) {
	case *Literal:
		w.literal(e.Value)
	case *Property:
		w.put(quoteName(e.Name))
	case *Array:
		w.failed = w.failed || len(e.Items) == 1 // which would be read as parentheses
		w.list(e.Items)
	case *Instant:
		name := "TIMESTAMP('"
		if e.Date {
			name = "DATE('"
		}
		w.put(name, e.text(), "')")
	case *Interval:
		w.put("INTERVAL(")
		w.bound(e.Start)
		w.put(", ")
		w.bound(e.End)
		w.put(")")
	case *Geometry:
		w.dst = appendWKT(w.dst, e.Shape)
	case *BBox:
		w.put("BBOX(")
		for i, v := range boxNumbers(e.Box) {
			if i > 0 {
				w.put(", ")
			}
			w.dst = appendNumber(w.dst, v)
		}
		w.put(")")
	case *Call:
		w.call(e, least)
	}
}

func (w *textWriter) literal(v spatial.Value) {
	if v.Kind() != spatial.String {
		if v.Kind() == spatial.Bool {
			w.put(strings.ToUpper(v.Text()))
			return
		}
		w.put(strings.ToUpper(v.Text())) // an exponent is written E
		return
	}
	// A quote is written after a backslash where one stands before it already: doubled, it
	// would be read as escaped and closing.
	w.put("'")
	s := v.Text()
	for i := range len(s) {
		switch {
		case s[i] == '\'' && i > 0 && s[i-1] == '\\':
			w.put("\\'")
		case s[i] == '\'':
			w.put("''")
		default:
			w.dst = append(w.dst, s[i])
		}
	}
	w.failed = w.failed || strings.HasSuffix(s, "\\") || strings.Contains(s, "\\'")
	w.put("'")
}

// quoteName writes a name, in quotes where it is no identifier.
func quoteName(name string) string {
	plain := name != "" && !keywords[strings.ToLower(name)]
	for i, r := range name {
		plain = plain && (startsIdentifier(r) || i > 0 && continuesIdentifier(r))
	}
	if plain {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// isFunctionName reports whether a text can call a function by the name: it is an identifier
// that begins nothing else.
func isFunctionName(name string) bool {
	lower := strings.ToLower(name)
	switch lower {
	case "date", "timestamp", "interval", "bbox":
		return false
	}
	_, isGeometry := geometryNames[lower]
	return !isGeometry && quoteName(name) == name
}

func (w *textWriter) list(items []Expr) {
	w.put("(")
	for i, item := range items {
		if i > 0 {
			w.put(", ")
		}
		w.expr(item, precOr)
	}
	w.put(")")
}

func (w *textWriter) bound(e Expr) {
	switch e := e.(type) {
	case nil:
		w.put("'..'")
	case *Instant:
		w.put("'", e.text(), "'")
	default:
		w.expr(e, precOperand)
	}
}

func (w *textWriter) call(e *Call, least int) {
	o, ok := standard(e.Op)
	if !ok || o.prec == 0 {
		name := e.Op
		if ok {
			name = strings.ToUpper(name)
		}
		w.failed = w.failed || !ok && !isFunctionName(name)
		w.put(name)
		if ok && o.args[0] == kindArray {
			w.arrays(e.Args)
		} else {
			w.list(e.Args)
		}
		return
	}
	if o.prec < least {
		w.put("(")
		defer w.put(")")
	}
	switch {
	case e.Op == "not":
		w.put("NOT ")
		w.expr(e.Args[0], precNot)
	case e.Op == "isNull":
		w.expr(e.Args[0], precAdd)
		w.put(" IS NULL")
	case e.Op == "in":
		w.expr(e.Args[0], precAdd)
		w.put(" IN ")
		if list, ok := e.Args[1].(*Array); ok {
			w.list(list.Items)
		} else {
			w.failed = true // a list that the feature has
		}
	case e.Op == "between":
		w.expr(e.Args[0], precAdd)
		w.put(" BETWEEN ")
		w.expr(e.Args[1], precAdd)
		w.put(" AND ")
		w.expr(e.Args[2], precAdd)
	case e.Op == "like":
		w.infix(e.Args, " LIKE ", precAdd, precAdd)
	case o.prec == precAdd || o.prec == precMultiply:
		w.infix(e.Args, " "+o.infix+" ", o.prec, o.prec+1)
	default:
		w.infix(e.Args, " "+o.infix+" ", o.prec+1, o.prec+1)
	}
}

// arrays writes operands that are arrays. One member in parentheses is read as an array
// unless it may be one itself.
func (w *textWriter) arrays(args []Expr) {
	w.put("(")
	for i, a := range args {
		if i > 0 {
			w.put(", ")
		}
		list, ok := a.(*Array)
		if !ok {
			w.expr(a, precOr)
			continue
		}
		w.failed = w.failed || len(list.Items) == 1 && kindsOf(list.Items[0])&kindArray != 0
		w.list(list.Items)
	}
	w.put(")")
}

func (w *textWriter) infix(args []Expr, op string, first, rest int) {
	for i, a := range args {
		prec := rest
		if i == 0 {
			prec = first
		} else {
			w.put(op)
		}
		w.expr(a, prec)
	}
}

// JSON writes a condition as CQL2 JSON, always in the same way.
func JSON(e Expr) []byte { return appendJSON(nil, e) }

func appendJSON(dst []byte, e Expr) []byte {
	switch e := e.(type) {
	case *Literal:
		return e.Value.AppendJSON(dst)
	case *Property:
		dst = append(dst, `{"property":`...)
		return append(spatial.StringOf(e.Name).AppendJSON(dst), '}')
	case *Array:
		return appendItems(dst, e.Items)
	case *Instant:
		name := `{"timestamp":"`
		if e.Date {
			name = `{"date":"`
		}
		return append(append(append(dst, name...), e.text()...), `"}`...)
	case *Interval:
		dst = append(dst, `{"interval":[`...)
		dst = append(appendBound(dst, e.Start), ',')
		return append(appendBound(dst, e.End), `]}`...)
	case *Geometry:
		return appendGeoJSON(dst, e.Shape)
	case *BBox:
		dst = append(dst, `{"bbox":`...)
		return append(appendNumbers(dst, boxNumbers(e.Box)), '}')
	case *Call:
		dst = append(dst, `{"op":`...)
		dst = spatial.StringOf(e.Op).AppendJSON(dst)
		dst = append(dst, `,"args":`...)
		return append(appendItems(dst, e.Args), '}')
	}
	return append(dst, "null"...)
}

func appendItems(dst []byte, items []Expr) []byte {
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, item)
	}
	return append(dst, ']')
}

func appendBound(dst []byte, e Expr) []byte {
	switch e := e.(type) {
	case nil:
		return append(dst, `".."`...)
	case *Instant:
		return append(append(append(dst, '"'), e.text()...), '"')
	}
	return appendJSON(dst, e)
}

func boxNumbers(b spatial.Box) []float64 {
	if math.IsInf(b.Min[2], -1) {
		return []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
	}
	return slices.Concat(b.Min[:], b.Max[:])
}

// appendNumber writes a number as CQL2 text and JSON both read it; the sign of a zero means
// nothing here.
func appendNumber(dst []byte, v float64) []byte {
	if v == 0 {
		return append(dst, '0')
	}
	if abs := math.Abs(v); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		return append(dst, strings.ToUpper(strconv.FormatFloat(v, 'e', -1, 64))...)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

func appendNumbers(dst []byte, list []float64) []byte {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendNumber(dst, v)
	}
	return append(dst, ']')
}

// coords writes nested coordinates: WKT and GeoJSON differ in the signs only.
type coords struct {
	open, close, between string
	position             func(dst []byte, at []float64) []byte
}

func (c *coords) run(dst []byte, flat []float64, stride int) []byte {
	dst = append(dst, c.open...)
	for i := 0; i+stride <= len(flat); i += stride {
		if i > 0 {
			dst = append(dst, c.between...)
		}
		dst = c.position(dst, flat[i:i+stride])
	}
	return append(dst, c.close...)
}

func (c *coords) runs(dst []byte, flat []float64, stride, start int, ends []int) []byte {
	dst = append(dst, c.open...)
	for i, end := range ends {
		if i > 0 {
			dst = append(dst, c.between...)
		}
		dst = c.run(dst, flat[start:end], stride)
		start = end
	}
	return append(dst, c.close...)
}

func (c *coords) append(dst []byte, g geom.T) []byte {
	flat, stride := g.FlatCoords(), g.Stride()
	switch g := g.(type) {
	case *geom.LineString, *geom.MultiPoint:
		return c.run(dst, flat, stride)
	case *geom.Polygon:
		return c.runs(dst, flat, stride, 0, g.Ends())
	case *geom.MultiLineString:
		return c.runs(dst, flat, stride, 0, g.Ends())
	case *geom.MultiPolygon:
		dst = append(dst, c.open...)
		start := 0
		for i, ends := range g.Endss() {
			if i > 0 {
				dst = append(dst, c.between...)
			}
			dst = c.runs(dst, flat, stride, start, ends)
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
		return append(dst, c.close...)
	}
	return dst
}

var geoJSONCoords = coords{open: "[", close: "]", between: ",", position: appendNumbers}

var wktCoords = coords{open: "(", close: ")", between: ", ", position: func(dst []byte, at []float64) []byte {
	for i, v := range at {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = appendNumber(dst, v)
	}
	return dst
}}

func geometryType(g geom.T) string {
	switch g.(type) {
	case *geom.Point:
		return "Point"
	case *geom.LineString:
		return "LineString"
	case *geom.Polygon:
		return "Polygon"
	case *geom.MultiPoint:
		return "MultiPoint"
	case *geom.MultiLineString:
		return "MultiLineString"
	case *geom.MultiPolygon:
		return "MultiPolygon"
	}
	return "GeometryCollection"
}

func appendGeoJSON(dst []byte, g geom.T) []byte {
	dst = append(append(append(dst, `{"type":"`...), geometryType(g)...), '"')
	switch g := g.(type) {
	case *geom.GeometryCollection:
		dst = append(dst, `,"geometries":[`...)
		for i, m := range g.Geoms() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendGeoJSON(dst, m)
		}
		return append(dst, "]}"...)
	case *geom.Point:
		return append(appendNumbers(append(dst, `,"coordinates":`...), g.FlatCoords()), '}')
	}
	return append(geoJSONCoords.append(append(dst, `,"coordinates":`...), g), '}')
}

func appendWKT(dst []byte, g geom.T) []byte {
	dst = append(dst, strings.ToUpper(geometryType(g))...)
	if g.Layout() == geom.XYZ {
		dst = append(dst, " Z"...)
	}
	if isEmpty(g) {
		return append(dst, " EMPTY"...)
	}
	switch g := g.(type) {
	case *geom.GeometryCollection:
		dst = append(dst, '(')
		for i, m := range g.Geoms() {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = appendWKT(dst, m)
		}
		return append(dst, ')')
	case *geom.Point:
		return wktCoords.run(dst, g.FlatCoords(), g.Stride())
	case *geom.MultiPoint:
		return wktCoords.runs(dst, g.FlatCoords(), g.Stride(), 0, g.Ends())
	}
	return wktCoords.append(dst, g)
}

func isEmpty(g geom.T) bool {
	if c, ok := g.(*geom.GeometryCollection); ok {
		return c.NumGeoms() == 0
	}
	return len(g.FlatCoords()) == 0
}
