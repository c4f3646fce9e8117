package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/csv"
)

// readCSV opens a table of comma-, semicolon- or tab-separated values, also compressed with gzip.
func readCSV(ctx context.Context, src source, o opening, report func(spatial.Issue)) (featureReader, func() error, error) {
	options, err := o.intake()
	if err != nil {
		return nil, nil, err
	}
	readings := 0
	open := func() (io.ReadCloser, error) {
		f, err := os.Open(src.path)
		if err != nil {
			return nil, fileProblem(err)
		}
		tell := o.progress
		if readings++; readings < 3 { // the table is read three times; only the last one delivers
			tell = nil
		}
		body, err := decompressed(&progressReader{r: &cancelReader{ctx: ctx, r: f}, total: src.bytes, tell: tell})
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return struct {
			io.Reader
			io.Closer
		}{body, f}, nil
	}
	r, err := csv.NewReader(open, options, report)
	if err != nil {
		return nil, nil, err
	}
	return r, func() error { return nil }, nil
}
