package csv_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/csv"
	"github.com/shikong-cim/shikong/spatial/intake"
	"github.com/shikong-cim/shikong/spatial/intaketest"
)

func opener(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// read tells each feature as "id geometry properties"; # stands for an id that is a hash.
func read(t *testing.T, text string, opts intake.Options) intaketest.Result {
	t.Helper()
	var r *csv.Reader
	return intaketest.Read(t, func(report func(spatial.Issue)) (intaketest.Reader, error) {
		var err error
		r, err = csv.NewReader(opener(text), opts, report)
		return r, err
	}, func(f *spatial.Feature) string {
		id := f.ID
		if r.Hashed() {
			id = "#"
		}
		return fmt.Sprintf("%s %s %s", id, intaketest.Shape(t, f.Geometry, 6), f.Properties.AppendJSON(nil))
	})
}

func encoded(text string, e interface{ String(string) (string, error) }) string {
	out, err := e.String(text)
	if err != nil {
		panic(err)
	}
	return out
}

func TestTablesAreRead(t *testing.T) {
	rows := []struct {
		name     string
		in       string
		opts     intake.Options
		features []string
		codes    []string
		code     string
	}{
		{name: "longitude and latitude in either order", in: "latitude,Longitude,a\n22.5,114,1\n", features: []string{`# POINT (114 22.5) {"a":1}`}},
		{name: "a height makes the point three-dimensional", in: "lon,lat,高程\n114,22.5,-12\n", features: []string{`# POINT Z (114 22.5 -12) {}`}},
		{name: "semicolons", in: "lon;lat;a\n114;22.5;\"x;y\"\n", features: []string{`# POINT (114 22.5) {"a":"x;y"}`}},
		{name: "tabs", in: "lon\tlat\n114\t22.5\n", features: []string{`# POINT (114 22.5) {}`}},
		{name: "one type for a whole column", in: "lon,lat,a,b,c,d\n1,2,1,1,007,true\n1,2,2.5,x,008,false\n",
			features: []string{`# POINT (1 2) {"a":1.0,"b":"1","c":"007","d":true}`, `# POINT (1 2) {"a":2.5,"b":"x","c":"008","d":false}`}},
		{name: "an empty value is null", in: "lon,lat,a\n1,2,\n1,2,3\n", features: []string{`# POINT (1 2) {"a":null}`, `# POINT (1 2) {"a":3}`}},
		{name: "twenty-five digits stay what they are", in: "lon,lat,a\n1,2,4403040060021800001000001\n", features: []string{`# POINT (1 2) {"a":"4403040060021800001000001"}`}},
		{name: "columns without a name or with one that is taken", in: "lon,lat,,a,a\n1,2,3,4,5\n", features: []string{`# POINT (1 2) {"a":4,"a_2":5,"column_3":3}`}},
		{name: "a byte order mark", in: "\ufefflon,lat\n1,2\n", features: []string{`# POINT (1 2) {}`}},
		{name: "GBK", in: encoded("经度,纬度,名称\n114,22.5,深圳\n", simplifiedchinese.GBK.NewEncoder()),
			features: []string{`# POINT (114 22.5) {"名称":"深圳"}`}, codes: []string{"text-encoding"}},
		{name: "UTF-16", in: encoded("lon,lat,a\n1,2,深\n", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()),
			features: []string{`# POINT (1 2) {"a":"深"}`}, codes: []string{"text-encoding"}},
		{name: "projected coordinates", in: "x,y\n500000,2490000\n", opts: intake.Options{CRS: "EPSG:4547"},
			features: []string{`# POINT (114 22.50752) {}`}, codes: []string{"datum-shift", "datum-shift"}},
		{name: "x and y do not say where they are", in: "x,y\n1,2\n", code: "crs-missing"},
		{name: "well-known text", in: "wkt,id\n\"POLYGON ((0 0,1 0,1 1,0 0))\",a\n\"LINESTRING Z (0 0 1,1 1 2)\",b\n", opts: intake.Options{ID: "id"},
			features: []string{`a POLYGON ((0 0, 1 0, 1 1, 0 0)) {"id":"a"}`, `b LINESTRING Z (0 0 1, 1 1 2) {"id":"b"}`}, codes: []string{"crs-assumed"}},
		{name: "measures are left out", in: "wkt\nPOINT ZM (1 2 3 4)\n", features: []string{`# POINT Z (1 2 3) {}`}, codes: []string{"crs-assumed"}},
		{name: "extended well-known text says where it is", in: "geom\nSRID=4547;POINT(500000 2490000)\n", features: []string{`# POINT (114 22.50752) {}`}, codes: []string{"datum-shift", "datum-shift"}},
		{name: "hexadecimal well-known binary as PostGIS writes it", in: "id,geom\n7,0101000020C31100000000000080841E410000000048FF4241\n", opts: intake.Options{ID: "id"},
			features: []string{`7 POINT (114 22.50752) {"id":7}`}, codes: []string{"datum-shift", "datum-shift"}},
		{name: "hexadecimal well-known binary that is none", in: "geom\n0101zz\n", code: "invalid-wkb"},
		{name: "hexadecimal well-known binary that ends too early", in: "geom\n0101000020C3110000\n", code: "invalid-geometry"},
		{name: "columns that end in latitude and longitude", in: "Site_Latitude,Site_Longitude,LatLongAccuracy\n22.5,114,GPS\n", features: []string{`# POINT (114 22.5) {"LatLongAccuracy":"GPS"}`}},
		{name: "two columns that end in latitude", in: "from_lat,from_lon,to_lat,to_lon\n22.5,114,22.6,114\n", code: "no-position-columns"},
		{name: "two systems in one column", in: "geom\nSRID=4326;POINT(1 2)\nPOINT(1 2)\n", features: []string{`# POINT (1 2) {}`}, code: "mixed-crs"},
		{name: "a row without position keeps its values", in: "lon,lat,a\n,,x\n", features: []string{`# - {"a":"x"}`}, codes: []string{"no-position"}},
		{name: "a validity", in: "lon,lat,valid_from\n1,2,1995-01-01\n", opts: intake.Options{ValidFrom: "valid_from"}, features: []string{`# POINT (1 2) {}`}},
		{name: "half a position", in: "lon,lat\n1,\n", code: "invalid-coordinate"},
		{name: "a coordinate that is no number", in: "lon,lat\n1,north\n", code: "invalid-coordinate"},
		{name: "not on Earth", in: "lon,lat\n500000,2490000\n", code: "outside-earth"},
		{name: "broken well-known text", in: "wkt\nPOLYGON ((\n", code: "invalid-wkt"},
		{name: "no columns of coordinates", in: "a,b\n1,2\n", code: "no-position-columns"},
		{name: "more values than columns", in: "lon,lat\n1,2,3\n", code: "uneven-rows"},
		{name: "nothing at all", in: "", code: "empty-file"},
		{name: "strict makes an issue an error", in: "lon,lat\n,\n", opts: intake.Options{Strict: true}, code: "no-position"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			read(t, r.in, r.opts).Check(t, intaketest.Result{Features: r.features, Codes: r.codes, Code: r.code})
		})
	}
}

func TestALineWithoutEndIsRefusedBeforeItFillsTheMemory(t *testing.T) {
	endless := func() (io.ReadCloser, error) {
		return io.NopCloser(io.LimitReader(zeros{}, 1<<26)), nil
	}
	_, err := csv.NewReader(endless, intake.Options{}, nil)
	var p *spatial.Problem
	if !errors.As(err, &p) || p.Code != "not-a-table" {
		t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

func TestAFileThatCannotBeReadIsNotTakenForItsEnd(t *testing.T) {
	broken := errors.New("disk on fire")
	readings := 0
	r, err := csv.NewReader(func() (io.ReadCloser, error) {
		text := io.Reader(strings.NewReader("lon,lat\n1,2\n"))
		if readings++; readings == 3 {
			text = io.MultiReader(text, iotest.ErrReader(broken))
		}
		return io.NopCloser(text), nil
	}, intake.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var last error
	for _, err := range r.Features() {
		last = err
	}
	if !errors.Is(last, broken) {
		t.Fatal(last)
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{"lon,lat,a\n1,2,3\n", "wkt;b\n\"POINT (1 2)\";x\n", "x\ty\n1\t\"2\n", "\xff\xfel\x00", "经度,纬度\n1,\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := csv.NewReader(opener(text), intake.Options{CRS: "EPSG:4326"}, nil)
		if err != nil {
			return
		}
		for f, err := range r.Features() {
			if err != nil {
				return
			}
			if err := f.Validate(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
