package ifc

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// addDuration adds an ISO 8601 duration, such as P16D, P1Y2M3DT4H5M6S or P2W, to a time;
// false for what is none, or reaches beyond two centuries.
func addDuration(t time.Time, text string) (time.Time, bool) {
	rest, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(text)), "P")
	if !ok || rest == "" {
		return time.Time{}, false
	}
	date, clock, timed := strings.Cut(rest, "T")
	if timed && clock == "" {
		return time.Time{}, false
	}
	var years, months, days, seconds float64
	ok = eachPart(date, map[byte]func(float64){
		'Y': func(v float64) { years = v }, 'M': func(v float64) { months = v },
		'W': func(v float64) { days += 7 * v }, 'D': func(v float64) { days += v },
	}) && eachPart(clock, map[byte]func(float64){
		'H': func(v float64) { seconds += 3600 * v }, 'M': func(v float64) { seconds += 60 * v }, 'S': func(v float64) { seconds += v },
	})
	whole := years == math.Trunc(years) && months == math.Trunc(months)
	if seconds += days * 86400; !ok || !whole || years*366*86400+months*31*86400+seconds > maxSeconds {
		return time.Time{}, false
	}
	return t.AddDate(int(years), int(months), 0).Add(time.Duration(seconds * float64(time.Second))), true
}

// eachPart hands each number of a text to the function of the letter behind it; false when
// something does not fit.
func eachPart(text string, units map[byte]func(float64)) bool {
	for text != "" {
		i := strings.IndexFunc(text, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' })
		if i <= 0 {
			return false
		}
		take := units[text[i]]
		v, err := strconv.ParseFloat(strings.Replace(text[:i], ",", ".", 1), 64)
		if err != nil || take == nil || v > maxSeconds {
			return false
		}
		take(v)
		text = text[i+1:]
	}
	return true
}
