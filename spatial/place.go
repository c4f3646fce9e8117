package spatial

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// ParsePlace reads a position as people write it: "114.057,22.543", "22.543 114.057" (what
// can be no latitude is the longitude; where both could be, longitude comes first),
// "22°32'35.5"N 114°3'25"E", "北纬22.543 东经114.057". ok is false for anything else.
func ParsePlace(text string) (lon, lat float64, ok bool) {
	const most = 100
	if len(text) > most {
		return 0, 0, false
	}
	parts := placeRule.FindStringSubmatch(hemispheres.Replace(strings.ToUpper(width.Fold.String(text))))
	if parts == nil {
		return 0, 0, false
	}
	a, axisA, okA := component(parts[1:7])
	b, axisB, okB := component(parts[7:13])
	switch {
	case !okA || !okB || (axisA != 0 && axisA == axisB):
		return 0, 0, false
	case axisA == latitude || axisB == longitude || (axisA == 0 && axisB == 0 && math.Abs(b) > 90):
		a, b = b, a
	}
	return a, b, math.Abs(a) <= 180 && math.Abs(b) <= 90
}

type axis int

const (
	longitude axis = 1
	latitude  axis = 2
)

const componentRule = `([NSEW])?\s*([+-]?\d+(?:\.\d+)?)\s*[°度]?\s*(?:(\d+(?:\.\d+)?)\s*['′’分])?\s*(?:(\d+(?:\.\d+)?)\s*(?:["″”秒]|''))?\s*([NSEW])?()`

var (
	placeRule   = regexp.MustCompile(`^\s*` + componentRule + `\s*[,;，/ ]\s*` + componentRule + `\s*$`)
	hemispheres = strings.NewReplacer("北纬", "N", "南纬", "S", "东经", "E", "西经", "W", "LAT", "", "LON", "", ":", " ", "=", " ")
)

// component reads letter, degrees, minutes, seconds, letter.
func component(p []string) (v float64, of axis, ok bool) {
	for i, text := range p[1:4] {
		if text == "" {
			continue
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || (i > 0 && n >= 60) {
			return 0, 0, false
		}
		v += math.Abs(n) / math.Pow(60, float64(i))
	}
	if strings.HasPrefix(p[1], "-") {
		v = -v
	}
	letter := p[0] + p[4]
	if len(letter) > 1 {
		return 0, 0, false
	}
	switch letter {
	case "N", "S":
		of = latitude
	case "E", "W":
		of = longitude
	}
	if letter == "S" || letter == "W" {
		v = -v
	}
	return v, of, true
}
