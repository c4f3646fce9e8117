package main

import (
	"errors"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
)

func TestUploadsAreRefusedForTheirOptionsAlone(t *testing.T) {
	for name, test := range map[string]struct {
		file string
		opts spatial.ImportOptions
		code string
	}{
		"a model":                   {"a.ifc", spatial.ImportOptions{Transform: "EPSG:1777"}, ""},
		"a georeference":            {"a.ifc", spatial.ImportOptions{Georef: `{"origin":[114,22.5,0]}`}, ""},
		"a format nobody knows":     {"a.doc", spatial.ImportOptions{}, "unknown-format"},
		"a transform nobody knows":  {"a.ifc", spatial.ImportOptions{Transform: "EPSG:99"}, "datum-transform-required"},
		"a path for a transform":    {"a.ifc", spatial.ImportOptions{Transform: "/etc/passwd"}, "datum-transform-required"},
		"a georeference of nothing": {"a.ifc", spatial.ImportOptions{Georef: `{}`}, "georef-file-invalid"},
		"heights above nothing":     {"a.ifc", spatial.ImportOptions{VerticalCRS: "sea"}, "invalid-vertical-crs"},
		"heights above a datum":     {"a.ifc", spatial.ImportOptions{VerticalCRS: "EPSG:5737"}, ""},
		"two places":                {"a.ifc", spatial.ImportOptions{Georef: `{"origin":[114,22.5,0]}`, Origin: &spatial.Placement{}}, "two-places"},
	} {
		err := checkUpload(test.file, test.opts)
		var p *spatial.Problem
		if test.code == "" && err != nil || test.code != "" && (!errors.As(err, &p) || p.Code != test.code) {
			t.Errorf("%s: %v, want %q", name, err, test.code)
		}
	}
}
