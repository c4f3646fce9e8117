package main

import (
	"context"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/cityjson"
)

// readCityJSON opens a CityJSON document or sequence, also compressed with gzip.
func readCityJSON(ctx context.Context, src source, o opening, report func(spatial.Issue)) (featureReader, func() error, error) {
	options, err := o.intake()
	if err != nil {
		return nil, nil, err
	}
	r, err := cityjson.NewReader(reopener(ctx, src, o, 2), cityjson.Options{Options: options, Branch: o.Layer}, report)
	if err != nil {
		return nil, nil, err
	}
	return r, func() error { return nil }, nil
}
