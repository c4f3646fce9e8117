package model_test

import (
	"os"
	"testing"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/ifc/model"
	"github.com/shikong-cim/shikong/ifc/step"
)

var benchFiles = []struct{ name, path string }{
	{"frames=9MB", "jakob-beetz+DataSetSchependomlaan/IFC-houten_kozijnen.ifc"},
	{"office=4MB", "ThatOpen+engine_web-ifc/Office_A_20110811.ifc"},
}

func benchData(b *testing.B, path string) []byte {
	b.Helper()
	data, err := os.ReadFile(samples.Path(b, "ifc/"+path))
	if err != nil {
		b.Fatal(err)
	}
	return data
}

func BenchmarkLoad(b *testing.B) {
	for _, c := range benchFiles {
		b.Run(c.name, func(b *testing.B) {
			data := benchData(b, c.path)
			f, err := step.Parse(data)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := model.Load(f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEverything reads GlobalId, Name, class, type, storey and all properties of
// every product, beginning with the file's bytes.
func BenchmarkEverything(b *testing.B) {
	for _, c := range benchFiles {
		b.Run(c.name, func(b *testing.B) {
			data := benchData(b, c.path)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if n := readEverything(b, data); n == 0 {
					b.Fatal("nothing was read")
				}
			}
		})
	}
}

func readEverything(t testing.TB, data []byte) int {
	f, err := step.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	r := m.Reader()
	var properties []model.Property
	for _, p := range m.Products() {
		properties = r.Properties(properties[:0], p)
		n += len(m.GlobalID(p)) + len(m.Name(p)) + len(m.Type(p).String()) + int(m.TypeOf(p)) + int(m.Storey(p)) + len(properties)
	}
	return n
}
