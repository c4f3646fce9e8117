package main

import (
	"bytes"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
)

// The families of formats that the first bytes can tell apart.
const (
	familySTEP = "a STEP file (IFC)"
	familyZip  = "a ZIP archive"
	familyJSON = "JSON"
	familyGPKG = "an SQLite or GeoPackage file"
	familyXML  = "XML"
	familyText = "plain text"
)

// family returns what a file of the format begins like.
func (f format) family() string {
	switch f.name {
	case "ifc":
		return familySTEP
	case "ifczip":
		return familyZip
	case "csv":
		return familyText
	}
	return familyJSON
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
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return familyGPKG
	case bytes.HasPrefix(head, []byte("<")):
		return familyXML
	case bytes.HasPrefix(head, []byte("{")):
		return familyJSON
	}
	return ""
}
