package vector_test

import (
	"bufio"
	"bytes"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/go-faster/jx"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// generated returns buildings on street grids around a few centres in Shenzhen, with
// attributes, seeded.
func generated(n int) []spatial.Feature {
	r := rand.New(rand.NewPCG(1, 2))
	classes := []string{"residential", "commercial", "industrial", "office", "school"}
	list := make([]spatial.Feature, n)
	for i := range list {
		x, y := 114.0+0.05*r.NormFloat64(), 22.6+0.03*r.NormFloat64()
		w, h := (4+r.ExpFloat64()*8)/111320, (4+r.ExpFloat64()*6)/111320
		turn := r.Float64()
		var flat []float64
		corners := [][2]float64{{-1, -1}, {1, -1}, {1, 0.2}, {0.3, 0.2}, {0.3, 1}, {-1, 1}, {-1, -1}}
		for _, c := range corners {
			s, co := math.Sincos(turn)
			dx, dy := c[0]*w, c[1]*h
			flat = append(flat, math.Round((x+dx*co-dy*s)*1e7)/1e7, math.Round((y+dx*s+dy*co)*1e7)/1e7)
		}
		height := math.Round((3+r.ExpFloat64()*20)*10) / 10
		start := time.Date(1980+r.IntN(44), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
		list[i] = spatial.Feature{ID: strconv.Itoa(i + 1), Num: uint64(i + 1), Kind: classes[r.IntN(len(classes))],
			Geometry: geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)}), Valid: spatial.Interval{Start: start},
			Properties: spatial.NewProperties([]spatial.Property{
				{Name: "height", Value: spatial.FloatOf(height)}, {Name: "floors", Value: spatial.IntOf(int64(1 + r.IntN(40)))},
				{Name: "year", Value: spatial.IntOf(int64(start.Year()))}, {Name: "address", Value: spatial.StringOf(fmt.Sprintf("深南大道%d号", r.IntN(5000)))},
			})}
	}
	return list
}

func sequence(list []spatial.Feature) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for _, f := range list {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// lines reads a GeoJSONSeq as the generator of the fixed benchmark writes it: polygons of
// one ring.
func lines(path string) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		file, err := os.Open(path)
		if err != nil {
			yield(spatial.Feature{}, err)
			return
		}
		defer file.Close()
		scan := bufio.NewScanner(file)
		scan.Buffer(nil, 1<<24)
		for n := uint64(1); scan.Scan(); n++ {
			f, err := line(scan.Bytes())
			f.Num = n
			if !yield(f, err) || err != nil {
				return
			}
		}
	}
}

func line(text []byte) (spatial.Feature, error) {
	f := spatial.Feature{Model: "b1m"}
	d := jx.DecodeBytes(text)
	err := d.Obj(func(d *jx.Decoder, key string) error {
		switch key {
		case "id":
			n, err := d.Num()
			f.ID = n.String()
			return err
		case "properties":
			raw, err := d.Raw()
			if err != nil {
				return err
			}
			f.Properties, err = spatial.ParseProperties(raw)
			return err
		case "geometry":
			return d.Obj(func(d *jx.Decoder, key string) error {
				if key != "coordinates" {
					return d.Skip()
				}
				var flat []float64
				var position func(d *jx.Decoder) error
				position = func(d *jx.Decoder) error {
					if d.Next() == jx.Array {
						return d.Arr(position)
					}
					v, err := d.Float64()
					flat = append(flat, v)
					return err
				}
				err := d.Arr(position)
				f.Geometry = geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)})
				return err
			})
		}
		return d.Skip()
	})
	if v, ok := f.Properties.Get("valid_from"); ok {
		f.Valid.Start, _ = spatial.ParseTime(v.Text())
	}
	if v, ok := f.Properties.Get("valid_to"); ok && v.Kind() == spatial.String {
		f.Valid.End, _ = spatial.ParseTime(v.Text())
		if !f.Valid.Start.Before(f.Valid.End) {
			f.Valid.End = time.Time{}
		}
	}
	return f, err
}

func snapshot(tb testing.TB, list []spatial.Feature) *memory.Snapshot {
	tb.Helper()
	return mirrorOf(tb, "buildings", list).View().Snapshot("buildings")
}

// BenchmarkTile draws tiles of generated buildings without a cut and without compression.
func BenchmarkTile(b *testing.B) {
	s := snapshot(b, generated(100_000))
	for _, zoom := range []uint8{10, 12, 13, 14, 15, 16} {
		b.Run(fmt.Sprintf("z=%d", zoom), func(b *testing.B) {
			var e vector.Encoder
			var buf []byte
			c := tiles.At(114.0, 22.6, zoom)
			features := 0
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if buf, err = e.Tile(buf[:0], c, s); err != nil {
					b.Fatal(err)
				}
				features += e.Features()
			}
			b.SetBytes(int64(len(buf)))
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(max(features, 1)), "ns/feature")
			b.ReportMetric(float64(features)/float64(b.N), "features")
		})
	}
}

// BenchmarkFixedTiles draws a list of tiles (lines "z/x/y …") over a GeoJSONSeq of buildings,
// both named by the environment, and reports percentiles over the tiles.
func BenchmarkFixedTiles(b *testing.B) {
	path, list := os.Getenv("SHIKONG_BENCH_GEOJSONL"), os.Getenv("SHIKONG_BENCH_TILES")
	if path == "" || list == "" {
		b.Skip("SKIPPED: SHIKONG_BENCH_GEOJSONL and SHIKONG_BENCH_TILES name no files")
	}
	info := spatial.Collection{Name: "buildings", Fields: []spatial.Field{
		{Name: "class", Type: spatial.FieldString}, {Name: "floors", Type: spatial.FieldInteger}, {Name: "height", Type: spatial.FieldNumber},
		{Name: "id", Type: spatial.FieldInteger}, {Name: "name", Type: spatial.FieldString}, {Name: "valid_from", Type: spatial.FieldString},
		{Name: "valid_to", Type: spatial.FieldString}, {Name: "year", Type: spatial.FieldInteger}}}
	began := time.Now()
	s, err := memory.NewSnapshot(info, lines(path))
	if err != nil {
		b.Fatal(err)
	}
	all, tileBytes, exact := s.Bytes()
	n := s.Len()
	b.Logf("%d features read and packed in %v; bytes a feature: %d in all, %d tile geometry and index, %d exact geometry",
		n, time.Since(began).Round(time.Millisecond), all/n, tileBytes/n, exact/n)
	text, err := os.ReadFile(list)
	if err != nil {
		b.Fatal(err)
	}
	byZoom := map[uint8][]tiles.Coord{}
	for _, l := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		var c tiles.Coord
		if _, err := fmt.Sscanf(string(l), "%d/%d/%d", &c.Z, &c.X, &c.Y); err != nil {
			b.Fatal(err)
		}
		byZoom[c.Z] = append(byZoom[c.Z], c)
		byZoom[99] = append(byZoom[99], c)
	}
	for _, zoom := range []uint8{10, 12, 13, 14, 15, 16, 99} {
		b.Run(fmt.Sprintf("z=%d", zoom), func(b *testing.B) {
			e := vector.Encoder{Together: os.Getenv("SHIKONG_BENCH_TOGETHER") != ""}
			var buf []byte
			var times []time.Duration
			features, size := 0, 0
			for _, c := range byZoom[zoom] { // the encoder's memory grows to what it needs
				buf, _ = e.Tile(buf[:0], c, s)
			}
			b.ReportAllocs()
			for b.Loop() {
				features, size = 0, 0
				for i, c := range byZoom[zoom] {
					t := time.Now()
					if buf, err = e.Tile(buf[:0], c, s); err != nil {
						b.Fatal(err)
					}
					took := time.Since(t)
					if len(times) <= i {
						times = append(times, took)
					}
					times[i] = min(times[i], took) // the best of all rounds: machines are shared
					features, size = features+e.Features(), size+len(buf)
				}
			}
			slices.Sort(times)
			sum := time.Duration(0)
			for _, t := range times {
				sum += t
			}
			us := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
			b.ReportMetric(us(times[len(times)/2]), "p50-µs")
			b.ReportMetric(us(times[len(times)*95/100]), "p95-µs")
			b.ReportMetric(us(sum)/float64(len(times)), "mean-µs")
			b.ReportMetric(float64(sum.Nanoseconds())/float64(max(features, 1)), "ns/feature")
			b.ReportMetric(float64(size)/float64(len(times))/1000, "kB/tile")
		})
	}
}
