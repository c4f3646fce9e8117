package filter

import (
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// instantOf reads a date or a timestamp; what says which it must be, "" for any.
func instantOf(at place, text, what string) (*Instant, error) {
	isDate := len(text) == len("2006-01-02")
	if (what == "date") != isDate && what != "" {
		return nil, wrong(at, "write DATE('2024-05-01') or TIMESTAMP('2024-05-01T08:00:00Z')", "'%s' is no %s", clip(text), what)
	}
	t, err := spatial.ParseTime(text)
	if err != nil || (!isDate && len(text) < len("2006-01-02T15:04")) {
		return nil, wrong(at, "write 2024-05-01 or 2024-05-01T08:00:00Z", "'%s' is no date or time", clip(text))
	}
	return &Instant{Date: isDate, Time: t}, nil
}

// span returns the first and the last tick of the instant.
func (i *Instant) span() moment {
	first := i.Time.UnixMicro()
	if i.Date {
		return moment{first, first + day.Microseconds() - 1}
	}
	return moment{first, first}
}

const day = 24 * time.Hour

// text returns the date or time as CQL2 writes it.
func (i *Instant) text() string {
	if i.Date {
		return i.Time.In(time.FixedZone("", 8*3600)).Format("2006-01-02")
	}
	return i.Time.UTC().Format(time.RFC3339Nano)
}

func checkBound(at place, e Expr) error {
	switch e := e.(type) {
	case *Instant, *Property:
		return nil
	case *Call:
		if kindsOf(e)&(kindInstant|kindText|kindNumber) != 0 {
			return nil
		}
	}
	return wrong(at, "give a date or timestamp in single quotes, '..' or a property", "an interval cannot begin or end with %s", kindsOf(e))
}

// check reports an interval that runs backwards.
func (i *Interval) check(at place) error {
	a, okA := i.Start.(*Instant)
	b, okB := i.End.(*Instant)
	if okA && okB && a.span().first > b.span().last {
		return wrong(at, "the earlier end comes first", "the interval ends before it begins")
	}
	return nil
}
