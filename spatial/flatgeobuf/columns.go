package flatgeobuf

import (
	"fmt"
	"math"
	"time"

	"github.com/shikong-cim/shikong/spatial"
)

// columnType is the type of a column (header.fbs).
type columnType uint8

const (
	columnBool     columnType = 2
	columnLong     columnType = 7
	columnDouble   columnType = 10
	columnString   columnType = 11
	columnJSON     columnType = 12
	columnDateTime columnType = 13
)

// columnTypes are by the types of fields.
var columnTypes = map[spatial.FieldType]columnType{
	spatial.FieldNull: columnString, spatial.FieldBoolean: columnBool, spatial.FieldInteger: columnLong,
	spatial.FieldNumber: columnDouble, spatial.FieldString: columnString, spatial.FieldJSON: columnJSON,
}

type column struct {
	name string
	kind columnType
}

// fixedColumns are what every feature has besides its properties.
var fixedColumns = []column{
	{"id", columnString}, {"class", columnString}, {"name", columnString}, {"storey", columnString}, {"underground", columnBool},
	{"z_min", columnDouble}, {"z_max", columnDouble}, {"valid_from", columnDateTime}, {"valid_to", columnDateTime},
}

// columns are the properties of a collection as columns. What their fields promise is widened
// by what comes: a state known in the past may hold other kinds than today's. So values are
// written to the spool as they are, each with the type of its own kind, and converted when all
// are known:
//
//	┌────────┬──────┬──────────────────────────────────────────────────────┐
//	│ column │ type │ 1 or 8 bytes, or a length of 4 bytes and so much text │
//	│ 2 B    │ 1 B  │                                                      │
//	└────────┴──────┴──────────────────────────────────────────────────────┘
//
// FlatGeobuf has the same without the type; null is nothing.
type columns struct {
	names  []string
	fields []spatial.Field // behind the fixed columns
}

func newColumns(fields []spatial.Field) (columns, error) {
	if most := math.MaxUint16 - len(fixedColumns); len(fields) > most {
		return columns{}, &spatial.Problem{Kind: spatial.ErrUnsupported, Code: "too-many-properties",
			Message: fmt.Sprintf("FlatGeobuf has %d columns at most, and there are %d properties", most, len(fields)), Hint: "say which are meant with --properties"}
	}
	c := columns{fields: append([]spatial.Field(nil), fields...)}
	taken := map[string]bool{}
	for _, f := range fixedColumns {
		c.names = append(c.names, spatial.FreeColumn(taken, f.name))
	}
	for _, f := range fields {
		c.names = append(c.names, spatial.FreeColumn(taken, f.Name))
	}
	return c, nil
}

// typeOf returns the type of a column, final when all features were seen.
func (c *columns) typeOf(i int) columnType {
	if i < len(fixedColumns) {
		return fixedColumns[i].kind
	}
	return columnTypes[c.fields[i-len(fixedColumns)].Type]
}

// spool appends the values of a feature, and widens the columns that they do not fit.
func (c *columns) spool(b []byte, f *spatial.Feature) []byte {
	for i, s := range []string{f.ID, f.Kind, f.Name, f.Storey} {
		if s != "" {
			b = appendItem(b, i, spatial.StringOf(s))
		}
	}
	if f.Underground != spatial.Unknown {
		b = appendItem(b, 4, spatial.BoolOf(f.Underground == spatial.Yes))
	}
	if f.Z.Known {
		b = appendItem(appendItem(b, 5, spatial.FloatOf(f.Z.Min)), 6, spatial.FloatOf(f.Z.Max))
	}
	for i, t := range []time.Time{f.Valid.Start, f.Valid.End} {
		if !t.IsZero() {
			b = appendItem(b, 7+i, spatial.StringOf(spatial.FormatTime(t)))
		}
	}
	for i := range c.fields {
		if v, _ := f.Properties.Get(c.fields[i].Name); v.Kind() != spatial.Null {
			c.fields[i].Type = c.fields[i].Type.Widen(spatial.TypeOf(v))
			b = appendItem(b, len(fixedColumns)+i, v)
		}
	}
	return b
}

func appendItem(b []byte, column int, v spatial.Value) []byte {
	b = le.AppendUint16(b, uint16(column))
	return appendValue(append(b, byte(columnTypes[spatial.TypeOf(v)])), v)
}

func appendValue(b []byte, v spatial.Value) []byte {
	switch v.Kind() {
	case spatial.Bool:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case spatial.Int:
		return le.AppendUint64(b, uint64(v.Int()))
	case spatial.Float:
		return le.AppendUint64(b, math.Float64bits(v.Float()))
	}
	text := v.Text()
	return append(le.AppendUint32(b, uint32(len(text))), text...)
}

// convert appends spooled values as FlatGeobuf has them.
func (c *columns) convert(b, spooled []byte) []byte {
	for len(spooled) > 0 {
		i, kind := int(le.Uint16(spooled)), columnType(spooled[2])
		v, size := valueOf(kind, spooled[3:])
		b = le.AppendUint16(b, uint16(i))
		if size == 0 { // a text
			size = 4 + int(le.Uint32(spooled[3:]))
			b = append(b, spooled[3:3+size]...)
		} else if c.typeOf(i) == kind {
			b = append(b, spooled[3:3+size]...)
		} else {
			b = appendValue(b, v.As(c.fields[i-len(fixedColumns)].Type))
		}
		spooled = spooled[3+size:]
	}
	return b
}

// valueOf returns the value at the beginning of b and its bytes, 0 for texts, which are written
// the same in every column that takes them.
func valueOf(kind columnType, b []byte) (v spatial.Value, size int) {
	switch kind {
	case columnBool:
		return spatial.BoolOf(b[0] == 1), 1
	case columnLong:
		return spatial.IntOf(int64(le.Uint64(b))), 8
	case columnDouble:
		return spatial.FloatOf(math.Float64frombits(le.Uint64(b))), 8
	}
	return spatial.Value{}, 0
}
