package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestGoEventsAreCountedByLeaf(t *testing.T) {
	rows := []struct {
		name   string
		strict string
		events string
		want   tally
		says   []string
	}{
		{
			name: "a test with two subtests counts as two",
			events: `{"Action":"run","Package":"p","Test":"TestA"}
				{"Action":"pass","Package":"p","Test":"TestA/x"}
				{"Action":"pass","Package":"p","Test":"TestA/y"}
				{"Action":"pass","Package":"p","Test":"TestA"}
				{"Action":"pass","Package":"p","Elapsed":1.5}`,
			want: tally{passed: 2},
			says: []string{"ok   p  2 passed, 0 failed  1.5 s"},
		},
		{
			name: "a failed subtest is blamed, its parent is not, and its output is shown",
			events: `{"Action":"output","Package":"p","Test":"TestA/x","Output":"got 1, want 2\n"}
				{"Action":"fail","Package":"p","Test":"TestA/x"}
				{"Action":"pass","Package":"p","Test":"TestA/y"}
				{"Action":"fail","Package":"p","Test":"TestA"}
				{"Action":"fail","Package":"p"}`,
			want: tally{passed: 1, failed: 1},
			says: []string{"FAIL p  1 passed, 1 failed", "     | got 1, want 2", "FAILED (1)\n  p TestA/x\n"},
		},
		{
			name: "a parent that fails by itself is counted beside its subtests",
			events: `{"Action":"pass","Package":"p","Test":"TestA/x"}
				{"Action":"fail","Package":"p","Test":"TestA"}
				{"Action":"fail","Package":"p"}`,
			want: tally{passed: 1, failed: 1},
			says: []string{"  p TestA\n"},
		},
		{
			name: "a package that does not build is one failure with the compiler's words",
			events: `{"Action":"build-output","ImportPath":"p [p.test]","Output":"p/a.go:1:1: undefined: x\n"}
				{"Action":"build-fail","ImportPath":"p [p.test]"}
				{"Action":"fail","Package":"p","FailedBuild":"p [p.test]"}`,
			want: tally{failed: 1},
			says: []string{"     | p/a.go:1:1: undefined: x"},
		},
		{
			name: "a test that a crash cut off has failed",
			events: `{"Action":"run","Package":"p","Test":"TestA"}
				{"Action":"output","Package":"p","Output":"panic: boom\n"}
				{"Action":"fail","Package":"p"}`,
			want: tally{failed: 1},
			says: []string{"     | panic: boom", "  p TestA\n"},
		},
		{
			name:   "a stream that breaks off is a failure",
			events: `{"Action":"pass","Package":"p","Test":"TestA"}`,
			want:   tally{passed: 1, failed: 1},
			says:   []string{"the package's tests never ended"},
		},
		{
			name: "a skip is listed with its reason",
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
				{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: no DATABASE\n"}
				{"Action":"output","Package":"p","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}
				{"Action":"skip","Package":"p","Test":"TestA"}
				{"Action":"pass","Package":"p"}`,
			want: tally{skipped: 1},
			says: []string{"SKIPPED (1)\n  p TestA: a_test.go:3: no DATABASE\n"},
		},
		{
			name:   "a skip for want of what must be there is a failure",
			strict: "DATABASE",
			events: `{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: no DATABASE\n"}
				{"Action":"skip","Package":"p","Test":"TestA"}
				{"Action":"pass","Package":"p"}`,
			want: tally{failed: 1},
			says: []string{"DATABASE must be set"},
		},
		{
			name:   "plain text of the go command is passed through",
			events: "go: downloading x v1.0.0\ngo: module not found\n",
			says:   []string{"go: module not found\n"},
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var out strings.Builder
			r := newRun(&out, row.strict)
			if err := r.read(strings.NewReader(row.events)); err != nil {
				t.Fatal(err)
			}
			r.end()
			if r.tally != row.want {
				t.Errorf("tally %+v, want %+v", r.tally, row.want)
			}
			for _, s := range row.says {
				if !strings.Contains(out.String(), s) {
					t.Errorf("output lacks %q:\n%s", s, out.String())
				}
			}
		})
	}
}

func TestTextSummariesAreRead(t *testing.T) {
	rows := []struct {
		name, text string
		want       tally
	}{
		{"Vitest, all well", " Test Files  2 passed (2)\n      Tests  12 passed (12)\n", tally{passed: 12}},
		{"Vitest, coloured and mixed", "\x1b[2m      Tests \x1b[22m \x1b[31m1 failed\x1b[39m | \x1b[32m12 passed\x1b[39m | 2 skipped (15)\n", tally{12, 1, 2}},
		{"node:test in TAP", "# tests 5\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 0\n", tally{3, 2, 0}},
		{"node:test in words", "ℹ pass 3\nℹ fail 0\nℹ todo 1\n", tally{3, 0, 1}},
		{"nothing known", "hello\n", tally{}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var out strings.Builder
			got, err := passThrough(strings.NewReader(row.text), &out)
			if err != nil || got != row.want {
				t.Errorf("got %+v, %v; want %+v", got, err, row.want)
			}
			if out.String() != row.text {
				t.Errorf("passed on %q, want %q", out.String(), row.text)
			}
		})
	}
}

func TestCommandSavesItsTallyAndFailsWithTheTests(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tally")
	var out strings.Builder
	if err := command([]string{"text", "-tally", file, "-suite", "web"}, strings.NewReader("# pass 2\n"), &out); err != nil {
		t.Fatal(err)
	}
	err := command([]string{"go", "-tally", file}, strings.NewReader(`{"Action":"fail","Package":"p"}`), &out)
	if !errors.Is(err, errTests) {
		t.Errorf("error %v, want %v", err, errTests)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := "2 0 0\n0 1 0\n"; string(got) != want {
		t.Errorf("tally %q, want %q", got, want)
	}
}
