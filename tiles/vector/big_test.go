package vector_test

import (
	"math"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
	"github.com/shikong-cim/shikong/tiles/vector"
)

// Polygons that are made to be slow are drawn: without bounds on the work, this takes longer
// than any test is given.
func TestPolygonsMadeToBeSlowAreDrawn(t *testing.T) {
	const n = 100_000
	comb, curve := make([]float64, 0, 4*n), make([]float64, 0, 4*n)
	for i := range n {
		y := float64(i) / n
		comb = append(comb, 114, 22+y, 115, 22+y+0.4/n) // teeth as wide as the whole
		angle := y * 2 * math.Pi
		reach := 0.4 + 0.05*math.Sin(angle*5000)
		curve = append(curve, 114.5+reach*math.Cos(angle), 22.5+reach*math.Sin(angle))
	}
	comb = append(comb, 116, 23, 116, 22, 114, 22)
	curve = append(curve, curve[0], curve[1])
	for name, flat := range map[string][]float64{"comb": comb, "curve": curve} {
		t.Run(name, func(t *testing.T) {
			s := vector.NewSource(mirrorOf(t, "a", []spatial.Feature{{ID: "a", Num: 1, Geometry: geom.NewPolygonFlat(geom.XY, flat, []int{len(flat)})}}), vector.Options{})
			for zoom := uint8(0); zoom <= 18; zoom += 3 {
				began := time.Now()
				tile(t, s, tiles.Request{Coord: tiles.At(114.6, 22.6, zoom), Collections: []string{"a"}})
				t.Logf("zoom %d: %v", zoom, time.Since(began))
			}
		})
	}
}
