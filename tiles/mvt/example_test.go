package mvt_test

import (
	"fmt"

	"github.com/shikong-cim/shikong/tiles/mvt"
)

func Example() {
	var layer mvt.Layer
	layer.Reset("buildings", mvt.Extent)
	layer.Tag(layer.Key("name"), layer.String("Tower"))
	layer.Geometry.Ring([]mvt.XY{{X: 0, Y: 0}, {X: 20, Y: 0}, {X: 20, Y: 10}, {X: 0, Y: 10}})
	layer.Feature(42, mvt.Polygon)
	tile := layer.AppendTo(nil)

	back, err := mvt.Decode(tile)
	if err != nil {
		fmt.Println(err)
		return
	}
	f := back.Layer("buildings").Features[0]
	fmt.Println(len(tile), "bytes:", f.ID, f.Properties["name"], f.Parts)
	// Output: 56 bytes: 42 Tower [[{0 0} {20 0} {20 10} {0 10}]]
}
