package crs

import (
	"cmp"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// unasked says when a published transform is used without being configured.
type unasked int

const (
	never  unasked = iota
	direct         // between its own two datums
	always         // and to reach any other frame of the null-offset list
)

//go:embed transforms.tsv
var transformTable string

// Columns of transforms.tsv behind code, source and target datum and name.
const (
	colShift      = 4 // three shifts, three rotations, the scale
	colConvention = 11
	colAccuracy   = 12
	colBounds     = 13
	colAreaName   = 17
	shiftColumns  = 18
)

// conventions spells the column of rotation conventions.
var conventions = map[string]RotationConvention{"pv": PositionVector, "cf": CoordinateFrame}

// used says which published transforms are used without being asked for: what PROJ takes
// too when it has no grids, the one transform in force, given by the datum's own authority
// for the whole area, at 1 m or better. All others are taken only when the caller names
// them, since their areas or accuracies compete.
var used = map[int]unasked{9281: always, 6698: always, 1826: direct, 8048: direct, 1825: always, 4833: direct, 1647: always, 1676: direct}

// shiftRow is a line of transforms.tsv, not yet parsed but for its codes.
type shiftRow struct {
	code, from, to int
	line           string
}

// shifts splits the table once, on first use; it is sorted by code.
var shifts = sync.OnceValue(func() []shiftRow {
	var rows []shiftRow
	for line := range strings.Lines(transformTable) {
		if line[0] == '#' {
			continue
		}
		line = strings.TrimSuffix(line, "\n")
		f := strings.SplitN(line, "\t", 4)
		r := shiftRow{line: line}
		for i, to := range [...]*int{&r.code, &r.from, &r.to} {
			n, err := strconv.Atoi(f[i])
			if err != nil {
				panic("crs: transforms.tsv is embedded: " + line) //nolint:forbidigo // only a broken build has another
			}
			*to = n
		}
		rows = append(rows, r)
	}
	return rows
})

// helmert returns the row as a transform.
func (r shiftRow) helmert() Helmert {
	f := strings.Split(r.line, "\t")
	num := func(i int) float64 {
		v, _ := strconv.ParseFloat(f[i], 64) // an empty column is 0
		return v
	}
	from, _ := DatumByCode(r.from)
	to, _ := DatumByCode(r.to)
	return Helmert{
		Code: r.code, Name: f[colShift-1], From: from, To: to,
		DX: num(colShift), DY: num(colShift + 1), DZ: num(colShift + 2),
		RX: num(colShift + 3), RY: num(colShift + 4), RZ: num(colShift + 5), ScalePPM: num(colShift + 6),
		Convention: conventions[f[colConvention]], Accuracy: num(colAccuracy), Area: f[colAreaName],
		Bounds: Box{num(colBounds), num(colBounds + 1), num(colBounds + 2), num(colBounds + 3)},
	}
}

// PublishedTransform returns a Helmert transform of the EPSG dataset by its operation
// code, such as 1777 for DHDN to WGS 84, to be handed to Transform. A code that is not in
// the table is an error with code datum-transform-required.
func PublishedTransform(code int) (Helmert, error) {
	rows := shifts()
	i := sort.Search(len(rows), func(i int) bool { return rows[i].code >= code })
	if i < len(rows) && rows[i].code == code {
		return rows[i].helmert(), nil
	}
	return Helmert{}, &Error{Code: CodeDatumTransform, Message: fmt.Sprintf("the datum transform EPSG:%d is not known here", code),
		Hint: "name a Helmert transform of the EPSG dataset to WGS 84, ETRS89 or another frame of the null-offset list, or give its parameters in a file"}
}

// PublishedTransforms returns all transforms in the table that start at a datum, by code.
func PublishedTransforms(from *Datum) []Helmert {
	var all []Helmert
	for _, r := range shifts() {
		if r.from == from.code && from.code != 0 {
			all = append(all, r.helmert())
		}
	}
	return all
}

// unaskedTransform returns the transform between two datums that is used without being
// configured: the direct one, else one from the first to the null-offset list.
func unaskedTransform(from, to *Datum) (h Helmert, ok bool) {
	for _, r := range shifts() {
		if r.from != from.code || used[r.code] == never {
			continue
		}
		if r.to == to.code {
			return r.helmert(), true
		}
		if used[r.code] == always && !ok {
			h, ok = r.helmert(), true
		}
	}
	return h, ok
}

// shownTransforms bounds the transforms that an error proposes.
const shownTransforms = 8

// TransformHint stands before Proposals in a hint.
const TransformHint = "name a datum transform with --transform, for example "

// Proposals says which published transforms of a datum hold somewhere in an area, the most
// accurate first, and "" when there are none.
func Proposals(d *Datum, area Box) string {
	var fit []Helmert
	for _, h := range PublishedTransforms(d) {
		if h.Bounds.meets(area) {
			fit = append(fit, h)
		}
	}
	slices.SortStableFunc(fit, func(a, b Helmert) int { return cmp.Compare(certain(a), certain(b)) })
	var out []string
	for _, h := range fit[:min(len(fit), shownTransforms)] {
		out = append(out, fmt.Sprintf("EPSG:%d (%s, %g m)", h.Code, h.Area, h.Accuracy))
	}
	text := strings.Join(out, " or ")
	if more := len(fit) - len(out); more > 0 {
		text += fmt.Sprintf(" or one of %d more", more)
	}
	return text
}

// certain returns the accuracy of a transform, a large one when nobody stated it.
func certain(h Helmert) float64 {
	if h.Accuracy == 0 {
		return math.Inf(1)
	}
	return h.Accuracy
}
