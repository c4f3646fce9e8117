package main

import (
	"bytes"
	"io"
	"os"
	"slices"

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

// sniff tells a file's family by its first bytes, looking into gzip; "" when it cannot.
func sniff(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, 512)
	n, _ := io.ReadFull(f, head)
	head = head[:n]
	if bytes.HasPrefix(head, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(io.MultiReader(bytes.NewReader(head), f))
		if err != nil {
			return ""
		}
		head = make([]byte, 512)
		n, _ = io.ReadFull(z, head)
		head = head[:n]
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\x1e")
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
