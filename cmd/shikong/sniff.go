package main

import (
	"bytes"
	"cmp"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/go-faster/jx"
	"github.com/klauspost/compress/gzip"
)

// The families of formats that the first bytes can tell apart.
const (
	familySTEP = "a STEP file (IFC)"
	familyZip  = "a ZIP archive"
	familyJSON = "JSON"
	familySHP  = "an ESRI Shapefile"
	familyGPKG = "an SQLite or GeoPackage file"
	familyXML  = "XML"
	familyText = "plain text"
)

// families are what files of each format may begin like; the others are JSON.
var families = map[string][]string{
	"ifc": {familySTEP}, "ifczip": {familyZip}, "csv": {familyText}, "shapefile": {familySHP, familyZip}, "gpkg": {familyGPKG},
}

// beginsLike reports whether files of the format may begin like a family.
func (f format) beginsLike(family string) bool {
	list, ok := families[f.name]
	if !ok {
		return family == familyJSON
	}
	return slices.Contains(list, family)
}

// headBytes is how much of a file is looked at: in a city model vertices or metadata may stand
// before what tells it.
const headBytes = 1 << 16

// head returns the first bytes of a file, looking into gzip, without white space before them.
func head(path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, headBytes)
	n, _ := io.ReadFull(f, head)
	head = head[:n]
	if bytes.HasPrefix(head, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(io.MultiReader(bytes.NewReader(head), f))
		if err != nil {
			return nil
		}
		head = make([]byte, headBytes)
		n, _ = io.ReadFull(z, head)
		head = head[:n]
	}
	return bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\x1e")
}

// isCityJSON reports whether a JSON text begins as a city model: its type says so, or a member
// that only a city model has stands among the first of them, which come in any order.
func isCityJSON(head []byte) bool {
	city := false
	// The head ends somewhere in the middle, which is no reason to complain.
	_ = jx.DecodeBytes(head).ObjBytes(func(d *jx.Decoder, key []byte) error {
		switch string(key) {
		case "type":
			typ, err := d.Str()
			city = typ == "CityJSON"
			return cmp.Or(err, io.EOF) // decided
		case "CityObjects", "geometry-templates":
			city = true
			return io.EOF
		}
		return d.Skip()
	})
	return city
}

// looked returns the format of a file whose name alone does not tell: a city model may be called
// .json like any GeoJSON.
func (f format) looked(path, named string) format {
	if named != "" || !strings.HasPrefix(f.name, "geojson") || !isCityJSON(head(path)) {
		return f
	}
	list := formats()
	return list[slices.IndexFunc(list, func(f format) bool { return f.name == "cityjson" })]
}

// sniff tells a file's family by its first bytes; "" when it cannot.
func sniff(path string) string {
	head := head(path)
	switch {
	case bytes.HasPrefix(head, []byte("ISO-10303-21")):
		return familySTEP
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return familyZip
	case bytes.HasPrefix(head, []byte("\x00\x00\x27\x0a")):
		return familySHP
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return familyGPKG
	case bytes.HasPrefix(head, []byte("<")):
		return familyXML
	case bytes.HasPrefix(head, []byte("{")):
		return familyJSON
	}
	return ""
}
