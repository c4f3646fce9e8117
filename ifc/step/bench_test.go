package step_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/shikong-cim/shikong/ifc/step"
)

// samples returns the folder of real IFC files, or skips.
func samples(t testing.TB) string {
	t.Helper()
	root := os.Getenv("SHIKONG_TEST_DATA")
	if root == "" {
		dir, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				break
			}
			if filepath.Dir(dir) == dir {
				t.Skip("SKIPPED: no go.mod above, so no sample data beside it; set SHIKONG_TEST_DATA")
			}
			dir = filepath.Dir(dir)
		}
		root = filepath.Join(dir, "..", "shared", "data")
	}
	if _, err := os.Stat(filepath.Join(root, "ifc", "MANIFEST.tsv")); err != nil {
		t.Skipf("SKIPPED: the sample data is not at hand (%v); set SHIKONG_TEST_DATA", err)
	}
	return filepath.Join(root, "ifc")
}

const benchFile = "jakob-beetz+DataSetSchependomlaan/IFC-houten_kozijnen.ifc"

func BenchmarkIndex(b *testing.B) {
	data, err := os.ReadFile(filepath.Join(samples(b), benchFile))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := step.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWalk looks at each parameter of each instance.
func BenchmarkWalk(b *testing.B) {
	data, err := os.ReadFile(filepath.Join(samples(b), benchFile))
	if err != nil {
		b.Fatal(err)
	}
	f, err := step.Parse(data)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var floats []float64
	for b.Loop() {
		for r := range f.Rows() {
			c := f.Args(r)
			for v, ok := c.Next(); ok; v, ok = c.Next() {
				floats = v.Floats(floats[:0])
			}
		}
	}
}
