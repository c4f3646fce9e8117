package crs_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/spatial/crs"
)

func byCode(t testing.TB, code int) *crs.CRS {
	t.Helper()
	c, err := crs.ByCode(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTransformTakesOverCoordinatesBetweenTheListedFrames(t *testing.T) {
	frames := []int{4326, 4490, 9000, 6668, 4258, 7844}
	for _, a := range frames {
		for _, b := range frames {
			op, err := crs.Transform(byCode(t, a), byCode(t, b))
			if err != nil {
				t.Fatal(err)
			}
			lon, lat, h, err := op.Point(113.9, 22.5, 12)
			if err != nil || lon != 113.9 || lat != 22.5 || h != 12 {
				t.Errorf("EPSG:%d to EPSG:%d moved the point to %g,%g,%g: %v", a, b, lon, lat, h, err)
			}
			if (a == b) != (op.Accuracy() == 0 && len(op.Notes()) == 0) {
				t.Errorf("EPSG:%d to EPSG:%d: accuracy %g, notes %q", a, b, op.Accuracy(), op.Notes())
			}
		}
	}
}

func TestTransformRefusesToGuess(t *testing.T) {
	for _, test := range []struct {
		name     string
		from, to int
		says     string
	}{
		{"Beijing 1954", 2434, 4490, "Beijing 1954"},
		{"Beijing 1954 geographic", 4214, 4326, "Beijing 1954"},
		{"Beijing 1954 with zones", 21420, 4490, "Beijing 1954"},
		{"Xian 1980", 2383, 4490, "Xian 1980"},
		{"Xian 1980 geographic", 4610, 4490, "Xian 1980"},
		{"into Xian 1980", 4490, 4610, "Xian 1980"},
		{"NAD83 in feet", 2240, 4326, "EPSG:1188"},
		{"NAD83 of 2007", 3547, 4326, "EPSG:15931"},
		{"DHDN has several", 31467, 4326, "EPSG:1777"},
		{"GDA94 has two to WGS 84", 28356, 4326, "EPSG:8048"},
		{"normal heights to the ellipsoid", 7415, 4979, "geoid"},
		{"normal heights to geocentric", 6697, 4978, "geoid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := crs.Transform(byCode(t, test.from), byCode(t, test.to))
			var e *crs.Error
			if !errors.As(err, &e) || e.Code != "datum-transform-required" || !errors.Is(err, crs.ErrDatumTransform) {
				t.Fatalf("got %v", err)
			}
			if !strings.Contains(err.Error(), test.says) || e.Hint == "" {
				t.Errorf("error %q does not say %q", err, test.says)
			}
		})
	}
}

func TestTransformUsesWhatIsConfigured(t *testing.T) {
	beijing, wgs := byCode(t, 4214).Datum(), crs.WGS84().Datum()
	h := crs.Helmert{Name: "synthetic", From: beijing, To: wgs, DX: 12, DY: -150, DZ: -80, RX: 0.5, RY: -0.3, RZ: 0.2, ScalePPM: 1,
		Convention: crs.PositionVector, Accuracy: 5}
	op, err := crs.Transform(byCode(t, 2434), crs.CGCS2000(), h)
	if err != nil {
		t.Fatal(err)
	}
	if op.Accuracy() != 6 || !strings.Contains(strings.Join(op.Notes(), "\n"), "synthetic") {
		t.Errorf("accuracy %g, notes %q", op.Accuracy(), op.Notes())
	}
	other := h
	other.Convention, other.RX, other.RY, other.RZ = crs.CoordinateFrame, -h.RX, -h.RY, -h.RZ
	op2, err := crs.Transform(byCode(t, 2434), crs.CGCS2000(), other)
	if err != nil {
		t.Fatal(err)
	}
	lon, lat, _, err := op.Point(500000, 2493940, 0)
	if err != nil {
		t.Fatal(err)
	}
	lon2, lat2, _, err := op2.Point(500000, 2493940, 0)
	if err != nil || lon != lon2 || lat != lat2 {
		t.Errorf("opposite conventions with opposite signs differ: %g,%g and %g,%g, %v", lon, lat, lon2, lat2, err)
	}
	x, y, _, err := op.Inverse().Point(lon, lat, 0)
	if err != nil || !near(x, 500000, 1e-6) || !near(y, 2493940, 1e-6) {
		t.Errorf("back at %.9f, %.9f, %v", x, y, err)
	}
}

func TestTransformRefusesATransformThatCannotBeMeant(t *testing.T) {
	from, to := byCode(t, 4214).Datum(), crs.WGS84().Datum()
	for name, h := range map[string]crs.Helmert{
		"no datums":                      {DX: 1},
		"rotations without a convention": {From: from, To: to, RX: 1},
		"unknown convention":             {From: from, To: to, RX: 1, Convention: "clockwise"},
		"not a number":                   {From: from, To: to, DX: math.NaN()},
		"radians for metres":             {From: from, To: to, DX: 1e9},
		"onto itself":                    {From: from, To: from},
	} {
		if _, err := crs.Transform(byCode(t, 4214), crs.WGS84(), h); !errors.Is(err, crs.ErrDatumTransform) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTransformsThatNeedNoConfigurationSaySo(t *testing.T) {
	for _, test := range []struct {
		from, to int
		accuracy float64
		says     string
	}{
		{28992, 4258, 0.25, "EPSG:9281"},
		{7415, 4326, 1, "EPSG:4833"},
		{7415, 4490, 1.25, "EPSG:9281"},
		{2451, 4326, 1, "EPSG:1826"},
		{2451, 6668, 1, "EPSG:6698"},
		{2451, 4490, 2, "EPSG:6698"},
		{28356, 7844, 0.01, "EPSG:8048"},
		{2326, 4326, 1, "EPSG:1825"},
		{2326, 4490, 2, "EPSG:1825"},
	} {
		op, err := crs.Transform(byCode(t, test.from), byCode(t, test.to))
		if err != nil {
			t.Error(err)
			continue
		}
		if !near(op.Accuracy(), test.accuracy, 1e-12) || !strings.Contains(strings.Join(op.Notes(), "\n"), test.says) {
			t.Errorf("EPSG:%d to EPSG:%d: accuracy %g, notes %q", test.from, test.to, op.Accuracy(), op.Notes())
		}
	}
}

func TestRDReachesItsReferencePoint(t *testing.T) {
	// The church tower of Amersfoort is the origin of RD, 155000, 463000.
	op, err := crs.Transform(byCode(t, 7415), byCode(t, 4258))
	if err != nil {
		t.Fatal(err)
	}
	lon, lat, h, err := op.Point(155000, 463000, 43)
	if err != nil || !near(lon, 5.3872036, 2e-6) || !near(lat, 52.1551729, 2e-6) || h != 43 {
		t.Errorf("got %.7f, %.7f, %g, %v", lon, lat, h, err)
	}
}

func TestApplyConvertsFlatCoordinatesInPlace(t *testing.T) {
	op, err := crs.Transform(byCode(t, 4547), crs.CGCS2000())
	if err != nil {
		t.Fatal(err)
	}
	x, y, _, err := byCode(t, 4547).Forward(114.057865, 22.543096, 0)
	if err != nil {
		t.Fatal(err)
	}
	for stride, flat := range map[int][]float64{
		2: {x, y, x, y},
		3: {x, y, 7, x, y, 8},
		4: {x, y, 7, 1, x, y, 8, 2},
	} {
		if err := op.Apply(flat, stride); err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(flat); i += stride {
			if !near(flat[i], 114.057865, tenthNano) || !near(flat[i+1], 22.543096, tenthNano) {
				t.Errorf("stride %d: %v", stride, flat)
			}
		}
		if stride == 4 && (flat[2] != 7 || flat[3] != 1 || flat[7] != 2) {
			t.Errorf("heights or measures changed: %v", flat)
		}
	}
	for name, bad := range map[string][]float64{"half a point": {x, y, x}, "not a number": {x, y, math.NaN(), y}, "far away": {x, y, 1e9, y}} {
		err := op.Apply(bad, 2)
		if !errors.Is(err, crs.ErrOutsideExtent) {
			t.Errorf("%s: %v", name, err)
		}
		if len(bad) == 4 && !strings.Contains(err.Error(), "point 1:") {
			t.Errorf("%s: %v does not say which point", name, err)
		}
	}
	if err := op.Apply(nil, 2); err != nil {
		t.Errorf("no points: %v", err)
	}
	if err := op.Apply([]float64{1}, 0); !errors.Is(err, crs.ErrOutsideExtent) {
		t.Errorf("stride 0: %v", err)
	}
}

func TestCoordinatesOutsideTheDomainAreErrors(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, code := range []int{4326, 4547, 3857, 28992, 2154, 4978, 3395} {
		c := byCode(t, code)
		for _, p := range [][3]float64{{nan, 0, 0}, {0, nan, 0}, {0, inf, 0}, {inf, 0, 0}, {0, 0, nan}, {0, 91, 0}, {0, -91, 0}, {1e6, 0, 0}} {
			if x, y, z, err := c.Forward(p[0], p[1], p[2]); !errors.Is(err, crs.ErrOutsideExtent) {
				t.Errorf("%s: %v gives %g %g %g, %v", c, p, x, y, z, err)
			}
		}
		for _, p := range [][3]float64{{nan, 0, 0}, {0, nan, 0}, {inf, 0, 0}, {0, 0, nan}, {0, 0, inf}} {
			if x, y, z, err := c.Inverse(p[0], p[1], p[2]); !errors.Is(err, crs.ErrOutsideExtent) {
				t.Errorf("%s: inverse %v gives %g %g %g, %v", c, p, x, y, z, err)
			}
		}
	}
	for _, lat := range []float64{90, -90} {
		if _, _, _, err := crs.WebMercator().Forward(10, lat, 0); !errors.Is(err, crs.ErrOutsideExtent) {
			t.Errorf("web Mercator has a pole: %v", err)
		}
	}
}
