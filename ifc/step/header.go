package step

import (
	"bytes"
	"fmt"

	"github.com/shikong-cim/shikong/spatial"
)

// Header is the HEADER section: FILE_DESCRIPTION, FILE_NAME and FILE_SCHEMA.
type Header struct {
	Description         []string
	ImplementationLevel string
	Name                string
	TimeStamp           string
	Author              []string
	Organization        []string
	PreprocessorVersion string
	OriginatingSystem   string
	Authorization       string
	Schemas             []string
}

// maxHeaderTexts bounds each list of the header.
const maxHeaderTexts = 1000

// read takes one entity of the header; unknown ones are passed over.
func (h *Header) read(word string, b []byte) {
	if len(b) == 0 || b[0] != '(' {
		return
	}
	c := Cursor{b: b[1:]}
	text := func() string { v, _ := c.Next(); return v.Text() }
	texts := func() []string {
		v, _ := c.Next()
		var all []string
		for item := range v.Items() {
			if len(all) < maxHeaderTexts {
				all = append(all, item.Text())
			}
		}
		return all
	}
	switch word {
	case "FILE_DESCRIPTION":
		h.Description, h.ImplementationLevel = texts(), text()
	case "FILE_NAME":
		h.Name, h.TimeStamp = text(), text()
		h.Author, h.Organization = texts(), texts()
		h.PreprocessorVersion, h.OriginatingSystem, h.Authorization = text(), text(), text()
	case "FILE_SCHEMA":
		h.Schemas = texts()
	}
}

var (
	utf8Mark  = []byte("\xEF\xBB\xBF")
	signature = []byte("ISO-10303-21")
)

// recognize tells files apart that are no STEP files, with what they seem to be.
func recognize(data []byte) error {
	head := bytes.TrimPrefix(data, utf8Mark)
	if len(bytes.TrimLeft(head[:min(len(head), 1<<16)], " \t\r\n\x00")) == 0 {
		return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "step-empty",
			Message: fmt.Sprintf("the file is empty (%d bytes)", len(data)), Hint: "export or copy it again"}
	}
	head = skipSpace(head)
	for _, word := range [][]byte{signature, []byte("HEADER"), []byte("DATA")} {
		if len(head) >= len(word) && bytes.EqualFold(head[:len(word)], word) {
			return nil
		}
	}
	return notStep(data)
}

// notStep says what a file seems to be that is no STEP file.
func notStep(data []byte) error {
	text := bytes.ToLower(data[:min(len(data), 1024)])
	what, hint := fmt.Sprintf("begins with %q", data[:min(len(data), 16)]), "a STEP file begins with ISO-10303-21;"
	for _, guess := range []struct{ mark, what, hint string }{
		{"pk\x03\x04", "is a zip archive", "give it the ending .ifczip, or unpack it"},
		{"\xff\xfe", "is written in UTF-16", "save it as UTF-8 or ASCII"},
		{"\xfe\xff", "is written in UTF-16", "save it as UTF-8 or ASCII"},
		{"\x1f\x8b", "is compressed with gzip", "unpack it first"},
		{"%pdf", "is a PDF document", hint},
		{"version https://git-lfs", "is a Git LFS pointer", "fetch the file itself with git lfs pull"},
		{"<!doctype html", "is a web page", "the download failed; get the file again"},
		{"<html", "is a web page", "the download failed; get the file again"},
		{"<?xml", "is an XML document", "export as STEP (.ifc) rather than as XML"},
		{"{", "is JSON", "export as STEP (.ifc) rather than as JSON"},
	} {
		mark := []byte(guess.mark)
		if bytes.HasPrefix(data, mark) || bytes.HasPrefix(bytes.TrimSpace(bytes.TrimPrefix(text, utf8Mark)), mark) {
			what, hint = guess.what, guess.hint
			break
		}
	}
	return &spatial.Problem{Kind: spatial.ErrInvalid, Code: "not-step",
		Message: "the file is no STEP file: it " + what, Hint: hint}
}
