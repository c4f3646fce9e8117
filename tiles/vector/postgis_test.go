package vector_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/mvt"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// jagged returns a star-shaped ring of corners around a place in metres.
func jagged(r *rand.Rand, lon, lat, metres float64, corners int, clockwise bool) []float64 {
	var out []float64
	for i := range corners {
		angle := 2 * math.Pi * (float64(i) + 0.7*r.Float64()) / float64(corners)
		if clockwise {
			angle = -angle
		}
		reach := metres * (0.4 + 0.6*r.Float64()) / 111_320
		out = append(out, lon+reach*math.Cos(angle)/math.Cos(lat*math.Pi/180), lat+reach*math.Sin(angle))
	}
	return append(out, out[0], out[1])
}

// assorted returns polygons of all kinds around a place, a few degrees wide on the ground of a
// tile of zoom 14: small and large, with holes, of several parts; lines and points.
func assorted(r *rand.Rand, n int) []spatial.Feature {
	list := make([]spatial.Feature, n)
	for i := range list {
		lon, lat := 114.05+0.02*r.Float64(), 22.54+0.02*r.Float64()
		size := 0.3 * math.Exp2(10*r.Float64())
		outer := jagged(r, lon, lat, size, 3+r.IntN(20), false)
		var g geom.T
		switch i % 6 {
		default:
			g = geom.NewPolygonFlat(geom.XY, outer, []int{len(outer)})
		case 1:
			hole := jagged(r, lon, lat, size*0.1, 3+r.IntN(5), true)
			g = geom.NewPolygonFlat(geom.XY, append(outer, hole...), []int{len(outer), len(outer) + len(hole)})
			if !simpleHole(outer, hole) {
				g = geom.NewPolygonFlat(geom.XY, outer, []int{len(outer)})
			}
		case 2:
			other := jagged(r, lon+3*size/111_320, lat, size*0.7, 5, false)
			g = geom.NewMultiPolygonFlat(geom.XY, append(outer, other...), [][]int{{len(outer)}, {len(outer) + len(other)}})
		case 3:
			g = geom.NewLineStringFlat(geom.XY, outer[:len(outer)-2])
		case 4:
			g = geom.NewPointFlat(geom.XY, outer[:2])
		}
		list[i] = spatial.Feature{ID: fmt.Sprint(i + 1), Num: uint64(i + 1), Geometry: g}
	}
	return list
}

// simpleHole reports whether a hole lies wholly in its exterior.
func simpleHole(outer, hole []float64) bool {
	for i := 0; i < len(hole); i += 2 {
		in := false
		for k := 0; k+3 < len(outer); k += 2 {
			x0, y0, x1, y1 := outer[k], outer[k+1], outer[k+2], outer[k+3]
			if (y0 > hole[i+1]) != (y1 > hole[i+1]) && hole[i] < x0+(x1-x0)*(hole[i+1]-y0)/(y1-y0) {
				in = !in
			}
		}
		if !in {
			return false
		}
	}
	return true
}

// size is the area of a polygon or the length of a line, in units of the tile, and how much of
// that rounding each corner by a unit may change.
func size(f *mvt.Feature) (size, slack float64) {
	for _, ring := range f.Parts {
		if f.Type == mvt.Polygon {
			size += float64(mvt.Area(ring)) / 2
		}
		for i := range ring {
			q := ring[(i+1)%len(ring)]
			if i == len(ring)-1 && f.Type != mvt.Polygon {
				continue
			}
			length := math.Hypot(float64(q.X-ring[i].X), float64(q.Y-ring[i].Y))
			if f.Type == mvt.Polygon {
				slack += length + 1
				continue
			}
			size += length
			slack += 2
		}
	}
	return size, slack + 1
}

// PostGIS draws the same features in a tile, to a unit a corner. It leaves out polygons that
// rounding takes the area from; here they stay, as slivers.
func TestPostGISDrawsTheSameTiles(t *testing.T) {
	dsn := os.Getenv("SHIKONG_TEST_POSTGIS")
	if dsn == "" {
		t.Skip("SKIPPED: SHIKONG_TEST_POSTGIS names no database, so nobody judges the tiles")
	}
	ctx := t.Context()
	db, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(ctx)
	r := rand.New(rand.NewPCG(20260, 1127))
	list := assorted(r, 1500)
	if _, err := db.Exec(ctx, `CREATE TEMP TABLE f (id bigint, geom geometry(Geometry, 3857))`); err != nil {
		t.Fatal(err)
	}
	var batch pgx.Batch
	for i := range list {
		wkb, err := ewkb.Marshal(list[i].Geometry, ewkb.NDR)
		if err != nil {
			t.Fatal(err)
		}
		batch.Queue(`INSERT INTO f VALUES ($1, ST_Transform(ST_SetSRID(ST_GeomFromWKB($2), 4326), 3857))`, int64(list[i].Num), wkb)
	}
	if err := db.SendBatch(ctx, &batch).Close(); err != nil {
		t.Fatal(err)
	}
	s := vector.NewSource(mirrorOf(t, "buildings", list), vector.Options{Tolerance: -1, Budget: -1})
	const query = `WITH m AS (SELECT id, ST_AsMVTGeom(geom, ST_TileEnvelope($1, $2, $3), 4096, 64, true) g FROM f
		WHERE geom && ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096))
		SELECT ST_AsMVT(m, 'buildings', 4096, 'g', 'id') FROM m WHERE g IS NOT NULL`
	compared, slivers := 0, 0
	for range 40 {
		c := tiles.At(114.05+0.02*r.Float64(), 22.54+0.02*r.Float64(), uint8(15+r.IntN(4)))
		var theirs []byte
		if err := db.QueryRow(ctx, query, int(c.Z), int(c.X), int(c.Y)).Scan(&theirs); err != nil {
			t.Fatal(err)
		}
		want, err := mvt.Decode(theirs)
		if err != nil {
			t.Fatalf("%s of PostGIS: %v", c, err)
		}
		ours := map[uint64]*mvt.Feature{}
		for _, l := range tile(t, s, tiles.Request{Coord: c, Collections: layers}) {
			for i := range l.Features {
				if ours[l.Features[i].ID] != nil {
					t.Fatalf("%s has feature %d twice", c, l.Features[i].ID)
				}
				ours[l.Features[i].ID] = &l.Features[i]
			}
		}
		for _, l := range want {
			for i := range l.Features {
				f := &l.Features[i]
				mine := ours[f.ID]
				if mine == nil {
					t.Errorf("%s: feature %d is missing", c, f.ID)
					continue
				}
				delete(ours, f.ID)
				a, slack := size(mine)
				b, _ := size(f)
				if mine.Type != f.Type || math.Abs(a-b) > slack {
					t.Errorf("%s: feature %d is a %v of %.1f, not a %v of %.1f ± %.1f", c, f.ID, mine.Type, a, f.Type, b, slack)
				}
				compared++
			}
		}
		for id, f := range ours {
			a, _ := size(f)
			if slivers++; f.Type != mvt.Polygon || !(a <= thin(f)) {
				t.Errorf("%s: feature %d, a %v of %.1f, is not in the tile of PostGIS: %v", c, id, f.Type, a, f.Parts)
			}
		}
	}
	if compared < 1000 {
		t.Errorf("only %d features were compared", compared)
	}
	t.Logf("%d features alike, %d slivers that PostGIS leaves out", compared, slivers)
}

// thin is the area below which rounding the other way may leave nothing of a polygon.
func thin(f *mvt.Feature) float64 {
	box := [4]int32{math.MaxInt32, math.MaxInt32, math.MinInt32, math.MinInt32}
	for _, ring := range f.Parts {
		for _, p := range ring {
			box = [4]int32{min(box[0], p.X), min(box[1], p.Y), max(box[2], p.X), max(box[3], p.Y)}
		}
	}
	return 2 * float64(max(box[2]-box[0], box[3]-box[1]))
}
