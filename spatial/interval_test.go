package spatial_test

import (
	"errors"
	"testing"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

func TestParseTime(t *testing.T) {
	rows := []struct{ name, in, want string }{
		{"a date is a Beijing day", "2024-05-01", "2024-04-30T16:00:00Z"},
		{"a month begins on its first Beijing day", "2024-05", "2024-04-30T16:00:00Z"},
		{"a year begins on its first Beijing day", "1005", "1004-12-31T16:00:00Z"},
		{"a time without an offset is Beijing time", "2024-05-01T08:00:00", "2024-05-01T00:00:00Z"},
		{"an offset is kept", "2024-05-01T08:00:00+02:00", "2024-05-01T06:00:00Z"},
		{"fractions are cut to microseconds", "2024-05-01T00:00:00.1234567Z", "2024-05-01T00:00:00.123456Z"},
		{"the last year", "9999-12-31", "9999-12-30T16:00:00Z"},
		{"a leap second is refused", "2016-12-31T23:59:60Z", ""},
		{"a date that does not exist is refused", "2023-02-29", ""},
		{"a month that does not exist is refused", "2023-13-01", ""},
		{"a date with a letter is refused", "2023-1a-01", ""},
		{"year zero is refused", "0000-01-01", ""},
		{"words are refused", "yesterday", ""},
		{"nothing is refused", "", ""},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			got, err := spatial.ParseTime(r.in)
			if r.want == "" {
				if !errors.Is(err, spatial.ErrInvalid) {
					t.Fatalf("got %v, %v; want ErrInvalid", got, err)
				}
				return
			}
			if err != nil || spatial.FormatTime(got) != r.want {
				t.Fatalf("got %s, %v; want %s", spatial.FormatTime(got), err, r.want)
			}
		})
	}
}

func TestIntervalsAreHalfOpen(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2024, 1, n, 0, 0, 0, 0, time.UTC) }
	rows := []struct {
		name string
		a, b spatial.Interval
		want bool
	}{
		{"one ends where the other begins", spatial.Interval{Start: day(1), End: day(2)}, spatial.Interval{Start: day(2), End: day(3)}, false},
		{"they share a day", spatial.Interval{Start: day(1), End: day(3)}, spatial.Interval{Start: day(2), End: day(4)}, true},
		{"all of time meets everything", spatial.Interval{}, spatial.Interval{Start: day(2), End: day(3)}, true},
		{"the instant of the start is inside", spatial.At(day(2)), spatial.Interval{Start: day(2), End: day(3)}, true},
		{"the instant of the end is outside", spatial.At(day(3)), spatial.Interval{Start: day(2), End: day(3)}, false},
		{"open end meets open start", spatial.Interval{Start: day(2)}, spatial.Interval{End: day(3)}, true},
		{"open end misses an earlier open start", spatial.Interval{Start: day(3)}, spatial.Interval{End: day(3)}, false},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			if r.a.Overlaps(r.b) != r.want || r.b.Overlaps(r.a) != r.want {
				t.Fatalf("Overlaps = %v and %v, want %v both ways", r.a.Overlaps(r.b), r.b.Overlaps(r.a), r.want)
			}
		})
	}
	if !(spatial.Interval{Start: day(1), End: day(2)}).Contains(day(1)) || (spatial.Interval{Start: day(1), End: day(2)}).Contains(day(2)) {
		t.Fatal("Contains: the start is in, the end is out")
	}
	if err := (spatial.Interval{Start: day(2), End: day(2)}).Validate(); !errors.Is(err, spatial.ErrInvalid) {
		t.Fatalf("an empty interval: %v, want ErrInvalid", err)
	}
}
