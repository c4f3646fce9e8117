package step_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/ifc/step"
)

// together runs all the work at once.
func together(n int, work func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { work(i) })
	}
	wg.Wait()
}

// told is all that an index says of a file.
func told(f *step.File, err error) string {
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows, %v, cut %v, %d issues %v\n%+v\n", f.Len(), f.Keywords(), f.Truncated(), f.IssueCount(), f.Issues(), f.Header)
	for r := range f.Rows() {
		fmt.Fprintf(&b, "%d %d #%d→%d %s %s\n", r, f.Offset(r), f.Number(r), f.Find(f.Number(r)), f.Keyword(r), f.Text(r))
	}
	for i := range f.Keywords() {
		fmt.Fprintf(&b, "%d ", f.Count(i))
	}
	return b.String()
}

func samePieces(t interface{ Errorf(string, ...any) }, data []byte, pieces int) {
	if d := cmp.Diff(told(step.Parse(data)), told(step.InPieces(data, pieces, together))); d != "" {
		t.Errorf("in %d pieces:\n%s", pieces, d)
	}
}

// TestPiecesMakeTheSameIndex reads files that are broken in all manner of ways in one and in
// pieces.
func TestPiecesMakeTheSameIndex(t *testing.T) {
	scraps := []string{"#1=A(1);\n", "#2=B('x');\n", "#3=wall('it''s');", "\n", " ", "#4=C(\n1,\n'a\nb');\n", "#5=(A(1)B(2));\r\n", "#6=D('never closed);\n", "#7=E(1,2)\n",
		"/* #8=F(); \n#9=G();\n*/\n", "/* open\n", "ENDSEC;\n", "DATA;\n", "END-ISO-10303-21;\n", "HELLO(1);\n", "#5000000000=H();\n", "#900000000=I();\n", "%%%\n", "'\n", "#10=J('\n#11=K();\n');\n", "#1=L();\n"}
	rapid.Check(t, func(t *rapid.T) {
		text := "ISO-10303-21;\nHEADER;\nFILE_SCHEMA(('X'));\nENDSEC;\nDATA;\n" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(scraps), 0, 40).Draw(t, "scraps"), "")
		samePieces(t, []byte(text), rapid.IntRange(2, 6).Draw(t, "pieces"))
	})
}

func FuzzPieces(f *testing.F) {
	f.Add("#1=A(1);\n#2=B('x;\n#3=C();\nENDSEC;\n", 3)
	f.Fuzz(func(t *testing.T, text string, pieces int) {
		samePieces(t, []byte("ISO-10303-21;\nHEADER;\nFILE_SCHEMA(('X'));\nENDSEC;\nDATA;\n"+text), 2+pieces&3)
	})
}

func TestPiecesOfARealFile(t *testing.T) {
	data, err := os.ReadFile(samples.Path(t, benchFile))
	if err != nil {
		t.Fatal(err)
	}
	one, err := step.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	many, err := step.ParseIn(data, 4, together)
	if err != nil {
		t.Fatal(err)
	}
	if one.Len() != many.Len() || !cmp.Equal(one.Keywords(), many.Keywords()) || one.IssueCount() != many.IssueCount() {
		t.Fatalf("%d rows in one, %d in pieces", one.Len(), many.Len())
	}
	for r := range one.Rows() {
		if n := one.Number(r); one.Offset(r) != many.Offset(r) || one.KeywordID(r) != many.KeywordID(r) || many.Find(n) != one.Find(n) {
			t.Fatalf("row %d, #%d differs", r, n)
		}
	}
}

func BenchmarkIndexInPieces(b *testing.B) {
	data, err := os.ReadFile(samples.Path(b, benchFile))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := step.ParseIn(data, 2, together); err != nil {
			b.Fatal(err)
		}
	}
}
