package step_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shikong-cim/shikong/ifc/step"
	"github.com/shikong-cim/shikong/spatial"
)

// file wraps statements into a complete exchange structure; the statements begin in line 4.
func file(statements string) string {
	return "ISO-10303-21;\nHEADER;FILE_DESCRIPTION((''),'2;1');FILE_NAME('','',(''),(''),'','','');FILE_SCHEMA(('X'));ENDSEC;\nDATA;\n" +
		statements + "\nENDSEC;\nEND-ISO-10303-21;\n"
}

func parse(t *testing.T, text string) *step.File {
	t.Helper()
	f, err := step.Parse([]byte(text))
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	return f
}

// rows lists the instances as "#1 NAME(parameters)".
func rows(f *step.File) []string {
	out := []string{}
	for r := range f.Rows() {
		var args []string
		c := f.Args(r)
		for v, ok := c.Next(); ok; v, ok = c.Next() {
			args = append(args, string(v.Raw()))
		}
		out = append(out, "#"+itoa(f.Number(r))+" "+f.Keyword(r)+"("+strings.Join(args, "|")+")")
	}
	return out
}

func itoa(n uint64) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

type issue struct {
	Code   string
	Number uint64
	Line   int
	Kept   bool
}

func issues(f *step.File) []issue {
	out := []issue{}
	for _, i := range f.Issues() {
		out = append(out, issue{i.Code, i.Number, i.Line, i.Kept})
	}
	return out
}

func TestStatements(t *testing.T) {
	for _, c := range []struct {
		name, in string
		rows     []string
		issues   []issue
	}{
		{"plain statements", "#1=A(1,2.);\n#2=B('x');", []string{"#1 A(1|2.)", "#2 B('x')"}, nil},
		{"blanks everywhere", " # 1=A();\n#2 \t=\n B \n ( 1 , 2 ) ;", []string{"#2 B(1|2)"},
			[]issue{{"not-a-statement", 0, 4, false}}},
		{"lower case keyword", "#1=wall(1);#2=Wall(2);#3=WALL(3);", []string{"#1 WALL(1)", "#2 WALL(2)", "#3 WALL(3)"}, nil},
		{"comments anywhere", "/* #9=NO(); */#1/**/=/* ; */A/*'*/(/*)*/1/*,*/,'/*no*/'/*'*/)/**/;", []string{"#1 A(1|'/*no*/')"}, nil},
		{"semicolon, apostrophe and statement text in a string", "#1=A(';','it''s','#2=B(',' = ');", []string{"#1 A(';'|'it''s'|'#2=B('|' = ')"}, nil},
		{"no parameters", "#1=A();", []string{"#1 A()"}, nil},
		{"empty parameters", "#1=A(,1,);", []string{"#1 A(|1|)"}, nil},
		{"nested lists", "#1=A(((1,2),(3)),(),#2);", []string{"#1 A(((1,2),(3))|()|#2)"}, nil},
		{"line breaks inside a statement", "#1=A(1,\n2,\r\n'a\nb');", []string{"#1 A(1|2|'a\nb')"}, nil},
		{"user defined keyword", "#1=!MINE(1);", []string{"#1 !MINE(1)"}, nil},
		{"two statements on a line, the first broken", "#1=A('x;#2=B(2);", []string{"#2 B(2)"},
			[]issue{{"string-never-closed", 1, 4, false}}},
		{"string that never closes", "#1=A('x);\n#2=B('y');\n#3=C();", []string{"#2 B('y')", "#3 C()"},
			[]issue{{"string-never-closed", 1, 4, false}}},
		{"semicolon missing behind a complete statement", "#1=A(1)\n#2=B(2);", []string{"#1 A(1)", "#2 B(2)"},
			[]issue{{"semicolon-missing", 1, 4, true}}},
		{"statement cut in the middle", "#1=A(1,\n#2=B(2);", []string{"#2 B(2)"},
			[]issue{{"semicolon-missing", 1, 4, false}}},
		{"comment that never closes", "#1=A(1);\n/* oh\n#2=B(2);", []string{"#1 A(1)", "#2 B(2)"},
			[]issue{{"comment-never-closed", 0, 5, false}}},
		{"comment that never closes inside a statement", "#1=A(1,/* oh\n#2=B(2);", []string{"#2 B(2)"},
			[]issue{{"comment-never-closed", 1, 4, false}}},
		{"garbage between statements", "#1=A(1);\n%%%\x00\xff garbage ;;\n#2=B(2);", []string{"#1 A(1)", "#2 B(2)"},
			[]issue{{"not-a-statement", 0, 5, false}}},
		{"a stray word", "#1=A(1);\nHELLO\n#2=B(2);", []string{"#1 A(1)", "#2 B(2)"},
			[]issue{{"not-a-statement", 0, 5, false}}},
		{"text that is no entity", "#1=A(1);\nHELLO(1);\n#2=B(2);", []string{"#1 A(1)", "#2 B(2)"},
			[]issue{{"not-a-statement", 0, 5, false}}},
		{"number given twice", "#1=A(1);\n#1=B(2);", []string{"#1 A(1)", "#1 B(2)"},
			[]issue{{"duplicate-number", 1, 5, true}}},
		{"number of 19 digits", "#1234567890123456789=A(1);\n#2=B(2);", []string{"#2 B(2)"},
			[]issue{{"number-too-large", 0, 4, false}}},
		{"leading zeros", "#00000000000000000000007=A(1);", []string{"#7 A(1)"}, nil},
		{"numbers far apart and falling", "#900000000000000000=A(1);\n#5=B(2);\n#900000000000000000=C();",
			[]string{"#900000000000000000 A(1)", "#5 B(2)", "#900000000000000000 C()"},
			[]issue{{"duplicate-number", 900000000000000000, 6, true}}},
		{"keyword missing", "#1=;\n#2=B(2);", []string{"#2 B(2)"}, []issue{{"not-a-statement", 1, 4, false}}},
		{"list never closed", "#1=A((1,2;\n#2=B(2);", []string{"#1 A((1,2)", "#2 B(2)"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := parse(t, file(c.in))
			if d := cmp.Diff(c.rows, rows(f)); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
			if c.issues == nil {
				c.issues = []issue{}
			}
			if d := cmp.Diff(c.issues, issues(f)); d != "" {
				t.Errorf("issues (-want +got):\n%s", d)
			}
			for r := range f.Rows() {
				if got := f.Find(f.Number(r)); got > r || f.Number(got) != f.Number(r) {
					t.Errorf("Find(%d) = row %d", f.Number(r), got)
				}
			}
		})
	}
}

func TestSections(t *testing.T) {
	const head = "ISO-10303-21;\nHEADER;\nFILE_SCHEMA(('X'));\nENDSEC;\n"
	for _, c := range []struct {
		name, in string
		rows     []string
		issues   []issue
	}{
		{"two data sections", head + "DATA('a',('X'));#1=A();ENDSEC;DATA;#2=B();ENDSEC;END-ISO-10303-21;", []string{"#1 A()", "#2 B()"}, nil},
		{"edition 3 sections", head + "ANCHOR;\n<a>=#1;\nENDSEC;\nREFERENCE;\n#9=<http://x;y#1>;\nENDSEC;\nDATA;\n#1=A();\nENDSEC;\nEND-ISO-10303-21;\nSIGNATURE;\n#7=Z();\nENDSEC;", []string{"#1 A()"}, nil},
		{"byte order mark", "\xEF\xBB\xBF" + head + "DATA;#1=A();ENDSEC;END-ISO-10303-21;", []string{"#1 A()"}, nil},
		{"no ISO line", strings.TrimPrefix(head, "ISO-10303-21;\n") + "DATA;#1=A();ENDSEC;END-ISO-10303-21;", []string{"#1 A()"}, nil},
		{"cut between statements", head + "DATA;\n#1=A();\n", []string{"#1 A()"}, []issue{{"truncated", 0, 7, true}}},
		{"cut inside a statement", head + "DATA;\n#1=A();\n#2=B(1,2", []string{"#1 A()"},
			[]issue{{"truncated", 2, 7, false}, {"truncated", 0, 7, true}}},
		{"cut inside a string", head + "DATA;\n#1=A();\n#2=B('1,2", []string{"#1 A()"},
			[]issue{{"truncated", 2, 7, false}, {"truncated", 0, 7, true}}},
		{"end line missing", head + "DATA;\n#1=A();\nENDSEC;\n", []string{"#1 A()"}, []issue{{"end-missing", 0, 8, true}}},
		{"section words without semicolon", head + "DATA\n#1=A();\nENDSEC\nEND-ISO-10303-21", []string{"#1 A()"},
			[]issue{{"semicolon-missing", 0, 5, true}, {"semicolon-missing", 0, 7, true}}},
		{"instance before DATA", head + "#1=A();DATA;#2=B();ENDSEC;END-ISO-10303-21;", []string{"#1 A()", "#2 B()"},
			[]issue{{"outside-data", 1, 5, true}}},
		{"no schema", "ISO-10303-21;HEADER;ENDSEC;DATA;#1=A();ENDSEC;END-ISO-10303-21;", []string{"#1 A()"},
			[]issue{{"header-entity-missing", 0, 1, true}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := parse(t, c.in)
			if d := cmp.Diff(c.rows, rows(f)); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
			if c.issues == nil {
				c.issues = []issue{}
			}
			if d := cmp.Diff(c.issues, issues(f)); d != "" {
				t.Errorf("issues (-want +got):\n%s", d)
			}
			cut := false
			for _, i := range c.issues {
				cut = cut || i.Code == step.CodeTruncated
			}
			if f.Truncated() != cut {
				t.Errorf("Truncated() = %v", f.Truncated())
			}
		})
	}
}

func TestHeader(t *testing.T) {
	f := parse(t, `ISO-10303-21;
HEADER;
/* who wrote it */
FILE_DESCRIPTION(('ViewDefinition [CoordinationView]','second'),'2;1');
FILE_NAME('caf\X2\00E9\X0\.ifc','2011-03-01T12:00:00',('Ann','Bo'),('Org'),'EXPRESS Data Manager','Tool 1','nobody');
FILE_SCHEMA(('IFC2X3','IFC4'));
ENDSEC;
DATA;
ENDSEC;
END-ISO-10303-21;`)
	want := step.Header{
		Description: []string{"ViewDefinition [CoordinationView]", "second"}, ImplementationLevel: "2;1",
		Name: "café.ifc", TimeStamp: "2011-03-01T12:00:00", Author: []string{"Ann", "Bo"}, Organization: []string{"Org"},
		PreprocessorVersion: "EXPRESS Data Manager", OriginatingSystem: "Tool 1", Authorization: "nobody",
		Schemas: []string{"IFC2X3", "IFC4"},
	}
	if d := cmp.Diff(want, f.Header); d != "" {
		t.Errorf("header (-want +got):\n%s", d)
	}
}

func TestFilesThatAreNoSTEP(t *testing.T) {
	for _, c := range []struct{ name, in, code, says string }{
		{"no bytes", "", "step-empty", "empty"},
		{"only blanks and zeros", " \n\x00\x00", "step-empty", "empty"},
		{"zip", "PK\x03\x04....", "not-step", ".ifczip"},
		{"XML", "<?xml version='1.0'?><ifc/>", "not-step", "XML"},
		{"web page", "<!DOCTYPE html><html>", "not-step", "web page"},
		{"LFS pointer", "version https://git-lfs.github.com/spec/v1\noid", "not-step", "git lfs pull"},
		{"UTF-16", "\xff\xfeI\x00S\x00O\x00", "not-step", "UTF-16"},
		{"prose", "Dear reader, this is no model.", "not-step", "begins with"},
		{"header alone", "ISO-10303-21;HEADER;FILE_SCHEMA(('X'));", "step-without-data", "DATA"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := step.Parse([]byte(c.in))
			var p *spatial.Problem
			if !errors.As(err, &p) || p.Code != c.code || !strings.Contains(p.Error(), c.says) || !errors.Is(err, spatial.ErrInvalid) {
				t.Errorf("got %v, want code %s saying %q", err, c.code, c.says)
			}
		})
	}
}

func TestComplexInstance(t *testing.T) {
	f := parse(t, file("#1=(A(1,'x')/**/B()!C(#2));\n#2=D(3);"))
	var got []string
	for r := range f.Rows() {
		for word, args := range f.Parts(r) {
			line := word
			for v, ok := args.Next(); ok; v, ok = args.Next() {
				line += " " + string(v.Raw())
			}
			got = append(got, line)
		}
	}
	if d := cmp.Diff([]string{"A 1 'x'", "B", "!C #2", "D 3"}, got); d != "" {
		t.Errorf("parts (-want +got):\n%s", d)
	}
	if k := f.Keyword(0); k != "" {
		t.Errorf("keyword of a complex instance = %q", k)
	}
}

func TestLookups(t *testing.T) {
	f := parse(t, file("#10=A(1);\n#7=A(2);\n#900=B();"))
	if r := f.Find(7); r != 1 || f.Text(r) != "#7=A(2);" {
		t.Errorf("Find(7) = %d %q", r, f.Text(r))
	}
	for _, n := range []uint64{0, 8, 901, 1 << 60} {
		if r := f.Find(n); r != step.NoRow {
			t.Errorf("Find(%d) = %d, want NoRow", n, r)
		}
	}
	if f.Keyword(step.NoRow) != "" || f.Number(step.NoRow) != 0 || f.Arg(step.NoRow, 0).Kind() != step.Absent || f.Text(step.NoRow) != "" {
		t.Error("NoRow is not answered as absent")
	}
	if n := f.Count(f.KeywordID(0)); n != 2 {
		t.Errorf("Count(A) = %d", n)
	}
}
