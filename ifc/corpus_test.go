package ifc_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/wkb"

	sf "github.com/peterstace/simplefeatures/geom"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/ifc"
	"github.com/shikong-cim/shikong/spatial"
)

// open opens a sample: by its own place, or by one typed, or without one when its
// coordinates are those of a map nobody names.
func open(t testing.TB, path string) *ifc.Delivery {
	t.Helper()
	d, err := ifc.Open(path, ifc.Options{})
	if err != nil {
		var p *spatial.Problem
		if !errors.As(err, &p) {
			t.Fatalf("%s: %v is no Problem", path, err)
		}
		opt := ifc.Options{}
		opt.Origin = &spatial.Placement{Lon: 114.05, Lat: 22.54, H: 20}
		if d, err = ifc.Open(path, opt); err != nil {
			opt.Origin, opt.Local = nil, true
			d, err = ifc.Open(path, opt)
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("%s: close: %v", path, err)
		}
	})
	return d
}

// valid reports what is wrong with a geometry, by the rules of OGC Simple Features.
func valid(t testing.TB, g geom.T) error {
	t.Helper()
	b, err := wkb.Marshal(g, wkb.NDR)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := sf.UnmarshalWKB(b, sf.NoValidate{})
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Validate()
}

func TestEveryProductOfEverySampleIsAccountedFor(t *testing.T) {
	for _, path := range samples.Models(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			d := open(t, path)
			seen := map[string]bool{}
			for f, err := range d.Features(context.Background()) {
				if err != nil {
					t.Fatal(err)
				}
				if err := f.Validate(); err != nil {
					t.Errorf("%s %s: %v", f.Kind, f.ID, err)
				}
				if seen[f.ID] {
					t.Errorf("the id %s is there twice", f.ID)
				}
				seen[f.ID] = true
				if f.Geometry != nil {
					if err := valid(t, f.Geometry); err != nil {
						t.Errorf("footprint of %s %s: %v", f.Kind, f.ID, err)
					}
				}
				for i := 1; i < len(f.Properties); i++ {
					if f.Properties[i-1].Name >= f.Properties[i].Name {
						t.Errorf("properties of %s are not sorted: %s, %s", f.ID, f.Properties[i-1].Name, f.Properties[i].Name)
					}
				}
			}
			var r spatial.Report
			d.Report(&r)
			p := r.Products
			if p.Exact+p.Approximate+p.Box+p.None != p.Total {
				t.Errorf("outcomes do not add up: %+v", p)
			}
			listed := int64(0)
			for _, i := range r.Issues {
				if i.Outcome != "" {
					listed++
					if i.Code == "" || i.Entity == 0 || i.Class == "" {
						t.Errorf("an outcome without a reason: %+v", i)
					}
				}
			}
			if want := p.Total - p.Exact; listed != min(want, spatial.MaxIssues) {
				t.Errorf("%d products are not exact, %d are listed", want, listed)
			}
			r.JSON()
		})
	}
}
