package main

import (
	"bufio"
	"context"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/geojson"
)

// readGeoJSON opens a GeoJSON document or sequence, also compressed with gzip.
func readGeoJSON(ctx context.Context, src source, o opening, report func(spatial.Issue)) (featureReader, func() error, error) {
	options, err := o.intake()
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
		r, err = geojson.NewReader(body, options, report)
		if err == nil {
			return r, f.Close, nil
		}
	}
	_ = f.Close()
	return nil, nil, err
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
