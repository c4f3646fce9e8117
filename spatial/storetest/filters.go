package storetest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"github.com/shikong-cim/shikong/spatial"
	"github.com/shikong-cim/shikong/spatial/filter"
)

// filters asks a reader thousands of random conditions and compares with what the filter
// itself says of every feature, which is their meaning. SHIKONG_TEST_FILTERS is how many;
// with 20,000 and more the test also holds that each operator was put to the test.
func (s suite) filters(t *testing.T) {
	count := 150
	if n, err := strconv.Atoi(os.Getenv("SHIKONG_TEST_FILTERS")); err == nil {
		count = n
	}
	p := s.begin(t)
	r := &gambler{rand.New(rand.NewPCG(20_260_501, 65))}
	var list []spatial.Feature
	for i := range 240 {
		list = append(list, r.feature(i))
	}
	p.put(replace("m", list...))
	c, err := p.reader.Collection(p.ctx, city)
	p.must(err)
	everything := collect(p, p.ref.Features(p.ctx, all()))
	told := map[string]int{}
	for range count {
		text := r.condition(3)
		f, err := filter.New(mustParse(p, text), c.Fields)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		matches := p.judge(f, everything)
		if 100*matches < len(everything) || 100*matches > 99*len(everything) {
			continue
		}
		filter.Walk(f.Root(), func(e filter.Expr) bool {
			if call, ok := e.(*filter.Call); ok {
				told[call.Op]++
			}
			return true
		})
	}
	if count < 20_000 {
		return
	}
	const enough = 100
	for _, op := range operators {
		if told[op] < enough {
			t.Errorf("%s stood in %d conditions that matched between 1 and 99 %%, which is less than %d", op, told[op], enough)
		}
	}
	t.Logf("%d conditions: %v", count, told)
}

func mustParse(p *play, text string) filter.Expr {
	p.Helper()
	e, err := filter.ParseText(text)
	if err != nil {
		p.Fatalf("%s: %v", text, err)
	}
	return e
}

// judge compares the answer to a filter with what the filter says itself, and returns how
// many match.
func (p *play) judge(f *filter.Filter, everything []spatial.Feature) int {
	p.Helper()
	var want, got []string
	for i := range everything {
		if f.Matches(&everything[i]) {
			want = append(want, everything[i].ID)
		}
	}
	for _, g := range collect(p, p.reader.Features(p.ctx, spatial.Query{Collection: city, Filter: f, Properties: []string{}})) {
		got = append(got, g.ID)
	}
	if a, b := strings.Join(got, " "), strings.Join(want, " "); a != b {
		p.Fatalf("%s\ngot  %s\nwant %s", f, a, b)
	}
	return len(want)
}

// operators are all of the language.
var operators = []string{"and", "or", "not", "=", "<>", "<", ">", "<=", ">=", "like", "between", "in", "isNull", "casei", "accenti",
	"+", "-", "*", "/", "%", "div", "^", "s_contains", "s_crosses", "s_disjoint", "s_equals", "s_intersects", "s_overlaps", "s_touches", "s_within",
	"t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedBy", "t_finishes", "t_intersects", "t_meets", "t_metBy",
	"t_overlappedBy", "t_overlaps", "t_startedBy", "t_starts", "a_containedBy", "a_contains", "a_equals", "a_overlaps"}

// gambler draws features and conditions whose values meet often.
type gambler struct{ *rand.Rand }

func oneOf[T any](r *gambler, list ...T) T { return list[r.IntN(len(list))] }

var words = []string{"", "tower", "Tower", "TOWER", "töwer", "wall", "Straße", "STRASSE", "楼", "a%b", "a_b", "it's", `back\slash`, `"quoted"`, "\u0007bell", "2020-01-01", "wallpaper"}

func (r *gambler) feature(i int) spatial.Feature {
	f := thing(fmt.Sprintf("f%03d", i), oneOf(r, words...), shape(r.geometry()))
	f.Kind, f.Storey = oneOf(r, "", "IfcWall", "IfcSlab"), oneOf(r, "", "1F", "2F")
	if r.IntN(3) > 0 {
		low := float64(r.IntN(20))
		f.Z = spatial.ZRange{Min: low, Max: low + float64(r.IntN(20)), Known: true}
	}
	f.Underground = oneOf(r, spatial.Unknown, spatial.Yes, spatial.No)
	if r.IntN(2) == 0 {
		from := r.IntN(5)
		f.Valid = span(dates[from], dates[from+1+r.IntN(2)])
	}
	var p []spatial.Property
	add := func(name string, v spatial.Value) {
		if r.IntN(6) > 0 {
			p = append(p, spatial.Property{Name: name, Value: v})
		}
	}
	add("n", spatial.IntOf(int64(r.IntN(20)-5)))
	add("f", spatial.FloatOf(float64(r.IntN(40))/4+oneOf(r, 0, 0.1)))
	add("s", spatial.StringOf(oneOf(r, words...)))
	add("b", spatial.BoolOf(r.IntN(2) == 0))
	add("d", spatial.StringOf(oneOf(r, "2020-01-01", "2021-05-05", "2021-05", "2021", "2020-01-01T00:00:00Z", "2019-12-31T16:00:00Z", "soon")))
	add("e", spatial.StringOf(oneOf(r, "2022-01-01", "2021-05-05", "2021-05-06T00:00:00Z")))
	add("mixed", oneOf(r, spatial.IntOf(3), spatial.FloatOf(2.5), spatial.StringOf("tower"), spatial.BoolOf(true), spatial.Value{},
		spatial.JSONOf("123456789012345678901234567890"), spatial.JSONOf("[1]"), spatial.JSONOf(`{"a":"\u0000"}`), spatial.IntOf(9007199254740993)))
	add("a", spatial.JSONOf(oneOf(r, "[1,2,3]", "[2,3]", "[3,2,1,1]", "[]", `["x","y"]`, `["x",1,true]`, "[[1],2]")))
	add("name", spatial.StringOf("own"))
	add(`odd "name"`, spatial.IntOf(int64(r.IntN(3))))
	f.Properties = spatial.NewProperties(p)
	return f
}

// geometry draws on a coarse grid, so that shapes touch, cover and equal each other.
func (r *gambler) geometry() geom.T {
	x, y := 114+float64(r.IntN(6))/100, 22+float64(r.IntN(6))/100
	w, h := float64(1+r.IntN(3))/100, float64(1+r.IntN(3))/100
	switch r.IntN(9) {
	case 0:
		return nil
	case 1, 2:
		return point(x, y)
	case 3:
		return line(x, y, x+w, y+h)
	case 4:
		return line(x, y, x+w, y, x+w, y+h)
	case 5:
		return square(x, y, x+w, y+h, x+w/4, y+h/4, x+w/2, y+h/2)
	case 6:
		return geom.NewMultiPointFlat(geom.XY, []float64{x, y, x + w, y})
	}
	return square(x, y, x+w, y+h)
}

// condition draws a condition of at most that depth.
func (r *gambler) condition(depth int) string {
	if depth == 0 {
		return r.predicate()
	}
	switch r.IntN(6) {
	case 0:
		return "(" + r.condition(depth-1) + " AND " + r.condition(depth-1) + ")"
	case 1:
		return "(" + r.condition(depth-1) + " OR " + r.condition(depth-1) + ")"
	case 2:
		return "NOT (" + r.condition(depth-1) + ")"
	}
	return r.predicate()
}

func (r *gambler) predicate() string {
	compare := oneOf(r, "=", "<>", "<", ">", "<=", ">=")
	switch r.IntN(20) {
	case 0:
		return r.number() + " " + compare + " " + r.number()
	case 1:
		return r.text() + " " + compare + " " + r.text()
	case 2:
		return oneOf(r, "b", "underground", "mixed") + " " + compare + " " + oneOf(r, "TRUE", "FALSE", "b")
	case 3:
		return oneOf(r, "d", "e", "valid_from", "valid_to") + " " + compare + " " + oneOf(r, "DATE('2020-01-01')", "DATE('2021-05-05')", "TIMESTAMP('2019-12-31T16:00:00Z')")
	case 4:
		return r.text() + oneOf(r, " LIKE ", " NOT LIKE ") + oneOf(r, "'tow%'", "'%a%'", "'____'", "'%'", `'a\%b'`, `'a\_b'`, "'T%R'", "CASEI('TOW%')", "ACCENTI('tö%')")
	case 5:
		return r.number() + oneOf(r, " BETWEEN ", " NOT BETWEEN ") + r.literal() + " AND " + r.literal()
	case 6:
		return r.number() + oneOf(r, " IN (", " NOT IN (") + r.literal() + ", " + r.literal() + ", " + r.number() + ")"
	case 7:
		return oneOf(r, "s", "name", "mixed", "storey") + oneOf(r, " IN (", " NOT IN (") + r.quoted() + ", " + r.quoted() + ")"
	case 8:
		return oneOf(r, "n", "s", "mixed", "a", "geometry", "z_min", "class", "valid_to", "name", `"odd ""name"""`) + oneOf(r, " IS NULL", " IS NOT NULL")
	case 9, 10, 11:
		return r.spatial()
	case 12, 13, 14, 15, 16, 17, 18:
		return r.temporal()
	}
	return oneOf(r, "A_CONTAINS", "A_CONTAINEDBY", "A_EQUALS", "A_OVERLAPS") + "(" + oneOf(r, "a", "mixed") + ", " + oneOf(r, "(1, 2)", "(3, 2)", "(1, 2, 3)", "('x', 'y', 1, TRUE)", "(1)", "()", "(2, 3, n)") + ")"
}

func (r *gambler) literal() string {
	return oneOf(r, "0", "1", "3", "5.25", "7.1", "-2", "12", "9007199254740992", "2.5", "1E3")
}

func (r *gambler) number() string {
	base := oneOf(r, "n", "f", "mixed", "z_min", "z_max", `"odd ""name"""`, r.literal())
	if r.IntN(3) > 0 {
		return base
	}
	return "(" + base + " " + oneOf(r, "+", "-", "*", "/", "%", "div", "^") + " " + oneOf(r, "2", "n", "f", "3", "0.5") + ")"
}

func (r *gambler) quoted() string {
	return "'" + strings.ReplaceAll(oneOf(r, words...), "'", "''") + "'"
}

func (r *gambler) text() string {
	base := oneOf(r, "s", "name", "class", "storey", "id", "mixed", "d", r.quoted())
	return oneOf(r, base, base, base, "CASEI("+base+")", "ACCENTI("+base+")", "ACCENTI(CASEI("+base+"))")
}

func (r *gambler) spatial() string {
	op := oneOf(r, "S_CONTAINS", "S_CROSSES", "S_DISJOINT", "S_EQUALS", "S_INTERSECTS", "S_OVERLAPS", "S_TOUCHES", "S_WITHIN")
	g := &filter.Geometry{Shape: nil}
	for g.Shape == nil {
		g.Shape = r.geometry()
	}
	literal := filter.Text(g)
	if r.IntN(3) == 0 {
		x, y := 114+float64(r.IntN(6))/100, 22+float64(r.IntN(6))/100
		literal = fmt.Sprintf("BBOX(%g, %g, %g, %g)", x, y, x+float64(1+r.IntN(4))/100, y+float64(1+r.IntN(4))/100)
		if r.IntN(2) == 0 {
			literal = fmt.Sprintf("BBOX(%g, %g, %d, %g, %g, %d)", x, y, r.IntN(20), x+0.03, y+0.03, 20+r.IntN(20))
		}
	}
	if r.IntN(2) == 0 {
		return op + "(geometry, " + literal + ")"
	}
	return op + "(" + literal + ", geometry)"
}

func (r *gambler) temporal() string {
	op := oneOf(r, "T_AFTER", "T_BEFORE", "T_CONTAINS", "T_DISJOINT", "T_DURING", "T_EQUALS", "T_FINISHEDBY", "T_FINISHES", "T_INTERSECTS",
		"T_MEETS", "T_METBY", "T_OVERLAPPEDBY", "T_OVERLAPS", "T_STARTEDBY", "T_STARTS")
	of := oneOf(r, "d", "valid", "INTERVAL(d, e)", "INTERVAL(valid_from, valid_to)", "INTERVAL(valid_from, e)")
	literal := oneOf(r, "DATE('2020-01-01')", "DATE('2021-05-05')", "TIMESTAMP('2019-12-31T16:00:00Z')", "INTERVAL('2019-01-01', '2020-01-01')",
		"INTERVAL('2020-01-01', '2021-05-05')", "INTERVAL('2021-05-05', '..')", "INTERVAL('..', '2022-01-01')", "INTERVAL('2020-01-01', '2021-12-31')",
		"INTERVAL('1999-12-31', '2021-05-05')", "INTERVAL('2021-01-01', '2022-01-01')", "INTERVAL('2019-01-01', '2023-01-01')")
	if r.IntN(2) == 0 {
		of, literal = literal, of
	}
	return op + "(" + of + ", " + literal + ")"
}
