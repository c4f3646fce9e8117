package postgis_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/shikong-cim/shikong/spatial"
)

// shapeNear draws a point, a line or a polygon with a hole, whose edges are some 50 m long, within
// a kilometre of a place.
func shapeNear(r *rand.Rand, lon, lat float64) geom.T {
	const metre = 1 / 111_000.0
	east := metre / math.Cos(lat*math.Pi/180)
	x, y := lon+(r.Float64()*2-1)*1000*east, lat+(r.Float64()*2-1)*1000*metre
	switch r.IntN(3) {
	case 0:
		return geom.NewPointFlat(geom.XY, []float64{x, y})
	case 1:
		flat := []float64{x, y}
		for range 1 + r.IntN(8) {
			x, y = x+(r.Float64()*2-1)*50*east, y+(r.Float64()*2-1)*50*metre
			flat = append(flat, x, y)
		}
		return geom.NewLineStringFlat(geom.XY, flat)
	}
	n := 5 + r.IntN(8)
	size := 20 + 60*r.Float64()
	var flat []float64
	ring := func(part float64) {
		start := len(flat)
		for i := range n {
			s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			flat = append(flat, x+c*size*part*east, y+s*size*part*metre)
		}
		flat = append(flat, flat[start], flat[start+1])
	}
	ring(1)
	ends := []int{len(flat)}
	if r.IntN(2) == 0 {
		ring(0.5)
		ends = append(ends, len(flat))
	}
	return geom.NewPolygonFlat(geom.XY, flat, ends)
}

// bruteDistance is the least distance between points every quarter of a metre along the edges.
func bruteDistance(a, b geom.T) float64 {
	points := func(g geom.T) (out [][2]float64) {
		flat := g.FlatCoords()
		for i := 0; i+2 <= len(flat); i += 2 {
			out = append(out, [2]float64{flat[i], flat[i+1]})
			if i+4 > len(flat) {
				break
			}
			const steps = 400
			for s := range steps {
				f := float64(s) / steps
				out = append(out, [2]float64{flat[i] + f*(flat[i+2]-flat[i]), flat[i+1] + f*(flat[i+3]-flat[i+1])})
			}
		}
		return out
	}
	least := math.Inf(1)
	for _, p := range points(a) {
		n := spatial.Near{Lon: p[0], Lat: p[1]}
		for _, q := range points(b) {
			// What is not much nearer than the best by a rough reckoning need not be measured.
			dx, dy := (p[0]-q[0])*math.Cos(p[1]*math.Pi/180), p[1]-q[1]
			if math.Hypot(dx, dy)*110_000 < least {
				least = min(least, n.Distance(geom.NewPointFlat(geom.XY, q[:]), spatial.ZRange{}))
			}
		}
	}
	return least
}

// PostGIS measures on the ellipsoid, too, but looks for the nearest places on a sphere, whose
// circles are not those of the ellipsoid: what it finds is up to a ten-thousandth too long,
// never too short. Its edges are geodesics, 0.3 mm from ours at most for edges of 100 m at 60°.
func TestDistancesAgreeWithPostGIS(t *testing.T) {
	conn := connect(t, database(t))
	r := rand.New(rand.NewPCG(3, 4))
	const pairs, mm, part = 3000, 1e-3, 1e-4
	type probe struct {
		a, b   geom.T
		wa, wb string
		limit  float64
	}
	var probes []probe
	batch := &pgx.Batch{}
	for range pairs {
		lat := []float64{0, 22.5, -40, 60}[r.IntN(4)]
		p := probe{a: shapeNear(r, 114, lat), b: shapeNear(r, 114, lat), limit: r.Float64() * 2000}
		var err error
		if p.wa, err = wkt.Marshal(p.a); err != nil {
			t.Fatal(err)
		}
		if p.wb, err = wkt.Marshal(p.b); err != nil {
			t.Fatal(err)
		}
		probes = append(probes, p)
		batch.Queue(`select st_distance($1::text::geography, $2::text::geography), st_dwithin($1::text::geography, $2::text::geography, $3), st_area($1::text::geography), st_length($1::text::geography)`,
			p.wa, p.wb, p.limit)
	}
	results := conn.SendBatch(t.Context(), batch)
	within, worst, least := 0, 0.0, 0.0
	var doubtful [2]geom.T
	for _, p := range probes {
		var distance, area, length float64
		var near bool
		if err := results.QueryRow().Scan(&distance, &near, &area, &length); err != nil {
			t.Fatal(err)
		}
		ours := spatial.NewReach(&spatial.Within{Geometry: p.a, Distance: 1e6}).Distance(p.b, spatial.ZRange{})
		tolerance := mm + part*distance
		if ours > distance+mm || ours < distance-tolerance {
			t.Errorf("%s to %s: PostGIS says %.5f m, ours is %.5f", p.wa, p.wb, distance, ours)
		}
		if distance-ours > worst {
			worst, doubtful = distance-ours, [2]geom.T{p.a, p.b}
			least = ours
		}
		got := !math.IsInf(spatial.NewReach(&spatial.Within{Geometry: p.a, Distance: p.limit}).Distance(p.b, spatial.ZRange{}), 1)
		if got != near && math.Abs(distance-p.limit) > tolerance {
			t.Errorf("%s within %g m of %s: PostGIS says %v", p.wb, p.limit, p.wa, near)
		}
		if near {
			within++
		}
		if a := spatial.Area(p.a); math.Abs(a-area) > 1e-6*area+mm {
			t.Errorf("%s: PostGIS says %.4f m², ours is %.4f", p.wa, area, a)
		}
		if _, isLine := p.a.(*geom.LineString); isLine && math.Abs(spatial.Length(p.a)-length) > mm {
			t.Errorf("%s: PostGIS says %.5f m, ours is %.5f", p.wa, length, spatial.Length(p.a))
		}
	}
	if err := results.Close(); err != nil {
		t.Fatal(err)
	}
	if within < pairs/5 || within > pairs*4/5 {
		t.Errorf("%d of %d pairs are within their distance: the test tells little", within, pairs)
	}
	// Where the two differ most the points along the edges tell who is right.
	if brute := bruteDistance(doubtful[0], doubtful[1]); math.Abs(brute-least) > 2*mm {
		t.Errorf("ours is %.5f, point by point it is %.5f", least, brute)
	}
	t.Logf("%d pairs, %d within, at most %.2g m apart", pairs, within, worst)
}
