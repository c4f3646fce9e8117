package postgis

import (
	"fmt"
	"math"
	"strings"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// sieve adds what a filter lets be left out. The filter itself decides what passes, so a
// condition here may be wider than the filter, never narrower.
func (w *where) sieve(f spatial.Filter, srid int) {
	known, ok := f.(*filter.Filter)
	if !ok {
		return
	}
	if box, ok := known.Bounds(); ok {
		w.meets(box, srid)
	}
	if s := known.Sieve(); s != nil {
		// PostgreSQL cannot take apart a JSON in which certain characters are escaped.
		w.parts = append(w.parts, `case when strpos(v.properties::text, '\u') > 0 then true else `+w.test(s)+" end")
	}
}

// test returns the SQL of a sieve and adds its arguments.
func (w *where) test(s filter.Sieve) string {
	switch s := s.(type) {
	case filter.Both:
		return w.joined(s, " and ", "true")
	case filter.Either:
		return w.joined(s, " or ", "false")
	case filter.TextTest:
		return w.text(s.Ref, s.Op, s.Text)
	case filter.LikeTest:
		return w.text(s.Ref, "like", s.Pattern)
	case filter.NumberTest:
		return w.number(s)
	case filter.BoolTest:
		return w.truth(s)
	case filter.NullTest:
		return w.null(s)
	}
	return "true"
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
	return fmt.Sprintf("$%d", len(w.args))
}

// textColumns are the members that are texts.
var textColumns = map[filter.Member]string{filter.ID: "v.id", filter.Class: "v.kind", filter.Name: "v.name", filter.Storey: "v.storey"}

// property returns the JSON of a property; ok is false for what is none.
func (w *where) property(r filter.Ref) (string, bool) {
	if r.Member != filter.NoMember || strings.ContainsRune(r.Name, 0) {
		return "", false
	}
	return "(v.properties -> " + w.arg(r.Name) + "::text)", true
}

func (w *where) text(r filter.Ref, op, v string) string {
	if column, ok := textColumns[r.Member]; ok {
		// Where the member is not known a property of the same name counts.
		return fmt.Sprintf(`(%s = '' or %s collate "C" %s %s::text)`, column, column, op, w.arg(v))
	}
	p, ok := w.property(r)
	if !ok {
		return "true"
	}
	return fmt.Sprintf(`(json_typeof(%s) = 'string' and (%s #>> '{}') collate "C" %s %s::text)`, p, p, op, w.arg(v))
}

// small is the form of numbers that are compared here: without exponent, and of so few
// digits that a float holds their whole part.
const small = `'^-{0,1}[0-9]{1,15}([.][0-9]{1,25}){0,1}$'`

func (w *where) number(t filter.NumberTest) string {
	if t.Member == filter.ZMin || t.Member == filter.ZMax {
		column := map[filter.Member]string{filter.ZMin: "v.z_min", filter.ZMax: "v.z_max"}[t.Member]
		return fmt.Sprintf("(%s is null or %s)", column, w.between(column, t))
	}
	p, ok := w.property(t.Ref)
	if !ok {
		return "true"
	}
	return fmt.Sprintf("case when json_typeof(%s) <> 'number' then false when %s::text ~ %s then %s else true end",
		p, p, small, w.between("("+p+"::text)::double precision", t))
}

func (w *where) between(value string, t filter.NumberTest) string {
	return fmt.Sprintf("%s between %s::double precision and %s::double precision", value,
		w.arg(max(t.Low, -math.MaxFloat64)), w.arg(min(t.High, math.MaxFloat64)))
}

func (w *where) truth(t filter.BoolTest) string {
	if t.Member == filter.Underground {
		return fmt.Sprintf("(v.underground in (0, %d))", spatial.TruthOf(t.Is))
	}
	p, ok := w.property(t.Ref)
	if !ok {
		return "true"
	}
	return fmt.Sprintf("(%s::text = '%t')", p, t.Is)
}

func (w *where) null(t filter.NullTest) string {
	p, ok := w.property(t.Ref)
	if !ok {
		return "true"
	}
	if t.Is {
		// A number beyond all floats is none.
		return fmt.Sprintf("(coalesce(json_typeof(%s), 'null') = 'null' or json_typeof(%s) = 'number' and %s::text !~ %s)", p, p, p, small)
	}
	return fmt.Sprintf("(coalesce(json_typeof(%s), 'null') <> 'null')", p)
}
