package rest

import (
	"fmt"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/shikong-cim/shikong/spatial"
)

// Format is a form of answer that a client can choose, by ?f= or by Accept.
type Format struct {
	Name  string   // the value of f
	Media []string // media types that ask for it, the first is what Content-Type says
}

// Type returns the media type without a charset, as links say it.
func (f Format) Type() string {
	media, _, _ := strings.Cut(f.Media[0], "; charset=")
	return media
}

// The formats of the interface.
var (
	formatJSON    = Format{Name: "json", Media: []string{MediaJSON}}
	formatGeoJSON = Format{Name: "json", Media: []string{MediaGeoJSON, MediaJSON, "application/vnd.geo+json"}}
	formatSchema  = Format{Name: "json", Media: []string{MediaSchema, MediaJSON}}
	formatOpenAPI = Format{Name: "json", Media: []string{MediaOpenAPI, MediaJSON}}
	formatMVT     = Format{Name: "mvt", Media: []string{MediaMVT, "application/x-protobuf", "application/protobuf", "application/octet-stream"}}
	formatJSONFG  = Format{Name: "jsonfg", Media: []string{MediaJSONFG, "application/fg+json"}}
	formatCSV     = Format{Name: "csv", Media: []string{MediaCSV, "text/csv"}}
	formatSeq     = Format{Name: "geojsonseq", Media: []string{MediaGeoJSONSeq}}
	formatHTML    = Format{Name: "html", Media: []string{MediaHTML, "application/xhtml+xml"}}
)

// JSON is plain JSON.
func JSON() Format { return formatJSON }

// GeoJSON is features as application/geo+json; it is also what application/json asks for.
func GeoJSON() Format { return formatGeoJSON }

// JSONFG is features with time, solids and places in any reference system (OGC 21-045r1).
func JSONFG() Format { return formatJSONFG }

// CSV is features as a table, their geometry as WKT.
func CSV() Format { return formatCSV }

// GeoJSONSeq is features as a GeoJSON text sequence (RFC 8142).
func GeoJSONSeq() Format { return formatSeq }

// Schema is a JSON Schema.
func Schema() Format { return formatSchema }

// OpenAPI is an OpenAPI 3.0 document.
func OpenAPI() Format { return formatOpenAPI }

// MVT is a vector tile.
func MVT() Format { return formatMVT }

// HTML is a page for people.
func HTML() Format { return formatHTML }

// Negotiate chooses among the formats offered: ?f= wins, then Accept (RFC 9110 §12.5.1);
// without either it is the first. It sets Vary. An unknown f is ErrInvalid, an Accept that
// excludes every offer ErrNotAcceptable.
func Negotiate(c echo.Context, offers ...Format) (Format, error) {
	c.Response().Header().Add(echo.HeaderVary, echo.HeaderAccept)
	if f := c.QueryParam("f"); f != "" {
		for _, o := range offers {
			if o.Name == f {
				return o, nil
			}
		}
		return Format{}, BadParam("f", f, "this format is not offered here", "use one of "+names(offers))
	}
	accept := strings.Join(c.Request().Header.Values(echo.HeaderAccept), ",")
	if strings.TrimSpace(accept) == "" {
		return offers[0], nil
	}
	best, bestQ := Format{}, 0.0
	for _, o := range offers {
		if q := quality(accept, o); q > bestQ {
			best, bestQ = o, q
		}
	}
	if bestQ == 0 {
		return Format{}, &spatial.Problem{Kind: ErrNotAcceptable, Code: "not-acceptable",
			Message: fmt.Sprintf("nothing here can be given as %s", clip(accept)), Hint: "ask with ?f=" + names(offers)}
	}
	return best, nil
}

func names(offers []Format) string {
	list := make([]string, len(offers))
	for i, o := range offers {
		list[i] = o.Name
	}
	return strings.Join(list, " or ")
}

// quality returns the weight that an Accept header gives to a format, 0 for none. The most
// specific range that matches a media type decides.
func quality(accept string, o Format) float64 {
	best := 0.0
	for _, m := range o.Media {
		media, _, _ := mime.ParseMediaType(m)
		major, _, _ := strings.Cut(media, "/")
		q, rank := 0.0, -1
		for part := range strings.SplitSeq(accept, ",") {
			got, params, err := mime.ParseMediaType(part)
			if err != nil {
				continue
			}
			r := slices.Index([]string{"*/*", major + "/*", media}, got)
			if r > rank {
				q, rank = weight(params["q"]), r
			}
		}
		best = max(best, q)
	}
	return best
}

func weight(q string) float64 {
	if q == "" {
		return 1
	}
	v, err := strconv.ParseFloat(q, 64)
	if err != nil || !(v >= 0 && v <= 1) {
		return 0
	}
	return v
}
