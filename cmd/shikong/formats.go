package main

import (
	"context"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/crs"
)

// format is one kind of file that can be imported.
type format struct {
	name    string   // as --format says it
	endings []string // of file names, lower case, longest first
	open    func(context.Context, source, opening) (*delivery, error)
	inspect func(context.Context, *app, source, opening) error
}

// formats lists what can be imported. A format is added by a row here.
func formats() []format {
	return []format{
		{"ifc", []string{".ifc"}, openIFC, inspectIFC},
		{"ifczip", []string{".ifczip"}, openIFC, inspectIFC},
		{"cityjson", []string{".city.json.gz", ".city.json", ".city.jsonl.gz", ".city.jsonl", ".cityjson", ".cityjsonl"}, opened("CityJSON", readCityJSON), inspected("CityJSON", readCityJSON)}, // before JSON in general
		{"geojson", []string{".geojson.gz", ".geojson", ".json.gz", ".json"}, opened("GeoJSON", readGeoJSON), inspected("GeoJSON", readGeoJSON)},
		{"geojsonl", []string{".geojsonl.gz", ".geojsonl", ".geojsons.gz", ".geojsons", ".ndjson.gz", ".ndjson", ".jsonl"}, opened("GeoJSON", readGeoJSON), inspected("GeoJSON", readGeoJSON)},
		{"csv", []string{".csv.gz", ".csv", ".tsv.gz", ".tsv"}, opened("CSV", readCSV), inspected("CSV", readCSV)},
		{"shapefile", []string{".shp.zip", ".shp", ".zip"}, opened("ESRI Shapefile", readShapefile), inspected("ESRI Shapefile", readShapefile)},
		{"gpkg", []string{".gpkg"}, opened("GeoPackage", readGeoPackage), inspected("GeoPackage", readGeoPackage)},
	}
}

// delivery is an opened source: features to come, and what the report will say.
type delivery struct {
	features      iter.Seq2[spatial.Feature, error]
	frame         *spatial.Frame
	schema, tool  string
	lineage       *spatial.Lineage
	numberRepeats bool
	local         bool
	verticalCRS   string
	// report fills in what only the format knows, after the last feature.
	report func(*spatial.Report)
	close  func() error
}

// formatOf finds the format by its name, or by the ending of the file's name.
func formatOf(fileName, name string) (format, error) {
	lower := strings.ToLower(fileName)
	for _, f := range formats() {
		if name != "" && (f.name == strings.ToLower(strings.TrimPrefix(name, ".")) || slices.Contains(f.endings, "."+strings.ToLower(strings.TrimPrefix(name, ".")))) {
			return f, nil
		}
		if name == "" && ending(f, lower) != "" {
			return f, nil
		}
	}
	if name != "" {
		return format{}, usagef("--format %s is none of %s", name, formatNames())
	}
	what := "the name does not end in one of " + formatEndings()
	if fileName == "-" {
		what = "standard input has no name that says what comes"
	}
	return format{}, &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "unknown-format", Message: what, Hint: detourOf(lower)}
}

func ending(f format, lower string) string {
	for _, e := range f.endings {
		if strings.HasSuffix(lower, e) {
			return e
		}
	}
	return ""
}

func formatNames() string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}

func formatEndings() string {
	var all []string
	for _, f := range formats() {
		all = append(all, f.endings...)
	}
	return strings.Join(all, " ")
}

// stem returns the file's name without folders and format ending, with what cannot stand in
// a name of a collection replaced by "_".
func stem(fileName string) string {
	base := filepath.Base(fileName)
	if base == "-" {
		return "stdin"
	}
	lower := strings.ToLower(base)
	cut := filepath.Ext(base)
	for _, f := range formats() {
		if e := ending(f, lower); len(e) > len(cut) {
			cut = e
		}
	}
	base = base[:len(base)-len(cut)]
	out := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' || r == '.' {
			return r
		}
		return '_'
	}, base))
	if len(out) > 0 && (out[0] == '-' || out[0] == '.') {
		out[0] = '_'
	}
	return string(out[:min(len(out), 100)])
}

// opening is what a format is told when it opens a source.
type opening struct {
	spatial.ImportOptions
	datum    string         // of the store
	reader   spatial.Reader // of the store, nil when there is none
	progress func(done, total int64)
	render   string // the picture that inspect draws, or ""
	// transforms are the datum transforms that the user configured.
	transforms []crs.Helmert
}
