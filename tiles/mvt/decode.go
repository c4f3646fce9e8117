package mvt

import (
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf8"
)

// Tile is a decoded tile.
type Tile []DecodedLayer

// DecodedLayer is a layer of a decoded tile.
type DecodedLayer struct {
	Name     string
	Version  uint32
	Extent   uint32
	Features []Feature
}

// Feature is a feature of a decoded tile.
type Feature struct {
	ID         uint64
	HasID      bool
	Type       GeomType
	Properties map[string]any // string, float32, float64, int64, uint64 or bool
	// Parts are the points (one part each), lines or rings (the first position not repeated)
	// in tile coordinates.
	Parts [][]XY
}

// Layer returns the layer of a name, or nil.
func (t Tile) Layer(name string) *DecodedLayer {
	for i := range t {
		if t[i].Name == name {
			return &t[i]
		}
	}
	return nil
}

// Decode reads a tile that is not compressed. It takes exactly what the specification
// allows: a missing name, a repeated layer, an index without its key, a command out of
// place, a ring without area and bytes that nothing explains are errors that say where.
func Decode(data []byte) (Tile, error) {
	var tile Tile
	names := map[string]bool{}
	m := message{data: data}
	for m.next() {
		if m.key != tileLayer {
			return nil, fmt.Errorf("tile: field %d of wire type %d is none of a tile's", m.key>>3, m.key&7)
		}
		layer, err := decodeLayer(m.bytes)
		if err != nil {
			return nil, fmt.Errorf("layer %d (%.40q): %w", len(tile), layer.Name, err)
		}
		if names[layer.Name] {
			return nil, fmt.Errorf("layer %d: the name %q stands twice", len(tile), layer.Name)
		}
		names[layer.Name] = true
		tile = append(tile, layer)
	}
	if m.err != nil {
		return nil, fmt.Errorf("tile: %w", m.err)
	}
	return tile, nil
}

// layerParts are the raw parts of a layer, which may come in any order.
type layerParts struct {
	features [][]byte
	keys     []string
	values   []any
}

func decodeLayer(data []byte) (DecodedLayer, error) {
	l := DecodedLayer{Extent: Extent}
	var parts layerParts
	seen := map[uint64]bool{}
	m := message{data: data}
	for m.next() {
		var err error
		switch m.key {
		case layerVersion:
			l.Version = uint32(m.number)
		case layerName:
			l.Name, err = text(m.bytes)
		case layerFeature:
			parts.features = append(parts.features, m.bytes)
		case layerKey:
			var key string
			key, err = text(m.bytes)
			parts.keys = append(parts.keys, key)
		case layerValue:
			var value any
			value, err = decodeValue(m.bytes)
			parts.values = append(parts.values, value)
		case layerExtent:
			l.Extent = uint32(m.number)
		default:
			err = fmt.Errorf("field %d of wire type %d is none of a layer's", m.key>>3, m.key&7)
		}
		if err != nil {
			return l, err
		}
		seen[m.key] = true
	}
	switch {
	case m.err != nil:
		return l, m.err
	case !seen[layerName]:
		return l, fmt.Errorf("it has no name (§4.1)")
	case !seen[layerVersion] || (l.Version != 1 && l.Version != 2):
		return l, fmt.Errorf("version %d is not 1 or 2 (§4.1)", l.Version)
	case l.Extent == 0:
		return l, fmt.Errorf("the extent is 0")
	}
	for i, raw := range parts.features {
		f, err := decodeFeature(raw, &parts)
		if err != nil {
			return l, fmt.Errorf("feature %d: %w", i, err)
		}
		l.Features = append(l.Features, f)
	}
	return l, nil
}

func decodeFeature(data []byte, parts *layerParts) (Feature, error) {
	f := Feature{Properties: map[string]any{}}
	var tags, geometry []byte
	seen := map[uint64]bool{}
	m := message{data: data}
	for m.next() {
		if seen[m.key] {
			return f, fmt.Errorf("field %d stands twice", m.key>>3)
		}
		seen[m.key] = true
		switch m.key {
		case featureID:
			f.ID, f.HasID = m.number, true
		case featureTags:
			tags = m.bytes
		case featureType:
			if m.number > uint64(Polygon) {
				return f, fmt.Errorf("type %d is none (§4.3.4)", m.number)
			}
			f.Type = GeomType(m.number)
		case featureGeometry:
			geometry = m.bytes
		default:
			return f, fmt.Errorf("field %d of wire type %d is none of a feature's", m.key>>3, m.key&7)
		}
	}
	switch {
	case m.err != nil:
		return f, m.err
	case !seen[featureType]:
		return f, fmt.Errorf("it has no type (§4.2)")
	case len(geometry) == 0:
		return f, fmt.Errorf("it has no geometry (§4.2)")
	}
	if err := decodeTags(&f, tags, parts); err != nil {
		return f, err
	}
	if f.Type == Unknown {
		return f, nil // §4.3.4.1: a decoder may ignore it
	}
	var err error
	f.Parts, err = decodeGeometry(f.Type, geometry)
	return f, err
}

func decodeTags(f *Feature, tags []byte, parts *layerParts) error {
	r := numbers{data: tags}
	for r.more() {
		key := r.next()
		if !r.more() {
			return fmt.Errorf("the number of tags is odd (§4.4)")
		}
		value := r.next()
		if r.err != nil {
			return fmt.Errorf("tags: %w", r.err)
		}
		if uint64(key) >= uint64(len(parts.keys)) || uint64(value) >= uint64(len(parts.values)) {
			return fmt.Errorf("tag %d, %d points beyond %d keys and %d values (§4.4)", key, value, len(parts.keys), len(parts.values))
		}
		name := parts.keys[key]
		if _, twice := f.Properties[name]; twice {
			return fmt.Errorf("the property %q stands twice (§4.4)", name)
		}
		f.Properties[name] = parts.values[value]
	}
	return nil
}

func decodeValue(data []byte) (any, error) {
	var value any
	m := message{data: data}
	for m.next() {
		if value != nil {
			return nil, fmt.Errorf("a value holds two (§4.1)")
		}
		switch m.key {
		case valueString:
			s, err := text(m.bytes)
			if err != nil {
				return nil, err
			}
			value = s
		case valueFloat:
			value = math.Float32frombits(uint32(m.number))
		case valueDouble:
			value = math.Float64frombits(m.number)
		case valueInt:
			value = int64(m.number)
		case valueUint:
			value = m.number
		case valueSint:
			value = int64(m.number>>1) ^ -int64(m.number&1)
		case valueBool:
			value = m.number != 0
		default:
			return nil, fmt.Errorf("field %d of wire type %d is none of a value's", m.key>>3, m.key&7)
		}
	}
	if m.err == nil && value == nil {
		return nil, fmt.Errorf("a value holds nothing (§4.1)")
	}
	return value, m.err
}

func text(b []byte) (string, error) {
	if !utf8.Valid(b) {
		return "", fmt.Errorf("the text %.40q is no UTF-8", b)
	}
	return string(b), nil
}

// message walks over the fields of a protobuf message.
type message struct {
	data   []byte
	key    uint64
	number uint64 // of a varint or fixed field
	bytes  []byte // of a length-delimited one
	err    error
}

func (m *message) next() bool {
	if len(m.data) == 0 || m.err != nil {
		return false
	}
	if m.key = m.varint(); m.err != nil {
		return false
	}
	m.number, m.bytes = 0, nil
	switch m.key & 7 {
	case 0:
		m.number = m.varint()
	case 1:
		if b := m.take(8); m.err == nil {
			m.number = binary.LittleEndian.Uint64(b)
		}
	case 2:
		m.bytes = m.take(m.varint())
	case 5:
		if b := m.take(4); m.err == nil {
			m.number = uint64(binary.LittleEndian.Uint32(b))
		}
	default:
		m.err = fmt.Errorf("field %d has the wire type %d", m.key>>3, m.key&7)
	}
	return m.err == nil
}

func (m *message) varint() uint64 {
	u, n := binary.Uvarint(m.data)
	if n <= 0 {
		m.err = fmt.Errorf("a varint is cut off or longer than 64 bits, %d bytes before the end", len(m.data))
		return 0
	}
	m.data = m.data[n:]
	return u
}

func (m *message) take(n uint64) []byte {
	if m.err != nil || n > uint64(len(m.data)) {
		if m.err == nil {
			m.err = fmt.Errorf("field %d is %d bytes long where %d are left", m.key>>3, n, len(m.data))
		}
		return nil
	}
	b := m.data[:n]
	m.data = m.data[n:]
	return b
}
