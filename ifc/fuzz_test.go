package ifc_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/ifc"
	"github.com/shikong-cim/shikong/ifc/shape"
	"github.com/shikong-cim/shikong/spatial"
)

// FuzzOpen reads models that a hand has damaged: each is a Problem or a report that adds up.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(house))
	f.Add([]byte(strings.Replace(house, "#51=IFCLOCALPLACEMENT(#25", "#51=IFCLOCALPLACEMENT(#51", 1)))
	f.Add([]byte(strings.ReplaceAll(house, "4000.", "1.E300")))
	f.Add([]byte(strings.Replace(house, "506000.,2495000.,12.5", "1.E308,-1.E308,1.E308", 1)))
	f.Add([]byte(strings.Replace(house, "$,$,$,$,$);", "(22,99999999999,-3),(114,3,0),4.,$,$);", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		opt := ifc.Options{Workers: 1, Shape: shape.Options{Steps: 100_000, Timeout: time.Second, MaxTriangles: 10_000}}
		path := write(t, "fuzz.ifc", string(data))
		if i, err := ifc.Inspect(path, opt); err == nil {
			if _, err := json.Marshal(i); err != nil {
				t.Errorf("inspection: %v", err)
			}
		}
		d, err := ifc.Open(path, opt)
		if err != nil {
			var p *spatial.Problem
			if !errors.As(err, &p) {
				t.Fatalf("%v is no Problem", err)
			}
			opt.Local = true
			if d, err = ifc.Open(path, opt); err != nil {
				return
			}
		}
		defer func() { _ = d.Close() }()
		for feature, err := range d.Features(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			if err := feature.Validate(); err != nil {
				t.Error(err)
			}
		}
		var r spatial.Report
		d.Report(&r)
		if p := r.Products; p.Exact+p.Approximate+p.Box+p.None != p.Total {
			t.Errorf("products %+v", p)
		}
		r.JSON()
	})
}
