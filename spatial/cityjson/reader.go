package cityjson

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/go-faster/jx"
	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
	"github.com/shikong-cim/shikong/spatial/intake"
)

// Reader reads one file. It is made by NewReader and used once, by one goroutine.
type Reader struct {
	open   func() (io.ReadCloser, error)
	in     *intake.Intake
	header *header
	frame  *crs.ENU // nil when nothing in the file has a place
	// stays are when objects stood, by their name in the file; nil for a file of one state.
	stays map[string][]stay
	yield func(spatial.Feature, error) bool
}

// Options are what the user says of a file.
type Options struct {
	intake.Options
	// Branch names the branch, tag or version of a file in which several states stand side by
	// side; "" for the main branch.
	Branch string
}

// NewReader returns a reader of the file that open opens, each time from its start. Errors:
// not-cityjson, invalid-json, truncated; crs-missing when neither the file nor the user names
// a reference system; branch-missing, invalid-versioning; and those of package crs.
func NewReader(open func() (io.ReadCloser, error), opts Options, report func(spatial.Issue)) (*Reader, error) {
	in, err := intake.New(opts.Options, report)
	if err != nil {
		return nil, err
	}
	r := &Reader{open: open, in: in}
	if err := r.with(func(src io.Reader) (err error) { r.header, err = readHeader(src); return err }); err != nil {
		return nil, err
	}
	if err := r.header.settle(in); err != nil {
		return nil, err
	}
	if v := r.header.versioning; v != nil {
		if r.stays, err = v.stays(opts.Branch); err != nil {
			return nil, err
		}
	}
	if !r.header.found {
		return r, nil
	}
	origin := r.header.first
	if !finite(origin[:]) {
		return nil, invalid("invalid-vertex", "the first vertex is %v", origin)
	}
	if err := in.Place(origin[:]); err != nil {
		return nil, err
	}
	r.frame, err = crs.NewENU(in.Datum(), origin[0], origin[1], origin[2])
	return r, err
}

// with runs f on a fresh opening of the file.
func (r *Reader) with(f func(io.Reader) error) error {
	src, err := r.open()
	if err != nil {
		return err
	}
	return errors.Join(f(src), src.Close())
}

// Frame places the solids of the features; nil when nothing in the file has a place.
func (r *Reader) Frame() *spatial.Frame {
	if r.frame == nil {
		return nil
	}
	lon, lat, h := r.frame.Origin()
	return &spatial.Frame{Origin: [3]float64{lon, lat, h}, Axes: [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 1}}
}

// Version returns the version of CityJSON that the file names.
func (r *Reader) Version() string { return r.header.version }

// Vertical says what the heights of the file are measured from.
func (r *Reader) Vertical() crs.Vertical { return r.in.Vertical() }

// Count returns how many features were read so far.
func (r *Reader) Count() int64 { return r.in.Count() }

// HasIDs reports that city objects have ids: the names of the members that hold them.
func (r *Reader) HasIDs() bool { return true }

// Hashed reports whether ids are hashes of content; city objects always have one.
func (r *Reader) Hashed() bool { return r.in.Hashed() }

// Finish is to be asked when all features were read; see [intake.Intake.Finish].
func (r *Reader) Finish() error { return r.in.Finish() }

// CRS returns the name of the reference system of the file.
func (r *Reader) CRS() string { return r.in.CRS() }

// Notes returns remarks on the change of datum, and on states of the city that are left out.
func (r *Reader) Notes() []spatial.Warning {
	notes := r.in.Notes()
	if n := r.header.versioning.others(r.stays); n > 0 {
		notes = append(slices.Clone(notes), spatial.Warning{Code: "other-branches", Message: fmt.Sprintf("%d objects of other branches are left out; --layer names a branch", n)})
	}
	return notes
}

// errStop ends the decoding when the consumer wants no more.
var errStop = errors.New("stop")

// Features streams a feature for each city object in file order. It may be called once. The
// first error ends the stream.
func (r *Reader) Features() iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		r.yield = yield
		if err := r.with(r.texts); err != nil && !errors.Is(err, errStop) {
			yield(spatial.Feature{}, r.in.Located(jsonProblem(err), "invalid-json"))
		}
	}
}

// texts reads the first text with the vertices that are known already, and the features of a
// sequence behind it.
func (r *Reader) texts(src io.Reader) error {
	d := jx.Decode(src, 1<<16)
	earth := r.header.vertices
	if err := r.toEarth(earth); err != nil {
		return err
	}
	if d.Next() != jx.Object {
		return invalid("not-cityjson", "the file does not begin with a JSON object")
	}
	err := d.ObjBytes(func(d *jx.Decoder, key []byte) error {
		if string(key) != "CityObjects" {
			return d.Skip()
		}
		return r.objects(d, earth)
	})
	for err == nil {
		if next := d.Next(); next == jx.Invalid {
			return nil // the end; what is no JSON is an error of the decoder on the next read
		} else if next != jx.Object {
			return errors.New("a text of the sequence is no object")
		}
		err = r.feature(d)
	}
	return err
}

// toEarth brings positions of the file to longitude, latitude and height, in place.
func (r *Reader) toEarth(xyz []float64) error {
	if !finite(xyz) {
		return invalid("invalid-vertex", "a vertex is no finite position")
	}
	return r.in.Place(xyz)
}

// feature reads a CityJSONFeature of a sequence: its objects have vertices of their own.
func (r *Reader) feature(d *jx.Decoder) error {
	var raw jx.Raw
	var earth []float64
	typ := ""
	err := d.ObjBytes(func(d *jx.Decoder, key []byte) (err error) {
		switch string(key) {
		case "type":
			typ, err = d.Str()
		case "CityObjects":
			raw, err = d.RawAppend(nil)
		case "vertices":
			earth, err = readVertices(d)
		default:
			err = d.Skip()
		}
		return err
	})
	if err != nil {
		return err
	}
	if typ != "CityJSONFeature" {
		return invalid("not-cityjson", "a text of the sequence has the type %.40q, not CityJSONFeature", typ)
	}
	r.header.unquantise(earth)
	if err := r.toEarth(earth); err != nil {
		return err
	}
	if raw == nil {
		return nil
	}
	return r.objects(jx.DecodeBytes(raw), earth)
}

func (r *Reader) objects(d *jx.Decoder, earth []float64) error {
	return d.ObjBytes(func(d *jx.Decoder, key []byte) error {
		id := string(key)
		raw, err := d.Raw()
		if err != nil {
			return err
		}
		o, err := readObject(raw, func(err error) {
			code, message := codeOf(err)
			r.in.Issue("refused", code, message+"; the geometry is left out")
		})
		if err != nil {
			return err
		}
		if r.stays == nil {
			return r.give(o, earth, stay{id: id})
		}
		for _, s := range r.stays[id] {
			s.id = cmp.Or(s.id, o.of, id)
			if err := r.give(o, earth, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// give makes the feature of an object, or of one of its states.
func (r *Reader) give(o *object, earth []float64, s stay) error {
	known := len(o.properties)
	f := r.shape(o, earth)
	f.ID, f.Kind, f.Valid = s.id, o.typ, s.valid
	f, keep, err := r.in.TakePlaced(f, slices.Clone(o.properties))
	o.properties = o.properties[:known] // shape adds what it finds
	if err != nil {
		return err
	}
	if keep && !r.yield(f, nil) {
		return errStop
	}
	return nil
}

// shape makes solid, footprint and heights of an object.
func (r *Reader) shape(o *object, earth []float64) (f spatial.Feature) {
	var list []placedGeometry
	for _, g := range o.geometries {
		p, err := r.placed(g, earth)
		if err != nil {
			code, message := codeOf(err)
			r.in.Issue("refused", code, message+"; the geometry is left out")
			continue
		}
		list = append(list, p)
	}
	if len(list) == 0 {
		return f
	}
	byDetail(list)
	if text := lods(list); text != "" {
		o.properties = append(o.properties, spatial.Property{Name: "lod", Value: spatial.StringOf(text)})
	}
	finest := &list[0]
	for i := range list {
		f.Z = f.Z.Extend(list[i].heights())
	}
	if f.Geometry = finest.simple(); f.Geometry != nil {
		return f
	}
	instances, open, err := finest.instances(r.frame)
	switch {
	case err != nil:
		r.in.Issue("refused", "invalid-geometry", "the surfaces cannot be triangulated: "+err.Error()+"; the solid is left out")
	case open:
		r.in.Issue("", "open-shell", "the surfaces of the solid do not close")
	}
	if len(instances) > 0 {
		f.Body = &spatial.Body{Instances: instances}
	}
	f.Geometry = ground(list, f.Z.Min)
	return f
}

// placed returns a geometry with the vertices that it names; one of a template is moved to
// its place first.
func (r *Reader) placed(g *geometry, earth []float64) (placedGeometry, error) {
	if g.typ != "GeometryInstance" {
		if err := g.boundaries.check(len(earth) / 3); err != nil {
			return placedGeometry{}, err
		}
		return placedGeometry{g, g.boundaries.compact(earth)}, nil
	}
	if g.template < 0 || g.template >= len(r.header.templates) || len(g.boundaries.vertices) != 1 {
		return placedGeometry{}, invalid("invalid-boundaries", "an instance names template %d of %d and %d positions", g.template, len(r.header.templates), len(g.boundaries.vertices))
	}
	of, err := readGeometry(r.header.templates[g.template].geometry)
	if err != nil {
		return placedGeometry{}, err
	}
	if of.typ == "GeometryInstance" {
		return placedGeometry{}, invalid("invalid-boundaries", "template %d is an instance itself", g.template)
	}
	if err := of.boundaries.check(len(r.header.templateVertices) / 3); err != nil {
		return placedGeometry{}, err
	}
	if err := g.boundaries.check(len(earth) / 3); err != nil {
		return placedGeometry{}, err
	}
	moved, err := r.moved(g.matrix, earth[3*g.boundaries.vertices[0]:])
	return placedGeometry{of, moved}, err
}

// moved puts the vertices of the templates about a position on Earth. The axes of a template
// are taken as east, north and up there: the file's grid may be turned against them by its
// convergence, a degree or two, which a tree or a lamp does not show.
func (r *Reader) moved(m [16]float64, at []float64) ([]float64, error) {
	frame, err := crs.NewENU(r.in.Datum(), at[0], at[1], at[2])
	if err != nil {
		return nil, err
	}
	v := r.header.templateVertices
	out := make([]float64, 0, len(v))
	for i := 0; i+3 <= len(v); i += 3 {
		var p [3]float64
		for row := range p {
			p[row] = m[4*row]*v[i] + m[4*row+1]*v[i+1] + m[4*row+2]*v[i+2] + m[4*row+3]
		}
		lon, lat, h := frame.Inverse(p[0], p[1], p[2])
		out = append(out, lon, lat, h)
	}
	if !finite(out) {
		return nil, invalid("invalid-vertex", "an instance lies nowhere")
	}
	return out, nil
}

// ground returns the footprint: a geometry of level 0, else the ground surfaces of the finest,
// else the outline of all of its surfaces, else their edges.
func ground(list []placedGeometry, base float64) geom.T {
	last := &list[len(list)-1]
	if n := lodNumber(last.lod); n >= 0 && n < 1 {
		if g := last.footprint(nil, base); g != nil {
			return g
		}
	}
	finest := &list[0]
	if g := finest.footprint(func(i int) bool { return finest.is(i, "GroundSurface") }, base); g != nil {
		return g
	}
	if g := finest.footprint(nil, base); g != nil {
		return g
	}
	return finest.edges()
}
