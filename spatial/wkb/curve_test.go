package wkb_test

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/wkb"
)

func parseHex(t *testing.T, text string) (geom.T, uint32, error) {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return wkb.ParseExtended(b)
}

// The areas and lengths are those of ST_CurveToLine in PostGIS 3.3, which has as many segments
// a quarter.
func TestCurvesBecomeLinesAsPostGISMakesThem(t *testing.T) {
	rows := []struct {
		name, hex    string
		kind         geom.T
		area, length float64
		bounds       [4]float64
	}{
		{"half a circle, clockwise", "01080000000300000000000000000000000000000000000000000000000000f03f000000000000f03f00000000000000400000000000000000",
			&geom.LineString{}, 0, 3.1412772509327747, [4]float64{0, 0, 2, 1}},
		{"two arcs, down and up", "01080000000500000000000000000000000000000000000000000000000000f03f000000000000f0bf000000000000004000000000000000000000000000000840000000000000f03f00000000000010400000000000000000",
			&geom.LineString{}, 0, 6.2825545018655475, [4]float64{0, -1, 4, 1}},
		{"a circle", "010800000003000000000000000000000000000000000000000000000000001040000000000000000000000000000000000000000000000000",
			&geom.LineString{}, 0, 12.565049872857486, [4]float64{0, -2, 4, 2}},
		{"a chain", "010900000003000000010200000002000000000000000000f0bf00000000000000000000000000000000000000000000000001080000000300000000000000000000000000000000000000000000000000f03f000000000000f03f000000000000004000000000000000000102000000020000000000000000000040000000000000000000000000000008400000000000000000",
			&geom.LineString{}, 0, 5.141277250932774, [4]float64{-1, 0, 3, 1}},
		{"a polygon of arcs with a hole", "010a000000020000000108000000050000000000000000000000000000000000000000000000000010400000000000000000000000000000104000000000000010400000000000000000000000000000104000000000000000000000000000000000010200000004000000000000000000f03f000000000000f03f000000000000084000000000000008400000000000000840000000000000f03f000000000000f03f000000000000f03f",
			&geom.Polygon{}, 23.12264925563802, 0, [4]float64{-0.8284271247461901, -0.8284271247461901, 4.82842712474619, 4.82842712474619}},
		{"a polygon of a chain", "010a0000000100000001090000000200000001080000000500000000000000000000000000000000000000000000000000004000000000000000000000000000000040000000000000f03f00000000000000400000000000000840000000000000104000000000000008400102000000040000000000000000001040000000000000084000000000000010400000000000001440000000000000f03f000000000000104000000000000000000000000000000000",
			&geom.Polygon{}, 9.322375816141967, 0, [4]float64{0, -0.617767, 4, 5}},
		{"several curves", "010b000000020000000102000000020000000000000000000000000000000000000000000000000014400000000000001440010800000003000000000000000000104000000000000000000000000000001040000000000000104000000000000020400000000000001040",
			&geom.MultiLineString{}, 0, 15.955941594751875, [4]float64{0, 0, 8, 5}},
		{"several surfaces", "010c00000002000000010a000000020000000108000000050000000000000000000000000000000000000000000000000010400000000000000000000000000000104000000000000010400000000000000000000000000000104000000000000000000000000000000000010200000004000000000000000000f03f000000000000f03f000000000000084000000000000008400000000000000840000000000000f03f000000000000f03f000000000000f03f01030000000100000004000000000000000000244000000000000024400000000000002c4000000000000028400000000000002640000000000000244000000000000024400000000000002440",
			&geom.MultiPolygon{}, 24.12264925563802, 0, [4]float64{-0.8284271247461901, -0.8284271247461901, 14, 12}},
		{"an arc of a tenth of a millimetre on a metre", "0108000000030000000000000080841e410000000048ff42410000000082841e41dc46030048ff42410000000084841e410000000048ff4241",
			&geom.LineString{}, 0, 1.0000000266666667, [4]float64{500000, 2490000, 500001, 2490000.0001}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			g, _, err := parseHex(t, r.hex)
			if err != nil {
				t.Fatal(err)
			}
			area, length := measures(t, g, r.kind)
			if math.Abs(math.Abs(area)-r.area) > 2e-4*r.area || r.length != 0 && math.Abs(length-r.length) > 2e-4*r.length {
				t.Errorf("area %v, want %v; length %v, want %v", area, r.area, length, r.length)
			}
			b := g.Bounds()
			got := [4]float64{b.Min(0), b.Min(1), b.Max(0), b.Max(1)}
			for i := range got {
				if math.Abs(got[i]-r.bounds[i]) > 2e-3 {
					t.Errorf("bounds %v, want %v", got, r.bounds)
				}
			}
		})
	}
}

func measures(t *testing.T, g, kind geom.T) (area, length float64) {
	t.Helper()
	switch g := g.(type) {
	case *geom.LineString:
		_, ok := kind.(*geom.LineString)
		wantKind(t, ok, g)
		return 0, g.Length()
	case *geom.MultiLineString:
		_, ok := kind.(*geom.MultiLineString)
		wantKind(t, ok, g)
		return 0, g.Length()
	case *geom.Polygon:
		_, ok := kind.(*geom.Polygon)
		wantKind(t, ok, g)
		// Holes run the other way in these, so that the signed areas add up.
		return g.Area(), 0
	case *geom.MultiPolygon:
		_, ok := kind.(*geom.MultiPolygon)
		wantKind(t, ok, g)
		for i := range g.NumPolygons() {
			area += math.Abs(g.Polygon(i).Area())
		}
		return area, 0
	}
	t.Fatalf("%T", g)
	return 0, 0
}

func wantKind(t *testing.T, ok bool, g geom.T) {
	t.Helper()
	if !ok {
		t.Errorf("got a %T", g)
	}
}

func circular(flat ...float64) []byte {
	b := binary.LittleEndian.AppendUint32([]byte{1}, 8)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(flat)/2))
	for _, v := range flat {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

// Whatever the three positions: the line begins, passes and ends there, every position of it
// lies on the circle, and no segment stands for more than its share of it.
func TestAnArcStaysOnItsCircle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		radius := rapid.Float64Range(0.001, 1e4).Draw(t, "radius")
		x, y := rapid.Float64Range(-1e7, 1e7).Draw(t, "x"), rapid.Float64Range(-1e7, 1e7).Draw(t, "y")
		start := rapid.Float64Range(0, 2*math.Pi).Draw(t, "start")
		sweep := rapid.Float64Range(0.01, 2*math.Pi-0.01).Draw(t, "sweep") * float64(rapid.SampledFrom([]int{-1, 1}).Draw(t, "turn"))
		at := func(a float64) (float64, float64) { return x + radius*math.Cos(a), y + radius*math.Sin(a) }
		ax, ay := at(start)
		bx, by := at(start + sweep*rapid.Float64Range(0.2, 0.8).Draw(t, "on the way"))
		cx, cy := at(start + sweep)
		g, err := wkb.Parse(circular(ax, ay, bx, by, cx, cy))
		if err != nil {
			t.Fatal(err)
		}
		flat := g.FlatCoords()
		n := len(flat)
		if flat[0] != ax || flat[1] != ay || flat[n-2] != cx || flat[n-1] != cy {
			t.Fatalf("the line goes from %v to %v", flat[:2], flat[n-2:])
		}
		// What the digits of a coordinate allow, by which the centre is lost the more the
		// shorter the arc is.
		slack := 1e-7*radius + 1e-8/min(1, sweep*sweep)
		through := false
		for i := 0; i < n; i += 2 {
			through = through || flat[i] == bx && flat[i+1] == by
			if off := math.Abs(math.Hypot(flat[i]-x, flat[i+1]-y) - radius); off > slack && radius > 1 {
				t.Fatalf("a position lies %g off the circle of radius %g", off, radius)
			}
		}
		if !through {
			t.Fatal("the position on the way is lost")
		}
		if length := g.(*geom.LineString).Length(); radius > 1 && math.Abs(length/(radius*math.Abs(sweep))-1) > 1e-3 {
			t.Fatalf("the line is %g long, the arc %g", length, radius*math.Abs(sweep))
		}
	})
}

func TestHeightsGoEvenlyAlongAnArc(t *testing.T) {
	g, _, err := parseHex(t, "01f003000003000000000000000000000000000000000000000000000000000000000000000000f03f000000000000f03f0000000000002440000000000000004000000000000000000000000000003440")
	if err != nil {
		t.Fatal(err)
	}
	flat := g.FlatCoords()
	var heights []float64
	for i := 2; i < len(flat); i += 3 {
		heights = append(heights, flat[i])
	}
	if !slices.IsSorted(heights) || heights[0] != 0 || heights[len(heights)-1] != 20 || math.Abs(heights[1]-heights[0]-20.0/64) > 1e-9 {
		t.Error(heights)
	}
}

func TestArcsOnALineAreStraight(t *testing.T) {
	g, err := wkb.Parse(circular(0, 0, 1, 1, 4, 4))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := wkt.Marshal(g); err != nil || text != "LINESTRING (0 0, 1 1, 4 4)" {
		t.Error(text, err)
	}
}

func TestBrokenCurvesAreRefused(t *testing.T) {
	gap := binary.LittleEndian.AppendUint32([]byte{1}, 9)
	gap = append(binary.LittleEndian.AppendUint32(gap, 2), append(circular(0, 0, 1, 1, 2, 0), circular(2, 1, 3, 3, 4, 4)...)...)
	inChain := binary.LittleEndian.AppendUint32([]byte{1}, 9)
	inChain = append(binary.LittleEndian.AppendUint32(inChain, 1), gap...)
	for name, b := range map[string][]byte{
		"two positions": circular(0, 0, 1, 1), "four positions": circular(0, 0, 1, 1, 2, 0, 3, 3),
		"a gap": gap, "a chain in a chain": inChain, "cut off": circular(0, 0, 1, 1, 2, 0)[:40],
	} {
		_, err := wkb.Parse(b)
		var p *spatial.Problem
		if !errors.As(err, &p) || p.Code != "invalid-geometry" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheExtendedFormSaysWhereItIs(t *testing.T) {
	for text, want := range map[string]struct {
		wkt  string
		srid uint32
	}{
		"0101000020C31100000000000080841E410000000048FF4241":                 {"POINT (500000 2490000)", 4547},
		"00A0000001000010E6405C80000000000040368000000000004008000000000000": {"POINT Z (114 22.5 3)", 4326},
		"0107000020E6100000020000000101000000000000000000F03F0000000000000040010200000002000000000000000000F03F000000000000004000000000000008400000000000001040": {"GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))", 4326},
		"0101000000000000000000f03f0000000000000040": {"POINT (1 2)", 0},
	} {
		g, srid, err := parseHex(t, text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := wkt.Marshal(g); err != nil || got != want.wkt || srid != want.srid {
			t.Errorf("got %s in %d, want %s in %d (%v)", got, srid, want.wkt, want.srid, err)
		}
	}
}

// FuzzParse: foreign bytes are a geometry or an error, never a panic, and do not become more
// than their share.
func FuzzParse(f *testing.F) {
	f.Add(circular(0, 0, 1, 1, 2, 0))
	f.Add([]byte{0, 0, 0, 0, 1})
	for _, text := range []string{"0101000020C31100000000000080841E410000000048FF4241", "010b000000020000000102000000020000000000000000000000000000000000000000000000000014400000000000001440010800000003000000000000000000104000000000000000000000000000001040000000000000104000000000000020400000000000001040"} {
		b, _ := hex.DecodeString(text)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := wkb.Parse(b)
		if err != nil {
			return
		}
		if n := len(g.FlatCoords()); n > 200*len(b) {
			t.Fatalf("%d ordinates from %d bytes", n, len(b))
		}
	})
}
