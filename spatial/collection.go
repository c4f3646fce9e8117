package spatial

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Collection is a named set of features of one theme, delivered by one or more models.
type Collection struct {
	Name        string
	Title       string
	Description string
	Licence     string
	Attribution string
	// VerticalCRS says what heights are measured from: "ellipsoidal", an EPSG code such as
	// "EPSG:5737", or "" for unknown.
	VerticalCRS string
	// Local collections have no place on Earth; only viewers and queries by id serve them.
	Local bool

	// The rest is derived by the store from what is currently recorded.

	Extent   Box      // EmptyBox when nothing has a place
	Time     Interval // smallest interval around all valid intervals
	Count    int64    // currently recorded versions, of every valid time
	Revision int64    // the last revision that touched the collection
	Fields   []Field  // the schema, sorted by name
}

// Field is one property of a collection's schema.
type Field struct {
	Name string    `json:"name"`
	Type FieldType `json:"type"`
}

// FieldRange says what values a property has among the recorded features.
type FieldRange struct {
	Name string
	// Min and Max are the least and the greatest number, null when there is none.
	Min, Max Value
	// Values are all different values in order, nil when they are many.
	Values []Value
}

// FieldType is the type of a column: the narrowest that holds every value seen.
type FieldType string

// The types of a column. Values of different kinds widen: integer to number, anything else
// that differs to string; lists and objects are json.
const (
	FieldNull    FieldType = "null"
	FieldBoolean FieldType = "boolean"
	FieldInteger FieldType = "integer"
	FieldNumber  FieldType = "number"
	FieldString  FieldType = "string"
	FieldJSON    FieldType = "json"
)

// TypeOf returns the column type of one value.
func TypeOf(v Value) FieldType {
	return [...]FieldType{Null: FieldNull, Bool: FieldBoolean, Int: FieldInteger, Float: FieldNumber, String: FieldString, JSON: FieldJSON}[v.Kind()]
}

// Widen returns the narrowest type that holds values of both. It is commutative and
// associative, so the order of rows does not matter.
func (t FieldType) Widen(o FieldType) FieldType {
	switch {
	case t == "": // nothing seen, not even a null
		return o
	case t == o || o == FieldNull || o == "":
		return t
	case t == FieldNull:
		return o
	case (t == FieldInteger && o == FieldNumber) || (t == FieldNumber && o == FieldInteger):
		return FieldNumber
	}
	return FieldString
}

// As returns the value as one of the column type t: doors that promise a type for a column
// (tiles, tables, typed views) convert with it. Null stays null.
func (v Value) As(t FieldType) Value {
	switch {
	case v.Kind() == Null || TypeOf(v) == t:
		return v
	case t == FieldNumber && v.Kind() == Int:
		return FloatOf(v.Float())
	case t == FieldString:
		return StringOf(v.Text())
	}
	return v
}

// FreeColumn returns the name for a column of a table, with a number behind it when a column has
// it already, and takes it; the taken are in lower case, since many programs do not tell A from a.
func FreeColumn(taken map[string]bool, name string) string {
	column := name
	if column == "" || strings.ContainsRune(column, 0) {
		column = "_"
	}
	stem := column
	for n := 2; taken[strings.ToLower(column)]; n++ {
		column = fmt.Sprintf("%s_%d", stem, n)
	}
	taken[strings.ToLower(column)] = true
	return column
}

// Model is what one import delivers and replaces: an IFC file, a GeoJSON layer.
type Model struct {
	Collection string
	Name       string
	Source     Source
	Frame      *Frame // where the model's axes stand; nil for sources that are in lon/lat themselves

	// Given by the store.

	Revision int64     // the last revision that changed it
	Recorded time.Time // when that was
	Count    int64     // currently recorded versions
	// Report is the import report of that revision as JSON, nil when none was kept.
	Report json.RawMessage
}

// Source says where a model came from.
type Source struct {
	Name   string `json:"name"`             // file name without folders
	SHA256 string `json:"sha256,omitempty"` // lower-case hex of the file's bytes
	Bytes  int64  `json:"bytes"`
	Schema string `json:"schema,omitempty"` // IFC4, GeoJSON, …
	Tool   string `json:"tool,omitempty"`   // the authoring tool, as the file says
	// Lineage says who made the model, with what and when; nil when the source does not.
	Lineage *Lineage `json:"lineage,omitempty"`
}

// Lineage is what a source says of its own making.
type Lineage struct {
	TimeStamp     string   `json:"time_stamp,omitempty"` // when the file was written, as it says
	Authors       []string `json:"authors,omitempty"`
	Organizations []string `json:"organizations,omitempty"`
	Applications  []string `json:"applications,omitempty"` // with their versions
	Created       string   `json:"created,omitempty"`      // RFC 3339, of the oldest element
	Modified      string   `json:"modified,omitempty"`     // RFC 3339, the last change to an element
}

var nameRule = regexp.MustCompile(`^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,99}$`)

// CheckName returns ErrInvalid unless name may name a collection or model: letters of any
// script, digits, "_", "-" and ".", at most 100 characters, not beginning with "-" or ".".
func CheckName(what, name string) error {
	if nameRule.MatchString(name) {
		return nil
	}
	return &Problem{Kind: ErrInvalid, Code: "invalid-name",
		Message: fmt.Sprintf("%q cannot name a %s", name, what),
		Hint:    "use letters, digits, _, - and . (at most 100), beginning with a letter, a digit or _"}
}
