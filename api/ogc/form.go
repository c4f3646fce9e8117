package ogc

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/api/rest"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/memory"
)

// form is how a list of features is written.
type form interface {
	// open appends what stands before the features.
	open(dst []byte) []byte
	// feature appends one more feature.
	feature(dst []byte, f *spatial.Feature, first bool) ([]byte, error)
	// end appends what stands behind them.
	end(dst []byte, t tail) ([]byte, error)
	// linked says that the form has no room for links: they go into the header, so that
	// nothing may be sent before the last feature is read.
	linked() bool
}

// listForms are the formats that lists of features are given in.
func listForms() []rest.Format {
	return []rest.Format{rest.GeoJSON(), rest.HTML(), rest.JSONFG(), rest.CSV(), rest.GeoJSONSeq()}
}

// itemForms are the formats that a feature is given in.
func itemForms() []rest.Format { return []rest.Format{rest.GeoJSON(), rest.HTML(), rest.JSONFG()} }

// form returns the form of an answer in a format. JSON-FG needs solids.
func (s *Service) form(c echo.Context, a *ask, format rest.Format) form {
	switch format.Name {
	case rest.JSONFG().Name:
		return newFeaturesAndGeometries(c, a)
	case rest.CSV().Name:
		return newTable(a)
	case rest.GeoJSONSeq().Name:
		return &sequence{newRows(a.shape)}
	}
	return &collection{newRows(a.shape)}
}

// rowForm is a form that can be written from the columns of the mirror.
type rowForm interface {
	form
	// row is feature for a record.
	row(dst []byte, r *memory.Record, first bool) []byte
	// writesRows reports whether it can do so in this answer.
	writesRows() bool
}

// collection is a GeoJSON FeatureCollection.
type collection struct{ rows }

func (*collection) open(dst []byte) []byte {
	return append(dst, `{"type":"FeatureCollection","features":[`...)
}

func (e *collection) feature(dst []byte, f *spatial.Feature, first bool) ([]byte, error) {
	dst, err := e.Encoder.feature(between(dst, first), f)
	return append(dst, '\n'), err
}

func (e *collection) row(dst []byte, r *memory.Record, first bool) []byte {
	return append(e.record(between(dst, first), r), '\n')
}

func between(dst []byte, first bool) []byte {
	if first {
		return dst
	}
	return append(dst, ',')
}

func (*collection) end(dst []byte, t tail) ([]byte, error) { return endOf(dst, t) }

func (*collection) linked() bool { return false }

// endOf closes a list of features and appends the members behind it.
func endOf(dst []byte, t tail) ([]byte, error) { return t.append(append(dst, ']')), nil }

// sequence is a GeoJSON text sequence (RFC 8142): each feature between a record separator and
// a line feed.
type sequence struct{ rows }

func (*sequence) open(dst []byte) []byte { return dst }

func (e *sequence) feature(dst []byte, f *spatial.Feature, _ bool) ([]byte, error) {
	dst, err := e.Encoder.feature(append(dst, separator), f)
	return append(dst, '\n'), err
}

func (e *sequence) row(dst []byte, r *memory.Record, _ bool) []byte {
	return append(e.record(append(dst, separator), r), '\n')
}

const separator = 0x1e

func (*sequence) end(dst []byte, _ tail) ([]byte, error) { return dst, nil }

func (*sequence) linked() bool { return true }

// setLinks puts links into the header, and how many features match.
func setLinks(c echo.Context, t tail) {
	for _, l := range t.Links {
		link(c, l)
	}
	h := c.Response().Header()
	h.Set("OGC-NumberReturned", fmt.Sprint(t.Returned))
	if t.Matched != nil {
		h.Set("OGC-NumberMatched", fmt.Sprint(*t.Matched))
	}
}

// link puts a link into the header (RFC 8288).
func link(c echo.Context, l rest.Link) {
	text := "<" + l.Href + `>; rel="` + l.Rel + `"`
	if l.Type != "" {
		text += `; type="` + strings.ReplaceAll(l.Type, `"`, `\"`) + `"`
	}
	c.Response().Header().Add("Link", text)
}

// startForm sends the status of an answer in a form.
func startForm(c echo.Context) {
	if !c.Response().Committed {
		c.Response().WriteHeader(http.StatusOK)
	}
}
