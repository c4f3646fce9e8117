package intake

import (
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/shikong-cim/shikong/spatial"
)

// readFields fills what the properties say about the feature itself. A property that has
// become a field of the feature is taken out, since every answer carries the field.
func (in *Intake) readFields(f *spatial.Feature) error {
	taken := make([]string, 0, 8) // stays on the stack
	take := func(name string, ok bool) {
		if ok {
			taken = append(taken, name)
		}
	}
	if err := checkDepth(f.Properties); err != nil {
		return err
	}
	in.checkText(f.Properties)
	in.see(f.Properties)
	if !f.Z.Known {
		f.Z = spatial.ZRangeOf(f.Geometry)
	}
	low, okLow := number(f.Properties, "z_min")
	high, okHigh := number(f.Properties, "z_max")
	if okLow && okHigh && low <= high {
		f.Z = spatial.ZRange{Min: low, Max: high, Known: true}
		taken = append(taken, "z_min", "z_max")
	}
	if v, ok := f.Properties.Get("underground"); ok && v.Kind() == spatial.Bool {
		f.Underground = spatial.TruthOf(v.Bool())
		taken = append(taken, "underground")
	}
	for _, field := range []struct {
		name string
		to   *string
	}{{"storey", &f.Storey}, {"name", &f.Name}, {"class", &f.Kind}} {
		if *field.to == "" {
			v, ok := text(f.Properties, field.name)
			*field.to = v
			take(field.name, ok)
		}
	}
	if err := in.readID(f); err != nil {
		return err
	}
	if f.Valid.IsAll() {
		var ok bool
		f.Valid.Start, ok = in.readTime(f, in.opts.ValidFrom)
		take(in.opts.ValidFrom, ok && in.opts.ValidFrom == "valid_from")
		f.Valid.End, ok = in.readTime(f, in.opts.ValidTo)
		take(in.opts.ValidTo, ok && in.opts.ValidTo == "valid_to")
	}
	if len(taken) > 0 {
		f.Properties = without(f.Properties, taken)
	}
	if f.ID == "" {
		in.hashed = true
		f.ID = in.hasher.Content(f).String()
	}
	return nil
}

// see notes which of the properties named for validity the features have.
func (in *Intake) see(p spatial.Properties) {
	if len(in.unseen) == 0 {
		return
	}
	in.unseen = slices.DeleteFunc(in.unseen, func(name string) bool {
		_, ok := p.Get(name)
		return ok
	})
	const looked, kept = 100, 1000
	for _, e := range p {
		if in.count < looked && len(in.names) < kept && !slices.Contains(in.names, e.Name) {
			in.names = append(in.names, e.Name)
		}
	}
}

// checkText reports text that was no UTF-8 in the file.
func (in *Intake) checkText(p spatial.Properties) {
	for _, e := range p {
		if e.Value.Kind() != spatial.String {
			continue
		}
		for _, c := range e.Value.Text() {
			if c == utf8.RuneError {
				in.Issue("repaired", "invalid-utf8", fmt.Sprintf("the text of %.60q is not UTF-8; what cannot be read is shown as U+FFFD", e.Name))
				return
			}
		}
	}
}

// readID takes the id from the named property, else from the id member; "" when the source
// has none and none was asked for.
func (in *Intake) readID(f *spatial.Feature) error {
	if in.opts.ID == "" {
		return nil
	}
	v, ok := f.Properties.Get(in.opts.ID)
	if !ok || v.Kind() == spatial.Null || v.Text() == "" {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "missing-id", Message: fmt.Sprintf("there is no id in the property %.60q", in.opts.ID),
			Hint: "name a property that every feature has with --id"}
	}
	f.ID = v.Text()
	return nil
}

// readTime reads an instant from a property: a date or time as text, or a year as a number.
func (in *Intake) readTime(f *spatial.Feature, name string) (time.Time, bool) {
	if name == "" {
		return time.Time{}, false
	}
	v, _ := f.Properties.Get(name)
	s := v.Text()
	if f, isFloat := v.Float(), v.Kind() == spatial.Float; isFloat && f == float64(int64(f)) {
		s = strconv.FormatInt(int64(f), 10)
	}
	if s == "" {
		return time.Time{}, true
	}
	t, err := spatial.ParseTime(s)
	if err != nil {
		in.Issue("", "invalid-time", fmt.Sprintf("%.40q in %.60q is no date or time; that side is left open", s, name))
		return time.Time{}, false
	}
	return t, true
}

func number(p spatial.Properties, name string) (float64, bool) {
	v, ok := p.Get(name)
	return v.Float(), ok && (v.Kind() == spatial.Int || v.Kind() == spatial.Float)
}

func text(p spatial.Properties, name string) (string, bool) {
	v, ok := p.Get(name)
	if !ok || v.Kind() != spatial.String {
		return "", false
	}
	return v.Text(), true
}

// without takes names out of a list that was just made.
func without(p spatial.Properties, names []string) spatial.Properties {
	out := p[:0]
next:
	for _, e := range p {
		for _, n := range names {
			if e.Name == n {
				continue next
			}
		}
		out = append(out, e)
	}
	return out
}

// maxDepth bounds the nesting of a property's value.
const maxDepth = 64

// checkDepth refuses values that nest so deep that a reader of an answer might not follow.
func checkDepth(p spatial.Properties) error {
	for _, e := range p {
		if e.Value.Kind() == spatial.JSON && jsonDepth(e.Value.Text()) > maxDepth {
			return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "too-deep", Message: fmt.Sprintf("property %.60q nests deeper than %d levels", e.Name, maxDepth)}
		}
	}
	return nil
}

// jsonDepth returns how deep brackets nest in a valid JSON text.
func jsonDepth(text string) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}
