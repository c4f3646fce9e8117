package intake

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// MaxVertices bounds one feature's positions: beyond it neither a client nor a tile could
// do anything with it, and a hostile file would fill the memory.
const MaxVertices = 500_000

// Options say how to read a source. The zero value reads longitude and latitude on WGS 84
// with the ids that the format itself carries.
type Options struct {
	CRS   string   // wins over what the file says; as crs.Parse reads it
	Store *crs.CRS // geographic system of the store; nil for WGS 84
	// Transforms are datum transforms that somebody configured.
	Transforms []crs.Helmert
	ID         string // property that holds the id; "" for the format's own
	ValidFrom  string // property that holds the start of validity
	ValidTo    string // property that holds its end
	// Strict makes every issue an error that ends the reading.
	Strict bool
}

// Intake finishes the features of one source. It is made by New and used by one goroutine.
type Intake struct {
	opts   Options
	place  placer
	hasher spatial.Hasher
	count  int64 // features taken so far
	issues []spatial.Issue
	hashed bool // some feature had no id of its own
	// unseen are the properties named for validity that no feature has had yet, names those
	// of the first features.
	unseen []string
	names  []string
	report func(spatial.Issue)
}

// New returns an intake that hands each thing worth knowing about a feature to report, which
// may be nil. The error is about the reference system that the options name.
func New(opts Options, report func(spatial.Issue)) (*Intake, error) {
	in := &Intake{opts: opts, report: report}
	for _, name := range []string{opts.ValidFrom, opts.ValidTo} {
		if name != "" {
			in.unseen = append(in.unseen, name)
		}
	}
	if in.report == nil {
		in.report = func(spatial.Issue) {}
	}
	return in, in.place.init(opts)
}

// Count returns how many features were taken so far.
func (in *Intake) Count() int64 { return in.count }

// Hashed reports whether a feature had no id, so that ids are hashes of content and the
// source cannot be continued.
func (in *Intake) Hashed() bool { return in.hashed }

// Finish is to be asked when all features were taken. It says of a property that was to hold
// when they stand, and that none of them has: that is an error where they have one of nearly
// that name, since it is mistyped, and where it is to hold the beginning and none has an end
// either, since everything would stand for ever. Else it is reported: nothing need have ended yet.
func (in *Intake) Finish() error {
	if in.count == 0 {
		return nil
	}
	for _, name := range in.unseen {
		p := &spatial.Problem{Kind: spatial.ErrInvalid, Code: "no-such-property", Message: fmt.Sprintf("no feature has the property %.60q that is to say when it stands", name)}
		like := spatial.Alike(name, in.otherNames())
		begins := name == in.opts.ValidFrom
		dated := in.opts.ValidTo != "" && !slices.Contains(in.unseen, in.opts.ValidTo)
		switch {
		case like != "":
			p.Hint = fmt.Sprintf("is it %.60q?", like)
			return p
		case in.opts.Strict || begins && !dated:
			p.Hint = in.hintOfNames()
			return p
		}
		in.report(spatial.Issue{Code: p.Code, Message: p.Message + "; that side is left open"})
	}
	return nil
}

// otherNames lists the properties that features have and that nothing was said about.
func (in *Intake) otherNames() []string {
	return slices.DeleteFunc(slices.Clone(in.names), func(name string) bool {
		return name == in.opts.ValidFrom || name == in.opts.ValidTo || name == in.opts.ID
	})
}

func (in *Intake) hintOfNames() string {
	const shown = 20
	if len(in.names) == 0 {
		return "the features have no properties"
	}
	return "the features have " + strings.Join(in.names[:min(len(in.names), shown)], ", ")
}

// CRS returns the name of the reference system of the file's coordinates, as far as known.
func (in *Intake) CRS() string { return in.place.name() }

// Notes returns remarks on the change of datum, if there was one.
func (in *Intake) Notes() []spatial.Warning { return in.place.notes }

// Fixed reports whether the user named the reference system, so that what the file says of
// it does not count.
func (in *Intake) Fixed() bool { return in.place.fixed }

// Use takes the reference system that the file names, as crs.Parse reads it (a code, a name
// or WKT). It does nothing when the user named one. The error is ErrUnsupported or ErrInvalid
// with the codes of package crs.
func (in *Intake) Use(name string) error {
	if in.place.fixed {
		return nil
	}
	return in.place.use(name)
}

// Issue reports something about the feature that is to be taken next. Outcome is "repaired",
// "refused" or "".
func (in *Intake) Issue(outcome, code, message string) {
	in.issues = append(in.issues, spatial.Issue{Outcome: outcome, Code: code, Message: message})
}

// Take makes a feature of an id ("" when the source has none), a geometry in the file's
// reference system, longitude or easting first, and properties in any order; it owns both.
// Keep is false for a feature that is reported and left out. An error ends the source.
func (in *Intake) Take(id string, g geom.T, properties []spatial.Property) (f spatial.Feature, keep bool, err error) {
	return in.TakeFeature(spatial.Feature{ID: id, Geometry: g}, properties)
}

// TakeFeature is Take for a format that knows more of a feature than its id and geometry: a
// class, heights, a name, a solid. What it says stands; only what it leaves open is looked
// for in the properties.
func (in *Intake) TakeFeature(f spatial.Feature, properties []spatial.Property) (_ spatial.Feature, keep bool, err error) {
	if f.Geometry != nil {
		if err := in.place.apply(f.Geometry); err != nil {
			return f, false, err
		}
	}
	return in.TakePlaced(f, properties)
}

// TakePlaced is TakeFeature for a geometry that is in the store's system already, as Place
// brings positions there.
func (in *Intake) TakePlaced(f spatial.Feature, properties []spatial.Property) (_ spatial.Feature, keep bool, err error) {
	defer func() { in.issues = in.issues[:0] }()
	if f.Geometry != nil {
		withinEarth(f.Geometry)
		if err := spatial.CheckCoordinates(f.Geometry); err != nil {
			return f, false, err
		}
		f.Geometry = in.mend(f.Geometry)
	}
	f.Properties = spatial.NewProperties(properties)
	if err := in.readFields(&f); err != nil {
		return f, false, err
	}
	keep = f.Valid.Validate() == nil
	if !keep {
		in.Issue("refused", "empty-interval", "it ends to be valid before it begins")
	}
	if err := in.flushIssues(&f); err != nil {
		return f, false, err
	}
	if keep {
		if err := f.Validate(); err != nil {
			return f, false, err
		}
	}
	in.count++
	return f, keep, nil
}

// Place brings positions of x, y, z from the file's system to the store's, in place.
func (in *Intake) Place(xyz []float64) error {
	if len(xyz) == 0 {
		return nil
	}
	return in.place.apply(geom.NewMultiPointFlat(geom.XYZ, xyz))
}

// Datum returns the datum of the store.
func (in *Intake) Datum() *crs.Datum { return in.place.store.Datum() }

// Vertical says what the heights of the file are measured from.
func (in *Intake) Vertical() crs.Vertical { return in.place.from.Vertical() }

func (in *Intake) flushIssues(f *spatial.Feature) error {
	for _, i := range in.issues {
		i.Entity, i.GlobalID = in.count+1, f.ID
		if in.opts.Strict {
			return &spatial.Problem{Kind: spatial.ErrInvalid, Code: i.Code, Message: fmt.Sprintf("feature %q: %s", f.ID, i.Message),
				Hint: "mend the file, or import without --strict"}
		}
		in.report(i)
	}
	return nil
}

// Located says of an error that it happened in the feature that is to be taken next. What
// is no Problem yet becomes one of the given code.
func (in *Intake) Located(err error, code string) error {
	where := fmt.Sprintf("in feature %d", in.count+1)
	var p *spatial.Problem
	if errors.As(err, &p) {
		return &spatial.Problem{Kind: p.Kind, Code: p.Code, Message: where + ": " + p.Message, Hint: p.Hint}
	}
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: code, Message: where + ": " + err.Error()}
}
