package crs

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// spellings are brought to one form before names are compared, in this order. The left
// sides stand as they look after folding: lower case letters and digits only.
var spellings = strings.NewReplacer(
	"gausskrueger", "gk", "gausskruger", "gk", "gausskrüger", "gk",
	"wgs1984", "wgs84", "etrs1989", "etrs89", "nad1983", "nad83", "rgf1993", "rgf93", "twd1997", "twd97",
	"chinageodeticcoordinatesystem2000", "cgcs2000", "china2000", "cgcs2000",
	"zonen", "zone", "gausszone", "gkzone",
	"japanplanerectangularcs", "japanzone", "japanplanerectangularcszone", "japanzone",
	"worldmercatorauxiliarysphere", "pseudomercator", "webmercatorauxiliarysphere", "pseudomercator",
	"webmercator", "pseudomercator",
	"beltof", "", "degrees", "degree",
)

// nameKey folds a name to what identifies it: "CGCS2000_3_Degree_GK_CM_114E" and "CGCS2000
// / 3-degree Gauss-Kruger CM 114E" are the same.
func nameKey(name string) string {
	if rest, ok := strings.CutPrefix(name, "D_"); ok {
		name = rest // ESRI's mark of a datum
	}
	if rest, ok := strings.CutPrefix(name, "GCS_"); ok {
		name = rest // and of a geographic system
	}
	var b strings.Builder
	for _, r := range name {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		case r == '+':
			b.WriteString("plus") // CH1903 and CH1903+ are two datums
		}
	}
	return spellings.Replace(b.String())
}

// romanZones maps the last part of EPSG's Japanese zone names to ESRI's.
var romanZones = []string{"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x",
	"xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix"}

// nameIndex maps the key of every name in the table to its code. Among systems of the
// same name the first, that is the lowest code, wins, so that 2D comes before 3D.
var nameIndex = sync.OnceValue(func() map[string]int {
	rows := records()
	index := make(map[string]int, len(rows)+64)
	put := func(key string, code int) {
		if _, taken := index[key]; !taken && key != "" {
			index[key] = code
		}
	}
	for _, kind := range []string{"geo2", "", "geo3", "cart"} {
		for _, r := range rows {
			f := strings.SplitN(r.line, "\t", colName+2)
			geodetic := f[colKind] == "geo2" || f[colKind] == "geo3" || f[colKind] == "cart"
			if geodetic && f[colKind] == kind || !geodetic && kind == "" {
				put(nameKey(f[colName]), r.code)
			}
		}
	}
	for i, roman := range romanZones {
		put("jgd2011japanzone"+roman, 6669+i)
		put("jgd2000japanzone"+roman, 2443+i)
		put("jgd2011japanzone"+strconv.Itoa(i+1), 6669+i)
		put("jgd2000japanzone"+strconv.Itoa(i+1), 2443+i)
	}
	for key, code := range map[string]int{"rdnew": 28992, "pseudomercator": 3857, "wgs84pseudomercator": 3857, "worldmercator": 3395} {
		put(key, code)
	}
	return index
})

// byName returns the system of a name, nil when there is none.
func byName(name string) *CRS {
	key := nameKey(name)
	if code, ok := nameIndex()[key]; ok {
		return mustByCode(code)
	}
	if d := datumNamed(name); d != nil {
		for _, r := range records() {
			f := strings.SplitN(r.line, "\t", colName+1)
			if f[colKind] == "geo2" && f[colDatum] == strconv.Itoa(d.code) {
				return mustByCode(r.code)
			}
		}
	}
	return nil
}
