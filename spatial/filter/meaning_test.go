package filter_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// tower is what the conditions of these tests are asked of.
func tower(t testing.TB) *spatial.Feature {
	t.Helper()
	p, err := spatial.ParseProperties([]byte(`{"floors":12,"height":44.5,"use":"Office","mixed":"12","open":true,"none":null,"list":[1,"a",null],
		"built":"1995-06-01","year":1995,"when":"2020-01-01T12:00:00+08:00","name":"of the source","big":9007199254740993,"huge":1e999,"object":{"a":1},
		"Gross Area":7,"and":1,"楼层":3,"town":"Åre","percent":"50%","quote":"it's","valid":"yes"}`))
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Date(1994, 12, 31, 16, 0, 0, 0, time.UTC) // 1995-01-01 in Beijing
	return &spatial.Feature{ID: "t1", Model: "m", Kind: "tower", Storey: "", Properties: p,
		Geometry: geom.NewPolygonFlat(geom.XY, []float64{114, 22, 114.01, 22, 114.01, 22.01, 114, 22.01, 114, 22}, []int{10}),
		Z:        spatial.ZRange{Min: 5, Max: 49.5, Known: true}, Valid: spatial.Interval{Start: begin, End: begin.AddDate(20, 0, 0)}}
}

// What a condition comes to: true, or false, or unknown, which its NOT shows.
func TestMeaning(t *testing.T) {
	const yes, no, unknown = "true", "false", "unknown"
	for _, c := range []struct{ text, want string }{
		// Comparison.
		{"floors = 12", yes}, {"floors <> 12", no}, {"floors >= 12.0", yes}, {"height < 44.6", yes}, {"12 = floors", yes},
		{"big = 9007199254740993", yes}, {"big = 9007199254740992.0", no}, {"big > 9007199254740992.0", yes},
		{"use = 'Office'", yes}, {"use = 'office'", no}, {"use < 'P'", yes}, {"open = TRUE", yes}, {"open", yes}, {"NOT open", no}, {"open > FALSE", yes},
		// Null and what cannot be compared.
		{"none = 1", unknown}, {"nowhere = 1", unknown}, {"none <> 1", unknown}, {"mixed = 12", unknown}, {"floors = '12'", unknown}, {"use > 3", unknown},
		{"none IS NULL", yes}, {"nowhere IS NULL", yes}, {"floors IS NULL", no}, {"floors IS NOT NULL", yes}, {"object IS NULL", no}, {"object = 1", unknown},
		{"huge = 1", unknown}, {"huge IS NULL", yes}, {"(none = 1) IS NULL", yes}, {"geometry IS NOT NULL", yes},
		// Logic of three values.
		{"none = 1 AND FALSE", no}, {"none = 1 AND TRUE", unknown}, {"none = 1 OR TRUE", yes}, {"none = 1 OR FALSE", unknown}, {"NOT (none = 1)", unknown},
		{"TRUE AND TRUE AND FALSE", no}, {"FALSE OR FALSE OR TRUE", yes}, {"NOT TRUE OR TRUE", yes}, {"TRUE OR TRUE AND FALSE", yes},
		// LIKE, BETWEEN, IN.
		{"use LIKE 'Off%'", yes}, {"use LIKE '_ffic_'", yes}, {"use LIKE 'off%'", no}, {"use NOT LIKE '%x%'", yes}, {"use LIKE ''", no}, {"use LIKE '%'", yes},
		{`percent LIKE '50\%'`, yes}, {`use LIKE '\O%'`, yes}, {"floors LIKE '1%'", unknown}, {"none LIKE '%'", unknown}, {"quote LIKE 'it''s'", yes},
		{"floors BETWEEN 12 AND 13", yes}, {"floors NOT BETWEEN 1 AND 5", yes}, {"floors BETWEEN none AND 5", no}, {"floors BETWEEN none AND 50", unknown},
		{"use BETWEEN 'A' AND 'Z'", yes}, {"floors IN (1, 12)", yes}, {"floors NOT IN (1, 2)", yes}, {"floors IN (1, none)", unknown}, {"floors IN (12, none)", yes},
		{"floors NOT IN (1, none)", unknown}, {"'a' IN ('b')", no},
		// Letters.
		{"CASEI(use) = CASEI('OFFICE')", yes}, {"ACCENTI(town) = 'Are'", yes}, {"ACCENTI(CASEI(town)) LIKE 'ar%'", yes}, {"CASEI('Straße') = CASEI('STRASSE')", yes},
		{"CASEI('ΟΔΟΣ') = CASEI('οδος')", yes}, {"ACCENTI('が') = 'か'", no}, {"CASEI(floors) = '12'", unknown},
		// Arithmetic.
		{"floors + 1 = 13", yes}, {"floors - 2 * 3 = 6", yes}, {"(floors - 2) * 3 = 30", yes}, {"floors / 8 = 1.5", yes}, {"floors div 5 = 2", yes}, {"-7 div 2 = -3", yes},
		{"floors % 5 = 2", yes}, {"-floors = -12", yes}, {"2 ^ 3 = 8", yes}, {"-2 ^ 2 = 4", yes}, {"floors / 0 = 1", unknown}, {"floors % 0 IS NULL", yes},
		{"9223372036854775807 + 1 > 9223372036854775807", yes}, {"floors + use = 1", unknown}, {"height * 2 = 89", yes},
		// Times.
		{"built = DATE('1995-06-01')", yes}, {"built < DATE('1995-06-02')", yes}, {"built = TIMESTAMP('1995-05-31T16:00:00Z')", yes},
		{"built = TIMESTAMP('1995-06-01T16:00:00Z')", no}, {"when = DATE('2020-01-01')", yes}, {"when = TIMESTAMP('2020-01-01T04:00:00Z')", yes},
		{"year = DATE('1995-06-01')", yes}, {"year < DATE('1996-01-01')", yes}, {"use = DATE('1995-06-01')", unknown}, {"built = '1995-06-01'", yes},
		{"T_BEFORE(built, DATE('1995-06-01'))", no}, {"T_AFTER(built, DATE('1995-05-31'))", yes}, {"T_INTERSECTS(valid, DATE('1995-01-01'))", yes},
		{"T_INTERSECTS(INTERVAL(valid_from, valid_to), DATE('1995-01-01'))", yes}, {"T_INTERSECTS(INTERVAL(valid_from, valid_to), DATE('2015-01-01'))", no},
		{"T_INTERSECTS(INTERVAL(valid_from, valid_to), DATE('2014-12-31'))", yes}, {"valid_from = DATE('1995-01-01')", yes}, {"valid_to > DATE('2014-12-31')", yes},
		{"T_DURING(built, INTERVAL('1995-01-01', '..'))", yes}, {"T_DURING(INTERVAL(built, when), INTERVAL('..', '..'))", yes}, {"T_EQUALS(INTERVAL(when, built), built)", unknown},
		{"T_BEFORE(none, DATE('2000-01-01'))", unknown}, {"T_BEFORE(INTERVAL(built, none), DATE('2000-01-01'))", unknown}, {"recorded_to IS NULL", yes},
		// Arrays.
		{"A_CONTAINS(list, (1))", yes}, {"A_CONTAINS(list, ('a', 1))", yes}, {"A_EQUALS(list, (1, 'a'))", no}, {"A_OVERLAPS(list, (2, 'a'))", yes},
		{"A_CONTAINEDBY((1, 'a'), list)", yes}, {"A_EQUALS((1, 2), (2, 1, 1))", yes}, {"A_CONTAINS(list, ())", yes}, {"A_CONTAINS(floors, (1))", unknown},
		{"A_EQUALS(((1, 2), 3), (3, (2, 1)))", yes}, {"A_CONTAINS((DATE('2020-01-01')), ('2020-01-01'))", yes},
		// Space.
		{"S_INTERSECTS(geometry, POINT(114.005 22.005))", yes}, {"S_WITHIN(geometry, BBOX(113, 21, 115, 23))", yes}, {"S_TOUCHES(geometry, POINT(114 22))", yes},
		{"S_DISJOINT(geometry, BBOX(170, -10, -170, 10))", yes}, {"S_INTERSECTS(geometry, BBOX(113, 21, 60, 115, 23, 90))", no}, {"S_INTERSECTS(geometry, BBOX(113, 21, 49, 115, 23, 90))", yes},
		{"S_DISJOINT(geometry, BBOX(113, 21, 60, 115, 23, 90))", yes}, {"S_INTERSECTS(geometry, BBOX(113, -10, -170, 50))", yes}, {"S_CROSSES(LINESTRING(113 22.005, 115 22.005), geometry)", yes},
		{"S_EQUALS(geometry, POLYGON((114.01 22.01, 114 22.01, 114 22, 114.01 22, 114.01 22.01)))", yes}, {"S_INTERSECTS(none, POINT(1 2))", unknown},
		{"S_INTERSECTS(POINT(1 2), POINT(1 2))", yes},
		// Members and names.
		{"id = 't1'", yes}, {"class = 'tower'", yes}, {"model = 'm'", yes}, {"name = 'of the source'", yes}, {"storey IS NULL", yes}, {"z_max - z_min = height", yes},
		{"underground IS NULL", yes}, {`"Gross Area" = 7`, yes}, {`"and" = 1`, yes}, {"楼层 = 3", yes}, {`"floors" = 12`, yes},
		// Functions.
		{"abs(-3) = 3", yes}, {"floor(height) = 44", yes}, {"ceil(height) = 45", yes}, {"round(height) = 45", yes}, {"sqrt(-1) IS NULL", yes}, {"lower(use) = 'office'", yes},
		{"UPPER(use) = 'OFFICE'", yes}, {"length(town) = 3", yes}, {"concat(use, '-', town) = 'Office-Åre'", yes}, {"coalesce(none, use, 'x') = 'Office'", yes},
		{"year(built) = 1995 AND month(built) = 6 AND day(built) = 1", yes}, {"distance(geometry, POINT(114.02 22.005)) BETWEEN 1032 AND 1034", yes}, {"trim('  a ') = 'a'", yes},
		{"in(floors, 1, 12)", yes}, {"like(use, 'O%')", yes}, {"isnull(none)", yes},
	} {
		t.Run(c.text, func(t *testing.T) {
			f := newFilter(t, c.text, nil)
			not := newFilter(t, "NOT ("+c.text+")", nil)
			got := unknown
			switch {
			case f.Matches(tower(t)):
				got = yes
			case not.Matches(tower(t)):
				got = no
			}
			if got != c.want {
				t.Errorf("%s is %s, want %s", f, got, c.want)
			}
			roundTrip(t, f.Root())
		})
	}
}

func TestWhatCannotBeReadIsSaidWithItsPlace(t *testing.T) {
	deep := strings.Repeat("(", 1000) + "TRUE" + strings.Repeat(")", 1000)
	for name, c := range map[string]struct {
		text   string
		offset int
		says   string
	}{
		"nothing":                          {"  ", 2, "the filter is empty"},
		"an operand is missing":            {"floors >", 8, "expected a property, a value or “(”, found the end"},
		"an operator is missing":           {"floors 5", 7, "expected an operator or the end, found “5”"},
		"a parenthesis is missing":         {"(floors = 5", 11, "expected “)”, found the end"},
		"a parenthesis too many":           {"floors = 5)", 10, "expected an operator or the end, found “)”"},
		"a quote is missing":               {"use = 'tower", 6, "the quote that opens here is not closed"},
		"the inequality of C":              {"floors != 5", 7, "unequal is written <>"},
		"a keyword as a name":              {"and = 5", 0, `a property of this name is written "and"`},
		"a condition compared":             {"floors = 5 = 5", 11, "expected an operator or the end"},
		"no condition":                     {"floors + 1", 0, "a number, not a condition"},
		"two exponents":                    {"2 ^ 2 ^ 2 = 16", 6, "put parentheses"},
		"NOT of nothing known":             {"floors NOT 5", 11, "expected LIKE, BETWEEN or IN, found “5”"},
		"numbers and texts":                {"3 = 'three'", 2, "a number cannot be compared with a text"},
		"a number as a condition":          {"TRUE AND 3", 5, "and takes a condition as operand 2, not a number"},
		"too few operands":                 {"CASEI() = 'a'", 0, "casei takes 1 operands, not 0"},
		"a date of 13 months":              {"built = DATE('2020-13-01')", 13, "'2020-13-01' is no date or time"},
		"a leap second":                    {"built = TIMESTAMP('2016-12-31T23:59:60Z')", 18, "is no date or time"},
		"an interval that runs backwards":  {"T_DURING(a, INTERVAL('2020-01-02', '2020-01-01'))", 12, "ends before it begins"},
		"a ring that is open":              {"S_WITHIN(geometry, POLYGON((0 0, 1 0, 1 1, 0 1)))", 19, "does not end where it begins"},
		"a ring of three":                  {"S_WITHIN(geometry, POLYGON((0 0, 1 0, 0 0)))", 19, "too short"},
		"a point of one number":            {"S_WITHIN(geometry, POINT(0))", 26, "expected a number, found “)”"},
		"heights for some":                 {"S_WITHIN(geometry, LINESTRING(0 0, 1 1 1))", 40, "with and without heights"},
		"a box of five numbers":            {"S_WITHIN(geometry, BBOX(1,2,3,4,5))", 19, "4 or 6 numbers, not 5"},
		"a box that runs south":            {"S_WITHIN(geometry, BBOX(1,4,3,2))", 19, "runs backwards"},
		"a geometry where a number stands": {"POINT(0 0) > 3", 11, "takes a condition or a number or a text"},
		"a number beyond all floats":       {"floors = 1E999", 9, "no number that fits"},
		"a typographic quote":              {"use = ‘a’", 6, "typographic quote"},
		"CQL2 JSON":                        {`{"op":"="}`, 0, "filter-lang=cql2-json"},
		"not UTF-8":                        {"use = 'a\xff'", 6, "no UTF-8"},
		"too deep":                         {deep, 0, "nested deeper"},
		"an empty list":                    {"floors IN ()", 7, "the list of IN is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := filter.ParseText(c.text)
			var at *filter.SyntaxError
			if !errors.As(err, &at) || !errors.Is(err, spatial.ErrInvalid) {
				t.Fatalf("got %v", err)
			}
			if (c.offset != at.Offset && name != "too deep") || !strings.Contains(err.Error(), c.says) {
				t.Errorf("at %d, want %d: %v", at.Offset, c.offset, err)
			}
		})
	}
}

func TestWhatAskedForIsNotThereIsSaid(t *testing.T) {
	fields := []spatial.Field{{Name: "floors", Type: spatial.FieldInteger}, {Name: "use", Type: spatial.FieldString}, {Name: "open", Type: spatial.FieldBoolean}}
	for text, says := range map[string]string{
		"flors = 5":                    `at byte 0: there is no property "flors"; there are floors, use, open, class, geometry, id`,
		"TRUE OR Use='x'":              `at byte 8: there is no property "Use"; did you mean use?`,
		"fly(floors)":                  `at byte 0: there is no function "fly"; there are abs, ceil`,
		"floors = 'x'":                 `at byte 0: the property "floors" is a number`,
		"open = 3":                     `at byte 0: the property "open" is a condition and cannot be compared with a number`,
		"geometry = 3":                 `takes a condition or a number`,
		"S_WITHIN(floors, POINT(0 0))": `s_within takes a geometry as operand 1, and the property "floors" is a number`,
		"S_WITHIN(geometry, POLYGON((0 0, 2 2, 2 0, 0 2, 0 0)))": "a geometry of the filter is invalid",
		"abs('x') = 1": "abs takes a number as operand 1, not a text",
	} {
		_, err := filter.New(parseText(t, text), fields)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v\nwant %s", text, err, says)
		}
	}
	for _, text := range []string{"floors = 5 AND use LIKE 'x%'", "open", "T_INTERSECTS(valid, DATE('2020-01-01'))", "name = 'x' AND z_min > 3", "floors > DATE('1990-01-01')"} {
		newFilter(t, text, fields)
	}
}

func TestJSONThatIsNoConditionIsSaidWithItsPlace(t *testing.T) {
	for text, says := range map[string]string{
		`{`:                     "at /: the filter is no JSON",
		`{"op":"="`:             "the filter is no JSON",
		`[1]`:                   "is an array, not a condition",
		`{"op":"=","args":[1]}`: "= takes 2 operands, not 1",
		`{"op":"=","args":[{"property":"a"},null]}`:                                                                      "at /args/1: null is no value",
		`{"op":"and","args":[true,{"op":"=","args":[{"propety":"a"},1]}]}`:                                               `at /args/1/args/0/propety: the member "propety" means nothing`,
		`{"op":"=","op":"<","args":[1,2]}`:                                                                               `the member "op" stands here twice`,
		`{"op":"t_after","args":[{"property":"a"},{"date":"2020"}]}`:                                                     "'2020' is no date",
		`{"op":"t_after","args":[{"property":"a"},{"interval":["2020-01-01"]}]}`:                                         "an interval has 2 ends, not 1",
		`{"op":"s_within","args":[{"property":"a"},{"type":"Point","coordinates":[1]}]}`:                                 "at least two numbers",
		`{"op":"s_within","args":[{"property":"a"},{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}]}`:             "too short",
		`{"op":"s_within","args":[{"property":"a"},{"type":"Polygon","coordinates":[[0,0],[1,0]]}]}`:                     "nested 3 deep",
		`{"op":"s_within","args":[{"property":"a"},{"type":"Polygon","coordinates":[[[]]]}]}`:                            "at least two numbers",
		`{"op":"s_within","args":[{"property":"a"},{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],[1,2]]}]}`: "different depths",
		`{"op":"s_within","args":[{"property":"a"},{"type":"Circle","coordinates":[1,2]}]}`:                              "is no type of geometry",
		`{"op":"s_within","args":[{"property":"a"},{"bbox":[1,2,3]}]}`:                                                   "4 or 6 numbers",
		`true false`: "something follows the filter",
		strings.Repeat(`{"op":"not","args":[`, 500) + "true" + strings.Repeat("]}", 500): "nested deeper",
	} {
		_, err := filter.ParseJSON([]byte(text))
		var at *filter.SyntaxError
		if !errors.As(err, &at) || !strings.Contains(err.Error(), says) {
			t.Errorf("%.80s: %v\nwant %s", text, err, says)
		}
	}
}

func TestAFilterHasItsBounds(t *testing.T) {
	many := "POLYGON((" + strings.Repeat("0 0, ", filter.MaxVertices) + "0 0))"
	for name, text := range map[string]string{
		"too many positions": "S_WITHIN(geometry, " + many + ")",
		"too many operands":  "floors IN (" + strings.Repeat("1,", filter.MaxNodes) + "1)",
		"too long":           "use = '" + strings.Repeat("x", filter.MaxBytes) + "'",
		"too many signs":     strings.Repeat("-", 5000) + "floors = 1",
		"too many factors":   "1" + strings.Repeat("+1", 5000) + " = 1",
	} {
		if _, err := filter.ParseText(text); err == nil || !errors.Is(err, spatial.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheBoundsHoldWhatMatches(t *testing.T) {
	for text, want := range map[string]string{
		"S_INTERSECTS(geometry, BBOX(1, 2, 3, 4))":                                    "1 2 3 4",
		"S_WITHIN(POINT(1 2), geometry) AND S_INTERSECTS(geometry, BBOX(0, 0, 9, 9))": "1 2 1 2",
		"S_INTERSECTS(geometry, BBOX(1, 2, 3, 4)) OR S_TOUCHES(geometry, POINT(9 9))": "1 2 9 9",
		"S_INTERSECTS(geometry, BBOX(1, 2, 3, 4)) OR floors > 3":                      "",
		"S_DISJOINT(geometry, BBOX(1, 2, 3, 4))":                                      "",
		"NOT S_INTERSECTS(geometry, BBOX(1, 2, 3, 4))":                                "",
		"S_INTERSECTS(geometry, BBOX(170, 2, -170, 4)) AND floors > 3":                "170 2 -170 4",
		"S_INTERSECTS(geometry, BBOX(-200, 2, -190, 4))":                              "",
		"S_EQUALS(geometry, POINT EMPTY)":                                             "",
	} {
		box, ok := newFilter(t, text, nil).Bounds()
		got := ""
		if ok {
			got = fmt.Sprint(box.Min[0], box.Min[1], box.Max[0], box.Max[1])
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
