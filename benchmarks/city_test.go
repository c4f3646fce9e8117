package benchmarks_test

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// writeBuildings writes n footprints over Shenzhen's extent, one a line: rectangles, L and
// U shapes on turned street grids, with eight properties. A fixed seed, so every run and
// every machine measures the same city.
func writeBuildings(w io.Writer, n int) error {
	r := rand.New(rand.NewPCG(20260101, 1))
	uses := []string{"residential", "commercial", "industrial", "office", "school", "hospital", "warehouse", "public"}
	districts := []string{"福田", "罗湖", "南山", "盐田", "宝安", "龙岗", "龙华", "坪山", "光明", "大鹏"}
	shapes := [][][2]float64{
		{{0, 0}, {1, 0}, {1, 1}, {0, 1}},
		{{0, 0}, {1, 0}, {1, .4}, {.4, .4}, {.4, 1}, {0, 1}},
		{{0, 0}, {1, 0}, {1, 1}, {.7, 1}, {.7, .4}, {.3, .4}, {.3, 1}, {0, 1}},
	}
	var b []byte
	for i := range n {
		// Forty centres, each with a grid of its own direction.
		centre := float64(i % 40)
		angle := centre * 0.7
		spread := 0.02 + 0.01*math.Mod(centre, 5)
		x := 113.80 + 0.8*math.Mod(centre*0.618, 1) + r.NormFloat64()*spread
		y := 22.50 + 0.3*math.Mod(centre*0.414, 1) + r.NormFloat64()*spread*0.6
		size := (8 + 30*r.Float64()*r.Float64()) / 111_000
		sin, cos := math.Sincos(angle)
		year := 1960 + r.IntN(66)
		b = fmt.Appendf(b[:0], `{"type":"Feature","id":"b%07d","properties":{"name":"楼%d","use":"%s","district":"%s","height":%d.%d,"floors":%d,"year":%d,"address":"%d号","condition":%d},"geometry":{"type":"Polygon","coordinates":[[`,
			i, i%5000, uses[r.IntN(len(uses))], districts[i%len(districts)], 3+r.IntN(120), r.IntN(10), 1+r.IntN(40), year, r.IntN(900), r.IntN(5))
		shape := shapes[r.IntN(len(shapes))]
		for k := 0; k <= len(shape); k++ {
			p := shape[k%len(shape)]
			if k > 0 {
				b = append(b, ',')
			}
			b = append(b, '[')
			b = strconv.AppendFloat(b, x+(p[0]*cos-p[1]*sin)*size*1.08, 'f', 7, 64)
			b = append(b, ',')
			b = strconv.AppendFloat(b, y+(p[0]*sin+p[1]*cos)*size, 'f', 7, 64)
			b = append(b, ']')
		}
		b = append(b, "]]}}\n"...)
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// buildingsFile returns a file of n buildings, made once a run of the tests.
func buildingsFile(tb testing.TB, n int) string {
	tb.Helper()
	path := filepath.Join(os.TempDir(), fmt.Sprintf("shikong-bench-%d-%d.geojsonl", os.Getpid(), n))
	if _, err := os.Stat(path); err == nil {
		return path
	}
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	if err := writeBuildings(f, n); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	made = append(made, path)
	return path
}

var made []string

func TestMain(m *testing.M) {
	code := m.Run()
	for _, path := range made {
		_ = os.Remove(path)
	}
	os.Exit(code)
}
