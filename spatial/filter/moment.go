package filter

import (
	"math"
	"strconv"

	"github.com/shikong-cim/shikong/spatial"
)

// moment is a point in time as finely as it is known: its first and its last tick, in
// microseconds since 1970.
type moment struct{ first, last int64 }

var (
	always = moment{math.MinInt64, math.MinInt64} // before everything
	never  = moment{math.MaxInt64, math.MaxInt64} // after everything
)

// compare orders moments; those that share a tick are equal.
func (m moment) compare(o moment) int {
	switch {
	case m.last < o.first:
		return -1
	case m.first > o.last:
		return 1
	}
	return 0
}

// span is an instant or an interval with both of its ends.
type span struct {
	start, end moment
	isInterval bool
}

func instantAt(m moment) value { return value{kind: isTime, span: span{start: m, end: m}} }

func intervalOf(start, end moment) value {
	return value{kind: isTime, span: span{start: start, end: end, isInterval: true}}
}

// toSpan takes a value for a time: texts are read, whole numbers of four digits are years.
func (v value) toSpan() (span, bool) {
	switch v.kind {
	case isTime:
		return v.span, true
	case isText:
		return readSpan(v.text)
	case isInt:
		if v.i >= 1000 && v.i <= 9999 {
			return readSpan(strconv.FormatInt(v.i, 10))
		}
	}
	return span{}, false
}

func readSpan(text string) (span, bool) {
	if !looksLikeTime(text) {
		return span{}, false
	}
	p, err := spatial.ParsePeriod(text)
	if err != nil {
		return span{}, false
	}
	m := moment{p.Start.UnixMicro(), p.End.UnixMicro() - 1}
	return span{start: m, end: m}, true
}

// looksLikeTime sorts out most texts that are no times without the cost of trying.
func looksLikeTime(s string) bool {
	if len(s) < 4 || len(s) > 40 {
		return false
	}
	return isDigit(s[0]) && isDigit(s[1]) && isDigit(s[2]) && isDigit(s[3])
}

// stands returns an interval as the closed one that the language has: the instant at which
// it ceases is not in it.
func stands(i spatial.Interval) (start, end moment) {
	start, end = always, never
	if !i.Start.IsZero() {
		m := i.Start.UnixMicro()
		start = moment{m, m}
	}
	if !i.End.IsZero() {
		m := i.End.UnixMicro() - 1
		end = moment{m, m}
	}
	return start, end
}

// temporalPredicates are the relations of times (21-065r2 §7.6, after Allen), by what the
// comparisons of starts and ends say.
var temporalPredicates = map[string]func(a, b span) bool{
	"t_after":        func(a, b span) bool { return after(a, b) },
	"t_before":       func(a, b span) bool { return after(b, a) },
	"t_contains":     func(a, b span) bool { return during(b, a) },
	"t_disjoint":     func(a, b span) bool { return after(a, b) || after(b, a) },
	"t_during":       func(a, b span) bool { return during(a, b) },
	"t_equals":       func(a, b span) bool { return a.start.compare(b.start) == 0 && a.end.compare(b.end) == 0 },
	"t_finishedBy":   func(a, b span) bool { return finishes(b, a) },
	"t_finishes":     func(a, b span) bool { return finishes(a, b) },
	"t_intersects":   func(a, b span) bool { return !after(a, b) && !after(b, a) },
	"t_meets":        func(a, b span) bool { return a.end.compare(b.start) == 0 },
	"t_metBy":        func(a, b span) bool { return b.end.compare(a.start) == 0 },
	"t_overlappedBy": func(a, b span) bool { return overlaps(b, a) },
	"t_overlaps":     func(a, b span) bool { return overlaps(a, b) },
	"t_startedBy":    func(a, b span) bool { return starting(b, a) },
	"t_starts":       func(a, b span) bool { return starting(a, b) },
}

func after(a, b span) bool { return a.start.compare(b.end) > 0 }
func during(a, b span) bool {
	return a.start.compare(b.start) > 0 && a.end.compare(b.end) < 0
}
func finishes(a, b span) bool {
	return a.start.compare(b.start) > 0 && a.end.compare(b.end) == 0
}
func starting(a, b span) bool {
	return a.start.compare(b.start) == 0 && a.end.compare(b.end) < 0
}
func overlaps(a, b span) bool {
	return a.start.compare(b.start) < 0 && a.end.compare(b.start) > 0 && a.end.compare(b.end) < 0
}

func buildTemporal(test func(a, b span) bool) func(*compiler, []node) node {
	return func(_ *compiler, args []node) node {
		return binary{args[0], args[1], func(a, b value) value {
			x, okX := a.toSpan()
			y, okY := b.toSpan()
			if !okX || !okY {
				return null
			}
			return boolOf(test(x, y))
		}}
	}
}
