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
		w.and("(instr(properties, '\\u') > 0 OR " + filter.SQL(s, dialect{w}) + ")")
	}
}

// dialect says the tests of a sieve and adds their arguments.
type dialect struct{ *where }

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

func (w dialect) Text(t filter.TextTest) string { return w.text(t.Ref, t.Op, t.Text) }

// Like passes more than the pattern does: SQLite's LIKE does not know a from A.
func (w dialect) Like(t filter.LikeTest) string { return w.text(t.Ref, "LIKE", t.Pattern) }

func (w dialect) text(r filter.Ref, op, v string) string {
	if column, ok := textColumns[r.Member]; ok {
		// Where the member is not known a property of the same name counts.
		return fmt.Sprintf("(ifnull(%s, '') = '' OR %s %s %s)", column, column, op, w.arg(v))
	}
	p, ok := path(r)
	if !ok {
		return filter.Always
	}
	return fmt.Sprintf("(json_type(properties, %s) = 'text' AND json_extract(properties, %s) %s %s)", w.arg(p), w.arg(p), op, w.arg(v))
}

func (w dialect) Number(t filter.NumberTest) string {
	// A text is greater than every number, so both sides have a bound.
	low, high := max(t.Low, -math.MaxFloat64), min(t.High, math.MaxFloat64)
	if t.Member == filter.ZMin || t.Member == filter.ZMax {
		column := map[filter.Member]string{filter.ZMin: "z_min", filter.ZMax: "z_max"}[t.Member]
		return fmt.Sprintf("(%s IS NULL OR %s BETWEEN %s AND %s)", column, column, w.arg(low), w.arg(high))
	}
	p, ok := path(t.Ref)
	if !ok {
		return filter.Always
	}
	return fmt.Sprintf("((CASE WHEN json_type(properties, %s) IN ('integer', 'real') THEN json_extract(properties, %s) ELSE 'none' END) BETWEEN %s AND %s)",
		w.arg(p), w.arg(p), w.arg(low), w.arg(high))
}

func (w dialect) Bool(t filter.BoolTest) string {
	if t.Member == filter.Underground {
		return fmt.Sprintf("(ifnull(underground, 0) IN (0, %d))", spatial.TruthOf(t.Is))
	}
	p, ok := path(t.Ref)
	if !ok {
		return filter.Always
	}
	return fmt.Sprintf("(json_type(properties, %s) = '%t')", w.arg(p), t.Is)
}

func (w dialect) Null(t filter.NullTest) string {
	p, ok := path(t.Ref)
	if !ok {
		return filter.Always
	}
	if t.Is {
		// A number beyond all floats is none.
		return fmt.Sprintf("(ifnull(json_type(properties, %s), 'null') = 'null' OR abs(json_extract(properties, %s)) > 1e308)", w.arg(p), w.arg(p))
	}
	return fmt.Sprintf("(ifnull(json_type(properties, %s), 'null') <> 'null')", w.arg(p))
}
