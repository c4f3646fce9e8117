package flatgeobuf

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/bits"
	"os"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/wkb"
)

// magic is FlatGeobuf 3.0, patch 1: tables stand at multiples of 8 bytes.
const magic = "fgb\x03fgb\x01"

var errTooLarge = errors.New("a feature is larger than 2 GB, which FlatGeobuf cannot hold")

// Layer is what a file is to hold.
type Layer struct {
	Collection spatial.Collection // its name, title, description and fields
	CRS        *crs.CRS           // of the coordinates, longitude before latitude
	Features   iter.Seq2[spatial.Feature, error]
}

// Write writes a layer to an empty file with its index, and returns how many features there
// were. A feature becomes its geometry and the columns id, class, name, storey, underground,
// z_min, z_max, valid_from and valid_to, and one for each field of the collection; a field's
// column is widened where a value is of another kind than promised. Empty geometries become
// none. On an error the file is of no use.
func Write(ctx context.Context, file *os.File, l Layer) (n int64, err error) {
	c, err := newColumns(l.Collection.Fields)
	if err != nil {
		return 0, err
	}
	s, err := newSpool(file.Name())
	if err != nil {
		return 0, err
	}
	defer s.close()
	w := writer{file: file, layer: &l, columns: c, spool: s, box: spatial.EmptyBox()}
	for f, err := range l.Features {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = w.add(&f)
		}
		if err != nil {
			return w.count, err
		}
	}
	return w.count, w.finish(ctx)
}

type writer struct {
	file    *os.File
	layer   *Layer
	columns columns
	spool   *spool

	// What there is among the features.
	count int64
	box   spatial.Box
	kinds uint64 // bit n: a geometry of WKB type n
	z     bool   // a geometry with heights

	buffer buffer
	values []byte
}

func (w *writer) add(f *spatial.Feature) error {
	w.count++
	g, box := f.Geometry, spatial.BoxOf(f.Geometry)
	if box.IsEmpty() {
		g = nil
	} else {
		kind, err := wkb.Type(g)
		if err != nil {
			return err
		}
		w.kinds |= 1 << kind
		w.z = w.z || g.Layout() == geom.XYZ
		w.box = w.box.Extend(box)
	}
	if err := w.spool.add(&w.columns, f, g, box); err != nil {
		return fmt.Errorf("feature %q: %w", f.ID, err)
	}
	return nil
}

// finish writes the file from the spool.
func (w *writer) finish(ctx context.Context) error {
	header, err := w.header()
	if err != nil {
		return err
	}
	if _, err := w.file.WriteAt(append([]byte(magic), header...), 0); err != nil {
		return err
	}
	at := int64(len(magic) + len(header))
	var index *tree
	if w.indexed() {
		index, at = newTree(w.file, at, w.count)
	}
	out, offset := bufio.NewWriterSize(io.NewOffsetWriter(w.file, at), 1<<18), int64(0)
	err = w.spool.each(func(values []byte, g geom.T) error {
		b, err := w.feature(values, g)
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && index != nil {
			err = index.add(0, node{box: spatial.BoxOf(g), child: offset})
		}
		if err != nil {
			return err
		}
		offset += int64(len(b))
		_, err = out.Write(b)
		return err
	})
	if err == nil && index != nil {
		err = index.finish()
	}
	return errors.Join(err, out.Flush())
}

// indexed says whether there is anything to find by place.
func (w *writer) indexed() bool { return w.kinds != 0 }

// geometryType is that of all features, or 0 when there are several.
func (w *writer) geometryType() uint64 {
	if bits.OnesCount64(w.kinds) == 1 {
		return uint64(bits.TrailingZeros64(w.kinds))
	}
	return 0
}

// feature returns the table Feature (feature.fbs): geometry, properties.
func (w *writer) feature(values []byte, g geom.T) ([]byte, error) {
	w.values = w.columns.convert(w.values[:0], values)
	b := &w.buffer
	b.begin()
	fields := []field{{id: 1, size: 4}, {id: 0, size: 4}}
	if g == nil {
		fields = fields[:1]
	}
	b.table(rootSlot, fields)
	if g != nil {
		if err := b.geometry(fields[1].slot, g, w.geometryType() == 0, w.z); err != nil {
			return nil, err
		}
	}
	b.vector(fields[0].slot, 1, len(w.values))
	b.b = append(b.b, w.values...)
	return b.end()
}
