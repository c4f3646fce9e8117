package tiles_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/tiles"
)

// 天地图 numbers the levels of its "w" layers like everybody; those of its "c" layers begin
// at 1, so that its level 15 is level 14 here.
func TestTilesOfTianditu(t *testing.T) {
	const lat, lon = 22.543096, 114.057865
	for _, row := range []struct {
		layer    string
		grid     tiles.Grid
		level    uint8 // theirs
		behind   uint8 // how many levels theirs is ahead of ours
		col, row uint32
	}{
		{"w", tiles.WebMercatorQuad, 14, 0, 13382, 7138},
		{"c", tiles.WorldCRS84Quad, 15, 1, 26765, 6140},
		{"c", tiles.CGCS2000Quad, 15, 1, 26765, 6140},
	} {
		at := row.grid.At(lon, lat, row.level-row.behind)
		if at.X != row.col || at.Y != row.row {
			t.Errorf("层 %s: level %d of 天地图 is %s, not column %d, row %d", row.layer, row.level, at, row.col, row.row)
		}
	}
}

func TestAPointLiesInTheBoxOfItsTileInEveryGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := rapid.SampledFrom(tiles.Grids()).Draw(t, "grid")
		level := uint8(rapid.IntRange(0, int(g.MaxLevel())).Draw(t, "level"))
		lon, lat := rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-85, 85).Draw(t, "lat")
		c := g.At(lon, lat, level)
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		const slack = 1e-9
		if b := c.Box(); lon < b.Min[0]-slack || lon > b.Max[0]+slack || lat < b.Min[1]-slack || lat > b.Max[1]+slack {
			t.Fatalf("%v, %v lies outside %v of %s", lon, lat, b, c)
		}
		if level > 0 && c.Parent() != g.At(lon, lat, level-1) {
			t.Fatalf("%s is no child of %s", c, c.Parent())
		}
	})
}

func TestThereAreNoTilesBeyondAGrid(t *testing.T) {
	for _, c := range []tiles.Coord{
		{Grid: tiles.WorldCRS84Quad, Z: 0, X: 2}, {Grid: tiles.WorldCRS84Quad, Z: 0, Y: 1}, {Grid: tiles.CGCS2000Quad, Z: 24},
		{Grid: tiles.CGCS2000Quad, Z: 3, X: 16}, {Z: 0, X: 1}, {Z: 25},
	} {
		if err := c.Validate(); !errors.Is(err, spatial.ErrNotFound) {
			t.Errorf("%s: %v", c, err)
		}
	}
	if _, err := tiles.GridOf("EuropeanETRS89_LAEAQuad"); !errors.Is(err, spatial.ErrNotFound) {
		t.Error(err)
	}
	for _, c := range []tiles.Coord{{Grid: tiles.WorldCRS84Quad, X: 1}, {Grid: tiles.CGCS2000Quad, Z: 23, X: 1<<24 - 1, Y: 1<<23 - 1}} {
		if err := c.Validate(); err != nil {
			t.Error(err)
		}
	}
}

// The numbers are those of OGC 17-083r4, annexes D.1 and D.3.
func TestMatrixSetsAreThoseOfTheStandard(t *testing.T) {
	for _, row := range []struct {
		grid        tiles.Grid
		levels      int
		scale, cell float64
		origin      string
		width       uint32
	}{
		{tiles.WebMercatorQuad, 25, 559082264.028717, 156543.033928041, "[-20037508.3428 20037508.3428] of [X Y]", 1},
		{tiles.WorldCRS84Quad, 24, 279541132.014358, 0.703125, "[-180.0000 90.0000] of [Lon Lat]", 2},
		{tiles.CGCS2000Quad, 24, 279541132.014358, 0.703125, "[90.0000 -180.0000] of [Lat Lon]", 2},
	} {
		doc := row.grid.MatrixSet()
		if len(doc.Matrices) != row.levels || doc.ID != row.grid.String() || doc.CRS != row.grid.CRS() {
			t.Errorf("%s: %d levels in %s", doc.ID, len(doc.Matrices), doc.CRS)
		}
		for level, m := range doc.Matrices {
			n := math.Exp2(float64(level))
			if off := m.ScaleDenominator*n/row.scale - 1; math.Abs(off) > 1e-12 {
				t.Errorf("%s: level %s has the scale 1:%f", doc.ID, m.ID, m.ScaleDenominator)
			}
			if off := m.CellSize*n/row.cell - 1; math.Abs(off) > 1e-12 || m.MatrixHeight != uint32(n) || m.MatrixWidth != row.width*uint32(n) {
				t.Errorf("%s: level %s is %+v", doc.ID, m.ID, m)
			}
			if at := fmt.Sprintf("%.4f of %v", m.PointOfOrigin, doc.OrderedAxes); at != row.origin {
				t.Errorf("%s: its corner is %s", doc.ID, at)
			}
		}
	}
}

func TestLimitsAreTheTilesOfABox(t *testing.T) {
	shenzhen := spatial.Box2D(113.75, 22.4, 114.65, 22.87)
	for _, g := range tiles.Grids() {
		for level := range g.MaxLevel() + 1 {
			l := g.Limits(shenzhen, level)
			nw, se := tiles.Coord{Grid: g, Z: level, X: l.MinX, Y: l.MinY}.Box(), tiles.Coord{Grid: g, Z: level, X: l.MaxX, Y: l.MaxY}.Box()
			if nw.Min[0] > 113.75 || nw.Max[0] < 113.75 || se.Min[1] > 22.4 || se.Max[1] < 22.4 {
				t.Errorf("%s: at level %d %+v reach from %v to %v", g, level, l, nw, se)
			}
		}
	}
}
