package memory_test

import (
	"context"
	"fmt"
	"iter"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
	"github.com/shikong-cim/shikong/spatial/storetest"
)

func ExampleMirror() {
	ctx := context.Background()
	store := storetest.NewReference() // in earnest a spatial/gpkg or spatial/postgis store
	mirror := memory.NewMirror(store, memory.Options{})
	mirror.Subscribe(func(list []spatial.Change) { fmt.Println("changed:", list[0].Collection) })
	if err := mirror.Sync(ctx); err != nil {
		fmt.Println(err)
		return
	}

	well := spatial.Feature{ID: "well", Geometry: geom.NewPointFlat(geom.XY, []float64{114.05, 22.54})}
	var one iter.Seq2[spatial.Feature, error] = func(yield func(spatial.Feature, error) bool) { yield(well, nil) }
	if _, err := store.Apply(ctx, spatial.Import{Collection: spatial.Collection{Name: "water"}, Model: "wells", Features: one}); err != nil {
		fmt.Println(err)
		return
	}
	if err := mirror.Sync(ctx); err != nil { // Run does this by itself
		fmt.Println(err)
		return
	}
	for f, err := range mirror.Features(ctx, spatial.Query{Collection: "water", Near: &spatial.Near{Lon: 114, Lat: 22.54}}) {
		fmt.Printf("%s %.0f m %v\n", f.ID, f.Distance, err)
	}
	// Output:
	// changed: water
	// well 5143 m <nil>
}
