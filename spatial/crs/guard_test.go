package crs_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/spatial/crs"
)

func TestCheckNamesTheMistakeInACoordinate(t *testing.T) {
	const e, n = 505952, 2493941 // Shenzhen
	for _, test := range []struct {
		name string
		code int
		x, y float64
		want string
		hint string
	}{
		{"right, central meridian", 4547, e, n, "", ""},
		{"right, zone", 4526, 38e6 + e, n, "", ""},
		{"right, just outside its area", 4547, 300000, n, "", ""},
		{"zone prefix with a central meridian code", 4547, 38e6 + e, n, crs.CodeZonePrefix, "EPSG:4526"},
		{"prefix of another zone with a central meridian code", 4547, 39e6 + e, n, crs.CodeZonePrefix, "EPSG:4527"},
		{"no prefix with a zone code", 4526, e, n, crs.CodeZonePrefix, "EPSG:4547"},
		{"another zone's prefix with a zone code", 4526, 39e6 + e, n, crs.CodeZonePrefix, "EPSG:4527"},
		{"6 degree zone prefix with a central meridian code", 4509, 20e6 + e, n, crs.CodeZonePrefix, "EPSG:4498"},
		{"axes exchanged", 4547, n, e, crs.CodeAxisSwap, "exchange"},
		{"axes exchanged with a zone", 4526, n, 38e6 + e, crs.CodeAxisSwap, "exchange"},
		{"axes exchanged and a prefix", 4547, n, 38e6 + e, crs.CodeAxisSwap, "EPSG:4526"},
		{"longitude and latitude", 4547, 114.05, 22.54, crs.CodeOutsideExtent, "check"},
		{"far away", 4547, e, 9e6, crs.CodeOutsideExtent, "check"},
		{"not a number", 4547, math.NaN(), n, crs.CodeOutsideExtent, "check"},
		{"latitude first", 4490, 22.54, 114.05, crs.CodeAxisSwap, "exchange"},
		{"another continent", 4490, -0.1, 51.5, crs.CodeOutsideExtent, "check"},
		{"UTM with its zone", 25832, 32e6 + 500000, 5.5e6, crs.CodeZonePrefix, "EPSG:4647"},
		{"Japan is small and may be either way round", 6677, 1000, 2000, "", ""},
		{"heights do not matter", 7415, 155000, 463000, "", ""},
		{"feet", 2240, 2296583, 1300000, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := byCode(t, test.code).Check(test.x, test.y)
			if test.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var e *crs.Error
			if !errors.As(err, &e) || e.Code != test.want || !strings.Contains(e.Hint, test.hint) {
				t.Fatalf("got %#v, want code %s and hint %s", err, test.want, test.hint)
			}
		})
	}
}

func TestABoxTellsWhatLiesOutside(t *testing.T) {
	shenzhen := crs.Box{West: 113.7, South: 22.4, East: 114.7, North: 22.9}
	if err := shenzhen.Check(114.05, 22.54); err != nil {
		t.Error(err)
	}
	if err := shenzhen.Check(114.05, 23.54); !errors.Is(err, crs.ErrOutsideExtent) {
		t.Errorf("Heyuan: %v", err)
	}
	fiji := crs.Box{West: 177, South: -20, East: -178, North: -12}
	for lon, want := range map[float64]bool{178: true, -179: true, 176: false, -177: false, 0: false} {
		if fiji.Contains(lon, -15) != want {
			t.Errorf("longitude %g: %v, want %v", lon, !want, want)
		}
	}
	if !fiji.Grow(2).Contains(176, -15) || !fiji.Grow(2).Contains(-177, -15) || fiji.Grow(2).Contains(174, -15) {
		t.Errorf("grown to %s", fiji.Grow(2))
	}
	if !(crs.Box{West: -179, South: -1, East: 179, North: 1}).Grow(3).Contains(180, 2) {
		t.Error("a box around the Earth has a gap")
	}
	if !(crs.Box{}).Contains(1, 1) || !(crs.Box{}).Grow(1).Contains(-100, 80) {
		t.Error("the unknown box leaves something out")
	}
}

func TestFactorsAreThoseOfTheTextbook(t *testing.T) {
	c := byCode(t, 4547)
	conv, scale, err := c.Factors(114, 22.5)
	if err != nil || !near(conv, 0, 1e-7) || !near(scale, 1, 1e-9) {
		t.Errorf("on the meridian %g, %g, %v", conv, scale, err)
	}
	// Near the meridian the convergence is Δλ·sin φ and the scale 1 + (E/R)²/2.
	conv, scale, err = c.Factors(115, 22.5)
	if err != nil || !near(conv, math.Sin(22.5*math.Pi/180), 1e-4) || !near(scale, 1+0.5*math.Pow(102873./6378000, 2), 1e-6) {
		t.Errorf("one degree east %g, %g, %v", conv, scale, err)
	}
	if _, scale, _ := crs.WebMercator().Factors(114, 60); !near(scale, 2*6378137/6383454., 1e-6) {
		t.Errorf("web Mercator at 60 degrees: %g", scale)
	}
}

func TestAZoneNumberTellsTheSystem(t *testing.T) {
	for _, test := range []struct {
		name string
		x, y float64
		want []int
	}{
		{"zone 38 on four datums of China", 38506000, 2495000, []int{2362, 2414, 4526, 4774}},
		{"zone 24 in Finland and in Siberia", 24525642, 6876910, []int{2540, 2658, 3878, 20024, 20924, 28424}},
		{"no zone number", 506000, 2495000, nil},
		{"a zone far away", 38506000, -2495000, nil},
		{"no number", math.NaN(), 0, nil},
	} {
		var got []int
		for _, c := range crs.Zoned(test.x, test.y) {
			got = append(got, c.Code())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
