package csv

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
)

// The names by which columns of coordinates are known, compared without case. What is called
// longitude is in degrees; x and y may be in any system, and the user has to say in which.
var (
	lonNames = []string{"lon", "lng", "long", "longitude", "经度"}
	latNames = []string{"lat", "la", "latitude", "纬度"}
	xNames   = []string{"x", "easting", "east", "x坐标", "东坐标"}
	yNames   = []string{"y", "northing", "north", "y坐标", "北坐标"}
	zNames   = []string{"z", "alt", "altitude", "elev", "elevation", "高程"}
	wktNames = []string{"wkt", "geom", "geometry", "the_geom", "wkt_geom", "geom_wkt", "shape", "wkb", "geog"}
)

// columns says what each column of a table is. x, y, z and wkt are column numbers, -1 where
// there is none.
type columns struct {
	names        []string
	types        []valueType
	x, y, z, wkt int
	degrees      bool // x and y are longitude and latitude by their names
}

// valueType is what all values of a column can be read as. A column starts as none and only
// widens.
type valueType int

const (
	none valueType = iota
	boolean
	integer
	decimal
	text
)

// newColumns finds the coordinates among the names of a header.
func newColumns(header []string) (*columns, error) {
	c := &columns{names: make([]string, len(header)), types: make([]valueType, len(header))}
	seen := map[string]int{}
	for i, name := range header {
		if name = strings.TrimSpace(name); name == "" {
			name = fmt.Sprintf("column_%d", i+1)
		}
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s_%d", name, seen[name])
		}
		c.names[i] = name
	}
	c.z, c.wkt = c.find(zNames), c.find(wktNames)
	c.x, c.y = c.find(lonNames), c.find(latNames)
	if c.degrees = c.x >= 0 && c.y >= 0; !c.degrees {
		c.x, c.y = c.find(xNames), c.find(yNames)
	}
	if c.wkt < 0 && (c.x < 0 || c.y < 0) {
		c.x, c.y = c.findLast(lonNames), c.findLast(latNames)
		c.degrees = c.x >= 0 && c.y >= 0
	}
	switch {
	case c.x >= 0 && c.y >= 0:
		c.wkt = -1 // stays a property; two columns of coordinates cannot be mistaken for anything else
	case c.wkt >= 0:
		c.x, c.y, c.z = -1, -1, -1
	default:
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "no-position-columns",
			Message: fmt.Sprintf("no column of %.200q holds a position", strings.Join(c.names, ", ")),
			Hint:    "call the columns lon and lat, x and y (with --crs), or wkt for a geometry as well-known text or hexadecimal well-known binary"}
	}
	return c, nil
}

// find returns the number of the first column of one of the names, in the order of the names.
func (c *columns) find(names []string) int {
	for _, name := range names {
		if i := slices.IndexFunc(c.names, func(n string) bool { return strings.EqualFold(n, name) }); i >= 0 {
			return i
		}
	}
	return -1
}

// findLast returns the number of the only column whose name ends in one of the names as a word
// of its own, such as "site_latitude"; -1 where there is none, or more than one.
func (c *columns) findLast(names []string) int {
	found := -1
	for i, name := range c.names {
		words := strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == ' ' })
		if len(words) == 0 || !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, words[len(words)-1]) }) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}

// isPosition reports whether a column is read as part of the geometry.
func (c *columns) isPosition(i int) bool { return i == c.x || i == c.y || i == c.z || i == c.wkt }

// learn widens the types by one row.
func (c *columns) learn(row []string) {
	for i, s := range row[:min(len(row), len(c.types))] {
		if s != "" && c.types[i] != text {
			c.types[i] = widest(c.types[i], typeOf(s))
		}
	}
}

func widest(a, b valueType) valueType {
	switch {
	case a == none || a == b:
		return b
	case a == integer && b == decimal || a == decimal && b == integer:
		return decimal
	}
	return text
}

// typeOf returns the narrowest type of one text. A number with leading zeros is a code and
// stays text, since its zeros mean something.
func typeOf(s string) valueType {
	if s == "true" || s == "false" || s == "TRUE" || s == "FALSE" || s == "True" || s == "False" {
		return boolean
	}
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || digits[0] != '.' && (digits[0] < '0' || digits[0] > '9') || strings.ContainsAny(digits, "xXpP_nN") {
		return text
	}
	if len(digits) > 1 && digits[0] == '0' && digits[1] != '.' && digits[1] != 'e' && digits[1] != 'E' {
		return text
	}
	if _, err := strconv.ParseInt(s, 10, 64); err == nil {
		return integer
	}
	if !strings.ContainsAny(digits, ".eE") {
		return text // more digits than a number can hold are an identifier
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return decimal
	}
	return text
}

// value reads a text as the type of its column; an empty one is null.
func (c *columns) value(i int, s string) spatial.Value {
	if s == "" {
		return spatial.Value{}
	}
	switch c.types[i] {
	case boolean:
		return spatial.BoolOf(strings.EqualFold(s, "true"))
	case integer:
		n, _ := strconv.ParseInt(s, 10, 64)
		return spatial.IntOf(n)
	case decimal:
		f, _ := strconv.ParseFloat(s, 64)
		return spatial.FloatOf(f)
	}
	return spatial.StringOf(s)
}
