package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/shikong-cim/shikong/api/ogc"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/flatgeobuf"
	"github.com/shikong-cim/shikong/spatial/gpkg"
)

// featureWriter writes selections to a file and says how many features there were.
type featureWriter func(ctx context.Context, path, datum string, layers []gpkg.Layer) (int64, error)

// textWriter writes one selection as text.
type textWriter func(w *bufio.Writer, features iter.Seq2[spatial.Feature, error], fields []spatial.Field) error

// textFiles are the formats of text by their ending.
var textFiles = map[string]textWriter{
	".geojson": func(w *bufio.Writer, f iter.Seq2[spatial.Feature, error], _ []spatial.Field) error {
		return writeGeoJSON(w, f, ogc.Shape{})
	},
	".geojsonl": func(w *bufio.Writer, f iter.Seq2[spatial.Feature, error], _ []spatial.Field) error {
		return writeLines(w, f, ogc.Shape{})
	},
	".ndjson": func(w *bufio.Writer, f iter.Seq2[spatial.Feature, error], _ []spatial.Field) error {
		return writeLines(w, f, ogc.Shape{})
	},
	".csv": func(w *bufio.Writer, f iter.Seq2[spatial.Feature, error], fields []spatial.Field) error {
		return writeTable(w, f, fields, true, false)
	},
}

// featureFile finds what writes a file of features by the ending of its name; nil when nothing
// does.
func featureFile(path string) featureWriter {
	name, packed := strings.CutSuffix(strings.ToLower(path), ".gz")
	if strings.HasSuffix(name, ".gpkg") && !packed {
		return gpkg.WriteFile
	}
	if strings.HasSuffix(name, ".fgb") && !packed {
		return ofOne(writeFlatGeobuf)
	}
	write := textFiles[filepath.Ext(name)]
	if write == nil {
		return nil
	}
	return ofOne(func(_ context.Context, file *os.File, _ string, l gpkg.Layer) (int64, error) {
		return writeText(file, packed, l, write)
	})
}

// ofOne makes a featureWriter of what writes one selection to a new file, which replaces the one
// at the path when it is whole.
func ofOne(write func(ctx context.Context, file *os.File, datum string, l gpkg.Layer) (int64, error)) featureWriter {
	return func(ctx context.Context, path, datum string, layers []gpkg.Layer) (n int64, err error) {
		if len(layers) > 1 {
			return 0, usagef("%s holds one collection; .gpkg, .pmtiles and .mbtiles hold several", filepath.Base(path))
		}
		file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
		if err != nil {
			return 0, fileProblem(err)
		}
		defer func() {
			if err = errors.Join(err, file.Close()); err == nil {
				err = os.Rename(file.Name(), path)
			}
			if err != nil {
				_ = os.Remove(file.Name()) // the first error is the one to tell
			}
		}()
		if err := file.Chmod(0o644); err != nil {
			return 0, fileProblem(err)
		}
		return write(ctx, file, datum, layers[0])
	}
}

func writeFlatGeobuf(ctx context.Context, file *os.File, datum string, l gpkg.Layer) (int64, error) {
	system, err := storeCRS(datum)
	if err != nil {
		return 0, err
	}
	return flatgeobuf.Write(ctx, file, flatgeobuf.Layer{Collection: l.Collection, CRS: system, Features: l.Features})
}

// exportFeatures writes what the flags select to a file, as of one revision.
func (a *app) exportFeatures(ctx context.Context, store spatial.Store, f *exportFlags, names []string, write featureWriter) error {
	begun := time.Now()
	meta, err := store.Meta(ctx)
	if err != nil {
		return err
	}
	var layers []gpkg.Layer
	for _, name := range names {
		q, err := f.ask(ctx, store, name, begun)
		if err != nil {
			return err
		}
		if q.Recorded.IsZero() {
			q.AtRevision = meta.Revision
		}
		c, err := store.Collection(ctx, name)
		if err != nil {
			return err
		}
		if q.Properties = f.properties; q.Properties != nil {
			c.Fields = slices.DeleteFunc(slices.Clone(c.Fields), func(field spatial.Field) bool { return !slices.Contains(q.Properties, field.Name) })
		}
		layers = append(layers, gpkg.Layer{Collection: c, Features: store.Features(ctx, q)})
	}
	n, err := write(ctx, f.out, meta.Datum, layers)
	if err != nil {
		return fmt.Errorf("export to %s: %w", f.out, err)
	}
	info, err := os.Stat(f.out)
	if err != nil {
		return fileProblem(err)
	}
	return a.printExport(&exportReport{File: f.out, Collections: names, Features: int(n), Bytes: info.Size(), Seconds: time.Since(begun).Seconds()})
}

// writeText writes a selection as text, compressed when it is packed.
func writeText(file *os.File, packed bool, l gpkg.Layer, write textWriter) (n int64, err error) {
	out := io.Writer(file)
	var z *gzip.Writer
	if packed {
		z = gzip.NewWriter(file)
		out = z
	}
	w := bufio.NewWriterSize(out, 1<<16)
	err = write(w, tallied(l.Features, &n), l.Collection.Fields)
	if err = errors.Join(err, w.Flush()); err == nil && z != nil {
		err = z.Close()
	}
	return n, err
}

// tallied counts features as they pass.
func tallied(features iter.Seq2[spatial.Feature, error], n *int64) iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for f, err := range features {
			if err == nil {
				*n++
			}
			if !yield(f, err) {
				return
			}
		}
	}
}
