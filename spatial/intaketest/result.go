// Package intaketest holds what the tests of all readers of foreign formats share: a reading
// brought to a few texts that a table can state.
package intaketest

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkt"

	"github.com/shikong-cim/shikong/spatial"
)

// Reader is what every reader of a format offers.
type Reader interface {
	Features() iter.Seq2[spatial.Feature, error]
	Notes() []spatial.Warning
}

// Result is what a reading comes to: a text for each feature, the codes of what was reported
// on the way and noted at the end, and the code of the error that ended it, or "".
type Result struct {
	Features, Codes []string
	Code            string
}

// Read opens a source, reads all of it and has each feature told by line.
func Read(t testing.TB, open func(report func(spatial.Issue)) (Reader, error), line func(*spatial.Feature) string) Result {
	t.Helper()
	var got Result
	r, err := open(func(i spatial.Issue) { got.Codes = append(got.Codes, i.Code) })
	if err != nil {
		return Result{Code: Code(t, err)}
	}
	for f, err := range r.Features() {
		if err != nil {
			got.Code = Code(t, err)
			break
		}
		got.Features = append(got.Features, line(&f))
	}
	for _, n := range r.Notes() {
		got.Codes = append(got.Codes, n.Code)
	}
	return got
}

// Without returns the result without a code that every row of a table would repeat.
func (r Result) Without(code string) Result {
	r.Codes = slices.DeleteFunc(slices.Clone(r.Codes), func(c string) bool { return c == code })
	return r
}

// Check fails the test when the result is another than wanted.
func (r Result) Check(t testing.TB, want Result) {
	t.Helper()
	if !slices.Equal(r.Features, want.Features) || !slices.Equal(r.Codes, want.Codes) || r.Code != want.Code {
		t.Errorf("got  %q %q %q\nwant %q %q %q", r.Features, r.Codes, r.Code, want.Features, want.Codes, want.Code)
	}
}

// Code returns the code of an error, and fails the test when it has none.
func Code(t testing.TB, err error) string {
	t.Helper()
	var p *spatial.Problem
	if !errors.As(err, &p) {
		t.Fatalf("an error without a code: %v", err)
	}
	return p.Code
}

// Shape returns a geometry as well-known text with so many decimals at most, "-" for none.
func Shape(t testing.TB, g geom.T, decimals int) string {
	t.Helper()
	if g == nil {
		return "-"
	}
	text, err := wkt.Marshal(g, wkt.EncodeOptionWithMaxDecimalDigits(decimals))
	if err != nil {
		t.Fatal(err)
	}
	return text
}
