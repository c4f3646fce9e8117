package crs_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/shikong-cim/shikong/spatial/crs"
)

func TestEverySystemOfTheTableIsWhole(t *testing.T) {
	codes := crs.Codes()
	if !slices.IsSorted(codes) || len(codes) < 2600 {
		t.Fatalf("%d codes, sorted %v", len(codes), slices.IsSorted(codes))
	}
	for _, code := range codes {
		c, err := crs.ByCode(code)
		if err != nil {
			t.Fatal(err)
		}
		if c.Code() != code || c.Name() == "" || c.Datum() == nil || c.Unit().Factor <= 0 || c.Area() == (crs.Box{}) {
			t.Errorf("%s: datum %v, unit %v, area %s", c, c.Datum(), c.Unit(), c.Area())
		}
		a := c.Area()
		lon, lat := (a.West+a.East)/2, (a.South+a.North)/2
		if a.West > a.East {
			lon = a.West
		}
		x, y, z, err := c.Forward(lon, lat, 10)
		if err != nil {
			t.Errorf("%s: the middle of its area: %v", c, err)
			continue
		}
		if err := c.Check(x, y); err != nil {
			t.Errorf("%s: the middle of its area: %v", c, err)
		}
		lon2, lat2, h2, err := c.Inverse(x, y, z)
		if err != nil || !near(lon, lon2, tenthNano) || !near(lat, lat2, tenthNano) || !near(h2, 10, 1e-6) {
			t.Errorf("%s: %g,%g comes back as %g,%g,%g, %v", c, lon, lat, lon2, lat2, h2, err)
		}
	}
}

func TestTheSystemsThatTheProjectNeedsAreThere(t *testing.T) {
	want := []int{4326, 4979, 4978, 4490, 4479, 4480, 3857, 6668, 6697, 4612, 28992, 7415, 7856, 3878, 31467, 2240, 3547, 4214, 4610, 3065, 3946, 2056, 21781, 23700, 5514, 3375}
	for _, r := range [][2]int{{4491, 4554}, {32601, 32660}, {32701, 32760}, {25828, 25837}, {6669, 6687}, {2443, 2461}, {2401, 2442}, {21413, 21423}, {2327, 2390}} {
		for code := r[0]; code <= r[1]; code++ {
			want = append(want, code)
		}
	}
	for _, code := range want {
		if _, err := crs.ByCode(code); err != nil {
			t.Error(err)
		}
	}
	if _, err := crs.ByCode(3035); !errors.Is(err, crs.ErrUnsupported) {
		t.Errorf("EPSG:3035 is an azimuthal equal-area projection: %v", err)
	}
}

func TestSystemsSayWhatTheDoorsMustKnow(t *testing.T) {
	type facts struct {
		kind      crs.Kind
		order     crs.AxisOrder
		dimension int
		unit      crs.Unit
		vertical  crs.Vertical
	}
	for code, want := range map[int]facts{
		4326:  {crs.Geographic, crs.NorthEast, 2, crs.Degree, crs.Vertical{}},
		4979:  {crs.Geographic, crs.NorthEast, 3, crs.Degree, crs.Vertical{Ellipsoidal: true}},
		4479:  {crs.Geocentric, crs.XYZ, 3, crs.Metre, crs.Vertical{Ellipsoidal: true}},
		4547:  {crs.Projected, crs.NorthEast, 2, crs.Metre, crs.Vertical{}},
		32650: {crs.Projected, crs.EastNorth, 2, crs.Metre, crs.Vertical{}},
		2240:  {crs.Projected, crs.EastNorth, 2, crs.USSurveyFoot, crs.Vertical{}},
		7415:  {crs.Projected, crs.EastNorth, 3, crs.Metre, crs.Vertical{Code: 5709, Name: "NAP height"}},
		6697:  {crs.Geographic, crs.NorthEast, 3, crs.Degree, crs.Vertical{Code: 6695, Name: "JGD2011 (vertical) height"}},
	} {
		c, err := crs.ByCode(code)
		if err != nil {
			t.Fatal(err)
		}
		if got := (facts{c.Kind(), c.AxisOrder(), c.Dimension(), c.Unit(), c.Vertical()}); got != want {
			t.Errorf("%s: got %+v, want %+v", c, got, want)
		}
	}
	if c := crs.CRS84h(); c.AxisOrder() != crs.EastNorth || !c.Vertical().Ellipsoidal || c.Dimension() != 3 {
		t.Errorf("CRS84h: %s, %+v, %d", c.AxisOrder(), c.Vertical(), c.Dimension())
	}
}

func TestTheSameParametersAreTheSameSystem(t *testing.T) {
	datum, err := crs.DatumByName("EPSG:4490")
	if err != nil {
		t.Fatal(err)
	}
	c, err := crs.TransverseMercator("without a name", datum, crs.Parameters{Lon0: 114, Scale: 1, FalseEasting: 500000})
	if err != nil || c.Code() != 4547 {
		t.Errorf("got %v, %v, want EPSG:4547", c, err)
	}
	c, err = crs.TransverseMercator("city grid", datum, crs.Parameters{Lon0: 114.05, Scale: 1, FalseEasting: 300000, FalseNorthing: -2000000})
	if err != nil || c.Code() != 0 || c.Name() != "city grid" {
		t.Fatalf("got %v, %v, want a system of its own", c, err)
	}
	if x, y, _, err := c.Forward(114.05, 22.5, 0); err != nil || !near(x, 300000, 1e-9) || !near(y, 489167.311, mm) {
		t.Errorf("got %g, %g, %v", x, y, err)
	}
}

func TestZonesAreFoundInTheTable(t *testing.T) {
	for _, test := range []struct {
		code int
		get  func() (*crs.CRS, error)
	}{
		{32650, func() (*crs.CRS, error) { return crs.UTM(crs.WGS84().Datum(), 50, false) }},
		{32760, func() (*crs.CRS, error) { return crs.UTM(crs.WGS84().Datum(), 60, true) }},
		{25832, func() (*crs.CRS, error) { return crs.UTM(byCode(t, 4258).Datum(), 32, false) }},
		{7856, func() (*crs.CRS, error) { return crs.UTM(byCode(t, 7844).Datum(), 56, true) }},
		{4547, func() (*crs.CRS, error) { return crs.GaussKruger(crs.CGCS2000().Datum(), 114, 0) }},
		{4526, func() (*crs.CRS, error) { return crs.GaussKruger(crs.CGCS2000().Datum(), 114, 38) }},
		{5677, func() (*crs.CRS, error) { return crs.GaussKruger(byCode(t, 4314).Datum(), 9, 3) }},
	} {
		if c, err := test.get(); err != nil || c.Code() != test.code {
			t.Errorf("got %v, %v, want EPSG:%d", c, err, test.code)
		}
	}
	for _, zone := range []int{0, 61, -1} {
		if _, err := crs.UTM(crs.WGS84().Datum(), zone, false); !errors.Is(err, crs.ErrUnsupported) {
			t.Errorf("UTM zone %d: %v", zone, err)
		}
	}
}
