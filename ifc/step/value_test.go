package step_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/ifc/step"
)

// arg parses one parameter.
func arg(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) step.Value {
	t.Helper()
	f, err := step.Parse([]byte(file("#1=A(" + text + ",.END.);")))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	return f.Arg(0, 0)
}

func TestKinds(t *testing.T) {
	for in, want := range map[string]step.Kind{
		"": step.Absent, "$": step.Null, "*": step.Derived, "1": step.Integer, "-12": step.Integer, "+3": step.Integer,
		"1.": step.Real, "-1.5E-3": step.Real, "1E5": step.Real, "'x'": step.String, "''": step.String, ".T.": step.Enum,
		".MILLI.": step.Enum, "#12": step.Ref, `"0FF"`: step.Binary, "()": step.List, "LABEL('x')": step.Typed, "!X(1)": step.Typed,
		"%": step.Invalid, "-": step.Invalid, ".5": step.Real,
	} {
		if got := arg(t, in).Kind(); got != want {
			t.Errorf("%q is of kind %d, want %d", in, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		in     string
		float  float64
		ok     bool
		int    int64
		wasInt bool
	}{
		{"0", 0, true, 0, true},
		{"1.", 1, true, 1, true},
		{"-12.50", -12.5, true, 0, false},
		{"1.E-05", 1e-5, true, 0, false},
		{"1.e+3", 1000, true, 1000, true},
		{"3E2", 300, true, 300, true},
		{"0.29999999999999999", 0.29999999999999999, true, 0, false},
		{"123456789012345678901234567890.", 123456789012345678901234567890., true, 0, false},
		{"1.7976931348623157E308", math.MaxFloat64, true, 0, false},
		{"4.9E-324", math.SmallestNonzeroFloat64, true, 0, false},
		{"1.E-400", 0, true, 0, true},
		{"1.E400", 0, false, 0, false},
		{"1.E", 1, true, 1, true},
		{"LENGTH(2.5)", 2.5, true, 0, false},
		{"A(B(7))", 7, true, 7, true},
		{"-9223372036854775807", -9223372036854775807, true, 0, false},
		{"999999999999999999", 999999999999999999, true, 999999999999999999, true},
		{"1.#QNAN", 1, true, 1, true},
		{"NAN", 0, false, 0, false},
		{"$", 0, false, 0, false},
		{"'1'", 0, false, 0, false},
		{".", 0, false, 0, false},
		{"-.", 0, false, 0, false},
		{"-", 0, false, 0, false},
		{"(1)", 0, false, 0, false},
	} {
		v := arg(t, c.in)
		f, ok := v.Float()
		if f != c.float || ok != c.ok {
			t.Errorf("%q as float = %v %v, want %v %v", c.in, f, ok, c.float, c.ok)
		}
		i, ok := v.Int()
		if i != c.int || ok != c.wasInt {
			t.Errorf("%q as int = %v %v, want %v %v", c.in, i, ok, c.int, c.wasInt)
		}
	}
}

func TestFloatsAreReadAsStrconvReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Float64().Filter(func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) }).Draw(t, "f")
		format := rapid.SampledFrom([]byte{'e', 'f', 'E', 'g'}).Draw(t, "format")
		digits := rapid.IntRange(-1, 25).Draw(t, "digits")
		text := strconv.FormatFloat(want, format, digits, 64)
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Skip("rounded beyond the largest number")
		}
		if got, ok := arg(t, text).Float(); got != want || !ok {
			t.Fatalf("%s = %v %v, want %v", text, got, ok, want)
		}
	})
}

func TestTexts(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", `'Wall 1'`, "Wall 1"},
		{"empty", `''`, ""},
		{"apostrophe twice", `'it''s'`, "it's"},
		{"only an apostrophe", `''''`, "'"},
		{"backslash twice", `'a\\b'`, `a\b`},
		{"one byte", `'\X\E9t\X\e9'`, "été"},
		{"two bytes", `'\X2\68818DEF\X0\ 7'`, "梁路 7"},
		{"two bytes with a surrogate pair", `'\X2\D840DC0B\X0\'`, "𠀋"},
		{"two bytes with half a surrogate pair", `'\X2\D8400041\X0\'`, "\uFFFDA"},
		{"four bytes", `'\X4\0002000B\X0\x'`, "𠀋x"},
		{"page of the alphabet", `'\S\D\PE\\S\P\PA\\S\i'`, "Äаé"},
		{"wide text that is not closed", `'\X2\6881xyz'`, "梁xyz"},
		{"wide text cut inside a group", `'\X2\688'`, "688"},
		{"unknown escape", `'C:\temp\Q'`, `C:\temp\Q`},
		{"backslash at the end", `'a\'`, `a\`},
		{"raw UTF-8", "'梁é'", "梁é"},
		{"raw GBK", "'\xbb\xec\xc4\xfd\xcd\xc1C30'", "混凝土C30"},
		{"raw GBK with a trail byte in ASCII", "'\xbb\xec\x84\x56'", "混刅"},
		{"raw Latin-1", "'Gr\xf6\xdfe Tr\xe4ger'", "Größe Träger"},
		{"raw Latin-1 with one letter", "'\xd8rsted'", "Ørsted"},
		{"GBK as single bytes", `'\X\BB\X\EC\X\C4\X\FDC30'`, "混凝C30"},
		{"GBK as shifted characters", `'\S\;\S\l\S\D\S\}'`, "混凝"},
		{"western letters as single bytes", `'Gr\X\F6\X\DFe \X\C4\X\D6\X\DC'`, "Größe ÄÖÜ"},
		{"shifted character cut off", `'ab\S\'`, `ab\S\`},
		{"line break inside", "'ab\r\n  cd'", "ab  cd"},
		{"new line escape", `'a\N\b'`, "a\nb"},
		{"typed", `LABEL('x')`, "x"},
		{"no string", `#1`, ""},
		{"enumeration is no string", `.A.`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := arg(t, c.in).Text(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := string(arg(t, c.in).AppendText([]byte("+"))); got != "+"+c.want {
				t.Errorf("appended %q, want %q", got, "+"+c.want)
			}
		})
	}
}

func TestLists(t *testing.T) {
	v := arg(t, "((1.,-2.),/*,*/( 3.5 , $ ),('4)',#5,.E6.,X(7)),())")
	if d := cmp.Diff([]float64{1, -2, 3.5, 7}, v.Floats(nil)); d != "" {
		t.Errorf("floats (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]int{1, -2, 7}, v.Ints(nil)); d != "" {
		t.Errorf("ints (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]uint64{5}, v.Refs(nil)); d != "" {
		t.Errorf("refs (-want +got):\n%s", d)
	}
	if v.Len() != 4 {
		t.Errorf("length %d", v.Len())
	}
	for list, want := range map[string]int{"(1,2,)": 2, "(1,2 , )": 2, "(,)": 1, "()": 0, "(,1)": 2, "((1,),)": 1} {
		if n := arg(t, list).Len(); n != want {
			t.Errorf("%s has %d items, want %d: a comma behind the last one is a slip", list, n, want)
		}
	}
	var texts []string
	for item := range arg(t, "('a',('b','c'),'d')").Items() {
		texts = append(texts, item.Text())
	}
	if d := cmp.Diff([]string{"a", "", "d"}, texts); d != "" {
		t.Errorf("items (-want +got):\n%s", d)
	}
	for in, want := range map[string][]float64{"5.": {5}, "M(5.)": {5}, "M((1,2))": {1, 2}, "$": nil, "'x'": nil, "": nil} {
		if d := cmp.Diff(want, arg(t, in).Floats(nil)); d != "" {
			t.Errorf("floats of %s (-want +got):\n%s", in, d)
		}
	}
}

func TestEnumerationsReferencesAndTruth(t *testing.T) {
	if v := arg(t, ".MILLI."); v.Enum() != "MILLI" || !v.EnumIs("MILLI") || v.EnumIs("M") {
		t.Errorf("enum %q", v.Enum())
	}
	for in, want := range map[string][2]bool{".T.": {true, true}, ".F.": {false, true}, ".U.": {}, "$": {}, "BOOL(.T.)": {true, true}, ".TRUE.": {}} {
		if v, ok := arg(t, in).Bool(); v != want[0] || ok != want[1] {
			t.Errorf("%s = %v %v", in, v, ok)
		}
	}
	for in, want := range map[string]uint64{"#12": 12, "X(#3)": 3} {
		if n, ok := arg(t, in).Ref(); n != want || !ok {
			t.Errorf("%s refers to %d %v", in, n, ok)
		}
	}
	if _, ok := arg(t, "12").Ref(); ok {
		t.Error("12 is no reference")
	}
	word, inner := arg(t, "IfcLabel ( 'x' )").Typed()
	if string(word) != "IfcLabel" || inner.Text() != "x" {
		t.Errorf("typed %s %q", word, inner.Text())
	}
}

// TestTextsSurviveTheirEscapes writes texts as the standard wants them and reads them back.
func TestTextsSurviveTheirEscapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r >= ' ' && r != 0x7F && r != 0xFFFD })).Draw(t, "text")
		if got := arg(t, "'"+escape(want)+"'").Text(); got != want {
			t.Fatalf("%s read as %q, want %q", escape(want), got, want)
		}
	})
}

func escape(s string) string {
	out := ""
	for _, r := range s {
		switch {
		case r == '\'':
			out += "''"
		case r == '\\':
			out += `\\`
		case r < 0x7F:
			out += string(r)
		default:
			h := strconv.FormatUint(uint64(r), 16)
			out += `\X4\` + "00000000"[len(h):] + h + `\X0\`
		}
	}
	return out
}
