package main

import (
	"context"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/gpkg"
)

// readGeoPackage opens a layer of a GeoPackage.
func readGeoPackage(ctx context.Context, src source, o opening, report func(spatial.Issue)) (featureReader, func() error, error) {
	options, err := o.intake()
	if err != nil {
		return nil, nil, err
	}
	r, err := gpkg.OpenLayer(ctx, src.path, gpkg.LayerOptions{Options: options, Layer: o.Layer, Progress: o.progress}, report)
	if err != nil {
		return nil, nil, err
	}
	return r, r.Close, nil
}
