package step_test

import (
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/ifc/step"
)

// FuzzParse reads hostile bytes and then everything that the index offers.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		file("#1=A(1,2.,'x',.T.,#2,(1,(2)),$,*,B('y'),\"0F\");\n#2=(A(1)B(2));"),
		file("#1=A('never closed);\n#2=B('y');"),
		file("#1=A(/*never closed\n#2=B('y');"),
		file("#1=A(\n#2=A(\n#3=A(\n"),
		file("#1=A('\\X2\\D840"),
		file(strings.Repeat("(", 1000)),
		file("#1=A(" + strings.Repeat("(", 1000) + ");"),
		file("#1=A(" + strings.Repeat("B(", 1000) + ");"),
		file("#1=A('\xbb\xec\xc4\xfd\xff');"),
		"ISO-10303-21;DATA;#1=A(",
		"ISO-10303-21;ANCHOR;<a>=#1;",
		"ISO-10303-21;HEADER;FILE_SCHEMA((((",
		"\xEF\xBB\xBFISO-10303-21;DATA;ENDSEC;DATA;#1=A;#2",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		f, err := step.Parse(data)
		if err != nil {
			return
		}
		for r := range f.Rows() {
			readAll(t, f, r)
		}
		for _, i := range f.Issues() {
			if i.Line < 1 || i.Offset < 0 || i.Offset > f.Size() || i.String() == "" {
				t.Errorf("issue without a place: %v", i)
			}
		}
	})
}

func readAll(t *testing.T, f *step.File, r step.Row) {
	if n := f.Number(r); f.Find(n) > r {
		t.Errorf("row %d, #%d, is found as row %d", r, n, f.Find(n))
	}
	if !strings.HasPrefix(f.Text(r), "#") {
		t.Errorf("row %d begins %q", r, f.Text(r))
	}
	for _, c := range f.Parts(r) {
		for v, ok := c.Next(); ok; v, ok = c.Next() {
			readValue(v, 0)
			v.Floats(nil)
			v.Ints(nil)
			v.Refs(nil)
		}
	}
}

func readValue(v step.Value, depth int) {
	v.Float()
	v.Int()
	v.Ref()
	v.Bool()
	v.Enum()
	v.Text()
	v.Raw()
	if v.Kind() == step.Invalid && v.IsNull() {
		panic("a value is both invalid and null")
	}
	if depth > 3 {
		return
	}
	for item := range v.Items() {
		readValue(item, depth+1)
	}
}
