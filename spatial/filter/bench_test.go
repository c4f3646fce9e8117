package filter_test

import "testing"

var conditions = map[string]string{
	"number":  "floors > 5",
	"several": "floors > 5 AND use LIKE 'Off%' AND (open OR height BETWEEN 10 AND 20)",
	"letters": "ACCENTI(CASEI(town)) = ACCENTI(CASEI('ÅRE'))",
	"time":    "T_INTERSECTS(INTERVAL(valid_from, valid_to), INTERVAL('2000-01-01', '2001-01-01'))",
	"box":     "S_INTERSECTS(geometry, BBOX(113.9, 21.9, 114.005, 22.005))",
	"polygon": "S_INTERSECTS(geometry, POLYGON((113.9 21.9, 114.005 21.9, 114.005 22.005, 113.9 22.005, 113.9 21.9)))",
	"within":  "S_WITHIN(geometry, POLYGON((113.9 21.9, 114.2 21.9, 114.2 22.2, 113.9 22.2, 113.9 21.9)))",
}

func BenchmarkParseText(b *testing.B) {
	for name, text := range conditions {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				parseText(b, text)
			}
		})
	}
}

func BenchmarkMatches(b *testing.B) {
	f := tower(b)
	for name, text := range conditions {
		b.Run(name, func(b *testing.B) {
			c := newFilter(b, text, nil)
			b.ReportAllocs()
			for b.Loop() {
				c.Matches(f)
			}
		})
	}
}
