package geojson

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/go-faster/jx"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// Options say how to read a source. The zero value reads plain GeoJSON in longitude and
// latitude with ids from the id member.
type Options struct {
	CRS       string   // wins over the crs member of the file; as crs.Parse reads it
	Store     *crs.CRS // geographic system of the store; nil for WGS 84
	ID        string   // property that holds the id; "" for the id member
	ValidFrom string   // property that holds the start of validity
	ValidTo   string   // property that holds its end
	// Strict makes every issue an error that ends the reading.
	Strict bool
}

// Reader reads one source. It is made by NewReader and used once, by one goroutine.
type Reader struct {
	opts  Options
	dec   *jx.Decoder
	src   *source
	place placer
	yield func(spatial.Feature, error) bool

	keys   map[string]string
	hasher spatial.Hasher
	count  int64 // features read so far
	issues []spatial.Issue
	hashed bool // some feature had no id of its own
	report func(spatial.Issue)
}

// NewReader returns a reader of src. Each thing worth knowing about a feature is handed to
// report, which may be nil.
func NewReader(src io.Reader, opts Options, report func(spatial.Issue)) (*Reader, error) {
	in := &source{r: src}
	r := &Reader{opts: opts, src: in, dec: jx.Decode(in, 1<<16), keys: map[string]string{}, report: report}
	if r.report == nil {
		r.report = func(spatial.Issue) {}
	}
	return r, r.place.init(opts)
}

// Count returns how many features were read so far.
func (r *Reader) Count() int64 { return r.count }

// Hashed reports whether a feature had no id, so that ids are hashes of content and the
// source cannot be continued.
func (r *Reader) Hashed() bool { return r.hashed }

// CRS returns the name of the reference system of the file's coordinates, as far as read.
func (r *Reader) CRS() string { return r.place.name() }

// Notes returns remarks on the change of datum, if there was one.
func (r *Reader) Notes() []spatial.Warning { return r.place.notes }

// errStop ends the decoding when the consumer wants no more.
var errStop = errors.New("stop")

// Features streams the features of the source in file order. It may be called once. The
// first error ends the stream; it names the feature by its 1-based number.
func (r *Reader) Features() iter.Seq2[spatial.Feature, error] {
	return func(yield func(spatial.Feature, error) bool) {
		r.yield = yield
		err := r.texts()
		switch {
		case err == nil || errors.Is(err, errStop):
		default:
			yield(spatial.Feature{}, r.located(err))
		}
	}
}

// texts reads every JSON text of the source: one document, or a sequence.
func (r *Reader) texts() error {
	for n := 0; ; n++ {
		switch r.dec.Next() {
		case jx.Invalid:
			if r.src.err != nil && !errors.Is(r.src.err, io.EOF) {
				return r.src.err
			}
			if r.src.atEnd() {
				if n == 0 {
					return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "empty-file", Message: "the file holds no GeoJSON text"}
				}
				return nil
			}
			return errors.New("no JSON text")
		case jx.Object:
		default:
			return errors.New("no JSON object")
		}
		if err := r.text(); err != nil {
			return err
		}
	}
}

// located says where in the file an error happened.
func (r *Reader) located(err error) error {
	where := fmt.Sprintf("in feature %d", r.count+1)
	var p *spatial.Problem
	if errors.As(err, &p) {
		return &spatial.Problem{Kind: p.Kind, Code: p.Code, Message: where + ": " + p.Message, Hint: p.Hint}
	}
	if r.src.err != nil && !errors.Is(r.src.err, io.EOF) {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "unreadable", Message: fmt.Sprintf("%s: %v", where, r.src.err)}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "truncated", Message: where + ": the file ends in the middle of a JSON text",
			Hint: "copy or export the file again"}
	}
	// The decoder says at which byte, behind a word for each level of nesting.
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-json",
		Message: where + ": " + strings.ReplaceAll(err.Error(), "callback: ", "")}
}

// issue reports something about the feature being read.
func (r *Reader) issue(outcome, code, message string) {
	r.issues = append(r.issues, spatial.Issue{Outcome: outcome, Code: code, Message: message})
}
