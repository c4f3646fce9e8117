package gpkg

import (
	"fmt"
	"math"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// sieve adds what a filter lets be left out. The filter itself decides what passes, so a
// condition here may be wider than the filter, never narrower.
func (w *where) sieve(f spatial.Filter) {
	known, ok := f.(*filter.Filter)
	if !ok {
		return
	}
	if s := known.Sieve(); s != nil {
		// What was escaped in the JSON is left to the filter.
		w.and("(instr(properties, '\\u') > 0 OR " + w.test(s) + ")")
	}
}

// test returns the SQL of a sieve and adds its arguments.
func (w *where) test(s filter.Sieve) string {
	switch s := s.(type) {
	case filter.Both:
		return w.joined(s, " AND ", "TRUE")
	case filter.Either:
		return w.joined(s, " OR ", "FALSE")
	case filter.TextTest:
		return w.text(s.Ref, s.Op, s.Text)
	case filter.LikeTest:
		// SQLite's LIKE does not know a from A, so it passes more.
		return w.text(s.Ref, "LIKE", s.Pattern)
	case filter.NumberTest:
		return w.number(s)
	case filter.BoolTest:
		return w.truth(s)
	case filter.NullTest:
		return w.null(s)
	}
	return "TRUE"
}

func (w *where) joined(list []filter.Sieve, by, none string) string {
	if len(list) == 0 {
		return none
	}
	parts := make([]string, len(list))
	for i, s := range list {
		parts[i] = w.test(s)
	}
	return "(" + strings.Join(parts, by) + ")"
}

// arg adds an argument and returns its sign.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return "?"
}

// textColumns are the members that are texts.
var textColumns = map[filter.Member]string{filter.ID: "id", filter.Class: "kind", filter.Name: "name", filter.Storey: "storey"}

// path returns the JSON path of a property; ok is false for a name that a path cannot say.
func path(r filter.Ref) (string, bool) {
	if r.Member != filter.NoMember || strings.ContainsAny(r.Name, "\"\\") || strings.ContainsFunc(r.Name, func(c rune) bool { return c < ' ' }) {
		return "", false
	}
	return `$."` + r.Name + `"`, true
}

func (w *where) text(r filter.Ref, op, v string) string {
	if column, ok := textColumns[r.Member]; ok {
		// Where the member is not known a property of the same name counts.
		return fmt.Sprintf("(ifnull(%s, '') = '' OR %s %s %s)", column, column, op, w.arg(v))
	}
	p, ok := path(r)
	if !ok {
		return "TRUE"
	}
	return fmt.Sprintf("(json_type(properties, %s) = 'text' AND json_extract(properties, %s) %s %s)", w.arg(p), w.arg(p), op, w.arg(v))
}

func (w *where) number(t filter.NumberTest) string {
	// A text is greater than every number, so both sides have a bound.
	low, high := max(t.Low, -math.MaxFloat64), min(t.High, math.MaxFloat64)
	if t.Member == filter.ZMin || t.Member == filter.ZMax {
		column := map[filter.Member]string{filter.ZMin: "z_min", filter.ZMax: "z_max"}[t.Member]
		return fmt.Sprintf("(%s IS NULL OR %s BETWEEN %s AND %s)", column, column, w.arg(low), w.arg(high))
	}
	p, ok := path(t.Ref)
	if !ok {
		return "TRUE"
	}
	return fmt.Sprintf("((CASE WHEN json_type(properties, %s) IN ('integer', 'real') THEN json_extract(properties, %s) ELSE 'none' END) BETWEEN %s AND %s)",
		w.arg(p), w.arg(p), w.arg(low), w.arg(high))
}

func (w *where) truth(t filter.BoolTest) string {
	if t.Member == filter.Underground {
		return fmt.Sprintf("(ifnull(underground, 0) IN (0, %d))", spatial.TruthOf(t.Is))
	}
	p, ok := path(t.Ref)
	if !ok {
		return "TRUE"
	}
	return fmt.Sprintf("(json_type(properties, %s) = '%t')", w.arg(p), t.Is)
}

func (w *where) null(t filter.NullTest) string {
	p, ok := path(t.Ref)
	if !ok {
		return "TRUE"
	}
	if t.Is {
		// A number beyond all floats is none.
		return fmt.Sprintf("(ifnull(json_type(properties, %s), 'null') = 'null' OR abs(json_extract(properties, %s)) > 1e308)", w.arg(p), w.arg(p))
	}
	return fmt.Sprintf("(ifnull(json_type(properties, %s), 'null') <> 'null')", w.arg(p))
}
