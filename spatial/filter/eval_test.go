package filter_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

func newFilter(t testing.TB, text string, fields []spatial.Field) *filter.Filter {
	t.Helper()
	f, err := filter.New(parseText(t, text), fields)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return f
}

// things reads features of a line each, whose geometry is the member geom.
func things(t testing.TB, name string) []spatial.Feature {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var list []spatial.Feature
	for lines := bufio.NewScanner(file); lines.Scan(); {
		p, err := spatial.ParseProperties(lines.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		f := spatial.Feature{ID: strconv.Itoa(len(list) + 1), Properties: p}
		v, _ := p.Get("geom")
		var g geom.T
		if err := geojson.Unmarshal([]byte(v.Text()), &g); err != nil {
			t.Fatal(err)
		}
		f.Geometry = g
		list = append(list, f)
	}
	return list
}

// The list of a Rust implementation of CQL2: a condition, and under it the ids that match.
func TestOperatorsFindWhatAnotherImplementationFinds(t *testing.T) {
	dir := samples.Path(t, "conformance/cql2rs/tests")
	list := things(t, filepath.Join(dir, "cql2testdata.ndjson"))
	text, err := os.ReadFile(filepath.Join(dir, "operators_expected.txt"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(list) != 112 || len(lines) < 300 {
		t.Fatalf("%d features, %d lines", len(list), len(lines))
	}
	for i := 0; i+1 < len(lines); i += 2 {
		condition := strings.ReplaceAll(lines[i], "(geom,", "(geometry,")
		t.Run(condition, func(t *testing.T) {
			f := newFilter(t, condition, nil)
			var got []string
			for i := range list {
				if f.Matches(&list[i]) {
					got = append(got, list[i].ID)
				}
			}
			if s := strings.Join(got, " "); s != lines[i+1] {
				t.Errorf("got  %s\nwant %s", s, lines[i+1])
			}
		})
	}
}
