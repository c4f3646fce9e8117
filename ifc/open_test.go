package ifc_test

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/ifc"
	"github.com/shikong-cim/shikong/spatial"
)

func TestArchives(t *testing.T) {
	pack := func(t *testing.T, name string, files map[string]string) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), name)
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z := zip.NewWriter(out)
		for _, member := range slices.Sorted(func(yield func(string) bool) {
			for k := range files {
				if !yield(k) {
					return
				}
			}
		}) {
			w, err := z.Create(member)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(w, files[member]); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(z.Close(), out.Close()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Setenv("TMPDIR", t.TempDir())
	all, _, _ := read(t, pack(t, "house.ifczip", map[string]string{"models/House.IFC": house, "readme.txt": "x"}), ifc.Options{})
	if len(all) != 12 {
		t.Errorf("%d features", len(all))
	}
	for _, test := range []struct {
		name  string
		files map[string]string
		code  string
	}{
		{"two models", map[string]string{"a.ifc": house, "b.ifc": house}, "zip-several"},
		{"no model", map[string]string{"a.txt": "x"}, "zip-empty"},
		{"ifcXML", map[string]string{"a.ifcXML": "<x/>"}, "ifcxml-unsupported"},
		{"a bomb", map[string]string{"a.ifc": strings.Repeat(" ", 50<<20)}, "zip-too-large"},
		{"no STEP file", map[string]string{"a.ifc": "hello"}, "not-step"},
	} {
		_, err := ifc.Open(pack(t, "x.ifczip", test.files), ifc.Options{})
		var p *spatial.Problem
		if !errors.As(err, &p) || p.Code != test.code {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestWhatIsNoModel(t *testing.T) {
	for _, test := range []struct{ name, text, code string }{
		{"empty", "", "step-empty"},
		{"garbage", "GIF89a\x00\x01", "not-step"},
		{"another schema", strings.Replace(house, "'IFC4'", "'AUTOMOTIVE_DESIGN'", 1), "not-ifc"},
		{"no place", regexp.MustCompile(`(?m)^#13=.*$`).ReplaceAllString(house, ""), "georeference-missing"},
		{"cut off in the middle", house[:len(house)-len(house)/4], "truncated"},
		{"a zip that breaks off", "PK\x03\x04 and no more", "zip-invalid"},
	} {
		_, err := ifc.Open(write(t, "x.ifc", test.text), ifc.Options{})
		var p *spatial.Problem
		if !errors.As(err, &p) || p.Code != test.code {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if _, err := ifc.Open(filepath.Join(t.TempDir(), "none.ifc"), ifc.Options{}); !errors.Is(err, os.ErrNotExist) && !errors.Is(err, spatial.ErrNotFound) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestFeaturesCanBeBrokenOff(t *testing.T) {
	path := write(t, "house.ifc", house)
	d, err := ifc.Open(path, ifc.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	var last error
	for _, err := range d.Features(ctx) {
		if n++; n == 3 {
			cancel()
		}
		last = err
	}
	if !errors.Is(last, context.Canceled) || n != 4 {
		t.Errorf("after %d: %v", n, last)
	}
	for range d.Features(context.Background()) {
		break
	}
}
