package mesh

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
)

// The encoded form, little endian:
//
//	┌──────┬───────┬─────────┬────────────┬────────┬───────────┬───────────┬───────┐
//	│ 'M'  │ flags │ #points │ #triangles │ #lines │ positions │ triangles │ lines │
//	│ 1 B  │ 1 B   │ uvarint │ uvarint    │ uvarint│           │           │       │
//	└──────┴───────┴─────────┴────────────┴────────┴───────────┴───────────┴───────┘
//
// flags: bits 0–3 version (1), bit 4 closed, bit 5 positions on the Grid.
// Positions on the Grid are, point by point, the zigzag varint difference in
// grid steps from the point before; otherwise IEEE 754 doubles. Indices are
// zigzag varint differences from the index before.
const (
	magic       = 'M'
	version     = 1
	versionMask = 0x0f
	flagClosed  = 0x10
	flagGrid    = 0x20
	// gridReach is the largest number of grid steps that a coordinate has in
	// the short form: exact in float64, and differences cannot overflow.
	gridReach = 1 << 52
)

// MarshalBinary returns the encoded form: lossless but for the sign of zero,
// and the same bytes for the same content. It fails when the mesh is not valid.
func (m *Mesh) MarshalBinary() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, fmt.Errorf("encode mesh: %w", err)
	}
	return m.encode(), nil
}

// Hash returns the SHA-256 of the encoded form: equal for equal content, and the
// key under which stores share a mesh.
func (m *Mesh) Hash() [32]byte { return sha256.Sum256(m.encode()) }

func (m *Mesh) encode() []byte {
	flags := byte(version)
	if m.Closed {
		flags |= flagClosed
	}
	grid := m.onGrid()
	if grid {
		flags |= flagGrid
	}
	b := make([]byte, 0, 32+len(m.Positions)*4+(len(m.Triangles)+len(m.Lines))*2)
	b = append(b, magic, flags)
	b = binary.AppendUvarint(b, uint64(m.NumPoints()))
	b = binary.AppendUvarint(b, uint64(m.NumTriangles()))
	b = binary.AppendUvarint(b, uint64(len(m.Lines)/2))
	if grid {
		var before [3]int64
		for i, v := range m.Positions {
			n := int64(v / Grid)
			b = binary.AppendVarint(b, n-before[i%3])
			before[i%3] = n
		}
	} else {
		for _, v := range m.Positions {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v+0))
		}
	}
	for _, list := range [...][]uint32{m.Triangles, m.Lines} {
		before := int64(0)
		for _, v := range list {
			b = binary.AppendVarint(b, int64(v)-before)
			before = int64(v)
		}
	}
	return b
}

func (m *Mesh) onGrid() bool {
	for _, v := range m.Positions {
		n := v / Grid
		if n != math.Trunc(n) || math.Abs(n) > gridReach {
			return false
		}
	}
	return true
}

// UnmarshalBinary reads the encoded form. Counts are checked against the bytes
// that are there before memory is taken; an error wraps ErrInvalid and names
// the byte.
func (m *Mesh) UnmarshalBinary(data []byte) error {
	d := decoder{data: data}
	r, err := d.mesh()
	if err != nil {
		return fmt.Errorf("decode mesh: byte %d: %w", d.at, err)
	}
	*m = *r
	return nil
}

type decoder struct {
	data []byte
	at   int
}

func (d *decoder) mesh() (*Mesh, error) {
	if len(d.data) < 2 || d.data[0] != magic {
		return nil, fmt.Errorf("%w: no mesh header", ErrInvalid)
	}
	flags := d.data[1]
	if flags&versionMask != version || flags&^(versionMask|flagClosed|flagGrid) != 0 {
		return nil, fmt.Errorf("%w: flags %#02x are of another version", ErrInvalid, flags)
	}
	d.at = 2
	perCoordinate := 8
	if flags&flagGrid != 0 {
		perCoordinate = 1
	}
	points, err := d.count(3 * perCoordinate)
	if err != nil {
		return nil, err
	}
	triangles, err := d.count(3)
	if err != nil {
		return nil, err
	}
	lines, err := d.count(2)
	if err != nil {
		return nil, err
	}
	// All three together have to fit, not only each alone.
	if need := points*3*perCoordinate + triangles*3 + lines*2; need > len(d.data)-d.at {
		return nil, fmt.Errorf("%w: %d points, %d triangles and %d lines in %d bytes", ErrInvalid, points, triangles, lines, len(d.data)-d.at)
	}
	m := &Mesh{Closed: flags&flagClosed != 0}
	if m.Positions, err = d.positions(points*3, flags&flagGrid != 0); err != nil {
		return nil, err
	}
	if m.Triangles, err = d.indices(triangles*3, points); err != nil {
		return nil, err
	}
	if m.Lines, err = d.indices(lines*2, points); err != nil {
		return nil, err
	}
	if d.at != len(d.data) {
		return nil, fmt.Errorf("%w: %d bytes after the end", ErrInvalid, len(d.data)-d.at)
	}
	return m, nil
}

// count reads a number of items that take at least size bytes each.
func (d *decoder) count(size int) (int, error) {
	n, w := binary.Uvarint(d.data[d.at:])
	if w <= 0 {
		return 0, fmt.Errorf("%w: count cut short", ErrInvalid)
	}
	if n > uint64((len(d.data)-d.at)/size) {
		return 0, fmt.Errorf("%w: count %d for %d bytes", ErrInvalid, n, len(d.data)-d.at)
	}
	d.at += w
	return int(n), nil
}

func (d *decoder) positions(n int, grid bool) ([]float64, error) {
	if n == 0 {
		return nil, nil
	}
	p := make([]float64, n)
	var before [3]int64
	for i := range p {
		if !grid {
			p[i] = math.Float64frombits(binary.LittleEndian.Uint64(d.data[d.at:]))
			if p[i]*0 != 0 {
				return nil, fmt.Errorf("%w: coordinate %d is %v", ErrInvalid, i, p[i])
			}
			d.at += 8
			continue
		}
		step, err := d.varint()
		if err != nil {
			return nil, err
		}
		before[i%3] += step
		if v := before[i%3]; v > gridReach || v < -gridReach {
			return nil, fmt.Errorf("%w: coordinate %d lies beyond the grid", ErrInvalid, i)
		}
		p[i] = float64(before[i%3]) * Grid
	}
	return p, nil
}

func (d *decoder) indices(n, points int) ([]uint32, error) {
	if n == 0 {
		return nil, nil
	}
	list := make([]uint32, n)
	before := int64(0)
	for i := range list {
		step, err := d.varint()
		if err != nil {
			return nil, err
		}
		before += step
		if before < 0 || before >= int64(points) {
			return nil, fmt.Errorf("%w: index %d names point %d of %d", ErrInvalid, i, before, points)
		}
		list[i] = uint32(before)
	}
	return list, nil
}

func (d *decoder) varint() (int64, error) {
	v, w := binary.Varint(d.data[d.at:])
	if w <= 0 || v > 2*gridReach || v < -2*gridReach {
		return 0, fmt.Errorf("%w: number cut short or out of range", ErrInvalid)
	}
	d.at += w
	return v, nil
}
