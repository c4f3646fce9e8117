package spatial

import (
	"fmt"
	"time"
)

// Tick is the resolution of every time in a store: one microsecond, what PostgreSQL keeps.
const Tick = time.Microsecond

// Interval is a half-open span of time [Start, End). A zero Start or End is unbounded,
// so the zero Interval is all of time.
type Interval struct {
	Start, End time.Time
}

// At returns the interval that holds the instant t and nothing else at the store's resolution.
func At(t time.Time) Interval {
	t = t.Truncate(Tick)
	return Interval{Start: t, End: t.Add(Tick)}
}

// IsAll reports whether the interval is unbounded on both sides.
func (i Interval) IsAll() bool { return i.Start.IsZero() && i.End.IsZero() }

// Contains reports whether the instant t lies in the interval.
func (i Interval) Contains(t time.Time) bool {
	return (i.Start.IsZero() || !t.Before(i.Start)) && (i.End.IsZero() || t.Before(i.End))
}

// Overlaps reports whether the two intervals share an instant.
func (i Interval) Overlaps(o Interval) bool {
	return (i.End.IsZero() || o.Start.IsZero() || o.Start.Before(i.End)) &&
		(o.End.IsZero() || i.Start.IsZero() || i.Start.Before(o.End))
}

// Equal reports whether both bounds are the same instants.
func (i Interval) Equal(o Interval) bool { return i.Start.Equal(o.Start) && i.End.Equal(o.End) }

// Turns reports whether the interval begins or ends at an instant in o; an unbounded side
// does so never.
func (i Interval) Turns(o Interval) bool {
	return (!i.Start.IsZero() && o.Contains(i.Start)) || (!i.End.IsZero() && o.Contains(i.End))
}

// Validate returns ErrInvalid when the interval is empty or runs backwards.
func (i Interval) Validate() error {
	if i.Start.IsZero() || i.End.IsZero() || i.Start.Before(i.End) {
		return nil
	}
	return &Problem{Kind: ErrInvalid, Code: "empty-interval",
		Message: fmt.Sprintf("the interval ends at %s, not after its start %s", FormatTime(i.End), FormatTime(i.Start))}
}

// Micros returns the bounds as microseconds since 1970-01-01T00:00:00Z; ok is false for an
// unbounded side. Stores and columns keep times in this form.
func (i Interval) Micros() (start int64, startOK bool, end int64, endOK bool) {
	if startOK = !i.Start.IsZero(); startOK {
		start = i.Start.UnixMicro()
	}
	if endOK = !i.End.IsZero(); endOK {
		end = i.End.UnixMicro()
	}
	return start, startOK, end, endOK
}

// Beijing is the zone in which people in a Chinese city read and write dates.
var beijing = time.FixedZone("+08:00", 8*3600)

// minTime and maxTime bound what is accepted: years 1 to 9999. Year 1 begins one tick after
// the zero time, which means "unbounded" here.
const maxYear = 9999

// endOfTime is the last instant that a store can hold.
var endOfTime = time.Date(maxYear, 12, 31, 23, 59, 59, int(time.Second-Tick), time.UTC)

// ParseTime reads an RFC 3339 time, or a date "2024-05-01", "2024-05" or "2024", which is
// the first instant of that Beijing day, month or year. A time without an offset is Beijing
// time. Leap seconds and years outside 1…9999 are ErrInvalid.
func ParseTime(s string) (time.Time, error) {
	if t, ok := parseDate(s); ok {
		return checkTime(s, t)
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return checkTime(s, t)
		}
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01", "2006", "20060102"} {
		if t, err := time.ParseInLocation(layout, s, beijing); err == nil {
			return checkTime(s, t)
		}
	}
	return time.Time{}, badTime(s)
}

// parseDate reads "2024-05-01", by far the most common form, without trying the others.
func parseDate(s string) (time.Time, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return time.Time{}, false
	}
	var n [8]int
	for i, at := range [8]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if n[i] = int(s[at]) - '0'; n[i] < 0 || n[i] > 9 {
			return time.Time{}, false
		}
	}
	month, day := time.Month(10*n[4]+n[5]), 10*n[6]+n[7]
	t := time.Date(1000*n[0]+100*n[1]+10*n[2]+n[3], month, day, 0, 0, 0, 0, beijing)
	// A day that the month does not have comes out as another one.
	return t, t.Month() == month && t.Day() == day
}

// ParsePeriod reads what ParseTime reads and returns the whole of it: a date is a Beijing day,
// a month or a year all of its days, an instant one tick.
func ParsePeriod(s string) (Interval, error) {
	start, err := ParseTime(s)
	if err != nil {
		return Interval{}, err
	}
	days, months, years := 0, 0, 0
	switch len(s) {
	case len("2024"):
		years = 1
	case len("2024-05"):
		months = 1
	case len("2024-05-01"), len("20240501"):
		days = 1
	default:
		return At(start), nil
	}
	return Interval{Start: start, End: start.In(beijing).AddDate(years, months, days).UTC()}, nil
}

func badTime(s string) error {
	if len(s) > 40 {
		s = s[:40] + "…"
	}
	return &Problem{Kind: ErrInvalid, Code: "invalid-time", Message: fmt.Sprintf("%q is no date or time", s),
		Hint: "write 2024-05-01 or 2024-05-01T08:00:00+08:00"}
}

func checkTime(s string, t time.Time) (time.Time, error) {
	t = t.UTC().Truncate(Tick)
	if t.IsZero() || t.Year() < 1 || t.Year() > maxYear {
		return time.Time{}, badTime(s)
	}
	return t, nil
}

// FormatTime writes a time as RFC 3339 in UTC with as many fractional digits as needed, and
// "" for the zero time.
func FormatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
