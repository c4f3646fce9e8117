package shapefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"

	"golang.org/x/text/encoding"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/intake"
)

// Opener opens one of the files by its ending without the dot: shp, dbf, prj, cpg. The error
// for one that is not there is fs.ErrNotExist.
type Opener func(ending string) (io.ReadCloser, error)

// Reader reads one Shapefile. It is made by NewReader, used once, by one goroutine, and closed.
type Reader struct {
	in     *intake.Intake
	hasIDs bool
	shapes *shapes
	table  *table // nil when there is none
	open   []io.Closer
	notes  []spatial.Warning
}

// NewReader opens the files. Errors: not-a-shapefile, truncated, invalid-dbf; crs-missing when
// there is no .prj and the user names no reference system.
func NewReader(open Opener, opts intake.Options, report func(spatial.Issue)) (*Reader, error) {
	r := &Reader{hasIDs: opts.ID != ""}
	err := r.init(open, opts, report)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func (r *Reader) init(open Opener, opts intake.Options, report func(spatial.Issue)) (err error) {
	if r.in, err = intake.New(opts, report); err != nil {
		return err
	}
	shp, err := open("shp")
	if err != nil {
		return err
	}
	r.open = append(r.open, shp)
	if r.shapes, err = newShapes(shp); err != nil {
		return err
	}
	if err := r.place(open); err != nil {
		return err
	}
	return r.attributes(open)
}

// place settles the reference system.
func (r *Reader) place(open Opener) error {
	if r.in.Fixed() {
		return nil
	}
	prj, err := small(open, "prj")
	if errors.Is(err, fs.ErrNotExist) {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "crs-missing", Message: "there is no .prj beside the .shp, so nothing says in which reference system it is",
			Hint: "put the .prj beside it (an upload takes all files in one .zip), or name the system with --crs EPSG:…"}
	}
	if err != nil {
		return err
	}
	return r.in.Use(string(prj))
}

// attributes opens the table; a Shapefile without one has shapes only.
func (r *Reader) attributes(open Opener) error {
	charset, err := r.charset(open)
	if err != nil {
		return err
	}
	dbf, err := open("dbf")
	if errors.Is(err, fs.ErrNotExist) {
		r.notes = append(r.notes, spatial.Warning{Code: "no-attributes", Message: "there is no .dbf beside the .shp; the features have no properties"})
		return nil
	}
	if err != nil {
		return err
	}
	r.open = append(r.open, dbf)
	r.table, err = newTable(dbf, charset)
	return err
}

// charset returns the encoding that the .cpg names, nil when there is none that is known.
func (r *Reader) charset(open Opener) (encoding.Encoding, error) {
	cpg, err := small(open, "cpg")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	charset := intake.Charset(string(cpg))
	if charset == nil {
		r.notes = append(r.notes, spatial.Warning{Code: "text-encoding", Message: fmt.Sprintf("the .cpg names the encoding %.40q, which is not known; text is read as UTF-8 or GB 18030", cpg)})
	}
	return charset, nil
}

// small reads a file of at most 64 KB.
func small(open Opener, ending string) ([]byte, error) {
	f, err := open(ending)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, 64<<10))
	return b, errors.Join(err, f.Close())
}

// Close closes the files.
func (r *Reader) Close() error {
	var err error
	for _, c := range r.open {
		err = errors.Join(err, c.Close())
	}
	r.open = nil
	return err
}

// Count returns how many features were read so far.
func (r *Reader) Count() int64 { return r.in.Count() }

// HasIDs reports whether the user named a column of ids; a Shapefile has none of its own.
func (r *Reader) HasIDs() bool { return r.hasIDs }

// Hashed reports whether ids are hashes of content.
func (r *Reader) Hashed() bool { return r.in.Hashed() }

// Finish is to be asked when all features were read; see [intake.Intake.Finish].
func (r *Reader) Finish() error { return r.in.Finish() }

// CRS returns the name of the reference system of the file.
func (r *Reader) CRS() string { return r.in.CRS() }

// Notes returns remarks on the files and the change of datum.
func (r *Reader) Notes() []spatial.Warning { return append(r.notes, r.in.Notes()...) }

// Features streams the features in file order. It may be called once. The first error ends
// the stream.
func (r *Reader) Features() iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		for {
			f, keep, err := r.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(spatial.Feature{}, r.in.Located(err, "unreadable"))
				return
			}
			if keep && !yield(f, nil) {
				return
			}
		}
	}
}

func (r *Reader) next() (f spatial.Feature, keep bool, err error) {
	b, err := r.shapes.next()
	if err != nil {
		return f, false, err
	}
	var properties []spatial.Property
	if r.table != nil {
		var deleted bool
		properties, deleted, err = r.table.next()
		if deleted {
			return f, false, nil
		}
		if errors.Is(err, io.EOF) {
			r.in.Issue("", "no-attributes", "the .dbf has fewer records than the .shp; the feature has no properties")
			err = nil
		}
		if err != nil {
			return f, false, err
		}
	}
	g, err := geometryOf(b)
	if err != nil {
		return f, false, err
	}
	return r.in.Take("", g, properties)
}
