package shapefile_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"math"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/intake"
	"github.com/shikong-cim/shikong/spatial/intaketest"
	"github.com/shikong-cim/shikong/spatial/shapefile"
)

// files are the parts of a Shapefile by ending.
type files map[string][]byte

func (f files) open(ending string) (io.ReadCloser, error) {
	b, ok := f[ending]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// shp writes records into a .shp; each is the content from its type on.
func shp(records ...[]byte) []byte {
	length := 50
	for _, r := range records {
		length += 4 + len(r)/2
	}
	b := bytes.Clone(make([]byte, 100))
	binary.BigEndian.PutUint32(b, 9994)
	binary.BigEndian.PutUint32(b[24:], uint32(length))
	binary.LittleEndian.PutUint32(b[28:], 1000)
	for i, r := range records {
		b = binary.BigEndian.AppendUint32(b, uint32(i+1))
		b = binary.BigEndian.AppendUint32(b, uint32(len(r)/2))
		b = append(b, r...)
	}
	return b
}

// content writes numbers: int as uint32, float64 as itself.
func content(values ...any) []byte {
	var b []byte
	for _, v := range values {
		switch v := v.(type) {
		case int:
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		case float64:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		case []float64:
			for _, f := range v {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
			}
		}
	}
	return b
}

var noBox = make([]float64, 4)

// parts writes a poly shape of two-dimensional parts.
func parts(code int, list ...[]float64) []byte {
	n, starts := 0, []any{}
	var flat []float64
	for _, p := range list {
		starts = append(starts, n)
		n += len(p) / 2
		flat = append(flat, p...)
	}
	return content(append(append([]any{code, noBox, len(list), n}, starts...), flat)...)
}

// dbf writes one text column of twelve bytes, with the driver byte.
func dbf(driver byte, values ...string) []byte {
	b := bytes.Clone(make([]byte, 32))
	binary.LittleEndian.PutUint32(b[4:], uint32(len(values)))
	binary.LittleEndian.PutUint16(b[8:], 32+5*32+1)
	binary.LittleEndian.PutUint16(b[10:], 1+12+4+6+1+8)
	b[29] = driver
	for _, f := range []struct {
		name           string
		kind           byte
		length, digits byte
	}{{"text", 'C', 12, 0}, {"whole", 'N', 4, 0}, {"part", 'N', 6, 2}, {"flag", 'L', 1, 0}, {"day", 'D', 8, 0}} {
		d := make([]byte, 32)
		copy(d, f.name)
		d[11], d[16], d[17] = f.kind, f.length, f.digits
		b = append(b, d...)
	}
	b = append(b, 0x0d)
	for _, v := range values {
		if v == "*" {
			b = append(b, bytes.Repeat([]byte{'*'}, 32)...)
			continue
		}
		b = append(b, fmt.Sprintf(" %-12s", v)...)
		b = append(b, "  12  1.50T19950630"...)
	}
	return b
}

// read tells each feature as "geometry text".
func read(t *testing.T, f files, opts intake.Options) intaketest.Result {
	t.Helper()
	var r *shapefile.Reader
	defer func() {
		if r != nil {
			_ = r.Close()
		}
	}()
	return intaketest.Read(t, func(report func(spatial.Issue)) (intaketest.Reader, error) {
		var err error
		r, err = shapefile.NewReader(f.open, opts, report)
		return r, err
	}, func(f *spatial.Feature) string {
		text, _ := f.Properties.Get("text")
		return intaketest.Shape(t, f.Geometry, 6) + " " + text.Text()
	})
}

var (
	wgs84  = []byte(`GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`)
	square = []float64{0, 0, 0, 9, 9, 9, 9, 0, 0, 0} // clockwise
	hole   = []float64{2, 2, 4, 2, 4, 4, 2, 4, 2, 2}
	islet  = []float64{20, 0, 20, 1, 21, 1, 21, 0, 20, 0}
)

func TestShapesAreRead(t *testing.T) {
	const squareText, holeText = "(0 0, 9 0, 9 9, 0 9, 0 0)", "(2 2, 2 4, 4 4, 4 2, 2 2)"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("深圳")
	if err != nil {
		t.Fatal(err)
	}
	rows := []struct {
		name     string
		files    files
		opts     intake.Options
		features []string
		codes    []string
		code     string
	}{
		{name: "points", files: files{"shp": shp(content(1, 1.0, 2.0), content(1, 3.0, 4.0)), "dbf": dbf(0, "a", "b"), "prj": wgs84},
			features: []string{"POINT (1 2) a", "POINT (3 4) b"}},
		{name: "a point with height and measure", files: files{"shp": shp(content(11, 1.0, 2.0, 3.0, 4.0)), "dbf": dbf(0, "a"), "prj": wgs84}, features: []string{"POINT Z (1 2 3) a"}},
		{name: "a point with a measure", files: files{"shp": shp(content(21, 1.0, 2.0, 4.0)), "dbf": dbf(0, "a"), "prj": wgs84}, features: []string{"POINT (1 2) a"}},
		{name: "a height that is not known", files: files{"shp": shp(content(11, 1.0, 2.0, -1e39, 0.0)), "dbf": dbf(0, "a"), "prj": wgs84}, features: []string{"POINT (1 2) a"}},
		{name: "many points", files: files{"shp": shp(content(8, noBox, 2, []float64{1, 2, 3, 4})), "dbf": dbf(0, "a"), "prj": wgs84}, features: []string{"MULTIPOINT (1 2, 3 4) a"}},
		{name: "a line, and one of two parts", files: files{"shp": shp(parts(3, []float64{0, 0, 1, 1}), parts(3, []float64{0, 0, 1, 1}, []float64{2, 2, 3, 3})), "dbf": dbf(0, "a", "b"), "prj": wgs84},
			features: []string{"LINESTRING (0 0, 1 1) a", "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3)) b"}},
		{name: "a polygon with a hole", files: files{"shp": shp(parts(5, square, hole)), "dbf": dbf(0, "a"), "prj": wgs84}, features: []string{"POLYGON (" + squareText + ", " + holeText + ") a"}},
		{name: "two shells, the hole behind the wrong one", files: files{"shp": shp(parts(5, square, islet, hole)), "dbf": dbf(0, "a"), "prj": wgs84},
			features: []string{"MULTIPOLYGON ((" + squareText + ", " + holeText + "), ((20 0, 21 0, 21 1, 20 1, 20 0))) a"}},
		{name: "a shell turned the wrong way", files: files{"shp": shp(parts(5, hole)), "dbf": dbf(0, "a"), "prj": wgs84}, features: []string{"POLYGON ((2 2, 4 2, 4 4, 2 4, 2 2)) a"}},
		{name: "a null shape keeps its attributes", files: files{"shp": shp(content(0)), "dbf": dbf(0, "a"), "prj": wgs84}, features: []string{"- a"}},
		{name: "a deleted record is left out with its shape", files: files{"shp": shp(content(1, 1.0, 2.0), content(1, 3.0, 4.0)), "dbf": dbf(0, "*", "b"), "prj": wgs84}, features: []string{"POINT (3 4) b"}},
		{name: "GBK by the driver byte", files: files{"shp": shp(content(1, 1.0, 2.0)), "dbf": dbf(0x4d, gbk), "prj": wgs84}, features: []string{"POINT (1 2) 深圳"}},
		{name: "GBK by the .cpg", files: files{"shp": shp(content(1, 1.0, 2.0)), "dbf": dbf(0x57, gbk), "prj": wgs84, "cpg": []byte("CP936\n")}, features: []string{"POINT (1 2) 深圳"}},
		{name: "GBK that nobody declares", files: files{"shp": shp(content(1, 1.0, 2.0)), "dbf": dbf(0, gbk), "prj": wgs84}, features: []string{"POINT (1 2) 深圳"}},
		{name: "UTF-8 by the .cpg", files: files{"shp": shp(content(1, 1.0, 2.0)), "dbf": dbf(0x57, "深圳"), "prj": wgs84, "cpg": []byte("UTF-8")}, features: []string{"POINT (1 2) 深圳"}},
		{name: "an encoding that nobody knows", files: files{"shp": shp(content(1, 1.0, 2.0)), "dbf": dbf(0, "a"), "prj": wgs84, "cpg": []byte("KLINGON")}, features: []string{"POINT (1 2) a"}, codes: []string{"text-encoding"}},
		{name: "no .dbf", files: files{"shp": shp(content(1, 1.0, 2.0)), "prj": wgs84}, features: []string{"POINT (1 2) "}, codes: []string{"no-attributes"}},
		{name: "a .dbf that is too short by a record", files: files{"shp": shp(content(1, 1.0, 2.0), content(1, 3.0, 4.0)), "dbf": dbf(0, "a"), "prj": wgs84},
			features: []string{"POINT (1 2) a", "POINT (3 4) "}, codes: []string{"no-attributes"}},
		{name: "the user's system instead of a .prj", files: files{"shp": shp(content(1, 500000.0, 2490000.0)), "dbf": dbf(0, "a")}, opts: intake.Options{CRS: "EPSG:32649"}, features: []string{"POINT (111 22.516517) a"}},
		{name: "no .prj", files: files{"shp": shp(content(1, 1.0, 2.0)), "dbf": dbf(0, "a")}, code: "crs-missing"},
		{name: "no Shapefile", files: files{"shp": bytes.Repeat([]byte{1}, 200), "prj": wgs84}, code: "not-a-shapefile"},
		{name: "cut in the header", files: files{"shp": shp()[:50], "prj": wgs84}, code: "truncated"},
		{name: "cut in a record", files: files{"shp": shp(content(1, 1.0, 2.0))[:120], "dbf": dbf(0, "a"), "prj": wgs84}, code: "truncated"},
		{name: "a table cut in a record", files: files{"shp": shp(content(1, 1.0, 2.0)), "dbf": dbf(0, "a")[:200], "prj": wgs84}, code: "truncated"},
		{name: "more positions than bytes", files: files{"shp": shp(content(8, noBox, 1<<30, 1.0, 2.0)), "dbf": dbf(0, "a"), "prj": wgs84}, code: "invalid-shape"},
		{name: "parts that run backwards", files: files{"shp": shp(content(3, noBox, 2, 2, 1, 0, []float64{0, 0, 1, 1})), "dbf": dbf(0, "a"), "prj": wgs84}, code: "invalid-shape"},
		{name: "a type that is none", files: files{"shp": shp(content(99, 1.0)), "dbf": dbf(0, "a"), "prj": wgs84}, code: "unsupported-shape"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			read(t, r.files, r.opts).Check(t, intaketest.Result{Features: r.features, Codes: r.codes, Code: r.code})
		})
	}
}

func TestValuesKeepTheirTypes(t *testing.T) {
	f := files{"shp": shp(content(1, 1.0, 2.0)), "dbf": dbf(0, "a"), "prj": wgs84}
	r, err := shapefile.NewReader(f.open, intake.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for f, err := range r.Features() {
		if err != nil {
			t.Fatal(err)
		}
		const want = `{"day":"1995-06-30","flag":true,"part":1.5,"text":"a","whole":12}`
		if got := string(f.Properties.AppendJSON(nil)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(shp(content(1, 1.0, 2.0)), dbf(0, "a"))
	f.Add(shp(parts(5, square, islet, hole)), dbf(0x4d, "b"))
	f.Add(shp(content(31, noBox, 1, 4, 0, 0, square[:8], 0.0, 0.0, []float64{1, 2, 3, 4})), dbf(0, "*"))
	f.Fuzz(func(t *testing.T, shp, dbf []byte) {
		r, err := shapefile.NewReader(files{"shp": shp, "dbf": dbf}.open, intake.Options{CRS: "EPSG:4326"}, nil)
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
