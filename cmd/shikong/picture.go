package main

import (
	"bufio"
	"context"
	"fmt"
	"image/png"
	"os"

	"github.com/shikong-cim/shikong/ifc"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/mesh/render"
)

// picture draws the shapes of an IFC model into a PNG, seen from the south-west above.
func (a *app) picture(ctx context.Context, src source, o opening) error {
	shapes, err := ifc.Shapes(ctx, src.path, ifc.Options{ImportOptions: o.ImportOptions})
	if err != nil {
		return err
	}
	if len(shapes) == 0 {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "nothing-to-draw", Message: "no product of the model has a shape",
			Hint: "inspect it without --render to see what it holds"}
	}
	img := render.Draw(shapes, render.View{Width: 1600, Height: 1000, Azimuth: 0.6, Elevation: 0.5, Edges: true})
	f, err := os.Create(o.render)
	if err != nil {
		return fmt.Errorf("write the picture: %w", err)
	}
	w := bufio.NewWriter(f)
	if err = png.Encode(w, img); err == nil {
		err = w.Flush()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("write the picture %s: %w", o.render, err)
	}
	if !a.json {
		fmt.Fprintf(a.out, "picture: %s\n", o.render)
	}
	return nil
}
