package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/klauspost/compress/gzip"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/geojson"
)

// openGeoJSON opens a GeoJSON document or sequence, also compressed with gzip.
func openGeoJSON(ctx context.Context, src source, o opening) (*delivery, error) {
	hashed, err := withoutIDs(ctx, src, o)
	if err != nil {
		return nil, err
	}
	if hashed && !o.From.IsZero() {
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "no-ids",
			Message: fmt.Sprintf("its features have no ids, so what went on and what changed since %s cannot be told", spatial.FormatTime(o.From)),
			Hint:    "name a property that identifies each feature with --id"}
	}
	var issues spatial.Report
	r, closeFile, err := readGeoJSON(ctx, src, o, issues.AddIssue)
	if err != nil {
		return nil, err
	}
	// Hashes of equal content are equal and get numbers; ids that a source gives twice are
	// its mistake and refused.
	d := &delivery{schema: "GeoJSON", numberRepeats: hashed, features: r.Features(), close: closeFile}
	d.report = func(report *spatial.Report) {
		report.Issues, report.IssueCounts, report.IssuesOmitted = issues.Issues, issues.IssueCounts, issues.IssuesOmitted
		report.Georeference = &spatial.Georeference{Source: "crs", CRS: r.CRS(), Warnings: r.Notes()}
		if o.CRS != "" {
			report.Georeference.Source = "option"
		}
		if report.Georeference.Warnings == nil {
			report.Georeference.Warnings = []spatial.Warning{}
		}
	}
	return d, nil
}

// withoutIDs reports whether the first feature of the source has no id.
func withoutIDs(ctx context.Context, src source, o opening) (bool, error) {
	o.progress = nil
	r, closeFile, err := readGeoJSON(ctx, src, o, nil)
	if err != nil {
		return false, err
	}
	next, stop := iter.Pull2(r.Features())
	_, _, _ = next() // an error, if there is one, shows again on the real reading
	stop()
	return r.Hashed(), closeFile()
}

func readGeoJSON(ctx context.Context, src source, o opening, report func(spatial.Issue)) (*geojson.Reader, func() error, error) {
	store, err := storeCRS(o.datum)
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(src.path)
	if err != nil {
		return nil, nil, fileProblem(err)
	}
	body, err := decompressed(&progressReader{r: &cancelReader{ctx: ctx, r: f}, total: src.bytes, tell: o.progress})
	if err == nil {
		var r *geojson.Reader
		r, err = geojson.NewReader(body, geojson.Options{CRS: o.CRS, Store: store, ID: o.ID,
			ValidFrom: o.ValidFrom, ValidTo: o.ValidTo, Strict: o.Strict}, report)
		if err == nil {
			return r, f.Close, nil
		}
	}
	_ = f.Close()
	return nil, nil, err
}

// storeCRS returns the geographic system of a store's datum.
func storeCRS(datum string) (*crs.CRS, error) {
	if datum == "cgcs2000" {
		return crs.ByCode(4490)
	}
	return crs.ByCode(4326)
}

// decompressed looks at the first bytes, whatever the file is called.
func decompressed(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if magic, _ := b.Peek(2); len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-gzip", Message: "the gzip header is broken: " + err.Error()}
	}
	return z, nil
}

// progressReader tells how far a file was read.
type progressReader struct {
	r           io.Reader
	done, total int64
	tell        func(done, total int64)
}

// Read implements io.Reader.
func (p *progressReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.done += int64(n)
	if p.tell != nil {
		p.tell(p.done, p.total)
	}
	return n, err
}
