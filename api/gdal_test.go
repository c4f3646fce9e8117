package api_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
)

// counted is how many features GDAL's OGC API driver reads.
func counted(t *testing.T, address string, args ...string) string {
	t.Helper()
	out := gdal(t, "ogrinfo", append(append([]string{"-ro", "-al", "-so"}, args...), "OAPIF:http://"+address, "houses")...)
	_, rest, ok := strings.Cut(out, "Feature Count: ")
	if !ok {
		t.Fatal(out)
	}
	n, _, _ := strings.Cut(rest, "\n")
	return n
}

// The houses of a grid: storeys run from 0 to 29, again and again.
func TestGDALPagesAndFilters(t *testing.T) {
	r := newReal(t)
	const n = 620
	r.apply(t, spatial.Collection{Name: "houses"}, grid(n))
	for name, c := range map[string]struct {
		args []string
		want int
	}{
		"in pages of 7":               {[]string{"-oo", "PAGE_SIZE=7"}, n},
		"in pages that end with all":  {[]string{"-oo", "PAGE_SIZE=310"}, n},
		"more than the server gives":  {[]string{"-oo", "PAGE_SIZE=1000000"}, n},
		"of a number of storeys":      {[]string{"-where", "storeys = 7"}, 21},
		"of a range, page by page":    {[]string{"-oo", "PAGE_SIZE=50", "-where", "storeys >= 28 AND use = 'home'"}, 40},
		"in a box":                    {[]string{"-spat", "114.0001", "22.0001", "114.0992", "22.0002"}, 100},
		"in a box, of a number":       {[]string{"-oo", "PAGE_SIZE=9", "-spat", "114.0001", "22.0001", "114.0992", "22.0002", "-where", "storeys = 3"}, 4},
		"nothing":                     {[]string{"-where", "storeys > 100"}, 0},
		"in a box where nothing lies": {[]string{"-spat", "10", "10", "11", "11"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := counted(t, r.address, c.args...); got != fmt.Sprint(c.want) {
				t.Errorf("GDAL reads %s features, want %d", got, c.want)
			}
		})
	}
}

// The judge of coordinates in another system is PROJ, through GDAL.
func TestGDALTransformsToTheSamePlaces(t *testing.T) {
	r := newReal(t)
	r.apply(t, spatial.Collection{Name: "houses"}, grid(150))
	for _, code := range []int{32650, 3857} {
		out := filepath.Join(t.TempDir(), fmt.Sprint(code, ".json"))
		gdal(t, "ogr2ogr", "-f", "GeoJSON", "-t_srs", fmt.Sprint("EPSG:", code), "-lco", "COORDINATE_PRECISION=6", out, "OAPIF:http://"+r.address, "houses")
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var judged page
		if err := json.Unmarshal(text, &judged); err != nil {
			t.Fatal(err)
		}
		places := map[any][][]float64{}
		for _, f := range judged.Features {
			places[f.Properties["id"]] = f.Geometry.positions()
		}
		var p page
		r.get(t, fmt.Sprintf("/collections/houses/items?limit=1000&crs=EPSG:%d", code), &p)
		if len(p.Features) != 150 {
			t.Fatalf("%d features", len(p.Features))
		}
		const millimetre = 1e-3
		for _, f := range p.Features {
			for i, at := range f.Geometry.positions() {
				want := places[f.ID]
				if len(want) <= i || math.Hypot(at[0]-want[i][0], at[1]-want[i][1]) > millimetre {
					t.Fatalf("EPSG:%d: %s stands at %v, with PROJ at %v", code, f.ID, at, want)
				}
			}
		}
	}
}
