package api_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

var defaultSystems = []string{"http://www.opengis.net/def/crs/OGC/1.3/CRS84", "http://www.opengis.net/def/crs/OGC/0/CRS84h"}

// wellNamed is the form of OGC's names for reference systems (09-048r5).
var wellNamed = regexp.MustCompile(`^http://www\.opengis\.net/def/crs/[A-Z]+/[0-9.]+/[A-Za-z0-9]+$`)

// featuresCRS is OGC API Features Part 2.
var featuresCRS = []abstractTest{
	{"/conf/crs/crs-uri", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			var one collectionDoc
			x.read(t, "/collections/"+c.ID, &one)
			for _, uri := range append(one.CRS, one.StorageCRS) {
				if !wellNamed.MatchString(uri) {
					t.Error(uri)
				}
			}
			if diff := cmp.Diff(c.CRS, one.CRS); diff != "" {
				t.Errorf("the list and the collection alone differ: %s", diff)
			}
		})
	}},
	{"/conf/crs/default-crs", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			if !slices.Contains(defaultSystems, c.CRS[0]) {
				t.Error(c.CRS)
			}
		})
	}},
	{"/conf/crs/storageCrs", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			if !slices.Contains(c.CRS, c.StorageCRS) {
				t.Error(c.StorageCRS)
			}
		})
	}},
	{"/conf/crs/crs-parameter", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			for _, uri := range x.usable(t, c) {
				if got := x.items(t, c.ID, "crs", uri, "limit", "2").header.Get("Content-Crs"); got != "<"+uri+">" {
					t.Errorf("%s: %s", uri, got)
				}
			}
		})
	}},
	{"/conf/crs/crs-parameter-default", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			if got := x.items(t, c.ID).header.Get("Content-Crs"); got != "<"+c.CRS[0]+">" {
				t.Error(got)
			}
		})
		x.eachFeature(t, func(t *testing.T, target, _ string) {
			if got := ask(t, x.s, "GET", target).header.Get("Content-Crs"); !slices.Contains(defaultSystems, strings.Trim(got, "<>")) {
				t.Error(got)
			}
		})
	}},
	{"/conf/crs/crs-parameter-invalid", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			for _, uri := range []string{"http://www.opengis.net/def/crs/OGC/0/does_not_exist", "http://www.opengis.net/def/crs/0815", c.CRS[0] + "1"} {
				if res := x.try(t, c.ID, "crs", uri); res.status != 400 {
					t.Errorf("%s: %d", uri, res.status)
				}
			}
		})
		x.eachFeature(t, func(t *testing.T, target, _ string) {
			if res := ask(t, x.s, "GET", target+"?crs=http://www.opengis.net/def/crs/0815"); res.status != 400 {
				t.Errorf("%s: %d", target, res.status)
			}
		})
	}},
	{"/conf/crs/crs-parameter-transform", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			plain := x.items(t, c.ID)
			for _, uri := range x.usable(t, c) {
				back := backFrom(t, uri)
				for i, f := range x.items(t, c.ID, "crs", uri).Features {
					want := plain.Features[i].Geometry.positions()
					for j, p := range f.Geometry.positions() {
						lon, lat, err := back(p[0], p[1])
						if err != nil || !near(lon, want[j][0]) || !near(lat, want[j][1]) {
							t.Fatalf("%s: %s stands at %v, %v back; without crs at %v %v", uri, f.ID, lon, lat, want[j], err)
						}
					}
				}
			}
		})
	}},
	{"/conf/crs/bbox-crs-parameter", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			for _, uri := range x.usable(t, c) {
				box := boxIn(t, uri, c.box())
				p := x.items(t, c.ID, "bbox", box, "bbox-crs", uri, "datetime", "../..", "crs", uri)
				x.wellFormedIn(t, p)
				all := slices.DeleteFunc(x.items(t, c.ID, "datetime", "../..").Features, func(f geoFeature) bool { return f.Geometry == nil })
				if len(p.Features) != len(all) {
					t.Errorf("%s: %d features in the box around all %d", uri, len(p.Features), len(all))
				}
			}
		})
	}},
	{"/conf/crs/bbox-crs-parameter-default", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			b := c.box()
			box := fmt.Sprintf("%v,%v,%v,%v", b[0], b[1], (b[0]+b[2])/2, b[3])
			with, without := x.items(t, c.ID, "bbox", box, "bbox-crs", c.CRS[0]), x.items(t, c.ID, "bbox", box)
			if diff := cmp.Diff(with.ids(), without.ids()); diff != "" {
				t.Error(diff)
			}
		})
	}},
	{"/conf/crs/bbox-crs-parameter-invalid", func(t *testing.T, x *examined) {
		x.each(t, func(t *testing.T, c *collectionDoc) {
			if res := x.try(t, c.ID, "bbox", "5,49,6,50", "bbox-crs", "http://www.opengis.net/def/crs/0815"); res.status != 400 {
				t.Error(res.status)
			}
		})
	}},
}

const degree = 2e-9 // what the last digit written of a longitude or latitude and of metres in a plane may differ

func near(a, b float64) bool { return a-b < 50*degree && b-a < 50*degree }

// usable are the systems offered whose area holds the collection: the shared list names all.
func (x *examined) usable(t *testing.T, c *collectionDoc) (out []string) {
	t.Helper()
	b := c.box()
	for _, uri := range c.CRS {
		s, err := crs.Parse(uri)
		if err != nil {
			t.Fatal(err)
		}
		if a := s.Area(); a == (crs.Box{}) || a.Contains(b[0], b[1]) && a.Contains(b[2], b[3]) {
			out = append(out, uri)
		}
	}
	if len(out) < 2 {
		t.Fatalf("%s can be given in %v", c.ID, out)
	}
	return out
}

// wellFormedIn is wellFormed for coordinates of any system.
func (x *examined) wellFormedIn(t *testing.T, p *page) {
	t.Helper()
	for i := range p.Features {
		p.Features[i].Geometry = nil
	}
	x.wellFormed(t, p)
}

// operation leads from longitude and latitude to a system; swap says that its north comes first.
func operation(t *testing.T, uri string) (to *crs.Operation, swap bool) {
	t.Helper()
	s, err := crs.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	if v := s.Vertical(); v.Code != 0 {
		s = s.Horizontal()
	}
	if slices.Contains(defaultSystems, uri) {
		return nil, false
	}
	if to, err = crs.Transform(crs.CGCS2000(), s.Horizontal()); err != nil {
		t.Fatal(err)
	}
	return to, s.AxisOrder() == crs.NorthEast
}

// backFrom returns what takes coordinates as a client gets them to longitude and latitude.
func backFrom(t *testing.T, uri string) func(x, y float64) (lon, lat float64, err error) {
	t.Helper()
	to, swap := operation(t, uri)
	return func(x, y float64) (lon, lat float64, err error) {
		if swap {
			x, y = y, x
		}
		if to == nil {
			return x, y, nil
		}
		lon, lat, _, err = to.Inverse().Point(x, y, 0)
		return lon, lat, err
	}
}

// boxIn returns a rectangle of a system around one of longitudes and latitudes.
func boxIn(t *testing.T, uri string, b []float64) string {
	t.Helper()
	to, swap := operation(t, uri)
	out := spatial.EmptyBox()
	const steps = 20
	for i := range steps + 1 {
		for j := range steps + 1 {
			x, y := b[0]+(b[2]-b[0])*float64(i)/steps, b[1]+(b[3]-b[1])*float64(j)/steps
			if to != nil {
				var err error
				if x, y, _, err = to.Point(x, y, 0); err != nil {
					t.Fatal(uri, err)
				}
			}
			if swap {
				x, y = y, x
			}
			out = out.Extend(spatial.Box2D(x, y, x, y))
		}
	}
	return fmt.Sprintf("%v,%v,%v,%v", out.Min[0]-degree, out.Min[1]-degree, out.Max[0]+degree, out.Max[1]+degree)
}
