package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/intake"
)

// featureReader is what the readers of all formats of plain features have in common.
type featureReader interface {
	// Features streams the features; it may be called once.
	Features() iter.Seq2[spatial.Feature, error]
	// Hashed reports whether a feature had no id, as far as read.
	Hashed() bool
	// CRS returns the name of the reference system of the file, as far as read.
	CRS() string
	// Notes returns remarks on how the file was read.
	Notes() []spatial.Warning
	// Finish tells after the last feature what was asked for and in none of them.
	Finish() error
}

// solidReader is a featureReader whose features have solids.
type solidReader interface {
	// Frame places the solids, nil when nothing in the file has a place.
	Frame() *spatial.Frame
	// Vertical says what heights are measured from.
	Vertical() crs.Vertical
}

// idTeller is a featureReader that knows before it reads whether the features have ids.
type idTeller interface {
	HasIDs() bool
}

// reading opens a source for one reading. It returns what closes it.
type reading func(context.Context, source, opening, func(spatial.Issue)) (featureReader, func() error, error)

// opened makes a delivery of a reading; schema is the format's name for the report.
func opened(schema string, read reading) func(context.Context, source, opening) (*delivery, error) {
	return func(ctx context.Context, src source, o opening) (*delivery, error) {
		var issues spatial.Report
		r, closeFile, err := read(ctx, src, o, issues.AddIssue)
		if err != nil {
			return nil, err
		}
		hashed, err := withoutIDs(ctx, r, read, src, o)
		if err == nil && hashed && !o.From.IsZero() {
			err = &spatial.Problem{Kind: spatial.ErrInvalid, Code: "no-ids",
				Message: fmt.Sprintf("its features have no ids, so what went on and what changed since %s cannot be told", spatial.FormatTime(o.From)),
				Hint:    "name a property that identifies each feature with --id"}
		}
		if err != nil {
			return nil, errors.Join(err, closeFile())
		}
		// Hashes of equal content are equal and get numbers; ids that a source gives twice are
		// its mistake and refused.
		d := &delivery{schema: schema, numberRepeats: hashed, features: ahead(whole(r)), close: closeFile}
		if solid, ok := r.(solidReader); ok {
			d.frame, d.verticalCRS = solid.Frame(), verticalName(solid.Vertical())
		}
		d.report = func(report *spatial.Report) {
			report.Issues, report.IssueCounts, report.IssuesOmitted = issues.Issues, issues.IssueCounts, issues.IssuesOmitted
			report.Georeference = &spatial.Georeference{Source: "crs", CRS: r.CRS(), Accuracy: o.accuracy(r.CRS()), Warnings: r.Notes()}
			if o.CRS != "" {
				report.Georeference.Source = "option"
			}
			if report.Georeference.Warnings == nil {
				report.Georeference.Warnings = []spatial.Warning{}
			}
		}
		return d, nil
	}
}

// whole returns the features of a reader and at the end what it says about all of them.
func whole(r featureReader) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for f, err := range r.Features() {
			if !yield(f, err) || err != nil {
				return
			}
		}
		if err := r.Finish(); err != nil {
			yield(spatial.Feature{}, err)
		}
	}
}

// verticalName spells what heights are measured from as Collection.VerticalCRS has it.
func verticalName(v crs.Vertical) string {
	switch {
	case v.Ellipsoidal:
		return "ellipsoidal"
	case v.Code != 0:
		return fmt.Sprintf("EPSG:%d", v.Code)
	}
	return ""
}

// withoutIDs reports whether the features of a source have no ids: what its reader says, or else
// the first feature of a reading of its own.
func withoutIDs(ctx context.Context, known featureReader, read reading, src source, o opening) (bool, error) {
	if teller, ok := known.(idTeller); ok {
		return !teller.HasIDs(), nil
	}
	o.progress = nil
	r, closeFile, err := read(ctx, src, o, nil)
	if err != nil {
		return false, err
	}
	next, stop := iter.Pull2(r.Features())
	_, _, _ = next() // an error, if there is one, shows again on the real reading
	stop()
	return r.Hashed(), closeFile()
}

// intake returns what the user said about the features of a file.
func (o opening) intake() (intake.Options, error) {
	store, err := storeCRS(o.datum)
	return intake.Options{CRS: o.CRS, Store: store, Transforms: o.transforms, ID: o.ID, ValidFrom: o.ValidFrom, ValidTo: o.ValidTo, Strict: o.Strict}, err
}

// accuracy returns the expected error in metres of bringing coordinates of a system to the
// store's datum, 0 when nobody states it.
func (o opening) accuracy(name string) float64 {
	from, err := crs.Parse(name)
	if err != nil {
		return 0
	}
	store, err := storeCRS(o.datum)
	if err != nil {
		return 0
	}
	op, err := crs.Transform(from, store, o.transforms...)
	if err != nil {
		return 0
	}
	return op.Accuracy()
}

// storeCRS returns the geographic system of a store's datum.
func storeCRS(datum string) (*crs.CRS, error) {
	if datum == "cgcs2000" {
		return crs.ByCode(4490)
	}
	return crs.ByCode(4326)
}

// reopener returns what opens the source each time from its start, decompressed. Progress is
// told from the given reading on, the one that delivers.
func reopener(ctx context.Context, src source, o opening, delivering int) func() (io.ReadCloser, error) {
	readings := 0
	return func() (io.ReadCloser, error) {
		f, err := os.Open(src.path)
		if err != nil {
			return nil, fileProblem(err)
		}
		tell := o.progress
		if readings++; readings < delivering {
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
}
