package crs

import (
	"strconv"
	"strings"
	"unicode"
)

// maxText bounds what Parse reads; the longest WKT of a real system is a few kilobytes.
const maxText = 64 << 10

// Parse returns the system that a text means: an EPSG code ("EPSG:4547", "4547"), a URN
// ("urn:ogc:def:crs:EPSG::4547", "urn:ogc:def:crs:OGC:1.3:CRS84"), an OGC URI
// ("http://www.opengis.net/def/crs/EPSG/0/4547"), any of those in square brackets, a
// compound of two codes ("EPSG:4547+5737"), GCJ-02 or BD-09, the name of a system as
// EPSG, ESRI or IFC spell it, or WKT of version 1 or 2.
//
// The error has code crs-unsupported and quotes what was not understood.
func Parse(text string) (*CRS, error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if text == "" {
		return nil, unsupported("name a system, for example EPSG:4547", "the coordinate reference system is empty")
	}
	if len(text) > maxText {
		return nil, unsupported("", "the coordinate reference system is %d bytes long, more than %d", len(text), maxText)
	}
	if looksLikeWKT(text) {
		return ParseWKT(text)
	}
	c, err := parseIdentifier(text)
	if err == nil {
		return c, nil
	}
	if c := byName(text); c != nil {
		return c, nil
	}
	return nil, err
}

// ogcURIs and ogcURNs spell the systems of the authority OGC.
var (
	ogcURIs = map[string]string{
		"OGC:CRS84":  "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
		"OGC:CRS84h": "http://www.opengis.net/def/crs/OGC/0/CRS84h",
	}
	ogcURNs = map[string]string{
		"OGC:CRS84":  "urn:ogc:def:crs:OGC:1.3:CRS84",
		"OGC:CRS84h": "urn:ogc:def:crs:OGC:0:CRS84h",
	}
)

// CRS84 returns WGS 84 with longitude first, the default of GeoJSON and OGC APIs.
func CRS84() *CRS {
	c := *mustByCode(4326)
	c.code, c.id, c.name, c.order = 0, "OGC:CRS84", "WGS 84 (CRS84)", EastNorth
	return &c
}

// CRS84h returns WGS 84 with longitude first and ellipsoidal height.
func CRS84h() *CRS {
	c := *mustByCode(4979)
	c.code, c.id, c.name, c.order = 0, "OGC:CRS84h", "WGS 84 with ellipsoidal height (CRS84h)", EastNorth
	return &c
}

// parseIdentifier reads a code, URN or URI.
func parseIdentifier(text string) (*CRS, error) {
	s := strings.TrimSpace(text)
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		s = s[1 : len(s)-1]
	}
	unknown := unsupported("name it by its EPSG code, for example EPSG:4547", "the coordinate reference system %s is not known", quote(text))
	authority, code := splitIdentifier(s)
	switch strings.ToUpper(authority) {
	case "EPSG", "":
		return parseCodes(code, unknown)
	case "ESRI":
		if n, err := strconv.Atoi(code); err == nil && codeAliases[n] != 0 {
			return ByCode(n)
		}
	case "OGC", "CRS":
		switch strings.ToUpper(code) {
		case "CRS84", "84":
			return CRS84(), nil
		case "CRS84H":
			return CRS84h(), nil
		}
	}
	return nil, unknown
}

// parseCodes reads "4547" or "4547+5737".
func parseCodes(code string, unknown *Error) (*CRS, error) {
	horizontal, vertical, joined := strings.Cut(code, "+")
	h, err := parseCode(horizontal)
	if err != nil {
		switch strings.ToUpper(code) {
		case "CRS84":
			return CRS84(), nil
		case "CRS84H":
			return CRS84h(), nil
		}
		if c := obfuscatedByName(code); c != nil {
			return c, nil
		}
		return nil, unknown
	}
	if !joined {
		return ByCode(h)
	}
	v, err := parseCode(strings.TrimPrefix(strings.ToUpper(vertical), "EPSG:"))
	if err != nil {
		return nil, unknown
	}
	return combine(h, v)
}

// combine returns the table's compound of two codes, or one without a code.
func combine(h, v int) (*CRS, error) {
	want := strconv.Itoa(h) + "\t" + strconv.Itoa(v) + "\t"
	for _, r := range records() {
		if f := strings.SplitN(r.line, "\t", colName+2); f[colKind] == "comp" && strings.HasPrefix(f[colName+1], want) {
			return r.crs()
		}
	}
	base, err := ByCode(h)
	if err != nil {
		return nil, err
	}
	if base.horizontal != nil {
		return nil, unsupported("", "%s already has a vertical system", base)
	}
	c, err := compound(0, base.name+" + EPSG:"+strconv.Itoa(v), h, v, base.area)
	if err != nil {
		return nil, err
	}
	c.id = "EPSG:" + strconv.Itoa(h) + "+" + strconv.Itoa(v)
	return c, nil
}

// parseCode reads an EPSG code; at most seven digits, so that it fits.
func parseCode(s string) (int, error) {
	s = strings.TrimSpace(s)
	if len(s) == 0 || len(s) > 7 || s[0] == '+' || s[0] == '-' {
		return 0, strconv.ErrSyntax
	}
	return strconv.Atoi(s)
}

// splitIdentifier takes an identifier apart into authority and code. The version, which
// says nothing about codes that EPSG never changes, is dropped.
func splitIdentifier(s string) (authority, code string) {
	lower := strings.ToLower(s)
	switch {
	case strings.HasPrefix(lower, "urn:ogc:def:crs,crs:"):
		// A compound URN: urn:ogc:def:crs,crs:EPSG::4547,crs:EPSG::5737.
		parts := strings.Split(s[len("urn:ogc:def:crs,"):], ",")
		var codes []string
		for _, p := range parts {
			f := strings.Split(p, ":")
			if len(f) != 4 || !strings.EqualFold(f[1], "EPSG") {
				return "?", s
			}
			codes = append(codes, f[3])
		}
		return "EPSG", strings.Join(codes, "+")
	case strings.HasPrefix(lower, "urn:"):
		// urn:ogc:def:crs:AUTHORITY:VERSION:CODE, and urn:x-ogc:… of old.
		f := strings.Split(s, ":")
		if len(f) == 7 && strings.EqualFold(f[2], "def") && strings.EqualFold(f[3], "crs") {
			return f[4], f[6]
		}
		if len(f) == 6 && strings.EqualFold(f[2], "def") && strings.EqualFold(f[3], "crs") {
			return f[4], f[5]
		}
		return "?", s
	case strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://"):
		return splitURI(s)
	}
	if a, c, ok := strings.Cut(s, ":"); ok {
		return strings.TrimSpace(a), strings.TrimSpace(strings.TrimPrefix(c, ":"))
	}
	return "", s
}

// splitURI reads …/def/crs/AUTHORITY/VERSION/CODE and …/gml/srs/epsg.xml#CODE.
func splitURI(s string) (authority, code string) {
	_, path, _ := strings.Cut(s, "://")
	if _, code, ok := strings.Cut(path, "/gml/srs/epsg.xml#"); ok {
		return "EPSG", code
	}
	if _, rest, ok := strings.Cut(path, "/def/crs/"); ok {
		if f := strings.Split(strings.TrimSuffix(rest, "/"), "/"); len(f) == 3 {
			return f[0], f[2]
		}
	}
	if _, code, ok := strings.Cut(path, "epsg.io/"); ok {
		return "EPSG", code
	}
	return "?", s
}

// quote shows foreign text in a message: at most 60 characters, none of them a control
// character.
func quote(s string) string {
	const most = 60
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == most {
			b.WriteString("…")
			break
		}
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			r = '?'
		}
		b.WriteRune(r)
		n++
	}
	return `"` + b.String() + `"`
}
