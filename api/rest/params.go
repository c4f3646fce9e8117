package rest

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/spatial"
)

// CheckParams returns ErrInvalid, naming parameter and value, unless every query parameter
// of the request is among the known ones, and given once. Where open, other names are left
// for Others.
func CheckParams(c echo.Context, known []string, open bool) error {
	values, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-query", Message: "the query string is not properly escaped"}
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	var others []string
	for _, name := range names {
		if !slices.Contains(known, name) {
			if !open {
				return UnknownParam(name, values[name][0], hintKnown(known))
			}
			others = append(others, name)
		}
		if len(values[name]) > 1 {
			return BadParam(name, values[name][1], "the parameter is given more than once", "")
		}
	}
	if others != nil {
		SetOthers(c, others)
	}
	return nil
}

// UnknownParam returns a ParamError of kind spatial.ErrInvalid for a name that nobody knows.
func UnknownParam(name, value, hint string) error {
	return &ParamError{Name: clip(name), Value: clip(value), Err: &spatial.Problem{Kind: spatial.ErrInvalid,
		Code: "unknown-parameter", Message: "this address has no such parameter", Hint: hint}}
}

func hintKnown(known []string) string {
	if len(known) == 0 {
		return "it has none"
	}
	return "it has " + strings.Join(known, ", ")
}

// Param reads an optional parameter with a parser; ok is false when it is absent or empty.
// The parser's error comes back with the parameter named.
func Param[T any](c echo.Context, name string, parse func(string) (T, error)) (v T, ok bool, err error) {
	s := c.QueryParam(name)
	if s == "" {
		return v, false, nil
	}
	if v, err = parse(s); err != nil {
		return v, false, wrapParam(name, s, err)
	}
	return v, true, nil
}

func invalid(message, hint string) error {
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-parameter", Message: message, Hint: hint}
}

// ParseNumber reads a finite decimal number such as -12.5 or 1e3; no other spelling.
func ParseNumber(s string) (float64, error) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 60 || strings.Trim(s, "0123456789+-.eE") != "" {
		return 0, invalid(fmt.Sprintf("%q is no number", clip(s)), "")
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, invalid(fmt.Sprintf("%q is no number", clip(s)), "")
	}
	return v, nil
}

// numbers reads a list of numbers; more than most are refused before they are read.
func numbers(s string, most int) ([]float64, error) {
	if strings.Count(s, ",") >= most {
		return nil, invalid(fmt.Sprintf("more than %d numbers", most), "")
	}
	var out []float64
	for part := range strings.SplitSeq(s, ",") {
		v, err := ParseNumber(part)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// ParseBBox reads west,south,east,north or west,south,low,east,north,high in the order of
// the axes of some reference system, heights in metres. What the numbers mean is for the
// caller to check: west greater than east may cross the antimeridian (OGC 17-069r4 §7.15.3).
func ParseBBox(s string) (spatial.Box, error) {
	const hint = "give west,south,east,north or west,south,low,east,north,high"
	v, err := numbers(s, 6)
	if err != nil {
		return spatial.Box{}, err
	}
	switch len(v) {
	case 4:
		return spatial.Box2D(v[0], v[1], v[2], v[3]), nil
	case 6:
		if v[2] > v[5] {
			return spatial.Box{}, invalid("the heights run backwards", hint)
		}
		return spatial.Box{Min: [3]float64(v[:3]), Max: [3]float64(v[3:])}, nil
	}
	return spatial.Box{}, invalid(fmt.Sprintf("%d numbers are no box", len(v)), hint)
}

// ParsePoint reads lon,lat or lon,lat,h in CRS84, the height in metres.
func ParsePoint(s string) (spatial.Near, error) {
	v, err := numbers(s, 3)
	if err != nil {
		return spatial.Near{}, err
	}
	if len(v) < 2 {
		return spatial.Near{}, invalid("one number is no point", "give lon,lat or lon,lat,h")
	}
	n := spatial.Near{Lon: v[0], Lat: v[1]}
	if math.Abs(n.Lon) > 180 || math.Abs(n.Lat) > 90 {
		return spatial.Near{}, invalid(fmt.Sprintf("%g,%g is no longitude and latitude", n.Lon, n.Lat), "longitude comes first")
	}
	if len(v) == 3 {
		n.H, n.HasH = v[2], true
	}
	return n, nil
}

// ParseHeights reads low,high in metres, where ".." or nothing is an open side.
func ParseHeights(s string) (spatial.ZRange, error) {
	const hint = "write low,high; .. for an open side"
	low, high, ok := strings.Cut(s, ",")
	if !ok {
		return spatial.ZRange{}, invalid("one number is no range of heights", hint)
	}
	z := spatial.ZRange{Min: math.Inf(-1), Max: math.Inf(1), Known: true}
	for _, side := range []struct {
		text string
		into *float64
	}{{low, &z.Min}, {high, &z.Max}} {
		if side.text == "" || side.text == ".." {
			continue
		}
		v, err := ParseNumber(side.text)
		if err != nil {
			return spatial.ZRange{}, err
		}
		*side.into = v
	}
	if z.Min > z.Max {
		return spatial.ZRange{}, invalid("the heights run backwards", hint)
	}
	return z, nil
}

// ParseDatetime reads OGC's datetime: an instant, a closed interval a/b, or one that is open
// at a side, written "..", or empty. The result is half open: the end b belongs to it, and
// an end that is a date, a month or a year belongs to it with its whole length. An instant
// that is a date is the first instant of that Beijing day.
func ParseDatetime(s string) (spatial.Interval, error) {
	start, end, isInterval := strings.Cut(s, "/")
	if !isInterval {
		t, err := spatial.ParseTime(s)
		if err != nil {
			return spatial.Interval{}, err
		}
		return spatial.At(t), nil
	}
	var out spatial.Interval
	var err error
	if start != "" && start != ".." {
		if out.Start, err = spatial.ParseTime(start); err != nil {
			return spatial.Interval{}, err
		}
	}
	if end != "" && end != ".." {
		if out.End, err = endOf(end); err != nil {
			return spatial.Interval{}, err
		}
	}
	if err := out.Validate(); err != nil {
		return spatial.Interval{}, invalid("the interval ends before it begins", "write start/end, ../end or start/..")
	}
	return out, nil
}

// endOf returns the first instant behind a closed end.
func endOf(s string) (time.Time, error) {
	t, err := spatial.ParseTime(s)
	if err != nil {
		return t, err
	}
	switch len(s) {
	case len("2024"):
		return t.In(beijing()).AddDate(1, 0, 0).UTC(), nil
	case len("2024-05"):
		return t.In(beijing()).AddDate(0, 1, 0).UTC(), nil
	case len("2024-05-01"), len("20240501"):
		return t.In(beijing()).AddDate(0, 0, 1).UTC(), nil
	}
	return t.Add(spatial.Tick), nil
}

func beijing() *time.Location { return time.FixedZone("+08:00", 8*3600) }

// ParseCount returns a parser of a number of things, at least 1; what is above most is most.
func ParseCount(most int) func(string) (int, error) {
	return func(s string) (int, error) {
		if len(s) == 0 || len(s) > 18 || strings.Trim(s, "0123456789") != "" {
			return 0, invalid("not a whole number of at least 1", "")
		}
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < 1 {
			return 0, invalid("not a whole number of at least 1", "")
		}
		return int(min(n, int64(most))), nil
	}
}

// ParseBool reads true or false.
func ParseBool(s string) (bool, error) {
	switch s {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, invalid("this is neither true nor false", "")
}

// ParseInstants reads two instants parted by a comma (or, as an interval is written, a
// slash), the first before the second.
func ParseInstants(s string) ([2]time.Time, error) {
	const hint = "write two times with a comma, the earlier first: 2000-01-01,2024-01-01"
	first, second, ok := strings.Cut(s, ",")
	if !ok {
		first, second, ok = strings.Cut(s, "/")
	}
	if !ok {
		return [2]time.Time{}, invalid("one time is no pair", hint)
	}
	var out [2]time.Time
	for i, text := range []string{first, second} {
		t, err := spatial.ParseTime(strings.TrimSpace(text))
		if err != nil {
			return out, err
		}
		out[i] = t
	}
	if !out[0].Before(out[1]) {
		return out, invalid("the first time is not before the second", hint)
	}
	return out, nil
}

// ParseNames reads a list of names parted by commas, each once, at most 200 of them.
func ParseNames(s string) ([]string, error) {
	const most = 200
	if strings.Count(s, ",") >= most {
		return nil, invalid(fmt.Sprintf("more than %d names", most), "")
	}
	out := []string{}
	for name := range strings.SplitSeq(s, ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			return nil, invalid("a name is empty", "write name,name")
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out, nil
}

// ParseSort reads names parted by commas, a minus before one for descending, a plus (which
// arrives as a space where it was not escaped) or nothing for ascending.
func ParseSort(s string) ([]spatial.SortKey, error) {
	if strings.Count(s, ",") >= spatial.MaxSort {
		return nil, invalid(fmt.Sprintf("more than %d names", spatial.MaxSort), "")
	}
	out := []spatial.SortKey{}
	for part := range strings.SplitSeq(s, ",") {
		name, descending := strings.CutPrefix(part, "-")
		if !descending {
			name = strings.TrimLeft(part, "+ ")
		}
		if name == "" {
			return nil, invalid("a name is empty", "write name,-name")
		}
		out = append(out, spatial.SortKey{Name: name, Descending: descending})
	}
	return out, nil
}
