package main

import (
	"context"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/csv"
)

// readCSV opens a table of comma-, semicolon- or tab-separated values, also compressed with gzip.
func readCSV(ctx context.Context, src source, o opening, report func(spatial.Issue)) (featureReader, func() error, error) {
	options, err := o.intake()
	if err != nil {
		return nil, nil, err
	}
	// The table is read three times; only the last reading delivers.
	r, err := csv.NewReader(reopener(ctx, src, o, 3), options, report)
	if err != nil {
		return nil, nil, err
	}
	return r, func() error { return nil }, nil
}
