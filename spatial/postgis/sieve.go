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
		w.parts = append(w.parts, `case when strpos(v.properties::text, '\u') > 0 then true else `+filter.SQL(s, dialect{w})+" end")
	}
}

// dialect says the tests of a sieve and adds their arguments.
type dialect struct{ *where }

// arg adds an argument and returns its sign.
func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

// textColumns are the members that are texts.
var textColumns = map[filter.Member]string{filter.ID: "v.id", filter.Class: "v.kind", filter.Name: "v.name", filter.Storey: "v.storey"}

// property returns the JSON of a property; ok is false for what is none.
func (w dialect) property(r filter.Ref) (string, bool) {
	if r.Member != filter.NoMember || strings.ContainsRune(r.Name, 0) {
		return "", false
	}
	return "(v.properties -> " + w.arg(r.Name) + "::text)", true
}

func (w dialect) Text(t filter.TextTest) string { return w.text(t.Ref, t.Op, t.Text) }

func (w dialect) Like(t filter.LikeTest) string { return w.text(t.Ref, "like", t.Pattern) }

func (w dialect) text(r filter.Ref, op, v string) string {
	if column, ok := textColumns[r.Member]; ok {
		// Where the member is not known a property of the same name counts.
		return fmt.Sprintf(`(%s = '' or %s collate "C" %s %s::text)`, column, column, op, w.arg(v))
	}
	p, ok := w.property(r)
	if !ok {
		return filter.Always
	}
	return fmt.Sprintf(`(json_typeof(%s) = 'string' and (%s #>> '{}') collate "C" %s %s::text)`, p, p, op, w.arg(v))
}

// small is the form of numbers that are compared here: without exponent, and of so few
// digits that a float holds their whole part.
const small = `'^-{0,1}[0-9]{1,15}([.][0-9]{1,25}){0,1}$'`

func (w dialect) Number(t filter.NumberTest) string {
	if t.Member == filter.ZMin || t.Member == filter.ZMax {
		column := map[filter.Member]string{filter.ZMin: "v.z_min", filter.ZMax: "v.z_max"}[t.Member]
		return fmt.Sprintf("(%s is null or %s)", column, w.between(column, t))
	}
	p, ok := w.property(t.Ref)
	if !ok {
		return filter.Always
	}
	return fmt.Sprintf("case when json_typeof(%s) <> 'number' then false when %s::text ~ %s then %s else true end",
		p, p, small, w.between("("+p+"::text)::double precision", t))
}

func (w dialect) between(value string, t filter.NumberTest) string {
	return fmt.Sprintf("%s between %s::double precision and %s::double precision", value,
		w.arg(max(t.Low, -math.MaxFloat64)), w.arg(min(t.High, math.MaxFloat64)))
}

func (w dialect) Bool(t filter.BoolTest) string {
	if t.Member == filter.Underground {
		return fmt.Sprintf("(v.underground in (0, %d))", spatial.TruthOf(t.Is))
	}
	p, ok := w.property(t.Ref)
	if !ok {
		return filter.Always
	}
	return fmt.Sprintf("(%s::text = '%t')", p, t.Is)
}

func (w dialect) Null(t filter.NullTest) string {
	p, ok := w.property(t.Ref)
	if !ok {
		return filter.Always
	}
	if t.Is {
		// A number beyond all floats is none.
		return fmt.Sprintf("(coalesce(json_typeof(%s), 'null') = 'null' or json_typeof(%s) = 'number' and %s::text !~ %s)", p, p, p, small)
	}
	return fmt.Sprintf("(coalesce(json_typeof(%s), 'null') <> 'null')", p)
}
