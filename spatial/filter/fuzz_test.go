package filter_test

import (
	"testing"

	"github.com/shikong-cim/shikong/spatial/filter"
)

// judge holds what every condition that can be read keeps to: it is written and read as the
// same, can be checked, and can be asked.
func judge(t *testing.T, e filter.Expr) {
	t.Helper()
	roundTrip(t, e)
	f, err := filter.New(e, nil)
	if err != nil {
		return
	}
	f.Matches(tower(t))
	f.Bounds()
	f.Sieve()
}

func FuzzParseText(f *testing.F) {
	for _, seed := range []string{"floors > 5 AND use LIKE 'a%'", "NOT (a IS NULL OR b IN (1,'x'))", "S_INTERSECTS(geometry, POLYGON Z((0 0 1, 1 0 1, 1 1 1, 0 0 1), EMPTY))",
		"T_DURING(INTERVAL(a, '..'), INTERVAL('2020-01-01', '..'))", "-a ^ 2 + b div 3 <> .5E-3", `"odd ""name""" = 'it''s' OR x = 'back\\'`, "A_EQUALS((1,(2,TRUE),()), a)",
		"S_WITHIN(GEOMETRYCOLLECTION(POINT(0 0), MULTIPOINT((1 1), 2 2), MULTIPOLYGON(EMPTY, ((0 0, 1 0, 1 1, 0 0)))), BBOX(1,2,3,4,5,6))", "Foo(a, 'b') = accenti(casei('ß'))"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := filter.ParseText(text); err == nil {
			judge(t, e)
		}
	})
}

func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{`{"op":"and","args":[{"op":"=","args":[{"property":"a"},1.5]},true]}`, `{"op":"in","args":[{"property":"a"},[1,"x",{"date":"2020-01-01"}]]}`,
		`{"op":"s_within","args":[{"property":"geometry"},{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[]]}]}`,
		`{"op":"t_metBy","args":[{"interval":["..",{"property":"a"}]},{"timestamp":"2020-01-01T00:00:00Z"}]}`, `{"op":"a_overlaps","args":[[1,[2]],{"op":"Foo","args":[]}]}`,
		`{"op":"s_equals","args":[{"bbox":[1,2,3,4]},{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[]}]}]}`, `{"op":"=","args":["a\\","\u0000'"]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := filter.ParseJSON([]byte(text)); err == nil {
			judge(t, e)
		}
	})
}
