package geojson_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/geojson"
)

// realFile opens a file of the shared sample data, or skips.
func asProblem(err error, p **spatial.Problem) bool { return errors.As(err, p) }

func realFile(t *testing.T, name string) io.Reader {
	t.Helper()
	f, err := os.Open(samples.Path(t, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if filepath.Ext(name) != ".gz" {
		return f
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestRealFiles(t *testing.T) {
	rows := []struct {
		name     string
		opts     geojson.Options
		features int64
		issues   map[string]int
		code     string
	}{
		{name: "footprints/tokyo_buildings_dev.geojsonl.gz", opts: geojson.Options{ID: "bldg_id"}, features: 182852,
			// GEOS finds the same 965 not valid.
			issues: map[string]int{"overlapping-parts": 965}},
		{name: "shenzhen/districts/sz.json", features: 10, issues: map[string]int{}},
		{name: "networks/water_ky4/examples/data/ky4_pipes.geojson", opts: geojson.Options{ID: "name"}, code: "datum-transform-required"},
	}
	for _, r := range rows {
		t.Run(filepath.Base(r.name), func(t *testing.T) {
			var report spatial.Report
			in, err := geojson.NewReader(realFile(t, r.name), r.opts, report.AddIssue)
			if err != nil {
				t.Fatal(err)
			}
			code := ""
			for _, err := range in.Features() {
				var p *spatial.Problem
				if err != nil && !asProblem(err, &p) {
					t.Fatal(err)
				} else if err != nil {
					code = p.Code
					t.Log(err)
				}
			}
			if in.Count() != r.features || code != r.code {
				t.Errorf("%d features, code %q; want %d, %q", in.Count(), code, r.features, r.code)
			}
			if r.code == "" {
				got := report.IssueCounts
				if got == nil {
					got = map[string]int{}
				}
				if d := cmp.Diff(r.issues, got); d != "" {
					t.Error(d)
				}
				for _, i := range report.Issues[:min(5, len(report.Issues))] {
					t.Logf("%+v", i)
				}
			}
		})
	}
}
