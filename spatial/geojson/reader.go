package geojson

import (
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/go-faster/jx"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/intake"
)

// Options say how to read a source. With no CRS the crs member of the file counts, and without
// one longitude and latitude.
type Options = intake.Options

// Reader reads one source. It is made by NewReader and used once, by one goroutine.
type Reader struct {
	dec   *jx.Decoder
	src   *source
	in    *intake.Intake
	keys  map[string]string
	yield func(spatial.Feature, error) bool
}

// NewReader returns a reader of src. Each thing worth knowing about a feature is handed to
// report, which may be nil.
func NewReader(src io.Reader, opts Options, report func(spatial.Issue)) (*Reader, error) {
	in, err := intake.New(opts, report)
	if err != nil {
		return nil, err
	}
	bytes := &source{r: src}
	return &Reader{src: bytes, dec: jx.Decode(bytes, 1<<16), keys: map[string]string{}, in: in}, nil
}

// Count returns how many features were read so far.
func (r *Reader) Count() int64 { return r.in.Count() }

// Hashed reports whether a feature had no id, so that ids are hashes of content and the
// source cannot be continued.
func (r *Reader) Hashed() bool { return r.in.Hashed() }

// Finish is to be asked when all features were read; see [intake.Intake.Finish].
func (r *Reader) Finish() error { return r.in.Finish() }

// CRS returns the name of the reference system of the file's coordinates, as far as read.
func (r *Reader) CRS() string { return r.in.CRS() }

// Notes returns remarks on the change of datum, if there was one.
func (r *Reader) Notes() []spatial.Warning { return r.in.Notes() }

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
			return notGeoJSON("a text that is no object")
		}
		if err := r.text(); err != nil {
			return err
		}
	}
}

// located says where in the file an error happened.
func (r *Reader) located(err error) error {
	var p *spatial.Problem
	switch {
	case errors.As(err, &p):
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(r.src.err, io.ErrUnexpectedEOF):
		err = &spatial.Problem{Kind: spatial.ErrInvalid, Code: "truncated", Message: "the file ends in the middle of a JSON text",
			Hint: "copy or export the file again"}
	case r.src.err != nil && !errors.Is(r.src.err, io.EOF):
		return r.in.Located(r.src.err, "unreadable")
	default:
		err = badJSON(err.Error())
	}
	return r.in.Located(err, "invalid-json")
}

// badJSON tells what the decoder says without the words that stand for each level of
// nesting, of which there may be thousands; what is left says at which byte.
func badJSON(text string) error {
	for _, word := range []string{"callback: ", "array: ", "object: ", "skip: "} {
		text = strings.ReplaceAll(text, word, "")
	}
	if strings.Contains(text, "depth") {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "too-deep", Message: "brackets nest too deeply: " + text}
	}
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "invalid-json", Message: text,
		Hint: "mend the text there; JSON has no NaN, no infinity, no comments and no comma behind a last member"}
}
