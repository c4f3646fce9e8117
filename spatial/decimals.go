package spatial

import (
	"math"
	"slices"

	"github.com/twpayne/go-geom"
)

// Figure says what a geometry is made of; the numbers are those of the OGC (06-103r4).
type Figure uint8

// The figures. A geometry collection is none of them: its members are.
const (
	NoFigure Figure = iota
	PointFigure
	LineFigure
	PolygonFigure
	PointsFigure
	LinesFigure
	PolygonsFigure
)

// Decimals is a geometry whose coordinates are whole numbers of a decimal place, as text has
// them. It is memory that is filled again and again; the zero value holds nothing.
type Decimals struct {
	Figure Figure
	Stride int // numbers of a position: 2, or 3 with heights
	// Digits are those behind the point of longitudes and latitudes (or of east and north in
	// another system), ZDigits those of heights.
	Digits, ZDigits int
	Flat            []int64 // position after position
	Ends            []int   // in Flat, of each line or ring
	Parts           []int   // in Ends, of each polygon of several
}

// mostDecimal is the largest whole number that a float64 tells from its neighbours.
const mostDecimal = 1<<53 - 1

// Set takes a geometry over, rounded to so many digits (at most 15); what a float64 cannot
// hold at that precision becomes the largest number that it can, which lies off the Earth.
// False says that it is nothing or a collection.
func (d *Decimals) Set(g geom.T, digits, zDigits int) bool {
	d.Digits, d.ZDigits, d.Stride = digits, zDigits, 2
	d.Flat, d.Ends, d.Parts = d.Flat[:0], d.Ends[:0], d.Parts[:0]
	switch g := g.(type) {
	case *geom.Point:
		d.Figure = PointFigure
	case *geom.LineString, *geom.LinearRing:
		d.Figure = LineFigure
	case *geom.MultiPoint:
		d.Figure = PointsFigure
	case *geom.MultiLineString:
		d.Figure = LinesFigure
	case *geom.Polygon:
		d.Figure = PolygonFigure
	case *geom.MultiPolygon:
		d.Figure = PolygonsFigure
		for _, ends := range g.Endss() {
			d.Ends = append(d.Ends, ends...)
			d.Parts = append(d.Parts, len(d.Ends))
		}
	default:
		d.Figure = NoFigure
		return false
	}
	if d.Figure == LinesFigure || d.Figure == PolygonFigure {
		d.Ends = append(d.Ends, g.Ends()...)
	}
	d.round(g)
	return true
}

// round takes the coordinates over, without measures.
func (d *Decimals) round(g geom.T) {
	flat, stride := g.FlatCoords(), g.Stride()
	if g.Layout().ZIndex() == 2 {
		d.Stride = 3
	}
	if stride == 0 {
		return
	}
	for i, end := range d.Ends {
		d.Ends[i] = end / stride * d.Stride
	}
	d.Flat = slices.Grow(d.Flat, len(flat)/stride*d.Stride)
	for i := 0; i+stride <= len(flat); i += stride {
		d.Add(flat[i : i+stride])
	}
}

// Add takes one more position, rounded.
func (d *Decimals) Add(at []float64) {
	d.Flat = append(d.Flat, decimal(at[0], d.Digits), decimal(at[1], d.Digits))
	if d.Stride == 3 {
		d.Flat = append(d.Flat, decimal(at[2], d.ZDigits))
	}
}

func decimal(v float64, digits int) int64 {
	scaled := math.RoundToEven(v * scales[digits])
	switch {
	case math.Abs(scaled) <= mostDecimal:
		return int64(scaled)
	case scaled < 0:
		return -mostDecimal
	}
	return mostDecimal // NaN too, which no store holds and JSON cannot carry
}

var scales = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}
