package ifc_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/ifc"
	"github.com/shikong-cim/shikong/spatial"
)

// BenchmarkFeatures reads a house of a few products, and the real models that are large.
func BenchmarkFeatures(b *testing.B) {
	paths := []string{write(b, "house.ifc", house)}
	for _, path := range samples.Models(b) {
		if info, err := os.Stat(path); err == nil && info.Size() > 3e6 {
			paths = append(paths, path)
		}
	}
	for _, path := range paths {
		b.Run(filepath.Base(path), func(b *testing.B) {
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			opt := ifc.Options{}
			opt.Origin = &spatial.Placement{Lon: 114.05, Lat: 22.54}
			for b.Loop() {
				d, err := ifc.Open(path, opt)
				if err != nil {
					b.Fatal(err)
				}
				for _, err := range d.Features(context.Background()) {
					if err != nil {
						b.Fatal(err)
					}
				}
				if err := d.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
