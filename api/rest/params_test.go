package rest_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
)

func TestBoxes(t *testing.T) {
	inf := math.Inf(1)
	for name, c := range map[string]struct {
		text string
		want spatial.Box
		ok   bool
	}{
		"four numbers":            {"1,2,3,4", spatial.Box{Min: [3]float64{1, 2, -inf}, Max: [3]float64{3, 4, inf}}, true},
		"six numbers":             {"1,2,-5,3,4,50.5", spatial.Box{Min: [3]float64{1, 2, -5}, Max: [3]float64{3, 4, 50.5}}, true},
		"spaces and exponents":    {" 1e1, -2 ,+3e1,4.", spatial.Box{Min: [3]float64{10, -2, -inf}, Max: [3]float64{30, 4, inf}}, true},
		"across the antimeridian": {"170,-10,-170,10", spatial.Box{Min: [3]float64{170, -10, -inf}, Max: [3]float64{-170, 10, inf}}, true},
		"a point":                 {"1,2,1,2", spatial.Box{Min: [3]float64{1, 2, -inf}, Max: [3]float64{1, 2, inf}}, true},
		"five numbers":            {"1,2,3,4,5", spatial.Box{}, false},
		"seven numbers":           {"1,2,3,4,5,6,7", spatial.Box{}, false},
		"nothing":                 {"", spatial.Box{}, false},
		"an empty number":         {"1,,3,4", spatial.Box{}, false},
		"an infinity":             {"1,2,3,Inf", spatial.Box{}, false},
		"too large a number":      {"1,2,3,1e999", spatial.Box{}, false},
		"a hexadecimal number":    {"0x1,2,3,4", spatial.Box{}, false},
		"low above high":          {"1,2,9,3,4,8", spatial.Box{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := rest.ParseBBox(c.text)
			if (err == nil) != c.ok || (err != nil && !errors.Is(err, spatial.ErrInvalid)) {
				t.Fatalf("error %v", err)
			}
			if c.ok && got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func at(s string) time.Time {
	t, err := spatial.ParseTime(s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestDatetimes(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want spatial.Interval
		ok   bool
	}{
		"an instant":                        {"2024-05-01T08:00:00+08:00", spatial.At(at("2024-05-01T00:00:00Z")), true},
		"a day is its first instant":        {"2024-05-01", spatial.At(at("2024-04-30T16:00:00Z")), true},
		"all of time":                       {"../..", spatial.Interval{}, true},
		"all of time, without dots":         {"/", spatial.Interval{}, true},
		"open to the past":                  {"../2024-05-01T00:00:00Z", spatial.Interval{End: at("2024-05-01T00:00:00.000001Z")}, true},
		"open to the future":                {"2024-05-01T00:00:00Z/", spatial.Interval{Start: at("2024-05-01T00:00:00Z")}, true},
		"an end that is a day":              {"2024-05-01/2024-05-01", spatial.Interval{Start: at("2024-05-01"), End: at("2024-05-02")}, true},
		"an end that is a month":            {"2024-01/2024-02", spatial.Interval{Start: at("2024-01-01"), End: at("2024-03-01")}, true},
		"an end that is a year":             {"2023/2023", spatial.Interval{Start: at("2023-01-01"), End: at("2024-01-01")}, true},
		"an instant as an interval":         {"2024-05-01T00:00:00Z/2024-05-01T00:00:00Z", spatial.At(at("2024-05-01T00:00:00Z")), true},
		"long ago":                          {"1005-03-01/..", spatial.Interval{Start: at("1005-03-01")}, true},
		"a year far away":                   {"../9999-12-31", spatial.Interval{End: at("9999-12-31").AddDate(0, 0, 1)}, true},
		"backwards":                         {"2024-05-02/2024-05-01", spatial.Interval{}, false},
		"three times":                       {"2023/2024/2025", spatial.Interval{}, false},
		"a word":                            {"now", spatial.Interval{}, false},
		"a leap second":                     {"2016-12-31T23:59:60Z", spatial.Interval{}, false},
		"a day that is not in the calendar": {"2023-02-29", spatial.Interval{}, false},
		"only dots":                         {"..", spatial.Interval{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := rest.ParseDatetime(c.text)
			if (err == nil) != c.ok || (err != nil && !errors.Is(err, spatial.ErrInvalid)) {
				t.Fatalf("error %v", err)
			}
			if c.ok && !got.Equal(c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestPointsHeightsAndCounts(t *testing.T) {
	if n, err := rest.ParsePoint("114.05,22.54,-3.5"); err != nil || n != (spatial.Near{Lon: 114.05, Lat: 22.54, H: -3.5, HasH: true}) {
		t.Errorf("a point with a height: %+v, %v", n, err)
	}
	if n, err := rest.ParsePoint("-180,90"); err != nil || n != (spatial.Near{Lon: -180, Lat: 90}) {
		t.Errorf("a point in a corner: %+v, %v", n, err)
	}
	for _, s := range []string{"", "1", "1,2,3,4", "181,0", "0,91", "a,b", "1,NaN"} {
		if _, err := rest.ParsePoint(s); !errors.Is(err, spatial.ErrInvalid) {
			t.Errorf("point %q: %v", s, err)
		}
	}
	if z, err := rest.ParseHeights("-30,.."); err != nil || z != (spatial.ZRange{Min: -30, Max: math.Inf(1), Known: true}) {
		t.Errorf("heights: %+v, %v", z, err)
	}
	for _, s := range []string{"", "1", "2,1", "a,b", "1,2,3"} {
		if _, err := rest.ParseHeights(s); !errors.Is(err, spatial.ErrInvalid) {
			t.Errorf("heights %q: %v", s, err)
		}
	}
	for s, want := range map[string]int{"1": 1, "007": 7, "100": 100, "101": 100, "999999999999999999": 100} {
		if n, err := rest.ParseCount(100)(s); err != nil || n != want {
			t.Errorf("count %q: %d, %v", s, n, err)
		}
	}
	for _, s := range []string{"", "0", "-1", "1.5", "1e3", "9999999999999999999", "+1"} {
		if _, err := rest.ParseCount(100)(s); !errors.Is(err, spatial.ErrInvalid) {
			t.Errorf("count %q: %v", s, err)
		}
	}
	if names, err := rest.ParseNames("b, a,b"); err != nil || !cmp.Equal(names, []string{"b", "a"}) {
		t.Errorf("names: %v, %v", names, err)
	}
	for _, s := range []string{"", "a,,b", strings.Repeat("a,", 300) + "a"} {
		if _, err := rest.ParseNames(s); !errors.Is(err, spatial.ErrInvalid) {
			t.Errorf("names %.10q: %v", s, err)
		}
	}
}

func TestACursorComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		instant := func(name string) time.Time {
			return time.UnixMicro(rapid.Int64Range(-62e15, 253e15).Draw(t, name)).UTC()
		}
		want := rest.Cursor{Revision: rapid.Int64Range(0, 1<<60).Draw(t, "revision"), Now: instant("now"), Matched: rapid.Int64Range(-1, 1<<60).Draw(t, "matched"),
			After: spatial.Cursor{ID: rapid.String().Draw(t, "id")}, Query: rest.QueryTag(rapid.String().Draw(t, "query"))}
		if rapid.Bool().Draw(t, "bounded") {
			want.After.ValidStart = instant("start")
		}
		got, err := rest.ParseCursor(want.String())
		if err != nil || !cmp.Equal(got, want) {
			t.Fatalf("%v: got %+v, want %+v", err, got, want)
		}
	})
}

func TestATokenWithAnyLetterChangedIsRefused(t *testing.T) {
	token := rest.Cursor{Revision: 7, Now: at("2024-05-01"), Matched: 3, After: spatial.Cursor{ID: "a"}}.String()
	for i := range token {
		for _, c := range []byte("Aa0-_=") {
			if token[i] == c {
				continue
			}
			if other := token[:i] + string(c) + token[i+1:]; other != token {
				if _, err := rest.ParseCursor(other); err == nil {
					t.Errorf("%s passes for %s", other, token)
				}
			}
		}
		if _, err := rest.ParseCursor(token[:i]); err == nil {
			t.Errorf("%s passes for %s", token[:i], token)
		}
	}
}

// The fuzz targets hold that parsers neither panic nor let through what has no meaning.

func FuzzBBox(f *testing.F) {
	for _, s := range []string{"1,2,3,4", "1,2,-5,3,4,50.5", "170,-10,-170,10", "1e999,0,0,0", ",,,", "NaN,1,2,3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if box, err := rest.ParseBBox(s); err == nil {
			if err := box.Validate(); err != nil {
				t.Errorf("%q gives a box that is none: %v", s, err)
			}
		}
	})
}

func FuzzPoint(f *testing.F) {
	for _, s := range []string{"1,2", "1,2,3", "180,90", "-181,0", "1e999,0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := rest.ParsePoint(s)
		if err == nil {
			q := spatial.Query{Collection: "c", Near: &n}
			if err := q.Validate(); err != nil {
				t.Errorf("%q gives a point that is none: %v", s, err)
			}
		}
	})
}

func FuzzDatetime(f *testing.F) {
	for _, s := range []string{"2024-05-01", "2024/2025", "../..", "/", "2024-05-01T00:00:00Z/..", "0001-01-01/9999-12-31"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if i, err := rest.ParseDatetime(s); err == nil {
			if err := i.Validate(); err != nil {
				t.Errorf("%q gives an interval that is none: %v", s, err)
			}
		}
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(rest.Cursor{Revision: 7, Matched: -1, After: spatial.Cursor{ID: "a", ValidStart: at("2024-05-01")}}.String())
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := rest.ParseCursor(s)
		if err != nil {
			return
		}
		if again, err := rest.ParseCursor(c.String()); err != nil || !cmp.Equal(again, c) {
			t.Errorf("%q: %v, %+v, %+v", s, err, c, again)
		}
	})
}
