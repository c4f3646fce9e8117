package step_test

import (
	"os"
	"testing"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/ifc/step"
)

const benchFile = "ifc/jakob-beetz+DataSetSchependomlaan/IFC-houten_kozijnen.ifc"

func BenchmarkIndex(b *testing.B) {
	data, err := os.ReadFile(samples.Path(b, benchFile))
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
	data, err := os.ReadFile(samples.Path(b, benchFile))
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
