package filter_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/fixtures/samples"
	"github.com/shikong-cim/shikong/spatial/filter"
)

func parseText(t testing.TB, text string) filter.Expr {
	t.Helper()
	e, err := filter.ParseText(text)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return e
}

func parseJSON(t testing.TB, text []byte) filter.Expr {
	t.Helper()
	e, err := filter.ParseJSON(text)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return e
}

// roundTrip checks that what is written is read as the same.
func roundTrip(t testing.TB, e filter.Expr) {
	t.Helper()
	text, json := filter.Text(e), filter.JSON(e)
	if !strings.HasPrefix(text, "{") {
		if back := parseText(t, text); string(filter.JSON(back)) != string(json) {
			t.Errorf("%s\n is read as %s\n not as     %s", text, filter.JSON(back), json)
		}
	}
	if back := parseJSON(t, json); string(filter.JSON(back)) != string(json) {
		t.Errorf("%s\n is read as %s", json, filter.JSON(back))
	}
}

func TestOfficialExamplesAreReadAndWritten(t *testing.T) {
	dir := samples.Path(t, "conformance/cql2/schema/examples")
	texts, err := filepath.Glob(filepath.Join(dir, "text", "*.txt"))
	if err != nil || len(texts) < 100 {
		t.Fatalf("%d texts, %v", len(texts), err)
	}
	for _, name := range texts {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			e := parseText(t, string(text))
			roundTrip(t, e)
			stem, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".txt"), "-alt")
			json, err := os.ReadFile(filepath.Join(dir, "json", stem+".json"))
			if err != nil {
				t.Fatal(err)
			}
			twin := parseJSON(t, json)
			roundTrip(t, twin)
			if got, want := normal(e), normal(twin); got != want {
				t.Errorf("the text says %s\n the JSON     %s", got, want)
			}
		})
	}
}

// normal writes a condition without the difference between 150 and 150.0.
func normal(e filter.Expr) string {
	s := string(filter.JSON(e))
	for _, end := range []string{",", "]", "}"} {
		s = strings.ReplaceAll(s, ".0"+end, end)
	}
	return s
}
