package filter_test

import (
	"strings"
	"testing"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// What a condition may cost is bounded where it is read.
func TestConditionsHaveLimits(t *testing.T) {
	for name, text := range map[string]string{
		"a long pattern":      "use LIKE '" + strings.Repeat("a", filter.MaxPattern+1) + "'",
		"deep parentheses":    strings.Repeat("(", 1000) + "TRUE" + strings.Repeat(")", 1000),
		"many signs":          "1 = " + strings.Repeat("-", 10_000) + "1",
		"many negations":      strings.Repeat("NOT ", 10_000) + "TRUE",
		"many operands":       "a IN (" + strings.Repeat("1,", filter.MaxNodes) + "1)",
		"many positions":      "S_WITHIN(geometry, MULTIPOINT(" + strings.Repeat("1 2,", filter.MaxVertices) + "1 2))",
		"deep functions":      strings.Repeat("casei(", 1000) + "use" + strings.Repeat(")", 1000) + " = 'x'",
		"a text without end":  "use = '" + strings.Repeat("a", filter.MaxBytes),
		"deep collections":    "S_WITHIN(geometry," + strings.Repeat("GEOMETRYCOLLECTION(", 1000) + "POINT(1 2)" + strings.Repeat(")", 1001),
		"a chain of plus":     "1 = 1" + strings.Repeat("+1", 1000),
		"a JSON nested deep":  strings.Repeat(`{"op":"not","args":[`, 1000) + "true" + strings.Repeat("]}", 1000),
		"a JSON of a pattern": `{"op":"like","args":[{"property":"use"},"` + strings.Repeat("%a", filter.MaxPattern) + `"]}`,
	} {
		if _, err := filter.Parse(text); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	if _, err := filter.ParseText("use LIKE '" + strings.Repeat("a", filter.MaxPattern) + "'"); err != nil {
		t.Error(err)
	}
}

func TestTextsDoNotGrowWithoutEnd(t *testing.T) {
	f := tower(t)
	f.Properties = spatial.NewProperties([]spatial.Property{{Name: "long", Value: spatial.StringOf(strings.Repeat("a", 1000))}})
	for text, want := range map[string]bool{
		"length(concat(" + strings.Repeat("long,", 999) + "long)) = 1000000": true,
		"concat(" + strings.Repeat("long,", 1999) + "long) IS NULL":          true,
		"'x' LIKE long": false,
		"concat(long,long) LIKE concat(long,long)": false, // a pattern that is too long matches nothing
	} {
		if got := newFilter(t, text, nil).Matches(f); got != want {
			t.Errorf("%.40s…: %v", text, got)
		}
	}
}
