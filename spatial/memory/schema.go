package memory

import (
	"encoding/binary"
	"slices"

	"github.com/shikong-cim/shikong/spatial"
)

// Column is the number of a property name in a collection.
type Column uint32

// Schema says which properties the rows of a collection have. Names and shapes are only ever
// added, so a copy of the value is a snapshot of it.
type Schema struct {
	// Names of the columns, by number.
	Names []string
	// Shapes are the lists of columns that rows have, each in the order of names.
	Shapes [][]Column
}

// schema adds columns and shapes. It belongs to one writer.
type schema struct {
	Schema
	columns map[string]Column
	shapes  map[string]uint32
	kinds   []uint8 // by column: a bit for each kind of value seen
	last    uint32  // the shape of the last row: most rows of a source share it
	buf     []byte
}

func newSchema() *schema {
	s := &schema{columns: map[string]Column{}, shapes: map[string]uint32{}}
	s.Shapes = append(s.Shapes, nil)
	s.shapes[""] = 0
	return s
}

// shape returns the number of the shape of a list of properties.
func (s *schema) shape(p spatial.Properties) uint32 {
	if s.fits(s.last, p) {
		return s.last
	}
	list := make([]Column, len(p))
	s.buf = s.buf[:0]
	for i := range p {
		list[i] = s.column(p[i].Name)
		s.buf = binary.LittleEndian.AppendUint32(s.buf, uint32(list[i]))
	}
	n, ok := s.shapes[string(s.buf)]
	if !ok {
		n = uint32(len(s.Shapes))
		s.Shapes = append(s.Shapes, list)
		s.shapes[string(s.buf)] = n
	}
	s.last = n
	return n
}

func (s *schema) fits(shape uint32, p spatial.Properties) bool {
	list := s.Shapes[shape]
	if len(list) != len(p) {
		return false
	}
	for i, c := range list {
		if s.Names[c] != p[i].Name {
			return false
		}
	}
	return true
}

func (s *schema) column(name string) Column {
	c, ok := s.columns[name]
	if !ok {
		c = Column(len(s.Names))
		s.Names = append(s.Names, name)
		s.columns[name] = c
		s.kinds = append(s.kinds, 0)
	}
	return c
}

// types returns the column types that a collection promises, by column, and which columns
// hold values of another kind than promised.
func (s *schema) types(fields []spatial.Field) (types []spatial.FieldType, mixed []bool) {
	types, mixed = make([]spatial.FieldType, len(s.Names)), make([]bool, len(s.Names))
	for c, name := range s.Names {
		i, ok := slices.BinarySearchFunc(fields, name, func(f spatial.Field, n string) int {
			switch {
			case f.Name < n:
				return -1
			case f.Name > n:
				return 1
			}
			return 0
		})
		if !ok {
			continue
		}
		types[c] = fields[i].Type
		for kind := spatial.Bool; kind <= spatial.JSON; kind++ {
			if s.kinds[c]&(1<<kind) != 0 && kindType[kind] != types[c] {
				mixed[c] = true
			}
		}
	}
	return types, mixed
}

var kindType = [...]spatial.FieldType{spatial.Null: spatial.FieldNull, spatial.Bool: spatial.FieldBoolean, spatial.Int: spatial.FieldInteger,
	spatial.Float: spatial.FieldNumber, spatial.String: spatial.FieldString, spatial.JSON: spatial.FieldJSON}
